package state

import "time"

// ItemKind is what an item is about.
type ItemKind string

// The kinds of item.
const (
	ItemAccount ItemKind = "account" // Desired: active, dormant, disabled; Known: absent, disabled, active
	ItemProfile ItemKind = "profile" // Desired and Known: JSON object of attributes
	ItemName    ItemKind = "name"    // Desired: JSON object with the candidates; Known: the login name
	ItemGrant   ItemKind = "grant"   // Desired and Known: held, absent
	// ItemSessions is about who is signed in. Desired and Known: ended, or empty
	ItemSessions ItemKind = "sessions"
	// ItemOwnership is about what a leaver owns. Desired: handedOver, or empty; Known:
	// JSON object of the account that has got it, gone, or empty
	ItemOwnership ItemKind = "ownership"
	// ItemDeletion is about what becomes of an account at last. Desired and Known: deleted,
	// or empty
	ItemDeletion ItemKind = "deletion"
)

// ItemState is where an item stands.
type ItemState string

// The states of an item. Whether a due item may be acted on depends also on
// its run.
const (
	ItemSettled ItemState = "settled" // known equals desired
	ItemDue     ItemState = "due"     // to be acted on
	ItemSending ItemState = "sending" // intent is journaled; the outcome is not known
	ItemWaiting ItemState = "waiting" // an input is missing: see Problem
	ItemBatched ItemState = "batched" // to be acted on when its window opens
	ItemParked  ItemState = "parked"  // given up until somebody or something changes
)

// Lane is how urgent an item is. They sort by urgency.
type Lane string

// The lanes.
const (
	LaneImmediate Lane = "0-immediate"
	LaneNormal    Lane = "1-normal"
	LaneBatch     Lane = "2-batch"
)

// Work is the part of a [Tx] about accounts and what is to be done to them.
type Work interface {
	// Account returns a row or ErrNotFound.
	Account(person, system string) (Account, error)
	// PutAccount inserts or replaces everything of the row but its lease. It fails
	// if another account of the system has the same RemoteID, unless that is empty.
	PutAccount(Account) error
	// AccountsOf returns a person's accounts by system.
	AccountsOf(person string) ([]Account, error)
	// Holders returns up to limit persons who are known to hold a grant in an account
	// that is known to be active, sorted. Those who are to lose either count unless that
	// waits, since then it is not known to happen.
	Holders(system, key string, limit int) ([]string, error)
	// AccountByRemote returns the account with a target's identifier or ErrNotFound.
	AccountByRemote(system, remoteID string) (Account, error)

	// AccountsIn returns up to limit accounts of a system that have a RemoteID beyond
	// after, by RemoteID.
	AccountsIn(system, after string, limit int) ([]Account, error)

	// Item returns a row or ErrNotFound.
	Item(person, system string, kind ItemKind, key string) (Item, error)
	PutItem(Item) error
	// ItemsOf returns a person's items by system, kind and key.
	ItemsOf(person string) ([]Item, error)
	// OpenItems returns up to limit items that are not settled, by person, system,
	// kind and key, after the given one (zero Item: from the start). With a run,
	// only that run's.
	OpenItems(run string, after Item, limit int) ([]Item, error)
	// CountItems counts the items by system, kind and state.
	CountItems() ([]ItemCount, error)
	// Release approves the items of a run one by one: it marks those given as
	// released whatever becomes of their run. One whose Revision is another by now
	// is left alone.
	Release(items []Item) error

	// Claim leases up to limit accounts of a system that have an item which can be
	// acted on: it is due or sending, its run is released or itself is, its
	// RetryAt is not after wall, and nobody has a lease on the account beyond
	// wall. The most urgent lane comes first, then the oldest DecidedAt; the
	// immediate lane alone if urgent is set, and then whoever has a lease and has not
	// begun loses it. For a probe it is the earliest RetryAt
	// first, then the lane, then the latest DecidedAt. It returns each account, its new
	// epoch included, with those of its items that can be acted on, by lane. With what is
	// claimed for a probe, or as urgent, it is begun at once.
	Claim(c Claim) ([]Claimed, error)
	// Lock makes sure that a claim still holds, begins with the account and returns it, or
	// ErrFenced.
	Lock(person, system, owner string, epoch int64) (Account, error)
	// UrgentItems returns the items of an account in the immediate lane that can be acted
	// on, as Claim would.
	UrgentItems(person, system string, wall time.Time) ([]Item, error)
	// Unclaim ends a lease; it does nothing if the lease was lost.
	Unclaim(person, system, owner string, epoch int64) error
	// NextRetry returns the earliest instant of wall time at which an item that
	// can be acted on comes free of its back-off, its account's lease and its system's
	// breaker, zero if there is none. An open breaker holds until ProbeAt, and the
	// immediate lane until UrgentAt.
	NextRetry() (time.Time, error)
}

// Claim asks for work.
type Claim struct {
	System string
	Owner  string
	Wall   time.Time
	Until  time.Time // end of the lease, wall time
	Limit  int
	Urgent bool
	Probe  bool
}

// Claimed is an account under lease with the items to act on.
type Claimed struct {
	Account Account
	Items   []Item
}

// Account is what is known of one person's account in one system.
type Account struct {
	Person, System string
	RemoteID, Name string
	// Exists says that the account was seen and not seen to vanish since.
	Exists   bool
	Active   bool
	Origin   string   // created or adopted
	Observed []byte   // JSON object of attributes
	Holds    []string // the protected entitlements that it was last seen to hold, sorted
	Former   []string // the person's own login names that it had before, oldest first
	ETag     string
	SeenAt   time.Time

	// Owner, Epoch and LeaseUntil are the lease. PutAccount leaves them alone.
	Owner      string
	Epoch      int64
	LeaseUntil time.Time
}

// Item is one thing that should be so in one account.
type Item struct {
	Person, System string
	Kind           ItemKind
	Key            string // the entitlement of a grant; else empty

	State          ItemState
	Desired, Known string
	// Removes names the kind of removal that settling the item would be: disable,
	// revoke, or "".
	Removes  string
	Lane     Lane
	Revision int64  // rises when Desired changes
	Run      string // the run that last changed Desired
	Released bool   // approved by itself
	Cleared  string // the answered case which lets it pass though it is protected
	Policy   string
	Reasons  string // JSON
	// Origin is policy, or manual for what others have changed and is left as Known says.
	Origin string
	Spell  int64

	RetryAt  time.Time // wall time
	Attempts int
	Missed   int    // attempts in a row in which the account was not found
	OpKey    string // of the operation in flight, or of the last one
	OpKind   string
	Problem  string // what it waits for, or why the last attempt failed

	EventAt, ReceivedAt, DecidedAt, SentAt, VerifiedAt time.Time
}

// ItemCount is a number of items.
type ItemCount struct {
	System string
	Kind   ItemKind
	State  ItemState
	N      int
}

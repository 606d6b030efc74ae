package state

import "time"

// RunState is where a run stands.
type RunState string

// The states of a run.
const (
	RunReading  RunState = "reading"  // its facts are still coming in
	RunDeciding RunState = "deciding" // somebody it touches is still undecided
	RunReleased RunState = "released" // judged and let go
	RunHeld     RunState = "held"     // judged and stopped: waits for a person
	RunRefused  RunState = "refused"  // its facts were not taken over
)

// Runs is the part of a [Tx] about runs and the guard's counts.
type Runs interface {
	// Run returns a row or ErrNotFound.
	Run(id string) (Run, error)
	PutRun(Run) error
	// RunsIn returns the runs in a state, oldest first.
	RunsIn(RunState) ([]Run, error)
	// Expiring returns the runs with a ReleasedUntil, the earliest first.
	Expiring() ([]Run, error)
	// LatestRuns returns up to limit runs, newest first.
	LatestRuns(limit int) ([]Run, error)

	// Removals counts, by system, kind and lane, the people with items of a run
	// which are neither settled nor waiting, take access away and were not released by
	// themselves.
	Removals(run string) ([]Count, error)
	// Granting counts, by system and entitlement, the grants of a run that are to be given,
	// are not settled and were not released by themselves.
	Granting(run string) ([]EntitlementCount, error)
	// Revoking counts likewise what is to be revoked, is not settled and does not wait.
	Revoking(run string) ([]EntitlementCount, error)
	// Updating counts, by system, the people with an account that is there of which a run
	// is to change attributes or the login name; what is settled, waits or was released by
	// itself does not count.
	Updating(run string) ([]Count, error)
	// Reserve adds counts to the sliding window at an instant of business time.
	Reserve(run string, at time.Time, counts []Count) error
	// Reserved sums the window after an instant, by system, kind, key and lane.
	Reserved(since time.Time) ([]Count, error)
	// Population counts the accounts of a system that are known to be active.
	Population(system string) (int, error)
	// Holding counts those who are known to hold an entitlement of a system.
	Holding(system, key string) (int, error)
	// Removing counts the items of a system that take away in a way, may be acted on,
	// and have not been settled: those about an entitlement, or all if key is empty.
	Removing(system, kind, key string) (int, error)
}

// Run is what one cause touches.
type Run struct {
	ID    string
	Kind  string // read, ingest, record, withdraw, policy, timer, answer
	Cause string // for people: the source, the policy version
	State RunState
	// Note says why a run is held or refused.
	Note     string
	OpenedAt time.Time
	SealedAt time.Time // when it was judged
	// ReleasedUntil is when a person's release ends (business time), zero if it has none.
	ReleasedUntil time.Time
	// Review says that only applying a plan releases it.
	Review   bool
	Records  int // read
	Changed  int // of those, with new facts
	Problems int // of those, with something unreadable
}

// Count is the number of people who lose something in a system, or of what else the
// guard counts.
type Count struct {
	System string
	Kind   string // disable, revoke, or a word of the guard's
	Key    string // the entitlement, if it is about one alone
	Lane   Lane
	N      int
}

// EntitlementCount is a number of items about one entitlement.
type EntitlementCount struct {
	System, Key string
	N           int
}

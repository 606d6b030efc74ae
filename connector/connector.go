package connector

import (
	"context"
	"time"
)

// Connector is what every target system can do. Its methods must be safe for
// concurrent use. They must return soon after ctx is done.
type Connector interface {
	// Find returns all accounts that match, which may be none, one or many. It
	// never chooses among several. What it returns has been compared with the
	// match here, not only by the server. No match is no error.
	Find(ctx context.Context, req FindRequest) ([]Account, error)

	// Create makes one account. If an account with req.ExternalID exists, it must
	// not make a second one: it answers AlreadyInState and that account, as
	// observed, whatever its name and attributes; if several have it, the error is
	// ErrAmbiguous. If the name belongs to somebody else, the error is
	// ErrAlreadyExists and nothing was changed. Create is never repeated by the
	// connector.
	Create(ctx context.Context, req CreateRequest) (Result, error)

	// Update sets the named attributes and leaves all others alone. It leaves a
	// disabled account disabled. If everything is as wanted already, it answers
	// AlreadyInState. If the account is gone, the error is ErrNotFound; if it is
	// not at the version that req.ETag names, ErrConflict.
	Update(ctx context.Context, req UpdateRequest) (Result, error)
}

// Suspender switches sign-in off and on, reversibly. Both methods answer
// AlreadyInState if there is nothing to do and ErrNotFound if the account is
// gone; a version that is not req.ETag's is ErrConflict. After Disable returned Applied,
// the account observed is not active. A connector whose system would delete the account
// must not offer it.
type Suspender interface {
	Disable(ctx context.Context, req AccountRequest) (Result, error)
	Enable(ctx context.Context, req AccountRequest) (Result, error)
}

// Deleter removes an account for good. Deleting one that is gone answers
// AlreadyInState.
type Deleter interface {
	Delete(ctx context.Context, req AccountRequest) (Result, error)
}

// SessionEnder ends what is left of signing in: EndSessions makes every session of the
// account and every token that was issued to it worthless, at once, and changes nothing
// else of it. If there is none it is no error, and the answer is AlreadyInState if the
// system can tell; so it is if the account is gone. In most systems switching sign-in off
// leaves both as they are, so that whoever is in stays in.
type SessionEnder interface {
	EndSessions(ctx context.Context, req AccountRequest) (Result, error)
}

// Transferrer hands over what an account owns: Transfer makes the account req.To the
// owner of everything in this system that the account req.Ref owns, and changes nothing
// else of either. It does so whether or not req.Ref may sign in. If req.Ref owns nothing,
// or is gone, the answer is AlreadyInState, whoever is to get it. If req.To is gone or not active, is req.Ref
// itself, or cannot own such things, the error is ErrInvalid and nothing was changed. A
// connector that can hand over one thing at a time may leave a part undone after an error;
// asking again, for the same or another account, hands over the rest.
type Transferrer interface {
	Transfer(ctx context.Context, req TransferRequest) (Result, error)
}

// Renamer gives an account another login name and leaves everything else as it is,
// its ID above all. It answers AlreadyInState if the account has that name. If the
// name belongs to somebody else, the error is ErrAlreadyExists and nothing was
// changed. If the account is gone, the error is ErrNotFound; a version that is not
// req.ETag's is ErrConflict.
type Renamer interface {
	Rename(ctx context.Context, req RenameRequest) (Result, error)
}

// Entitler gives and takes one entitlement. Granting what is held and revoking
// what is not held answer AlreadyInState. If the system does not know the
// entitlement, the error of Grant is ErrUnknownEntitlement. If the account is
// gone, it is ErrNotFound for Grant, and AlreadyInState for Revoke.
type Entitler interface {
	Grant(ctx context.Context, req GrantRequest) (Result, error)
	Revoke(ctx context.Context, req GrantRequest) (Result, error)
}

// Lister walks all accounts. It calls yield once for each and stops at its first error,
// which it returns; yield may call the connector. The [Proof] says whether the walk is
// known to have seen everything; with an error it is the zero Proof.
type Lister interface {
	List(ctx context.Context, yield func(Account) error) (Proof, error)
}

// Catalog lists the entitlements that can be granted.
type Catalog interface {
	Entitlements(ctx context.Context) ([]Entitlement, error)
}

// Checker looks whether the system answers and lets us in, and changes
// nothing. A nil error means that operations can be tried.
type Checker interface {
	Check(ctx context.Context) error
}

// Describer states limits of this one instance, and narrows what its type could
// do: a server without groups, a child process without deletion.
type Describer interface {
	Describe(ctx context.Context) (Description, error)
}

// Description is what a [Describer] states. The zero value narrows nothing:
// everything the type can do, no limits known, changes visible at once.
type Description struct {
	// Without names kinds of operation which the type has and this instance lacks:
	// their error is errors.ErrUnsupported.
	Without []Kind
	// NoSearch says that the system cannot show all that it has: accounts are found
	// by ID or Name, not by ExternalID alone, and neither they nor entitlements can be
	// listed. Find, List and Entitlements then return errors.ErrUnsupported. Create
	// finds an account with req.ExternalID only by its name.
	NoSearch bool
	// Scope is what may be changed by one operation at a time.
	Scope Scope
	// VisibilityLag is how long a change may take to be seen by a read.
	VisibilityLag time.Duration
	// Concurrency is the number of operations the system bears at a time; 0 means
	// the caller's default.
	Concurrency int
	// Product names the system for people, with its version if it tells.
	Product string
}

// Scope is what one operation at a time may touch.
type Scope string

// The scopes of conflicts.
const (
	ScopeAccount     Scope = ""            // different accounts never disturb each other
	ScopeEntitlement Scope = "entitlement" // one change per entitlement at a time, too
)

// Proof tells whether a walk was complete. The zero value means that it is not
// known to be, and that nothing may be concluded from what was absent.
type Proof struct {
	Complete bool
	Count    int    // accounts the evidence speaks of
	Basis    string // the evidence, for people
}

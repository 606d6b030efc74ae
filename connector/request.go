package connector

// FindRequest says which accounts to find. At least one of its first three
// fields must be set, or the error is ErrInvalid; an account matches if it
// agrees with every one that is set. Names are compared as the system compares
// them.
type FindRequest struct {
	ID         string
	ExternalID string
	Name       string
	// Entitlements asks that the accounts returned have EntitlementsKnown, as
	// far as the connector is an Entitler.
	Entitlements bool
}

// CreateRequest is an account to be made.
type CreateRequest struct {
	// Key is the operation's key: the same for each attempt of one operation.
	Key string
	// ExternalID is our identifier of the person, to be stored with the account
	// where the system can.
	ExternalID string
	// Name is the login name.
	Name string
	// Attributes are set at once. Null is left out.
	Attributes map[string]Value
	// Active says whether the account can be used from the start.
	Active bool
}

// UpdateRequest is a change of attributes.
type UpdateRequest struct {
	Key string
	Ref Ref
	// Attributes to set; Null clears. What is absent is left alone.
	Attributes map[string]Value
	// ETag makes the change conditional, where the connector can; empty means
	// unconditional.
	ETag string
}

// RenameRequest is a change of the login name.
type RenameRequest struct {
	Key  string
	Ref  Ref
	Name string
	ETag string
}

// AccountRequest concerns a whole account.
type AccountRequest struct {
	Key  string
	Ref  Ref
	ETag string
}

// TransferRequest hands over what the account Ref owns to the account To.
type TransferRequest struct {
	Key string
	Ref Ref
	To  Ref
}

// GrantRequest concerns one entitlement of one account.
type GrantRequest struct {
	Key         string
	Ref         Ref
	Entitlement Entitlement
}

// Result is what came of an operation.
type Result struct {
	Outcome Outcome
	// Account is the account as observed after the operation. After a deletion it
	// holds the reference alone.
	Account Account
	// Handle resumes an operation whose outcome is Pending. It contains no secret
	// and stays valid across restarts.
	Handle string
}

// Outcome says how an operation went well.
type Outcome string

// The outcomes of an operation.
const (
	Applied        Outcome = "applied"        // we changed something, and saw it
	AlreadyInState Outcome = "alreadyInState" // nothing needed to be changed
	Pending        Outcome = "pending"        // accepted, not done yet
)

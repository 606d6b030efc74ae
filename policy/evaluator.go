package policy

import (
	"context"
	"time"
)

// Evaluator decides what a person should have. [Policy] is one; a host may
// write its own.
type Evaluator interface {
	// Evaluate decides about one person at s.At. It must be pure: equal subjects
	// give equal decisions, and nothing outside s is read. An error means that
	// the answer is unknown. It is safe for concurrent use and does not keep or
	// change s.
	Evaluate(ctx context.Context, s Subject) (Decision, error)

	// Version identifies the rules: it changes whenever a decision could. It is
	// short, printable and stable across processes.
	Version() string
}

// Attributes holds values by attribute name. A missing key and an empty list
// both mean that there is no value.
type Attributes map[string][]string

// Subject is everything a decision about one person may depend on.
type Subject struct {
	// At is the instant the decision is about.
	At time.Time
	// Person is the engine's identifier of the person. It never changes.
	Person string
	// Relationships are the person's work relationships, past and future ones
	// included, in a stable order.
	Relationships []Relationship
	// Accounts holds, by system, what has been observed of the person's accounts.
	Accounts map[string]Account
	// ManagerAccounts holds the same of the manager of the primary relationship.
	ManagerAccounts map[string]Account
	// Held is what the person holds now, if HeldKnown says so; otherwise it is not
	// read. It tells which of two duties is the newer: see [Separation].
	Held      []Holding
	HeldKnown bool
	// Requests are what was asked for, and Approvals what was agreed to, for the
	// person, past and future ones included.
	Requests  []Request
	Approvals []Approval
}

// Relationship is one work relationship over time.
type Relationship struct {
	// ID is a stable name for it, used in reasons.
	ID string
	// Primary marks the main one. If none of the live ones is marked, the one
	// that started first is primary, and among equals the one with the least ID.
	Primary bool
	// Start and End bound the time in which it gives access: from Start on, until
	// before End. A zero Start means always, a zero End never ends.
	Start, End time.Time
	// Spans hold the attributes over time, sorted by From. The first span counts
	// from the beginning, whatever its From; each ends where the next begins.
	Spans []Span
	// Abrupt says that End was ordered to be immediate: no bridge and no overlap lead
	// beyond it, and what only this relationship gave is lost urgently; see [Urgent].
	Abrupt bool
	// Zone is where the relationship's days begin; it gives the from and until
	// of rules their instants. Nil means UTC.
	Zone *time.Location
}

// Span is what holds of a relationship from an instant on.
type Span struct {
	From       time.Time
	Attributes Attributes
}

// Account is what has been observed of one account.
type Account struct {
	// ID is the target's own identifier.
	ID string
	// Attributes are those observed. The login name is there as "name", and, of
	// the person's own accounts, under the attribute that the policy calls the
	// name.
	Attributes Attributes
}

// AccountReader is an [Evaluator] that says whether its decisions may depend on
// what has been observed of accounts: the person's own, and the manager's. One
// that says no spares a look at everybody whose account changes; one that does not
// say is taken to read both.
type AccountReader interface {
	ReadsAccounts() (own, manager bool)
}

// Decision is what a person should have at the instant of the subject.
type Decision struct {
	// Live says whether any relationship gives access now. If not, Grants is
	// empty, and Accounts holds those that are made ahead of a first day.
	Live bool
	// Accounts are the accounts that should exist, one for each system, sorted by
	// system. Every grant in a system implies an account there.
	Accounts []DesiredAccount
	// Grants are the entitlements that should be held, sorted.
	Grants []Grant
	// Denied are entitlements to which policy leads in some way and which are not
	// given, sorted.
	Denied []Denial
	// Urgent is what is to be taken away at once. If Live is false nothing is told here:
	// whether a leaver loses everything at once depends on how the last job ended.
	Urgent Urgent
	// Violations are the separations of duties that the person would violate, or
	// does, sorted.
	Violations []Violation
	// NextChange is the next instant after At at which the decision can be
	// another for the same facts; zero if there is none.
	NextChange time.Time
}

// DesiredAccount is an account that should exist.
type DesiredAccount struct {
	System string
	// NameAttribute is the attribute that holds the login name, and is unique in
	// the system.
	NameAttribute string
	// Candidates are login names in order of preference. One that contains
	// [Counter] stands for a whole series: 2, 3, 4 and so on take its place.
	Candidates []string
	// Rename says that an account whose login name is none of the candidates is to be
	// given one of them.
	Rename bool
	// Attributes are the wanted values by the connector's attribute names. An
	// empty list means that the attribute is to be cleared; an attribute not
	// listed is nobody's business. A value may contain [NamePlaceholder]
	// and [FormerNamePlaceholder].
	Attributes Attributes
	// After are systems whose account must exist before this one is made.
	After []string
	// Waiting names inputs that are not known yet, such as
	// accounts.directory.userName. The attributes that need them are left out. If
	// the candidates need them, Candidates is empty and the account cannot be
	// made yet.
	Waiting []string
	// Disabled says why nobody is to sign in with the account, although it is to
	// be there; empty if somebody is.
	Disabled Disabled
	// Reasons say what implies the account.
	Reasons []Reason
}

// Disabled is why an account that should exist should be disabled.
type Disabled string

// The reasons to keep an account disabled.
const (
	Enabled   Disabled = ""          // it is not
	Ahead     Disabled = "ahead"     // the first day has not come
	Suspended Disabled = "suspended" // the mapping's Suspend or SuspendUrgently holds
)

const (
	// Counter stands in a name candidate for the numbers 2, 3, 4 and so on.
	Counter = "{n}"
	// NamePlaceholder stands in an attribute value for the login name that the
	// account got in the end.
	NamePlaceholder = "{name}"
	// FormerNamePlaceholder stands in an attribute value for a login name that the account
	// had before. The value is there once for each of them, and not at all if there is none.
	FormerNamePlaceholder = "{formerName}"
)

// Grant is an entitlement that should be held.
type Grant struct {
	Entitlement Entitlement
	// Reasons are the ways in which policy gives it, sorted: for each rule and
	// relationship the shortest path of roles, and others if they lead through other
	// roles that denies, approvals or separations are about. There is at least one.
	Reasons []Reason
	// Sensitivity, Owner and ReviewDays are those that the policy says of the
	// entitlement.
	Sensitivity Sensitivity
	Owner       string
	ReviewDays  int
	// Approval is the ID of the approval, if the entitlement requires one.
	Approval string
	// Lifted are the denies that would take it away if exceptions did not lift them.
	Lifted []Lift
}

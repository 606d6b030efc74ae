package policy

// Separation keeps duties apart: of several sides, nobody is to hold more than a
// few at once. It is symmetric, and about the person: over all relationships, and
// whatever gives the sides. It looks at what is left after denies.
//
//	separation:
//	  - name: paying and approving
//	    between:
//	      - {grants: [bank:role/payer]}
//	      - {roles: [approver]}
//	    action: dropNewer
//	    mitigations:
//	      - {person: p17, until: 2026-12-31, reason: "two signatures, says Carol"}
type Separation struct {
	// Name identifies the separation in decisions. It is required and unique.
	Name string `json:"name"`
	// Between are the sides, two or more.
	Between []Side `json:"between"`
	// AtMost is how many of the sides may be held together. Zero means one.
	AtMost int `json:"atMost,omitempty"`
	// Action says what happens to somebody who would hold more. It is required.
	Action SeparationAction `json:"action"`
	// Mitigations let named people hold more until a day.
	Mitigations []Mitigation `json:"mitigations,omitempty"`
	// Owner answers for the separation, and ReviewDays is how often it is to be reviewed;
	// zero means never.
	Owner      string `json:"owner,omitempty"`
	ReviewDays int    `json:"reviewDays,omitempty"`
	// Description is for people.
	Description string `json:"description,omitempty"`
}

// Side is one of the duties that a [Separation] keeps apart. It is held by who has
// any of its grants, or anything through one of its roles.
type Side struct {
	Roles []string `json:"roles,omitempty"`
	// Grants are entitlements; a * at the end stands for any text.
	Grants []string `json:"grants,omitempty"`
}

// SeparationAction is what happens when somebody would hold too many sides.
type SeparationAction string

// The actions of separations.
const (
	// Refuse gives none of the sides that would be held.
	Refuse SeparationAction = "refuse"
	// DropNewer gives the sides that are held longest, by [Subject.Held]. What is not
	// held yet is newer than what is, and of several such sides none is given unless
	// all may be. If it is not known since when something is held, or not what is held
	// at all, nothing is dropped on a guess: the [Violation] is [Undecided].
	DropNewer SeparationAction = "dropNewer"
	// RequireApproval is DropNewer until an [Approval] for the separation is there,
	// which then lets everything be held.
	RequireApproval SeparationAction = "requireApproval"
	// Record gives everything and tells.
	Record SeparationAction = "record"
)

var separationActions = []SeparationAction{Refuse, DropNewer, RequireApproval, Record}

// Mitigation lets one person hold what a [Separation] keeps apart, since something
// else guards against harm.
type Mitigation struct {
	// Person or Relationship says whose it is, as in an [Exception].
	Person       string `json:"person,omitempty"`
	Relationship string `json:"relationship,omitempty"`
	// From and Until bound the time, as those of a [Rule]. Until is required.
	From  string `json:"from,omitempty"`
	Until string `json:"until"`
	// Reason says what guards against harm, for people. It is required.
	Reason string `json:"reason"`
	// Owner answers for the mitigation, and ReviewDays is how often it is to be reviewed;
	// zero means never.
	Owner      string `json:"owner,omitempty"`
	ReviewDays int    `json:"reviewDays,omitempty"`
}

// Violation is a separation of duties that somebody would violate, or does.
type Violation struct {
	// Separation is its name.
	Separation string
	Action     SeparationAction
	// Sides are those that policy leads to, in the order of the policy.
	Sides []HeldSide
	// Settled says what came of it.
	Settled Settlement
	// Reason is that of the mitigation, and Approval the ID of the approval, if one
	// lets the sides be held.
	Reason, Approval string
}

// HeldSide is a side of a separation in a [Violation].
type HeldSide struct {
	// Side is the index in the policy.
	Side int
	// Entitlements are those by which it is held, sorted.
	Entitlements []Entitlement
	// Withheld says that they are not given, or not in the way that counts for the
	// separation.
	Withheld bool
}

// Settlement is what came of a violation.
type Settlement string

// The settlements.
const (
	// Withheld means that so many sides are not given that it is none any more.
	Withheld Settlement = "withheld"
	// Undecided means that it could not be told which of the sides held are newer.
	// They stay, and sides not held yet are not given. If it is not known at all what
	// is held, all sides are given.
	Undecided Settlement = "undecided"
	// Mitigated, Approved and Recorded mean that everything is given.
	Mitigated Settlement = "mitigated"
	Approved  Settlement = "approved"
	Recorded  Settlement = "recorded"
)

package policy

// Deny takes back what rules give to those for whom a condition holds. It beats
// every grant, whatever gives it; only an [Exception] that names the deny lifts
// it.
//
// A deny is about the person: it holds if it does for any relationship that
// gives access, and then takes away what the others give as well. As everywhere,
// a comparison with a number or date that is missing does not hold: level == nil
// || level < 3 denies those without a level, too.
type Deny struct {
	// Name identifies the deny in decisions. It is required and unique.
	Name string `json:"name"`
	// When is the condition. It is required; "true" holds for everybody.
	When string `json:"when"`
	// Roles are denied as ways to something: what they give, and what is inherited
	// through them, is taken away unless it is given in another way, too.
	Roles []string `json:"roles,omitempty"`
	// Grants are entitlements that are denied, however they are given. A * at the
	// end stands for any text: git:team/prod*, or git:*.
	Grants []string `json:"grants,omitempty"`
	// From and Until bound the time in which the deny holds, as those of a [Rule].
	From  string `json:"from,omitempty"`
	Until string `json:"until,omitempty"`
	// Urgent says that what the deny takes is to be taken away at once ([Urgent]), with the
	// account if nothing else is left in its system.
	Urgent bool `json:"urgent,omitempty"`
	// Owner answers for the deny, and ReviewDays is how often it is to be reviewed;
	// zero means never.
	Owner      string `json:"owner,omitempty"`
	ReviewDays int    `json:"reviewDays,omitempty"`
	// Description is for people.
	Description string `json:"description,omitempty"`
}

// Exception is made for one person, with a reason and an end.
//
// What it gives is still subject to denies, other than those that it lifts, and
// to separations of duties.
type Exception struct {
	// Name identifies the exception in reasons. It is required and unique.
	Name string `json:"name"`
	// Person is the engine's identifier of a person, Relationship the ID of a work
	// relationship, such as hr/1001. Exactly one of them is required. The exception
	// holds while they have, or it gives, access.
	Person       string `json:"person,omitempty"`
	Relationship string `json:"relationship,omitempty"`
	// Roles, without parameters, and Grants are what the exception gives.
	Roles  []string `json:"roles,omitempty"`
	Grants []string `json:"grants,omitempty"`
	// Lifts names denies that do not hold for this person: with the relationship
	// that is named, or with any.
	Lifts []string `json:"lifts,omitempty"`
	// From and Until bound the time, as those of a [Rule]. Until is required.
	From  string `json:"from,omitempty"`
	Until string `json:"until"`
	// Reason says why, for people. It is required.
	Reason string `json:"reason"`
	// Owner answers for the exception, and ReviewDays is how often it is to be reviewed;
	// zero means never.
	Owner      string `json:"owner,omitempty"`
	ReviewDays int    `json:"reviewDays,omitempty"`
}

package policy

// Role is a named bundle of entitlements.
type Role struct {
	// Kind says what the role is for. Empty says nothing.
	Kind RoleKind `json:"kind,omitempty"`
	// Parameters are names that stand for a value in the names of the role's
	// Grants, such as {team} in git:team/{team}. Who gives the role says the values
	// with With. If one of them is empty, the role gives nothing.
	Parameters []string `json:"parameters,omitempty"`
	// When is a condition without which the role, and what it inherits, gives
	// nothing, whoever gives it. Empty always holds.
	When string `json:"when,omitempty"`
	// Inherits names roles whose grants this one has as well. They cannot have
	// parameters; see AddOns.
	Inherits []string `json:"inherits,omitempty"`
	// Grants are entitlements in the form system:kind/name. If the role has
	// Parameters, the names are templates that may read those and nothing else, and
	// {{ and }} stand for braces.
	Grants []string `json:"grants,omitempty"`
	// AddOns are further roles and grants, under conditions or with parameters.
	AddOns []AddOn `json:"addOns,omitempty"`
	// Sensitivity is the highest of what the role gives. It has to be said for what
	// the role inherits, and allows for what parameters may come to; a baseline or
	// standard role has none.
	Sensitivity Sensitivity `json:"sensitivity,omitempty"`
	// Requestable roles may be asked for: see [Request].
	Requestable bool `json:"requestable,omitempty"`
	// Approval says that the role gives nobody anything, and nothing is inherited
	// through it, without an [Approval] for it. A role with parameters has none.
	Approval bool `json:"approval,omitempty"`
	// Owner answers for the role, and ReviewDays is how often it is to be reviewed;
	// zero means never.
	Owner      string `json:"owner,omitempty"`
	ReviewDays int    `json:"reviewDays,omitempty"`
	// Description is for people.
	Description string `json:"description,omitempty"`
}

// RoleKind is what a role is for.
type RoleKind string

// The kinds of roles.
const (
	// Baseline is what everybody has. It gives nothing sensitive.
	Baseline RoleKind = "baseline"
	// Standard is what everybody in a job has. It gives nothing sensitive.
	Standard RoleKind = "standard"
	// Extra is a small role on top of a standard one.
	Extra RoleKind = "addOn"
	// Admin is for those who look after a system. No baseline or standard role inherits
	// it.
	Admin RoleKind = "admin"
)

var roleKinds = []RoleKind{Baseline, Standard, Extra, Admin}

// AddOn is a part of a rule or of a role that has a condition of its own or gives
// roles with parameters.
//
//	addOns:
//	  - {when: country == "AT", grants: [crm:territory/at]}
//	  - {roles: [team], with: {team: "{department|slug}"}}
//	  - {grants: [lab:door/old], until: 2026-06-30}
type AddOn struct {
	// When is the condition, besides that of the rule or role. Empty always holds.
	When string `json:"when,omitempty"`
	// Roles and Grants are what is given: at least one of either. In a role with
	// parameters, Grants are templates like the role's own.
	Roles  []string `json:"roles,omitempty"`
	Grants []string `json:"grants,omitempty"`
	// With holds, by name, a template for each parameter of the roles. It may read
	// the attributes of the relationship and, within a role, that role's
	// parameters, which go before an attribute of the same name. A template that is
	// only an attribute of type list gives the roles once for each value.
	With map[string]string `json:"with,omitempty"`
	// From and Until bound the time in which the add-on gives anything, as those of a
	// [Rule], besides the window of the rule.
	From  string `json:"from,omitempty"`
	Until string `json:"until,omitempty"`
}

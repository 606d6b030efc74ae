package policy

// Document is a policy as it is written: the content of a policy file as a Go
// value. The zero Document lacks its version and does not compile.
type Document struct {
	// Version is the version of the format, 1.
	Version int `json:"version"`
	// Attributes declares, by name, the custom attributes that conditions and
	// templates may read beside those of [BuiltIn].
	Attributes map[string]Attribute `json:"attributes,omitempty"`
	// Roles holds bundles of grants by name.
	Roles map[string]Role `json:"roles,omitempty"`
	// Entitlements says, by entitlement, how it is governed. A * at the end of one
	// stands for any text; of several that match, the longest counts alone.
	Entitlements map[string]EntitlementInfo `json:"entitlements,omitempty"`
	// Rules say who gets what. Their order means nothing.
	Rules []Rule `json:"rules,omitempty"`
	// Accounts says, by system, what an account there looks like. Every system
	// in which something is granted needs an entry.
	Accounts map[string]AccountMapping `json:"accounts,omitempty"`
	// Denies take back what rules give.
	Denies []Deny `json:"denies,omitempty"`
	// Exceptions give something to one person, or lift a deny for them.
	Exceptions []Exception `json:"exceptions,omitempty"`
	// Separation keeps duties apart.
	Separation []Separation `json:"separation,omitempty"`
	// BridgeDays is how many days may lie between the end of one relationship and
	// the start of the person's next for the access of the first to go on until
	// then, as when a contractor is employed. Zero means that none may.
	BridgeDays int `json:"bridgeDays,omitempty"`
}

// Rule gives roles and entitlements to those for whom a condition holds.
type Rule struct {
	// Name identifies the rule in reasons. It is required and unique.
	Name string `json:"name"`
	// When is the condition, an expression that is true or false. It is required;
	// "true" holds for everybody.
	When string `json:"when"`
	// Roles, Grants and AddOns are what the rule gives: at least one of them.
	Roles  []string `json:"roles,omitempty"`
	Grants []string `json:"grants,omitempty"`
	// With holds the parameters of Roles, as that of an [AddOn].
	With map[string]string `json:"with,omitempty"`
	// AddOns are further roles and grants, under conditions or with parameters.
	AddOns []AddOn `json:"addOns,omitempty"`
	// From and Until bound the time in which the rule gives anything, as days in the
	// zone of the relationship: from the beginning of the day From until the end of
	// the day Until. Empty means no bound. A day is written 2006-01-02, or as days
	// around an attribute that is a date: hireDate, hireDate - 3d, probationEnd + 30d.
	// If that attribute is missing, the rule gives nothing.
	From  string `json:"from,omitempty"`
	Until string `json:"until,omitempty"`
	// OverlapDays is how many days the rule goes on giving what it gave when the
	// attributes of a relationship change so that it holds no longer, as on a
	// transfer. It ends with the relationship, unless another one of the person's
	// begins on the next day, or as soon as a bridge would lead to it (BridgeDays):
	// then it goes on from there, since a transfer may be written like that. Zero
	// means that the rule gives nothing from that instant on.
	OverlapDays int `json:"overlapDays,omitempty"`
	// Owner answers for the rule, and ReviewDays is how often it is to be reviewed;
	// zero means never.
	Owner      string `json:"owner,omitempty"`
	ReviewDays int    `json:"reviewDays,omitempty"`
	// Description is for people.
	Description string `json:"description,omitempty"`
}

// AccountMapping says what an account in one system looks like.
type AccountMapping struct {
	// Name is the attribute of the account that holds the login name. It is
	// required.
	Name string `json:"name"`
	// Candidates are templates of login names in order of preference. There must
	// be one at least.
	Candidates []string `json:"candidates"`
	// Attributes holds templates by attribute of the account. One template is one
	// value, several are several; none at all clears the attribute.
	Attributes map[string][]string `json:"attributes,omitempty"`
	// After names systems whose accounts are made first, for those who should
	// have one there.
	After []string `json:"after,omitempty"`
	// AheadDays is how many days before somebody's first day the account is made.
	// It is disabled until then and holds no entitlements. Zero means that it is
	// made on the first day.
	AheadDays int `json:"aheadDays,omitempty"`
	// Suspend is a condition: while it holds for each relationship that gives
	// access, the account stays, with what it holds, and is disabled. Empty means
	// that it never is.
	Suspend string `json:"suspend,omitempty"`
	// SuspendUrgently is as Suspend, for what cannot wait, such as an investigation: if
	// it holds for each relationship, disabling the account is urgent ([Urgent]).
	SuspendUrgently string `json:"suspendUrgently,omitempty"`
	// Rename gives an account another login name when the one it has is none of the
	// candidates any more, as after a marriage. The old one stays reserved for the
	// same person, and is there for attributes as [FormerNamePlaceholder]. Otherwise an
	// account keeps the name it was made with.
	Rename bool `json:"rename,omitempty"`
	// SignIn says how people sign in: [SignInProvider] if they do it here for other
	// systems as well, [SignInOwn] if the system keeps passwords of its own, or the
	// name of the system of the former kind through which they do. Empty says nothing.
	// No decision depends on it; [Policy.Lint] does.
	SignIn string `json:"signIn,omitempty"`
	// Owner answers for the mapping, and ReviewDays is how often it is to be reviewed;
	// zero means never.
	Owner      string `json:"owner,omitempty"`
	ReviewDays int    `json:"reviewDays,omitempty"`
}

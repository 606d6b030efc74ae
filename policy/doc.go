// Package policy decides what a person should have.
//
// An [Evaluator] looks at a [Subject], which is everything known about one
// person at one instant, and returns a [Decision]: the accounts they should
// have, with which attributes, the entitlements in them, and for each the
// reasons. It is a pure function: no clock, no network, no memory. The same
// subject gives the same decision, byte for byte.
//
// # Writing a policy
//
// A [Policy] is roles, rules and account mappings. [Load] reads it from YAML and
// reports everything that is wrong at once, with file, line, column and what
// would be right; [Compile] takes the same as a Go value ([Document]).
//
//	version: 1
//	attributes:
//	  clearance: {type: string, values: [none, secret]}
//	roles:
//	  employee:
//	    grants: [directory:group/staff]
//	  engineer:
//	    inherits: [employee]
//	    grants: [directory:group/engineering, git:team/dev]
//	rules:
//	  - name: engineers
//	    when: department == "Engineering" && employmentType != "intern"
//	    roles: [engineer]
//	accounts:
//	  directory:
//	    name: userName
//	    candidates: ["{givenName|ascii|lower|first:1}{familyName|ascii|lower}",
//	                 "{givenName|ascii|lower}.{familyName|ascii|lower}"]
//	    attributes:
//	      displayName: "{displayName}"
//	      email: "{name}@example.com"
//	      department: "{department}"
//	  git:
//	    name: userName
//	    candidates: ["{accounts.directory.userName}"]
//
// # Days around a change
//
//	bridgeDays: 3           # up to three days between two jobs take nothing away
//	rules:
//	  - name: sales
//	    when: department == "Sales"
//	    grants: [crm:role/user]
//	    overlapDays: 5      # after a transfer, five more days of the old access
//	accounts:
//	  directory:
//	    aheadDays: 7        # made a week before the first day, disabled until then
//	    suspend: status == "onLeave"
//	    rename: true        # a new name in the candidates is a new login name
//
// Days are those of the calendar in the zone of the relationship. An end that was
// ordered to be immediate is never bridged.
//
// # What a rule sees
//
// Conditions are written in a part of the expr language (expr-lang.org), over
// the attributes of one work relationship, by the names that [BuiltIn] lists and
// those that the policy declares. Names and types are checked when the policy is
// loaded. There are the comparisons, && || and ! (or: and, or, not), in,
// contains, startsWith, endsWith, matches with a pattern in quotes, and the
// functions len, lower, trim and upper. Rules run once for each relationship that
// is live, and the results unite. There is no clock in a condition: validity is
// said with the fields from and until, so that the instant of the next change is
// known exactly.
//
// A missing text reads as "", a missing list as empty, a missing flag as false. A
// comparison with a missing number or date is neither true nor false, as with
// NULL in SQL: neither it nor its negation makes a rule match, while the rest of
// the condition counts as usual. level > 3 and !(level > 3) both fail if there is
// no level; level > 3 || oncall holds for those on call. level == nil asks.
//
// Expressions are bounded in length and size and have no loops, so that a policy
// from somebody else can neither stall nor kill the process.
//
// # Templates
//
// Login names and attributes of accounts are texts with placeholders:
//
//	{attribute}                            of the primary relationship
//	{accounts.system.attribute}            observed on the person's account there; id is its ID
//	{manager.accounts.system.attribute}    the same of the manager; not in candidates
//	{name}                                 the login name that came out; only in attributes
//	{n}                                    2, 3, 4 and so on; only in candidates
//	{{ and }}                              a brace
//
// Filters follow a bar: {givenName|ascii|lower|first:1}. They are
//
//	ascii         é to e, ß to ss, ø to o, ł to l; what has no Latin form is dropped
//	default:text  the text if the value is empty
//	digits        the digits alone
//	first:N       the first N characters; last:N the last
//	lower, upper  the case
//	slug          ascii and lower, white space and _ to -, then only a-z 0-9 . -
//	trim          without white space around it
//
// A candidate of which an input is missing is left out. If the input is to be
// observed on an account that the person is to have as well, all candidates wait
// for it: [DesiredAccount.Waiting].
//
// An attribute whose inputs are all missing from the relationship is cleared; if
// some are, it is written without them, and the white space around the gap
// closes. One that lacks an observed input is not listed and waits; one that
// lacks an input of the manager is not listed. A template that is only an
// attribute of type list gives as many values. Null clears.
//
// # Errors are not answers
//
// If a rule cannot be evaluated, [Evaluator.Evaluate] returns an error and the
// whole decision is unknown. Unknown changes nothing: it neither gives access nor
// takes any. A [Policy] returns an error if an attribute that it reads has a value
// that does not fit its type: "three" is no number, and a text is not two texts.
// Who has no live relationship has no attributes to be wrong, so leaving is
// always decided.
package policy

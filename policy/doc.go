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
//	    signIn: identityProvider
//	  git:
//	    name: userName
//	    candidates: ["{accounts.directory.userName}"]
//	    signIn: directory   # through it; "own" would be passwords of its own
//
// A policy may stand in several files: [LoadFiles], [LoadFS]. [Schema] lets editors
// complete and check them. Every field is described at [Document] and the types that
// it leads to.
//
// # Roles that do not multiply
//
//	roles:
//	  employee: {kind: baseline, grants: [directory:group/staff]}
//	  team:
//	    parameters: [name]
//	    grants: ["git:team/{name}"]
//	  engineer:
//	    kind: standard
//	    inherits: [employee]
//	    addOns:
//	      - {roles: [team], with: {name: "{department|slug}"}}
//	      - {when: country == "AT", grants: [vpn:role/vienna], until: 2026-12-31}
//	rules:
//	  - name: engineers
//	    when: division == "Engineering"
//	    roles: [engineer]
//	    addOns:
//	      - {when: jobLevel == "lead", roles: [team], with: {name: leads}}
//	  - name: first weeks
//	    when: "true"
//	    grants: [chat:channel/newcomers]
//	    until: hireDate + 30d
//
// A role has parameters, conditions and inheritance; an [AddOn] is a part of a role
// or rule under a condition of its own. A parameter stands only in the name of an
// entitlement, and one without a value gives nothing, rather than a broken name. A
// window is bound by days, or by days around an attribute that is a date.
//
// # What takes precedence
//
//	denies:
//	  - {name: no interns, when: employmentType == "intern", grants: ["git:team/prod*"]}
//	exceptions:
//	  - {name: on call, relationship: hr/1001, lifts: [no interns], until: 2026-12-31, reason: agreed with Carol}
//	entitlements:
//	  git:team/prod: {sensitivity: privileged, requestable: true, approval: true, owner: ops, reviewDays: 90}
//	separation:
//	  - name: paying and approving
//	    between: [{grants: [bank:role/payer]}, {roles: [approver]}]
//	    action: dropNewer
//
// Rules, exceptions and requests give. Then a [Deny] takes away, whatever gave it,
// unless an [Exception] lifts that deny by name. What needs an [Approval] and has none
// is not given. At last a [Separation] looks at what is left. All of this is about
// the person: what one relationship denies, the others do not give.
// [Decision.Denied] tells what was lost, in which ways it would have been given, and
// what took it; [Decision.Violations] which duties meet.
//
// A baseline or standard role gives nothing sensitive and inherits no role of kind admin,
// and no role inherits what is sensitive without saying so: such a policy does not load. Where a parameter makes
// something sensitive, it is not given.
//
// [Policy.Witnesses] finds, without any people, somebody who would violate a
// separation, or says that nobody can.
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
//	    suspendUrgently: status == "suspended"
//	    rename: true        # a new name in the candidates is a new login name
//
// Days are those of the calendar in the zone of the relationship. An end that was
// ordered to be immediate is never bridged.
//
// # What is urgent
//
//	denies:
//	  - {name: under investigation, when: status == "suspended", grants: ["bank:*"], urgent: true}
//
// What a decision does not give is taken away in its time: with everything else that
// changed, after whoever has to agree to that, in hours in which it may be done.
// [Decision.Urgent] tells what is not to wait: what an urgent [Deny] takes, an account
// that is suspended urgently, and what a job that ended abruptly was the last to give,
// while another one goes on.
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
//	{formerName}                           each one that it replaced; only in attributes
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
// # Why, and why not
//
// [Policy.Explain] says why somebody has an entitlement: each [Reason], when it will
// end by what is known, and whether something else would keep it. If they do not have
// it, it says what could give it and what keeps each way back: the smallest part of a
// condition that does not hold with the values it has seen, a window, a deny, an
// approval, a separation of duties. It looks for the smallest change of attributes
// that would turn the answer around, and proposes none that has not been decided
// about; what it calls the smallest, or impossible, is proven. The result is data for
// programs and, by its String method, text for people.
//
//	Zoë does not have git:team/dev at 2026-01-01T00:00:00Z.
//	What could give it, and what keeps it back:
//	  rule engineers > role engineer (relationship hr/1)
//	    rule engineers wants department == "Engineering"; department is "Sales"
//	A change that would give it:
//	  relationship hr/1: department from "Sales" to "Engineering" (department == "Engineering")
//
// An explanation shows values of a person's attributes: those on which the answer
// depends, and no others. [Policy.ExplainAccount] says the same of an account.
//
// # Errors are not answers
//
// If a rule or a deny cannot be evaluated, [Evaluator.Evaluate] returns an error and the
// whole decision is unknown. Unknown changes nothing: it neither gives access nor
// takes any. A [Policy] returns an error if an attribute that it reads has a value
// that does not fit its type: "three" is no number, and a text is not two texts. It
// does so as well if a decision takes more than people could ever need: more than
// 200,000 ways to entitlements, or templates that read more than 16 MB.
// Who has no live relationship has no attributes to be wrong, so leaving is
// always decided. Of those who have one, [Policy.Bound] says what they may have at
// most, whatever was meant: what only a job gave that has ended is beyond that, though
// another job is in error.
package policy

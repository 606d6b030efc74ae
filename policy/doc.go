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
// # What a rule sees
//
// Conditions are written in the expr language, over the attributes of one work
// relationship, by the names that [BuiltIn] lists and those that the policy
// declares. Names and types are checked when the policy is loaded. Rules run
// once for each relationship that is live, and the results unite. There is no
// clock in a condition: validity is said with the fields from and until, so
// that the instant of the next change is known exactly.
//
// Expressions are bounded in length and size and have no loops, so that a policy
// from somebody else can neither stall nor kill the process.
//
// # Errors are not answers
//
// If a rule cannot be evaluated, [Evaluator.Evaluate] returns an error and the
// whole decision is unknown. Unknown changes nothing: it neither gives access nor
// takes any.
package policy

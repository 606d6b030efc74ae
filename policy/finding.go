package policy

import (
	"cmp"
	"fmt"
)

// Finding is something in a policy that loads, and that may not be what anybody
// meant.
type Finding struct {
	// Check is the ID of the [Check] that found it.
	Check    string   `json:"check"`
	Severity Severity `json:"severity"`
	// File, Line and Column say where it stands, as in a [LoadError]; they are empty and
	// zero if the policy was not read from text. Path is the place in the document.
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Path   string `json:"path"`
	// Message says what it is and why it matters, Fix what to do about it.
	Message string `json:"message"`
	Fix     string `json:"fix"`
}

// String returns "file:line:column: severity: message (check)", without the fix.
func (f Finding) String() string {
	e := LoadError{File: f.File, Line: f.Line, Column: f.Column, Path: f.Path, Msg: fmt.Sprintf("%s: %s (%s)", f.Severity, f.Message, f.Check)}
	return e.Error()
}

func compareFindings(a, b Finding) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
		cmp.Compare(a.Path, b.Path), cmp.Compare(a.Check, b.Check), cmp.Compare(a.Message, b.Message))
}

// Severity says how sure it is that a [Finding] is a mistake.
type Severity string

// The severities, the highest first.
const (
	// SeverityError is what nobody can want.
	SeverityError Severity = "error"
	// SeverityWarning is what is a mistake more often than not.
	SeverityWarning Severity = "warning"
	// SeverityNote is what could be simpler or safer.
	SeverityNote Severity = "note"
)

// Check is something that [Policy.Lint] looks for.
type Check struct {
	ID       string   `json:"id"`
	Severity Severity `json:"severity"`
	About    string   `json:"about"`
}

// Checks returns all of them, in an order that suits a reader.
func Checks() []Check {
	return []Check{
		{"never", SeverityError, "a condition that can never hold"},
		{"always", SeverityWarning, "a condition that always holds, and does not look so"},
		{"value-unknown", SeverityError, "a value of a built-in attribute that it never has"},
		{"one-person", SeverityWarning, "a rule for people by name or number, which is an exception"},
		{"over", SeverityWarning, "a window that has ended"},
		{"duplicate-rule", SeverityWarning, "two rules that give the same to the same people"},
		{"subsumed-rule", SeverityWarning, "a rule that gives nothing which another does not give to the same people"},
		{"denied-rule", SeverityWarning, "a rule of which a deny takes back everything"},
		{"overlapping-grant", SeverityNote, "a grant that the same people have anyway"},

		{"unused-role", SeverityWarning, "a role that nothing leads to"},
		{"unused-attribute", SeverityNote, "a declared attribute that nothing reads"},
		{"unused-account", SeverityWarning, "a system in which nothing is granted, so that nobody has an account"},
		{"unused-entitlement", SeverityNote, "an entitlement that is governed, and that nothing gives"},
		{"idle-deny", SeverityNote, "a deny of what nothing gives"},

		{"duplicate-role", SeverityWarning, "two roles that give the same"},
		{"similar-roles", SeverityNote, "two roles that give almost the same"},
		{"parameter-role", SeverityNote, "roles that differ in one name, which could be a parameter"},
		{"many-standard-roles", SeverityWarning, "more standard roles than people can keep apart"},
		{"large-add-on", SeverityNote, "a role of kind addOn that is not small"},
		{"large-baseline", SeverityNote, "a role of kind baseline that gives much to everybody"},

		{"privileged-for-everybody", SeverityError, "something sensitive that everybody is given, without approval"},
		{"privileged-bundled", SeverityWarning, "something privileged in a role together with what is not"},
		{"privileged-ungoverned", SeverityWarning, "something sensitive that nobody owns or reviews"},
		{"privileged-unapproved", SeverityNote, "something privileged that is given without approval"},
		{"governance-loosened", SeverityWarning, "an entry of entitlements that takes away what a wider one protects"},
		{"looks-privileged", SeverityWarning, "a grant with a name such as admin, of which nothing is said"},
		{"admin-for-everybody", SeverityError, "a role of kind admin that everybody is given, without approval"},
		{"admin-bundled", SeverityWarning, "a role of kind admin that a rule gives together with other roles"},
		{"password-attribute", SeverityError, "an attribute of an account that is a password: a secret has no place in a policy"},
		{"local-password", SeverityWarning, "a system with passwords of its own, although there is an identity provider"},
		{"separation-possible", SeverityWarning, "rules that together violate a separation of duties"},

		{"rule-for-nobody", SeverityWarning, "a rule that leads nobody to anything"},
		{"role-for-few", SeverityWarning, "a role that at most three people have"},
		{"partial-baseline", SeverityWarning, "a role of kind baseline that not everybody has"},
		{"value-nobody-has", SeverityWarning, "a value that a condition asks for and nobody has"},
		{"undecided", SeverityError, "people about whom there is no decision"},

		{"incomplete", SeverityNote, "the analysis was too long, and was cut off"},
	}
}

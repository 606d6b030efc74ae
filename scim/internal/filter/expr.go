package filter

import "strings"

// Expr is a parsed filter: [And], [Or], [Not], [Compare] or [Has]. An Expr is
// never changed once made. String returns the canonical text, which has operators
// in lower case, single spaces, no needless parentheses, and reads as an equal
// Expr, if it comes from Parse.
type Expr interface {
	String() string
	precedence() int
}

// And is true if both sides are.
type And struct{ Left, Right Expr }

// Or is true if one of its sides is.
type Or struct{ Left, Right Expr }

// Not is true if its operand is not.
type Not struct{ Operand Expr }

// Compare compares what a path leads to with a literal. With several values, it
// is true if it is true for one of them; NotEqual is true if Equal is not.
type Compare struct {
	Path  Path
	Op    Operator
	Value Literal // unused for Present
}

// Has is true if a value path, such as emails[type eq "work"], selects anything.
type Has struct{ Path Path }

// Operator is a comparison of RFC 7644, table 3, in lower case.
type Operator string

// The operators.
const (
	Equal          Operator = "eq"
	NotEqual       Operator = "ne"
	Contains       Operator = "co"
	StartsWith     Operator = "sw"
	EndsWith       Operator = "ew"
	Greater        Operator = "gt"
	GreaterOrEqual Operator = "ge"
	Less           Operator = "lt"
	LessOrEqual    Operator = "le"
	Present        Operator = "pr"
)

// Path leads to an attribute: schema:attribute[filter].sub, of which only the
// attribute is always there.
type Path struct {
	Schema string
	Attr   string
	Filter Expr
	Sub    string
}

// String returns the path as ParsePath reads it.
func (p Path) String() string {
	var b strings.Builder
	b.WriteString(p.Schema)
	if p.Schema != "" && p.Attr != "" {
		b.WriteByte(':')
	}
	b.WriteString(p.Attr)
	if p.Filter != nil {
		b.WriteString("[" + p.Filter.String() + "]")
	}
	if p.Sub != "" {
		b.WriteString("." + p.Sub)
	}
	return b.String()
}

// String returns the filter as text.
func (e And) String() string { return wrap(e.Left, 2) + " and " + wrap(e.Right, 3) }

// String returns the filter as text.
func (e Or) String() string { return wrap(e.Left, 1) + " or " + wrap(e.Right, 2) }

// String returns the filter as text.
func (e Not) String() string { return "not (" + e.Operand.String() + ")" }

// String returns the filter as text.
func (e Compare) String() string {
	if e.Op == Present {
		return e.Path.String() + " pr"
	}
	return e.Path.String() + " " + string(e.Op) + " " + e.Value.String()
}

// String returns the filter as text.
func (e Has) String() string { return e.Path.String() }

func (Or) precedence() int      { return 1 }
func (And) precedence() int     { return 2 }
func (Not) precedence() int     { return 3 }
func (Compare) precedence() int { return 3 }
func (Has) precedence() int     { return 3 }

// wrap puts e into parentheses if it binds less tightly than its place demands.
func wrap(e Expr, place int) string {
	if e.precedence() < place {
		return "(" + e.String() + ")"
	}
	return e.String()
}

package policy

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
)

// value is what conditions see of one attribute.
type value struct {
	text    string   // as it was written; empty if it is missing
	list    []string // of a list
	number  float64
	flag    bool
	present bool
}

// predicate says whether an expression is true, by the values of the attributes
// in their places. It cannot fail.
type predicate func(row []value) bool

// natives turns expressions into Go functions, which say the same as the
// expression library does, only faster. What it does not know stays with the
// library.
type natives struct {
	attributes map[string]Attribute
	places     map[string]int // of the attributes that conditions read
}

// place returns where the value of an attribute stands.
func (c *natives) place(name string) int {
	i, ok := c.places[name]
	if !ok {
		i = len(c.places)
		c.places[name] = i
	}
	return i
}

// attribute returns the attribute that a node is, if it is one.
func (c *natives) attribute(n ast.Node) (Attribute, bool) {
	id, ok := n.(*ast.IdentifierNode)
	if !ok {
		return Attribute{}, false
	}
	a, ok := c.attributes[id.Value]
	return a, ok
}

// predicate returns nil if the expression is not known.
func (c *natives) predicate(n ast.Node) predicate {
	switch n := n.(type) {
	case *ast.BoolNode:
		is := n.Value
		return func([]value) bool { return is }
	case *ast.IdentifierNode:
		if a, ok := c.attribute(n); ok && a.Type == TypeBool {
			i := c.place(n.Value)
			return func(row []value) bool { return row[i].flag }
		}
	case *ast.UnaryNode:
		if p := c.predicate(n.Node); p != nil && isNot(n.Operator) {
			return func(row []value) bool { return !p(row) }
		}
	case *ast.BinaryNode:
		return c.binary(n)
	}
	return nil
}

func (c *natives) binary(n *ast.BinaryNode) predicate {
	op := n.Operator
	switch {
	case isAnd(op) || isOr(op):
		return c.connected(n)
	case isNil(n.Left) || isNil(n.Right):
		return c.missing(n)
	case op == "in":
		return c.member(n)
	case op == "matches":
		return c.matches(n)
	}
	if l, r := c.text(n.Left), c.text(n.Right); l != nil && r != nil {
		return compareTexts(op, l, r)
	}
	if l, r := c.number(n.Left), c.number(n.Right); l != nil && r != nil {
		if isLiteral(n.Left) && isLiteral(n.Right) {
			return nil // which may be integers that differ less than numbers here can
		}
		return compareOrdered(op, l, r)
	}
	if l, r := c.predicate(n.Left), c.predicate(n.Right); l != nil && r != nil {
		switch op {
		case "==":
			return func(row []value) bool { return l(row) == r(row) }
		case "!=":
			return func(row []value) bool { return l(row) != r(row) }
		}
	}
	return nil
}

func (c *natives) connected(n *ast.BinaryNode) predicate {
	l, r := c.predicate(n.Left), c.predicate(n.Right)
	switch {
	case l == nil || r == nil:
		return nil
	case isAnd(n.Operator):
		return func(row []value) bool { return l(row) && r(row) }
	default:
		return func(row []value) bool { return l(row) || r(row) }
	}
}

// missing compares an attribute with nil.
func (c *natives) missing(n *ast.BinaryNode) predicate {
	side := n.Left
	if isNil(side) {
		side = n.Right
	}
	a, ok := c.attribute(side)
	if !ok || !a.Type.nullable() {
		return nil
	}
	i := c.place(a.Name)
	switch n.Operator {
	case "==":
		return func(row []value) bool { return !row[i].present }
	case "!=":
		return func(row []value) bool { return row[i].present }
	}
	return nil
}

// member is x in a list.
func (c *natives) member(n *ast.BinaryNode) predicate {
	text, number := c.text(n.Left), c.number(n.Left)
	if a, ok := c.attribute(n.Right); ok && a.Type == TypeList && text != nil {
		i := c.place(a.Name)
		return func(row []value) bool { return slices.Contains(row[i].list, text(row)) }
	}
	array, ok := n.Right.(*ast.ArrayNode)
	if !ok || isLiteral(n.Left) {
		return nil
	}
	if texts, ok := textsOf(array); ok && text != nil {
		return func(row []value) bool { return slices.Contains(texts, text(row)) }
	}
	if numbers, ok := numbersOf(array); ok && number != nil {
		return func(row []value) bool { return slices.Contains(numbers, number(row)) }
	}
	return nil
}

func (c *natives) matches(n *ast.BinaryNode) predicate {
	text := c.text(n.Left)
	pattern, ok := n.Right.(*ast.StringNode)
	if !ok || text == nil {
		return nil
	}
	re, err := regexp.Compile(pattern.Value)
	if err != nil {
		return nil
	}
	return func(row []value) bool { return re.MatchString(text(row)) }
}

// text returns nil if the expression is not known to be a text.
func (c *natives) text(n ast.Node) func(row []value) string {
	switch n := n.(type) {
	case *ast.StringNode:
		text := n.Value
		return func([]value) string { return text }
	case *ast.IdentifierNode:
		if a, ok := c.attribute(n); ok && (a.Type == TypeString || a.Type == TypeDate) {
			i := c.place(n.Value)
			return func(row []value) string { return row[i].text }
		}
	case *ast.BuiltinNode:
		if len(n.Arguments) != 1 {
			return nil
		}
		change := map[string]func(string) string{"lower": strings.ToLower, "trim": strings.TrimSpace, "upper": strings.ToUpper}[n.Name]
		if of := c.text(n.Arguments[0]); of != nil && change != nil {
			return func(row []value) string { return change(of(row)) }
		}
	}
	return nil
}

// number returns nil if the expression is not known to be a number.
func (c *natives) number(n ast.Node) func(row []value) float64 {
	if literal, ok := numberOf(n); ok {
		return func([]value) float64 { return literal }
	}
	if a, ok := c.attribute(n); ok && a.Type == TypeNumber {
		i := c.place(a.Name)
		return func(row []value) float64 { return row[i].number }
	}
	length, ok := n.(*ast.BuiltinNode)
	if !ok || length.Name != "len" || len(length.Arguments) != 1 {
		return nil
	}
	if a, ok := c.attribute(length.Arguments[0]); ok && a.Type == TypeList {
		i := c.place(a.Name)
		return func(row []value) float64 { return float64(len(row[i].list)) }
	}
	if of := c.text(length.Arguments[0]); of != nil {
		return func(row []value) float64 { return float64(utf8.RuneCountInString(of(row))) }
	}
	return nil
}

func compareTexts(op string, l, r func(row []value) string) predicate {
	switch op {
	case "contains":
		return func(row []value) bool { return strings.Contains(l(row), r(row)) }
	case "startsWith":
		return func(row []value) bool { return strings.HasPrefix(l(row), r(row)) }
	case "endsWith":
		return func(row []value) bool { return strings.HasSuffix(l(row), r(row)) }
	}
	return compareOrdered(op, l, r)
}

func compareOrdered[T cmp.Ordered](op string, l, r func(row []value) T) predicate {
	switch op {
	case "==":
		return func(row []value) bool { return l(row) == r(row) }
	case "!=":
		return func(row []value) bool { return l(row) != r(row) }
	case "<":
		return func(row []value) bool { return l(row) < r(row) }
	case "<=":
		return func(row []value) bool { return l(row) <= r(row) }
	case ">":
		return func(row []value) bool { return l(row) > r(row) }
	case ">=":
		return func(row []value) bool { return l(row) >= r(row) }
	}
	return nil
}

// numberOf returns the number that a literal is.
func numberOf(n ast.Node) (float64, bool) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return float64(n.Value), true
	case *ast.FloatNode:
		return n.Value, true
	case *ast.UnaryNode:
		if n.Operator == "-" {
			f, ok := numberOf(n.Node)
			return -f, ok
		}
	}
	return 0, false
}

func textsOf(array *ast.ArrayNode) (list []string, ok bool) {
	for _, n := range array.Nodes {
		text, ok := n.(*ast.StringNode)
		if !ok {
			return nil, false
		}
		list = append(list, text.Value)
	}
	return list, true
}

func numbersOf(array *ast.ArrayNode) (list []float64, ok bool) {
	for _, n := range array.Nodes {
		f, ok := numberOf(n)
		if !ok {
			return nil, false
		}
		list = append(list, f)
	}
	return list, true
}

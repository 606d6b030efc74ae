package policy

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// reader walks a parsed condition, refuses everything that is not on the list of
// what is allowed, and notes the attributes that are read. What it lets through
// costs time linear in the nodes and cannot fail.
type reader struct {
	*conditions
	bad     func(offset int, msg string)
	refused bool
	reads   []string
}

func (r *reader) refuse(n ast.Node, format string, args ...any) {
	r.refused = true
	r.bad(n.Location().From, fmt.Sprintf(format, args...))
}

// node checks n, which is an operand of parent.
func (r *reader) node(n ast.Node, parent *ast.BinaryNode) {
	switch n := n.(type) {
	case *ast.BoolNode, *ast.StringNode, *ast.IntegerNode, *ast.FloatNode:
	case *ast.IdentifierNode:
		if _, ok := r.attributes[n.Value]; !ok {
			r.refuse(n, "unknown attribute %q%s", clip(n.Value), r.spell.didYouMean(n.Value, r.names))
			return
		}
		r.reads = appendNew(r.reads, n.Value)
	case *ast.NilNode:
		if parent == nil || parent.Operator != "==" && parent.Operator != "!=" || !r.isNullable(parent.Left) && !r.isNullable(parent.Right) {
			r.refuse(n, `nil can only be compared with an attribute that is a number or a date; a missing text is "", a missing list has len 0`)
		}
	case *ast.UnaryNode:
		r.unary(n)
	case *ast.BinaryNode:
		r.binary(n)
	case *ast.BuiltinNode:
		r.call(n, n.Name, n.Arguments)
	case *ast.CallNode:
		name := "this"
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
			name = callee.Value
		}
		r.call(n, name, n.Arguments)
	case *ast.ArrayNode:
		r.refuse(n, "a list can only stand to the right of in")
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		r.refuse(n, "variables and sequences are not allowed in a condition")
	case *ast.ConditionalNode:
		r.refuse(n, "write && and || instead of ?: and if")
	case *ast.MemberNode, *ast.ChainNode, *ast.SliceNode:
		r.refuse(n, "attributes have no members; a list is asked with in and len")
	default:
		r.refuse(n, "this is not allowed in a condition")
	}
}

func (r *reader) unary(n *ast.UnaryNode) {
	switch {
	case isNot(n.Operator):
		r.node(n.Node, nil)
	case n.Operator != "-" || !isLiteral(n):
		r.refuse(n, "%s is not allowed here; - can stand before a number", n.Operator)
	}
}

func (r *reader) binary(n *ast.BinaryNode) {
	switch n.Operator {
	case "&&", "and", "||", "or", "<", "<=", ">", ">=", "contains", "startsWith", "endsWith":
	case "==", "!=":
		if isNil(n.Left) && isNil(n.Right) {
			r.refuse(n, "nil is always nil")
			return
		}
	case "matches":
		r.pattern(n)
	case "in":
		r.membership(n)
		return
	case "+", "-", "*", "/", "%", "**", "^", "..":
		r.refuse(n, "there is no arithmetic in a condition: %s is not allowed", n.Operator)
		return
	default:
		r.refuse(n, "%s is not allowed in a condition", n.Operator)
		return
	}
	r.node(n.Left, n)
	r.node(n.Right, n)
	switch n.Operator {
	case "==", "!=", "<", "<=", ">", ">=":
		r.value(n.Left, n.Right)
		r.value(n.Right, n.Left)
	}
}

// pattern checks that a regular expression is known now, and small.
func (r *reader) pattern(n *ast.BinaryNode) {
	text, ok := n.Right.(*ast.StringNode)
	switch {
	case !ok:
		r.refuse(n, "the pattern to the right of matches must be a text in quotes")
		return
	case len(text.Value) > maxPattern:
		r.refuse(text, "the pattern is %d bytes long, the limit is %d", len(text.Value), maxPattern)
		return
	}
	parsed, err := syntax.Parse(text.Value, syntax.Perl)
	if err != nil {
		r.refuse(text, "pattern: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil || len(prog.Inst) > maxPatternSize {
		r.refuse(text, "the pattern is too complex")
		return
	}
	if r.patterns += len(prog.Inst); r.patterns > maxPatterns {
		r.refuse(text, "all patterns of the policy together are too complex")
	}
}

// membership checks x in list.
func (r *reader) membership(n *ast.BinaryNode) {
	r.node(n.Left, nil)
	switch right := n.Right.(type) {
	case *ast.IdentifierNode:
		r.node(right, nil)
		if a, ok := r.attributes[right.Value]; ok && a.Type != TypeList {
			r.refuse(right, "in wants a list, and %s is a %s", right.Value, a.Type)
		}
		r.value(right, n.Left)
	case *ast.ArrayNode:
		if len(right.Nodes) == 0 {
			r.refuse(right, "nothing is in an empty list")
		}
		for _, e := range right.Nodes {
			if !isLiteral(e) || !sameKind(e, right.Nodes[0]) {
				r.refuse(e, "the list to the right of in holds either texts or numbers, all written out")
				return
			}
			r.value(n.Left, e)
		}
	default:
		r.refuse(n, "in wants a list to its right, such as [\"a\", \"b\"] or an attribute that is a list")
	}
}

// value checks a text with which an attribute is compared.
func (r *reader) value(attribute, value ast.Node) {
	name, ok := attribute.(*ast.IdentifierNode)
	text, isText := value.(*ast.StringNode)
	if !ok || !isText {
		return
	}
	a := r.attributes[name.Value]
	switch {
	case a.Type == TypeDate && !isDay(text.Value):
		r.refuse(text, "%s is a date; want a day such as \"2026-01-31\"", a.Name)
	case len(a.Values) > 0 && text.Value != "" && !slices.Contains(a.Values, text.Value):
		r.refuse(text, "%s is never %q%s", a.Name, clip(text.Value), r.spell.didYouMean(text.Value, a.Values))
	}
}

func (r *reader) call(n ast.Node, name string, args []ast.Node) {
	switch {
	case slices.Contains([]string{"now", "date", "duration", "timezone"}, name):
		r.refuse(n, "%s is not allowed: a condition has no clock; use from and until, or compare a date with a text such as \"2026-01-31\"", name)
	case !slices.Contains(allowedFunctions, name):
		r.refuse(n, "function %s is not allowed; there are %s", name, strings.Join(allowedFunctions, ", "))
	case len(args) != 1:
		r.refuse(n, "%s wants one argument", name)
	default:
		if r.calls++; r.calls > maxCalls {
			r.refuse(n, "the conditions of the policy call functions more than %d times in all", maxCalls)
			return
		}
		r.node(args[0], nil)
	}
}

var allowedFunctions = []string{"len", "lower", "trim", "upper"}

func (r *reader) isNullable(n ast.Node) bool {
	name, ok := n.(*ast.IdentifierNode)
	return ok && r.attributes[name.Value].Type.nullable()
}

func isLiteral(n ast.Node) bool {
	_, isText := n.(*ast.StringNode)
	if minus, ok := n.(*ast.UnaryNode); ok && minus.Operator == "-" {
		n = minus.Node
	}
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		return true
	}
	return isText
}

func sameKind(a, b ast.Node) bool {
	_, x := a.(*ast.StringNode)
	_, y := b.(*ast.StringNode)
	return x == y
}

func appendNew[T comparable](list []T, s T) []T {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

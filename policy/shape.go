package policy

import (
	"slices"

	"github.com/expr-lang/expr/ast"

	"github.com/joinery-iam/joinery/policy/internal/logic"
)

// shape is what a condition compares attributes with.
type shape struct {
	literals map[string][]string // by attribute
	// loose says that values other than the literals, one between each two of them
	// and one that is none of them can matter, too.
	loose bool
}

// shapeOf reads the shape of a condition that the reader let through.
func (c *conditions) shapeOf(n ast.Node) shape {
	s := shape{literals: map[string][]string{}}
	c.shape(n, &s)
	return s
}

func (c *conditions) shape(n ast.Node, s *shape) {
	switch n := n.(type) {
	case *ast.UnaryNode:
		c.shape(n.Node, s)
	case *ast.BinaryNode:
		if isAnd(n.Operator) || isOr(n.Operator) {
			c.shape(n.Left, s)
			c.shape(n.Right, s)
			return
		}
		c.comparison(n, s)
	case *ast.IdentifierNode, *ast.BoolNode:
	default:
		s.loose = true
		c.mention(n, s)
	}
}

// comparison reads one that is not made of others.
func (c *conditions) comparison(n *ast.BinaryNode, s *shape) {
	name, literals := operands(n.Left, n.Right)
	if name == "" {
		name, literals = operands(n.Right, n.Left)
	}
	if name == "" {
		s.loose = true
		c.mention(n, s)
		return
	}
	for _, v := range literals {
		s.literals[name] = appendNew(s.literals[name], v)
	}
	switch n.Operator {
	case "==", "!=", "in":
	case "<", "<=", ">", ">=":
		s.loose = s.loose || !c.attributes[name].Type.nullable()
	default:
		s.loose = true
	}
}

// operands returns an attribute and the literals that it is compared with, if that
// is what the operands are.
func operands(attribute, value ast.Node) (name string, literals []string) {
	id, ok := attribute.(*ast.IdentifierNode)
	if !ok {
		return "", nil
	}
	if list, ok := value.(*ast.ArrayNode); ok {
		for _, e := range list.Nodes {
			literals = append(literals, logic.Literal(e))
		}
		return id.Value, literals
	}
	switch value.(type) {
	case *ast.NilNode, *ast.BoolNode:
		return id.Value, nil
	}
	if !isLiteral(value) {
		return "", nil
	}
	return id.Value, []string{logic.Literal(value)}
}

// mention notes for all attributes within n all the literals that stand there,
// which is the best guess at what could matter.
func (c *conditions) mention(n ast.Node, s *shape) {
	var names, literals []string
	var visit func(n ast.Node)
	visit = func(n ast.Node) {
		switch n := n.(type) {
		case *ast.IdentifierNode:
			names = append(names, n.Value)
		case *ast.UnaryNode:
			if isLiteral(n) {
				literals = append(literals, logic.Literal(n))
				return
			}
			visit(n.Node)
		case *ast.BinaryNode:
			visit(n.Left)
			visit(n.Right)
		case *ast.BuiltinNode:
			for _, a := range n.Arguments {
				visit(a)
			}
		case *ast.CallNode:
			for _, a := range n.Arguments {
				visit(a)
			}
		case *ast.ArrayNode:
			for _, e := range n.Nodes {
				visit(e)
			}
		case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode:
			literals = append(literals, logic.Literal(n))
		}
	}
	visit(n)
	for _, name := range names {
		for _, v := range literals {
			if c.attributes[name].checkOne(v) == nil && !slices.Contains(s.literals[name], v) {
				s.literals[name] = append(s.literals[name], v)
			}
		}
	}
}

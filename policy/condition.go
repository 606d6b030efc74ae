package policy

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/optimizer"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

// condition is a compiled expression. It is safe for concurrent use.
type condition struct {
	source  string
	program *vm.Program
	reads   []string // attributes
	shape   shape
	native  predicate // the same as Go; nil if the library alone knows it
	terms   []term    // until they are in the index
	number  int       // in the index
}

// conditions compiles expressions over one set of attributes. It is not safe for
// concurrent use.
type conditions struct {
	attributes map[string]Attribute
	names      []string // of the attributes, sorted
	config     *conf.Config
	spell      *speller
	natives    *natives

	patterns, calls int // so far: instructions, and calls of functions
}

func newConditions(attributes map[string]Attribute, spell *speller) *conditions {
	env := types.Map{}
	for name, a := range attributes {
		env[name] = types.TypeOf(a.Type.zero())
	}
	config := conf.CreateNew()
	config.WithEnv(env)
	config.MaxNodes = maxNodes
	config.Expect = reflect.Bool
	return &conditions{
		attributes: attributes, names: sortedKeys(attributes), config: config, spell: spell,
		natives: &natives{attributes: attributes, places: map[string]int{}},
	}
}

// compile reports what is wrong with an expression to bad, with the position in
// characters, and returns nil if anything is.
func (c *conditions) compile(source string, bad func(offset int, msg string)) (cond *condition) {
	if len(source) > maxExpression {
		bad(0, fmt.Sprintf("the condition is %d bytes long, the limit is %d", len(source), maxExpression))
		return nil
	}
	// The parser and compiler are not ours and have been seen to panic on input
	// that is wrong in several ways at once.
	defer func() {
		if r := recover(); r != nil {
			bad(0, fmt.Sprintf("not a condition: %v", r))
			cond = nil
		}
	}()
	tree, err := parser.ParseWithConfig(source, c.config)
	if err != nil {
		at, ok := errors.AsType[*file.Error](err)
		switch {
		case ok && strings.HasSuffix(at.Message, "token EOF"):
			bad(utf8.RuneCountInString(source), "the condition ends too early")
		case ok && at.Message == `unexpected token Operator("=")`:
			bad(at.From, "= does not compare; write ==, or <= or >=")
		case ok && strings.HasSuffix(at.Message, "maximum allowed nodes"):
			bad(0, fmt.Sprintf("the condition has more than %d parts", maxNodes))
		default:
			c.report(err, bad)
		}
		return nil
	}
	r := reader{conditions: c, bad: bad}
	r.node(tree.Node, nil)
	if r.refused {
		return nil
	}
	if _, err := checker.Check(tree, c.config); err != nil {
		c.report(err, bad)
		return nil
	}
	shape := c.shapeOf(tree.Node)
	tree.Node = c.definitely(tree.Node, true)
	// Before the library optimises the tree, which changes it.
	cond = &condition{source: source, reads: r.reads, shape: shape, native: c.natives.predicate(tree.Node), terms: c.natives.terms(tree.Node), number: -1}
	if cond.program, err = c.finish(tree); err != nil {
		c.report(err, bad)
		return nil
	}
	return cond
}

func (c *conditions) finish(tree *parser.Tree) (*vm.Program, error) {
	if _, err := checker.Check(tree, c.config); err != nil {
		return nil, err
	}
	if err := optimizer.Optimize(&tree.Node, c.config); err != nil {
		return nil, err
	}
	return compiler.Compile(tree, c.config)
}

// report translates an error of the expression library.
func (c *conditions) report(err error, bad func(offset int, msg string)) {
	if at, ok := errors.AsType[*file.Error](err); ok {
		bad(at.From, at.Message)
		return
	}
	bad(0, err.Error()+": a condition is true or false")
}

// holds evaluates the condition over values of the types that it was compiled
// for.
func (c *condition) holds(machine *vm.VM, env map[string]any) (bool, error) {
	out, err := machine.Run(c.program, env)
	if err != nil {
		return false, err
	}
	holds, ok := out.(bool)
	if !ok {
		return false, fmt.Errorf("the condition is %T, not true or false", out)
	}
	return holds, nil
}

// definitely returns an expression that is true if n is certain to have the
// wanted truth value, and false if it has the other or if that depends on a
// number or date that is missing. So negation cannot turn what is not known into
// a yes: a comparison is guarded by the presence of what it reads, inside of the
// negations around it.
func (c *conditions) definitely(n ast.Node, want bool) ast.Node {
	switch n := n.(type) {
	case *ast.UnaryNode:
		if isNot(n.Operator) {
			return c.definitely(n.Node, !want)
		}
	case *ast.BinaryNode:
		if isAnd(n.Operator) || isOr(n.Operator) {
			op := "||"
			if isAnd(n.Operator) == want {
				op = "&&"
			}
			return located(&ast.BinaryNode{Operator: op, Left: c.definitely(n.Left, want), Right: c.definitely(n.Right, want)}, n)
		}
	}
	out := n
	if !want {
		out = located(&ast.UnaryNode{Operator: "!", Node: n}, n)
	}
	for _, name := range c.needs(n, nil) {
		present := located(&ast.BinaryNode{
			Operator: "!=", Left: located(&ast.IdentifierNode{Value: name}, n), Right: located(&ast.NilNode{}, n),
		}, n)
		out = located(&ast.BinaryNode{Operator: "&&", Left: present, Right: out}, n)
	}
	return out
}

// needs appends the attributes without which the truth of n is not known.
func (c *conditions) needs(n ast.Node, names []string) []string {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		if c.attributes[n.Value].Type.nullable() {
			return appendNew(names, n.Value)
		}
	case *ast.UnaryNode:
		return c.needs(n.Node, names)
	case *ast.BinaryNode:
		if isNil(n.Left) || isNil(n.Right) {
			return names
		}
		return c.needs(n.Right, c.needs(n.Left, names))
	case *ast.BuiltinNode:
		for _, arg := range n.Arguments {
			names = c.needs(arg, names)
		}
	}
	return names
}

func located(n, at ast.Node) ast.Node {
	n.SetLocation(at.Location())
	return n
}

func isNot(op string) bool { return op == "!" || op == "not" }
func isAnd(op string) bool { return op == "&&" || op == "and" }
func isOr(op string) bool  { return op == "||" || op == "or" }

func isNil(n ast.Node) bool {
	_, ok := n.(*ast.NilNode)
	return ok
}

// Package logic reasons about conditions without any people: whether one can hold
// at all, and whether one holds wherever another does. It also says which parts of
// a condition fail for somebody, and which attributes would have to change.
//
// It looks at a condition as a formula over comparisons. What it proves it knows
// from the values that one attribute can have, and from the same comparison
// standing in two places; comparisons of two attributes with each other are taken
// to come out in any way. So it says "never" only of what never is, and does not
// see all that never is.
package logic

import (
	"fmt"
	"reflect"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

// Kind is how conditions see an attribute.
type Kind string

// The kinds of attributes. A Number or Date may be missing, and is nil then.
const (
	Text   Kind = "string"
	List   Kind = "list"
	Bool   Kind = "bool"
	Number Kind = "number"
	Date   Kind = "date"
)

// Attribute is what a condition may read.
type Attribute struct {
	Kind Kind
	// Values are those that a text or the entries of a list can have, beside the
	// empty text; none means any.
	Values []string
}

// Space is the attributes that conditions are about. It is not safe for concurrent
// use.
type Space struct {
	attributes map[string]Attribute
	config     *conf.Config
	atoms      map[string]*atom
	machine    vm.VM
	parsed     map[string]*Formula
}

// NewSpace returns the space of some attributes by name.
func NewSpace(attributes map[string]Attribute) *Space {
	env := types.Map{}
	zero := map[Kind]any{Text: "", Date: "", List: []string{}, Bool: false, Number: 0.0}
	for name, a := range attributes {
		env[name] = types.TypeOf(zero[a.Kind])
	}
	config := conf.CreateNew()
	config.WithEnv(env)
	config.Expect = reflect.Bool
	return &Space{attributes: attributes, config: config, atoms: map[string]*atom{}, parsed: map[string]*Formula{}}
}

// Parse reads a condition that a policy has been loaded with.
func (s *Space) Parse(source string) (f *Formula, err error) {
	if f, ok := s.parsed[source]; ok {
		return f, nil
	}
	defer func() {
		if r := recover(); r != nil { // the parser is not ours
			f, err = nil, fmt.Errorf("not a condition: %v", r)
		}
	}()
	tree, err := parser.ParseWithConfig(source, s.config)
	if err != nil {
		return nil, err
	}
	f, err = s.formula(tree.Node, true)
	if err == nil {
		s.parsed[source] = f
	}
	return f, err
}

// formula returns when n is certain to have the wanted truth value.
func (s *Space) formula(n ast.Node, want bool) (*Formula, error) {
	text := written(n, want)
	switch n := n.(type) {
	case *ast.UnaryNode:
		if n.Operator == "!" || n.Operator == "not" {
			return s.formula(n.Node, !want)
		}
	case *ast.BoolNode:
		return constant(n.Value == want, text), nil
	case *ast.BinaryNode:
		and := n.Operator == "&&" || n.Operator == "and"
		if !and && n.Operator != "||" && n.Operator != "or" {
			break
		}
		left, err := s.formula(n.Left, want)
		if err != nil {
			return nil, err
		}
		right, err := s.formula(n.Right, want)
		if err != nil {
			return nil, err
		}
		if and == want {
			return &Formula{op: opAnd, kids: flat(opAnd, left, right), text: text}, nil
		}
		return &Formula{op: opOr, kids: flat(opOr, left, right), text: text}, nil
	}
	a, err := s.atom(n)
	if err != nil {
		return nil, err
	}
	if len(a.reads) == 0 {
		is, err := a.run(&s.machine, nil)
		return constant(err == nil && is == want, text), err
	}
	return &Formula{op: opLeaf, leaf: leaf{atom: a, want: want}, text: text}, nil
}

// written is n, or its opposite, as people write it.
func written(n ast.Node, want bool) string {
	if want {
		return n.String()
	}
	if _, ok := n.(*ast.IdentifierNode); ok {
		return "!" + n.String()
	}
	return "!(" + n.String() + ")"
}

// compile returns a program for a part of a condition.
func (s *Space) compile(n ast.Node, source string) (*vm.Program, error) {
	tree := &parser.Tree{Node: n, Source: file.NewSource(source)}
	if _, err := checker.Check(tree, s.config); err != nil {
		return nil, err
	}
	return compiler.Compile(tree, s.config)
}

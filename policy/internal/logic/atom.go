package logic

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"
)

// atom is a part of a condition that is not made of others by and, or and not.
type atom struct {
	key     string
	program *vm.Program
	reads   []string // attributes
	needs   []string // of them, without which the truth is not known

	// orderly atoms read one attribute, the values of which behave alike between two
	// neighbouring ones of texts or numbers.
	orderly bool
	equal   bool // it asks whether a text is one of texts
	differs bool // it asks whether a text is another than one
	texts   []string
	numbers []float64
	written []string // literals, as an attribute would hold them
	simple  bool     // it is an attribute and nothing else
}

// run evaluates the atom over values, by attribute, of which none that is needed is
// missing.
func (a *atom) run(machine *vm.VM, values map[string]any) (bool, error) {
	if a.program == nil {
		return false, fmt.Errorf("nothing is known of %s", a.key)
	}
	machine.MemoryBudget = 100_000
	out, err := machine.Run(a.program, values)
	if err != nil {
		return false, err
	}
	is, ok := out.(bool)
	if !ok {
		return false, fmt.Errorf("%s is %T", a.key, out)
	}
	return is, nil
}

// truth is what an atom can come out as.
type truth uint8

const (
	isTrue truth = 1 << iota
	isFalse
	isUnknown
)

// truth of a's value over values.
func (s *Space) truth(a *atom, value func(name string) any) truth {
	env := make(map[string]any, len(a.reads))
	for _, name := range a.reads {
		if env[name] = value(name); env[name] == nil && slices.Contains(a.needs, name) {
			return isUnknown
		}
	}
	is, err := a.run(&s.machine, env)
	switch {
	case err != nil:
		return isUnknown
	case is:
		return isTrue
	default:
		return isFalse
	}
}

// allows returns what the atom may come out as for the leaf to hold.
func (l leaf) allows() truth {
	allowed := isFalse
	if l.want {
		allowed = isTrue
	}
	if l.not {
		return (isTrue | isFalse | isUnknown) &^ allowed
	}
	return allowed
}

func (s *Space) holds(l leaf, values func(Var) any) bool {
	return s.truth(l.atom, func(name string) any { return values(Var{l.scope, name}) })&l.allows() != 0
}

// atom returns the atom for n, the same one for the same text.
func (s *Space) atom(n ast.Node) (*atom, error) {
	key := n.String()
	if a, ok := s.atoms[key]; ok {
		return a, nil
	}
	a := &atom{key: key}
	s.look(n, a, true)
	if b, ok := n.(*ast.BinaryNode); ok {
		s.classify(b, a)
	} else if id, ok := n.(*ast.IdentifierNode); ok && s.attributes[id.Value].Kind == Bool {
		a.orderly, a.simple = true, true
	}
	program, err := s.compile(n, key)
	if err != nil {
		return nil, err
	}
	a.program = program
	s.atoms[key] = a
	return a, nil
}

// look notes what n reads, and the literals in it. needed says that nothing is known
// without the numbers and dates among what is read.
func (s *Space) look(n ast.Node, a *atom, needed bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		kind := s.attributes[n.Value].Kind
		a.reads = add(a.reads, n.Value)
		if needed && (kind == Number || kind == Date) {
			a.needs = add(a.needs, n.Value)
		}
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode:
		a.written = add(a.written, Literal(n))
	case *ast.UnaryNode:
		if text := Literal(n); text != "" {
			a.written = add(a.written, text)
			return
		}
		s.look(n.Node, a, needed)
	case *ast.BinaryNode:
		needed = needed && !isNil(n.Left) && !isNil(n.Right)
		s.look(n.Left, a, needed)
		s.look(n.Right, a, needed)
	case *ast.BuiltinNode:
		for _, arg := range n.Arguments {
			s.look(arg, a, needed)
		}
	case *ast.ArrayNode:
		for _, e := range n.Nodes {
			s.look(e, a, needed)
		}
	}
}

// classify finds out whether a comparison is one of an attribute with literals.
func (s *Space) classify(n *ast.BinaryNode, a *atom) {
	if text, ok := n.Left.(*ast.StringNode); ok && n.Operator == "in" && len(a.reads) == 1 {
		a.equal, a.texts = true, []string{text.Value} // in a list
		return
	}
	name, other := n.Left, n.Right
	id, ok := name.(*ast.IdentifierNode)
	if !ok && n.Operator != "startsWith" && n.Operator != "in" {
		name, other = n.Right, n.Left
		id, ok = name.(*ast.IdentifierNode)
	}
	if !ok || len(a.reads) != 1 {
		return
	}
	kind := s.attributes[id.Value].Kind
	list, isList := other.(*ast.ArrayNode)
	values := []ast.Node{other}
	if isList {
		values = list.Nodes
	}
	switch n.Operator {
	case "==", "in":
		a.equal = kind == Text
	case "!=":
		a.differs = kind == Text
	case "<", "<=", ">", ">=":
	case "startsWith":
		text, ok := other.(*ast.StringNode)
		if !ok || kind != Text {
			return
		}
		if end := afterPrefix(text.Value); end != "" {
			a.texts = append(a.texts, end)
		}
	default:
		return
	}
	a.orderly = kind != List
	for _, v := range values {
		switch v := v.(type) {
		case *ast.BoolNode, *ast.NilNode:
		case *ast.StringNode:
			a.texts = append(a.texts, v.Value)
			a.orderly = a.orderly && (kind != Date || isDay(v.Value))
		default:
			f, err := strconv.ParseFloat(Literal(v), 64)
			if err != nil {
				a.orderly, a.equal = false, false
				return
			}
			a.numbers = append(a.numbers, f)
		}
	}
}

// Literal returns a text or number as an attribute would hold it, "" for anything else.
func Literal(n ast.Node) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.IntegerNode:
		return strconv.Itoa(n.Value)
	case *ast.FloatNode:
		return strconv.FormatFloat(n.Value, 'f', -1, 64)
	case *ast.UnaryNode:
		if text := Literal(n.Node); n.Operator == "-" && text != "" {
			return "-" + text
		}
	}
	return ""
}

// afterPrefix returns the first text after all that begin with a prefix; empty if
// there is none.
func afterPrefix(prefix string) string {
	end := []byte(prefix)
	for len(end) > 0 {
		if end[len(end)-1]++; end[len(end)-1] != 0 {
			return string(end)
		}
		end = end[:len(end)-1]
	}
	return ""
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

func isNil(n ast.Node) bool {
	_, ok := n.(*ast.NilNode)
	return ok
}

func add[T comparable](list []T, one T) []T {
	if slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

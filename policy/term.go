package policy

import (
	"slices"

	"github.com/expr-lang/expr/ast"
)

// maxTerms is into how many terms a condition is split at most.
const maxTerms = 8

// term is a conjunction. A condition holds if any of its terms does.
type term []conjunct

// conjunct is a part of a term.
type conjunct struct {
	kind  tableKind
	place int       // of the one attribute that it reads
	holds predicate // nil if kind is tableNone
	// texts and numbers are the values at which the answer can change; for a list,
	// those that are asked for.
	texts   []string
	numbers []float64
}

// terms splits an expression without negations of connectives, as definitely
// makes it.
func (c *natives) terms(n ast.Node) []term {
	b, ok := n.(*ast.BinaryNode)
	switch {
	case ok && isAnd(b.Operator):
		left, right := c.terms(b.Left), c.terms(b.Right)
		if len(left)*len(right) > maxTerms {
			// One side is asked afterwards.
			if len(left) > len(right) {
				left = []term{{conjunct{}}}
			} else {
				right = []term{{conjunct{}}}
			}
		}
		var out []term
		for _, l := range left {
			for _, r := range right {
				out = append(out, slices.Concat(l, r))
			}
		}
		return out
	case ok && isOr(b.Operator) && len(readBy(n, nil)) > 1:
		var out []term
		for _, one := range c.alternatives(b) {
			out = append(out, c.terms(one)...)
		}
		if len(out) > maxTerms {
			return []term{{conjunct{}}}
		}
		return out
	}
	if len(readBy(n, nil)) == 0 {
		if always := c.predicate(n); always != nil && always(nil) {
			return []term{{}}
		} else if always != nil {
			return nil
		}
	}
	return []term{{c.conjunct(n)}}
}

// alternatives returns the parts of a disjunction, those together that read the
// same one attribute.
func (c *natives) alternatives(n *ast.BinaryNode) (out []ast.Node) {
	single := map[string]int{}
	var walk func(n ast.Node)
	walk = func(n ast.Node) {
		if b, ok := n.(*ast.BinaryNode); ok && isOr(b.Operator) {
			walk(b.Left)
			walk(b.Right)
			return
		}
		reads := readBy(n, nil)
		if len(reads) == 1 {
			if i, ok := single[reads[0]]; ok {
				out[i] = &ast.BinaryNode{Operator: "||", Left: out[i], Right: n}
				return
			}
			single[reads[0]] = len(out)
		}
		out = append(out, n)
	}
	walk(n)
	return out
}

// conjunct analyses an expression that is not split any more.
func (c *natives) conjunct(n ast.Node) conjunct {
	reads, holds := readBy(n, nil), c.predicate(n)
	if len(reads) != 1 || holds == nil {
		return conjunct{}
	}
	a := c.attributes[reads[0]]
	out := conjunct{place: c.place(a.Name), holds: holds}
	if a.Type == TypeList {
		out.kind, out.texts = asked(n)
		return out
	}
	s := cuts{natives: c}
	s.add(n)
	out.texts, out.numbers = s.texts, s.numbers
	switch {
	case s.opaque:
		out.kind = tableMemo
	case a.Type == TypeBool:
		out.kind = tableFlag
	case a.Type == TypeNumber:
		out.kind = tableNumbers
	case s.ordered:
		out.kind = tableOrder
	default:
		out.kind = tableTexts
	}
	return out
}

// asked returns the texts of which one, or none, is to be in a list.
func asked(n ast.Node) (tableKind, []string) {
	switch n := n.(type) {
	case *ast.UnaryNode:
		if kind, texts := asked(n.Node); kind == tableHas && len(texts) == 1 && isNot(n.Operator) {
			return tableLacks, texts
		}
	case *ast.BinaryNode:
		if text, ok := n.Left.(*ast.StringNode); ok && n.Operator == "in" {
			return tableHas, []string{text.Value}
		}
		if isOr(n.Operator) {
			l, left := asked(n.Left)
			r, right := asked(n.Right)
			if l == tableHas && r == tableHas {
				return tableHas, append(left, right...)
			}
		}
	}
	return tableNone, nil
}

// cuts are where the answer of an expression over one attribute can change.
type cuts struct {
	*natives
	texts   []string
	numbers []float64
	ordered bool // the order of texts counts
	opaque  bool // it can change anywhere
}

func (s *cuts) add(n ast.Node) {
	switch n := n.(type) {
	case *ast.BoolNode:
		return
	case *ast.IdentifierNode:
		return // a bool
	case *ast.UnaryNode:
		if isNot(n.Operator) {
			s.add(n.Node)
			return
		}
	case *ast.BinaryNode:
		_, left := s.attribute(n.Left)
		_, right := s.attribute(n.Right)
		switch {
		case isAnd(n.Operator) || isOr(n.Operator):
			s.add(n.Left)
			s.add(n.Right)
			return
		case left && s.compare(n.Operator, n.Right), right && n.Operator != "startsWith" && s.compare(n.Operator, n.Left):
			return
		}
	}
	s.opaque = true
}

// compare notes with what an attribute is compared.
func (s *cuts) compare(op string, with ast.Node) bool {
	switch op {
	case "==", "!=", "in":
	case "<", "<=", ">", ">=":
		s.ordered = true
	case "startsWith":
		prefix, ok := with.(*ast.StringNode)
		if s.ordered = true; ok {
			s.texts = append(s.texts, prefix.Value)
			if end := afterPrefix(prefix.Value); end != "" {
				s.texts = append(s.texts, end)
			}
		}
		return ok
	default:
		return false
	}
	switch with := with.(type) {
	case *ast.StringNode:
		s.texts = append(s.texts, with.Value)
		return true
	case *ast.BoolNode, *ast.NilNode:
		return true
	case *ast.ArrayNode:
		texts, areTexts := textsOf(with)
		numbers, areNumbers := numbersOf(with)
		s.texts, s.numbers = append(s.texts, texts...), append(s.numbers, numbers...)
		return areTexts || areNumbers
	}
	number, ok := numberOf(with)
	s.numbers = append(s.numbers, number)
	return ok
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

// readBy appends the attributes that an expression reads.
func readBy(n ast.Node, names []string) []string {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return appendNew(names, n.Value)
	case *ast.UnaryNode:
		return readBy(n.Node, names)
	case *ast.BinaryNode:
		return readBy(n.Right, readBy(n.Left, names))
	case *ast.BuiltinNode:
		for _, arg := range n.Arguments {
			names = readBy(arg, names)
		}
	case *ast.ArrayNode:
		for _, e := range n.Nodes {
			names = readBy(e, names)
		}
	}
	return names
}

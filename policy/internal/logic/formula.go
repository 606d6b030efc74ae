package logic

import "slices"

type op int

const (
	opAnd op = iota // of none: true
	opOr            // of none: false
	opLeaf
)

// Formula says when a condition holds: it is made of comparisons that have to come
// out, and not come out, in some way. It never changes.
type Formula struct {
	op   op
	kids []*Formula
	leaf leaf
	text string
}

// leaf demands that an atom is certain to have a truth value or, if not is set,
// that it is not: it has the other, or it is not known.
type leaf struct {
	atom  *atom
	scope int
	want  bool
	not   bool
}

// Var is an attribute of one of the scopes that a formula is about.
type Var struct {
	Scope int
	Name  string
}

func constant(is bool, text string) *Formula {
	if is {
		return &Formula{op: opAnd, text: text}
	}
	return &Formula{op: opOr, text: text}
}

// flat returns kids with those of the same operator taken apart.
func flat(o op, kids ...*Formula) []*Formula {
	var out []*Formula
	for _, k := range kids {
		if k.op == o {
			out = append(out, k.kids...)
			continue
		}
		out = append(out, k)
	}
	return out
}

// And holds if all of some formulas do, Or if any does.
func And(list ...*Formula) *Formula { return &Formula{op: opAnd, kids: flat(opAnd, list...)} }

// Or holds if any of some formulas does.
func Or(list ...*Formula) *Formula { return &Formula{op: opOr, kids: flat(opOr, list...)} }

// Not holds exactly where f does not, also where that depends on what is missing.
func Not(f *Formula) *Formula {
	out := &Formula{op: f.op, leaf: f.leaf}
	switch f.op {
	case opAnd:
		out.op = opOr
	case opOr:
		out.op = opAnd
	default:
		out.leaf.not = !f.leaf.not
		return out
	}
	for _, k := range f.kids {
		out.kids = append(out.kids, Not(k))
	}
	return out
}

// In returns f about the attributes of a scope. Attributes of different scopes have
// nothing to do with each other.
func (f *Formula) In(scope int) *Formula {
	out := *f
	out.leaf.scope, out.kids = scope, make([]*Formula, len(f.kids))
	for i, k := range f.kids {
		out.kids[i] = k.In(scope)
	}
	return &out
}

// String returns the condition, or the part of one, as people write it.
func (f *Formula) String() string { return f.text }

// Reads returns the attributes that f reads, each once, in the order of the text.
func (f *Formula) Reads() []Var {
	var out []Var
	f.each(func(l leaf) {
		for _, name := range l.atom.reads {
			if v := (Var{l.scope, name}); !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	})
	return out
}

// Literals returns the texts and numbers with which f compares attributes, as the
// attributes would hold them.
func (f *Formula) Literals() map[Var][]string {
	type literal struct {
		of   Var
		text string
	}
	out, known := map[Var][]string{}, map[literal]bool{}
	f.each(func(l leaf) {
		for _, name := range l.atom.reads {
			v := Var{l.scope, name}
			for _, text := range l.atom.written {
				if one := (literal{v, text}); !known[one] {
					known[one] = true
					out[v] = append(out[v], text)
				}
			}
		}
	})
	return out
}

// Equal returns, for each attribute, the texts of which f asks whether it is one, or
// has one if it is a list.
func (f *Formula) Equal() map[Var][]string {
	out := map[Var][]string{}
	f.each(func(l leaf) {
		if l.atom.equal {
			v := Var{l.scope, l.atom.reads[0]}
			out[v] = append(out[v], l.atom.texts...)
		}
	})
	return out
}

// Unequal returns, for each attribute, the texts of which f asks whether it is another.
func (f *Formula) Unequal() map[Var][]string {
	out := map[Var][]string{}
	f.each(func(l leaf) {
		if l.atom.differs {
			v := Var{l.scope, l.atom.reads[0]}
			out[v] = append(out[v], l.atom.texts...)
		}
	})
	return out
}

func (f *Formula) each(visit func(leaf)) {
	if f.op == opLeaf {
		visit(f.leaf)
	}
	for _, k := range f.kids {
		k.each(visit)
	}
}

// Holds reports whether f holds for values, which are nil, text, []string, bool or
// float64 by the kind of the attribute.
func (s *Space) Holds(f *Formula, values func(Var) any) bool {
	switch f.op {
	case opAnd:
		return !slices.ContainsFunc(f.kids, func(k *Formula) bool { return !s.Holds(k, values) })
	case opOr:
		return slices.ContainsFunc(f.kids, func(k *Formula) bool { return s.Holds(k, values) })
	default:
		return s.holds(f.leaf, values)
	}
}

// Failing returns the smallest parts of f, which does not hold, each of which alone
// keeps it from holding. One of which several alternatives fail stands as a whole.
func (s *Space) Failing(f *Formula, values func(Var) any) []*Formula {
	if f.op != opAnd || len(f.kids) == 0 {
		return []*Formula{f}
	}
	var out []*Formula
	for _, k := range f.kids {
		if !s.Holds(k, values) {
			out = append(out, s.Failing(k, values)...)
		}
	}
	return out
}

// Unknown is a condition of which nothing is known.
func Unknown(text string) *Formula {
	return &Formula{op: opLeaf, leaf: leaf{atom: &atom{key: text}, want: true}, text: text}
}

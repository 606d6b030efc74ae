package logic

import (
	"cmp"
	"slices"
	"strings"
)

// Need is a variable that has to get another value, and what is asked of that.
type Need struct {
	Var
	space  *Space
	leaves []leaf
}

// Met reports whether a value is one that is asked for.
func (n Need) Met(value any) bool {
	return !slices.ContainsFunc(n.leaves, func(l leaf) bool {
		return n.space.truth(l.atom, func(string) any { return value })&l.allows() == 0
	})
}

// String returns what is asked of the value as a condition.
func (n Need) String() string {
	var parts []string
	for _, l := range n.leaves {
		parts = add(parts, l.text())
	}
	return strings.Join(parts, " && ")
}

// text writes a leaf as people do, or as they would if they could ask for what is
// not known.
func (l leaf) text() string {
	switch {
	case l.want != l.not:
		return l.atom.key
	case l.atom.simple:
		return "!" + l.atom.key
	default:
		return "!(" + l.atom.key + ")"
	}
}

// Literals returns what the variable is compared with: the texts and numbers that it
// is best to have, and those that it is best not to have.
func (n Need) Literals() (have, lack []string) {
	for _, l := range n.leaves {
		for _, text := range l.atom.written {
			if l.want != l.not {
				have = add(have, text)
			} else {
				lack = add(lack, text)
			}
		}
	}
	return have, lack
}

// Changes calls found with sets of variables, of which as few have to get another
// value as f demands, up to a number of them, until it returns false. whole says
// that the search left nothing out: what needs two attributes to be compared with
// each other is left out, and so is what the steps do not suffice for.
func (s *Space) Changes(f *Formula, values func(Var) any, most int, steps *Steps, found func([]Need) bool) (whole bool) {
	whole = true
	known := map[leaf]bool{}
	holds := func(l leaf) bool {
		is, ok := known[l]
		if !ok {
			is = s.holds(l, values)
			known[l] = is
		}
		return is
	}
	for size := 1; size <= most; size++ {
		stopped := false
		prune := func(b *branch, l leaf) bool {
			if holds(l) {
				return true
			}
			if len(l.atom.reads) != 1 {
				whole = false
				return false
			}
			return len(wrong(b, holds, Var{l.scope, l.atom.reads[0]})) <= size
		}
		done := s.branches(f, steps, prune, func(b *branch) bool {
			vars := wrong(b, holds)
			if len(vars) != size {
				return true
			}
			needs := make([]Need, len(vars))
			for i, v := range vars {
				needs[i] = Need{v, s, slices.Clone(b.vars[v])}
			}
			stopped = !found(needs)
			return !stopped
		})
		if stopped {
			return whole
		}
		whole = whole && done
	}
	return whole
}

// wrong returns the variables of a branch with leaves that do not hold, and more,
// sorted.
func wrong(b *branch, holds func(leaf) bool, more ...Var) []Var {
	out := slices.Clone(more)
	for v, leaves := range b.vars {
		if slices.ContainsFunc(leaves, func(l leaf) bool { return !holds(l) }) {
			out = add(out, v)
		}
	}
	slices.SortFunc(out, func(a, b Var) int { return cmp.Or(cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Name, b.Name)) })
	return out
}

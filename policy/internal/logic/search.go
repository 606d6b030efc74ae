package logic

import "slices"

// Steps bounds the work of questions. What is asked when none is left is answered
// as not known.
type Steps int

// spend reports whether there is any left.
func (s *Steps) spend(n int) bool {
	*s -= Steps(n)
	return *s > 0
}

// Never reports whether f is proven to hold for nobody.
func (s *Space) Never(f *Formula, steps *Steps) bool {
	found := false
	whole := s.branches(f, steps, nil, func(*branch) bool {
		found = true
		return false
	})
	return whole && !found
}

// Always reports whether f is proven to hold for everybody.
func (s *Space) Always(f *Formula, steps *Steps) bool { return s.Never(Not(f), steps) }

// Implies reports whether g is proven to hold for all for whom f does.
func (s *Space) Implies(f, g *Formula, steps *Steps) bool { return s.Never(And(f, Not(g)), steps) }

// branch is a choice of leaves, one of each alternative, which together make a
// formula hold.
type branch struct {
	vars  map[Var][]leaf // over one attribute
	mixed []leaf         // over several
}

// branches calls found with each branch of f that may be possible, until it returns
// false. prune, if there is one, says for each leaf that is about to be added
// whether the branch is of interest. It returns false if the steps did not suffice.
func (s *Space) branches(f *Formula, steps *Steps, prune func(*branch, leaf) bool, found func(*branch) bool) bool {
	b := &branch{vars: map[Var][]leaf{}}
	whole, stopped := true, false
	var walk func(pending []*Formula)
	walk = func(pending []*Formula) {
		for len(pending) > 0 && !stopped {
			next := pending[len(pending)-1]
			pending = pending[:len(pending)-1]
			switch next.op {
			case opAnd:
				pending = slices.Clip(pending)
				for _, k := range next.kids {
					if k.op != opLeaf {
						pending = append(pending, k)
					}
				}
				for _, k := range next.kids { // to be looked at first
					if k.op == opLeaf {
						pending = append(pending, k)
					}
				}
				continue
			case opOr:
				// An alternative without any leaf is a step, too: they multiply.
				for _, k := range next.kids {
					if stopped {
						return
					}
					if !steps.spend(1 + len(pending)/50) {
						whole, stopped = false, true
						return
					}
					walk(append(slices.Clip(pending), k))
				}
			default:
				if !steps.spend(s.cost(b, next.leaf)) {
					whole, stopped = false, true
				} else if prune == nil || prune(b, next.leaf) {
					s.with(b, next.leaf, func() { walk(pending) })
				}
			}
			return
		}
		if !stopped {
			stopped = !found(b)
		}
	}
	walk([]*Formula{f})
	return whole
}

// cost is how many steps it takes to look whether one more leaf is possible: it is
// more if there are many values to look at, and if much is asked of each.
func (s *Space) cost(b *branch, l leaf) int {
	v := Var{l.scope, l.atom.first()}
	leaves, literals := 1+len(b.vars[v]), l.atom.literals()
	for _, other := range b.vars[v] {
		literals += other.atom.literals()
	}
	values := len(s.attributes[v.Name].Values) + 2*literals
	return 1 + values*(leaves+literals)/30 + len(b.mixed)/50
}

// literals returns how many values the attribute is compared with.
func (a *atom) literals() int { return len(a.texts) + len(a.numbers) }

// first returns the first attribute that is read.
func (a *atom) first() string {
	if len(a.reads) == 0 {
		return ""
	}
	return a.reads[0]
}

// with goes on with one more leaf, if the branch is possible with it.
func (s *Space) with(b *branch, l leaf, then func()) {
	if len(l.atom.reads) != 1 {
		if all := append(slices.Clip(b.mixed), l); consistent(all, l.possible()) {
			before := b.mixed
			b.mixed = all
			then()
			b.mixed = before
		}
		return
	}
	v := Var{l.scope, l.atom.reads[0]}
	before := b.vars[v]
	all := append(slices.Clip(before), l)
	if !s.possible(v.Name, all) {
		return
	}
	b.vars[v] = all
	then()
	if b.vars[v] = before; len(before) == 0 {
		delete(b.vars, v)
	}
}

// possible is what the leaf's atom can come out as.
func (l leaf) possible() truth {
	if len(l.atom.needs) > 0 {
		return isTrue | isFalse | isUnknown
	}
	return isTrue | isFalse
}

package policy

import (
	"maps"
	"slices"
	"strings"
)

// pattern stands for one entitlement, or for all that begin with a text.
type pattern struct {
	one    Entitlement
	prefix string // of those that are meant; empty for one
}

func (p pattern) matches(e Entitlement) bool {
	if p.prefix == "" {
		return p.one == e
	}
	return p.matchesAs(e, e.String())
}

// matchesAs is matches for an entitlement of which the text is known.
func (p pattern) matchesAs(e Entitlement, text string) bool {
	if p.prefix == "" {
		return p.one == e
	}
	return strings.HasPrefix(text, p.prefix)
}

// byPrefix finds what is said of texts that begin in some way, without a look at each
// of the ways.
type byPrefix[T any] struct {
	said    map[string]T
	lengths []int // of the beginnings, the longest first
}

func (b *byPrefix[T]) add(prefix string, what T) {
	if b.said == nil {
		b.said = map[string]T{}
	}
	b.said[prefix] = what
	at, found := slices.BinarySearchFunc(b.lengths, len(prefix), func(a, b int) int { return b - a })
	if !found {
		b.lengths = slices.Insert(b.lengths, at, len(prefix))
	}
}

// of returns what is said of the longest beginning of a text.
func (b *byPrefix[T]) of(text string) (what T, ok bool) {
	what, _, ok = b.longest(text)
	return what, ok
}

// longest is of, and returns the length of that beginning, too.
func (b *byPrefix[T]) longest(text string) (what T, n int, ok bool) {
	for _, n = range b.lengths {
		if n > len(text) {
			continue
		}
		if what, ok = b.said[text[:n]]; ok {
			break
		}
	}
	return what, n, ok
}

// patternSet is many patterns, to be asked without a look at each.
type patternSet struct {
	ones map[Entitlement]bool
	many byPrefix[bool]
	// begin are the texts of both, sorted.
	begin []string
}

func (s *patternSet) add(p pattern) {
	if p.prefix == "" {
		if s.ones == nil {
			s.ones = map[Entitlement]bool{}
		}
		s.ones[p.one] = true
		return
	}
	s.many.add(p.prefix, true)
}

// sorted returns s, to be asked.
func (s patternSet) sorted() patternSet {
	s.begin = slices.Collect(maps.Keys(s.many.said))
	for e := range s.ones {
		s.begin = append(s.begin, e.String())
	}
	slices.Sort(s.begin)
	return s
}

// overlaps reports whether anything in it can match a pattern.
func (s patternSet) overlaps(p pattern) bool {
	text := p.prefix
	if text == "" {
		if s.ones[p.one] {
			return true
		}
		text = p.one.String()
	} else if at, _ := slices.BinarySearch(s.begin, text); at < len(s.begin) && strings.HasPrefix(s.begin[at], text) {
		return true
	}
	_, ok := s.many.of(text)
	return ok
}

// patterns compiles entitlements that may end in a *.
func (c *compilation) patterns(path string, texts []string) []pattern {
	out := make([]pattern, 0, len(texts))
	for i, s := range texts {
		if p, ok := c.pattern(entry(path, i), s); ok {
			out = append(out, p)
		}
	}
	return out
}

func (c *compilation) pattern(path, s string) (pattern, bool) {
	prefix, many := strings.CutSuffix(s, "*")
	if !many {
		e, ok := c.grant(path, s)
		return pattern{one: e}, ok
	}
	system, rest, ok := strings.Cut(prefix, ":")
	kind, _, _ := strings.Cut(rest, "/")
	switch {
	case !ok || system == "" || strings.HasPrefix(rest, "/") || strings.Contains(kind, "*"):
		c.found.add(path, "%q: want system:kind/name, or the beginning of it with a * behind, such as directory:group/admin*", clip(s))
		return pattern{}, false
	case !c.isSystem(system):
		c.found.add(path, "system %q has no entry under accounts%s", clip(system), c.spell.didYouMean(system, c.systems))
	}
	c.text(path, s, maxValue)
	return pattern{prefix: prefix}, true
}

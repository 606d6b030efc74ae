package scimtest

import (
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/scim/internal/filter"
	"github.com/joinery-iam/joinery/scim/profile"
)

// outcome is what comes of a filter.
type outcome int

const (
	filtered   outcome = iota // the filter holds
	everything                // it is ignored
	nobody                    // it finds none
)

// selection reads a filter and says what comes of it.
func (s *Server) selection(t *table, text string) (filter.Expr, outcome, error) {
	if text == "" {
		return nil, everything, nil
	}
	e, err := filter.Parse(text)
	if err != nil {
		return nil, nobody, badRequest("invalidFilter", "%v", err)
	}
	if limit := s.quirks.Filter.MaxNodes; limit > 0 && comparisons(e) > limit {
		return nil, nobody, badRequest("invalidFilter", "more than %d comparisons", limit)
	}
	resolved, err := resolveFilter(t.rules, e)
	if err == nil && !s.quirks.evaluates(t, resolved) {
		err = badRequest("invalidFilter", "this filter is not supported")
	}
	switch {
	case err == nil:
		return resolved, filtered, nil
	case s.quirks.Filter.Unsupported == profile.Empty:
		return nil, nobody, nil
	case s.quirks.Filter.Unsupported == profile.Ignored:
		return nil, everything, nil
	default:
		return nil, nobody, err
	}
}

func resolveFilter(rules *catalogue, e filter.Expr) (filter.Expr, error) {
	e, err := filter.Rewrite(e, func(p filter.Path) (filter.Path, error) {
		p, err := rules.Resolve(p)
		if err == nil && p.Attr == "" {
			err = badRequest("invalidFilter", "%s is no attribute", p.Schema)
		}
		return p, err
	})
	if err != nil {
		return nil, badRequest("invalidFilter", "%v", err)
	}
	return e, nil
}

// comparisons counts what a filter is made of.
func comparisons(e filter.Expr) int {
	inner := func(p filter.Path) int {
		if p.Filter == nil {
			return 0
		}
		return comparisons(p.Filter)
	}
	switch e := e.(type) {
	case filter.And:
		return comparisons(e.Left) + comparisons(e.Right)
	case filter.Or:
		return comparisons(e.Left) + comparisons(e.Right)
	case filter.Not:
		return comparisons(e.Operand)
	case filter.Compare:
		return 1 + inner(e.Path)
	case filter.Has:
		return max(1, inner(e.Path))
	default:
		return 1
	}
}

// evaluates reports whether the server knows what to make of a filter.
func (q *quirks) evaluates(t *table, e filter.Expr) bool {
	if t.uniqueName() {
		return q.knows(e, q.Filter.Users) && (q.showsGroups() || !mentions(e, "groups"))
	}
	if q.Groups.Members == profile.ByFilter && isMembership(e) {
		return true
	}
	return q.knows(e, q.Filter.Groups) && (q.Groups.Members == profile.ByFilter || q.showsMembers() || !mentions(e, "members"))
}

// knows reports whether a filter compares nothing but what is listed, by eq, or
// where nothing is listed, anything.
func (q *quirks) knows(e filter.Expr, listed []string) bool {
	if len(listed) == 0 {
		return true
	}
	switch e := e.(type) {
	case filter.And:
		return q.knows(e.Left, listed) && q.knows(e.Right, listed)
	case filter.Or:
		return q.knows(e.Left, listed) && q.knows(e.Right, listed)
	case filter.Not:
		return q.knows(e.Operand, listed)
	case filter.Compare:
		path := e.Path.String()
		if q.Paging.Method == profile.ByID && path == "id" && e.Op == filter.Greater {
			return true
		}
		return e.Op == filter.Equal && slices.ContainsFunc(listed, func(l string) bool { return strings.EqualFold(l, path) })
	default:
		return false
	}
}

// isMembership reports whether a filter is id eq "…" and members eq "…", in any
// order.
func isMembership(e filter.Expr) bool {
	and, ok := e.(filter.And)
	if !ok {
		return false
	}
	var names []string
	for _, side := range []filter.Expr{and.Left, and.Right} {
		if c, ok := side.(filter.Compare); ok && c.Op == filter.Equal {
			names = append(names, c.Path.String())
		}
	}
	slices.Sort(names)
	return slices.Equal(names, []string{"id", "members"})
}

package policy

import (
	"cmp"
	"slices"
	"strings"
)

// Reason is one way in which policy leads to something.
type Reason struct {
	// Rule is the name of the rule; empty if an exception or a request leads to it.
	Rule string `json:"rule"`
	// Exception is the name of the [Exception] that gives it, if one does.
	Exception string `json:"exception,omitempty"`
	// Request is the ID of the [Request], if it was asked for.
	Request string `json:"request,omitempty"`
	// Roles is the path of roles from the rule to the grant, outermost first;
	// empty if the rule grants directly.
	Roles []string `json:"roles,omitempty"`
	// Relationship is the ID of the relationship for which the rule held, or that gave
	// access at the time of the exception or request.
	Relationship string `json:"relationship"`
	// Overlap says that the rule holds no longer, and that its OverlapDays are not
	// over.
	Overlap bool `json:"overlap,omitempty"`
}

// String returns the way in words, such as "rule sales > role seller > role staff".
func (r Reason) String() string {
	first := "rule " + r.Rule
	switch {
	case r.Exception != "":
		first = "exception " + r.Exception
	case r.Request != "":
		first = "request " + r.Request
	}
	return strings.Join(append([]string{first}, r.Roles...), " > role ")
}

// sortReasons sorts reasons and drops repeated ones.
func sortReasons(list []Reason) []Reason {
	list = slices.Clone(list)
	slices.SortFunc(list, compareReasons)
	return slices.CompactFunc(list, func(a, b Reason) bool { return compareReasons(a, b) == 0 })
}

func compareReasons(a, b Reason) int {
	if a.Rule != b.Rule {
		return cmp.Compare(a.Rule, b.Rule) // as it is most often, so the rest need not be computed
	}
	return cmp.Or(
		cmp.Compare(a.Exception, b.Exception), cmp.Compare(a.Request, b.Request), slices.Compare(a.Roles, b.Roles),
		cmp.Compare(a.Relationship, b.Relationship), compareBools(a.Overlap, b.Overlap),
	)
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

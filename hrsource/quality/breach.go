package quality

import (
	"fmt"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/hrsource"
)

// breach is a value that breaks what Config says of its field.
type breach struct {
	rule               Rule
	field, value, want string
}

// breaches returns what is required and missing, and what is not allowed. w has
// been normalised. Each value of a field is named once.
func (c *Checker) breaches(w hrsource.Worker) []breach {
	var all []breach
	for _, field := range c.required {
		if c.off[RequiredEmpty] || !lacks(w, field) {
			continue
		}
		want := "a value, since the field is required"
		if isAssignment(field) && len(w.Assignments) > 1 {
			want += " in every assignment"
		}
		all = append(all, breach{rule: RequiredEmpty, field: field, want: want})
	}
	for _, l := range c.allowed {
		if c.off[ValueNotAllowed] {
			break
		}
		for _, value := range texts(w, l.field) {
			if !l.has(value) {
				all = append(all, breach{ValueNotAllowed, l.field, value, l.want()})
			}
		}
	}
	return all
}

// replacements returns the values that tables replace.
func (c *Checker) replacements(w hrsource.Worker) []breach {
	var all []breach
	for _, t := range c.tables {
		for _, value := range texts(w, t.field) {
			to, ok := t.lookup(value)
			if !ok {
				continue
			}
			want := c.quote(t.field, to) + ", which is taken instead"
			if to == "" {
				want = "no value, which is taken instead"
			}
			all = append(all, breach{ValueReplaced, t.field, value, want})
		}
	}
	return all
}

// has reports whether a value may stand. No value always may.
func (l list) has(value string) bool {
	return strings.TrimSpace(value) == "" || slices.Contains(l.values, value)
}

// texts returns the different values of a field: of all assignments, or of all
// values of a custom attribute.
func texts(w hrsource.Worker, field string) []string {
	var all []string
	switch {
	case !isBuiltIn(field):
		all = slices.Clone(w.Custom[field])
	case isAssignment(field):
		for _, a := range w.Assignments {
			all = append(all, w.Text(a, field))
		}
	default:
		all = []string{w.Text(hrsource.Assignment{}, field)}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// lacks reports whether a field has no value, or not in every assignment.
func lacks(w hrsource.Worker, field string) bool {
	blank := func(value string) bool { return strings.TrimSpace(value) == "" }
	values := texts(w, field)
	if isAssignment(field) {
		return len(values) == 0 || slices.ContainsFunc(values, blank)
	}
	return !slices.ContainsFunc(values, func(value string) bool { return !blank(value) })
}

// forget empties a field wherever its value is not in the list. A custom
// attribute is emptied as a whole.
func (l list) forget(w *hrsource.Worker) {
	switch {
	case !isBuiltIn(l.field):
		if slices.ContainsFunc(w.Custom[l.field], func(value string) bool { return !l.has(value) }) {
			delete(w.Custom, l.field)
		}
	case isAssignment(l.field):
		for i := range w.Assignments {
			if a := &w.Assignments[i]; !l.has(w.Text(*a, l.field)) {
				w.Set(a, l.field, "")
			}
		}
	case !l.has(w.Text(hrsource.Assignment{}, l.field)):
		w.Set(nil, l.field, "")
	}
}

// problem is a breach as a source tells it.
func (c *Checker) problem(b breach) hrsource.Problem {
	return hrsource.Problem{Field: b.field, Value: c.show(b.field, b.value), Want: fmt.Sprintf("%s (%s)", b.want, b.rule)}
}

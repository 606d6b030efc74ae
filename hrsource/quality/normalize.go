package quality

import (
	"slices"

	"github.com/joinery-iam/joinery/hrsource"
)

// Normalize returns w with every value replaced that [Config.Values] replaces, in
// all assignments. The result shares no map or slice with w.
func (c *Checker) Normalize(w hrsource.Worker) hrsource.Worker {
	w = w.Keep(hrsource.Worker{}) // keeps nothing of the other: a copy
	for _, t := range c.tables {
		switch {
		case !isBuiltIn(t.field):
			t.custom(&w)
		case isAssignment(t.field):
			for i := range w.Assignments {
				t.replace(&w, &w.Assignments[i])
			}
		default:
			t.replace(&w, &hrsource.Assignment{})
		}
	}
	return w
}

// replace replaces the value of a built-in field. It cannot fail, since New has
// read every replacement.
func (t table) replace(w *hrsource.Worker, a *hrsource.Assignment) {
	if to, ok := t.lookup(w.Text(*a, t.field)); ok {
		w.Set(a, t.field, to)
	}
}

// custom replaces values of a custom attribute and drops those that stand for
// nothing.
func (t table) custom(w *hrsource.Worker) {
	values, ok := w.Custom[t.field]
	if !ok {
		return
	}
	values = slices.DeleteFunc(values, func(value string) bool {
		to, replaced := t.lookup(value)
		return replaced && to == ""
	})
	for i, value := range values {
		if to, replaced := t.lookup(value); replaced {
			values[i] = to
		}
	}
	if len(values) == 0 {
		delete(w.Custom, t.field)
		return
	}
	w.Custom[t.field] = values
}

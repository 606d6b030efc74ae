package hrsource

import (
	"slices"
	"strings"
)

// Attributes returns what a policy may read about the relationship while a is in
// effect: the built-in fields by name, except those that identify the human or
// the record (workerId, personKey, birthDate) or only steer time (accessEnd,
// involuntary, effectiveFrom), and the custom attributes. Dates are written
// YYYY-MM-DD, flags true or false.
//
// A field without a value has no key, except primary. An empty displayName is
// made from the preferred or given name and the family name. A custom attribute
// with the name of a built-in field is never seen, so that a missing value
// cannot be slipped in. The result shares nothing with w.
func (w Worker) Attributes(a Assignment) map[string][]string {
	out := make(map[string][]string, len(fields)+len(w.Custom))
	for name, values := range w.Custom {
		values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
		if _, builtIn := fieldIndex[name]; !builtIn && len(values) > 0 {
			out[name] = values
		}
	}
	if w.Name.Display == "" {
		w.Name.Display = w.Name.full()
	}
	for _, f := range fields {
		if f.hidden {
			continue
		}
		if text := f.text(&w, &a); text != "" {
			out[f.Name] = []string{text}
		}
	}
	if !w.Primary {
		out["primary"] = []string{"false"}
	}
	return out
}

// full returns the name a person goes by.
func (n Name) full() string {
	given := n.Preferred
	if given == "" {
		given = n.Given
	}
	return strings.TrimSpace(given + " " + n.Family)
}

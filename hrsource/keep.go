package hrsource

import (
	"maps"
	"slices"
)

// Keep returns w with each named field taken from last: the field could not be
// read, so its last good value stays in force. Names that are not built in are
// those of custom attributes. The result shares no map or slice with w or last.
//
// A field of [Assignment] is filled in wherever w's assignments have no value
// for it: from last's assignment with the same EffectiveFrom, else from the one
// in effect on that day. If w has no assignments, last's days are taken with it.
// Two names stand for more than themselves. Without effectiveFrom nobody knows
// when an assignment holds, so last's assignments stay as a whole; and the empty
// name, a [Problem] of the record as a whole, keeps all of last.
func (w Worker) Keep(last Worker, fieldNames ...string) Worker {
	w, last = w.clone(), last.clone()
	if slices.Contains(fieldNames, "") {
		return last
	}
	if slices.Contains(fieldNames, "effectiveFrom") {
		w.Assignments = slices.Clone(last.Assignments)
	}
	for _, name := range fieldNames {
		i, builtIn := fieldIndex[name]
		switch {
		case !builtIn:
			w.keepCustom(last, name)
		case !fields[i].Assignment:
			fields[i].keep(&w, nil, &last, nil)
		case name != "effectiveFrom":
			w.keepJob(last, fields[i])
		}
	}
	return w
}

func (w *Worker) keepCustom(last Worker, name string) {
	values, ok := last.Custom[name]
	if !ok {
		delete(w.Custom, name)
		return
	}
	if w.Custom == nil {
		w.Custom = map[string][]string{}
	}
	w.Custom[name] = slices.Clone(values)
}

func (w *Worker) keepJob(last Worker, f column) {
	if len(w.Assignments) == 0 {
		for _, a := range last.Assignments {
			w.Assignments = append(w.Assignments, Assignment{EffectiveFrom: a.EffectiveFrom})
		}
	}
	for i := range w.Assignments {
		a := &w.Assignments[i]
		if f.text(w, a) != "" {
			continue
		}
		if from, ok := last.assignmentOn(a.EffectiveFrom); ok {
			f.keep(w, a, &last, &from)
		}
	}
}

// assignmentOn returns the assignment in effect on day d: the last one that
// begins then or before.
func (w Worker) assignmentOn(d Date) (Assignment, bool) {
	for _, a := range slices.Backward(w.Assignments) {
		if a.EffectiveFrom.Compare(d) <= 0 {
			return a, true
		}
	}
	return Assignment{}, false
}

// clone returns a copy that shares no map or slice with w.
func (w Worker) clone() Worker {
	w.Assignments = slices.Clone(w.Assignments)
	w.Custom = maps.Clone(w.Custom)
	for name, values := range w.Custom {
		w.Custom[name] = slices.Clone(values)
	}
	return w
}

package hrsource

import "slices"

// Overlay returns w, which tells no more than what holds today, with what last told
// of other days: the assignments that began before today stay, one that differs
// from what was in force begins today, and those that begin later are not erased
// by a source that cannot see them. The result shares no map or slice with w or
// last.
//
// If w has several assignments or says since when its one holds, it tells of days
// itself and comes back as it is.
func (w Worker) Overlay(last Worker, today Date) Worker {
	w, last = w.clone(), last.clone()
	if len(w.Assignments) > 1 || len(w.Assignments) == 1 && !w.Assignments[0].EffectiveFrom.IsZero() {
		return w
	}
	now := Assignment{}
	if len(w.Assignments) == 1 {
		now = w.Assignments[0]
	}
	before, _ := last.assignmentOn(today)
	since := before.EffectiveFrom
	before.EffectiveFrom = Date{}
	w.Assignments = nil
	for _, a := range last.Assignments {
		if a.EffectiveFrom.Compare(today) < 0 || a.EffectiveFrom == since {
			w.Assignments = append(w.Assignments, a)
		}
	}
	if now != before {
		if len(last.Assignments) == 0 {
			w.Assignments = append(w.Assignments, Assignment{}) // nothing was known of the time before
		}
		now.EffectiveFrom = today
		w.Assignments = slices.DeleteFunc(w.Assignments, func(a Assignment) bool { return a.EffectiveFrom == today })
		w.Assignments = append(w.Assignments, now)
	}
	for _, a := range last.Assignments {
		if a.EffectiveFrom.Compare(today) > 0 && a.EffectiveFrom != since {
			w.Assignments = append(w.Assignments, a)
		}
	}
	return w
}

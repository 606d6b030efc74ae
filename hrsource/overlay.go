package hrsource

import "slices"

// overlay lays the one assignment of w, which tells no more than what holds today, over
// those that last told of other days. If w tells of days itself it is left alone.
func (w *Worker) overlay(last Worker, today Date) {
	if w.tellsDays() {
		return
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
}

// tellsDays reports whether the assignments say from when they hold.
func (w Worker) tellsDays() bool {
	return len(w.Assignments) > 1 || len(w.Assignments) == 1 && !w.Assignments[0].EffectiveFrom.IsZero()
}

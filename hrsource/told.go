package hrsource

import "slices"

// Over returns what is known of a worker once the record is told, where last was known
// before. The result shares no map or slice with the record or last.
//
// A field that Fields names becomes what the record says, be it nothing; all others stay
// as they were. In assignments that goes for each day by itself; the days are the
// record's own if it names effectiveFrom or gives any, and last's otherwise.
//
// If Fields is nil, the record stands for all of the worker. Only what ends access out of
// turn, accessEnd and involuntary, stays where it has none: that an HR system does not
// know of an order to lock somebody out is no order to let them in.
//
// today is the zero Date, unless the record tells no more than what holds on that day.
// Such a slice cannot see other days: assignments that began before today stay, one that
// differs from what was in force begins today, and those that begin later stay too. (If
// it has several, or one that says since when it holds, it tells of days itself.) If
// Fields is nil, the dates and personKey stay as well where it has none, so that a slice
// takes an end back only if it names it.
//
// An end that would stay is dropped if the record tells a first day that was moved
// behind it: whoever begins anew does so without the end of before.
func (r Record) Over(last Worker, today Date) Worker {
	w, last := r.Worker.clone(), last.clone()
	slice := !today.IsZero()
	for _, f := range fields {
		if !f.Assignment && f.Name != "source" && f.Name != "workerId" && !r.tells(f, slice) {
			f.keep(&w, nil, &last, nil)
		}
	}
	if r.Fields != nil {
		r.customOver(&w, last)
		r.jobsOver(&w, last, today)
	}
	r.dropEnds(&w, last, slice)
	if slice {
		w.overlay(last, today)
	}
	return w
}

// names reports whether the record says that it tells of a field.
func (r Record) names(field string) bool { return slices.Contains(r.Fields, field) }

// tells reports whether the record tells of a field of the worker itself.
func (r Record) tells(f column, slice bool) bool {
	if r.Fields != nil {
		return r.names(f.Name)
	}
	stays := f.Name == "accessEnd" || f.Name == "involuntary" || slice && (f.Kind == KindDate || f.Name == "personKey")
	return !stays || f.text(&r.Worker, nil) != ""
}

// customOver takes those custom attributes from last that are not told.
func (r Record) customOver(w *Worker, last Worker) {
	for name := range w.Custom {
		if !r.names(name) {
			delete(w.Custom, name)
		}
	}
	for name := range last.Custom {
		if !r.names(name) {
			w.keepCustom(last, name)
		}
	}
}

// jobsOver takes those fields of assignments from last that are not told.
func (r Record) jobsOver(w *Worker, last Worker, today Date) {
	if !slices.ContainsFunc(fields, func(f column) bool { return f.Assignment && r.names(f.Name) }) {
		w.Assignments = last.Assignments
		return
	}
	if len(w.Assignments) == 0 {
		w.Assignments = []Assignment{{}}
	}
	undated := !w.tellsDays() && !r.names("effectiveFrom")
	if undated && today.IsZero() && len(last.Assignments) > 0 {
		now := w.Assignments[0]
		w.Assignments = nil
		for _, a := range last.Assignments {
			now.EffectiveFrom = a.EffectiveFrom
			w.Assignments = append(w.Assignments, now)
		}
	}
	for i := range w.Assignments {
		a := &w.Assignments[i]
		day := a.EffectiveFrom
		if undated && !today.IsZero() {
			day = today
		}
		from, _ := last.assignmentOn(day)
		for _, f := range fields {
			if f.Assignment && f.Name != "effectiveFrom" && !r.names(f.Name) {
				f.keep(w, a, &last, &from)
			}
		}
	}
}

// dropEnds forgets the ends of a relationship that begins anew.
func (r Record) dropEnds(w *Worker, last Worker, slice bool) {
	accessEnd := Date{}
	if !w.AccessEnd.IsZero() {
		accessEnd = DateOf(w.AccessEnd.UTC()).AddDays(1) // over by then in every zone
	}
	for field, end := range map[string]Date{
		"contractEndDate": w.ContractEndDate, "terminationDate": w.TerminationDate, "lastDayOfWork": w.LastDayOfWork, "accessEnd": accessEnd,
	} {
		before := !last.HireDate.IsZero() && end.Compare(last.HireDate) >= 0 && end.Compare(w.HireDate) < 0
		if f := fields[fieldIndex[field]]; before && !r.tells(f, slice) {
			f.set(w, nil, "")
		}
	}
	ended := !last.TerminationDate.IsZero() || !last.LastDayOfWork.IsZero()
	if ended && w.TerminationDate.IsZero() && w.LastDayOfWork.IsZero() && !r.tells(fields[fieldIndex["involuntary"]], slice) {
		w.Involuntary = false // it goes with the day that it was told of
	}
}

package hrsource

import "time"

// Leave returns the instants between which the worker is on leave: from start on, until
// before end. A zero start means from the beginning on, a zero end that it is open. If no
// leave is known, on is false.
//
// LeaveStartDate and LeaveEndDate are meant in the worker's own zone, or in zone if it
// names none, and decide, whatever the status says by then: whoever comes back earlier
// does so with another LeaveEndDate. StatusOnLeave means now, which is from since on, the
// instant at which the source first told that status: the leave has begun then even if
// its first day is to come or not known, and dates that were over by then are those of
// another one. Other statuses than active and pending, such as suspended or terminated,
// say more than a leave does, and dates that end before they begin say nothing.
//
// The error is that of [Worker.Zone].
func (w Worker) Leave(zone *time.Location, since time.Time) (start, end time.Time, on bool, err error) {
	loc, err := w.Zone(zone)
	if err != nil {
		return time.Time{}, time.Time{}, false, err
	}
	if w.LeaveEndDate.IsZero() || w.LeaveEndDate.Compare(w.LeaveStartDate) >= 0 {
		start, end = w.LeaveStartDate.Start(loc), w.LeaveEndDate.End(loc)
	}
	switch w.Status {
	case StatusOnLeave:
		if !end.IsZero() && !end.After(since) {
			start, end = time.Time{}, time.Time{}
		}
		if start.After(since) {
			start = time.Time{}
		}
		return start, end, true, nil
	case StatusUnknown, StatusActive, StatusPending:
		if !start.IsZero() {
			return start, end, true, nil
		}
	}
	return time.Time{}, time.Time{}, false, nil
}

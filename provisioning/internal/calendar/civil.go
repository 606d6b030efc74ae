package calendar

import "time"

// occurrences returns the first and the last instant at which clocks in a zone
// show a civil time, which is given as the instant at which clocks in UTC show it.
// If the zone skips the time, both are the first instant after the gap.
func occurrences(civil time.Time, zone *time.Location) (first, last time.Time) {
	const two = 48 * time.Hour // no zone is as much as two days off
	var gap time.Time
	ahead := false // the time was still to come when the clocks were last changed
	for t := civil.Add(-two).In(zone); ; {
		// Between two changes of its offset a zone's clock runs evenly, so it
		// would show the time once.
		_, offset := t.Zone()
		shown := civil.Add(-time.Duration(offset) * time.Second).In(zone)
		changed, changes := t.ZoneBounds()
		switch {
		case !changes.IsZero() && !shown.Before(changes):
			ahead = true
		case !changed.IsZero() && shown.Before(changed):
			if ahead {
				gap = changed
			}
			ahead = false
		default:
			if first.IsZero() {
				first = shown
			}
			last, ahead = shown, false
		}
		if !changes.After(t) || changes.After(civil.Add(two)) {
			break
		}
		t = changes
	}
	if first.IsZero() {
		return gap, gap
	}
	return first, last
}

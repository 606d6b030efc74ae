package policy

import "time"

// A day is written 2006-01-02, so that days compare as texts.

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// dayStart returns the first instant in zone at which the calendar shows the day
// that is days after the given one, or a later one: where daylight saving skips
// midnight, the first instant that exists; where it repeats it, the earlier one.
func dayStart(day string, days int, zone *time.Location) time.Time {
	midnight, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return time.Time{}
	}
	midnight = midnight.AddDate(0, 0, days)
	if zone == nil {
		zone = time.UTC
	}
	// No zone is as much as two days ahead of UTC, so its calendar shows an
	// earlier day at first. Between two changes of offset a clock runs evenly: the
	// day begins when it reaches midnight, or with the change that jumps over it.
	for t := midnight.AddDate(0, 0, -2).In(zone); ; {
		_, offset := t.Zone()
		begin := midnight.Add(-time.Duration(offset) * time.Second).In(zone)
		changed, changes := t.ZoneBounds()
		switch {
		case !changed.IsZero() && begin.Before(changed):
			return changed
		case changes.IsZero() || begin.Before(changes):
			return begin
		}
		t = changes
	}
}

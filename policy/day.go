package policy

import "time"

// A day is written 2006-01-02, so that days compare as texts.

// isDay says the same as time.Parse, which takes longer. It is asked of every date
// of everybody.
func isDay(s string) bool {
	if len(s) != len(time.DateOnly) || s[4] != '-' || s[7] != '-' {
		return false
	}
	number := func(digits string) int {
		if !isDigits(digits) {
			return -1
		}
		n := 0
		for i := range len(digits) {
			n = 10*n + int(digits[i]-'0')
		}
		return n
	}
	year, month, day := number(s[:4]), number(s[5:7]), number(s[8:])
	if year < 0 || month < 1 || month > 12 || day < 1 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		days = 29
	}
	return day <= days
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

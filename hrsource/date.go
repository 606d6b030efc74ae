package hrsource

import (
	"fmt"
	"time"
)

// Date is a civil date: a day on the calendar, without a time of day and
// without a zone. The zero Date means "not known".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the civil date of t in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads a date of the form 2006-01-02. A day that the calendar does
// not have (2026-02-30) is an error.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("date %q: want a calendar day written YYYY-MM-DD", s)
	}
	return DateOf(t), nil
}

// IsZero reports whether d is the zero Date, "not known".
func (d Date) IsZero() bool { return d == Date{} }

// String returns the date as 2006-01-02, or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Compare returns -1, 0 or +1 as d is before, on or after other. The zero Date
// is before every other.
func (d Date) Compare(other Date) int {
	switch {
	case d == other:
		return 0
	case d.Year != other.Year:
		return sign(d.Year - other.Year)
	case d.Month != other.Month:
		return sign(int(d.Month - other.Month))
	default:
		return sign(d.Day - other.Day)
	}
}

// AddDays returns the date n days later (earlier if n is negative). The zero Date
// stays zero.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return DateOf(time.Date(d.Year, d.Month, d.Day+n, 12, 0, 0, 0, time.UTC))
}

// Start returns the first instant in loc at which the calendar shows d or a later
// day. Where daylight saving skips midnight, that is the first instant of the day
// which exists; where it repeats midnight, the earlier one; where a zone skips the
// whole day, the start of the next. Nil as loc means UTC. The zero Date gives the
// zero Time.
func (d Date) Start(loc *time.Location) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	if loc == nil {
		loc = time.UTC
	}
	midnight := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	// No zone is as much as two days ahead, so the calendar shows an earlier day
	// at first. From there on, between two changes of its offset a zone's clock
	// runs evenly: the day begins when that clock reaches midnight or, if a change
	// jumps over midnight, with the change. Only a handful of changes fit in.
	for t := midnight.AddDate(0, 0, -2).In(loc); ; {
		_, offset := t.Zone()
		begin := midnight.Add(-time.Duration(offset) * time.Second).In(loc)
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

// End returns the first instant after the day in loc, which is the start of
// the next day. So a day that the zone skips has no length, and an hour of the day
// before that is repeated after midnight belongs to the new day. The zero Date
// gives the zero Time.
func (d Date) End(loc *time.Location) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return d.AddDays(1).Start(loc)
}

// MarshalText writes the date as 2006-01-02; the zero Date is empty text.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

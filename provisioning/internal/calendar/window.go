// Package calendar holds weekly windows of time, such as the change windows in
// which batch work may be done. It knows no clock: who asks brings the instant.
package calendar

import (
	"time"
	_ "time/tzdata" // zones must not depend on what the host has installed
)

// Window is one or several spans of the week in the civil time of one zone. It
// is open during any of them. The zero Window restricts nothing: it is always
// open. A Window is never changed, so it is safe for concurrent use.
//
// A span belongs to the day on which it begins, even if it runs past midnight,
// and it takes place once for each such day of the calendar. Where the clocks
// of the zone are changed,
//
//   - a time that is skipped, be it of beginning or of end, means the first instant
//     after the gap. So a span that lies within a gap does not take place, and of a
//     day that the zone skips only what runs on into the next day does;
//   - a time that occurs more than once means the first occurrence for a beginning
//     and the last for an end. So a span loses nothing of the hour that is repeated,
//     and a pause that lies within that hour does not take place.
type Window struct {
	spans []span
	zone  *time.Location
	whole bool // the spans leave no minute of the week out
}

// span is the same hours on some days of the week.
type span struct {
	days       days
	begin, end int // minutes from the midnight at which the day begins; 0 <= begin < end <= begin + a day
}

const (
	minutesOfDay  = 24 * 60
	minutesOfWeek = 7 * minutesOfDay
)

// reach is how many days before and after the day that the calendar shows a span
// may have begun and still contain the instant: it may run into the next day, and
// all of that may be shown again after a day that is repeated.
const reach = 2

// farthest is how many days ahead the next opening is looked for. A span of a
// week that lies in a gap takes place a week later.
const farthest = 8 * 7

// Open reports whether the window is open at an instant, and until when it stays
// so: the instant at which it closes if it is open, the next one at which it opens
// if it is shut. At the instant of its beginning a window is open, at that of its
// end it is shut. Spans that overlap or meet count as one. A window that is always
// open gives the zero Time.
func (w Window) Open(at time.Time) (bool, time.Time) {
	if w.whole || len(w.spans) == 0 {
		return true, time.Time{}
	}
	until := w.end(at)
	if until.IsZero() {
		return false, w.next(at)
	}
	for end := until; !end.IsZero(); end = w.end(until) {
		until = end
	}
	return true, until
}

// end returns the end of a span that contains an instant, or the zero Time if none
// does.
func (w Window) end(at time.Time) time.Time {
	today := w.day(at)
	for n := -reach; n <= reach; n++ {
		for _, s := range w.spans {
			begin, end, ok := s.on(today.AddDate(0, 0, n), w.zone)
			if ok && !begin.After(at) && end.After(at) {
				return end
			}
		}
	}
	return time.Time{}
}

// next returns the first instant after at, when the window is shut, at which a
// span begins. What begins on a later day does not begin earlier.
func (w Window) next(at time.Time) time.Time {
	var first time.Time
	today := w.day(at)
	for n := -reach; n <= farthest && first.IsZero(); n++ {
		for _, s := range w.spans {
			begin, _, ok := s.on(today.AddDate(0, 0, n), w.zone)
			if ok && begin.After(at) && (first.IsZero() || begin.Before(first)) {
				first = begin
			}
		}
	}
	return first
}

// day returns the day that the calendar in the window's zone shows at an instant,
// as its midnight in UTC.
func (w Window) day(at time.Time) time.Time {
	year, month, day := at.In(w.zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// on returns the instants between which the span takes place for a day, which is
// given as its midnight in UTC. It does not on other days of the week and
// if it is skipped.
func (s span) on(day time.Time, zone *time.Location) (begin, end time.Time, ok bool) {
	if !s.days.has(day.Weekday()) {
		return begin, end, false
	}
	begin, _ = occurrences(day.Add(time.Duration(s.begin)*time.Minute), zone)
	_, end = occurrences(day.Add(time.Duration(s.end)*time.Minute), zone)
	return begin, end, begin.Before(end)
}

// wholeWeek reports whether the spans leave no minute of the week out. Where one
// span meets the next, no change of the clocks can open a gap between them: the
// last occurrence of a time is never before the first.
func wholeWeek(spans []span) bool {
	var covered [minutesOfWeek]bool
	for _, s := range spans {
		for day := range 7 {
			for m := s.begin; s.days&(1<<day) != 0 && m < s.end; m++ {
				covered[(day*minutesOfDay+m)%minutesOfWeek] = true
			}
		}
	}
	for _, c := range covered {
		if !c {
			return false
		}
	}
	return true
}

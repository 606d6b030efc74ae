package hrsource_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
)

// wallCalendar is what a calendar in a zone showed, minute by minute, around a
// change of the clocks. It is the oracle here: it asks a Time for its date and
// knows nothing else of zones. A day is a number, counted from 1 January 1970.
type wallCalendar struct {
	from  time.Time
	shown []int       // by minute
	first map[int]int // the first minute in which a day or a later one was shown
	ever  map[int]bool
}

func number(t time.Time) int {
	year, month, day := t.Date()
	return int(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func dayNumber(n int) hrsource.Date {
	return hrsource.DateOf(time.Unix(int64(n)*86400, 0).UTC())
}

func watch(change time.Time, zone *time.Location) wallCalendar {
	c := wallCalendar{from: change.Add(-60 * time.Hour), first: map[int]int{}, ever: map[int]bool{}}
	for minute := range (60 + 84) * 60 {
		n := number(c.at(minute).In(zone))
		if minute == 0 {
			c.shown = append(c.shown, n)
			continue // the day may have begun before
		}
		for d := c.shown[0] + 1; d <= n; d++ {
			if _, known := c.first[d]; !known {
				c.first[d] = minute
			}
		}
		c.ever[n] = true
		c.shown = append(c.shown, n)
	}
	return c
}

func (c wallCalendar) at(minute int) time.Time {
	return c.from.Add(time.Duration(minute) * time.Minute)
}

// start returns the first instant at which the calendar showed a day or a later one.
func (c wallCalendar) start(t *testing.T, day int) time.Time {
	t.Helper()
	minute, ok := c.first[day]
	require.True(t, ok, "%s does not begin in what was watched", dayNumber(day))
	return c.at(minute)
}

// clockChanges returns the instants from 2000 to 2030 at which the offset of a
// zone changes. It looks at every hour, and then at every minute of an hour in which
// the offset is not what it was.
func clockChanges(zone *time.Location) []time.Time {
	var out []time.Time
	offset := func(t time.Time) int {
		_, seconds := t.In(zone).Zone()
		return seconds
	}
	now, end := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	for was := offset(now); now.Before(end); now = now.Add(time.Hour) {
		next := offset(now.Add(time.Hour))
		for minute := now; next != was; minute = minute.Add(time.Minute) {
			if is := offset(minute); is != was {
				out = append(out, minute)
				was = is
			}
		}
	}
	return out
}

// TestDatesWhileClocksChange holds Date.Start, Date.End and Worker.Window, on the
// days around every change of the clocks in thirty years, to what a calendar on the
// wall shows.
func TestDatesWhileClocksChange(t *testing.T) {
	t.Parallel()
	// Each zone with a day it is known for; those days must be among what is looked at.
	for name, known := range map[string]string{
		"Africa/Cairo":        "2023-04-28", // begins at 01:00
		"Africa/Casablanca":   "2024-03-10",
		"America/Asuncion":    "2023-10-01", // begins at 01:00
		"America/Caracas":     "2007-12-09",
		"America/Havana":      "2023-11-05", // midnight twice
		"America/New_York":    "2024-03-10",
		"America/Nuuk":        "2024-03-30", // loses its last hour
		"America/Santiago":    "2022-09-11", // begins at 01:00
		"America/Sao_Paulo":   "2018-11-04", // begins at 01:00
		"America/St_Johns":    "2010-11-07", // the first minute twice, with an hour of the day before between
		"Antarctica/Casey":    "2010-03-05",
		"Antarctica/Troll":    "2024-03-31", // two hours
		"Asia/Amman":          "2022-02-25", // begins at 01:00
		"Asia/Beirut":         "2024-03-31", // begins at 01:00
		"Asia/Gaza":           "2010-03-27", // loses all but the first minute of its first hour
		"Asia/Pyongyang":      "2018-05-04", // loses its last half hour
		"Asia/Tehran":         "2022-03-22", // begins at 01:00
		"Atlantic/Azores":     "2024-03-31", // begins at 01:00
		"Australia/Lord_Howe": "2024-04-07", // half an hour
		"Europe/Dublin":       "2024-03-31",
		"Europe/Istanbul":     "2016-03-27",
		"Europe/Vienna":       "2024-10-27",
		"Pacific/Apia":        "2011-12-30", // does not exist
		"Pacific/Auckland":    "2024-09-29",
		"Pacific/Chatham":     "2024-09-29",
		"Pacific/Easter":      "2024-04-06",
		"Pacific/Fakaofo":     "2011-12-30", // does not exist
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loc := zone(t, name)
			looked := map[hrsource.Date]bool{}
			for _, change := range clockChanges(loc) {
				c := watch(change, loc)
				first, last := number(change.Add(-1).In(loc)), number(change.In(loc))
				first, last = min(first, last)-1, max(first, last)+1
				for n := first; n <= last; n++ {
					looked[dayNumber(n)] = true
					requireDay(t, c, loc, n)
					for end := n; end <= last; end++ {
						requireEmployment(t, c, loc, n, end)
						requireLeave(t, c, loc, n, end)
					}
				}
				requireOneDayEach(t, c, loc, first, last)
			}
			require.True(t, looked[day(t, known)], "the clocks are not known to have changed about %s", known)
		})
	}
}

// requireDay compares the start and the end of a day with the calendar.
func requireDay(t *testing.T, c wallCalendar, loc *time.Location, n int) {
	t.Helper()
	d := dayNumber(n)
	start, end := d.Start(loc), d.End(loc)
	if want := c.start(t, n); !start.Equal(want) {
		require.FailNow(t, "start", "%s begins at %s, want %s", d, start, want.In(loc))
	}
	if want := c.start(t, n+1); !end.Equal(want) {
		require.FailNow(t, "end", "%s ends at %s, want %s", d, end, want.In(loc))
	}
	// The calendar was looked at by the minute: within the minute before it must not
	// have shown the day either.
	require.Less(t, number(start.Add(-time.Nanosecond)), n, "%s had begun before %s", d, start)
	require.True(t, end.Equal(dayNumber(n+1).Start(loc)), "%s does not end with the start of the next day", d)
	if c.ever[n] {
		require.True(t, start.Before(end), "%s was shown, but has no length", d)
	} else {
		require.True(t, start.Equal(end), "%s was never shown, but lasts from %s to %s", d, start, end)
	}
}

// requireOneDayEach makes sure that every minute from the start of the first day
// to the end of the last one belongs to one day only: the latest that the calendar
// has shown by then. It shows another only where the clocks are turned back over
// midnight.
func requireOneDayEach(t *testing.T, c wallCalendar, loc *time.Location, first, last int) {
	t.Helper()
	var starts, ends []time.Time
	for n := first; n <= last; n++ {
		starts, ends = append(starts, dayNumber(n).Start(loc)), append(ends, dayNumber(n).End(loc))
	}
	latest := c.shown[0]
	for minute, n := range c.shown {
		latest = max(latest, n)
		if latest < first || latest > last {
			continue
		}
		for _, at := range []time.Time{c.at(minute), c.at(minute + 1).Add(-1)} {
			var of []int
			for i := range starts {
				if !at.Before(starts[i]) && at.Before(ends[i]) {
					of = append(of, first+i)
				}
			}
			if len(of) != 1 || of[0] != latest {
				require.FailNow(t, "day", "%s belongs to %v, want %s alone", at.In(loc), of, dayNumber(latest))
			}
		}
	}
}

// requireLeave compares a leave from one day to another with the calendar.
func requireLeave(t *testing.T, c wallCalendar, loc *time.Location, first, last int) {
	t.Helper()
	w := hrsource.Worker{LeaveStartDate: dayNumber(first), LeaveEndDate: dayNumber(last)}
	start, end, on, err := w.Leave(loc, time.Time{})
	require.NoError(t, err)
	require.True(t, on)
	if !start.Equal(c.start(t, first)) || !end.Equal(c.start(t, last+1)) {
		require.FailNow(t, "leave", "%s to %s: on leave from %s until %s, want %s until %s",
			w.LeaveStartDate, w.LeaveEndDate, start, end, c.start(t, first).In(loc), c.start(t, last+1).In(loc))
	}
}

// requireEmployment compares the window of a worker who was hired on one day
// and had another as the last one with the calendar. Where neither day nor any
// between was ever shown, there is no access.
func requireEmployment(t *testing.T, c wallCalendar, loc *time.Location, hired, last int) {
	t.Helper()
	for name, w := range map[string]hrsource.Worker{
		"terminated":  {TerminationDate: dayNumber(last)},
		"at work":     {TerminationDate: dayNumber(last + 1), LastDayOfWork: dayNumber(last), Timezone: loc.String()},
		"at no time":  {TerminationDate: dayNumber(last + 1), LastDayOfWork: dayNumber(last), Involuntary: true},
		"involuntary": {TerminationDate: dayNumber(last), Involuntary: true},
		"contract":    {ContractEndDate: dayNumber(last), Timezone: loc.String()},
		"both":        {ContractEndDate: dayNumber(last), TerminationDate: dayNumber(last + 1), Involuntary: true, Timezone: loc.String()},
	} {
		w.HireDate = dayNumber(hired)
		fallback, after := loc, c.start(t, last+1)
		if w.Timezone != "" {
			fallback = time.UTC
		}
		ends := hrsource.EndsWithEmployment
		if name == "at work" || name == "at no time" {
			ends = hrsource.EndsWithWork
		}
		if name == "involuntary" || name == "at no time" {
			after = c.start(t, last)
		}
		start, end, live, err := w.Window(fallback, time.Time{}, ends)
		require.NoError(t, err)
		if !start.Equal(c.start(t, hired)) || !end.Equal(after) {
			require.FailNow(t, "window", "%s, %s to %s: access from %s until %s, want %s until %s",
				name, w.HireDate, dayNumber(last), start, end, c.start(t, hired).In(loc), after.In(loc))
		}
		shown := false
		for n := hired; n <= last && (name != "involuntary" && name != "at no time" || n < last); n++ {
			shown = shown || c.ever[n]
		}
		require.Equal(t, shown, live, "%s, %s to %s", name, w.HireDate, dayNumber(last))
	}
}

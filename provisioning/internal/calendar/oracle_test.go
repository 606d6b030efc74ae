package calendar_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const dayNames = "sunmontuewedthufrisat"

// hours is a span as the oracle knows it: minutes from midnight, the end on the
// day after if it is not after the beginning.
type hours struct {
	days       []time.Weekday
	begin, end int
}

func (h hours) String() string {
	var names []string
	for _, day := range h.days {
		names = append(names, dayNames[3*day:3*day+3])
	}
	return fmt.Sprintf("%s %02d:%02d-%02d:%02d", strings.Join(names, ","), h.begin/60, h.begin%60, h.end/60, h.end%60)
}

// film is what a clock in a zone showed, minute by minute.
type film struct {
	start       time.Time
	shown       []int       // minutes since 1970 on a clock that knows no zones
	first, last map[int]int // the first and the last minute in which a time was shown
}

func record(start time.Time, minutes int, zone *time.Location) film {
	f := film{start: start, first: map[int]int{}, last: map[int]int{}}
	for i := range minutes {
		t := start.Add(time.Duration(i) * time.Minute).In(zone)
		year, month, day := t.Date()
		hour, minute, _ := t.Clock()
		civil := int(time.Date(year, month, day, hour, minute, 0, 0, time.UTC).Unix() / 60)
		f.shown = append(f.shown, civil)
		if _, again := f.first[civil]; !again {
			f.first[civil] = i
		}
		f.last[civil] = i
	}
	return f
}

// seen returns the first and the last minute of the film in which the clock shows a
// time or, if it never does, in which it has jumped over it.
func (f film) seen(civil int) (first, last int, ok bool) {
	if first, ok = f.first[civil]; ok {
		return first, f.last[civil], true
	}
	for i := 1; i < len(f.shown); i++ {
		if f.shown[i-1] < civil && civil < f.shown[i] {
			return i, i, true
		}
	}
	return 0, 0, false
}

// open tells for each minute of the film whether one of the spans takes place. Of
// the first and the last days it may not tell the truth: what begins before the
// film is not in it.
func (f film) open(spans []hours) []bool {
	out := make([]bool, len(f.shown))
	for _, s := range spans {
		for day := f.shown[0]/1440 - 1; day <= f.shown[len(f.shown)-1]/1440+1; day++ {
			if !slices.Contains(s.days, time.Weekday((day+4)%7)) { // 1 January 1970 was a Thursday
				continue
			}
			end := day*1440 + s.end
			if s.end <= s.begin {
				end += 1440
			}
			from, _, ok := f.seen(day*1440 + s.begin)
			_, to, ok2 := f.seen(end)
			for i := from; ok && ok2 && i < to; i++ {
				out[i] = true
			}
		}
	}
	return out
}

// changes finds the instants between two years at which a zone's offset changes,
// by looking at every hour and then at every minute of those that differ.
func changes(zone *time.Location, from, to int) []time.Time {
	var out []time.Time
	offset := func(t time.Time) int {
		_, seconds := t.In(zone).Zone()
		return seconds
	}
	end := time.Date(to, 1, 1, 0, 0, 0, 0, time.UTC)
	for t := time.Date(from, 1, 1, 0, 0, 0, 0, time.UTC); t.Before(end); t = t.Add(time.Hour) {
		if offset(t) == offset(t.Add(time.Hour)) {
			continue
		}
		minute := sort.Search(60, func(i int) bool { return offset(t.Add(time.Duration(i)*time.Minute)) != offset(t) })
		out = append(out, t.Add(time.Duration(minute)*time.Minute))
	}
	return out
}

// TestOpenWhileClocksChange compares Open with a film of the days around changes
// of the clocks, for spans that everybody has and for some at random that begin
// or end near the change.
func TestOpenWhileClocksChange(t *testing.T) {
	t.Parallel()
	// What the zone is known for must be among what is looked at.
	for name, must := range map[string]string{
		"Africa/Cairo":         "2023-04-27T22:00:00Z", // no midnight
		"Africa/Casablanca":    "2024-03-10T02:00:00Z", // back for Ramadan
		"Africa/Juba":          "2021-01-31T21:00:00Z", // another standard time
		"America/Asuncion":     "2023-10-01T04:00:00Z",
		"America/Caracas":      "2007-12-09T07:00:00Z", // half an hour back
		"America/Havana":       "2023-11-05T05:00:00Z", // midnight twice
		"America/New_York":     "2024-03-10T07:00:00Z",
		"America/Nuuk":         "2024-03-31T01:00:00Z", // across midnight
		"America/Sao_Paulo":    "2018-11-04T03:00:00Z", // no midnight
		"America/St_Johns":     "2010-11-07T02:31:00Z", // a minute after midnight
		"Antarctica/Casey":     "2010-03-04T15:00:00Z",
		"Antarctica/Troll":     "2024-03-31T01:00:00Z", // two hours
		"Asia/Beirut":          "2024-03-30T22:00:00Z", // no midnight
		"Asia/Gaza":            "2010-03-26T22:01:00Z", // a minute after midnight
		"Asia/Kathmandu":       "1985-12-31T18:30:00Z", // a quarter of an hour at new year
		"Asia/Pyongyang":       "2018-05-04T15:00:00Z", // no 23:30
		"Asia/Tehran":          "2022-03-21T20:30:00Z",
		"Atlantic/Azores":      "2024-10-27T01:00:00Z",
		"Australia/Lord_Howe":  "2024-04-06T15:00:00Z", // half an hour
		"Europe/Dublin":        "2024-03-31T01:00:00Z",
		"Europe/Istanbul":      "2016-03-27T01:00:00Z",
		"Europe/Vienna":        "2024-10-27T01:00:00Z",
		"Pacific/Apia":         "2011-12-30T10:00:00Z", // no 30 December
		"Pacific/Chatham":      "2024-09-28T14:00:00Z",
		"Pacific/Easter":       "2024-04-07T03:00:00Z",
		"Pacific/Kwajalein":    "1993-08-21T12:00:00Z", // no 21 August
		"Europe/Volgograd":     "2020-12-26T22:00:00Z",
		"America/Indiana/Knox": "2006-10-29T07:00:00Z", // in April only the name changed
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			zone, err := time.LoadLocation(name)
			require.NoError(t, err)
			known, err := time.Parse(time.RFC3339, must)
			require.NoError(t, err)
			random := rand.New(rand.NewPCG(1, uint64(known.Unix())))
			found := changes(zone, 1985, 2031)
			require.True(t, slices.ContainsFunc(found, known.Equal), "the clocks did not change at %s", known)
			random.Shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
			for _, change := range append([]time.Time{known}, found[:min(len(found), 3)]...) {
				require.Greater(t, compareAround(t, zone, change, random), 1000, "too few instants compared")
			}
		})
	}
}

// compareAround compares Open with the film for two days on either side of a
// change, and returns how many instants it has compared. The film is longer, so
// that it shows when what is open closes.
func compareAround(t *testing.T, zone *time.Location, change time.Time, random *rand.Rand) (compared int) {
	t.Helper()
	const day, before, around = 24 * 60, 10 * 24 * 60, 2 * 24 * 60
	f := record(change.Add(-before*time.Minute), 2*before, zone)
	week := []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	windows := [][]hours{
		{{week[1:6], 20 * 60, 6 * 60}, {[]time.Weekday{0, 6}, 0, 24 * 60}},
		{{week, 22*60 + 30, 23*60 + 30}},
		{{week, 0, 60}},
		{{[]time.Weekday{5}, 20 * 60, 6 * 60}}, // as far from always as one span is
		{{week, 23*60 + 45, 15}},
		{{week, 2 * 60, 2*60 + 30}, {week, 2*60 + 30, 3 * 60}}, // two that meet
	}
	// The time that clocks show just before or after the change, and some more.
	near := func() int {
		shown := f.shown[before-random.IntN(2)]
		return ((shown+random.IntN(9)*15-60)%day + day) % day
	}
	for range 4 {
		var spans []hours
		for range 1 + random.IntN(3) {
			s := hours{begin: near(), end: near()}
			for i, on := range random.Perm(7) {
				if i == 0 || on < 4 {
					s.days = append(s.days, time.Weekday(i))
				}
			}
			if s.begin != s.end {
				spans = append(spans, s)
			}
		}
		if len(spans) > 0 {
			windows = append(windows, spans)
		}
	}
	for _, spans := range windows {
		var parts []string
		for _, s := range spans {
			parts = append(parts, s.String())
		}
		text := strings.Join(parts, "; ") + " " + zone.String()
		w := parse(t, text)
		require.Equal(t, w, parse(t, w.String()), "%q and %q", text, w)
		open := f.open(spans)
		until := len(open) // the next minute in which it is not as in minute i
		for i := len(open) - 2; i >= before-around; i-- {
			if open[i] != open[i+1] {
				until = i + 1
			}
			// All minutes near the change of clocks, all changes of the window, and a few more.
			near := i > before-75 && i < before+75 || open[i] != open[i+1] || open[i] != open[i-1] || i%61 == 0
			if i >= before+around || !near || until > len(open)-3*day {
				continue
			}
			at := f.start.Add(time.Duration(i)*time.Minute + time.Duration(i%3)*(time.Minute-1)/2)
			compared++
			got, then := w.Open(at)
			want := f.start.Add(time.Duration(until) * time.Minute)
			if got != open[i] || !then.Equal(want) {
				require.FailNow(t, "not as on film", "%q at %s: open %t until %s; want %t until %s", text, at.In(zone), got, then, open[i], want.In(zone))
			}
		}
	}
	return compared
}

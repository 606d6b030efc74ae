package calendar_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/provisioning/internal/calendar"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	const work = "mon-fri 20:00-06:00; sat,sun 00:00-24:00 Europe/Vienna"
	for _, c := range []struct {
		why, window, at string
		open            bool
		until           string
	}{
		{"the instant of the beginning", "mon 20:00-22:00 UTC", "2026-06-01T20:00:00Z", true, "2026-06-01T22:00:00Z"},
		{"just before the beginning", "mon 20:00-22:00 UTC", "2026-06-01T19:59:59Z", false, "2026-06-01T20:00:00Z"},
		{"just before the end", "mon 20:00-22:00 UTC", "2026-06-01T21:59:59Z", true, "2026-06-01T22:00:00Z"},
		{"the instant of the end", "mon 20:00-22:00 UTC", "2026-06-01T22:00:00Z", false, "2026-06-08T20:00:00Z"},
		{"another day", "mon 20:00-22:00 UTC", "2026-06-02T21:00:00Z", false, "2026-06-08T20:00:00Z"},
		{"an instant told in another zone", "mon 20:00-22:00 Europe/Vienna", "2026-06-02T04:00:00+09:00", true, "2026-06-01T22:00:00+02:00"},
		{"past midnight", work, "2026-06-02T05:59:00+02:00", true, "2026-06-02T06:00:00+02:00"},
		{"by day", work, "2026-06-02T06:00:00+02:00", false, "2026-06-02T20:00:00+02:00"},
		{"the night of Monday begins on Monday", work, "2026-06-01T05:00:00+02:00", false, "2026-06-01T20:00:00+02:00"},
		{"from Friday to Sunday it is one", work, "2026-06-05T20:00:00+02:00", true, "2026-06-08T00:00:00+02:00"},
		{"parts that meet", "mon 10:00-11:00; mon 11:00-12:00 UTC", "2026-06-01T10:00:00Z", true, "2026-06-01T12:00:00Z"},
		{"parts that overlap", "mon 10:00-11:30; mon 11:00-12:00; mon 10:15-10:30 UTC", "2026-06-01T10:20:00Z", true, "2026-06-01T12:00:00Z"},
		{"all but a minute", "mon-sat 00:00-24:00; sun 00:01-24:00 UTC", "2026-06-07T00:01:00Z", true, "2026-06-14T00:00:00Z"},
		{"that minute", "mon-sat 00:00-24:00; sun 00:01-24:00 UTC", "2026-06-07T00:00:30Z", false, "2026-06-07T00:01:00Z"},
		{"begins in a gap", "sun 02:30-04:00 Europe/Vienna", "2026-03-29T00:00:00+01:00", false, "2026-03-29T03:00:00+02:00"},
		{"ends in a gap", "sun 01:00-02:30 Europe/Vienna", "2026-03-29T01:30:00+01:00", true, "2026-03-29T03:00:00+02:00"},
		{"lies in a gap", "sun 02:00-03:00 Europe/Vienna", "2026-03-29T00:00:00+01:00", false, "2026-04-05T02:00:00+02:00"},
		{"meets the gap", "sun 03:00-04:00 Europe/Vienna", "2026-03-29T00:00:00+01:00", false, "2026-03-29T03:00:00+02:00"},
		{"begins in the repeated hour", "sun 02:30-04:00 Europe/Vienna", "2026-10-25T00:00:00+02:00", false, "2026-10-25T02:30:00+02:00"},
		{"ends in the repeated hour", "sun 01:00-02:30 Europe/Vienna", "2026-10-25T02:45:00+02:00", true, "2026-10-25T02:30:00+01:00"},
		{"is the repeated hour", "sun 02:00-03:00 Europe/Vienna", "2026-10-25T02:00:00+02:00", true, "2026-10-25T03:00:00+01:00"},
		{"a pause in the repeated hour", "sun 01:00-02:15; sun 02:45-04:00 Europe/Vienna", "2026-10-25T01:00:00+02:00", true, "2026-10-25T04:00:00+01:00"},
		{"no midnight to begin at", "sun 00:00-06:00 America/Sao_Paulo", "2018-11-03T23:00:00-03:00", false, "2018-11-04T01:00:00-02:00"},
		{"no midnight to end at", "sat 20:00-24:00 America/Sao_Paulo", "2018-11-03T23:00:00-03:00", true, "2018-11-04T01:00:00-02:00"},
		{"no midnight, and on", "daily 22:30-00:30 America/Sao_Paulo", "2018-11-03T23:00:00-03:00", true, "2018-11-04T01:00:00-02:00"},
		{"23:00 twice", "daily 22:30-23:30 America/Sao_Paulo", "2018-02-17T22:30:00-02:00", true, "2018-02-17T23:30:00-03:00"},
		{"midnight twice", "sat 00:00-24:00 America/Havana", "2024-11-02T12:00:00-04:00", true, "2024-11-03T00:00:00-05:00"},
		{"half an hour", "sun 02:10-02:20 Australia/Lord_Howe", "2026-10-04T00:00:00+10:30", false, "2026-10-11T02:10:00+11:00"},
		{"two hours", "sun 01:30-02:30 Antarctica/Troll", "2026-03-29T00:00:00Z", false, "2026-04-05T01:30:00+02:00"},
		{"a quarter of an hour", "wed 00:10-00:20 Asia/Kathmandu", "1985-12-31T23:00:00+05:30", false, "1986-01-01T00:15:00+05:45"},
		{"a day that is skipped", "fri 09:00-17:00 Pacific/Apia", "2011-12-29T12:00:00-10:00", false, "2012-01-06T09:00:00+14:00"},
		{"the night of a day that is skipped", "fri 20:00-06:00 Pacific/Apia", "2011-12-29T12:00:00-10:00", false, "2011-12-31T00:00:00+14:00"},
		{"into a day that is skipped", "thu 20:00-06:00 Pacific/Apia", "2011-12-29T21:00:00-10:00", true, "2011-12-31T00:00:00+14:00"},
		{"over a day that is skipped", "thu-sat 00:00-24:00 Pacific/Apia", "2011-12-29T00:00:00-10:00", true, "2012-01-01T00:00:00+14:00"},
		{"into a day that is repeated, and again", "thu 20:00-16:00 America/Juneau", "1867-10-19T10:00:19+15:02", true, "1867-10-18T15:57:41-09:00"},
		{"on a day that is repeated", "sat 10:00-11:00 America/Juneau", "1867-10-18T20:00:00-09:00", true, "1867-10-19T10:57:41-09:00"},
		{"beyond the table, by the zone's rule", "daily 02:00-03:00 Europe/Vienna", "2199-03-31T00:00:00+01:00", false, "2199-04-01T02:00:00+02:00"},
		{"seconds of old", "daily 00:00-01:00 Africa/Monrovia", "1960-06-01T00:00:00Z", false, "1960-06-01T00:44:30Z"},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			at, err := time.Parse(time.RFC3339, c.at)
			require.NoError(t, err)
			until, err := time.Parse(time.RFC3339, c.until)
			require.NoError(t, err)
			w := parse(t, c.window)
			open, then := w.Open(at)
			require.Equal(t, c.open, open)
			require.True(t, then.Equal(until), "%s, want %s", then, c.until)
			require.Contains(t, c.window, then.Location().String(), "in the zone of the window")
		})
	}
}

func TestAlwaysOpen(t *testing.T) {
	t.Parallel()
	for _, w := range []calendar.Window{
		{},
		parse(t, "daily 00:00-24:00 America/Havana"),
		parse(t, "mon-fri 00:00-24:00; sat,sun 00:00-24:00 Pacific/Apia"),
		parse(t, "daily 08:00-20:00; daily 20:00-08:00 Antarctica/Troll"),
		parse(t, "mon-sat 06:00-12:00; daily 11:00-06:00; sun 05:00-11:30 UTC"),
	} {
		for _, at := range []string{"2026-06-01T12:00:00Z", "2026-06-07T23:59:59Z", "2011-12-30T10:00:00Z", "2024-03-31T01:00:00Z"} {
			instant, err := time.Parse(time.RFC3339, at)
			require.NoError(t, err)
			open, until := w.Open(instant)
			require.True(t, open, "%s at %s", w, at)
			require.Zero(t, until)
		}
	}
}

// TestOpenAtTheEndsOfTime asks about instants that a Time can hardly hold: it
// must come back. The zero Time is a good instant.
func TestOpenAtTheEndsOfTime(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"mon 20:00-06:00 Europe/Vienna", "mon-sat 00:00-24:00; sun 00:00-23:59 America/Havana", "tue 00:00-00:01 UTC"} {
		w := parse(t, text)
		for _, second := range []int64{math.MinInt64, -1 << 62, -1 << 58, -62135596800, 1 << 40, 1 << 58, 1 << 62, math.MaxInt64 - 62135596800, math.MaxInt64} {
			require.NotPanics(t, func() { w.Open(time.Unix(second, 0)) })
		}
		_, until := w.Open(time.Time{})
		require.True(t, until.After(time.Time{}))
	}
}

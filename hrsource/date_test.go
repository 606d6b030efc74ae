package hrsource_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := hrsource.LoadZone(name)
	require.NoError(t, err)
	return loc
}

func day(t *testing.T, s string) hrsource.Date {
	t.Helper()
	d, err := hrsource.ParseDate(s)
	require.NoError(t, err)
	return d
}

func TestStart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ why, zone, day, want string }{
		{"an ordinary day", "Europe/Berlin", "2026-01-15", "2026-01-15T00:00:00+01:00"},
		{"change at 02:00", "Europe/Berlin", "2026-03-29", "2026-03-29T00:00:00+01:00"},
		{"the day after a change", "Europe/Berlin", "2026-03-30", "2026-03-30T00:00:00+02:00"},
		{"change back at 03:00", "Europe/Berlin", "2026-10-25", "2026-10-25T00:00:00+02:00"},
		{"midnight skipped", "America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"},
		{"23:00 of the day before repeated", "America/Sao_Paulo", "2018-02-18", "2018-02-18T00:00:00-03:00"},
		{"midnight skipped", "Africa/Cairo", "2024-04-26", "2024-04-26T01:00:00+03:00"},
		{"midnight skipped", "Asia/Beirut", "2024-03-31", "2024-03-31T01:00:00+03:00"},
		{"23:00 of the day before repeated", "Asia/Beirut", "2024-10-27", "2024-10-27T00:00:00+02:00"},
		{"midnight skipped", "America/Havana", "2024-03-10", "2024-03-10T01:00:00-04:00"},
		{"midnight repeated", "America/Havana", "2024-11-03", "2024-11-03T00:00:00-04:00"},
		{"the first minute repeated", "America/St_Johns", "2010-11-07", "2010-11-07T00:00:00-02:30"},
		{"a skipped day begins with the next", "Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"},
		{"after a skipped day", "Pacific/Apia", "2011-12-31", "2011-12-31T00:00:00+14:00"},
		{"a repeated day begins once", "America/Juneau", "1867-10-18", "1867-10-18T00:00:00+15:02"},
		{"half an hour", "Australia/Lord_Howe", "2026-04-05", "2026-04-05T00:00:00+11:00"},
		{"offset of 44 minutes and 30 seconds", "Africa/Monrovia", "1960-06-01", "1960-06-01T00:00:00-00:44"},
		{"no changes at all", "UTC", "2026-06-01", "2026-06-01T00:00:00Z"},
		{"beyond the table, by the zone's rule", "America/Havana", "2199-11-03", "2199-11-03T00:00:00-04:00"},
	} {
		t.Run(c.zone+" "+c.day+" "+c.why, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, day(t, c.day).Start(zone(t, c.zone)).Format(time.RFC3339))
		})
	}
}

// TestStartIsTheFirstInstant compares Start with a search that knows nothing of
// zones: every change of offset in the span is near a day that is tried.
func TestStartIsTheFirstInstant(t *testing.T) {
	t.Parallel()
	spans := map[string][]int{
		"America/Sao_Paulo":   {2017, 2018, 2019},
		"Africa/Cairo":        {2010, 2014, 2023, 2024},
		"Asia/Beirut":         {2023, 2024},
		"America/Havana":      {2023, 2024},
		"America/St_Johns":    {1988, 2010, 2011},
		"Pacific/Apia":        {1892, 2011, 2012},
		"Europe/Berlin":       {1893, 1945, 1947, 2026, 2040},
		"Europe/Paris":        {1891, 1911, 1940},
		"Asia/Manila":         {1844},
		"Pacific/Kwajalein":   {1969, 1993},
		"Antarctica/Troll":    {2005, 2024},
		"Africa/Casablanca":   {2024, 2030},
		"Asia/Gaza":           {2011, 2015, 2023},
		"Africa/Monrovia":     {1919, 1972},
		"Australia/Lord_Howe": {1981, 2026},
	}
	for name, years := range spans {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loc := zone(t, name)
			for _, year := range years {
				for d := (hrsource.Date{Year: year, Month: 1, Day: 1}); d.Year == year; d = d.AddDays(1) {
					start := d.Start(loc)
					require.True(t, shows(start, d), "%s: %s is before the day", d, start)
					require.False(t, shows(start.Add(-time.Nanosecond), d), "%s: begins before %s", d, start)
					// Nothing in the two days before shows the day either.
					for back := time.Minute; back < 48*time.Hour; back += 7 * time.Minute {
						require.False(t, shows(start.Add(-back), d), "%s: shown %s before %s", d, back, start)
					}
					require.Equal(t, start, d.AddDays(-1).End(loc), "a day ends where the next begins")
				}
			}
		})
	}
}

// shows reports whether the calendar in t's zone has come to d.
func shows(t time.Time, d hrsource.Date) bool { return hrsource.DateOf(t).Compare(d) >= 0 }

func TestStartOfNoDay(t *testing.T) {
	t.Parallel()
	var none hrsource.Date
	require.True(t, none.Start(time.UTC).IsZero())
	require.True(t, none.End(time.UTC).IsZero())
	require.True(t, none.AddDays(3).IsZero())
	require.Equal(t, "2026-06-01T00:00:00Z", day(t, "2026-06-01").Start(nil).Format(time.RFC3339))
	odd := time.FixedZone("odd", 13*3600+45*60+7)
	require.True(t, day(t, "2026-06-01").Start(odd).Equal(time.Date(2026, 6, 1, 0, 0, 0, 0, odd)))
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "2026-02-30", "2026-2-3", "26-02-03", "2026-02-03T00:00:00Z", "03.02.2026", " 2026-02-03"} {
		_, err := hrsource.ParseDate(s)
		require.ErrorContains(t, err, "YYYY-MM-DD", "%q", s)
	}
	require.Equal(t, hrsource.Date{Year: 2024, Month: time.February, Day: 29}, day(t, "2024-02-29"))
	require.Equal(t, "2024-03-01", day(t, "2024-02-29").AddDays(1).String())
	require.Equal(t, "2023-12-31", day(t, "2024-01-01").AddDays(-1).String())
}

func TestDateCompare(t *testing.T) {
	t.Parallel()
	ordered := []hrsource.Date{{}, day(t, "1999-12-31"), day(t, "2000-01-01"), day(t, "2000-01-02"), day(t, "2000-02-01")}
	for i, a := range ordered {
		for j, b := range ordered {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			require.Equal(t, want, a.Compare(b), "%q with %q", a, b)
		}
	}
}

func TestDateJSON(t *testing.T) {
	t.Parallel()
	type row struct {
		From, To hrsource.Date
	}
	in := row{From: day(t, "2026-03-01")}
	body, err := json.Marshal(in)
	require.NoError(t, err)
	require.JSONEq(t, `{"From":"2026-03-01","To":""}`, string(body))
	var out row
	require.NoError(t, json.Unmarshal(body, &out))
	require.Equal(t, in, out)
	require.ErrorContains(t, json.Unmarshal([]byte(`{"From":"2026-02-30"}`), &out), "2026-02-30")
}

package calendar_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/provisioning/internal/calendar"
)

func parse(t *testing.T, text string) calendar.Window {
	t.Helper()
	w, err := calendar.Parse(text)
	require.NoError(t, err)
	return w
}

func TestString(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"mon-fri 20:00-06:00 Europe/Vienna":                                   "mon-fri 20:00-06:00 Europe/Vienna",
		"sat,sun 00:00-24:00 UTC":                                             "sat,sun 00:00-24:00 UTC",
		"daily 22:30-23:30 America/Sao_Paulo":                                 "daily 22:30-23:30 America/Sao_Paulo",
		"mon-fri 20:00-06:00; sat,sun 00:00-24:00 Europe/Vienna":              "mon-fri 20:00-06:00; sat,sun 00:00-24:00 Europe/Vienna",
		"sat,sun 00:00-24:00;mon-fri 20:00-06:00 Europe/Vienna":               "mon-fri 20:00-06:00; sat,sun 00:00-24:00 Europe/Vienna",
		"  Sun , SAT\t22:00-00:00 \n UTC ":                                    "sat,sun 22:00-24:00 UTC",
		"sun,wed,mon-tue 01:00-02:00 UTC":                                     "mon-wed,sun 01:00-02:00 UTC",
		"sat - mon 01:00-02:00 UTC":                                           "mon,sat,sun 01:00-02:00 UTC",
		"fri-thu 01:00-02:00 UTC":                                             "daily 01:00-02:00 UTC",
		"mon-tue 01:00-02:00 UTC":                                             "mon,tue 01:00-02:00 UTC",
		"DAILY 23:59-00:01 Pacific/Apia":                                      "daily 23:59-00:01 Pacific/Apia",
		"wed 03:00-04:00; tue 05:00-06:00; mon 03:00-04:00 Etc/GMT+5":         "mon,wed 03:00-04:00; tue 05:00-06:00 Etc/GMT+5",
		"tue 03:00-05:00; tue 03:00-04:00; tue 01:00-02:00 UTC":               "tue 01:00-02:00; tue 03:00-04:00; tue 03:00-05:00 UTC",
		"mon 01:00-02:00; mon,tue 01:00-02:00; wed-fri 01:00-02:00 Asia/Gaza": "mon-fri 01:00-02:00 Asia/Gaza",
		strings.Repeat(" ", 477) + "mon 01:00-02:00 Zulu   ":                  "mon 01:00-02:00 Zulu",
	} {
		w := parse(t, text)
		require.Equal(t, want, w.String(), "of %q", text)
		require.Equal(t, w, parse(t, want), "the same window")
	}
	require.Empty(t, calendar.Window{}.String())
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ why, text, want string }{
		{"nothing", "", `window "": part 1 is empty; want days, hours and, after the last part, a zone`},
		{"only space", " \t", `window "": part 1 is empty`},
		{"no zone", "mon 20:00-22:00", `window "mon 20:00-22:00": part 1 "mon 20:00-22:00": no zone; want an IANA name such as Europe/Vienna at the end`},
		{"no zone after the last part", "mon 20:00-22:00 UTC; tue 20:00-22:00", `part 2 "tue 20:00-22:00": no zone`},
		{"only a zone", "UTC", `part 1 "": want days and hours such as mon-fri 20:00-06:00`},
		{"unknown zone", "mon 20:00-22:00 Europe/Wien", `part 1 "mon 20:00-22:00 Europe/Wien": zone "Europe/Wien": want an IANA name such as Europe/Vienna`},
		{"the machine's zone", "mon 20:00-22:00 Local", `zone "Local": want an IANA name`},
		{"the machine's zone by its file", "mon 20:00-22:00 localtime", `zone "localtime": want an IANA name`},
		{"an offset", "mon 20:00-22:00 +01:00", `no zone; want an IANA name`},
		{"a way out of the zones", "mon 20:00-22:00 ../UTC", `zone "../UTC": want an IANA name`},
		{"two zones", "mon 20:00-22:00 UTC; tue 20:00-22:00 UTC", `part 1 "mon 20:00-22:00 UTC": hours "UTC": want two times of day, 00:00 to 24:00, such as 20:00-06:00, without spaces; the zone stands once, after the last part`},
		{"an empty part", "mon 20:00-22:00;; tue 20:00-22:00 UTC", `part 2 "": want days and hours`},
		{"a semicolon at the end", "mon 20:00-22:00 UTC;", `part 2 is empty`},
		{"a semicolon before the zone", "mon 20:00-22:00; UTC", `part 2 "": want days and hours`},
		{"no days", "20:00-22:00 UTC", `part 1 "20:00-22:00": want days and hours`},
		{"no hours", "mon-fri UTC", `part 1 "mon-fri": want days and hours`},
		{"an unknown day", "mon,mo 20:00-22:00 UTC", `part 1 "mon,mo 20:00-22:00": "mo" is no day; want mon, tue, wed, thu, fri, sat, sun, a range such as mon-fri, a list such as sat,sun, or daily`},
		{"days with nothing between", "mon tue 20:00-22:00 UTC", `"mon tue" is no day`},
		{"days after a comma", "mon, 20:00-22:00 UTC", `"" is no day`},
		{"a range without end", "mon- 20:00-22:00 UTC", `"" is no day`},
		{"a range of three", "mon-tue-wed 20:00-22:00 UTC", `"tue-wed" is no day`},
		{"daily in a list", "daily,mon 20:00-22:00 UTC", `"daily" is no day`},
		{"a range of one", "mon-mon 20:00-22:00 UTC", `days "mon-mon" begin and end with the same day; want "mon" for that day or "daily" for the whole week`},
		{"a day twice", "mon-fri,wed 20:00-22:00 UTC", `"mon-fri,wed" names wed twice; want each day once`},
		{"one time", "mon 20:00 UTC", `hours "20:00": want two times of day`},
		{"three times", "mon 20:00-21:00-22:00 UTC", `hours "20:00-21:00-22:00": want two times of day`},
		{"spaces in the hours", "mon 20:00 - 22:00 UTC", `hours "22:00": want two times of day, 00:00 to 24:00, such as 20:00-06:00, without spaces`},
		{"another dash", "mon 20:00–22:00 UTC", `hours "20:00–22:00": want two times of day`},
		{"one digit", "mon 8:00-22:00 UTC", `hours "8:00-22:00": want two times of day`},
		{"no minutes", "mon 08-22 UTC", `hours "08-22": want two times of day`},
		{"seconds", "mon 08:00:00-22:00:00 UTC", `want two times of day`},
		{"a minute too late", "mon 20:00-24:01 UTC", `hours "20:00-24:01": want two times of day`},
		{"no such minute", "mon 20:60-22:00 UTC", `hours "20:60-22:00": want two times of day`},
		{"begins at the end of the day", "mon 24:00-06:00 UTC", `hours "24:00-06:00" begin at 24:00; want 00:00 and the day after`},
		{"no length", "mon 20:00-20:00 UTC", `hours "20:00-20:00" begin and end at the same time; want 00:00-24:00 for the whole day`},
		{"no length at midnight", "mon 00:00-00:00 UTC", `begin and end at the same time`},
		{"too long", "mon 20:00-22:00 UTC" + strings.Repeat(" ", 482), `window "mon 20:00-22:00 UTC": 501 bytes; want 500 at most`},
		{"as long as can be, of bytes that are no text", "mon\xff" + strings.Repeat("\xff", 490) + " UTC", `"…: want days and hours`},
		{"bytes that are no text", "mon\xff 20:00-22:00 \x00UTC", `window "mon\xff 20:00-22:00 \x00UTC": part 1 "mon\xff 20:00-22:00 \x00UTC": zone "\x00UTC"`},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			w, err := calendar.Parse(c.text)
			require.ErrorContains(t, err, c.want)
			require.Less(t, len(err.Error()), longestError, "what is refused is not repeated for ever")
			require.Equal(t, calendar.Window{}, w)
		})
	}
}

// longestError bounds what is said of a text that is refused: three quotations
// of 100 bytes, each of which may take four, and what is said about them.
const longestError = 1_500

// FuzzParse reads any text: what is accepted means the same when it is written
// and read again, and can be asked about any instant.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"mon-fri 20:00-06:00; sat,sun 00:00-24:00 Europe/Vienna", "daily 22:30-23:30 America/Sao_Paulo", "sat-mon 00:00-24:00 UTC",
		"mon,, 1:0-2 Local;", ";", "daily 00:00-24:00 Pacific/Apia", "tue 23:59-00:00 Antarctica/Troll", "- 24:00-00:00 x", "\xff\x00",
	} {
		f.Add(seed, int64(1541300400))
	}
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		w, err := calendar.Parse(text)
		if err != nil {
			require.Less(t, len(err.Error()), longestError)
			return
		}
		require.LessOrEqual(t, len(text), 500)
		again, err := calendar.Parse(w.String())
		require.NoError(t, err)
		require.Equal(t, w, again)
		require.Equal(t, w.String(), again.String())

		at := time.Unix(unix, 0)
		open, until := w.Open(at)
		if year := at.UTC().Year(); year < 0 || year > 9999 {
			return // near the ends of what a Time can hold it is enough to come back
		}
		if !until.IsZero() {
			require.True(t, until.After(at), "%s: %s is not after %s", w, until, at)
			then, _ := w.Open(until)
			require.NotEqual(t, open, then, "%s: no change at %s", w, until)
			before, same := w.Open(until.Add(-1))
			require.Equal(t, open, before, "%s: changed before %s", w, until)
			require.True(t, same.Equal(until))
		} else {
			require.True(t, open, "%s never opens after %s", w, at)
		}
	})
}

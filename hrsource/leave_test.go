package hrsource_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
)

func TestLeave(t *testing.T) {
	t.Parallel()
	from, until := "2026-03-29T00:00:00+01:00", "2026-07-01T00:00:00+02:00"
	for name, c := range map[string]struct {
		status      hrsource.Status
		first, last string
		since       string
		start, end  string
		none        bool
	}{
		"none is known":                       {status: hrsource.StatusActive, none: true},
		"told ahead":                          {status: hrsource.StatusActive, first: "2026-03-29", last: "2026-06-30", start: from, end: until},
		"by dates alone":                      {first: "2026-03-29", last: "2026-06-30", start: from, end: until},
		"of somebody who has not begun":       {status: hrsource.StatusPending, first: "2026-03-29", last: "2026-06-30", start: from, end: until},
		"without an end":                      {status: hrsource.StatusActive, first: "2026-03-29", start: from},
		"without a start":                     {status: hrsource.StatusActive, last: "2026-06-30", none: true},
		"that ends before it begins":          {status: hrsource.StatusActive, first: "2026-06-30", last: "2026-03-29", none: true},
		"of a leaver":                         {status: hrsource.StatusTerminated, first: "2026-03-29", last: "2026-06-30", none: true},
		"of somebody who has to stay away":    {status: hrsource.StatusSuspended, first: "2026-03-29", last: "2026-06-30", none: true},
		"now":                                 {status: hrsource.StatusOnLeave},
		"now, as was told":                    {status: hrsource.StatusOnLeave, first: "2026-03-29", last: "2026-06-30", since: "2026-03-30T04:00:00Z", start: from, end: until},
		"now, earlier than was told":          {status: hrsource.StatusOnLeave, first: "2026-03-29", last: "2026-06-30", since: "2026-03-20T04:00:00Z", end: until},
		"now, until a day":                    {status: hrsource.StatusOnLeave, last: "2026-06-30", since: "2026-03-20T04:00:00Z", end: until},
		"now, after another one":              {status: hrsource.StatusOnLeave, first: "2026-03-29", last: "2026-06-30", since: "2026-06-30T22:00:00Z"},
		"now, and an instant before its end":  {status: hrsource.StatusOnLeave, first: "2026-03-29", last: "2026-06-30", since: "2026-06-30T21:59:59Z", start: from, end: until},
		"now, and nobody knows since when":    {status: hrsource.StatusOnLeave, first: "2026-03-29", last: "2026-06-30", end: until},
		"now, and it ends before it is begun": {status: hrsource.StatusOnLeave, first: "2026-06-30", last: "2026-03-29"},
	} {
		w := hrsource.Worker{Status: c.status}
		require.Nil(t, w.Set(nil, "leaveStartDate", c.first))
		require.Nil(t, w.Set(nil, "leaveEndDate", c.last))
		since := time.Time{}
		if c.since != "" {
			var err error
			since, err = time.Parse(time.RFC3339, c.since)
			require.NoError(t, err)
		}
		start, end, on, err := w.Leave(zone(t, "Europe/Berlin"), since)
		require.NoError(t, err)
		require.Equal(t, !c.none, on, name)
		for want, got := range map[string]time.Time{c.start: start, c.end: end} {
			if want != "" {
				requireInstant(t, want, got)
			}
		}
		require.Equal(t, c.start == "", start.IsZero(), name)
		require.Equal(t, c.end == "", end.IsZero(), name)
	}
	_, _, on, err := hrsource.Worker{Timezone: "Mars", Status: hrsource.StatusOnLeave}.Leave(nil, time.Time{})
	require.ErrorContains(t, err, "Mars")
	require.False(t, on)
}

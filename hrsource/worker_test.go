package hrsource_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
)

func TestWindow(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 5, 5, 9, 30, 0, 0, time.UTC)
	// March 29 is 23 hours long in Berlin, so that an end counted in hours would show.
	for name, c := range map[string]struct {
		worker     hrsource.Worker
		since      time.Time
		ends       hrsource.EndsWith
		start, end string
		dead       bool
	}{
		"nothing known is open on both sides": {},
		"hired": {
			worker: hrsource.Worker{HireDate: day(t, "2026-01-15")},
			start:  "2026-01-15T00:00:00+01:00",
		},
		"pending changes nothing": {
			worker: hrsource.Worker{HireDate: day(t, "2026-01-15"), Status: hrsource.StatusPending},
			start:  "2026-01-15T00:00:00+01:00",
		},
		"termination ends with the last day": {
			worker: hrsource.Worker{HireDate: day(t, "2026-01-15"), TerminationDate: day(t, "2026-03-29")},
			start:  "2026-01-15T00:00:00+01:00", end: "2026-03-30T00:00:00+02:00",
		},
		"involuntary termination ends before the last day": {
			worker: hrsource.Worker{TerminationDate: day(t, "2026-03-29"), Involuntary: true},
			end:    "2026-03-29T00:00:00+01:00",
		},
		"involuntary without a date ends nothing": {
			worker: hrsource.Worker{Involuntary: true},
		},
		"the last day at work is not that of employment": {
			worker: hrsource.Worker{TerminationDate: day(t, "2026-06-30"), LastDayOfWork: day(t, "2026-03-29")},
			end:    "2026-07-01T00:00:00+02:00",
		},
		"unless it is chosen": {
			worker: hrsource.Worker{TerminationDate: day(t, "2026-06-30"), LastDayOfWork: day(t, "2026-03-29")},
			ends:   hrsource.EndsWithWork,
			end:    "2026-03-30T00:00:00+02:00",
		},
		"and involuntary": {
			worker: hrsource.Worker{TerminationDate: day(t, "2026-06-30"), LastDayOfWork: day(t, "2026-03-29"), Involuntary: true},
			ends:   hrsource.EndsWithWork,
			end:    "2026-03-29T00:00:00+01:00",
		},
		"nobody works after the last day of employment": {
			worker: hrsource.Worker{TerminationDate: day(t, "2026-03-29"), LastDayOfWork: day(t, "2026-06-30")},
			ends:   hrsource.EndsWithWork,
			end:    "2026-03-30T00:00:00+02:00",
		},
		"chosen and not told": {
			worker: hrsource.Worker{TerminationDate: day(t, "2026-03-29")},
			ends:   hrsource.EndsWithWork,
			end:    "2026-03-30T00:00:00+02:00",
		},
		"no other end than that of work is known": {
			worker: hrsource.Worker{LastDayOfWork: day(t, "2026-03-29"), Status: hrsource.StatusTerminated},
			since:  since,
			end:    "2026-03-30T00:00:00+02:00",
		},
		"contract ends with its last day": {
			worker: hrsource.Worker{ContractEndDate: day(t, "2026-06-30")},
			end:    "2026-07-01T00:00:00+02:00",
		},
		"contract before termination": {
			worker: hrsource.Worker{ContractEndDate: day(t, "2026-06-30"), TerminationDate: day(t, "2026-07-31")},
			end:    "2026-07-01T00:00:00+02:00",
		},
		"termination before contract": {
			worker: hrsource.Worker{ContractEndDate: day(t, "2026-06-30"), TerminationDate: day(t, "2026-05-31")},
			end:    "2026-06-01T00:00:00+02:00",
		},
		"access end before all dates": {
			worker: hrsource.Worker{
				TerminationDate: day(t, "2026-06-30"), ContractEndDate: day(t, "2026-05-31"),
				AccessEnd: time.Date(2026, 4, 1, 13, 7, 0, 0, time.UTC),
			},
			end: "2026-04-01T15:07:00+02:00",
		},
		"access end after the dates gives nothing back": {
			worker: hrsource.Worker{TerminationDate: day(t, "2026-03-29"), AccessEnd: time.Date(2026, 4, 1, 13, 7, 0, 0, time.UTC)},
			end:    "2026-03-30T00:00:00+02:00",
		},
		"terminated without a date ends when it was told": {
			worker: hrsource.Worker{Status: hrsource.StatusTerminated},
			since:  since,
			end:    "2026-05-05T11:30:00+02:00",
		},
		"terminated with a date to come works until then": {
			worker: hrsource.Worker{Status: hrsource.StatusTerminated, TerminationDate: day(t, "2026-12-31")},
			since:  since,
			end:    "2027-01-01T00:00:00+01:00",
		},
		"terminated without a date after the contract": {
			worker: hrsource.Worker{Status: hrsource.StatusTerminated, ContractEndDate: day(t, "2026-03-31")},
			since:  since,
			end:    "2026-04-01T00:00:00+02:00",
		},
		"terminated, told nobody knows when": {
			worker: hrsource.Worker{Status: hrsource.StatusTerminated},
			dead:   true,
		},
		"rescinded hire never lives": {
			worker: hrsource.Worker{HireDate: day(t, "2026-01-15"), Status: hrsource.StatusNoShow},
			start:  "2026-01-15T00:00:00+01:00",
			dead:   true,
		},
		"end before start never lives": {
			worker: hrsource.Worker{HireDate: day(t, "2026-01-15"), TerminationDate: day(t, "2026-01-14")},
			start:  "2026-01-15T00:00:00+01:00", end: "2026-01-15T00:00:00+01:00",
			dead: true,
		},
		"one day is enough": {
			worker: hrsource.Worker{HireDate: day(t, "2026-01-15"), TerminationDate: day(t, "2026-01-15")},
			start:  "2026-01-15T00:00:00+01:00", end: "2026-01-16T00:00:00+01:00",
		},
		"the worker's own zone goes first": {
			worker: hrsource.Worker{HireDate: day(t, "2026-01-15"), TerminationDate: day(t, "2026-03-29"), Timezone: "Pacific/Auckland"},
			start:  "2026-01-15T00:00:00+13:00", end: "2026-03-30T00:00:00+13:00",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start, end, live, err := c.worker.Window(zone(t, "Europe/Berlin"), c.since, c.ends)
			require.NoError(t, err)
			requireInstant(t, c.start, start)
			requireInstant(t, c.end, end)
			require.Equal(t, !c.dead, live)
		})
	}
}

func requireInstant(t *testing.T, want string, got time.Time) {
	t.Helper()
	if want == "" {
		require.True(t, got.IsZero(), "open, not %s", got)
		return
	}
	w, err := time.Parse(time.RFC3339, want)
	require.NoError(t, err)
	require.True(t, got.Equal(w), "want %s, got %s", want, got)
}

func TestWindowInUnknownZone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Mars/Olympus", "Local", "local", "CET+1"} {
		_, _, live, err := hrsource.Worker{Timezone: name}.Window(time.UTC, time.Time{}, hrsource.EndsWithEmployment)
		require.ErrorContains(t, err, "IANA", name)
		require.False(t, live)
	}
	_, err := hrsource.LoadZone("")
	require.Error(t, err)
}

func TestZone(t *testing.T) {
	t.Parallel()
	loc, err := hrsource.Worker{}.Zone(nil)
	require.NoError(t, err)
	require.Equal(t, time.UTC, loc)
	loc, err = hrsource.Worker{Timezone: "Asia/Tokyo"}.Zone(nil)
	require.NoError(t, err)
	require.Equal(t, "Asia/Tokyo", loc.String())
}

func TestWorkerKeyString(t *testing.T) {
	t.Parallel()
	require.Equal(t, "hr/17", hrsource.WorkerKey{Source: "hr", ID: "17"}.String())
}

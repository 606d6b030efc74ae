package provisioning_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// onLeave is a worker whose leave is told months ahead.
func onLeave() hrsource.Worker {
	w := provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01")
	w.Status, w.Timezone = hrsource.StatusActive, "Pacific/Auckland"
	w.LeaveStartDate, w.LeaveEndDate = date(2026, 4, 6), date(2026, 9, 30) // over both changes of the clocks
	return w
}

func next(t *testing.T, b *provisioningtest.Bench) string {
	t.Helper()
	at, err := b.Drain(t.Context())
	require.NoError(t, err)
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339)
}

func TestALeaveThatWasToldAheadBeginsAndEndsByItself(t *testing.T) {
	t.Parallel()
	for name, told := range map[string]hrsource.Status{"HR says so, too": hrsource.StatusOnLeave, "HR gives the dates alone": hrsource.StatusActive} {
		b := bench(t, provisioningtest.Config{Policy: seasons})
		b.HR.Put(onLeave())
		b.Sync()
		directory := b.Target("directory")
		held := entitlements(account(t, b, "directory", "1"))
		require.Equal(t, "2026-04-05T12:00:00Z", next(t, b), "the first day, in Auckland")
		b.GoTo("2026-04-05T11:59:59Z")
		require.NoError(t, directory.SignIn("ada"), name)
		b.GoTo("2026-04-05T12:00:00Z")
		require.Error(t, directory.SignIn("ada"), name)

		b.Clock.Set(b.Clock.Now().Add(20 * time.Hour))
		b.HR.Change("1", func(w *hrsource.Worker) { w.Status = told })
		b.GoTo("2026-06-01")
		require.Equal(t, "2026-09-30T11:00:00Z", next(t, b), "%s: the day after the last", name)
		b.GoTo("2026-09-30T10:59:59Z")
		require.Error(t, directory.SignIn("ada"), name)
		require.Equal(t, held, entitlements(account(t, b, "directory", "1")))
		b.GoTo("2026-09-30T11:00:00Z")
		require.NoError(t, directory.SignIn("ada"), name)

		known, err := b.AsOf(t.Context(), b.Person("1"), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), time.Time{})
		require.NoError(t, err)
		require.Equal(t, []string{"onLeave"}, known[0].Attributes["status"])
		known, err = b.AsOf(t.Context(), b.Person("1"), time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), time.Time{})
		require.NoError(t, err)
		require.Equal(t, []string{"active"}, known[0].Attributes["status"])
	}
}

func TestALeaveIsMovedOrTakenBack(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: seasons})
	b.HR.Put(onLeave())
	b.Sync()
	b.HR.Change("1", func(w *hrsource.Worker) { w.LeaveStartDate = date(2026, 5, 6) })
	b.GoTo("2026-05-05T11:59:59Z")
	require.NoError(t, b.Target("directory").SignIn("ada"))
	b.GoTo("2026-05-05T12:00:00Z")
	require.Error(t, b.Target("directory").SignIn("ada"))
	b.HR.Change("1", func(w *hrsource.Worker) { w.LeaveEndDate = date(2026, 5, 31) })
	b.GoTo("2026-06-01")
	require.NoError(t, b.Target("directory").SignIn("ada"), "back earlier")
	b.HR.Change("1", func(w *hrsource.Worker) { w.LeaveEndDate = hrsource.Date{} })
	b.Sync()
	require.Error(t, b.Target("directory").SignIn("ada"), "without a last day it goes on")
	require.Empty(t, next(t, b))
	b.HR.Change("1", func(w *hrsource.Worker) { w.LeaveStartDate = hrsource.Date{} })
	b.Sync()
	require.NoError(t, b.Target("directory").SignIn("ada"))
}

func TestATransferDuringALeaveDoesNotEndIt(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: seasons})
	w := onLeave()
	w.Assignments = []hrsource.Assignment{{EffectiveFrom: date(2026, 1, 1), Department: "Sales"}, {EffectiveFrom: date(2026, 6, 1), Department: "Wood"}}
	b.HR.Put(w)
	b.GoTo("2026-04-01")
	require.NoError(t, b.Target("directory").SignIn("ada"), "a leave that is to come is none of before")
	b.GoTo("2026-07-01")
	a := account(t, b, "directory", "1")
	require.False(t, a.Active)
	require.Equal(t, `"Wood"`, a.Attributes["department"].String())
	require.Equal(t, []string{"group/staff"}, entitlements(a))
	b.GoTo("2026-10-01")
	a = account(t, b, "directory", "1")
	require.True(t, a.Active)
	require.Equal(t, []string{"group/staff"}, entitlements(a))
}

func TestAFeedOfTodayDoesNotEraseALeaveThatAnotherDoorTold(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: seasons, Tenant: ofToday})
	w := onLeave()
	ingest(t, b, w)
	w.LeaveStartDate, w.LeaveEndDate = hrsource.Date{}, hrsource.Date{}
	b.HR.Put(w)
	b.GoTo("2026-04-05T11:59:59Z")
	require.NoError(t, b.Target("directory").SignIn("ada"))
	b.GoTo("2026-04-05T12:00:00Z")
	require.Error(t, b.Target("directory").SignIn("ada"))
}

func TestWhoIsTerminatedOnLeaveStillLeaves(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: seasons})
	w := onLeave()
	w.TerminationDate = date(2026, 8, 31)
	b.HR.Put(w)
	b.GoTo("2026-08-31T11:59:59Z")
	require.NotEmpty(t, entitlements(account(t, b, "directory", "1")))
	b.GoTo("2026-08-31T12:00:00Z")
	require.Empty(t, entitlements(account(t, b, "directory", "1")))
	b.GoTo("2026-10-01")
	require.Error(t, b.Target("directory").SignIn("ada"))
}

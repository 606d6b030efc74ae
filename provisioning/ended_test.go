package provisioning_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// The end was when the record had changed last, so that a new telephone number, weeks
// later, moved it next to another job: the gap was bridged, and she could sign in again.
func TestALaterChangeOfTheRecordDoesNotMoveAnEndWithoutADate(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: seasons})
	first := provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01")
	next := provisioningtest.Worker("2", "Ada", "Sales", "2026-02-12")
	first.PersonKey, next.PersonKey = "human-1", "human-1"
	b.HR.Put(first)
	b.HR.Put(next)
	b.Sync()
	require.NoError(t, b.Target("directory").SignIn("ada"))
	b.Clock.Set(time.Date(2026, 1, 10, 9, 0, 0, 0, time.UTC))
	b.HR.Change("1", func(w *hrsource.Worker) { w.Status = hrsource.StatusTerminated })
	b.Sync()
	require.Error(t, b.Target("directory").SignIn("ada"))

	b.Clock.Set(time.Date(2026, 2, 10, 9, 0, 0, 0, time.UTC))
	b.HR.Change("1", func(w *hrsource.Worker) { w.Phone = "123" })
	b.Sync()
	require.Error(t, b.Target("directory").SignIn("ada"))
	facts := b.Sink.Entries(audit.EventFact)
	require.Equal(t, b.Clock.Now(), facts[len(facts)-1].Trigger.Effective, "the change is about today")

	ended := func(effective string) bool {
		at, err := time.Parse(time.RFC3339, effective)
		require.NoError(t, err)
		known, err := b.AsOf(t.Context(), b.Person("1"), at, time.Time{})
		require.NoError(t, err)
		require.Equal(t, "1", known[0].Worker.Key.ID)
		require.Equal(t, b.Clock.Now(), known[0].Recorded)
		return !known[0].Live
	}
	require.False(t, ended("2026-01-10T08:59:59Z"))
	require.True(t, ended("2026-01-10T09:00:00Z"), "as it was known first")
}

func TestWhoIsTakenBackAndTerminatedAgainEndsTheSecondTime(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01"))
	for i, status := range []hrsource.Status{hrsource.StatusTerminated, hrsource.StatusActive, hrsource.StatusTerminated} {
		b.Clock.Set(b.Clock.Now().AddDate(0, 0, 10))
		b.HR.Change("1", func(w *hrsource.Worker) { w.Status = status })
		b.Sync()
		require.Equal(t, status == hrsource.StatusTerminated, b.Target("directory").SignIn("ada") != nil, i)
	}
	facts := b.Sink.Entries(audit.EventFact)
	require.Equal(t, b.Clock.Now(), facts[len(facts)-1].Trigger.Effective)
	known, err := b.AsOf(t.Context(), b.Person("1"), b.Clock.Now().Add(-time.Second), time.Time{})
	require.NoError(t, err)
	require.True(t, known[0].Live)
}

func TestAccessEndsWithTheLastDayAtWorkIfThatIsChosen(t *testing.T) {
	t.Parallel()
	for ends, instants := range map[hrsource.EndsWith][2]string{
		hrsource.EndsWithEmployment: {"2026-06-30T21:59:59Z", "2026-06-30T22:00:00Z"},
		hrsource.EndsWithWork:       {"2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z"}, // before the clocks go forward
	} {
		b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) { c.EndsWith = ends }})
		w := provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01")
		w.Timezone, w.LastDayOfWork, w.TerminationDate = "Europe/Vienna", date(2026, 3, 28), date(2026, 6, 30)
		b.HR.Put(w)
		b.Sync()
		next, err := b.Drain(t.Context())
		require.NoError(t, err)
		require.Equal(t, instants[1], next.Format(time.RFC3339), ends)
		b.GoTo(instants[0])
		require.NoError(t, b.Target("directory").SignIn("ada"), ends)
		b.GoTo(instants[1])
		require.Error(t, b.Target("directory").SignIn("ada"), ends)
		decisions := b.Sink.Entries(audit.EventDecision)
		require.Equal(t, b.Clock.Now(), decisions[len(decisions)-1].Trigger.Effective, ends)
	}
}

// Those who were in a garden leave by then kept their access.
func TestAnotherChoiceOfTheLastDayIsALookAtEverybody(t *testing.T) {
	t.Parallel()
	var cfg *provisioning.TenantConfig
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) { cfg = c }})
	w := provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01")
	w.LastDayOfWork, w.TerminationDate = date(2025, 12, 24), date(2026, 6, 30)
	b.HR.Put(w)
	b.Sync()
	require.NoError(t, b.Target("directory").SignIn("ada"))
	cfg.EndsWith = hrsource.EndsWithWork
	b.Engine.Reload(b.ID())
	tenant, err := b.Engine.Tenant(t.Context(), b.ID())
	require.NoError(t, err)
	b.Tenant = tenant
	b.Settle()
	require.Error(t, b.Target("directory").SignIn("ada"))
}

func TestAnUnknownChoiceOfTheLastDayIsRefused(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, configured(t, provisioning.TenantConfig{EndsWith: "whenever"}), `config: EndsWith "whenever": want "" or "lastDayOfWork"`)
}

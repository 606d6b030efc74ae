package provisioning_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/audittest"
	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// verify checks an exported log with the key that the bench signs with.
func verify(t *testing.T, b *provisioningtest.Bench, bundle []byte) (translog.Report, error) {
	t.Helper()
	key, err := translog.NewVerifier(b.PublicKey)
	require.NoError(t, err)
	return translog.Verify(bytes.NewReader(bundle), key, translog.VerifyOptions{})
}

func export(t *testing.T, b *provisioningtest.Bench) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, b.ExportAudit(t.Context(), &out))
	return out.Bytes()
}

func TestTamperingWithTheLogIsFound(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.Sync()
	// Facts without a drain leave entries that are in no tree yet.
	for _, id := range []string{"2", "3", "4"} {
		_, err := b.Ingest(t.Context(), hrsource.Record{Worker: provisioningtest.Worker(id, "N"+id, "Sales", "2026-01-01")})
		require.NoError(t, err)
	}
	bundle := export(t, b)
	report, err := verify(t, b, bundle)
	require.NoError(t, err)
	require.Positive(t, report.Sequenced)
	require.Positive(t, report.Unsequenced)
	audittest.Tampering(t,
		func() []byte { return bundle },
		func(forged []byte) error { _, err := verify(t, b, forged); return err },
	)
}

func TestEveryOperationSaysWhatWhyAndHowItEnded(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.Sync()
	outcomes := b.Sink.Entries(audit.EventOutcome)
	intents := b.Sink.Entries(audit.EventIntent)
	require.Len(t, outcomes, 5, "two accounts, three grants")
	require.Len(t, intents, len(outcomes))
	for _, e := range outcomes {
		require.Equal(t, "applied", e.Outcome)
		require.NotEmpty(t, e.Key)
		require.NotEmpty(t, e.Reasons)
		require.NotEmpty(t, e.Run)
		require.NotEmpty(t, e.Policy)
		require.NotEmpty(t, e.Account)
		require.Equal(t, 1, e.Attempt)
	}
}

func TestBackdatedTerminationShowsTheGap(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.GoTo("2026-02-10")
	b.HR.End("1", "2026-02-03")
	b.Sync()
	decisions := b.Sink.Entries(audit.EventDecision)
	last := decisions[len(decisions)-1]
	require.Equal(t, "leaver", last.Outcome)
	require.Equal(t, "2026-02-04", last.Trigger.Effective.Format(time.DateOnly))
	require.Equal(t, "2026-02-10", last.Trigger.Recorded.Format(time.DateOnly))
}

func TestErasureKeepsTheProof(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.HR.Put(provisioningtest.Worker("2", "Grace", "Engineering", "2026-01-01"))
	b.Sync()
	n, err := b.EraseEntries(t.Context(), b.Person("1"), "alice")
	require.NoError(t, err)
	require.Positive(t, n)
	b.Settle()
	bundle := export(t, b)
	report, err := verify(t, b, bundle)
	require.NoError(t, err)
	require.EqualValues(t, n, report.Erased)
	require.NotContains(t, string(bundle), "Ada")
	require.Contains(t, string(bundle), "Grace")
}

func TestSinkThatFailsLosesNothingAndDelaysNobody(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.Sink.Fail(errors.New("the SIEM is down"))
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	_, err := b.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	_, err = b.Drain(t.Context())
	require.ErrorContains(t, err, "the SIEM is down")
	require.True(t, account(t, b, "directory", "1").Active)
	b.Sink.Fail(nil)
	b.Settle()
	report, err := verify(t, b, export(t, b))
	require.NoError(t, err)
	require.Len(t, b.Sink.Entries(""), int(report.Entries))
}

func TestExplainSaysWhySinceWhenAndByWhichFacts(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.Sync()
	x, err := b.Explain(t.Context(), b.Person("1"), policy.Entitlement{System: "directory", Kind: "group", Name: "engineering"})
	require.NoError(t, err)
	require.True(t, x.Held)
	require.True(t, x.Wanted)
	require.Equal(t, []policy.Reason{{Rule: "engineers", Roles: []string{"engineer"}, Relationship: "hr/1"}}, x.Reasons)
	require.Equal(t, "1", x.Facts[0].Key.ID)
	require.Equal(t, "read hr", x.Cause)
	events := []audit.Event{}
	for _, e := range x.Trail {
		events = append(events, e.Event)
	}
	require.Equal(t, []audit.Event{audit.EventDecision, audit.EventIntent, audit.EventOutcome}, events)

	no, err := b.Explain(t.Context(), b.Person("1"), policy.Entitlement{System: "directory", Kind: "group", Name: "sales"})
	require.NoError(t, err)
	require.False(t, no.Held)
	require.False(t, no.Wanted)
	_, err = b.Explain(t.Context(), "p-nobody", policy.Entitlement{})
	require.ErrorIs(t, err, provisioning.ErrNoPerson)
}

func TestAsOfTellsWhatWasKnownWhen(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.Sync()
	first := b.Clock.Now()
	b.GoTo("2026-02-01")
	b.HR.Change("1", func(w *hrsource.Worker) {
		w.Assignments = append(w.Assignments, hrsource.Assignment{EffectiveFrom: hrsource.Date{Year: 2026, Month: 4, Day: 1}, Department: "Sales"})
	})
	b.Sync()
	april := time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC)
	known, err := b.AsOf(t.Context(), b.Person("1"), april, time.Time{})
	require.NoError(t, err)
	require.Equal(t, []string{"Sales"}, known[0].Attributes["department"])
	then, err := b.AsOf(t.Context(), b.Person("1"), april, first)
	require.NoError(t, err)
	require.Equal(t, []string{"Engineering"}, then[0].Attributes["department"])
	before, err := b.AsOf(t.Context(), b.Person("1"), april, first.Add(-time.Hour))
	require.NoError(t, err)
	require.Empty(t, before)
}

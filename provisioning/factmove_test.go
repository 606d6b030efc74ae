package provisioning_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

func TestWhatWasAskedForDoesNotComeBackWithARehire(t *testing.T) {
	t.Parallel()
	for name, rehire := range map[string]func(*hrsource.Worker){
		"the record is used again":                             func(w *hrsource.Worker) { w.HireDate, w.TerminationDate = date(2026, 6, 1), hrsource.Date{} },
		"the end is kept, and the relationship is another one": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := askers(t, provisioningtest.Config{})
			b.HR.Change("1", func(w *hrsource.Worker) { w.PersonKey = "ada" })
			asks(t, b, policy.Request{Entitlement: club})
			b.HR.End("1", "2026-01-31")
			b.GoTo("2026-02-02")
			require.Empty(t, holdsNow(t, b, "1"))
			if rehire != nil {
				b.HR.Change("1", rehire)
			} else {
				again := provisioningtest.Worker("2", "Ada", "Eng", "2026-06-01")
				again.PersonKey = "ada"
				b.HR.Put(again)
			}
			asks(t, b, policy.Request{Role: "ledger"})
			told(t, b, provisioning.RecordRequest{Actor: "boss", Approval: &policy.Approval{Role: "ledger"}})
			b.GoTo("2026-06-02")
			require.Equal(t, []string{"group/staff", "role/accounts", "role/books"}, holdsNow(t, b, "1"), "but what was asked for since does")
		})
	}
}

// An end that was a mistake is no end.
func TestWhatWasAskedForOutlivesAMistakeOfHR(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	asks(t, b, policy.Request{Entitlement: club})
	b.HR.End("1", "2026-01-05")
	b.GoTo("2026-01-08")
	require.Empty(t, holdsNow(t, b, "1"))
	b.HR.Change("1", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
	b.Sync()
	require.Contains(t, holdsNow(t, b, "1"), "group/club")
}

func TestWhatWasAskedForGoesOnFromOneJobToTheNext(t *testing.T) {
	t.Parallel()
	for _, gap := range []int{0, 3} {
		b := askers(t, provisioningtest.Config{Policy: strings.Replace(asking, "version: 1", "version: 1\nbridgeDays: 5", 1)})
		b.HR.Change("1", func(w *hrsource.Worker) { w.PersonKey, w.TerminationDate = "ada", date(2026, 1, 31) })
		next := provisioningtest.Worker("2", "Ada", "Eng", at("2026-02-01").AddDate(0, 0, gap).Format(time.DateOnly))
		next.PersonKey = "ada"
		b.HR.Put(next)
		asks(t, b, policy.Request{Entitlement: club})
		for _, day := range []string{"2026-01-31", "2026-02-02", "2026-02-10"} {
			b.GoTo(day)
			require.Contains(t, holdsNow(t, b, "1"), "group/club", "%d days between, %s", gap, day)
		}
	}
}

func TestWhoIsMergedKeepsWhatTheyAskedFor(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	hire(b, "2", "Ada", "Eng")
	b.Sync()
	old, kept := b.Person("2"), b.Person("1")
	id := told(t, b, provisioning.RecordRequest{Person: old, Request: &policy.Request{Entitlement: club}})
	merge(t, b, old, kept)
	require.Contains(t, holdsNow(t, b, "1"), "group/club")
	_, err := b.Record(t.Context(), provisioning.RecordRequest{Person: old, Actor: "soc", Lockout: &provisioning.Lockout{}})
	require.ErrorIs(t, err, provisioning.ErrNoPerson, "a lockout of somebody else would help nobody")
	withdraw(t, b, id)
	require.NotContains(t, holdsNow(t, b, "1"), "group/club")
}

// What somebody asked for before they left counts no more for who turns out to be them.
func TestMergeBringsNothingBackThatHasEnded(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	asks(t, b, policy.Request{Entitlement: club})
	b.HR.End("1", "2026-01-01")
	b.GoTo("2026-02-01")
	b.HR.Put(provisioningtest.Worker("2", "Ada", "Eng", "2026-02-01"))
	b.Sync()
	merge(t, b, b.Person("1"), b.Person("2"))
	require.Equal(t, []string{"group/staff"}, holdsNow(t, b, "2"))
}

// What was asked for ahead of a first day is still meant for that.
func TestMergeKeepsWhatWasAskedForAhead(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	b.HR.End("1", "2026-01-01")
	b.GoTo("2026-01-03")
	b.HR.Put(provisioningtest.Worker("2", "Ada", "Eng", "2026-02-01"))
	b.Sync()
	old, kept := b.Person("2"), b.Person("1")
	told(t, b, provisioning.RecordRequest{Person: old, Request: &policy.Request{Entitlement: club}})
	merge(t, b, old, kept)
	b.GoTo("2026-02-02")
	require.Equal(t, []string{"group/club", "group/staff"}, holdsNow(t, b, "1"))
}

func TestSplitGivesEachWhatTheyAskedFor(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	b.HR.Change("1", func(w *hrsource.Worker) { w.PersonKey = "one" })
	b.Sync()
	other := provisioningtest.Worker("2", "Bea", "Eng", "2025-01-01")
	other.PersonKey = "one"
	b.HR.Put(other)
	b.Sync()
	theirs := asks(t, b, policy.Request{Entitlement: club})
	told(t, b, provisioning.RecordRequest{Actor: "soc", Lockout: &provisioning.Lockout{ID: "L"}})
	split := provisioning.SplitRequest{Worker: hrsource.WorkerKey{Source: provisioningtest.SourceName, ID: "2"}, Facts: []string{"nothing"}, Actor: "hr-desk"}
	_, err := b.Split(t.Context(), split)
	require.ErrorIs(t, err, provisioning.ErrNoFact)
	split.Facts = []string{theirs}
	bea, err := b.Split(t.Context(), split)
	require.NoError(t, err)
	b.Settle()
	require.Equal(t, []string{"group/staff"}, holdsNow(t, b, "1"))
	require.Equal(t, 1, accounts(b, "directory"), "it is not known which of them is locked out")
	locks := statusOf(t, b).Lockouts
	require.Len(t, locks, 2)
	for _, l := range locks {
		withdraw(t, b, l.ID)
	}
	require.NoError(t, b.Target("directory").SignIn("ada"))
	require.NoError(t, b.Target("directory").SignIn("bea"))
	require.Equal(t, []string{"group/club", "group/staff"}, holdsNow(t, b, "2"))
	require.Equal(t, bea, b.Person("2"))
}

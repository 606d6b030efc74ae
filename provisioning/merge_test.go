package provisioning_test

import (
	"testing"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/stretchr/testify/require"
)

// doubles is a bench at which HR has told of one human as of two: Ada left Sales,
// where she had an account in the directory, and Ada Byron has begun in Engineering.
func doubles(t *testing.T, cfg provisioningtest.Config) (b *provisioningtest.Bench, old, young string) {
	t.Helper()
	b = bench(t, cfg)
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01"))
	b.Sync()
	old = b.Person("1")
	b.Target("directory").Fault(memory.Fault{Kinds: []connector.Kind{connector.Create}, Do: memory.Deny})
	b.HR.Put(provisioningtest.Worker("2", "Ada", "Engineering", "2026-01-01"))
	b.Sync()
	young = b.Person("2")
	require.NotEqual(t, old, young)
	b.Target("directory").Clear()
	return b, old, young
}

func merge(t *testing.T, b *provisioningtest.Bench, person, into string) {
	t.Helper()
	require.NoError(t, b.Merge(t.Context(), provisioning.MergeRequest{Person: person, Into: into, Actor: "hr-desk", Note: "one passport"}))
	b.Settle()
}

func TestMergedPersonHasOneAccountWithTheAccessOfBoth(t *testing.T) {
	t.Parallel()
	for _, into := range []string{"the old one", "the young one"} {
		t.Run(into, func(t *testing.T) {
			t.Parallel()
			b, old, young := doubles(t, provisioningtest.Config{})
			before := b.Target("directory").Accounts()[0]
			from, to := young, old
			if into == "the young one" {
				from, to = old, young
			}
			merge(t, b, from, to)
			require.Equal(t, to, b.Person("1"))
			require.Equal(t, to, b.Person("2"))
			accounts := b.Target("directory").Accounts()
			require.Len(t, accounts, 1, "nobody gets a second account")
			require.Equal(t, before.ID, accounts[0].ID)
			require.True(t, accounts[0].Active)
			require.Subset(t, accounts[0].Entitlements, before.Entitlements)
			require.Equal(t, 1, activeIn(b, "git"))

			b.HR.End("1", "2026-01-05")
			b.GoTo("2026-01-10")
			require.NoError(t, b.Target("directory").SignIn(before.Name), "she still works in Engineering")
			b.HR.End("2", "2026-01-15")
			b.GoTo("2026-01-20")
			require.Error(t, b.Target("directory").SignIn(before.Name))
			require.Zero(t, activeIn(b, "git"))

			var links []audit.Entry
			for _, e := range b.Sink.Entries(audit.EventLink) {
				if e.Actor == "hr-desk" {
					links = append(links, e)
				}
			}
			require.Len(t, links, 1)
			require.Contains(t, links[0].Note, "one passport")
		})
	}
}

func TestMergeDisablesTheSecondAccountOfOnePerson(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2025-01-01"))
	b.HR.Put(provisioningtest.Worker("2", "Beatrix", "Engineering", "2025-01-01"))
	b.Sync()
	require.Equal(t, 2, activeIn(b, "directory"))
	merge(t, b, b.Person("2"), b.Person("1"))
	require.NoError(t, b.Target("directory").SignIn("ada"))
	require.Error(t, b.Target("directory").SignIn("beatrix"))
	require.Equal(t, 1, activeIn(b, "git"))
}

// Whoever gets the account gets its name, which would otherwise stay somebody else's.
func TestMergedPersonKeepsTheNameOfTheAccount(t *testing.T) {
	t.Parallel()
	b, old, young := doubles(t, provisioningtest.Config{Policy: plain})
	d := b.Target("directory")
	name := d.Accounts()[0].Name
	merge(t, b, old, young)
	d.Remove(d.Accounts()[0].ID) // by hand, and it is to be made again
	for _, id := range []string{"1", "2"} {
		b.HR.Change(id, func(w *hrsource.Worker) { w.Assignments[0].Department = "Ops" })
	}
	b.Sync()
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, status.Systems["directory"]["parked"], "it is not ours to make again: it carried the other's identifier")
	b.HR.Put(provisioningtest.Worker("3", "Ada", "Engineering", "2026-01-01"))
	b.Sync()
	require.Error(t, d.SignIn(name), "the name is still hers")
}

func TestMergeIsRefusedForUnknownPeopleAndWhileSomethingIsUnderWay(t *testing.T) {
	t.Parallel()
	b, old, young := doubles(t, provisioningtest.Config{})
	ask := func(person, into string, actor provisioning.Actor) error {
		return b.Merge(t.Context(), provisioning.MergeRequest{Person: person, Into: into, Actor: actor})
	}
	require.Error(t, ask(old, young, ""), "somebody must have said so")
	require.Error(t, ask(old, old, "x"))
	require.ErrorIs(t, ask("p-nobody", old, "x"), provisioning.ErrNoPerson)
	require.ErrorIs(t, ask(old, "p-nobody", "x"), provisioning.ErrNoPerson)

	d := b.Target("directory")
	d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Update}, Do: memory.LoseReply})
	d.Fault(memory.Fault{Kinds: []connector.Kind{memory.Find}, Do: memory.Fail})
	b.HR.Change("1", func(w *hrsource.Worker) { w.Name.Display = "Ada the First" })
	readAndDrain(t, b)
	require.ErrorIs(t, ask(old, young, "x"), provisioning.ErrBusy)
	d.Clear()
	b.Settle()
	require.NoError(t, ask(old, young, "x"))
}

func TestSplitUndoesAWrongAnswer(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	ada := provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01")
	ada.Email = "shared@example.com"
	b.HR.Put(ada)
	b.Sync()
	other := provisioningtest.Worker("2", "Bea", "Engineering", "2026-01-01")
	other.Email = "shared@example.com"
	b.HR.Put(other)
	b.Sync()
	b.AnswerCase(provisioning.CaseCorrelation, "same:"+b.Person("1"))
	b.Settle()
	require.Equal(t, b.Person("1"), b.Person("2"))
	require.Equal(t, 1, activeIn(b, "git"))

	person, err := b.Split(t.Context(), provisioning.SplitRequest{Worker: hrsource.WorkerKey{Source: "hr", ID: "2"}, Actor: "hr-desk"})
	require.NoError(t, err)
	b.Settle()
	require.Equal(t, person, b.Person("2"))
	require.NotEqual(t, person, b.Person("1"))
	require.NoError(t, b.Target("directory").SignIn("bea"))
	require.NoError(t, b.Target("directory").SignIn("ada"))
	require.Equal(t, 1, activeIn(b, "git"), "what the relationship gave went with it")
	_, err = b.Split(t.Context(), provisioning.SplitRequest{Worker: hrsource.WorkerKey{Source: "hr", ID: "9"}, Actor: "hr-desk"})
	require.ErrorIs(t, err, provisioning.ErrNoPerson)
}

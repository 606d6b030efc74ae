package provisioning_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// reporting is a bench at which Ada, who owns a plan, reports to Bea, and Bea to Cleo.
// What leavers own is handed over as said.
func reporting(t *testing.T, handover provisioning.Handover, keep time.Duration) *provisioningtest.Bench {
	t.Helper()
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		s.Handover, s.DeleteAfter = handover, keep
		c.Systems["directory"] = s
	}, Engine: func(c *provisioning.Config) {
		c.Retry = provisioning.Retry{First: time.Millisecond, Max: time.Millisecond}
	}})
	for _, w := range []struct{ id, name, manager string }{{"a", "Ada", "b"}, {"b", "Bea", "c"}, {"c", "Cleo", ""}} {
		worker := provisioningtest.Worker(w.id, w.name, "Eng", "2025-01-01")
		worker.Assignments[0].Manager = w.manager
		b.HR.Put(worker)
	}
	b.Sync()
	b.Target("directory").Own(account(t, b, "directory", "a").ID, "plan")
	return b
}

// owner returns the login name of who owns something, "" if it is lost.
func owner(b *provisioningtest.Bench, thing string) string {
	id, _ := b.Target("directory").Owner(thing)
	for _, a := range b.Target("directory").Accounts() {
		if a.ID == id {
			return a.Name
		}
	}
	return ""
}

func toManagers() provisioning.Handover {
	return provisioning.Handover{To: provisioning.ToManagers}
}

// leave ends workers with the day before 1 February, and goes there.
func leave(b *provisioningtest.Bench, workers ...string) {
	for _, id := range workers {
		b.HR.End(id, "2026-01-31")
	}
	b.Sync()
	b.GoTo("2026-02-01")
}

func report(t *testing.T, b *provisioningtest.Bench, worker string) string {
	t.Helper()
	leaving, err := b.Leaving(t.Context(), b.Person(worker))
	require.NoError(t, err)
	return leaving.String()
}

func TestWhatALeaverOwnsGoesToTheManager(t *testing.T) {
	t.Parallel()
	b := reporting(t, toManagers(), 0)
	b.HR.End("a", "2026-01-31")
	b.Sync()
	require.Equal(t, "ada", owner(b, "plan"), "as long as she is there")
	b.GoTo("2026-02-01")
	require.Equal(t, "bea", owner(b, "plan"))
	require.Contains(t, report(t, b, "a"), "ownership                handed over to bea at 2026-02-01T00:00:00Z")
	var kinds []connector.Kind
	for _, c := range b.Target("directory").Log() {
		if c.Kind.Removes() || c.Kind == connector.Transfer {
			kinds = append(kinds, c.Kind)
		}
	}
	require.Equal(t, connector.Disable, kinds[0], "first nobody can make anything new")
	require.Equal(t, connector.Transfer, kinds[len(kinds)-1])
	writes := b.Target("directory").Writes()
	b.GoTo("2026-06-01")
	require.Equal(t, writes, b.Target("directory").Writes(), "and that is all")
	for _, e := range b.Sink.Entries("outcome") {
		if e.Operation == string(connector.Transfer) {
			require.Equal(t, "owned by bea", e.After)
		}
	}
}

func TestWhatALeaverOwnsGoesUpTheChain(t *testing.T) {
	t.Parallel()
	manager := func(worker, manager string) func(b *provisioningtest.Bench) {
		return func(b *provisioningtest.Bench) {
			b.HR.Change(worker, func(w *hrsource.Worker) { w.Assignments[0].Manager = manager })
			b.Sync()
		}
	}
	heirs := toManagers()
	heirs.Heirs = func(w hrsource.Worker) []hrsource.WorkerKey {
		return []hrsource.WorkerKey{{Source: w.Key.Source, ID: "nobody"}, w.Key, {Source: w.Key.Source, ID: "c"}}
	}
	for name, c := range map[string]struct {
		handover provisioning.Handover
		before   func(b *provisioningtest.Bench)
		leave    []string
		want     string
	}{
		"the manager leaves on the same day":       {toManagers(), nil, []string{"a", "b"}, "cleo"},
		"the manager left before":                  {toManagers(), func(b *provisioningtest.Bench) { b.HR.End("b", "2026-01-10"); b.Sync(); b.GoTo("2026-01-20") }, []string{"a"}, "cleo"},
		"the manager is not known":                 {toManagers(), manager("a", "x"), []string{"a"}, "ada"},
		"there is no manager":                      {toManagers(), manager("a", ""), []string{"a"}, "ada"},
		"managers in a circle, and none is there":  {toManagers(), manager("b", "a"), []string{"a", "b"}, "ada"},
		"somebody whom the host names":             {heirs, nil, []string{"a"}, "cleo"},
		"who is named leaves, and the manager not": {heirs, nil, []string{"a", "c"}, "bea"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := reporting(t, c.handover, 0)
			if c.before != nil {
				c.before(b)
			}
			leave(b, c.leave...)
			require.Equal(t, c.want, owner(b, "plan"))
			require.Error(t, b.Target("directory").SignIn("ada"), "whoever is to get it")
			require.Empty(t, entitlements(account(t, b, "directory", "a")))
			if c.want == "ada" {
				require.Contains(t, report(t, b, "a"), "ownership                waiting: nobody who would get it has an active account here")
			}
		})
	}
}

func TestAnAccountIsNotDeletedBeforeWhatItOwnsIsHandedOver(t *testing.T) {
	t.Parallel()
	b := reporting(t, toManagers(), 10*24*time.Hour)
	leave(b, "a", "b", "c")
	b.GoTo("2026-03-01")
	require.Equal(t, "ada", owner(b, "plan"), "kept, for there is nobody to get it")
	d := provisioningtest.Worker("d", "Dora", "Eng", "2026-03-01")
	b.HR.Put(d)
	b.HR.Change("a", func(w *hrsource.Worker) { w.Assignments[0].Manager = "d" })
	b.Sync()
	b.GoTo("2026-03-02")
	require.Equal(t, "dora", owner(b, "plan"))
	require.NotContains(t, logins(b), "ada")
}

func TestWhatNobodyCouldGetIsHandedOverOnceAManagerIsThere(t *testing.T) {
	t.Parallel()
	b := reporting(t, toManagers(), 0)
	leave(b, "a", "b", "c")
	require.Equal(t, "ada", owner(b, "plan"))
	for _, worker := range []struct{ id, next string }{{"b", "2026-02-01"}, {"c", "2026-02-02"}} {
		t.Run(worker.id, func(t *testing.T) {
			b.HR.Change(worker.id, func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
			b.Sync()
			b.GoTo(worker.next)
			require.NotEqual(t, "ada", owner(b, "plan"))
		})
	}
}

func TestWhoComesBackKeepsWhatWasNotHandedOverYet(t *testing.T) {
	t.Parallel()
	b := reporting(t, toManagers(), 0)
	leave(b, "a", "b", "c")
	b.HR.Change("a", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
	b.Sync()
	b.HR.Change("b", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
	b.Sync()
	b.GoTo("2026-02-05")
	require.Equal(t, "ada", owner(b, "plan"))

	b.HR.End("a", "2026-02-10")
	b.Sync()
	b.GoTo("2026-02-11")
	require.Equal(t, "bea", owner(b, "plan"))
	b.HR.Change("a", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
	b.Sync()
	require.Equal(t, "bea", owner(b, "plan"), "what was handed over is not given back")
	b.Target("directory").Own(account(t, b, "directory", "a").ID, "sketch")
	b.HR.End("a", "2026-02-20")
	b.Sync()
	b.GoTo("2026-02-21")
	require.Equal(t, "bea", owner(b, "sketch"), "and what is new is handed over, too")
}

func TestNothingIsHandedOverWithoutLeaving(t *testing.T) {
	t.Parallel()
	b := reporting(t, toManagers(), 0)
	b.HR.Change("a", func(w *hrsource.Worker) { w.Type = "contractor" }) // whom policy gives nothing
	b.Sync()
	require.Error(t, b.Target("directory").SignIn("ada"))
	require.Equal(t, "ada", owner(b, "plan"))
	require.NotContains(t, report(t, b, "a"), "ownership")
}

func TestAHandoverWaitsWithItsDisable(t *testing.T) {
	t.Parallel()
	b := reporting(t, toManagers(), 0)
	b.Target("directory").Fault(memory.Fault{Kinds: []connector.Kind{connector.Disable}, Times: 1, Do: memory.Deny})
	leave(b, "a")
	require.NoError(t, b.Target("directory").SignIn("ada"), "the disable was denied")
	require.Equal(t, "ada", owner(b, "plan"), "who can still sign in would miss it")
	_, err := b.Retry(t.Context(), "directory", "")
	require.NoError(t, err)
	b.Settle()
	require.Error(t, b.Target("directory").SignIn("ada"))
	require.Equal(t, "bea", owner(b, "plan"))
}

func TestALostHandoverIsAskedForAgain(t *testing.T) {
	t.Parallel()
	for _, fault := range []memory.Effect{memory.LoseReply, memory.Fail, memory.Throttle} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			b := reporting(t, toManagers(), 0)
			b.Target("directory").Fault(memory.Fault{Kinds: []connector.Kind{connector.Transfer}, Times: 2, Do: fault})
			leave(b, "a")
			b.Settle()
			require.Equal(t, "bea", owner(b, "plan"))
			require.Contains(t, report(t, b, "a"), "handed over to bea")
		})
	}
}

func TestAPlanSaysWhoGetsWhatALeaverOwns(t *testing.T) {
	t.Parallel()
	b := reporting(t, toManagers(), 0)
	b.HR.End("a", "2025-12-31")
	plan, err := b.Plan(t.Context(), provisioning.PlanRequest{Read: []string{provisioningtest.SourceName}})
	require.NoError(t, err)
	var lines []string
	for _, l := range plan.Lines {
		lines = append(lines, l.String())
	}
	require.Contains(t, strings.Join(lines, "\n"), "~ transfer    directory  Ada Ada            bea")
}

func TestTheReportSaysThatNothingIsHandedOver(t *testing.T) {
	t.Parallel()
	b := reporting(t, provisioning.Handover{}, 0)
	leave(b, "a")
	require.Equal(t, "ada", owner(b, "plan"))
	require.Contains(t, report(t, b, "a"), "ownership                unasked: nobody is named who gets it (System.Handover)")
}

func TestHandoversThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	system := func(s provisioning.System) provisioning.TenantConfig {
		return provisioning.TenantConfig{Systems: map[string]provisioning.System{"directory": s}}
	}
	able := memory.New(memory.Config{})
	for want, s := range map[string]provisioning.System{
		`handover to "heirs": want "", "managers" or "waste"`:          {Connector: able, Handover: provisioning.Handover{To: "heirs"}},
		"handover: the connector cannot transfer":                      {Connector: unable{able}, Handover: toManagers()},
		"handover: Fallback has no ID":                                 {Connector: able, Handover: provisioning.Handover{To: provisioning.ToManagers, Fallback: connector.Ref{Name: "x"}}},
		`handover: Heirs and Fallback are for To: "managers"`:          {Connector: able, Handover: provisioning.Handover{Fallback: connector.Ref{ID: "1"}}},
		"DeleteAfter would delete what leavers own: want Handover to ": {Connector: able, DeleteAfter: time.Hour},
	} {
		require.ErrorContains(t, configured(t, system(s)), want)
	}
	require.NoError(t, configured(t, system(provisioning.System{Connector: unable{able}, DeleteAfter: time.Hour})))
	require.NoError(t, configured(t, system(provisioning.System{Connector: able, DeleteAfter: time.Hour, Handover: provisioning.Handover{To: provisioning.ToWaste}})))
}

// unable is a connector without capabilities.
type unable struct{ connector.Connector }

// It was tried for ever.
func TestWhoLeavesAgainWithoutAnAccountOwnsNothing(t *testing.T) {
	t.Parallel()
	b := reporting(t, toManagers(), 24*time.Hour)
	leave(b, "a")
	b.GoTo("2026-02-05")
	require.NotContains(t, logins(b), "ada")
	b.HR.Change("a", func(w *hrsource.Worker) { w.Type, w.TerminationDate = "contractor", hrsource.Date{} })
	b.Sync()
	b.HR.End("a", "2026-02-10")
	b.Sync()
	b.GoTo("2026-02-12")
	require.Equal(t, "bea", owner(b, "plan"))
	require.NotContains(t, statusOf(t, b).Systems["directory"], "due")
}

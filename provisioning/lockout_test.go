package provisioning_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// lock locks somebody out, and does what follows.
func lock(t *testing.T, b *provisioningtest.Bench, worker string, l provisioning.Lockout) string {
	t.Helper()
	return told(t, b, provisioning.RecordRequest{Person: b.Person(worker), Actor: "soc", Note: "stolen\n phone", Lockout: &l})
}

// engineer is a bench with Ada at work in Engineering, in two systems, who has signed in.
func engineer(t *testing.T, cfg provisioningtest.Config) (*provisioningtest.Bench, *memory.Session) {
	t.Helper()
	b := bench(t, cfg)
	hire(b, "1", "Ada", "Engineering")
	b.Sync()
	session, err := b.Target("directory").Open("ada")
	require.NoError(t, err)
	return b, session
}

// `AccessEnd` that was told by Ingest is undone by the next read of HR, which knows nothing
// of it.
func TestALockoutLastsWhateverHRSays(t *testing.T) {
	t.Parallel()
	b, session := engineer(t, provisioningtest.Config{})
	id := lock(t, b, "1", provisioning.Lockout{})
	for range 3 {
		require.ErrorIs(t, session.Use(), connector.ErrDenied)
		for _, system := range []string{"directory", "git"} {
			require.Error(t, b.Target(system).SignIn("ada"), system)
		}
		require.Len(t, holdsNow(t, b, "1"), 2, "what they hold stays")
		b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].JobTitle += "senior " })
		b.Sync()
		b.GoTo(b.Clock.Now().AddDate(0, 0, 1).Format(time.DateOnly))
	}
	before := b.Target("directory").Calls(connector.Grant) + b.Target("directory").Calls(connector.Revoke) + b.Target("directory").Calls(connector.Create)
	withdraw(t, b, id)
	for _, system := range []string{"directory", "git"} {
		require.NoError(t, b.Target(system).SignIn("ada"), system)
	}
	require.Error(t, session.Use())
	require.Equal(t, before, b.Target("directory").Calls(connector.Grant)+b.Target("directory").Calls(connector.Revoke)+b.Target("directory").Calls(connector.Create))
}

func TestALockoutBeginsAndEndsAtItsInstants(t *testing.T) {
	t.Parallel()
	b, _ := engineer(t, provisioningtest.Config{})
	from, until := at("2026-01-10").Add(9*time.Hour), at("2026-01-10").Add(17*time.Hour)
	lock(t, b, "1", provisioning.Lockout{From: from, Until: until})
	lock(t, b, "1", provisioning.Lockout{From: from.Add(time.Hour), Until: until.Add(-time.Hour)})
	require.NoError(t, b.Target("directory").SignIn("ada"))
	next, err := b.Drain(t.Context())
	require.NoError(t, err)
	require.Equal(t, from, next)
	b.GoTo(from.Format(time.RFC3339))
	require.Error(t, b.Target("directory").SignIn("ada"))
	b.GoTo(until.Add(-time.Second).Format(time.RFC3339))
	require.Error(t, b.Target("directory").SignIn("ada"), "the shorter one is over, and the longer is not")
	next, err = b.Drain(t.Context())
	require.NoError(t, err)
	require.Equal(t, until, next)
	b.GoTo(until.Format(time.RFC3339))
	require.NoError(t, b.Target("directory").SignIn("ada"))
}

// Containment needs no policy.
func TestALockoutWorksWithoutAnAnswerOfPolicy(t *testing.T) {
	t.Parallel()
	ev := &switchable{Evaluator: load(t, office)}
	b, session := engineer(t, provisioningtest.Config{Evaluator: ev, Systems: []string{"directory", "git"}})
	ev.fail(errors.New("the policy service is down"))
	id := lock(t, b, "1", provisioning.Lockout{Until: at("2026-01-01").Add(90 * time.Minute)})
	for _, system := range []string{"directory", "git"} {
		require.Error(t, b.Target(system).SignIn("ada"), system)
	}
	require.Error(t, session.Use())
	require.Len(t, holdsNow(t, b, "1"), 2)
	entries := b.Sink.Entries(audit.EventDecision)
	require.Equal(t, "lockout", entries[len(entries)-1].Outcome)
	require.Equal(t, []string{"locked out by soc: stolen phone"}, entries[len(entries)-1].Reasons)
	require.Equal(t, 1, statusOf(t, b).Undecided)
	person, err := b.Tenant.Person(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.True(t, person.Live, "nobody has said that she left")

	b.GoTo("2026-01-01T01:00:00Z")
	next, err := b.Drain(t.Context())
	require.NoError(t, err)
	require.Equal(t, at("2026-01-01").Add(90*time.Minute), next, "the end is before policy is asked again")
	withdraw(t, b, id)
	require.Error(t, b.Target("directory").SignIn("ada"), "without an answer nothing is given")
	ev.fail(nil)
	b.GoTo("2026-01-01T03:00:00Z")
	for _, system := range []string{"directory", "git"} {
		require.NoError(t, b.Target(system).SignIn("ada"), system)
	}
}

func TestALockoutThatBeginsLaterDoesSoWithoutAnAnswerOfPolicy(t *testing.T) {
	t.Parallel()
	ev := &switchable{Evaluator: load(t, office)}
	b, _ := engineer(t, provisioningtest.Config{Evaluator: ev, Systems: []string{"directory", "git"}})
	begins := at("2026-01-01").Add(30 * time.Minute)
	lock(t, b, "1", provisioning.Lockout{From: begins})
	ev.fail(errors.New("the policy service is down"))
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Sales" })
	b.Sync()
	require.NoError(t, b.Target("directory").SignIn("ada"))
	next, err := b.Drain(t.Context())
	require.NoError(t, err)
	require.Equal(t, begins, next)
	b.GoTo(begins.Format(time.RFC3339))
	require.Error(t, b.Target("directory").SignIn("ada"))
}

// Not even what HR says of somebody has to be readable.
func TestALockoutWorksForWhomNothingElseIsKnown(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	store, err := sqlite.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	b, session := engineer(t, provisioningtest.Config{Store: store})
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), "UPDATE joinery_worker SET body = CAST('{' AS BLOB)")
	require.NoError(t, err)
	lock(t, b, "1", provisioning.Lockout{})
	require.Equal(t, 1, statusOf(t, b).Undecided)
	require.Error(t, b.Target("directory").SignIn("ada"))
	require.Error(t, b.Target("git").SignIn("ada"))
	require.Error(t, session.Use())
}

func TestNothingIsMadeOrGivenForWhoIsLockedOut(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.Target("git").Fault(memory.Fault{Kinds: []connector.Kind{connector.Create}, Do: memory.Throttle})
	hire(b, "1", "Ada", "Engineering")
	hire(b, "2", "Bob", "Sales")
	_, err := b.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	id := lock(t, b, "2", provisioning.Lockout{}) // before anything was made
	require.Equal(t, 1, accounts(b, "directory"))
	require.Empty(t, b.Target("git").Accounts())
	first := lock(t, b, "1", provisioning.Lockout{})
	b.Target("git").Clear()
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Sales" })
	b.Sync()
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Engineering" })
	b.Sync()
	b.GoTo("2026-02-01")
	require.Empty(t, b.Target("git").Accounts())
	require.Equal(t, 1, accounts(b, "directory"))

	b.Target("directory").Remove(account(t, b, "directory", "1").ID)
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Legal" })
	b.Sync()
	require.Empty(t, b.Target("directory").Accounts(), "nor is made again what somebody has deleted")
	withdraw(t, b, id)
	require.NoError(t, b.Target("directory").SignIn("bob"))
	withdraw(t, b, first)
	require.Eventually(t, func() bool {
		b.Settle()
		return b.Target("directory").SignIn("ada") == nil
	}, 30*time.Second, time.Millisecond)
}

func TestWhatIsLostWhileLockedOutIsTakenAndNothingIsGiven(t *testing.T) {
	t.Parallel()
	b, _ := engineer(t, provisioningtest.Config{})
	id := lock(t, b, "1", provisioning.Lockout{})
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Sales" })
	planned := func(read ...string) provisioning.Line {
		plan, err := b.Plan(t.Context(), provisioning.PlanRequest{Read: read})
		require.NoError(t, err)
		at := slices.IndexFunc(plan.Lines, func(l provisioning.Line) bool { return l.Kind == connector.Grant })
		require.GreaterOrEqual(t, at, 0)
		return plan.Lines[at]
	}
	before := planned(provisioningtest.SourceName)
	b.Sync()
	require.Equal(t, []string{"group/staff"}, holdsNow(t, b, "1"))
	for _, line := range []provisioning.Line{before, planned()} {
		require.Contains(t, line.String(), "grant       directory  Ada Ada")
		require.Contains(t, line.String(), "(waiting: locked out by soc: stolen phone)")
	}
	withdraw(t, b, id)
	require.Equal(t, []string{"group/sales", "group/staff"}, holdsNow(t, b, "1"))
	require.Error(t, b.Target("git").SignIn("ada"), "which Sales does not have")
}

// What is due or parked from before is not given either, even if policy has no answer by
// now and somebody wants it tried again.
func TestWhatIsDueIsNotGivenToWhoIsLockedOut(t *testing.T) {
	t.Parallel()
	for _, answers := range []bool{true, false} {
		for _, parked := range []bool{true, false} {
			t.Run(fmt.Sprint("policy answers: ", answers, ", parked: ", parked), func(t *testing.T) {
				t.Parallel()
				ev := &switchable{Evaluator: load(t, office)}
				b, _ := engineer(t, provisioningtest.Config{Evaluator: ev, Systems: []string{"directory", "git"}})
				fault := memory.Fault{Kinds: []connector.Kind{connector.Grant}, Do: memory.Deny}
				if !parked {
					fault.Do, fault.Wait = memory.Throttle, time.Hour
				}
				b.Target("directory").Fault(fault)
				b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Sales" })
				b.Sync()
				require.Equal(t, parked, statusOf(t, b).Systems["directory"]["parked"] == 1)
				if !answers {
					ev.fail(errors.New("down"))
				}
				b.Target("directory").Clear()
				id := lock(t, b, "1", provisioning.Lockout{})
				for range 2 {
					_, err := b.Retry(t.Context(), "directory", "")
					require.NoError(t, err)
					b.Settle()
					require.NotContains(t, holdsNow(t, b, "1"), "group/sales")
					require.Error(t, b.Target("directory").SignIn("ada"))
				}
				ev.fail(nil)
				withdraw(t, b, id)
				b.GoTo("2026-01-01T02:00:00Z")
				require.NoError(t, b.Target("directory").SignIn("ada"))
				if parked {
					require.Contains(t, holdsNow(t, b, "1"), "group/sales")
				}
			})
		}
	}
}

func TestALockoutWaitsForNoWindow(t *testing.T) {
	t.Parallel()
	b, session := engineer(t, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		s.Batch = provisioning.Batch{Windows: "sat 02:00-03:00 UTC", Kinds: []connector.Kind{connector.Disable, connector.Revoke}}
		c.Systems["directory"] = s
	}})
	lock(t, b, "1", provisioning.Lockout{})
	require.Error(t, session.Use())
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Sales" })
	b.Sync()
	require.Contains(t, holdsNow(t, b, "1"), "group/engineering", "what policy takes away is not urgent for that")
	require.Equal(t, 1, statusOf(t, b).Systems["directory"]["batched"])
}

func TestManyLockoutsAreHeldByTheGuardAsTerminationsAre(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, provisioningtest.Config{Policy: plain})
	for i := range 20 { // a mass change that is held
		b.HR.End(fmt.Sprintf("%04d", 40+i), "2025-12-31")
	}
	b.Sync()
	require.Equal(t, 60, activeIn(b, "directory"))
	lock(t, b, "0040", provisioning.Lockout{})
	require.Error(t, b.Target("directory").SignIn("p40"), "what waits with others does not any more")
	for i := range 12 {
		lock(t, b, fmt.Sprintf("%04d", i), provisioning.Lockout{})
	}
	require.Equal(t, 50, activeIn(b, "directory"), "ten pass by themselves")
	require.Len(t, statusOf(t, b).Lockouts, 13)
	cases, err := b.Cases(t.Context())
	require.NoError(t, err)
	require.Len(t, cases, 4)
	for _, c := range cases {
		require.NoError(t, b.Answer(t.Context(), provisioning.AnswerRequest{Case: c.ID, Choice: provisioning.ChoiceRelease, Actor: "boss"}))
	}
	b.Settle()
	require.Equal(t, 28, activeIn(b, "directory"))
}

func TestAProtectedAccountIsLockedOutOnceSomebodySaysSo(t *testing.T) {
	t.Parallel()
	b := shielded(t, nil)
	hire(b, "1", "Ada", "Eng")
	b.Sync()
	lock(t, b, "1", provisioning.Lockout{})
	require.NoError(t, b.Target("directory").SignIn("ada"))
	require.Error(t, b.Target("git").SignIn("ada"))
	require.Contains(t, openCase(t, b).Question, "It would be disabled.")
	b.AnswerCase(provisioning.CaseProtected, provisioning.ChoiceRelease)
	b.Settle()
	require.Error(t, b.Target("directory").SignIn("ada"))
}

func TestTheAccountOfALeaverIsKeptWhileTheyAreLockedOut(t *testing.T) {
	t.Parallel()
	b := keeping(t, 2)
	id := lock(t, b, "0", provisioning.Lockout{})
	b.GoTo("2026-06-01")
	require.Contains(t, logins(b), "p0")
	withdraw(t, b, id)
	require.NotContains(t, logins(b), "p0")
}

// A deletion that is decided already is not done either.
func TestADeletionThatIsDueIsNotDoneOnceSomebodyIsLockedOut(t *testing.T) {
	t.Parallel()
	for _, answers := range []bool{true, false} {
		t.Run(fmt.Sprint("policy answers: ", answers), func(t *testing.T) {
			t.Parallel()
			ev := &switchable{Evaluator: load(t, plain)}
			b := bench(t, provisioningtest.Config{Evaluator: ev, Tenant: func(c *provisioning.TenantConfig) {
				s := c.Systems["directory"]
				s.DeleteAfter, s.Handover.To = 24*time.Hour, provisioning.ToWaste
				c.Systems["directory"] = s
				c.Guard.Max = 1
			}})
			for i := range 4 {
				hire(b, fmt.Sprint(i), fmt.Sprint("P", i), "Eng")
			}
			b.Sync()
			for i := range 2 {
				b.HR.End(fmt.Sprint(i), "2026-01-01")
			}
			b.GoTo("2026-01-02")
			b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
			b.GoTo("2026-01-05")
			require.Len(t, logins(b), 4, "the guard holds the deletions")
			if !answers {
				ev.fail(errors.New("down"))
			}
			lock(t, b, "0", provisioning.Lockout{})
			require.ElementsMatch(t, []string{"p0", "p2", "p3"}, logins(b), "less is left of it, and so it is let go")
		})
	}
}

func TestALockoutShowsWhereverSomebodyLooks(t *testing.T) {
	t.Parallel()
	b, _ := engineer(t, provisioningtest.Config{})
	b.Target("git").Fault(memory.Fault{Kinds: []connector.Kind{connector.Disable}, Do: memory.Deny})
	id := lock(t, b, "1", provisioning.Lockout{Until: at("2026-02-01")})
	const why = "locked out by soc: stolen phone"
	leaving, err := b.Leaving(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.True(t, leaving.Live)
	require.Equal(t, why, leaving.Lockout)
	require.Contains(t, leaving.String(), ", "+why+"\n")
	require.Zero(t, leaving.Contained, "git lets them in")
	require.Len(t, leaving.Remains(), 2)

	x, err := b.Explain(t.Context(), b.Person("1"), policy.Entitlement{System: "git", Kind: "team", Name: "dev"})
	require.NoError(t, err)
	require.Equal(t, why, x.Lockout)
	require.True(t, x.Wanted)

	locks := statusOf(t, b).Lockouts
	require.Len(t, locks, 1)
	require.Equal(t, []string{id, b.Person("1"), "soc"}, []string{locks[0].ID, locks[0].Person, string(locks[0].Actor)})

	plan, err := b.Plan(t.Context(), provisioning.PlanRequest{})
	require.NoError(t, err)
	require.Contains(t, plan.Lines[0].String(), "- disable     git")
	require.Contains(t, plan.Lines[0].String(), why)

	b.Target("git").Clear()
	_, err = b.Retry(t.Context(), "git", "")
	require.NoError(t, err)
	b.Settle()
	leaving, err = b.Leaving(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.Empty(t, leaving.Remains())
	require.False(t, leaving.Contained.IsZero())
	b.GoTo("2026-02-01")
	leaving, err = b.Leaving(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.Empty(t, leaving.Lockout)
	require.Empty(t, leaving.Steps)
	require.Empty(t, statusOf(t, b).Lockouts)
}

// Somebody lets them in again by hand.
func TestWhoIsLockedOutAndEnabledByHandIsAGhost(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		s.Drift = provisioning.RepairDrift
		c.Systems["directory"] = s
	}})
	hire(b, "1", "Ada", "Eng")
	b.Sync()
	lock(t, b, "1", provisioning.Lockout{})
	b.Clock.Set(b.Clock.Now().Add(time.Minute))
	tamper(b, "ada", func(a *connector.Account) { a.Active = true })
	seen, err := b.Observe(t.Context(), provisioning.ObserveRequest{System: "directory"})
	require.NoError(t, err)
	require.Equal(t, 1, seen.Counts[provisioning.Ghost])
	b.Settle()
	require.Error(t, b.Target("directory").SignIn("ada"))
}

// Whatever is on its way when somebody is locked out does not let them in.
func TestWhatIsOnItsWayLetsNobodyInWhoIsLockedOut(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]connector.Kind{"an account that is made": connector.Create, "one that is enabled": connector.Enable} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := bench(t, provisioningtest.Config{Policy: plain})
			hire(b, "1", "Ada", "Eng")
			lose := func() {
				b.Target("directory").Fault(memory.Fault{Kinds: []connector.Kind{kind}, Do: memory.LoseReply})
				b.Target("directory").Fault(memory.Fault{Kinds: []connector.Kind{memory.Find}, Do: memory.Fail})
			}
			if kind == connector.Enable {
				b.Sync()
				id := lock(t, b, "1", provisioning.Lockout{})
				lose()
				require.NoError(t, b.Withdraw(t.Context(), provisioning.WithdrawRequest{ID: id, Actor: "soc"}))
			} else {
				lose()
			}
			readAndDrain(t, b)
			require.NoError(t, b.Target("directory").SignIn("ada"), "but it is not known")
			_, err := b.Record(t.Context(), provisioning.RecordRequest{Person: b.Person("1"), Actor: "soc", Lockout: &provisioning.Lockout{}})
			require.NoError(t, err)
			b.Target("directory").Clear()
			require.Eventually(t, func() bool {
				b.Settle()
				return b.Target("directory").SignIn("ada") != nil
			}, 30*time.Second, time.Millisecond)
			b.Settle()
			require.Error(t, b.Target("directory").SignIn("ada"))
		})
	}
}

package provisioning_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// hurrying is a policy in which some of what is taken away is urgent.
const hurrying = `version: 1
rules:
  - {name: staff, when: "true", grants: [directory:group/staff]}
  - {name: developers, when: department == "Eng", grants: [git:team/dev, git:team/ops]}
denies:
  - {name: investigated, when: jobTitle == "Suspect", grants: ["git:*"], urgent: true}
  - {name: moved, when: jobTitle == "Manager", grants: ["git:*"]}
  - {name: off call, when: jobTitle == "Junior", grants: [git:team/ops], urgent: true}
accounts:
  directory: {name: userName, candidates: ["{givenName|ascii|lower}"], suspend: status == "onLeave", suspendUrgently: status == "suspended"}
  git: {name: userName, candidates: ["{givenName|ascii|lower}"]}
`

// massLeaving is a bench on which so many leave, with whatever else happens, that the run
// is held.
func massLeaving(t *testing.T, happens func(b *provisioningtest.Bench)) *provisioningtest.Bench {
	t.Helper()
	b := crowd(t, 60, provisioningtest.Config{Policy: hurrying})
	move(b, "Eng", 0, 10)
	b.Sync()
	require.Equal(t, 10, activeIn(b, "git"))
	for i := range 20 {
		b.HR.End(fmt.Sprintf("%04d", 20+i), "2025-12-31")
	}
	happens(b)
	b.Sync()
	for i := range 20 {
		require.True(t, account(t, b, "directory", fmt.Sprintf("%04d", 20+i)).Active, "the mass waits")
	}
	require.Contains(t, openCase(t, b).Question, "20 of ")
	return b
}

func as(status hrsource.Status) func(*hrsource.Worker) {
	return func(w *hrsource.Worker) { w.Status = status }
}

func withTitle(title string) func(*hrsource.Worker) {
	return func(w *hrsource.Worker) { w.Assignments[0].JobTitle = title }
}

func TestWhoIsSuspendedUrgentlyWaitsForNoMass(t *testing.T) {
	t.Parallel()
	b := massLeaving(t, func(b *provisioningtest.Bench) {
		b.HR.Change("0001", as(hrsource.StatusSuspended))
		b.HR.Change("0002", as(hrsource.StatusOnLeave))
	})
	d := b.Target("directory")
	require.Error(t, d.SignIn("p1"))
	require.NotEmpty(t, account(t, b, "directory", "0001").Entitlements, "what they hold stays")
	require.NoError(t, d.SignIn("p2"), "who is on leave waits with the others")
	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	require.Error(t, d.SignIn("p2"))
	b.HR.Change("0001", as(hrsource.StatusActive))
	b.Sync()
	require.NoError(t, d.SignIn("p1"))
}

// Somebody was put on leave, and is to be locked out now.
func TestSuspensionThatTurnsUrgentLeavesTheHeldRun(t *testing.T) {
	t.Parallel()
	b := massLeaving(t, func(b *provisioningtest.Bench) { b.HR.Change("0001", as(hrsource.StatusOnLeave)) })
	require.NoError(t, b.Target("directory").SignIn("p1"))
	b.HR.Change("0001", as(hrsource.StatusSuspended))
	b.Sync()
	require.Error(t, b.Target("directory").SignIn("p1"))
}

func TestWhatUrgentDeniesTakeWaitsForNoMass(t *testing.T) {
	t.Parallel()
	b := massLeaving(t, func(b *provisioningtest.Bench) {
		b.HR.Change("0001", withTitle("Suspect"))
		b.HR.Change("0002", withTitle("Manager"))
		b.HR.Change("0003", withTitle("Junior"))
	})
	g := b.Target("git")
	require.Error(t, g.SignIn("p1"), "nothing is left for them there")
	require.Empty(t, account(t, b, "git", "0001").Entitlements)
	require.NoError(t, b.Target("directory").SignIn("p1"))
	require.NoError(t, g.SignIn("p2"))
	require.Len(t, account(t, b, "git", "0002").Entitlements, 2)
	require.NoError(t, g.SignIn("p3"))
	require.Equal(t, []string{"team/dev"}, entitlements(account(t, b, "git", "0003")))
}

// What policy calls urgent is limited as terminations are.
func TestManyUrgentDeniesAreHeld(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, provisioningtest.Config{Policy: hurrying, Tenant: func(c *provisioning.TenantConfig) { c.Guard.Urgent = 2 }})
	move(b, "Eng", 0, 20)
	b.Sync()
	for i := range 20 {
		b.HR.Change(fmt.Sprintf("%04d", i), withTitle("Suspect"))
	}
	b.Sync()
	require.Equal(t, 18, activeIn(b, "git"))
	require.Len(t, b.Target("git").Accounts(), 20)
}

func TestOneOfTwoJobsThatEndsAtOnceTakesWhatItGaveAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end, later func(b *provisioningtest.Bench, w *hrsource.Worker)
		first      bool // whether git is closed before the mass is released
		last       bool // and after what is told later
	}{
		"by an exact instant": {end: func(b *provisioningtest.Bench, w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() }, first: true, last: true},
		"against their will": {end: func(_ *provisioningtest.Bench, w *hrsource.Worker) {
			w.TerminationDate, w.Involuntary = date(2025, 12, 31), true
		}, first: true, last: true},
		"in the ordinary way": {end: func(_ *provisioningtest.Bench, w *hrsource.Worker) { w.TerminationDate = date(2025, 12, 31) }},
		"in the ordinary way, and then at once": {
			end:   func(_ *provisioningtest.Bench, w *hrsource.Worker) { w.TerminationDate = date(2025, 12, 31) },
			later: func(b *provisioningtest.Bench, w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() }, last: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := crowd(t, 60, provisioningtest.Config{Policy: hurrying})
			for id, department := range map[string]string{"eng": "Eng", "legal": "Legal"} {
				w := provisioningtest.Worker(id, "Two", department, "2025-01-01")
				w.PersonKey = "two"
				b.HR.Put(w)
			}
			b.Sync()
			require.NoError(t, b.Target("git").SignIn("two"))
			for i := range 20 {
				b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
			}
			b.HR.Change("eng", func(w *hrsource.Worker) { c.end(b, w) })
			b.Sync()
			closed := func() bool {
				return b.Target("git").SignIn("two") != nil && len(account(t, b, "git", "eng").Entitlements) == 0
			}
			require.Equal(t, c.first, closed())
			require.Equal(t, 61, activeIn(b, "directory"), "the mass waits, and the other job goes on")
			if c.later != nil {
				b.Clock.Set(b.Clock.Now().Add(time.Hour))
				b.HR.Change("eng", func(w *hrsource.Worker) { c.later(b, w) })
				b.Sync()
			}
			require.Equal(t, c.last, closed())
			require.Equal(t, 61, activeIn(b, "directory"))
			b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
			b.Settle()
			require.True(t, closed())
			require.NoError(t, b.Target("directory").SignIn("two"))
		})
	}
}

// Somebody whose next job was to begin soon kept what the last one gave, though HR said
// meanwhile that it was to end at once.
func TestAnEndThatIsOrderedAfterTheLastDayIsNotBridged(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: strings.Replace(hurrying, "version: 1\n", "version: 1\nbridgeDays: 9\n", 1)})
	for id, start := range map[string]string{"first": "2025-01-01", "next": "2026-01-05"} {
		w := provisioningtest.Worker(id, "Ada", "Eng", start)
		w.PersonKey = "ada"
		b.HR.Put(w)
	}
	b.HR.End("first", "2025-12-31")
	b.Sync()
	require.NoError(t, b.Target("git").SignIn("ada"))
	b.HR.Change("first", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
	b.Sync()
	require.Error(t, b.Target("git").SignIn("ada"))
	b.GoTo("2026-01-05")
	require.NoError(t, b.Target("git").SignIn("ada"))
}

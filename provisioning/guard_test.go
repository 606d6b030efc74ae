package provisioning_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// crowd is a bench with n people in Sales, all provisioned.
func crowd(t *testing.T, n int, cfg provisioningtest.Config) *provisioningtest.Bench {
	t.Helper()
	b := bench(t, cfg)
	for i := range n {
		b.HR.Put(provisioningtest.Worker(fmt.Sprintf("%04d", i), "P"+fmt.Sprint(i), "Sales", "2026-01-01"))
	}
	b.Sync()
	require.Equal(t, n, activeIn(b, "directory"))
	return b
}

func activeIn(b *provisioningtest.Bench, system string) int {
	n := 0
	for _, a := range b.Target(system).Accounts() {
		if a.Active {
			n++
		}
	}
	return n
}

func TestMassTerminationIsHeldAsAWholeUntilSomebodyReleasesIt(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, provisioningtest.Config{})
	for i := range 7 { // 10 % of 60 are 6
		b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
	}
	b.Sync()
	require.Equal(t, 60, activeIn(b, "directory"), "nothing of the run acts")
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Len(t, status.Held, 1)
	require.Contains(t, status.Held[0].Note, "7 of 60 would be hit by disable")

	b.Sync()
	b.Clock.Set(b.Clock.Now().Add(48 * time.Hour))
	b.Settle()
	require.Equal(t, 60, activeIn(b, "directory"), "neither another read nor time releases it")

	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	require.Equal(t, 53, activeIn(b, "directory"))
}

func TestSlowLeakBelowEachRunsLimitIsCaughtByTheWindow(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, provisioningtest.Config{})
	for i := range 20 {
		b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
		b.Sync()
		b.Clock.Set(b.Clock.Now().Add(time.Hour))
	}
	require.GreaterOrEqual(t, activeIn(b, "directory"), 54, "6 in 24 hours, and no more")
}

func TestUrgentTerminationDoesNotWaitForTheMassThatIsHeld(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, provisioningtest.Config{})
	for i := range 20 {
		b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
	}
	b.HR.Change("0042", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
	b.Sync()
	require.False(t, account(t, b, "directory", "0042").Active)
	require.Empty(t, account(t, b, "directory", "0042").Entitlements)
	require.Equal(t, 59, activeIn(b, "directory"))
}

func TestTerminationThatTurnsUrgentLeavesTheHeldRun(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, provisioningtest.Config{})
	for i := range 20 {
		b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
	}
	b.Sync()
	require.Equal(t, 60, activeIn(b, "directory"))
	b.HR.Change("0003", func(w *hrsource.Worker) { w.Involuntary = true })
	b.Sync()
	require.False(t, account(t, b, "directory", "0003").Active)
	require.Equal(t, 59, activeIn(b, "directory"))
}

func TestAnotherLookDoesNotCarryAHeldItemPastTheGuard(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, provisioningtest.Config{})
	for i := range 20 {
		b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
	}
	b.Sync()
	for i := range 20 { // one by one, each far below every limit
		b.HR.Change(fmt.Sprintf("%04d", i), func(w *hrsource.Worker) { w.Phone = "123" })
		b.Sync()
	}
	require.Equal(t, 60, activeIn(b, "directory"))
}

func TestHeldRunIsForgottenWhenHRTakesItBack(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, provisioningtest.Config{})
	for i := range 20 {
		b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
	}
	b.Sync()
	for i := range 20 {
		b.HR.Change(fmt.Sprintf("%04d", i), func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
	}
	b.Sync()
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Empty(t, status.Held)
	require.Zero(t, status.Cases)
	require.Equal(t, 60, activeIn(b, "directory"))
}

// A joiner waited for ever beside a mass removal that nobody wanted any more.
func TestHeldRunGoesOnWhenHRTakesTheRemovalsBack(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, provisioningtest.Config{})
	for i := range 20 {
		b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
	}
	b.HR.Put(provisioningtest.Worker("new", "Newbie", "Sales", "2026-01-01"))
	b.Sync()
	require.Equal(t, 60, activeIn(b, "directory"))
	for i := range 13 { // seven are left, which are one too many
		b.HR.Change(fmt.Sprintf("%04d", i), func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
	}
	b.Sync()
	require.Equal(t, 60, activeIn(b, "directory"))
	cases, err := b.Cases(t.Context())
	require.NoError(t, err)
	require.Len(t, cases, 1)
	require.Contains(t, cases[0].Question, "7 of 60", "the question tells what is left")
	for i := 13; i < 20; i++ {
		b.HR.Change(fmt.Sprintf("%04d", i), func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
	}
	b.Sync()
	require.Equal(t, 61, activeIn(b, "directory"))
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Empty(t, status.Held)
	require.Zero(t, status.Cases)
}

// Nine of ten people could be ended at once as urgent, without a question.
func TestUrgentRemovalsPassNoAbsoluteLimit(t *testing.T) {
	t.Parallel()
	for name, guard := range map[string]provisioning.Guard{
		"an absolute limit": {Max: 1, Percent: 1, MinPopulation: 1},
		"none urgent":       {Max: 1, Percent: 1, MinPopulation: 1, Urgent: provisioning.NoUrgent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := crowd(t, 10, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) { c.Guard = guard }})
			for i := range 10 {
				b.HR.Change(fmt.Sprintf("%04d", i), func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
			}
			b.Sync()
			want := 9
			if guard.Urgent == provisioning.NoUrgent {
				want = 10
			}
			require.Equal(t, want, activeIn(b, "directory"))
			cases, err := b.Cases(t.Context())
			require.NoError(t, err)
			require.Len(t, cases, 1)
		})
	}
}

func TestModeThatIsRaisedLaterIsJudgedThen(t *testing.T) {
	t.Parallel()
	var without atomic.Bool
	b := crowd(t, 60, provisioningtest.Config{Engine: func(c *provisioning.Config) {
		inner := c.Tenant
		c.Tenant = func(ctx context.Context, id string) (provisioning.TenantConfig, error) {
			cfg, err := inner(ctx, id)
			if without.Load() {
				cfg.Systems = map[string]provisioning.System{}
			}
			return cfg, err
		}
	}})
	reload := func(on bool) {
		without.Store(on)
		b.Engine.Reload(b.ID())
		tenant, err := b.Engine.Tenant(t.Context(), b.ID())
		require.NoError(t, err)
		b.Tenant = tenant
	}
	reload(true) // the system is taken out for a while
	for i := range 20 {
		b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
	}
	b.Sync()
	reload(false)
	b.Sync()
	require.Equal(t, 60, activeIn(b, "directory"), "what was not judged while it could not act is judged now")
	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	require.Equal(t, 40, activeIn(b, "directory"))
}

func TestAddingIsNeverGuarded(t *testing.T) {
	t.Parallel()
	b := crowd(t, 200, provisioningtest.Config{})
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Empty(t, status.Held)
}

func TestReportOnlyIsTheZeroModeAndWritesNothing(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) {
		d := c.Systems["directory"]
		d.Mode = ""
		c.Systems["directory"] = d
	}})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01"))
	b.Sync()
	require.Zero(t, accounts(b, "directory"))
	plan, err := b.Plan(t.Context(), provisioning.PlanRequest{})
	require.NoError(t, err)
	require.NotEmpty(t, plan.Lines, "but shows what it would do")
}

func TestAddOnlyTakesNothingAway(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) {
		d := c.Systems["directory"]
		d.Mode = provisioning.AddOnly
		c.Systems["directory"] = d
	}})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01"))
	b.Sync()
	b.HR.End("1", "2025-12-31")
	b.Sync()
	a := account(t, b, "directory", "1")
	require.True(t, a.Active)
	require.Len(t, a.Entitlements, 2)
}

// Much that is disabled and much that is revoked, neither of which is too much by itself.
func TestManyRemovalsOfSeveralKindsAreTooMuchTogether(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		guard provisioning.Guard
		held  bool
	}{
		"without a limit": {},
		"below it":        {provisioning.Guard{MaxWeight: 21}, false},
		"above it":        {provisioning.Guard{MaxWeight: 20}, true},
		"other weights":   {provisioning.Guard{MaxWeight: 20, Weights: provisioning.Weights{Disable: 1, Revoke: 2}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(plain, "accounts:", `  - {name: sellers, when: department == "Sales", grants: [directory:group/sales]}
accounts:`, 1)
			b := crowd(t, 60, provisioningtest.Config{Policy: text, Tenant: func(cfg *provisioning.TenantConfig) { cfg.Guard = c.guard }})
			for i := range 3 {
				b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
			}
			for i := range 3 {
				b.HR.Change(fmt.Sprintf("%04d", 10+i), func(w *hrsource.Worker) { w.Assignments[0].Department = "Legal" })
			}
			b.Sync()
			if !c.held {
				require.Equal(t, 57, activeIn(b, "directory"))
				return
			}
			require.Equal(t, 60, activeIn(b, "directory"))
			require.Contains(t, openCase(t, b).Question, "directory: all of it together weighs 21, after 0 already in the window; 20 may (10 for each delete, 5 for each disable")
			b.HR.Change("0010", func(w *hrsource.Worker) { w.Assignments[0].Department = "Sales" })
			b.Sync()
			require.Equal(t, 57, activeIn(b, "directory"), "HR took one of it back, and the rest is not too much")
		})
	}
}

// What had passed as urgent was not in the window of the same run.
func TestUrgentRemovalsCountAgainstTheRestOfTheirRun(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, provisioningtest.Config{})
	for i := range 6 {
		b.HR.Change(fmt.Sprintf("%04d", i), func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
		b.HR.End(fmt.Sprintf("%04d", i+6), "2025-12-31")
	}
	b.Sync()
	require.Equal(t, 54, activeIn(b, "directory"))
	require.Contains(t, b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceHold).Question, "6 of 60 would be hit by disable, after 6 already in the window; 6 may")
}

// Each group was counted, so that one leaver with seven of them used up the window.
func TestTheWindowCountsPeople(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, provisioningtest.Config{Policy: strings.Replace(plain, "[directory:group/staff]",
		`["directory:group/a", "directory:group/b", "directory:group/c", "directory:group/d", "directory:group/e", "directory:group/f", "directory:group/g"]`, 1)})
	b.HR.Change("0001", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
	b.Sync()
	b.HR.End("0002", "2025-12-31")
	b.Sync()
	require.Equal(t, 58, activeIn(b, "directory"))
	require.Empty(t, entitlements(account(t, b, "directory", "0002")))
}

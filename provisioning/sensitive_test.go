package provisioning_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// wary is a bench with 20 engineers, on which administrators are sensitive. Whoever
// is moved to IT is to become one.
func wary(t *testing.T, alter func(*provisioning.TenantConfig)) *provisioningtest.Bench {
	t.Helper()
	b := bench(t, provisioningtest.Config{Policy: guarded, Tenant: func(c *provisioning.TenantConfig) {
		c.Guard.Sensitive = []string{"directory:group/admins"}
		if alter != nil {
			alter(c)
		}
	}})
	for i := range 20 {
		hire(b, fmt.Sprintf("%04d", i), fmt.Sprint("P", i), "Eng")
	}
	b.Sync()
	require.Equal(t, 20, activeIn(b, "directory"))
	return b
}

func move(b *provisioningtest.Bench, department string, from, to int) {
	for i := from; i < to; i++ {
		b.HR.Change(fmt.Sprintf("%04d", i), func(w *hrsource.Worker) { w.Assignments[0].Department = department })
	}
}

// holding counts the accounts that hold a group in the directory.
func holding(b *provisioningtest.Bench, group string) (n int) {
	for _, a := range b.Target("directory").Accounts() {
		for _, e := range a.Entitlements {
			if e == (connector.Entitlement{Kind: "group", Name: group}) {
				n++
			}
		}
	}
	return n
}

func TestManyNewAdministratorsAreHeldUntilSomebodyReleasesThem(t *testing.T) {
	t.Parallel()
	b := wary(t, nil)
	move(b, "IT", 0, 6)
	hire(b, "new", "Newbie", "Eng")
	b.HR.Change("0019", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
	b.Sync()
	require.Zero(t, holding(b, "admins"))
	require.Zero(t, len(b.Target("directory").Accounts())-20, "nothing of the run acts")
	require.False(t, account(t, b, "directory", "0019").Active, "but what is urgent")
	require.Contains(t, openCase(t, b).Question, "gives too much that is sensitive: directory: 6 grants of sensitive entitlements; 5 may")
	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	require.Equal(t, 6, holding(b, "admins"))
	require.Len(t, b.Target("directory").Accounts(), 21)
}

func TestOnlyWhatIsSensitiveIsLimited(t *testing.T) {
	t.Parallel()
	b := wary(t, nil)
	move(b, "IT", 0, 5)
	move(b, "Sales", 5, 20)
	b.Sync()
	require.Equal(t, 5, holding(b, "admins"))
	require.Equal(t, 15, holding(b, "sales"))
}

func TestSensitiveGrantsAddUpInTheWindow(t *testing.T) {
	t.Parallel()
	b := wary(t, nil)
	for i := range 10 {
		move(b, "IT", i, i+1)
		b.Sync()
		b.Clock.Set(b.Clock.Now().Add(time.Hour))
	}
	require.Equal(t, 5, holding(b, "admins"))
	b.Clock.Set(b.Clock.Now().Add(24 * time.Hour))
	b.Settle()
	require.Equal(t, 5, holding(b, "admins"), "time releases nothing")
	move(b, "IT", 10, 11)
	b.Sync()
	require.Equal(t, 6, holding(b, "admins"), "and what comes later is judged by its own window")
}

func TestNoSensitiveGrantPassesByItself(t *testing.T) {
	t.Parallel()
	b := wary(t, func(c *provisioning.TenantConfig) {
		c.Guard.Sensitive, c.Guard.MaxSensitive = []string{"directory:group/adm*"}, provisioning.NoSensitive
	})
	move(b, "IT", 0, 1)
	b.Sync()
	require.Zero(t, holding(b, "admins"))
	require.Contains(t, openCase(t, b).Question, "1 grants of sensitive entitlements; 0 may")
	move(b, "Sales", 0, 1)
	b.Sync()
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Empty(t, status.Held, "it is not wanted any more")
	require.Equal(t, 1, holding(b, "sales"))
}

func TestHeldRunGoesOnWhenFewSensitiveGrantsAreLeft(t *testing.T) {
	t.Parallel()
	b := wary(t, nil)
	move(b, "IT", 0, 8)
	b.Sync()
	require.Zero(t, holding(b, "admins"))
	move(b, "Sales", 0, 2)
	b.Sync()
	require.Contains(t, openCase(t, b).Question, "6 grants")
	move(b, "Sales", 2, 3)
	b.Sync()
	require.Equal(t, 5, holding(b, "admins"))
}

func TestSensitiveGrantsOfAPlanCountInTheWindow(t *testing.T) {
	t.Parallel()
	b := wary(t, nil)
	move(b, "IT", 0, 6)
	b.Sync()
	plan, err := b.Plan(t.Context(), provisioning.PlanRequest{})
	require.NoError(t, err)
	_, err = b.Apply(t.Context(), provisioning.ApplyRequest{Plan: plan, Actor: "boss"})
	require.NoError(t, err)
	b.Settle()
	require.Equal(t, 6, holding(b, "admins"))
	move(b, "IT", 6, 7)
	b.Sync()
	require.Equal(t, 6, holding(b, "admins"))
	require.Contains(t, openCase(t, b).Question, "1 grants of sensitive entitlements, after 6 already in the window")
}

// While a system is only reported on, nothing is given there, and nothing judged.
func TestSensitiveGrantsAreJudgedWhenTheModeIsRaised(t *testing.T) {
	t.Parallel()
	for _, mode := range []provisioning.Mode{provisioning.AddOnly, provisioning.Managed} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			store, err := sqlite.Open(t.Context(), ":memory:")
			require.NoError(t, err)
			defer store.Close()
			d, hr := memory.New(memory.Config{}), provisioningtest.NewSource()
			with := func(mode provisioning.Mode) *provisioningtest.Bench {
				return bench(t, provisioningtest.Config{Policy: plain, Store: store, Tenant: func(c *provisioning.TenantConfig) {
					c.Systems["directory"] = provisioning.System{Connector: d, Mode: mode}
					c.Sources = []provisioning.Source{{Source: hr}}
					c.Guard.Sensitive = []string{"directory:group/staff"}
				}})
			}
			for i := range 6 {
				hr.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Eng", "2025-01-01"))
			}
			b := with(provisioning.ReportOnly)
			b.Sync()
			status, err := b.Status(t.Context())
			require.NoError(t, err)
			require.Empty(t, status.Held)
			b = with(mode)
			b.Sync()
			for _, a := range d.Accounts() {
				require.Empty(t, a.Entitlements)
			}
			require.Contains(t, openCase(t, b).Question, "6 grants of sensitive entitlements; 5 may")
			b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
			b.Settle()
			require.Len(t, d.Accounts(), 6)
			for _, a := range d.Accounts() {
				require.Len(t, a.Entitlements, 1)
			}
		})
	}
}

func TestSimulationKnowsWhatIsSensitiveAndEachSystemsGuard(t *testing.T) {
	t.Parallel()
	other := strings.Replace(guarded, `department == "IT"`, `department in ["IT", "Eng"]`, 1)
	for limit, over := range map[int]bool{19: true, 20: false} {
		b := wary(t, func(c *provisioning.TenantConfig) {
			s := c.Systems["directory"]
			s.Guard = &provisioning.Guard{MaxSensitive: limit}
			c.Systems["directory"], c.Guard.MaxSensitive = s, 100
		})
		s, err := b.Simulate(t.Context(), provisioning.SimulateRequest{Policy: load(t, other)})
		require.NoError(t, err)
		require.Equal(t, provisioning.SystemImpact{Gains: 20, Sensitive: 20, Population: 20, OverGuardLimit: over}, s.Systems["directory"])
	}
}

// ownGuard gives the directory a guard of its own.
func ownGuard(g provisioning.Guard) provisioningtest.Config {
	return provisioningtest.Config{Policy: guarded, Tenant: func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		s.Guard = &g
		c.Systems["directory"] = s
	}}
}

func TestSystemIsGuardedByItsOwnLimits(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, ownGuard(provisioning.Guard{Max: 2}))
	for i := range 3 { // the tenant's guard lets 6 pass
		b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
	}
	b.Sync()
	require.Equal(t, 60, activeIn(b, "directory"))
	require.Equal(t, 60, activeIn(b, "git"), "the run is held as a whole")
	q := openCase(t, b).Question
	require.Contains(t, q, "directory: 3 of 60 would be hit by disable; 2 may (the absolute limit)")
	require.NotContains(t, q, "git")
}

// A system that was given a guard of its own was not guarded by the tenant's any more, and
// what its own left open was as loose as the defaults are.
func TestGuardOfASystemMakesNothingLooser(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tenant, own provisioning.Guard
		leave, may  int
		basis       string
	}{
		"a larger part":                    {provisioning.Guard{}, provisioning.Guard{Percent: 50}, 7, 6, "6 may (10% of 60)"},
		"a larger population":              {provisioning.Guard{}, provisioning.Guard{MinPopulation: 1000}, 7, 6, "6 may (10% of 60)"},
		"a larger absolute limit":          {provisioning.Guard{Max: 1}, provisioning.Guard{Max: 5}, 7, 1, "1 may (the absolute limit)"},
		"no absolute limit":                {provisioning.Guard{Max: 1}, provisioning.Guard{Percent: 50}, 2, 1, "1 may (the absolute limit)"},
		"a weight for nothing":             {provisioning.Guard{MaxWeight: 11}, provisioning.Guard{MaxWeight: 99, Weights: provisioning.Weights{Delete: 1}}, 2, 1, "11 may (10 for each delete, 5 for each disable"},
		"a smaller part":                   {provisioning.Guard{}, provisioning.Guard{Percent: 5}, 4, 3, "3 may (5% of 60)"},
		"a part of its own, and the count": {provisioning.Guard{Percent: 50}, provisioning.Guard{Max: 8}, 9, 8, "8 may (the absolute limit)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := ownGuard(c.own)
			own := cfg.Tenant
			cfg.Policy, cfg.Tenant = plain, func(tc *provisioning.TenantConfig) { own(tc); tc.Guard = c.tenant }
			b := crowd(t, 60, cfg)
			leave := func(n int) {
				for i := range n {
					b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
				}
				b.Sync()
			}
			leave(c.leave)
			require.Equal(t, 60, activeIn(b, "directory"))
			require.Contains(t, openCase(t, b).Question, c.basis)
			for i := c.may; i < c.leave; i++ {
				b.HR.Change(fmt.Sprintf("%04d", i), func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
			}
			b.Sync()
			require.Equal(t, 60-c.may, activeIn(b, "directory"), "the question is about what is left")
		})
	}
}

func TestSystemIsGuardedInItsOwnWindow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tenant, own time.Duration
		longer      time.Duration
	}{
		"a longer one":   {time.Hour, 3 * time.Hour, 3 * time.Hour},
		"a shorter one":  {3 * time.Hour, time.Hour, 3 * time.Hour},
		"the tenant's":   {3 * time.Hour, 0, 3 * time.Hour},
		"the usual ones": {0, 0, 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := ownGuard(provisioning.Guard{Percent: 9, Window: c.own})
			own := cfg.Tenant
			cfg.Policy, cfg.Tenant = plain, func(tc *provisioning.TenantConfig) {
				own(tc)
				tc.Guard = provisioning.Guard{Percent: 9, Window: c.tenant}
			}
			b := crowd(t, 60, cfg)
			leave := func(from, to int) {
				for i := from; i < to; i++ {
					b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
				}
				b.Sync()
			}
			leave(0, 5)
			require.Equal(t, 55, activeIn(b, "directory"))
			b.Clock.Set(b.Clock.Now().Add(c.longer - time.Second))
			leave(5, 6)
			require.Equal(t, 55, activeIn(b, "directory"), "what was less long ago counts")
			b.HR.Change("0005", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
			b.Clock.Set(b.Clock.Now().Add(time.Second))
			leave(6, 10)
			require.Equal(t, 51, activeIn(b, "directory"), "what was so long ago does not")
		})
	}
}

func TestUrgentRemovalsPassNoAbsoluteLimitOfASystem(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, ownGuard(provisioning.Guard{Max: 2}))
	for i := range 4 {
		b.HR.Change(fmt.Sprintf("%04d", i), func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
		b.Sync()
	}
	require.Equal(t, 58, activeIn(b, "directory"))
	require.Equal(t, 58, activeIn(b, "git"), "half a termination would help nobody")
}

func TestGuardThatCannotBeMeantIsRefused(t *testing.T) {
	t.Parallel()
	system := func(g *provisioning.Guard) map[string]provisioning.System {
		return map[string]provisioning.System{"directory": {Connector: memory.New(memory.Config{}), Guard: g}}
	}
	for want, cfg := range map[string]provisioning.TenantConfig{
		`sensitive entitlement "group/admins"`:          {Guard: provisioning.Guard{Sensitive: []string{"group/admins"}}},
		`sensitive entitlement "ldap:group/admins"`:     {Guard: provisioning.Guard{Sensitive: []string{"ldap:group/admins"}}},
		`sensitive entitlement "admins"`:                {Guard: provisioning.Guard{Sensitive: []string{"directory:admins"}}},
		"nothing negative but NoUrgent and NoSensitive": {Guard: provisioning.Guard{MaxSensitive: -2}},
		"system directory: guard: Urgent, ReleaseFor":   {Systems: system(&provisioning.Guard{Urgent: 1})},
		"system directory: guard: want Percent":         {Systems: system(&provisioning.Guard{Percent: 101})},
		"guard: want Holders.Percent and UpdatePercent": {Guard: provisioning.Guard{Holders: provisioning.HolderLimit{Percent: 101}}},
		"nothing of Holders negative":                   {Guard: provisioning.Guard{Holders: provisioning.HolderLimit{Max: -1}}},
		"UpdatePercent from 0 to 100":                   {Systems: system(&provisioning.Guard{UpdatePercent: -1})},
	} {
		if cfg.Systems == nil {
			cfg.Systems = system(nil)
		}
		require.ErrorContains(t, configured(t, cfg), want)
	}
	require.NoError(t, configured(t, provisioning.TenantConfig{Systems: system(nil), Guard: provisioning.Guard{Sensitive: []string{"directory:*", "directory:group/a*"}}}))
}

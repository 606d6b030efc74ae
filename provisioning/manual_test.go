package provisioning_test

import (
	"testing"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/stretchr/testify/require"
)

// extra gives another group to operations.
const extra = `version: 1
rules:
  - name: everybody
    when: workerType == "employee"
    grants: [directory:group/staff]
  - name: operations
    when: department == "Ops"
    grants: [directory:group/ops]
accounts:
  directory:
    name: userName
    candidates: ["{givenName|ascii|lower}", "{givenName|ascii|lower}{n}"]
`

func give(b *provisioningtest.Bench, groups ...string) {
	tamper(b, "ada", func(a *connector.Account) {
		a.Entitlements = nil
		for _, g := range groups {
			a.Entitlements = append(a.Entitlements, connector.Entitlement{Kind: "group", Name: g})
		}
	})
}

func explained(t *testing.T, b *provisioningtest.Bench, entitlement string) provisioning.Explanation {
	t.Helper()
	e, err := policy.ParseEntitlement(entitlement)
	require.NoError(t, err)
	x, err := b.Explain(t.Context(), b.Person("1"), e)
	require.NoError(t, err)
	return x
}

func TestEntitlementTakenByHandIsGivenAgainOnlyIfPolicyChangesItsMind(t *testing.T) {
	t.Parallel()
	b := handled(t, extra, adopts)
	b.HR.Change("1", department("Ops"))
	b.Sync()
	b.Clock.Set(b.Clock.Now().Add(time.Hour))
	give(b, "staff")
	require.Equal(t, map[string]provisioning.Situation{"ada group/ops": provisioning.Drifted}, situations(look(t, b)))
	require.Empty(t, look(t, b).Findings)
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].JobTitle = "Chair" })
	b.Sync()
	require.Equal(t, []string{"group/staff"}, entitlements(account(t, b, "directory", "1")))
	x := explained(t, b, "directory:group/ops")
	require.True(t, x.Wanted && x.Manual && !x.Held, "%+v", x)

	for _, to := range []string{"Eng", "Ops"} {
		b.HR.Change("1", department(to))
		b.Sync()
	}
	require.Equal(t, []string{"group/ops", "group/staff"}, entitlements(account(t, b, "directory", "1")))
	require.False(t, explained(t, b, "directory:group/ops").Manual)
}

func TestEntitlementGivenByHandIsKnownAsManualAndNeverTakenAway(t *testing.T) {
	t.Parallel()
	b := handled(t, extra, adopts)
	give(b, "staff", "ops")
	require.Equal(t, map[string]provisioning.Situation{"ada group/ops": provisioning.Unexplained}, situations(look(t, b)))
	require.Empty(t, look(t, b).Findings)
	x := explained(t, b, "directory:group/ops")
	require.True(t, x.Held && x.Manual && !x.Wanted, "%+v", x)
	require.Equal(t, audit.EventDrift, x.Trail[0].Event)

	for _, to := range []string{"Ops", "Eng"} { // a rule gives it, too, and ends
		b.HR.Change("1", department(to))
		b.Sync()
		require.Equal(t, []string{"group/ops", "group/staff"}, entitlements(account(t, b, "directory", "1")))
	}
	b.HR.End("1", "2025-12-31")
	b.Sync()
	require.Equal(t, []string{"group/ops"}, entitlements(account(t, b, "directory", "1")))
	l, err := b.Leaving(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.Len(t, l.Remains(), 1, "%s", l)
	require.Contains(t, l.String(), "others gave it")
}

// What nobody has any more is given back by nobody.
func TestManualEntitlementEndsWithWhoGaveItAndWithTheAccount(t *testing.T) {
	t.Parallel()
	t.Run("taken by hand", func(t *testing.T) {
		t.Parallel()
		b := handled(t, extra, adopts)
		give(b, "staff", "ops")
		look(t, b)
		give(b, "staff")
		require.Equal(t, map[string]provisioning.Situation{"ada group/ops": provisioning.Drifted}, situations(look(t, b)))
		for _, to := range []string{"Ops", "Eng"} { // now it is policy's alone
			b.HR.Change("1", department(to))
			b.Sync()
		}
		require.Equal(t, []string{"group/staff"}, entitlements(account(t, b, "directory", "1")))
	})
	t.Run("the account is gone", func(t *testing.T) {
		t.Parallel()
		b := handled(t, extra, func(s *provisioning.System) {
			s.Drift, s.DriftOf = provisioning.RepairDrift, map[string]provisioning.Drift{"group": provisioning.AdoptDrift}
		})
		b.HR.Put(provisioningtest.Worker("2", "Bea", "Eng", "2025-01-01"))
		b.Sync()
		give(b, "staff", "ops")
		look(t, b)
		b.Clock.Set(b.Clock.Now().Add(time.Hour))
		b.Target("directory").Remove(account(t, b, "directory", "1").ID)
		require.Equal(t, 1, look(t, b).Counts[provisioning.Missing])
		require.Equal(t, []string{"group/staff"}, entitlements(account(t, b, "directory", "1")))
	})
}

func TestManualEntitlementMovesWithItsAccountToWhoseItIs(t *testing.T) {
	t.Parallel()
	b := handled(t, extra, adopts)
	give(b, "staff", "ops")
	look(t, b)
	other := provisioningtest.Worker("2", "Ada", "Eng", "2027-01-01")
	b.HR.Put(other)
	b.Sync()
	require.NoError(t, b.Merge(t.Context(), provisioning.MergeRequest{Person: b.Person("1"), Into: b.Person("2"), Actor: "me"}))
	b.Settle()
	accounts := b.Target("directory").Accounts()
	require.Len(t, accounts, 1)
	require.Equal(t, []string{"group/ops", "group/staff"}, entitlements(accounts[0]))
	require.True(t, explained(t, b, "directory:group/ops").Manual)
}

// A temporary grant that is seen stays temporary, and one that is seen too long, too.
func TestATemporaryGrantThatIsSeenStaysTemporary(t *testing.T) {
	t.Parallel()
	b := handled(t, extra, adopts)
	b.HR.Change("1", department("Ops"))
	b.Sync()
	b.Clock.Set(b.Clock.Now().Add(time.Hour))
	require.Empty(t, look(t, b).Findings)
	b.HR.Change("1", department("Eng"))
	b.Sync()
	require.Equal(t, []string{"group/staff"}, entitlements(account(t, b, "directory", "1")))
	b.Clock.Set(b.Clock.Now().Add(time.Hour))
	give(b, "staff", "ops")
	for range 2 {
		o := look(t, b)
		require.Equal(t, map[string]provisioning.Situation{"ada group/ops": provisioning.Unexplained}, situations(o))
		require.False(t, o.Findings[0].Adopted)
	}
}

func TestWhatIsProtectedOrSensitiveIsNotAdopted(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: extra, Tenant: func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		s.Drift, s.ProtectedEntitlements = provisioning.AdoptDrift, []string{"group/admins"}
		c.Systems["directory"], c.Guard.Sensitive = s, []string{"directory:group/pay*"}
	}})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	b.Sync()
	b.Clock.Set(b.Clock.Now().Add(time.Hour))
	give(b, "staff", "admins", "payroll", "chess")
	look(t, b)
	require.Equal(t, map[string]provisioning.Situation{"ada group/admins": provisioning.Unexplained, "ada group/payroll": provisioning.Unexplained}, situations(look(t, b)))
}

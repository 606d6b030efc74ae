package provisioning_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// seasons is a policy of what holds in the days around a change.
const seasons = `
version: 1
bridgeDays: 3
rules:
  - {name: staff, when: "true", grants: [directory:group/staff]}
  - {name: sales, when: department == "Sales", grants: [directory:group/sales], overlapDays: 5}
accounts:
  directory:
    name: userName
    candidates: ["{givenName|ascii|lower}"]
    attributes: {department: "{department}"}
    aheadDays: 7
    suspend: status in ["onLeave", "suspended"]
`

func date(year int, month time.Month, day int) hrsource.Date {
	return hrsource.Date{Year: year, Month: month, Day: day}
}

func TestHireHasADisabledAccountAWeekAheadAndSignsInOnDayOne(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: seasons})
	w := provisioningtest.Worker("1", "Ada", "Sales", "2026-04-01")
	w.Timezone = "Europe/Vienna"
	b.HR.Put(w)
	b.GoTo("2026-03-24T22:59:59Z")
	require.Zero(t, accounts(b, "directory"))
	b.GoTo("2026-03-24T23:00:00Z") // midnight in Vienna, before the clocks go forward
	a := account(t, b, "directory", "1")
	require.False(t, a.Active)
	require.Error(t, b.Target("directory").SignIn("ada"))
	require.Empty(t, entitlements(a))
	require.Equal(t, `"Sales"`, a.Attributes["department"].String())
	decisions := b.Sink.Entries(audit.EventDecision)
	require.Equal(t, "prehire", decisions[len(decisions)-1].Outcome)

	b.GoTo("2026-03-31T22:00:00Z")
	a = account(t, b, "directory", "1")
	require.True(t, a.Active)
	require.NoError(t, b.Target("directory").SignIn("ada"))
	require.Equal(t, []string{"group/sales", "group/staff"}, entitlements(a))
	require.Equal(t, 1, b.Target("directory").Calls(connector.Create))
}

func TestAccountMadeAheadStaysDisabledIfTheHireDoesNotCome(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*hrsource.Worker){
		"no show": func(w *hrsource.Worker) { w.Status = hrsource.StatusNoShow },
		"moved":   func(w *hrsource.Worker) { w.HireDate = date(2026, 9, 1) },
	} {
		b := bench(t, provisioningtest.Config{Policy: seasons})
		b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-04-01"))
		b.GoTo("2026-03-30")
		require.Equal(t, 1, accounts(b, "directory"), name)
		b.HR.Change("1", change)
		b.GoTo("2026-05-01")
		require.False(t, account(t, b, "directory", "1").Active, name)
		require.Zero(t, b.Target("directory").Calls(connector.Enable), "%s: not for a moment", name)
	}
}

func TestLeaveOfAbsenceEndsSignInAndKeepsTheRest(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: seasons})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01"))
	b.Sync()
	before := account(t, b, "directory", "1")
	require.True(t, before.Active)
	b.HR.Change("1", func(w *hrsource.Worker) { w.Status = hrsource.StatusOnLeave })
	b.GoTo("2026-02-01")
	a := account(t, b, "directory", "1")
	require.False(t, a.Active)
	require.Error(t, b.Target("directory").SignIn("ada"))
	require.Equal(t, entitlements(before), entitlements(a))
	b.HR.Change("1", func(w *hrsource.Worker) { w.Status = hrsource.StatusActive })
	b.GoTo("2026-03-01")
	a = account(t, b, "directory", "1")
	require.True(t, a.Active)
	require.Equal(t, before.ID, a.ID)
	require.Zero(t, b.Target("directory").Calls(connector.Revoke))
}

func TestLeaverWhoIsOnLeaveLosesEverything(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: seasons})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01"))
	b.Sync()
	b.HR.Change("1", func(w *hrsource.Worker) { w.Status = hrsource.StatusOnLeave })
	b.GoTo("2026-02-01")
	b.HR.End("1", "2026-02-28")
	b.GoTo("2026-03-01")
	a := account(t, b, "directory", "1")
	require.False(t, a.Active)
	require.Empty(t, entitlements(a))
}

// A feed that tells only of today must not cost the overlap, nor what another one
// told of the days to come.
func TestTransferKeepsTheOldAccessForAWhileAlsoInAFlatFeed(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: seasons, Tenant: func(c *provisioning.TenantConfig) { c.Sources[0].Current = true }})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01"))
	b.GoTo("2026-03-02T09:00:00Z")
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments = []hrsource.Assignment{{Department: "Wood"}} })
	b.GoTo("2026-03-06T23:59:59Z")
	a := account(t, b, "directory", "1")
	require.Equal(t, `"Wood"`, a.Attributes["department"].String())
	require.Equal(t, []string{"group/sales", "group/staff"}, entitlements(a))
	b.GoTo("2026-03-07")
	require.Equal(t, []string{"group/staff"}, entitlements(account(t, b, "directory", "1")))
	require.Zero(t, b.Sync().Changed, "what was told before is no news")
}

func TestContractorWhoIsEmployedLosesNothingInBetween(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: seasons})
	contractor := provisioningtest.Worker("c1", "Ada", "Sales", "2026-01-01")
	contractor.Type, contractor.PersonKey, contractor.ContractEndDate = hrsource.ContingentWorker, "human-1", date(2026, 2, 27)
	b.HR.Put(contractor)
	b.GoTo("2026-02-01")
	employee := provisioningtest.Worker("e9", "Ada", "Sales", "2026-03-02")
	employee.PersonKey = "human-1"
	b.HR.Put(employee)
	b.GoTo("2026-03-02")
	require.Equal(t, b.Person("c1"), b.Person("e9"))
	a := account(t, b, "directory", "e9")
	require.True(t, a.Active)
	require.Equal(t, 1, accounts(b, "directory"))
	directory := b.Target("directory")
	require.Zero(t, directory.Calls(connector.Disable)+directory.Calls(connector.Revoke)+directory.Calls(connector.Enable))
}

func TestImmediateTerminationIsNotBridged(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: seasons})
	first := provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01")
	next := provisioningtest.Worker("2", "Ada", "Sales", "2026-02-03")
	first.PersonKey, next.PersonKey = "human-1", "human-1"
	b.HR.Put(first)
	b.HR.Put(next)
	b.GoTo("2026-02-01T10:00:00Z")
	require.True(t, account(t, b, "directory", "1").Active)
	b.HR.Change("1", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
	b.Sync()
	a := account(t, b, "directory", "1")
	require.False(t, a.Active)
	require.Empty(t, entitlements(a))
}

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

// grouped is a policy with a group for each title, and attributes that change.
const grouped = `version: 1
rules:
  - {name: staff, when: "true", grants: [directory:group/staff]}
  - {name: sailors, when: jobTitle == "Sailor", grants: [directory:group/sailors]}
  - {name: cooks, when: jobTitle == "Cook", grants: [directory:group/cooks]}
accounts:
  directory:
    name: userName
    candidates: ["{givenName|ascii|lower}"]
    attributes: {phone: "{phone}"}
    rename: true
`

// sailing is a bench with some people of whom the first are sailors.
func sailing(t *testing.T, people, sailors int, guard provisioning.Guard) *provisioningtest.Bench {
	t.Helper()
	b := bench(t, provisioningtest.Config{Policy: grouped, Tenant: func(c *provisioning.TenantConfig) { c.Guard = guard }})
	for i := range people {
		w := provisioningtest.Worker(fmt.Sprintf("%04d", i), fmt.Sprint("P", i), "Sales", "2025-01-01")
		if i < sailors {
			w.Assignments[0].JobTitle = "Sailor"
		}
		b.HR.Put(w)
	}
	b.Sync()
	require.Equal(t, sailors, holding(b, "sailors"))
	return b
}

// wide limits nothing but how many may lose the same.
func wide() provisioning.Guard {
	return provisioning.Guard{Percent: 100, Holders: provisioning.HolderLimit{Percent: 50}}
}

func retitle(b *provisioningtest.Bench, title string, from, to int) {
	for i := from; i < to; i++ {
		b.HR.Change(fmt.Sprintf("%04d", i), withTitle(title))
	}
}

// Everybody could lose a group in one run, if it was small beside the system.
func TestGroupIsNotEmptiedInOneRun(t *testing.T) {
	t.Parallel()
	b := sailing(t, 260, 25, provisioning.Guard{})
	retitle(b, "Cook", 0, 25)
	b.Sync()
	require.Equal(t, 25, holding(b, "sailors"))
	require.Zero(t, holding(b, "cooks"), "the run is held as a whole")
	require.Contains(t, openCase(t, b).Question, "takes away too much: directory: 25 of 25 would lose group/sailors; 20 may (50% of 40)")
	retitle(b, "Sailor", 0, 5)
	b.Sync()
	require.Equal(t, 5, holding(b, "sailors"), "HR took some of it back, and the rest is not too much")
	require.Equal(t, 20, holding(b, "cooks"))
}

func TestGroupThatIsEmptiedIsReleasedByAPerson(t *testing.T) {
	t.Parallel()
	b := sailing(t, 30, 25, wide())
	retitle(b, "Cook", 0, 25)
	b.Sync()
	require.Equal(t, 25, holding(b, "sailors"))
	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	require.Zero(t, holding(b, "sailors"))
}

func TestOrdinaryChangesPassTheLimitOfHolders(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(b *provisioningtest.Bench){
		"a team of twenty is dissolved": func(b *provisioningtest.Bench) { retitle(b, "Cook", 0, 20) },
		"a third of them leave": func(b *provisioningtest.Bench) {
			for i := range 20 {
				b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := sailing(t, 60, 20, provisioning.Guard{Percent: 34})
			change(b)
			b.Sync()
			require.Empty(t, statusOf(t, b).Held)
		})
	}
}

func TestHoldersAreLimitedAsTheGuardSays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limit provisioning.HolderLimit
		may   int
		basis string
	}{
		"a part of them":       {provisioning.HolderLimit{Percent: 20, Min: 10}, 6, "6 may (20% of 30)"},
		"the least number":     {provisioning.HolderLimit{Percent: 20, Min: 50}, 10, "10 may (20% of 50)"},
		"whatever the part is": {provisioning.HolderLimit{Max: 3}, 3, "3 may (the absolute limit)"},
		"all of them":          {provisioning.HolderLimit{Percent: 100}, 30, ""},
		"as many as may go":    {provisioning.HolderLimit{}, 30, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := sailing(t, 30, 30, provisioning.Guard{Percent: 100, Holders: c.limit})
			retitle(b, "Cook", 0, min(c.may+1, 30))
			b.Sync()
			if c.basis == "" {
				require.Zero(t, holding(b, "sailors"))
				return
			}
			require.Equal(t, 30, holding(b, "sailors"))
			require.Contains(t, openCase(t, b).Question, c.basis)
			retitle(b, "Sailor", c.may, c.may+1)
			b.Sync()
			require.Equal(t, 30-c.may, holding(b, "sailors"))
		})
	}
}

func TestGroupThatShrinksRunByRunIsCaughtByTheWindow(t *testing.T) {
	t.Parallel()
	b := sailing(t, 60, 60, wide())
	for i := range 10 {
		retitle(b, "Cook", 6*i, 6*i+6)
		b.Sync()
		b.Clock.Set(b.Clock.Now().Add(time.Hour))
	}
	require.Equal(t, 30, holding(b, "sailors"), "half of those there were, and not of those who are left")
	require.Contains(t, statusOf(t, b).Held[0].Note, "6 of 60 would lose group/sailors, after 30 already in the window; 30 may (50% of 60)")
	b.Clock.Set(b.Clock.Now().Add(24 * time.Hour))
	b.Settle()
	require.Equal(t, 30, holding(b, "sailors"), "time releases nothing")
	retitle(b, "Sailor", 30, 60)
	b.Sync()
	retitle(b, "Cook", 30, 36)
	b.Sync()
	require.Equal(t, 24, holding(b, "sailors"), "and what comes later is judged by its own window")
}

// What was let through and is still to be done counted twice, as lost and as held.
func TestRevokesThatAreStillToComeDoNotMakeAGroupLarger(t *testing.T) {
	t.Parallel()
	b := sailing(t, 60, 60, wide())
	d := b.Target("directory")
	d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Revoke}, Do: memory.Down})
	for i := range 3 {
		retitle(b, "Cook", 15*i, 15*i+15)
		readAndDrain(t, b)
	}
	d.Clear()
	b.Settle()
	b.Settle()
	require.Equal(t, 30, holding(b, "sailors"))
}

func TestUrgentRevokesCountForTheirGroup(t *testing.T) {
	t.Parallel()
	b := sailing(t, 60, 60, provisioning.Guard{Percent: 100, Holders: provisioning.HolderLimit{Max: 5}})
	for i := range 5 {
		b.HR.Change(fmt.Sprintf("%04d", i), func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
	}
	b.Sync()
	require.Equal(t, 55, holding(b, "sailors"))
	retitle(b, "Cook", 5, 6)
	b.Sync()
	require.Equal(t, 55, holding(b, "sailors"))
	require.Contains(t, openCase(t, b).Question, "1 of 60 would lose group/sailors, after 5 already in the window; 5 may")
}

// Ten who were terminated passed by themselves, and the ordinary ones of the same run
// were judged as if nobody had gone.
func TestUrgentRemovalsCountForTheRestOfTheirRun(t *testing.T) {
	t.Parallel()
	b := sailing(t, 60, 60, provisioning.Guard{})
	for i := range 4 {
		b.HR.Change(fmt.Sprintf("%04d", i), func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
	}
	for i := range 3 {
		b.HR.End(fmt.Sprintf("%04d", 10+i), "2025-12-31")
	}
	b.Sync()
	require.Equal(t, 56, activeIn(b, "directory"))
	require.Contains(t, openCase(t, b).Question, "3 of 60 would be hit by disable, after 4 already in the window; 6 may")
	require.Contains(t, openCase(t, b).Question, "3 of 60 would be hit by revoke, after 4 already", "one person counts once, whatever they held")
}

func TestSimulationKnowsTheLimitsOfHoldersAndOfUpdates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, now string
		updates  float64
		over     bool
	}{
		"all of a group":     {`jobTitle == "Sailor"`, `jobTitle == "Captain"`, 0, true},
		"none of a group":    {`jobTitle == "Sailor"`, `jobTitle startsWith "Sail"`, 0, false},
		"changes":            {`"{phone}"`, `"+{phone}"`, 0, false},
		"changes of so many": {`"{phone}"`, `"+{phone}"`, 10, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			guard := wide()
			guard.UpdatePercent = c.updates
			b := sailing(t, 30, 25, guard)
			call(b, "1", 0, 5)
			b.Sync()
			call(b, "1", 5, 10)
			b.Sync()
			s, err := b.Simulate(t.Context(), provisioning.SimulateRequest{Policy: load(t, strings.Replace(grouped, c.old, c.now, 1))})
			require.NoError(t, err)
			require.Equal(t, c.over, s.Systems["directory"].OverGuardLimit)
		})
	}
}

func call(b *provisioningtest.Bench, number string, from, to int) {
	for i := from; i < to; i++ {
		b.HR.Change(fmt.Sprintf("%04d", i), func(w *hrsource.Worker) { w.Phone = number })
	}
}

func showing(b *provisioningtest.Bench, number string) (n int) {
	for _, a := range b.Target("directory").Accounts() {
		if a.Attributes["phone"].Equal(connector.String(number)) {
			n++
		}
	}
	return n
}

func TestUpdatesAreNotLimitedUnlessAskedFor(t *testing.T) {
	t.Parallel()
	b := sailing(t, 60, 0, provisioning.Guard{})
	call(b, "123", 0, 60)
	b.Sync()
	require.Equal(t, 60, showing(b, "123"))
}

// A column of the feed that is shifted, or empty, changes everybody.
func TestMassOfUpdatesIsHeldUntilSomebodyReleasesIt(t *testing.T) {
	t.Parallel()
	b := sailing(t, 60, 0, provisioning.Guard{UpdatePercent: 20})
	b.HR.Put(provisioningtest.Worker("new", "Newbie", "Sales", "2025-01-01"))
	call(b, "123", 0, 13)
	b.HR.Change("0059", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
	b.Sync()
	require.Zero(t, showing(b, "123"))
	require.False(t, account(t, b, "directory", "0059").Active, "but what is urgent")
	require.Contains(t, openCase(t, b).Question, "changes too much: directory: 13 of 60 would be changed; 12 may (20% of 60)")
	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	require.Equal(t, 13, showing(b, "123"))
	require.Equal(t, 60, activeIn(b, "directory"), "whoever is new was made, and not changed")
}

func TestUpdatesAndRenamesAddUpInTheWindow(t *testing.T) {
	t.Parallel()
	b := sailing(t, 60, 0, provisioning.Guard{UpdatePercent: 20})
	for i := range 6 {
		call(b, "123", 3*i, 3*i+2)
		b.HR.Change(fmt.Sprintf("%04d", 3*i+2), func(w *hrsource.Worker) { w.Name.Given = fmt.Sprint("Q", i) })
		b.Sync()
		b.Clock.Set(b.Clock.Now().Add(time.Hour))
	}
	require.Equal(t, 8, showing(b, "123"))
	require.NoError(t, b.Target("directory").SignIn("q3"))
	require.Error(t, b.Target("directory").SignIn("q4"))
	require.Contains(t, statusOf(t, b).Held[0].Note, "directory: 3 of 60 would be changed, after 12 already in the window; 12 may")
	b.Clock.Set(b.Clock.Now().Add(24 * time.Hour))
	call(b, "456", 50, 60)
	b.Sync()
	require.Equal(t, 10, showing(b, "456"))
}

// What was only reported when its run was judged is judged once it can be done.
func TestUpdatesAreJudgedWhenTheModeIsRaised(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(t.Context(), ":memory:")
	require.NoError(t, err)
	defer store.Close()
	d, hr := memory.New(memory.Config{}), provisioningtest.NewSource()
	with := func(mode provisioning.Mode) *provisioningtest.Bench {
		return bench(t, provisioningtest.Config{Policy: grouped, Store: store, Tenant: func(c *provisioning.TenantConfig) {
			c.Systems["directory"] = provisioning.System{Connector: d, Mode: mode}
			c.Sources = []provisioning.Source{{Source: hr}}
			c.Guard.UpdatePercent = 10
		}})
	}
	for i := range 6 {
		hr.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Sales", "2025-01-01"))
	}
	with(provisioning.Managed).Sync()
	for i := range 6 {
		hr.Change(fmt.Sprint(i), func(w *hrsource.Worker) { w.Phone = "123" })
	}
	b := with(provisioning.ReportOnly)
	b.Sync()
	require.Empty(t, statusOf(t, b).Held)
	b = with(provisioning.AddOnly)
	b.Sync()
	require.Contains(t, openCase(t, b).Question, "6 of 6 would be changed; 5 may (10% of 50)")
	for _, a := range d.Accounts() {
		require.NotEqual(t, "123", a.Attributes["phone"].String())
	}
}

package provisioning_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// lines returns impacts as people read them.
func lines(impacts []provisioning.Impact) (out []string) {
	for _, i := range impacts {
		for line := range strings.Lines(i.String()) {
			out = append(out, strings.Join(strings.Fields(line), " "))
		}
	}
	return out
}

func TestAnotherPolicyIsTriedOnEverybodyAndChangesNothing(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("eng", "Ada", "Engineering", "2026-01-01"))
	b.Sync()
	writes := b.Target("directory").Writes()
	without := strings.Replace(office, `grants: [directory:group/sales]`, `grants: [directory:group/sellers]`, 1)
	without = strings.Replace(without, `when: department == "Engineering"`, `when: department == "R&D"`, 1)
	s, err := b.Simulate(t.Context(), provisioning.SimulateRequest{Policy: load(t, without)})
	require.NoError(t, err)
	require.Equal(t, 61, s.People)
	require.Equal(t, 61, s.Affected)
	require.Equal(t, provisioning.SystemImpact{Gains: 60, Losses: 61, Losers: 61, Population: 61, OverGuardLimit: true}, s.Systems["directory"])
	require.Equal(t, provisioning.SystemImpact{Losses: 2, Leavers: 1, Losers: 1, Population: 1}, s.Systems["git"])
	var ada []provisioning.Impact
	for _, i := range s.Impacts {
		if i.Person == b.Person("eng") {
			ada = append(ada, i)
		}
	}
	require.Equal(t, []string{
		"mover Ada Ada - directory group/engineering rule engineers > role engineer",
		"mover Ada Ada - git sign-in rule engineers > role engineer",
		"mover Ada Ada - git team/dev rule engineers > role engineer",
	}, lines(ada))
	b.Settle()
	require.Equal(t, writes, b.Target("directory").Writes())

	same, err := b.Simulate(t.Context(), provisioning.SimulateRequest{Policy: load(t, office)})
	require.NoError(t, err)
	require.Zero(t, same.Affected)
}

func TestWhatHRMightSayIsTriedAndNotBelieved(t *testing.T) {
	t.Parallel()
	b := crowd(t, 3, provisioningtest.Config{})
	moved := provisioningtest.Worker("0000", "P0", "Engineering", "2026-01-01")
	hire := provisioningtest.Worker("new", "Ada", "Sales", "2026-01-01")
	gone := provisioningtest.Worker("0002", "P2", "Sales", "2026-01-01")
	gone.TerminationDate = hrsource.Date{Year: 2025, Month: 12, Day: 31}
	s, err := b.Simulate(t.Context(), provisioning.SimulateRequest{Records: []hrsource.Record{{Worker: moved}, {Worker: hire}, {Worker: gone}}})
	require.NoError(t, err)
	require.Equal(t, 3, s.People)
	require.ElementsMatch(t, []string{
		"mover P0 P0 - directory group/sales rule sales",
		"mover P0 P0 ~ directory department",
		"mover P0 P0 + directory group/engineering rule engineers > role engineer",
		"mover P0 P0 + git sign-in rule engineers > role engineer",
		"mover P0 P0 + git team/dev rule engineers > role engineer",
		"joiner Ada Ada + directory sign-in rule sales; rule staff > role employee",
		"joiner Ada Ada + directory group/sales rule sales",
		"joiner Ada Ada + directory group/staff rule staff > role employee",
		"leaver P2 P2 - directory sign-in rule sales; rule staff > role employee",
		"leaver P2 P2 - directory group/sales rule sales",
		"leaver P2 P2 - directory group/staff rule staff > role employee",
	}, lines(s.Impacts))
	b.Sync()
	require.Equal(t, 3, activeIn(b, "directory"))
	people := 0
	for _, err := range b.People(t.Context()) {
		require.NoError(t, err)
		people++
	}
	require.Equal(t, 3, people)
}

func TestSimulationSaysAboutWhomItDoesNotKnow(t *testing.T) {
	t.Parallel()
	b := crowd(t, 2, provisioningtest.Config{})
	ev := &switchable{Evaluator: load(t, office), err: errors.New("the policy service is down")}
	s, err := b.Simulate(t.Context(), provisioning.SimulateRequest{Policy: ev})
	require.NoError(t, err)
	require.Equal(t, 2, s.Unknown)
	require.Zero(t, s.Affected)
	require.Contains(t, s.Impacts[0].Problem, "down")
	stop := errors.New("enough")
	_, err = b.Simulate(t.Context(), provisioning.SimulateRequest{Policy: ev, Each: func(provisioning.Impact) error { return stop }})
	require.ErrorIs(t, err, stop)

	twin := provisioningtest.Worker("twin", "P0", "Sales", "2026-01-01")
	twin.Email = "p0@example.com"
	first := provisioningtest.Worker("0000", "P0", "Sales", "2026-01-01")
	first.Email = "p0@example.com"
	s, err = b.Simulate(t.Context(), provisioning.SimulateRequest{Records: []hrsource.Record{{Worker: first}, {Worker: twin}}})
	require.NoError(t, err)
	require.Len(t, s.Unclear, 1)
}

// The forecast is held against what then happens.
func TestForecastComesTrue(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: seasons})
	hire := provisioningtest.Worker("1", "Ada", "Sales", "2026-02-01")
	hire.TerminationDate = date(2026, 6, 30)
	moves := provisioningtest.Worker("2", "Bea", "Sales", "2025-01-01")
	moves.Assignments = append(moves.Assignments, hrsource.Assignment{Department: "Eng", EffectiveFrom: date(2026, 3, 1)})
	b.HR.Put(hire)
	b.HR.Put(moves)
	b.Sync()
	forecast, err := b.Forecast(t.Context(), b.Clock.Now().AddDate(0, 3, 0))
	require.NoError(t, err)
	require.Equal(t, []string{
		"2026-01-25 00:00 prehire Ada Ada + directory account rule sales; rule staff",
		"2026-02-01 00:00 joiner Ada Ada + directory sign-in rule sales; rule staff",
		"2026-02-01 00:00 joiner Ada Ada + directory group/sales rule sales",
		"2026-02-01 00:00 joiner Ada Ada + directory group/staff rule staff",
		"2026-03-01 00:00 mover Bea Bea ~ directory department",
		"2026-03-06 00:00 mover Bea Bea - directory group/sales rule sales",
	}, lines(forecast))
	whole, err := b.Forecast(t.Context(), b.Clock.Now().AddDate(1, 0, 0))
	require.NoError(t, err)
	require.Equal(t, "leaver", whole[len(whole)-1].What)
	require.Equal(t, date(2026, 7, 1).Start(nil), whole[len(whole)-1].At)

	before := b.Target("directory").Writes()
	require.Equal(t, 1, accounts(b, "directory"), "a forecast does nothing")
	for _, turn := range whole {
		b.GoTo(turn.At.Add(-time.Second).Format("2006-01-02T15:04:05Z"))
		require.Equal(t, before, b.Target("directory").Writes(), "nothing comes that is not foreseen, before %s", turn)
		b.GoTo(turn.At.Format("2006-01-02T15:04:05Z"))
		require.Greater(t, b.Target("directory").Writes(), before, "%s", turn)
		before = b.Target("directory").Writes()
	}
	require.Equal(t, 1, activeIn(b, "directory"))
	require.Empty(t, must(b.Forecast(t.Context(), b.Clock.Now().AddDate(5, 0, 0))))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprint("must: ", err))
	}
	return v
}

// The people of the records alone were looked at.
func TestAnotherPolicyIsTriedOnEverybodyBesideRecords(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, provisioningtest.Config{})
	s, err := b.Simulate(t.Context(), provisioning.SimulateRequest{
		Policy:  load(t, strings.Replace(office, `grants: [directory:group/sales]`, `grants: [directory:group/sellers]`, 1)),
		Records: []hrsource.Record{{Worker: provisioningtest.Worker("new", "Ada", "Sales", "2026-01-01")}, {Worker: provisioningtest.Worker("0001", "P1", "Engineering", "2026-01-01")}},
	})
	require.NoError(t, err)
	require.Equal(t, 61, s.People)
	require.Equal(t, 60, s.Systems["directory"].Losses, "P1 loses it for having moved")
	require.True(t, s.Systems["directory"].OverGuardLimit)
}

// Entitlements were compared with a limit of people, and in systems where nothing is done.
func TestASimulationSaysOfTheGuardWhatTheGuardSays(t *testing.T) {
	t.Parallel()
	groups := strings.Replace(plain, "[directory:group/staff]", `["directory:group/a", "directory:group/b", "directory:group/c"]`, 1)
	for name, c := range map[string]struct {
		leavers int
		mode    provisioning.Mode
		held    bool
	}{
		"four with three groups each": {4, provisioning.Managed, false},
		"too many":                    {7, provisioning.Managed, true},
		"nothing is taken away there": {7, provisioning.AddOnly, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := crowd(t, 60, provisioningtest.Config{Policy: groups, Tenant: func(cfg *provisioning.TenantConfig) {
				s := cfg.Systems["directory"]
				s.Mode = c.mode
				cfg.Systems["directory"] = s
			}})
			var records []hrsource.Record
			for i := range c.leavers {
				b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
				w := provisioningtest.Worker(fmt.Sprintf("%04d", i), fmt.Sprint("P", i), "Sales", "2026-01-01")
				w.TerminationDate = hrsource.Date{Year: 2025, Month: 12, Day: 31}
				records = append(records, hrsource.Record{Worker: w})
			}
			s, err := b.Simulate(t.Context(), provisioning.SimulateRequest{Records: records})
			require.NoError(t, err)
			require.Equal(t, c.held, s.Systems["directory"].OverGuardLimit)
			b.Sync()
			require.Equal(t, c.held, len(statusOf(t, b).Held) > 0, "as it turns out")
		})
	}
}

// A move that changes nothing but attributes was not foreseen.
func TestAForecastTellsWhatChangesOfAccounts(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain})
	w := provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01")
	w.Assignments = append(w.Assignments, hrsource.Assignment{EffectiveFrom: hrsource.Date{Year: 2026, Month: 3, Day: 1}, Department: "Ops"})
	b.HR.Put(w)
	b.Sync()
	turns, err := b.Forecast(t.Context(), time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	require.Equal(t, []string{"2026-03-01 00:00 mover Ada Ada ~ directory department"}, lines(turns))
	writes := b.Target("directory").Writes()
	b.GoTo("2026-12-31")
	require.Equal(t, writes+1, b.Target("directory").Writes())
}

package quality_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/quality"
)

// now is the first of June 2026, at noon in London.
var now = time.Date(2026, time.June, 1, 11, 0, 0, 0, time.UTC)

func day(text string) hrsource.Date {
	d, err := hrsource.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// worker is somebody without fault, altered by with.
func worker(id string, with ...func(*hrsource.Worker)) hrsource.Worker {
	w := hrsource.Worker{
		Key: hrsource.WorkerKey{Source: "hr", ID: id}, Type: hrsource.Employee, Status: hrsource.StatusActive,
		HireDate:    day("2020-01-01"),
		Assignments: []hrsource.Assignment{{Department: "Engineering"}},
	}
	for _, alter := range with {
		alter(&w)
	}
	return w
}

// set gives a field a value, in the first assignment if it is one of them. The
// text is taken as it is if the field is a typed text, as a careless source does.
func set(field, text string) func(*hrsource.Worker) {
	return func(w *hrsource.Worker) {
		switch field {
		case "email":
			w.Email = text
		case "personalEmail":
			w.PersonalEmail = text
		case "timezone":
			w.Timezone = text
		case "source":
			w.Key.Source = text
		default:
			if p := w.Set(&w.Assignments[0], field, text); p != nil {
				panic(p.String())
			}
		}
	}
}

// since adds an assignment with a manager.
func since(from, manager string) func(*hrsource.Worker) {
	return func(w *hrsource.Worker) {
		w.Assignments = append(w.Assignments, hrsource.Assignment{EffectiveFrom: day(from), Department: "Engineering", Manager: manager})
	}
}

func checker(t *testing.T, cfg quality.Config) *quality.Checker {
	t.Helper()
	c, err := quality.New(cfg)
	require.NoError(t, err)
	return c
}

func findings(t *testing.T, cfg quality.Config, workers ...hrsource.Worker) []quality.Finding {
	t.Helper()
	c := checker(t, cfg)
	for _, w := range workers {
		c.Add(w)
	}
	return c.Findings()
}

// demands is what most cases expect of HR.
var demands = quality.Config{
	Now:      now,
	Custom:   []string{"badge", "site"},
	Required: []string{"department", "badge", "hireDate"},
	Allowed:  map[string][]string{"department": {"Engineering", "Sales"}, "badge": {"red", "blue"}, "workerType": {"employee", "contingentWorker"}},
	Values: map[string]map[string]string{
		"department":      {"Eng": "Engineering", "sales": "Sales", "n/a": ""},
		"workerType":      {"temp": "contingentWorker"},
		"contractEndDate": {"9999-12-31": ""},
		"badge":           {"rot": "red", "none": ""},
	},
}

func badge(colours ...string) func(*hrsource.Worker) {
	return func(w *hrsource.Worker) { w.Custom = map[string][]string{"badge": colours} }
}

// ruleCase is what a rule finds, or must not.
type ruleCase struct {
	rule   quality.Rule
	name   string
	people []hrsource.Worker
	want   []string // the findings of this rule, as "worker others: message"
}

// rules has for each rule what finds it and what must not.
var rules = slices.Concat(recordRules, populationRules)

func TestRules(t *testing.T) {
	t.Parallel()
	for _, c := range rules {
		t.Run(string(c.rule)+"/"+c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range findings(t, demands, c.people...) {
				require.Equal(t, f.Rule.Severity(), f.Severity)
				require.Equal(t, f.Rule.Owner(), f.Owner)
				if f.Rule != c.rule {
					continue
				}
				text := f.Worker.String()
				for _, other := range f.Others {
					text += " " + other.String()
				}
				got = append(got, text+": "+f.Message)
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestEveryRuleHasACaseOfEitherKind(t *testing.T) {
	t.Parallel()
	for _, rule := range quality.Rules() {
		for _, found := range []bool{true, false} {
			require.True(t, slices.ContainsFunc(rules, func(c ruleCase) bool { return c.rule == rule && (c.want != nil) == found }),
				"%s, found: %v", rule, found)
		}
	}
}

func TestEveryRuleHasASeverityAndAnOwner(t *testing.T) {
	t.Parallel()
	for _, rule := range quality.Rules() {
		require.Contains(t, []quality.Severity{quality.Info, quality.Warning, quality.Error}, rule.Severity(), rule)
		require.Contains(t, []quality.Owner{quality.HR, quality.IT, quality.Security}, rule.Owner(), rule)
	}
	require.Empty(t, quality.Rule("other").Severity())
	require.Empty(t, quality.Rule("other").Owner())
}

func TestARuleThatIsOffFindsNothing(t *testing.T) {
	t.Parallel()
	for _, c := range rules {
		cfg := demands
		cfg.Off = []quality.Rule{c.rule}
		for _, f := range findings(t, cfg, c.people...) {
			require.NotEqual(t, c.rule, f.Rule, c.name)
		}
	}
}

func TestOwnersAreReplaced(t *testing.T) {
	t.Parallel()
	cfg := quality.Config{Owners: map[quality.Rule]quality.Owner{quality.ManagerSelf: quality.Security}}
	got := findings(t, cfg, worker("1", set("manager", "1"), set("timezone", "Berlin")))
	require.Len(t, got, 2)
	require.Equal(t, quality.IT, got[0].Owner, "timezone")
	require.Equal(t, quality.Security, got[1].Owner, "manager")
}

func TestWithoutNowNobodyHasLeft(t *testing.T) {
	t.Parallel()
	people := []hrsource.Worker{
		worker("1", set("manager", "8"), since("2020-02-01", "2"), set("hireDate", "2999-01-01")),
		worker("2", set("terminationDate", "2021-01-01"), set("status", "terminated")),
		worker("3", set("contractEndDate", "2021-01-01")),
		worker("4", set("manager", "5")), worker("5", set("status", "noShow")),
	}
	require.Empty(t, findings(t, quality.Config{}, people...), "the last assignment counts, and nothing that needs today")
	require.Len(t, findings(t, quality.Config{Now: now}, people...), 4, "the rules that need it: managerLeft twice, startImplausible, activeAfterEnd")
}

func TestDatesAreMeantInTheZoneOfTheConfig(t *testing.T) {
	t.Parallel()
	w := worker("1", set("terminationDate", "2026-05-31"))
	pago, err := hrsource.LoadZone("Pacific/Pago_Pago") // where it is midnight at eleven in UTC
	require.NoError(t, err)
	require.Len(t, findings(t, quality.Config{Now: now, Zone: pago}, w), 1)
	require.Empty(t, findings(t, quality.Config{Now: now.Add(-time.Second), Zone: pago}, w))
	require.Len(t, findings(t, quality.Config{Now: now.Add(-time.Second)}, w), 1)
}

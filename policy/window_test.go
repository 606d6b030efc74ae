package policy_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

func TestWindowsAroundADate(t *testing.T) {
	t.Parallel()
	p := load(t, `version: 1
attributes: {probationEnd: {type: date}}
rules:
  - {name: mentor, when: "true", grants: [chat:channel/newcomers], from: hireDate - 3d, until: hireDate+30d}
  - {name: full, when: "true", grants: [crm:role/full], from: probationEnd + 1d}
  - {name: until, when: "true", grants: [crm:role/trainee], until: probationEnd}
accounts: {chat: {name: n, candidates: [x]}, crm: {name: n, candidates: [x]}}
`)
	r := stint(t, "1", "2020-01-01", "", policy.Span{Attributes: policy.Attributes{"hireDate": {"2026-03-16"}, "probationEnd": {"2026-06-15"}}})
	for _, c := range []struct {
		clock string
		want  []string
		next  string
	}{
		{"2026-03-12 23:59", []string{"crm:role/trainee"}, "2026-03-13 00:00"},
		{"2026-03-13 00:00", []string{"chat:channel/newcomers", "crm:role/trainee"}, "2026-04-16 00:00"}, // the clocks go forward on 29 March
		{"2026-04-15 23:59", []string{"chat:channel/newcomers", "crm:role/trainee"}, "2026-04-16 00:00"},
		{"2026-04-16 00:00", []string{"crm:role/trainee"}, "2026-06-16 00:00"},
		{"2026-06-15 23:59", []string{"crm:role/trainee"}, "2026-06-16 00:00"},
		{"2026-06-16 00:00", []string{"crm:role/full"}, ""},
	} {
		d := evaluate(t, p, on(t, c.clock, r))
		require.Equal(t, c.want, held(d), c.clock)
		if c.next == "" {
			require.Zero(t, d.NextChange)
		} else {
			require.Equal(t, on(t, c.next).At.UTC(), d.NextChange, c.clock)
		}
	}
	require.Empty(t, held(evaluate(t, p, on(t, "2026-06-16 00:00", stint(t, "1", "2020-01-01", "", policy.Span{})))), "a window around a date that is missing is shut")
	bad := stint(t, "1", "2020-01-01", "", policy.Span{Attributes: policy.Attributes{"hireDate": {"soon"}}})
	_, err := p.Evaluate(t.Context(), on(t, "2026-06-16 00:00", bad))
	require.ErrorContains(t, err, `attribute hireDate: value "soon": want a day`)
}

func TestAnAddOnHasAWindowOfItsOwn(t *testing.T) {
	t.Parallel()
	p := load(t, `version: 1
roles:
  lab: {grants: [lab:door/new], addOns: [{grants: [lab:door/old], until: 2026-03-10}]}
rules:
  - {name: r, when: "true", until: 2026-03-31, roles: [lab], addOns: [{grants: [lab:desk/flex], from: hireDate + 2d, until: hireDate + 90d}]}
accounts: {lab: {name: n, candidates: [x]}}
`)
	r := stint(t, "1", "2020-01-01", "", policy.Span{Attributes: policy.Attributes{"hireDate": {"2026-03-16"}}})
	for _, c := range []struct {
		clock string
		want  []string
		next  string
	}{
		{"2026-03-10 23:59", []string{"lab:door/new", "lab:door/old"}, "2026-03-11 00:00"},
		{"2026-03-11 00:00", []string{"lab:door/new"}, "2026-03-18 00:00"},
		{"2026-03-18 00:00", []string{"lab:desk/flex", "lab:door/new"}, "2026-04-01 00:00"},
		{"2026-04-01 00:00", []string{}, "2026-06-15 00:00"},
	} {
		d := evaluate(t, p, on(t, c.clock, r))
		require.Equal(t, c.want, held(d), c.clock)
		require.Equal(t, on(t, c.next).At.UTC(), d.NextChange, c.clock)
	}
	x, err := p.Explain(t.Context(), on(t, "2026-03-17 12:00", r), policy.Entitlement{System: "lab", Kind: "desk", Name: "flex"})
	require.NoError(t, err)
	require.Len(t, x.Leads, 1)
	require.Equal(t, policy.ObstacleWindow, x.Leads[0].Obstacles[0].Kind)
	require.Equal(t, "add-on 1 of rule r", x.Leads[0].Obstacles[0].Where)
	require.True(t, on(t, "2026-03-18 00:00").At.Equal(x.Leads[0].Obstacles[0].From))
	require.Equal(t, []string{
		`policy.yaml:2:91: the add-on ends on 2026-01-01, before it begins on 2026-01-02`,
	}, loadError(t, `version: 1
rules: [{name: a, when: "true", addOns: [{grants: [app:role/x], from: 2026-01-02,  until: 2026-01-01}]}]
accounts: {app: {name: n, candidates: [x]}}
`))
}

// Duties that meet on no day are no violation, and the search for a witness knows it.
func TestWindowsOfAddOnsKeepDutiesApart(t *testing.T) {
	t.Parallel()
	for until, verdict := range map[string]policy.Verdict{"2026-05-31": policy.Impossible, "2026-06-01": policy.Possible} {
		p := load(t, `version: 1
rules:
  - {name: a, when: "true", addOns: [{grants: [app:r/a], until: `+until+`}]}
  - {name: b, when: "true", addOns: [{grants: [app:r/b], from: 2026-06-01}]}
separation: [{name: s, between: [{grants: [app:r/a]}, {grants: [app:r/b]}], action: refuse}]
accounts: {app: {name: n, candidates: [x]}}
`)
		require.Equal(t, verdict, witnesses(t, p)[0].Verdict, until)
	}
}

func TestADateThatMovesMovesTheWindow(t *testing.T) {
	t.Parallel()
	p := load(t, `version: 1
rules: [{name: term, when: "true", grants: [app:role/x], until: contractEndDate}]
accounts: {app: {name: n, candidates: [x]}}
`)
	term := func(day string) policy.Attributes { return policy.Attributes{"contractEndDate": {day}} }
	r := stint(t, "1", "2020-01-01", "", policy.Span{Attributes: term("2026-06-30")}, policy.Span{From: on(t, "2026-06-01 00:00").At, Attributes: term("2026-12-31")})
	d := evaluate(t, p, on(t, "2026-05-01 00:00", r))
	require.Equal(t, on(t, "2026-06-01 00:00").At.UTC(), d.NextChange)
	d = evaluate(t, p, on(t, "2026-06-01 00:00", r))
	require.Equal(t, on(t, "2027-01-01 00:00").At.UTC(), d.NextChange)
	require.Len(t, d.Grants, 1)
	require.Len(t, evaluate(t, p, on(t, "2026-07-01 00:00", r)).Grants, 1)
}

func TestLoadReportsMistakesInWindows(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		`policy.yaml:3:61: unknown attribute "hireDat", did you mean "hireDate"?`,
		`policy.yaml:3:87: department is a string; a window is bound by a date, such as contractEndDate`,
		`policy.yaml:4:61: "hireDate + 3" is not a day; want one such as 2026-01-31, or days around a date, such as hireDate + 30d`,
		`policy.yaml:4:86: 4000 days; want 3660 at most`,
		`policy.yaml:5:83: the rule ends on hireDate, before it begins on hireDate + 1d`,
		`policy.yaml:6:61: "2026-01-01 + 3d" is not a day; want one such as 2026-01-31`,
	}, loadError(t, `version: 1
rules:
  - {name: a, when: "true", grants: [app:role/x],     from: hireDat + 3d,      until: department}
  - {name: b, when: "true", grants: [app:role/x],     from: hireDate + 3, until:     hireDate + 4000d}
  - {name: c, when: "true", grants: [app:role/x], from: hireDate + 1d, until:     hireDate}
  - {name: d, when: "true", grants: [app:role/x],     from: 2026-01-01 + 3d}
accounts: {app: {name: n, candidates: [x]}}
`))
}

// With many windows, the next change is the first of their days, in any zone.
func TestTheNextOfManyWindows(t *testing.T) {
	t.Parallel()
	h := newHistories(t, 3)
	doc := withCondition("true")
	first := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	days := map[string]bool{}
	for i := range 80 {
		from := first.AddDate(0, 0, h.IntN(300))
		until := from.AddDate(0, 0, h.IntN(40))
		days[from.Format(time.DateOnly)], days[until.AddDate(0, 0, 1).Format(time.DateOnly)] = true, true
		doc.Rules = append(doc.Rules, policy.Rule{
			Name: fmt.Sprint(i), When: "true", Grants: []string{"app:role/x"}, From: from.Format(time.DateOnly), Until: until.Format(time.DateOnly),
		})
	}
	p, err := policy.Compile(doc)
	require.NoError(t, err)
	for _, zone := range h.zones {
		s := person(policy.Attributes{"email": {"x"}})
		s.At, s.Relationships[0].Zone = first.AddDate(-20, 0, 0), zone
		seen := map[string]bool{}
		for {
			s.At = evaluate(t, p, s).NextChange
			if s.At.IsZero() {
				break
			}
			local := s.At
			if zone != nil {
				local = s.At.In(zone)
			}
			seen[local.Format(time.DateOnly)] = true
		}
		require.Equal(t, days, seen, "%v", zone)
	}
}

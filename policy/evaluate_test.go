package policy_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

func TestEvaluateUnitesRelationshipsAndGivesReasons(t *testing.T) {
	t.Parallel()
	p := load(t, company+`
rules:
  - {name: staff, when: "true", roles: [employee]}
  - {name: engineers, when: department == "Engines", roles: [engineer]}
  - {name: dev, when: '"apollo" in projects', grants: [git:team/dev, git:team/dev]}
`)
	s := policy.Subject{At: now, Person: "p1", Relationships: []policy.Relationship{
		{ID: "hr/2", Primary: true, Spans: []policy.Span{{Attributes: ada(policy.Attributes{"department": {"Sales"}, "projects": {"apollo"}})}}},
		{ID: "hr/1", Spans: []policy.Span{{Attributes: ada(nil)}}},
		{ID: "hr/3", End: now, Spans: []policy.Span{{Attributes: ada(policy.Attributes{"projects": {"apollo"}})}}},
		{ID: "hr/4", Start: now.Add(time.Hour)},
	}}
	staff1, staff2 := policy.Reason{Rule: "staff", Roles: []string{"employee"}, Relationship: "hr/1"}, policy.Reason{Rule: "staff", Roles: []string{"employee"}, Relationship: "hr/2"}
	engineer := policy.Reason{Rule: "engineers", Roles: []string{"engineer"}, Relationship: "hr/1"}
	viaEngineer := policy.Reason{Rule: "engineers", Roles: []string{"engineer", "employee"}, Relationship: "hr/1"}
	dev := policy.Reason{Rule: "dev", Relationship: "hr/2"}
	require.Equal(t, policy.Decision{
		Live: true,
		Accounts: []policy.DesiredAccount{
			{
				System: "directory", NameAttribute: "userName", Candidates: []string{"abyron", "ada.byron{n}"},
				Attributes: policy.Attributes{"displayName": {"Ada Byron"}, "email": {"{name}@example.com"}, "department": {"Sales"}},
				Reasons:    []policy.Reason{engineer, viaEngineer, staff1, staff2},
			},
			{
				System: "git", NameAttribute: "userName", Attributes: policy.Attributes{},
				Waiting: []string{"accounts.directory.userName"}, Reasons: []policy.Reason{dev, engineer},
			},
		},
		Grants: []policy.Grant{
			{Entitlement: policy.Entitlement{System: "directory", Kind: "group", Name: "engineering"}, Reasons: []policy.Reason{engineer}},
			{Entitlement: policy.Entitlement{System: "directory", Kind: "group", Name: "staff"}, Reasons: []policy.Reason{viaEngineer, staff1, staff2}},
			{Entitlement: policy.Entitlement{System: "git", Kind: "team", Name: "dev"}, Reasons: []policy.Reason{dev, engineer}},
		},
		NextChange: now.Add(time.Hour),
	}, evaluate(t, p, s))
}

func TestNobodyLiveGetsNothing(t *testing.T) {
	t.Parallel()
	p := load(t, company+"rules: [{name: all, when: \"true\", roles: [employee]}]\n")
	s := person(ada(nil))
	require.Len(t, evaluate(t, p, s).Grants, 1)
	s.Relationships[0].Start = now.Add(time.Nanosecond)
	require.Equal(t, policy.Decision{NextChange: now.Add(time.Nanosecond)}, evaluate(t, p, s))
	s.Relationships[0].Start = now
	require.True(t, evaluate(t, p, s).Live)
	s.Relationships[0].End = now
	require.Equal(t, policy.Decision{}, evaluate(t, p, s))
	require.Equal(t, policy.Decision{}, evaluate(t, p, policy.Subject{At: now}))
}

func TestPrimaryDescribesTheAccount(t *testing.T) {
	t.Parallel()
	p := load(t, company+"rules: [{name: all, when: \"true\", roles: [employee]}]\n")
	one := func(id, department string, primary bool, start time.Time) policy.Relationship {
		return policy.Relationship{ID: id, Primary: primary, Start: start, Spans: []policy.Span{{Attributes: ada(policy.Attributes{"department": {department}})}}}
	}
	early, late, future := now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0), now.AddDate(1, 0, 0)
	for name, c := range map[string]struct {
		relationships []policy.Relationship
		want          string
	}{
		"marked":            {[]policy.Relationship{one("1", "A", false, early), one("2", "B", true, late)}, "B"},
		"marked, but later": {[]policy.Relationship{one("1", "A", true, future), one("2", "B", false, late)}, "B"},
		"first":             {[]policy.Relationship{one("1", "A", false, late), one("2", "B", false, early)}, "B"},
		"always":            {[]policy.Relationship{one("1", "A", false, early), one("2", "B", false, time.Time{})}, "B"},
		"both marked":       {[]policy.Relationship{one("1", "A", true, late), one("2", "B", true, early)}, "B"},
		"least ID":          {[]policy.Relationship{one("2", "A", false, late), one("1", "B", false, late)}, "B"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := evaluate(t, p, policy.Subject{At: now, Relationships: c.relationships})
			require.Equal(t, []string{c.want}, d.Accounts[0].Attributes["department"])
		})
	}
}

func TestSpansCountFromTheBeginning(t *testing.T) {
	t.Parallel()
	p := load(t, company+"rules: [{name: eng, when: department == \"Engines\", roles: [engineer]}]\n")
	s := person(nil)
	s.Relationships[0].Spans = []policy.Span{
		{From: now.Add(time.Hour), Attributes: ada(nil)},
		{From: now.Add(2 * time.Hour), Attributes: ada(policy.Attributes{"department": {"Sales"}})},
	}
	d := evaluate(t, p, s)
	require.NotEmpty(t, d.Grants)
	require.Equal(t, now.Add(2*time.Hour), d.NextChange)
	s.At = d.NextChange
	require.Empty(t, evaluate(t, p, s).Grants)
}

func TestWindowsOfRulesAreDaysInTheZoneOfTheRelationship(t *testing.T) {
	t.Parallel()
	p := load(t, company+"rules: [{name: w, when: \"true\", roles: [employee], from: 2026-09-06, until: 2026-09-07}]\n")
	for name, c := range map[string]struct{ zone, open, shut string }{
		"UTC":    {"", "2026-09-06T00:00:00Z", "2026-09-08T00:00:00Z"},
		"Vienna": {"Europe/Vienna", "2026-09-05T22:00:00Z", "2026-09-07T22:00:00Z"},
		"Tokyo":  {"Asia/Tokyo", "2026-09-05T15:00:00Z", "2026-09-07T15:00:00Z"},
		// Daylight saving begins at midnight there: 6 September begins at one o'clock.
		"Santiago": {"America/Santiago", "2026-09-06T04:00:00Z", "2026-09-08T03:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := person(ada(nil))
			if c.zone != "" {
				s.Relationships[0].Zone = zone(t, c.zone)
			}
			for _, step := range []struct {
				at, next string
				granted  bool
			}{
				{"2026-01-01T00:00:00Z", c.open, false},
				{c.open, c.shut, true},
				{c.shut, "", false},
			} {
				s.At = at(step.at)
				d := evaluate(t, p, s)
				require.Equal(t, step.granted, len(d.Grants) == 1, step.at)
				if step.next == "" {
					require.Zero(t, d.NextChange)
				} else {
					require.Equal(t, at(step.next), d.NextChange)
				}
				s.At = s.At.Add(-time.Nanosecond)
				require.Equal(t, step.at == c.shut, len(evaluate(t, p, s).Grants) == 1)
			}
		})
	}
}

func TestNextChangeIgnoresWhatCannotMatter(t *testing.T) {
	t.Parallel()
	p := load(t, company+"rules: [{name: w, when: \"true\", roles: [employee], from: 2026-06-01}]\n")
	s := person(ada(nil))
	s.Relationships[0].End = at("2026-05-20T00:00:00Z")
	s.Relationships[0].Spans = append(s.Relationships[0].Spans, policy.Span{From: at("2027-01-01T00:00:00Z")})
	require.Equal(t, at("2026-05-20T00:00:00Z"), evaluate(t, p, s).NextChange)
	s.Relationships[0].Start = s.Relationships[0].End // never live
	require.Zero(t, evaluate(t, p, s).NextChange)
	s = policy.Subject{At: now, Relationships: []policy.Relationship{{Start: at("2026-07-01T00:00:00Z")}}}
	require.Equal(t, at("2026-07-01T00:00:00Z"), evaluate(t, p, s).NextChange)
}

func TestAfterNamesAccountsThatThePersonIsToHave(t *testing.T) {
	t.Parallel()
	p := load(t, `version: 1
rules:
  - {name: a, when: "true", grants: [app:role/x]}
  - {name: b, when: department == "Engines", grants: [base:role/x]}
accounts:
  app: {name: login, candidates: ["{email}"], after: [base, other]}
  base: {name: login, candidates: ["{email}"]}
  other: {name: login, candidates: ["{email}"]}
`)
	require.Equal(t, []string{"base"}, evaluate(t, p, person(ada(nil))).Accounts[0].After)
	require.Empty(t, evaluate(t, p, person(nil)).Accounts[0].After)
}

func TestEvaluateStopsWithItsContext(t *testing.T) {
	t.Parallel()
	p := load(t, company)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := p.Evaluate(ctx, person(nil))
	require.ErrorIs(t, err, context.Canceled)
}

func TestDecisionsShareNothing(t *testing.T) {
	t.Parallel()
	p := load(t, company+"rules: [{name: all, when: \"true\", roles: [engineer]}]\n")
	s := person(ada(policy.Attributes{"projects": {"x"}}))
	want := evaluate(t, p, s)
	spoiled := evaluate(t, p, s)
	for _, g := range spoiled.Grants {
		g.Reasons[0].Roles[0] = "spoiled"
	}
	for _, a := range spoiled.Accounts {
		for _, values := range a.Attributes {
			values[0] = "spoiled"
		}
	}
	doc := p.Document()
	doc.Roles["employee"].Grants[0], p.Source()[0] = "spoiled", 'x'
	require.Equal(t, want, evaluate(t, p, s))
	require.Equal(t, "directory:group/staff", p.Document().Roles["employee"].Grants[0])
}

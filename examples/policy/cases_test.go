package main

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/policy/policytest"
)

// whole uses every field of a case.
const whole = `- name: whole
  at: 2026-03-29
  person: p
  relationship: hr/1
  attributes: {department: Sales, level: 3, since: 2020-01-01}
  lists: {tags: [a, b], none: []}
  start: 2026-01-01
  end: 2026-03-30
  zone: Europe/Vienna
  accounts: {git: {id: g1, attributes: {name: [ada]}}}
  managerAccounts: {git: {id: g2}}
  requests:
    - {id: r, entitlement: git:team/dev, role: dev, with: {team: x}, from: 2026-01-02, until: 2026-02-01T10:00:00Z, origin: portal, evidence: ticket}
  approvals:
    - {id: a, entitlement: git:team/dev, role: dev, separation: s, from: 2026-01-02, until: 2026-02-01, origin: portal, evidence: ticket}
  held: [{entitlement: git:team/dev, since: 2025-01-01}]
  want: [git:team/dev]
  wantNot: ["*"]
  wantDenied: [git:team/ops]
  wantViolations: []
  wantAccounts:
    git: {candidates: [], attributes: {a: [b], c: []}, absent: [d], waiting: [e]}
    crm:
  wantNoAccounts: [wiki]
  wantNextChange: 2026-03-30
  wantError: no
`

func TestEveryFieldOfACaseIsRead(t *testing.T) {
	t.Parallel()
	r := caseReader{zone: time.UTC}
	r.read("whole.yaml", []byte(whole))
	require.NoError(t, r.err())
	require.Len(t, r.cases, 1)
	vienna, err := time.LoadLocation("Europe/Vienna")
	require.NoError(t, err)
	day := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 0, 0, 0, 0, vienna) }
	dev := policy.Entitlement{System: "git", Kind: "team", Name: "dev"}
	require.Equal(t, policytest.Case{
		Name: "whole", At: day(time.March, 29).Add(11 * time.Hour), // one hour is skipped that night
		Person: "p", Relationship: "hr/1",
		Attributes: map[string]string{"department": "Sales", "level": "3", "since": "2020-01-01"},
		Lists:      map[string][]string{"tags": {"a", "b"}, "none": {}},
		Start:      day(time.January, 1), End: day(time.March, 30), Zone: r.cases[0].Zone,
		Accounts:        map[string]policy.Account{"git": {ID: "g1", Attributes: policy.Attributes{"name": {"ada"}}}},
		ManagerAccounts: map[string]policy.Account{"git": {ID: "g2"}},
		Requests: []policy.Request{{
			ID: "r", Entitlement: dev, Role: "dev", With: map[string]string{"team": "x"}, Origin: "portal", Evidence: "ticket",
			From: day(time.January, 2), Until: time.Date(2026, 2, 1, 10, 0, 0, 0, time.UTC),
		}},
		Approvals: []policy.Approval{{
			ID: "a", Entitlement: dev, Role: "dev", Separation: "s", Origin: "portal", Evidence: "ticket",
			From: day(time.January, 2), Until: day(time.February, 1),
		}},
		Held: []policy.Holding{{Entitlement: dev, Since: time.Date(2025, 1, 1, 0, 0, 0, 0, vienna)}},
		Want: []string{"git:team/dev"}, WantNot: []string{"*"}, WantDenied: []string{"git:team/ops"}, WantViolations: []string{},
		WantAccounts: map[string]policytest.Account{
			"git": {Candidates: []string{}, Attributes: map[string][]string{"a": {"b"}, "c": {}}, Absent: []string{"d"}, Waiting: []string{"e"}},
			"crm": {},
		},
		WantNoAccounts: []string{"wiki"}, WantNextChange: day(time.March, 30), WantError: "no",
	}, normal(r.cases[0].Case, vienna))
	for field, value := range reflect.ValueOf(r.cases[0].Case).Fields() {
		require.False(t, value.IsZero(), "%s is not in the case", field.Name)
	}
}

func TestWrongFilesOfCases(t *testing.T) {
	t.Parallel()
	for text, why := range map[string]string{
		"":                                  "c.yaml:1:1: want a list of cases, each with a name",
		"[]":                                "c.yaml:1:1: want a list of cases, each with a name",
		"name: x":                           "c.yaml:1:1: want a list of cases, each with a name",
		"- name: x\n---\n- name: y\n":       "c.yaml:2:1: a second document begins here; cases are one list",
		"- &a {name: x, want: *a}":          "c.yaml:1:22: want a list, such as [a, b]; [] is an empty one",
		"- {name: x, want: [a], want: [b]}": `c.yaml:1:24: key "want": want a text that stands here once; the first is in line 1`,
		"- {name: x, attributes: {a: }}":    "c.yaml:1:29: want a text",
	} {
		r := caseReader{zone: time.UTC}
		r.read("c.yaml", []byte(text))
		require.EqualError(t, r.err(), why)
	}
}

// normal gives all times of a case the location that the test writes them with.
func normal(c policytest.Case, zone *time.Location) policytest.Case {
	for _, at := range []*time.Time{&c.At, &c.Start, &c.End, &c.WantNextChange, &c.Requests[0].From, &c.Approvals[0].From, &c.Approvals[0].Until, &c.Held[0].Since} {
		*at = at.In(zone)
	}
	return c
}

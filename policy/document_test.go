package policy_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

// complete uses every key of the format.
const complete = `version: 1
bridgeDays: 3
attributes:
  clearance: {type: string, values: [none, NO, 1], description: who may see what}
  unused: {type: list, values: }
roles:
  base:
  staff: {inherits: [base], grants: [app:role/a], description: everybody}
  team:
    kind: addOn
    parameters: [name]
    when: primary
    grants: ["app:team/{name}"]
    sensitivity: privileged
    requestable: true
    owner: Carol
    reviewDays: 90
    addOns: [{when: "primary", roles: [staff, self], grants: ["app:x/{name}"], with: {n: "{name}"}, from: 2026-01-03, until: hireDate}]
  self: {parameters: [n], grants: ["app:y/{n}"]}
  root: {approval: true}
entitlements:
  app:role/a: {requestable: true, approval: true, owner: Dave, reviewDays: 30, description: a thing}
  app:x/secret*: {sensitivity: sensitive}
denies:
  - {name: no, when: "false", roles: [staff], grants: ["app:*"], from: 2026-01-01, until: hireDate + 3d, urgent: true, owner: Frank, reviewDays: 1, description: none}
separation:
  - name: apart
    between: [{roles: [team], grants: ["app:x/*"]}, {grants: [app:role/z]}, {roles: [self]}]
    atMost: 2
    action: requireApproval
    mitigations: [{person: p, from: 2026-01-01, until: 2026-12-31, reason: watched, owner: Grace, reviewDays: 2}, {relationship: r, until: hireDate, reason: new}]
    owner: Heidi
    reviewDays: 3
    description: so
exceptions:
  - {name: a, person: p, roles: [base], grants: [app:role/a], lifts: [no], from: hireDate, until: 2026-01-02, reason: why, owner: Ivan, reviewDays: 4}
  - {name: b, relationship: r, lifts: [no], until: hireDate - 1d, reason: why}
rules:
  - name: all
    when: true
    roles: [staff, team]
    grants: [app:role/b:c/d]
    with: {name: "{clearance}"}
    addOns: [{grants: [app:role/e]}]
    from: 2026-01-01
    until: 2026-12-31
    overlapDays: 5
    owner: Eve
    reviewDays: 365
    description: |
      Two
      lines.
accounts:
  app: {name: login, candidates: ["{email}"], aheadDays: 7, rename: true, suspend: 'status == "onLeave"', suspendUrgently: 'status == "suspended"', attributes: {a: ~, b: "x", c: [x, "y{clearance}"], d: []}, after: [other], signIn: other, owner: Judy, reviewDays: 5}
  other: {name: login, candidates: ["{email}"], signIn: identityProvider}
`

func TestEveryKeyIsRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "policy.yaml")
	require.NoError(t, os.WriteFile(path, []byte(complete), 0o600))
	p, err := policy.LoadFile(path)
	require.NoError(t, err)
	require.Equal(t, policy.Document{
		Version: 1, BridgeDays: 3,
		Attributes: map[string]policy.Attribute{
			"clearance": {Type: policy.TypeString, Values: []string{"none", "NO", "1"}, Description: "who may see what"},
			"unused":    {Type: policy.TypeList},
		},
		Roles: map[string]policy.Role{
			"base": {}, "staff": {Inherits: []string{"base"}, Grants: []string{"app:role/a"}, Description: "everybody"},
			"self": {Parameters: []string{"n"}, Grants: []string{"app:y/{n}"}},
			"root": {Approval: true},
			"team": {
				Sensitivity: policy.Privileged, Requestable: true, Owner: "Carol", ReviewDays: 90,
				Kind: policy.Extra, Parameters: []string{"name"}, When: "primary", Grants: []string{"app:team/{name}"},
				AddOns: []policy.AddOn{{When: "primary", Roles: []string{"staff", "self"}, Grants: []string{"app:x/{name}"}, With: map[string]string{"n": "{name}"}, From: "2026-01-03", Until: "hireDate"}},
			},
		},
		Entitlements: map[string]policy.EntitlementInfo{
			"app:role/a":    {Requestable: true, Approval: true, Owner: "Dave", ReviewDays: 30, Description: "a thing"},
			"app:x/secret*": {Sensitivity: policy.Sensitive},
		},
		Denies: []policy.Deny{{
			Name: "no", When: "false", Roles: []string{"staff"}, Grants: []string{"app:*"}, From: "2026-01-01", Until: "hireDate + 3d", Urgent: true, Owner: "Frank", ReviewDays: 1, Description: "none",
		}},
		Separation: []policy.Separation{{
			Name: "apart", AtMost: 2, Action: policy.RequireApproval, Owner: "Heidi", ReviewDays: 3, Description: "so",
			Between: []policy.Side{{Roles: []string{"team"}, Grants: []string{"app:x/*"}}, {Grants: []string{"app:role/z"}}, {Roles: []string{"self"}}},
			Mitigations: []policy.Mitigation{
				{Person: "p", From: "2026-01-01", Until: "2026-12-31", Reason: "watched", Owner: "Grace", ReviewDays: 2}, {Relationship: "r", Until: "hireDate", Reason: "new"},
			},
		}},
		Exceptions: []policy.Exception{
			{Name: "a", Person: "p", Roles: []string{"base"}, Grants: []string{"app:role/a"}, Lifts: []string{"no"}, From: "hireDate", Until: "2026-01-02", Reason: "why", Owner: "Ivan", ReviewDays: 4},
			{Name: "b", Relationship: "r", Lifts: []string{"no"}, Until: "hireDate - 1d", Reason: "why"},
		},
		Rules: []policy.Rule{{
			Name: "all", When: "true", Roles: []string{"staff", "team"}, Grants: []string{"app:role/b:c/d"},
			With: map[string]string{"name": "{clearance}"}, AddOns: []policy.AddOn{{Grants: []string{"app:role/e"}}},
			From: "2026-01-01", Until: "2026-12-31", OverlapDays: 5, Owner: "Eve", ReviewDays: 365, Description: "Two\nlines.\n",
		}},
		Accounts: map[string]policy.AccountMapping{
			"app": {
				Name: "login", Candidates: []string{"{email}"}, After: []string{"other"}, AheadDays: 7, Rename: true, Suspend: `status == "onLeave"`, SuspendUrgently: `status == "suspended"`, SignIn: "other", Owner: "Judy", ReviewDays: 5,
				Attributes: map[string][]string{"a": nil, "b": {"x"}, "c": {"x", "y{clearance}"}, "d": nil},
			},
			"other": {Name: "login", Candidates: []string{"{email}"}, SignIn: policy.SignInProvider},
		},
	}, p.Document())
	require.Equal(t, []string{"app", "other"}, p.Systems())
}

func TestAValueMayBeMissingButNotBeSomethingElse(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		`policy.yaml:2:1: want a mapping (key: value), not a list`,
		`policy.yaml:3:8: want a mapping (key: value), not "x"`,
		`policy.yaml:4:17: name is missing: the attribute of the account that holds the login name`,
		`policy.yaml:4:17: candidates are missing: templates of login names, such as ["{employeeNumber}"]`,
	}, loadError(t, "version: 1\nattributes: [a]\nroles: x\naccounts: {app: }\n")[:4])
}

func TestEntitlementsAsText(t *testing.T) {
	t.Parallel()
	var list []policy.Entitlement
	require.NoError(t, json.Unmarshal([]byte(`["directory:group/a/b:c"]`), &list))
	require.Equal(t, []policy.Entitlement{{System: "directory", Kind: "group", Name: "a/b:c"}}, list)
	text, err := json.Marshal(list)
	require.NoError(t, err)
	require.JSONEq(t, `["directory:group/a/b:c"]`, string(text))
	for _, wrong := range []string{"", "a", "a:b", "a:b/", ":b/c", "a:/c", "a b:c/d", "a/b:c/d"} {
		var e policy.Entitlement
		require.ErrorContains(t, e.UnmarshalText([]byte(wrong)), "want system:kind/name", wrong)
		require.Zero(t, e)
	}
}

func TestAZoneThatSkipsADayOpensWithTheNext(t *testing.T) {
	t.Parallel()
	p := load(t, company+"rules: [{name: w, when: \"true\", roles: [employee], from: 2011-12-30, until: 2011-12-31}]\n")
	s := person(ada(nil))
	s.Relationships[0].Zone = zone(t, "Pacific/Apia") // had no 30 December 2011
	s.At = at("2011-12-30T09:59:59Z")
	d := evaluate(t, p, s)
	require.Empty(t, d.Grants)
	require.Equal(t, at("2011-12-30T10:00:00Z"), d.NextChange)
	s.At = d.NextChange
	d = evaluate(t, p, s)
	require.Len(t, d.Grants, 1)
	require.Equal(t, time.Date(2011, 12, 31, 10, 0, 0, 0, time.UTC), d.NextChange)
}

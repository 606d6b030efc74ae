package policy_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

const teams = `version: 1
attributes:
  team: {type: string}
  projects: {type: list}
  manages: {type: bool}
roles:
  staff: {kind: baseline, grants: [directory:group/staff]}
  team:
    parameters: [name]
    grants: ["git:team/{name|slug}"]
    addOns:
      - {when: manages, grants: ["git:maintainer/{name|slug}"]}
      - {roles: [channel], with: {channel: "team-{name|slug}"}}
  channel: {parameters: [channel, level], grants: ["chat:{{channel}}/{channel}:{level}"]}
  engineer:
    kind: standard
    inherits: [staff]
    addOns:
      - {roles: [team], with: {name: "{team}"}}
      - {when: country == "AT", grants: [directory:group/vienna]}
  remote: {when: location == "", grants: [vpn:role/user], inherits: [staff]}
rules:
  - {name: engineers, when: department == "Engines", roles: [engineer, remote], overlapDays: 5}
  - {name: projects, when: len(projects) > 0, roles: [team], with: {name: "{projects}"}}
accounts:
  directory: {name: n, candidates: [x]}
  git: {name: n, candidates: [x]}
  chat: {name: n, candidates: [x]}
  vpn: {name: n, candidates: [x]}
`

// teamsPolicy is teams with its one mistake mended.
func teamsPolicy(t *testing.T) *policy.Policy {
	t.Helper()
	return load(t, strings.NewReplacer("[channel, level]", "[channel]", "{{channel}}/{channel}:{level}", "channel/{channel}").Replace(teams))
}

// held are the entitlements of a decision.
func held(d policy.Decision) []string {
	out := []string{}
	for _, g := range d.Grants {
		out = append(out, g.Entitlement.String())
	}
	return out
}

func TestRolesHaveParametersAndConditions(t *testing.T) {
	t.Parallel()
	p := teamsPolicy(t)
	for name, c := range map[string]struct {
		facts policy.Attributes
		want  []string
	}{
		"no team": {policy.Attributes{"location": {"here"}}, []string{"directory:group/staff"}},
		"a team": {policy.Attributes{"location": {"here"}, "team": {" Core Ops "}}, []string{
			"chat:channel/team-core-ops", "directory:group/staff", "git:team/core-ops",
		}},
		"a name of nothing that counts": {policy.Attributes{"location": {"here"}, "team": {"日本"}}, []string{"directory:group/staff"}},
		"remote":                        {nil, []string{"directory:group/staff", "vpn:role/user"}},
		"by region":                     {policy.Attributes{"country": {"AT"}}, []string{"directory:group/staff", "directory:group/vienna", "vpn:role/user"}},
		"a manager": {policy.Attributes{"location": {"here"}, "team": {"a"}, "manages": {"true"}}, []string{
			"chat:channel/team-a", "directory:group/staff", "git:maintainer/a", "git:team/a",
		}},
		"one role for each of a list": {policy.Attributes{"location": {"here"}, "projects": {"x", "y", "x"}}, []string{
			"chat:channel/team-x", "chat:channel/team-y", "directory:group/staff", "git:team/x", "git:team/y",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, held(evaluate(t, p, person(ada(c.facts)))))
		})
	}
	d := evaluate(t, p, person(ada(policy.Attributes{"team": {"a"}, "location": {"x"}})))
	require.Equal(t, []policy.Reason{{Rule: "engineers", Roles: []string{"engineer", "team", "channel"}, Relationship: "hr/1"}}, d.Grants[0].Reasons)
	require.Equal(t, "rule engineers > role engineer > role team > role channel", d.Grants[0].Reasons[0].String())
}

func TestAnOldTeamOverlapsWithTheNew(t *testing.T) {
	t.Parallel()
	p := teamsPolicy(t)
	facts := func(team string) policy.Attributes {
		return ada(policy.Attributes{"location": {"x"}, "team": {team}})
	}
	s := person(nil)
	s.Relationships[0].Spans = []policy.Span{{Attributes: facts("a")}, {From: at("2026-05-03T00:00:00Z"), Attributes: facts("b")}}
	d := evaluate(t, p, s)
	require.Equal(t, []string{"chat:channel/team-a", "chat:channel/team-b", "directory:group/staff", "git:team/a", "git:team/b"}, held(d))
	for i, overlap := range []bool{true, false, false, true, false} {
		for _, r := range d.Grants[i].Reasons {
			require.Equal(t, overlap, r.Overlap, d.Grants[i])
		}
	}
	require.Equal(t, at("2026-05-08T00:00:00Z"), d.NextChange)
	s.At = d.NextChange
	require.Equal(t, []string{"chat:channel/team-b", "directory:group/staff", "git:team/b"}, held(evaluate(t, p, s)))
}

func TestWhatCannotBePartOfANameIsAnError(t *testing.T) {
	t.Parallel()
	p := teamsPolicy(t)
	for want, value := range map[string][]string{
		`relationship hr/1: rule engineers: role team: parameter name: "a\ab" holds control characters and cannot be part of a name`: {"a\ab"},
		`relationship hr/1: rule engineers: role team: attribute team: 2 values, want one; declare it as a list`:                     {"a", "b"},
	} {
		_, err := p.Evaluate(t.Context(), person(ada(policy.Attributes{"team": value})))
		require.EqualError(t, err, want)
	}
}

func TestLoadReportsMistakesInRoles(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		`policy.yaml:13:18: role "channel" wants the parameter level: say its value under with`,
		`policy.yaml:14:52: a parameter can only stand in the name, which is what follows the first /`,
	}, slices.DeleteFunc(loadError(t, teams), func(s string) bool { return strings.Contains(s, "no grant and no with") }))
	require.Equal(t, []string{
		`policy.yaml:3:13: unknown kind of role "basline", did you mean "baseline"?; want one of baseline, standard, addOn, admin`,
		`policy.yaml:4:25: parameter "x" stands here a second time`,
		`policy.yaml:4:28: parameter "9": a name is made of letters, digits and _ and does not begin with a digit`,
		`policy.yaml:4:28: no grant and no with of the role reads the parameter "9"`,
		`policy.yaml:4:51: unknown parameter "departmnt"; the name of a grant can read the role's parameters only`,
		`policy.yaml:5:18: role "b" has parameters; it is inherited under addOns, with their values`,
		`policy.yaml:6:16: the add-on gives nothing; want roles or grants`,
		`policy.yaml:7:3: roles inherit in a circle: "e" > "f" > "e"`,
		`policy.yaml:10:14: role "b" wants the parameter x: say its value under with`,
		`policy.yaml:10:14: role "b" wants the parameter 9: say its value under with`,
		`policy.yaml:10:31: none of the roles has a parameter "y", did you mean "9"?`,
		`policy.yaml:10:32: a parameter can only read attributes of the relationship, not what is observed of accounts`,
		`policy.yaml:11:50: unknown attribute "naem"`,
		`policy.yaml:11:63: projects is a list; it can only stand alone, and then gives the role once for each value`,
	}, loadError(t, `version: 1
roles:
  a: {kind: basline}
  b: {parameters: [x,   x, 9], grants: ["git:team/{departmnt}{x}"]}
  c: {inherits: [b]}
  d: {addOns: [{when: "true"}]}
  e: {when: "true", addOns: [{roles: [f]}]}
  f: {inherits: [e]}
rules:
  - {roles: [b], with: {   y: "{accounts.git.id}"}, name: a, when: "true"}
  - {name: b, when: "true", addOns: [{with: {x: "{naem}", 9: "a{projects}"}, roles: [b]}]}
attributes: {projects: {type: list}}
accounts: {git: {name: n, candidates: [x]}}
`))
}

// A condition that always holds, or a parameter that is always the same, changes
// nothing but the path by which things are given.
func TestRolesThatVaryGiveWhatSteadyOnesGive(t *testing.T) {
	t.Parallel()
	gated := 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 3))
		steady := policy.Document{Version: 1, Roles: map[string]policy.Role{}, Accounts: map[string]policy.AccountMapping{"app": {Name: "n", Candidates: []string{"x"}}}}
		varying := policy.Document{Version: 1, Roles: map[string]policy.Role{}, Accounts: steady.Accounts}
		for i := range 8 {
			name := fmt.Sprintf("r%d", i)
			var inherits, grants []string
			for k := range i {
				if r.IntN(3) == 0 {
					inherits = append(inherits, fmt.Sprintf("r%d", k))
				}
			}
			for range r.IntN(3) {
				grants = append(grants, fmt.Sprintf("app:role/%d", r.IntN(6)))
			}
			steady.Roles[name] = policy.Role{Inherits: inherits, Grants: grants}
			v := policy.Role{Grants: grants}
			for _, above := range inherits {
				switch r.IntN(3) {
				case 0:
					v.Inherits = append(v.Inherits, above)
				case 1:
					v.AddOns = append(v.AddOns, policy.AddOn{When: `department == "Engines"`, Roles: []string{above}})
				default:
					v.AddOns = append(v.AddOns, policy.AddOn{Roles: []string{above}}, policy.AddOn{When: "primary", Grants: []string{"app:role/never"}})
				}
			}
			if r.IntN(3) == 0 {
				v.When = `department != "Sales"`
			}
			varying.Roles[name] = v
		}
		for i := range 3 {
			rule := policy.Rule{Name: fmt.Sprint(i), When: "true", Roles: []string{fmt.Sprintf("r%d", r.IntN(8)), fmt.Sprintf("r%d", r.IntN(8))}}
			steady.Rules, varying.Rules = append(steady.Rules, rule), append(varying.Rules, rule)
		}
		want, err := policy.Compile(steady)
		require.NoError(t, err)
		got, err := policy.Compile(varying)
		require.NoError(t, err)
		facts := person(policy.Attributes{"department": {"Engines"}})
		a, b := evaluate(t, want, facts), evaluate(t, got, facts)
		require.Equal(t, held(a), held(b), "seed %d", seed)
		for i := range a.Grants {
			require.Len(t, b.Grants[i].Reasons[0].Roles, len(a.Grants[i].Reasons[0].Roles), "seed %d: the path is not the shortest", seed)
		}
		if doc := got.Document(); doc.Roles[doc.Rules[0].Roles[0]].When != "" && doc.Rules[0].Roles[0] == doc.Rules[0].Roles[1] {
			gated++
			for _, g := range evaluate(t, got, person(policy.Attributes{"department": {"Sales"}})).Grants {
				require.NotEqual(t, "0", g.Reasons[0].Rule, "seed %d: the role's condition does not hold", seed)
			}
		}
	}
	require.Greater(t, gated, 3)
}

func TestParametersCannotMultiplyWithoutEnd(t *testing.T) {
	t.Parallel()
	doc := policy.Document{
		Version: 1, Attributes: map[string]policy.Attribute{"a": {Type: policy.TypeList}, "b": {Type: policy.TypeList}, "c": {Type: policy.TypeList}},
		Roles:    map[string]policy.Role{"r": {Parameters: []string{"x", "y", "z"}, Grants: []string{"app:role/{x}-{y}-{z}"}}},
		Rules:    []policy.Rule{{Name: "r", When: "true", Roles: []string{"r"}, With: map[string]string{"x": "{a}", "y": "{b}", "z": "{c}"}}},
		Accounts: map[string]policy.AccountMapping{"app": {Name: "n", Candidates: []string{"x"}}},
	}
	p, err := policy.Compile(doc)
	require.NoError(t, err)
	var many []string
	for i := range 100 {
		many = append(many, fmt.Sprint(i))
	}
	require.Equal(t, 1000, len(held(evaluate(t, p, person(policy.Attributes{"a": many, "b": many[:10], "c": many[:1]})))))
	_, err = p.Evaluate(t.Context(), person(policy.Attributes{"a": many, "b": many, "c": many}))
	require.ErrorContains(t, err, "the parameters have more than 20000 combinations of values")

	// Fifteen roles, each of which gives the next one twice, lead to 2^15.
	doc.Roles["r"] = policy.Role{Parameters: []string{"x"}, Grants: []string{"app:role/{x}"}}
	for i := range 15 {
		next := fmt.Sprintf("r%d", i+1)
		if i == 14 {
			next = "r"
		}
		doc.Roles[fmt.Sprintf("r%d", i)] = policy.Role{Parameters: []string{"x"}, AddOns: []policy.AddOn{
			{Roles: []string{next}, With: map[string]string{"x": "{x}a"}}, {Roles: []string{next}, With: map[string]string{"x": "{x}b"}},
		}}
	}
	doc.Rules[0] = policy.Rule{Name: "r", When: "true", Roles: []string{"r0"}, With: map[string]string{"x": "x"}}
	p, err = policy.Compile(doc)
	require.NoError(t, err)
	_, err = p.Evaluate(t.Context(), person(nil))
	require.ErrorContains(t, err, "more than 20000 roles in all")
}

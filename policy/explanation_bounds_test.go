package policy_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

func TestAnExplanationIsData(t *testing.T) {
	t.Parallel()
	p := explainedPolicy(t)
	explain := func(s policy.Subject, entitlement string) string {
		e, err := policy.ParseEntitlement(entitlement)
		require.NoError(t, err)
		x, err := p.Explain(t.Context(), s, e)
		require.NoError(t, err)
		text, err := json.Marshal(x)
		require.NoError(t, err)
		return string(text)
	}
	require.JSONEq(t, `{
		"person": "p1", "at": "2026-05-04T10:00:00Z", "entitlement": "git:team/dev", "given": false,
		"leads": [{"rule": "engineers", "roles": ["engineer"], "relationship": "hr/1", "given": false, "obstacles": [
			{"kind": "condition", "where": "rule engineers", "part": "country in [\"AT\", \"DE\"]", "seen": [{"attribute": "country", "values": ["CH"]}]}
		]}],
		"change": {"smallest": true, "attributes": [
			{"relationship": "hr/1", "attribute": "country", "from": ["CH"], "to": ["AT"], "want": "country in [\"AT\", \"DE\"]"}
		]}
	}`, explain(person(policy.Attributes{"department": {"Engines"}, "country": {"CH"}}), "git:team/dev"))
	ends := person(nil)
	ends.Relationships[0].End = now.Add(time.Hour)
	require.JSONEq(t, `{
		"person": "p1", "at": "2026-05-04T10:00:00Z", "entitlement": "directory:group/staff", "given": true,
		"leads": [{"rule": "staff", "roles": ["employee"], "relationship": "hr/1", "given": true, "until": "2026-05-04T11:00:00Z", "obstacles": [
			{"kind": "relationship", "where": "relationship hr/1", "until": "2026-05-04T11:00:00Z"}
		]}],
		"until": "2026-05-04T11:00:00Z", "change": {"impossible": true}
	}`, explain(ends, "directory:group/staff"))
}

func TestNothingIsExplainedOfWhomNothingIsDecided(t *testing.T) {
	t.Parallel()
	p := explainedPolicy(t)
	_, err := p.Explain(t.Context(), person(policy.Attributes{"level": {"three"}}), policy.Entitlement{System: "git", Kind: "team", Name: "dev"})
	require.EqualError(t, err, `there is no decision about the person, and so nothing to explain: relationship hr/1: attribute level: value "three": want a decimal number such as 12 or 0.5`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = p.ExplainAccount(ctx, person(nil), "git")
	require.ErrorIs(t, err, context.Canceled)
}

// What would keep it is not what comes of the same rule.
func TestTwoWaysOfOneRuleKeepNothing(t *testing.T) {
	t.Parallel()
	p := explainedPolicy(t)
	s := person(policy.Attributes{"level": {"4"}})
	s.Relationships = append(s.Relationships, policy.Relationship{ID: "hr/2", Spans: s.Relationships[0].Spans})
	e := policy.Entitlement{System: "git", Kind: "team", Name: "seniors"}
	require.Equal(t, `p1 has git:team/seniors at 2026-05-04T10:00:00Z.
Given by:
  rule seniors (relationship hr/1)
  rule seniors (relationship hr/2)
Each of these 2 suffices, but without rule seniors nothing would keep it.
A change that would take it away:
  relationship hr/1: level from "4" to "3" (!(level > 3))
  relationship hr/2: level from "4" to "3" (!(level > 3))
`, checked(t, p, s, e).String())
	s.Relationships[1].Spans = []policy.Span{{Attributes: policy.Attributes{"country": {"CH"}}}}
	s.Relationships[1].End = now.AddDate(0, 0, 1)
	x := checked(t, p, s, e)
	require.Equal(t, now.AddDate(0, 0, 1), x.Leads[1].Until)
	require.Zero(t, x.Until)
	require.Len(t, x.Change.Attributes, 2)
	require.True(t, x.Change.Smallest)
}

// A rule that holds no longer with a change goes on giving what it gave before.
func TestChangesKnowOfOverlaps(t *testing.T) {
	t.Parallel()
	p := load(t, company+`
rules: [{name: both, when: level > 1 || department == "B", roles: [engineer], overlapDays: 30}]
denies: [{name: others, when: department != "A", roles: [engineer]}]
`)
	s := person(nil)
	s.Relationships[0].Spans = []policy.Span{{Attributes: policy.Attributes{"level": {"2"}}}, {From: now.AddDate(0, 0, -3), Attributes: policy.Attributes{"department": {"B"}}}}
	x := checked(t, p, s, policy.Entitlement{System: "git", Kind: "team", Name: "dev"})
	require.Len(t, x.Leads, 1)
	require.Len(t, x.Change.Attributes, 1)
	require.Equal(t, []string{"A"}, x.Change.Attributes[0].To)
}

// A way of which nobody can tell what it takes is not taken for proof that there is
// none.
func TestWhatIsNotKnownIsNotProven(t *testing.T) {
	t.Parallel()
	p := load(t, company+`
rules:
  - {name: same, when: lower(department) == location && len(projects) > 1, grants: [git:team/same]}
`)
	e := policy.Entitlement{System: "git", Kind: "team", Name: "same"}
	x := checked(t, p, person(policy.Attributes{"department": {"A"}}), e)
	require.False(t, x.Change.Impossible)
	require.Empty(t, x.Change.Attributes)
	require.Contains(t, x.String(), "No change of up to 3 attributes was found that would give it.\n")
	x = checked(t, p, person(policy.Attributes{"department": {"A"}, "location": {"a"}, "projects": {"x"}}), e)
	require.Equal(t, "projects", x.Change.Attributes[0].Attribute)
}

// However large a policy is, and however many ways there are, the work is bounded.
func TestExplanationsAreBounded(t *testing.T) {
	t.Parallel()
	d := policy.Document{Version: 1, Roles: map[string]policy.Role{}, Accounts: map[string]policy.AccountMapping{"app": {Name: "login", Candidates: []string{"x"}}}}
	// Each level doubles the paths.
	for i := range 14 {
		r := policy.Role{When: fmt.Sprintf("department != %q", fmt.Sprint(i))}
		if i == 13 {
			r.Grants = []string{"app:g/1"}
		} else {
			next := fmt.Sprintf("r%d", i+1)
			r.AddOns = []policy.AddOn{{When: `country == "A"`, Roles: []string{next}}, {When: `country == "B" || location == "C"`, Roles: []string{next}}}
		}
		d.Roles[fmt.Sprintf("r%d", i)] = r
	}
	for i := range 200 {
		d.Rules = append(d.Rules, policy.Rule{Name: fmt.Sprint(i), When: fmt.Sprintf(`email contains "%d" && department contains "%d"`, i, i%7), Roles: []string{"r0"}})
	}
	p, err := policy.Compile(d)
	require.NoError(t, err)
	x, err := p.Explain(t.Context(), person(nil), policy.Entitlement{System: "app", Kind: "g", Name: "1"})
	require.NoError(t, err)
	require.True(t, x.More)
	require.LessOrEqual(t, len(x.Leads), 100)
	require.False(t, x.Change.Impossible)
}

// Many denies of what many rules could give are asked about once, and told up to a
// bound; before, each was put together anew for each rule.
func TestExplanationsOfManyDeniesEnd(t *testing.T) {
	t.Parallel()
	p, err := policy.Load("hostile.yaml", strings.NewReader("version: 1\nrules:\n"+
		counted(2000, "#", "  - {name: r#, when: 'department == \"#\"', grants: [app:g/a]}\n", "")+
		"denies:\n"+counted(1000, "#", "  - {name: d#, when: 'location != \"#\"', grants: ['app:*']}\n", "")+
		"accounts: {app: {name: login, candidates: [x]}}\n"))
	require.NoError(t, err)
	x, err := p.Explain(t.Context(), person(policy.Attributes{"department": {"x"}}), policy.Entitlement{System: "app", Kind: "g", Name: "a"})
	require.NoError(t, err)
	require.False(t, x.Given)
	require.True(t, x.More)
	require.Len(t, x.Leads, 100)
	require.Len(t, x.Leads[0].Obstacles, 100)
	require.False(t, x.Change.Impossible)
}

// Long lists of values are not gone through again for each change that is tried.
func TestChangesAmongManyValuesEnd(t *testing.T) {
	t.Parallel()
	p, err := policy.Load("hostile.yaml", strings.NewReader("version: 1\nrules:\n"+
		counted(800, "#", "  - {name: r#, when: 'location == \"x\" && department in ["+counted(90, "@", "\"#x@\"", ",")+"]', grants: [app:g/a]}\n", "")+
		"accounts: {app: {name: login, candidates: [x]}}\n"))
	require.NoError(t, err)
	x, err := p.Explain(t.Context(), person(policy.Attributes{"department": {"y"}}), policy.Entitlement{System: "app", Kind: "g", Name: "a"})
	require.NoError(t, err)
	require.Len(t, x.Change.Attributes, 2)
}

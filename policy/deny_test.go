package policy_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

const denying = `version: 1
attributes:
  level: {type: number}
roles:
  staff: {grants: [directory:group/staff]}
  operator: {inherits: [staff], grants: [git:team/ops, "git:team/prod"]}
rules:
  - {name: everybody, when: "true", roles: [staff]}
  - {name: operators, when: department == "Ops", roles: [operator]}
  - {name: deployers, when: jobTitle == "Deployer", grants: ["git:team/prod", "git:team/prod-eu"]}
denies:
  - {name: no interns in production, when: employmentType == "intern", grants: ["git:team/prod*"]}
  - {name: contractors are no operators, when: workerType == "contingentWorker", roles: [operator], until: 2026-06-30}
  - {name: junior, when: level < 3, grants: ["git:*"]}
exceptions:
  - {name: Ada covers for Bob, person: p1, lifts: [no interns in production], grants: ["wiki:space/on-call"], until: 2026-05-31, reason: "agreed with Carol"}
  - {name: by relationship, relationship: hr/7, roles: [operator], from: 2026-05-01, until: 2026-05-31, reason: training}
accounts:
  directory: {name: n, candidates: [x]}
  git: {name: n, candidates: [x], aheadDays: 9}
  wiki: {name: n, candidates: [x]}
`

// somebody is person, but nobody whom an exception names.
func somebody(attributes policy.Attributes) policy.Subject {
	s := person(attributes)
	s.Person = "p9"
	return s
}

func denied(d policy.Decision) []string {
	out := []string{}
	for _, x := range d.Denied {
		causes := make([]string, len(x.Causes))
		for i, c := range x.Causes {
			causes[i] = strings.TrimSpace(string(c.Kind) + " " + c.Name)
		}
		out = append(out, x.Entitlement.String()+" by "+strings.Join(causes, ", "))
	}
	return out
}

func TestADenyBeatsEveryGrant(t *testing.T) {
	t.Parallel()
	p := load(t, denying)
	d := evaluate(t, p, somebody(policy.Attributes{"department": {"Ops"}, "jobTitle": {"Deployer"}, "employmentType": {"intern"}}))
	require.Equal(t, []string{"directory:group/staff", "git:team/ops"}, held(d))
	why := []policy.Cause{{Kind: policy.CauseDeny, Name: "no interns in production", Relationship: "hr/1"}}
	require.Equal(t, []policy.Denial{
		{
			Entitlement: policy.Entitlement{System: "git", Kind: "team", Name: "prod"}, Causes: why, Reasons: []policy.Reason{
				{Rule: "deployers", Relationship: "hr/1"}, {Rule: "operators", Roles: []string{"operator"}, Relationship: "hr/1"},
			},
		},
		{
			Entitlement: policy.Entitlement{System: "git", Kind: "team", Name: "prod-eu"}, Causes: why,
			Reasons: []policy.Reason{{Rule: "deployers", Relationship: "hr/1"}},
		},
	}, d.Denied)
	d = evaluate(t, p, somebody(policy.Attributes{"department": {"Ops"}, "level": {"1"}, "employmentType": {"intern"}}))
	require.Equal(t, []string{"git:team/ops by deny junior", "git:team/prod by deny junior, deny no interns in production"}, denied(d))
	require.Len(t, d.Accounts, 1, "what is denied implies no account")
	require.Empty(t, denied(evaluate(t, p, somebody(policy.Attributes{"department": {"Ops"}}))), "level is missing")
}

func TestADenyIsAboutThePerson(t *testing.T) {
	t.Parallel()
	p := load(t, denying)
	s := somebody(policy.Attributes{"department": {"Ops"}})
	s.Relationships = append(s.Relationships, policy.Relationship{ID: "hr/2", Spans: []policy.Span{{Attributes: policy.Attributes{"employmentType": {"intern"}}}}})
	d := evaluate(t, p, s)
	require.Equal(t, []string{"directory:group/staff", "git:team/ops"}, held(d))
	require.Equal(t, "hr/2", d.Denied[0].Causes[0].Relationship)
	s.Relationships[1].Start = at("2026-05-05T00:00:00Z")
	d = evaluate(t, p, s)
	require.Contains(t, held(d), "git:team/prod", "it has not begun")
	require.Equal(t, s.Relationships[1].Start, d.NextChange)
}

func TestADeniedRoleIsDeniedAsAWay(t *testing.T) {
	t.Parallel()
	p := load(t, denying)
	facts := policy.Attributes{"department": {"Ops"}, "jobTitle": {"Deployer"}, "workerType": {"contingentWorker"}}
	d := evaluate(t, p, somebody(facts))
	require.Equal(t, []string{"directory:group/staff", "git:team/prod", "git:team/prod-eu"}, held(d))
	require.Equal(t, []policy.Reason{{Rule: "deployers", Relationship: "hr/1"}}, d.Grants[1].Reasons)
	require.Equal(t, []policy.Reason{{Rule: "everybody", Roles: []string{"staff"}, Relationship: "hr/1"}}, d.Grants[0].Reasons)
	require.Equal(t, []policy.Denial{{
		Entitlement: policy.Entitlement{System: "git", Kind: "team", Name: "ops"},
		Causes:      []policy.Cause{{Kind: policy.CauseDeny, Name: "contractors are no operators", Role: "operator", Relationship: "hr/1"}},
		Reasons:     []policy.Reason{{Rule: "operators", Roles: []string{"operator"}, Relationship: "hr/1"}},
	}}, d.Denied)
	require.Equal(t, at("2026-06-01T00:00:00Z"), d.NextChange, "when the exceptions end")
	s := somebody(facts)
	s.At = at("2026-07-01T00:00:00Z")
	require.Contains(t, held(evaluate(t, p, s)), "git:team/ops")
}

func TestAnExceptionLiftsTheDenyThatItNames(t *testing.T) {
	t.Parallel()
	p := load(t, denying)
	facts := policy.Attributes{"department": {"Ops"}, "employmentType": {"intern"}}
	d := evaluate(t, p, person(facts))
	require.Equal(t, []string{"directory:group/staff", "git:team/ops", "git:team/prod", "wiki:space/on-call"}, held(d))
	require.Equal(t, []policy.Lift{{Deny: "no interns in production", Exception: "Ada covers for Bob"}}, d.Grants[2].Lifted)
	require.Empty(t, d.Grants[1].Lifted)
	require.Equal(t, []policy.Reason{{Exception: "Ada covers for Bob", Relationship: "hr/1"}}, d.Grants[3].Reasons)
	require.Equal(t, "exception Ada covers for Bob", d.Grants[3].Reasons[0].String())
	require.Equal(t, at("2026-06-01T00:00:00Z"), d.NextChange)
	s := person(facts)
	s.At = d.NextChange
	require.Equal(t, []string{"git:team/prod by deny no interns in production"}, denied(evaluate(t, p, s)))

	facts["level"] = []string{"1"}
	require.Equal(t, []string{"git:team/ops by deny junior", "git:team/prod by deny junior"}, denied(evaluate(t, p, person(facts))), "the other deny is not lifted")
	s = somebody(facts)
	s.Relationships[0].ID = "hr/7"
	d = evaluate(t, p, s)
	require.Equal(t, []string{"directory:group/staff"}, held(d), "what an exception gives is denied like the rest")
}

func TestWhatIsDeniedMakesNoAccountAhead(t *testing.T) {
	t.Parallel()
	p := load(t, denying)
	s := somebody(policy.Attributes{"department": {"Ops"}})
	s.Relationships[0].Start = at("2026-05-06T00:00:00Z")
	require.Equal(t, []string{"git ahead"}, shows(evaluate(t, p, s)))
	other := policy.Relationship{ID: "hr/2", Start: at("2026-05-06T00:00:00Z"), Spans: []policy.Span{{Attributes: policy.Attributes{"level": {"2"}}}}}
	s.Relationships = append(s.Relationships, other)
	require.Empty(t, shows(evaluate(t, p, s)))
}

func TestLoadReportsMistakesInDeniesAndExceptions(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		`policy.yaml:4:5: the deny has no name`,
		`policy.yaml:4:5: the deny has no condition; "true" holds for everybody`,
		`policy.yaml:4:5: the deny denies nothing; want roles or grants`,
		`policy.yaml:5:37: unknown role "r"`,
		`policy.yaml:5:50: "*": want system:kind/name, or the beginning of it with a * behind, such as directory:group/admin*`,
		`policy.yaml:5:55: "app:/*": want system:kind/name, or the beginning of it with a * behind, such as directory:group/admin*`,
		`policy.yaml:5:65: system "ap" has no entry under accounts, did you mean "app"?`,
		`policy.yaml:5:73: grant "app:x": want system:kind/name, such as directory:group/engineering`,
		`policy.yaml:7:5: the exception is nobody's; want person or relationship`,
		`policy.yaml:7:5: the exception has no reason; say why, and who agreed`,
		`policy.yaml:7:5: the exception has no end; say until: with the last day, such as 2026-12-31`,
		`policy.yaml:7:5: the exception excepts nothing; want roles, grants or lifts`,
		`policy.yaml:8:5: want person or relationship, not both`,
		`policy.yaml:8:68: unknown deny "b"`,
		`policy.yaml:8:106: the exception ends on 2026-01-01, before it begins on 2026-01-02`,
	}, loadError(t, `version: 1
accounts: {app: {name: n, candidates: [x]}}
denies:
  - {}
  - {name: a, when: "true", roles: [r], grants: ["*", "app:/*", "ap:*", "app:x"]}
exceptions:
  - {name: none}
  - {name: two, person: a, relationship: b, reason: x, lifts:     [b], from: 2026-01-02, until:          2026-01-01}
`))
}

// A denied grant is never given, and each is denied by something that holds: told
// by a reading of the policy that shares no code with it.
func TestDeniesHoldForAnybody(t *testing.T) {
	t.Parallel()
	p := load(t, denying)
	lost := 0
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 4))
		one := func(list ...string) []string { return list[:1:1] }
		pick := func(list ...string) []string { i := r.IntN(len(list)); return one(list[i:]...) }
		s := policy.Subject{At: now, Person: pick("p1", "p2")[0]}
		intern, junior, contractor, lifted := false, false, false, s.Person == "p1"
		for i := range 1 + r.IntN(3) {
			facts := policy.Attributes{
				"department": pick("Ops", "Sales"), "jobTitle": pick("Deployer", "Clerk"), "employmentType": pick("intern", "fullTime", ""),
				"workerType": pick("employee", "contingentWorker", ""), "level": pick("1", "3", ""),
			}
			intern = intern || facts["employmentType"][0] == "intern"
			junior = junior || facts["level"][0] == "1"
			contractor = contractor || facts["workerType"][0] == "contingentWorker"
			s.Relationships = append(s.Relationships, policy.Relationship{ID: "hr/" + string(rune('6'+i)), Spans: []policy.Span{{Attributes: facts}}})
		}
		d := evaluate(t, p, s)
		for _, g := range d.Grants {
			e := g.Entitlement
			require.False(t, e.System == "git" && junior, "seed %d: %s", seed, e)
			require.False(t, strings.HasPrefix(e.Name, "prod") && intern && !lifted, "seed %d: %s", seed, e)
			for _, why := range g.Reasons {
				require.False(t, contractor && slices.Contains(why.Roles, "operator"), "seed %d: %s", seed, e)
			}
		}
		for _, x := range d.Denied {
			lost++
			require.NotEmpty(t, x.Causes)
			require.NotEmpty(t, x.Reasons)
			require.False(t, slices.ContainsFunc(d.Grants, func(g policy.Grant) bool { return g.Entitlement == x.Entitlement }))
			for _, c := range x.Causes {
				holds := map[string]bool{"no interns in production": intern && !lifted, "junior": junior, "contractors are no operators": contractor}
				require.True(t, holds[c.Name], "seed %d: %v", seed, c)
			}
		}
	}
	require.Greater(t, lost, 500)
}

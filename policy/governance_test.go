package policy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

const governed = `version: 1
attributes: {team: {type: string}}
entitlements:
  git:team/prod: {sensitivity: privileged, approval: true, requestable: true, owner: ops, reviewDays: 90}
  git:team/*: {requestable: true, owner: anybody}
  git:team/secret*: {sensitivity: sensitive, owner: security}
roles:
  team: {parameters: [name], requestable: true, grants: ["git:team/{name|slug}"]}
  keeper: {parameters: [name], sensitivity: sensitive, grants: ["git:team/{name|slug}"]}
  admin: {kind: admin, approval: true, grants: [git:admin/all]}
  boss: {inherits: [admin], grants: [git:team/boss]}
rules:
  - {name: ops, when: department == "Ops", grants: [git:team/prod]}
  - {name: teams, when: team != "", roles: [team], with: {name: "{team}"}}
  - {name: keepers, when: jobTitle == "Keeper", roles: [keeper], with: {name: "{team}"}}
  - {name: bosses, when: jobTitle == "Boss", roles: [boss]}
accounts: {git: {name: n, candidates: [x]}}
`

func git(kind, name string) policy.Entitlement {
	return policy.Entitlement{System: "git", Kind: kind, Name: name}
}

func TestWhatRequiresApprovalIsNotGivenByARuleAlone(t *testing.T) {
	t.Parallel()
	p := load(t, governed)
	s := person(policy.Attributes{"department": {"Ops"}})
	d := evaluate(t, p, s)
	require.Empty(t, d.Grants)
	require.Empty(t, d.Accounts)
	require.Equal(t, []policy.Denial{{
		Entitlement: git("team", "prod"), Causes: []policy.Cause{{Kind: policy.CauseApproval}}, Reasons: []policy.Reason{{Rule: "ops", Relationship: "hr/1"}},
	}}, d.Denied)
	s.Approvals = []policy.Approval{
		{ID: "wrong", Entitlement: git("team", "prod-eu")}, {ID: "a1", Entitlement: git("team", "prod"), From: now.Add(time.Hour), Until: now.Add(2 * time.Hour)},
	}
	d = evaluate(t, p, s)
	require.Empty(t, d.Grants)
	require.Equal(t, now.Add(time.Hour), d.NextChange)
	s.At = d.NextChange
	d = evaluate(t, p, s)
	require.Equal(t, []policy.Grant{{
		Entitlement: git("team", "prod"), Reasons: []policy.Reason{{Rule: "ops", Relationship: "hr/1"}},
		Approval: "a1", Sensitivity: policy.Privileged, Owner: "ops", ReviewDays: 90,
	}}, d.Grants)
	s.At = d.NextChange
	require.Empty(t, evaluate(t, p, s).Grants)
}

func TestARoleThatRequiresApprovalGivesNothingWithoutIt(t *testing.T) {
	t.Parallel()
	p := load(t, governed)
	s := person(policy.Attributes{"jobTitle": {"Boss"}})
	d := evaluate(t, p, s)
	require.Equal(t, []string{"git:team/boss"}, held(d))
	require.Equal(t, []policy.Cause{{Kind: policy.CauseApproval, Role: "admin"}}, d.Denied[0].Causes)
	require.Equal(t, "approval of role admin", d.Denied[0].Causes[0].String())
	s.Approvals = []policy.Approval{{ID: "a", Role: "boss"}}
	require.Equal(t, []string{"git:team/boss"}, held(evaluate(t, p, s)), "an approval is for one thing")
	s.Approvals = []policy.Approval{{ID: "a", Role: "admin"}}
	require.Equal(t, []string{"git:admin/all", "git:team/boss"}, held(evaluate(t, p, s)))
}

func TestOnlyWhatIsRequestableIsGivenOnRequest(t *testing.T) {
	t.Parallel()
	p := load(t, governed)
	ask := func(q policy.Request, approvals ...policy.Approval) policy.Decision {
		s := person(policy.Attributes{"department": {"Sales"}})
		q.ID = "r1"
		s.Requests, s.Approvals = []policy.Request{q}, approvals
		return evaluate(t, p, s)
	}
	d := ask(policy.Request{Entitlement: git("team", "docs"), Until: now.Add(time.Hour)})
	require.Equal(t, []policy.Grant{{
		Entitlement: git("team", "docs"), Owner: "anybody", Reasons: []policy.Reason{{Request: "r1", Relationship: "hr/1"}},
	}}, d.Grants)
	require.Equal(t, "request r1", d.Grants[0].Reasons[0].String())
	require.Equal(t, now.Add(time.Hour), d.NextChange)
	require.Len(t, d.Accounts, 1)
	require.Empty(t, ask(policy.Request{Entitlement: git("team", "docs"), Until: now}).Grants)
	require.Empty(t, ask(policy.Request{Entitlement: git("team", "docs"), From: now.Add(1)}).Grants)

	for name, q := range map[string]policy.Request{
		"an entitlement": {Entitlement: git("admin", "all")}, "another system": {Entitlement: policy.Entitlement{System: "x", Kind: "y", Name: "z"}},
		"sensitive by its name": {Entitlement: git("team", "secret-1")}, "a role": {Role: "keeper", With: map[string]string{"name": "a"}},
	} {
		d = ask(q)
		require.Empty(t, d.Grants, name)
		require.Equal(t, []policy.Cause{{Kind: policy.CauseRequest, Name: "r1"}}, d.Denied[0].Causes, name)
	}
	require.Equal(t, []string{"git:team/prod by approval"}, denied(ask(policy.Request{Entitlement: git("team", "prod")})))
	require.Len(t, ask(policy.Request{Entitlement: git("team", "prod")}, policy.Approval{Entitlement: git("team", "prod")}).Grants, 1)
	require.Equal(t, []string{"git:team/my-team"}, held(ask(policy.Request{Role: "team", With: map[string]string{"name": "My team"}})))
	for name, q := range map[string]policy.Request{
		"no value": {Role: "team"}, "no role": {Role: "tema"}, "nonsense": {Role: "team", With: map[string]string{"name": "a\x00"}}, "nothing": {},
	} {
		require.Empty(t, ask(q).Grants, name)
	}
	s := person(nil)
	s.Requests, s.Relationships[0].End = []policy.Request{{Entitlement: git("team", "docs")}}, now
	require.Equal(t, policy.Decision{}, evaluate(t, p, s), "requests end with the person's access")
}

func TestAParameterCannotMakeARolePrivileged(t *testing.T) {
	t.Parallel()
	p := load(t, governed)
	d := evaluate(t, p, person(policy.Attributes{"team": {"Secret plans"}}))
	require.Empty(t, d.Grants)
	require.Equal(t, []policy.Cause{{Kind: policy.CauseSensitivity, Role: "team"}}, d.Denied[0].Causes)
	d = evaluate(t, p, person(policy.Attributes{"team": {"Secret plans"}, "jobTitle": {"Keeper"}}))
	require.Equal(t, []string{"git:team/secret-plans"}, held(d))
	require.Equal(t, []policy.Reason{{Rule: "keepers", Roles: []string{"keeper"}, Relationship: "hr/1"}}, d.Grants[0].Reasons)
	s := person(policy.Attributes{"team": {"prod"}, "jobTitle": {"Keeper"}})
	s.Approvals = []policy.Approval{{Entitlement: git("team", "prod")}}
	require.Equal(t, []string{"git:team/prod by sensitivity of role keeper, sensitivity of role team"}, func() []string {
		d := evaluate(t, p, s)
		return []string{d.Denied[0].Entitlement.String() + " by " + d.Denied[0].Causes[0].String() + ", " + d.Denied[0].Causes[1].String()}
	}())
}

func TestPrivilegeIsNeverInAStandardRoleNorInheritedUnsaid(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		`policy.yaml:3:33: unknown sensitivity "secret"; want one of sensitive, privileged`,
		`policy.yaml:4:32: -1 days; want 0 to 3660`,
	}, loadError(t, `version: 1
entitlements:
  app:role/root:  {sensitivity: secret}
  app:role/other: {reviewDays: -1}
accounts: {app: {name: n, candidates: [x]}}
`), "positions of values")
	require.Equal(t, []string{
		`policy.yaml:6:40: app:role/root is privileged and has no place in a baseline role; give it with a rule, or in a role of kind addOn or admin`,
		`policy.yaml:7:60: app:secret/a is sensitive and has no place in a standard role; give it with a rule, or in a role of kind addOn or admin`,
		`policy.yaml:7:85: role "admin" is of kind admin and has no place in a standard role; give it with a rule, to those who look after the system`,
		`policy.yaml:8:39: a standard role cannot be sensitive; make it one of kind addOn or admin`,
		`policy.yaml:10:21: role "admin" gives what is privileged; say sensitivity: privileged in role "boss" too, or do not inherit it`,
		`policy.yaml:12:52: role "chief" gives what is privileged; say sensitivity: privileged in role "vice" too, or do not inherit it`,
		`policy.yaml:13:38: app:secret/{n} is sensitive, whatever the parameters; say sensitivity: sensitive in role "keeper"`,
		`policy.yaml:14:62: a role with parameters cannot require approval, which would be for all values; say it of the entitlements`,
	}, loadError(t, `version: 1
entitlements:
  app:role/root: {sensitivity: privileged}
  app:secret/*: {sensitivity: sensitive}
roles:
  everybody: {kind: baseline, grants: [app:role/root]}
  clerk: {kind: standard, addOns: [{when: "true", grants: [app:secret/a]}, {roles: [admin]}]}
  lead: {kind: standard, sensitivity: sensitive, grants: [app:role/a]}
  admin: {kind: admin, grants: [app:role/root]}
  boss: {inherits: [admin]}
  chief: {sensitivity: privileged, inherits: [admin]}
  vice: {sensitivity: sensitive, addOns: [{roles: [chief]}]}
  keeper: {parameters: [n], grants: ["app:secret/{n}"]}
  vault: {parameters: [n], sensitivity: sensitive, approval: true, grants: ["app:secret/{n}"]}
accounts: {app: {name: n, candidates: [x]}}
`))
}

// However harmless what they grant looks, and by however many roles.
func TestAdministratorsAreInNoRoleThatAJobGives(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		`policy.yaml:5:38: role "chief" gives role "helpdesk", which is of kind admin and has no place in a standard role; give it with a rule, to those who look after the system`,
		`policy.yaml:6:48: role "helpdesk" is of kind admin and has no place in a baseline role; give it with a rule, to those who look after the system`,
	}, loadError(t, `version: 1
roles:
  helpdesk: {kind: admin, grants: [app:desk/all]}
  chief: {kind: addOn, inherits: [helpdesk]}
  clerk: {kind: standard, inherits: [chief]}
  all: {kind: baseline, addOns: [{roles: [app, helpdesk], when: primary}]}
  app: {grants: [app:role/user]}
accounts: {app: {name: n, candidates: [x]}}
`))
}

package policytest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/policy/policytest"
)

func shop(t *testing.T) *policy.Policy {
	t.Helper()
	p, err := policy.Load("shop.yaml", strings.NewReader(`version: 1
attributes: {projects: {type: list}}
roles:
  staff: {grants: [directory:group/staff]}
  dev: {inherits: [staff], grants: [git:team/dev]}
rules:
  - {name: everybody, when: "true", roles: [staff]}
  - {name: developers, when: '"apollo" in projects', roles: [dev], until: 2026-06-30}
accounts:
  directory:
    name: uid
    candidates: ["{givenName|slug}"]
    attributes: {title: "{jobTitle}", host: "{manager.accounts.directory.id}"}
  git: {name: login, candidates: ["{accounts.directory.uid}"], attributes: {mail: "{accounts.directory.mail}"}}
`))
	require.NoError(t, err)
	return p
}

func TestRunPasses(t *testing.T) {
	t.Parallel()
	ada := map[string]string{"givenName": "Ada", "jobTitle": "Analyst"}
	apollo := map[string][]string{"projects": {"apollo"}}
	vienna, err := time.LoadLocation("Europe/Vienna")
	require.NoError(t, err)
	policytest.Run(t, shop(t), []policytest.Case{
		{
			Name: "everybody", Attributes: ada, Want: []string{"directory:group/staff"}, WantNot: []string{"*"}, WantNoAccounts: []string{"git"},
			WantAccounts: map[string]policytest.Account{"directory": {
				Candidates: []string{"ada"}, Attributes: map[string][]string{"title": {"Analyst"}}, Absent: []string{"host"}, Waiting: []string{},
			}},
		},
		{
			Name: "a developer", Attributes: ada, Lists: apollo, Zone: vienna, Want: []string{"git:team/dev"},
			WantNextChange: time.Date(2026, 6, 30, 22, 0, 0, 0, time.UTC),
			WantAccounts:   map[string]policytest.Account{"git": {Candidates: []string{}, Waiting: []string{"accounts.directory.mail", "accounts.directory.uid"}}},
		},
		{
			Name: "with an account", Lists: apollo, Accounts: map[string]policy.Account{"directory": {Attributes: policy.Attributes{"uid": {"ada"}}}},
			ManagerAccounts: map[string]policy.Account{"directory": {ID: "9"}},
			WantAccounts: map[string]policytest.Account{
				"git": {Candidates: []string{"ada"}}, "directory": {Attributes: map[string][]string{"title": {}, "host": {"9"}}},
			},
		},
		{Name: "too late", Lists: apollo, At: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), WantNot: []string{"git:*"}},
		{Name: "not begun", Start: policytest.DefaultAt().Add(1), WantNot: []string{"*"}, WantNoAccounts: []string{"directory"}},
		{Name: "over", End: policytest.DefaultAt(), WantNot: []string{"*"}},
		{Name: "unknown", Lists: map[string][]string{"jobTitle": {"a", "b"}}, WantError: "jobTitle"},
	})
}

func TestDeniesAndExceptionsCanBeChecked(t *testing.T) {
	t.Parallel()
	p, err := policy.Load("p.yaml", strings.NewReader(`version: 1
roles:
  team: {parameters: [name], grants: ["git:team/{name}"]}
rules:
  - {name: teams, when: "true", roles: [team], with: {name: "{department}"}, addOns: [{when: "true", grants: [git:role/user]}]}
denies:
  - {name: no core, when: location != "HQ", grants: [git:team/core]}
exceptions:
  - {name: Eve, relationship: hr/2, lifts: [no core], grants: [git:role/guest], until: 2026-02-28, reason: on site}
entitlements: {"wiki:space/*": {requestable: true, approval: true}}
separation:
  - {name: apart, between: [{grants: [git:role/user]}, {grants: ["wiki:*"]}], action: dropNewer}
accounts:
  git: {name: login, candidates: [x]}
  wiki: {name: login, candidates: [x]}
`))
	require.NoError(t, err)
	core := map[string]string{"department": "core"}
	wiki := policy.Entitlement{System: "wiki", Kind: "space", Name: "x"}
	policytest.Run(t, p, []policytest.Case{
		{Name: "denied", Attributes: core, Want: []string{"git:role/user"}, WantNot: []string{"git:team/core", "git:team/other", "git:role/guest"}, WantDenied: []string{"git:team/core"}},
		{
			Name: "asked for", Requests: []policy.Request{{Entitlement: wiki}}, Approvals: []policy.Approval{{Entitlement: wiki}},
			Held: []policy.Holding{{Entitlement: wiki, Since: policytest.DefaultAt()}}, Want: []string{"wiki:space/x"}, WantNot: []string{"wiki:space/y"}, WantDenied: []string{"git:role/user"}, WantViolations: []string{"apart"},
		},
		{Name: "lifted", Attributes: core, Relationship: "hr/2", Want: []string{"git:team/core", "git:role/guest"}},
	})
	require.EqualError(t, policytest.Check(t.Context(), p, policytest.Case{Attributes: core, Want: []string{"git:team/core"}, WantDenied: []string{"git:role/user"}}),
		"missing: git:team/core, which is denied by deny no core for relationship relationship\nnot denied: git:role/user")
	require.EqualError(t, policytest.Check(t.Context(), p, policytest.Case{Attributes: core, WantNot: []string{"wiki:team/core"}, WantViolations: []string{"prat"}}),
		"the case is wrong: the policy knows no separation \"prat\"\nthe case is wrong: the policy grants wiki:team/core to nobody; a pattern with * may match nothing")
	require.EqualError(t, policytest.Check(t.Context(), p, policytest.Case{WantViolations: []string{"apart"}}), `violated: want ["apart"], got nothing`)
}

func TestCheckTellsEverythingThatDiffers(t *testing.T) {
	t.Parallel()
	ada := map[string]string{"givenName": "Ada", "jobTitle": "Analyst"}
	apollo := map[string][]string{"projects": {"apollo"}}
	for name, c := range map[string]struct {
		policytest.Case
		want string
	}{
		"all at once": {policytest.Case{
			Attributes: ada, Lists: apollo, Want: []string{"git:team/ops", "directory:group/staff", "staff"}, WantNot: []string{"*"},
			WantNoAccounts: []string{"git"}, WantNextChange: policytest.DefaultAt(),
			WantAccounts: map[string]policytest.Account{
				"directory": {Candidates: []string{"byron"}, Attributes: map[string][]string{"title": {}, "host": {"1"}}, Waiting: []string{"x"}},
				"git":       {Attributes: map[string][]string{"mail": {"a"}}},
			},
		}, `missing: git:team/ops
  nothing gives it; did you mean git:team/dev?
the case is wrong: entitlement "staff": want system:kind/name, such as directory:group/engineering
not wanted: git:team/dev, by rule developers > role dev
not wanted: an account in git, by rule developers > role dev
directory candidates: want ["byron"], got ["ada"]
directory host: want ["1"], but it is not listed
directory title: want nothing, got ["Analyst"]
directory waiting: want ["x"], got nothing
git mail: want ["a"], but it is not listed; the account waits for accounts.directory.mail, accounts.directory.uid
next change: want 2026-01-01T12:00:00Z, got 2026-07-01T00:00:00Z`},
		"no account": {policytest.Case{WantAccounts: map[string]policytest.Account{"git": {}}}, `missing: an account in git
  git:team/dev by rule developers > role dev: rule developers wants "apollo" in projects; projects is missing`},
		"a way that is over": {
			policytest.Case{At: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), Lists: apollo, Want: []string{"git:team/dev"}},
			"missing: git:team/dev\n  rule developers > role dev: rule developers ended at 2026-07-01T00:00:00Z",
		},
		"names that the policy does not know": {policytest.Case{
			Attributes: map[string]string{"departmnet": "Eng"}, Lists: map[string][]string{"project": {"apollo"}},
			WantNot: []string{"git:team/devs", "wiki:*"}, WantNoAccounts: []string{"gti"},
			WantAccounts: map[string]policytest.Account{"wiki": {}},
		}, `the case is wrong: the policy knows no attribute "departmnet"
the case is wrong: the policy knows no attribute "project"
the case is wrong: the policy knows no system "wiki"
the case is wrong: the policy knows no system "gti"
the case is wrong: the policy grants git:team/devs to nobody; a pattern with * may match nothing`},
		"several reasons": {
			policytest.Case{Lists: apollo, WantNot: []string{"directory:group/staff"}},
			"not wanted: directory:group/staff, by rule developers > role dev > role staff and rule everybody > role staff",
		},
		"a listed attribute": {
			policytest.Case{WantAccounts: map[string]policytest.Account{"directory": {Absent: []string{"title"}}}},
			"directory title: want it not listed, got nothing",
		},
		"not live": {
			policytest.Case{End: policytest.DefaultAt(), Want: []string{"directory:group/staff"}, WantNextChange: policytest.DefaultAt()},
			"missing: directory:group/staff\nnext change: want 2026-01-01T12:00:00Z, got never\n(the relationship is not live at 2026-01-01T12:00:00Z)",
		},
		"no decision": {
			policytest.Case{Lists: map[string][]string{"jobTitle": {"a", "b"}}, Want: []string{"git:team/dev"}},
			"there is no decision: relationship relationship: attribute jobTitle: 2 values, want one; declare it as a list",
		},
		"another error": {
			policytest.Case{Lists: map[string][]string{"jobTitle": {"a", "b"}}, WantError: "level"},
			`want an error with "level", got: relationship relationship: attribute jobTitle: 2 values, want one; declare it as a list`,
		},
		"nothing is expected": {policytest.Case{Want: []string{}}, "the case is wrong: it expects nothing, and would always pass; say what is wanted, or not"},
		"no error":            {policytest.Case{WantError: "level"}, `there is a decision; want an error with "level"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.EqualError(t, policytest.Check(t.Context(), shop(t), c.Case), c.want)
		})
	}
}

// fickle answers differently each time.
type fickle struct {
	calls *int
	err   error
}

func (fickle) Version() string { return "1" }

func (f fickle) Evaluate(context.Context, policy.Subject) (policy.Decision, error) {
	*f.calls++
	if *f.calls == 2 && f.err != nil {
		return policy.Decision{}, f.err
	}
	return policy.Decision{NextChange: policytest.DefaultAt().AddDate(0, 0, *f.calls)}, nil
}

func TestCheckFindsEvaluatorsThatAreNotPure(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, errors.New("now and then")} {
		require.EqualError(t, policytest.Check(t.Context(), fickle{new(int), err}, policytest.Case{WantNot: []string{"*"}}), "evaluating twice gives different decisions")
	}
}

func TestCheckTellsAFewOfManyWays(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("version: 1\naccounts: {app: {name: login, candidates: [x]}}\nrules:\n")
	for i := range 5 {
		fmt.Fprintf(&text, "  - {name: r%d, when: department == \"d%[1]d\", grants: [app:role/x]}\n", i)
	}
	p, err := policy.Load("p", strings.NewReader(text.String()))
	require.NoError(t, err)
	require.EqualError(t, policytest.Check(t.Context(), p, policytest.Case{Want: []string{"app:role/x"}}), `missing: app:role/x
  rule r0: rule r0 wants department == "d0"; department is missing
  rule r1: rule r1 wants department == "d1"; department is missing
  rule r2: rule r2 wants department == "d2"; department is missing
  and more`)
	// Of what is no Policy nothing more is known.
	require.EqualError(t, policytest.Check(t.Context(), struct{ policy.Evaluator }{p}, policytest.Case{Want: []string{"app:role/x"}}), "missing: app:role/x")
}

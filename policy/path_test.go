package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

// diamond leads to the same by several ways: as roles give it, or as they do if
// something in them depends on the person.
func diamond(varies bool, more string) string {
	roles := `
  boss: {inherits: [approver, clerk, payer]WHEN}
  clerk: {inherits: [invoices]WHEN}
  approver: {inherits: [invoices]WHEN}
  payer: {grants: ["bank:role/payer"]WHEN}
  invoices: {grants: ["bank:role/invoices"]WHEN}
`
	when := ""
	if varies {
		when = `, when: 'email != "nobody"'`
	}
	return "version: 1\nroles:" + strings.ReplaceAll(roles, "WHEN", when) + "rules: [{name: bosses, when: 'true', roles: [boss]}]\n" +
		"accounts: {bank: {name: n, candidates: [x]}}\n" + more
}

func eachDiamond(t *testing.T, more string, test func(t *testing.T, p *policy.Policy)) {
	t.Helper()
	for _, varies := range []bool{false, true} {
		t.Run(fmt.Sprint(varies), func(t *testing.T) {
			t.Parallel()
			test(t, load(t, diamond(varies, more)))
		})
	}
}

// Before, only the first of the shortest ways counted, and who came another way as
// well was no clerk.
func TestEveryWayToASideOfASeparationCounts(t *testing.T) {
	t.Parallel()
	for _, role := range []string{"approver", "clerk"} {
		eachDiamond(t, "separation: [{name: s, action: refuse, between: [{roles: ["+role+"]}, {roles: [payer]}]}]\n", func(t *testing.T, p *policy.Policy) {
			d := evaluate(t, p, person(nil))
			require.Len(t, d.Violations, 1, role)
			require.Equal(t, []policy.Entitlement{bank("invoices")}, d.Violations[0].Sides[0].Entitlements)
			require.Equal(t, []string{"bank:role/invoices"}, held(d), "by the other of the two roles")
			w := witnesses(t, p)[0]
			require.Equal(t, policy.Possible, w.Verdict)
			require.True(t, violates(t, p, w))
		})
	}
}

func TestADeniedRoleLeavesOtherWays(t *testing.T) {
	t.Parallel()
	for _, role := range []string{"approver", "clerk"} {
		eachDiamond(t, "denies: [{name: d, when: 'true', roles: ["+role+"]}]\n", func(t *testing.T, p *policy.Policy) {
			d := evaluate(t, p, person(nil))
			require.Equal(t, []string{"bank:role/invoices", "bank:role/payer"}, held(d))
			require.NotContains(t, d.Grants[0].Reasons[0].Roles, role)
			require.Empty(t, d.Denied)
		})
	}
	eachDiamond(t, "denies: [{name: d, when: 'true', roles: [approver, clerk]}]\n", func(t *testing.T, p *policy.Policy) {
		d := evaluate(t, p, person(nil))
		require.Equal(t, []string{"bank:role/payer"}, held(d))
		require.Len(t, d.Denied[0].Causes, 2, "each way has its own")
	})
}

func TestARoleThatNeedsApprovalLeavesOtherWays(t *testing.T) {
	t.Parallel()
	for _, role := range []string{"approver", "clerk"} {
		for _, varies := range []bool{false, true} {
			p := load(t, replace(diamond(varies, ""), "  "+role+": {", "  "+role+": {approval: true, "))
			require.Equal(t, []string{"bank:role/invoices", "bank:role/payer"}, held(evaluate(t, p, person(nil))))
		}
	}
}

// What a rule gives by itself in one way, of which something is taken, does not hide
// that it goes on giving the same in another.
func TestAnOverlapInAnotherWayCounts(t *testing.T) {
	t.Parallel()
	p := load(t, `version: 1
roles:
  top: {addOns: [{when: department == "A", roles: [gated]}, {when: department == "B", roles: [open]}]}
  gated: {approval: true, grants: [app:g/x]}
  open: {grants: [app:g/x]}
rules: [{name: r, when: "true", roles: [top], overlapDays: 5}]
accounts: {app: {name: n, candidates: [x]}}
`)
	s := person(nil)
	s.Relationships[0].Spans = []policy.Span{{Attributes: policy.Attributes{"department": {"B"}}}, {From: now.AddDate(0, 0, -1), Attributes: policy.Attributes{"department": {"A"}}}}
	require.Equal(t, []string{"app:g/x"}, held(evaluate(t, p, s)))
	s.Approvals = []policy.Approval{{ID: "a", Role: "gated"}}
	require.Len(t, evaluate(t, p, s).Grants[0].Reasons, 2)
	checked(t, p, s, policy.Entitlement{System: "app", Kind: "g", Name: "x"})
}

// Ways that nothing tells apart are one.
func TestOtherWaysAreNotTold(t *testing.T) {
	t.Parallel()
	eachDiamond(t, "", func(t *testing.T, p *policy.Policy) {
		d := evaluate(t, p, person(nil))
		require.Equal(t, []policy.Reason{{Rule: "bosses", Roles: []string{"boss", "approver", "invoices"}, Relationship: "hr/1"}}, d.Grants[0].Reasons)
	})
}

// As many ways as denies tell apart are more than anybody can oversee, and not tried.
func TestTooManyWaysAreRefused(t *testing.T) {
	t.Parallel()
	var roles, names strings.Builder
	for level := range 15 {
		for _, side := range []string{"a", "b"} {
			fmt.Fprintf(&roles, "  %s%d: {inherits: [a%d, b%d]}\n", side, level, level+1, level+1)
			fmt.Fprintf(&names, "%s%d, ", side, level)
		}
	}
	_, err := policy.Load("p.yaml", strings.NewReader("version: 1\nroles:\n"+roles.String()+"  a15: {grants: [app:g/x]}\n  b15: {grants: [app:g/x]}\n"+
		"rules: [{name: r, when: 'true', roles: "+"[a0, b0, a1, b1, a2, b2, a3, b3]}]\n"+
		"denies: [{name: d, when: 'false', roles: ["+strings.TrimSuffix(names.String(), ", ")+"]}]\naccounts: {app: {name: n, candidates: [x]}}\n"))
	require.ErrorContains(t, err, "have more than 500000 grants and parents in all")
}

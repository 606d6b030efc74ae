package policy_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/policy"
)

// A policy gives entitlements with the reasons for them.
func ExampleLoad() {
	p, err := policy.Load("policy.yaml", strings.NewReader(`
version: 1
roles:
  employee: {grants: [directory:group/staff]}
  engineer: {grants: [git:team/dev], inherits: [employee]}
rules:
  - name: engineers
    when: department == "Engineering"
    roles: [engineer]
accounts:
  directory: {name: userName, candidates: ["{givenName|slug}.{familyName|slug}"]}
  git: {name: login, candidates: ["{accounts.directory.userName}"]}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := p.Evaluate(context.Background(), policy.Subject{
		At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Relationships: []policy.Relationship{{ID: "hr/1", Spans: []policy.Span{{Attributes: policy.Attributes{
			"givenName": {"Zoë"}, "familyName": {"Łęcka"}, "department": {"Engineering"},
		}}}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range d.Grants {
		fmt.Println(g.Entitlement, g.Reasons[0].Rule, g.Reasons[0].Roles)
	}
	for _, a := range d.Accounts {
		fmt.Println(a.System, a.Candidates, a.Waiting)
	}
	// Output:
	// directory:group/staff engineers [engineer employee]
	// git:team/dev engineers [engineer]
	// directory [zoe.lecka] []
	// git [] [accounts.directory.userName]
}

// All mistakes are reported at once, where they stand.
func ExampleLoad_mistakes() {
	_, err := policy.Load("policy.yaml", strings.NewReader(`version: 1
roles:
  employee: {grants: [directroy:group/staff]}
rules:
  - name: engineers
    when: |
      country in ["AT", "DE"] &&
        departmnet == "Engineering"
    roles: [employe]
    until: 2026-02-30
accounts:
  directory: {name: userName, candidates: ["{givenName|lowr}"]}
`))
	fmt.Println(err)
	// Output:
	// policy.yaml:3:23: system "directroy" has no entry under accounts, did you mean "directory"?
	// policy.yaml:8:9: unknown attribute "departmnet", did you mean "department"?
	// policy.yaml:9:13: unknown role "employe", did you mean "employee"?
	// policy.yaml:10:12: "2026-02-30" is not a day; want one such as 2026-01-31
	// policy.yaml:12:45: unknown filter "lowr", did you mean "lower"? (there are ascii, default:text, digits, first:2, last:2, lower, slug, trim, upper)
}

// A policy can be a Go value as well.
func ExampleCompile() {
	p, err := policy.Compile(policy.Document{
		Version: 1,
		Rules:   []policy.Rule{{Name: "temps", When: `workerType == "contingentWorker"`, Grants: []string{"vpn:profile/guest"}, Until: "2026-03-31"}},
		Accounts: map[string]policy.AccountMapping{
			"vpn": {Name: "user", Candidates: []string{"x-{employeeNumber}"}},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := p.Evaluate(context.Background(), policy.Subject{
		At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Relationships: []policy.Relationship{{Spans: []policy.Span{{Attributes: policy.Attributes{
			"workerType": {"contingentWorker"}, "employeeNumber": {"0042"},
		}}}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Grants[0].Entitlement, d.Accounts[0].Candidates, d.NextChange)
	// Output:
	// vpn:profile/guest [x-0042] 2026-04-01 00:00:00 +0000 UTC
}

// Duties that are kept apart, and somebody in whom they would meet.
func ExamplePolicy_Witnesses() {
	p, err := policy.Load("policy.yaml", strings.NewReader(`
version: 1
rules:
  - {name: accounting, when: department == "Finance", grants: [bank:role/payer]}
  - {name: managers, when: 'jobLevel in ["M1", "M2"]', grants: [bank:role/approver]}
separation:
  - name: paying and approving
    between: [{grants: [bank:role/payer]}, {grants: [bank:role/approver]}]
    action: refuse
accounts:
  bank: {name: login, candidates: ["{employeeNumber}"]}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	found, err := p.Witnesses(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, w := range found {
		fmt.Println(w.Separation, "is", w.Verdict, "by", w.Rules)
		fmt.Println(w.Subject.Relationships[0].Spans[0].Attributes)
	}
	// Output:
	// paying and approving is possible by [accounting managers]
	// map[department:[Finance] jobLevel:[M1]]
}

package policy_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/policy"
)

// Why does somebody not have what they expect?
func ExamplePolicy_Explain() {
	p, err := policy.Load("policy.yaml", strings.NewReader(`
version: 1
roles:
  engineer: {grants: [git:team/dev]}
rules:
  - name: engineers
    when: department == "Engineering" && employmentType != "intern"
    roles: [engineer]
accounts:
  git: {name: login, candidates: ["{givenName|slug}"]}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	x, err := p.Explain(context.Background(), policy.Subject{
		At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Person: "Zoë",
		Relationships: []policy.Relationship{{ID: "hr/1", Spans: []policy.Span{{Attributes: policy.Attributes{"department": {"Sales"}}}}}},
	}, policy.Entitlement{System: "git", Kind: "team", Name: "dev"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(x)
	// Output:
	// Zoë does not have git:team/dev at 2026-01-01T00:00:00Z.
	// What could give it, and what keeps it back:
	//   rule engineers > role engineer (relationship hr/1)
	//     rule engineers wants department == "Engineering"; department is "Sales"
	// A change that would give it:
	//   relationship hr/1: department from "Sales" to "Engineering" (department == "Engineering")
}

package policytest_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/policy/policytest"
)

// A case that fails says what differs and which rule is to blame.
func ExampleCheck() {
	p, err := policy.Load("policy.yaml", strings.NewReader(`
version: 1
rules:
  - {name: sales-tools, when: department startsWith "Sales", grants: [crm:role/agent]}
accounts:
  crm: {name: login, candidates: ["{email}"]}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(policytest.Check(context.Background(), p, policytest.Case{
		Name:       "those who run the sales systems do not sell",
		Attributes: map[string]string{"department": "Sales IT"},
		Want:       []string{"crm:role/admin"},
		WantNot:    []string{"crm:role/agent"},
	}))
	// Output:
	// missing: crm:role/admin
	//   nothing gives it
	// not wanted: crm:role/agent, by rule sales-tools
}

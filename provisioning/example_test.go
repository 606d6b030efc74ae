package provisioning_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// exampleTenant is a tenant with everything in memory. A program names a file
// instead of ":memory:", and a connector that reaches something.
func exampleTenant(ctx context.Context, directory *memory.System, review bool) *provisioning.Tenant {
	rules, err := policy.Load("policy.yaml", strings.NewReader(`
version: 1
rules:
  - {name: sales, when: department == "Sales", grants: [directory:group/sales]}
accounts:
  directory:
    name: userName
    candidates: ["{givenName|ascii|lower}", "{givenName|ascii|lower}{n}"]
`))
	if err != nil {
		log.Fatal(err)
	}
	store, err := sqlite.Open(ctx, ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	engine, err := provisioning.New(provisioning.Config{
		Store: store,
		Tenant: func(context.Context, string) (provisioning.TenantConfig, error) {
			return provisioning.TenantConfig{
				Policy:  rules,
				Systems: map[string]provisioning.System{"directory": {Connector: directory, Mode: provisioning.Managed}},
				Review:  review,
			}, nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	tenant, err := engine.Tenant(ctx, "acme")
	if err != nil {
		log.Fatal(err)
	}
	return tenant
}

// hired is what an HR system tells of somebody in sales.
func hired(id, name string) hrsource.Record {
	return hrsource.Record{Worker: hrsource.Worker{
		Key:         hrsource.WorkerKey{Source: "hr", ID: id},
		Name:        hrsource.Name{Given: name},
		Assignments: []hrsource.Assignment{{Department: "Sales"}},
	}}
}

// Somebody is hired, and the engine makes what policy gives them. Explain says
// why they have it.
func Example() {
	ctx, directory := context.Background(), memory.New(memory.Config{})
	acme := exampleTenant(ctx, directory, false)

	if _, err := acme.Ingest(ctx, hired("1", "Ada")); err != nil {
		log.Fatal(err)
	}
	if _, err := acme.Drain(ctx); err != nil {
		log.Fatal(err)
	}
	for _, account := range directory.Accounts() {
		fmt.Println(account.Name, account.Active, account.Entitlements)
	}

	person, err := acme.PersonOf(ctx, hrsource.WorkerKey{Source: "hr", ID: "1"})
	if err != nil {
		log.Fatal(err)
	}
	why, err := acme.Explain(ctx, person, policy.Entitlement{System: "directory", Kind: "group", Name: "sales"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("wanted:", why.Wanted, "held:", why.Held, "by rule", why.Reasons[0].Rule)
	// Output:
	// ada true [group/sales]
	// wanted: true held: true by rule sales
}

// With Review nothing is done that nobody has approved. What an approved plan
// does not hold, since it came later, stays for the next one.
func ExampleTenant_Apply() {
	ctx, directory := context.Background(), memory.New(memory.Config{})
	acme := exampleTenant(ctx, directory, true)
	drain := func() {
		if _, err := acme.Drain(ctx); err != nil {
			log.Fatal(err)
		}
	}
	if _, err := acme.Ingest(ctx, hired("1", "Ada")); err != nil {
		log.Fatal(err)
	}
	drain()
	plan, err := acme.Plan(ctx, provisioning.PlanRequest{})
	if err != nil {
		log.Fatal(err)
	}
	for _, line := range plan.Lines {
		fmt.Println(line)
	}
	if _, err := acme.Ingest(ctx, hired("2", "Bob")); err != nil { // too late for this plan
		log.Fatal(err)
	}
	drain()
	fmt.Println(len(directory.Accounts()), "accounts before it is applied")

	report, err := acme.Apply(ctx, provisioning.ApplyRequest{Plan: plan, Actor: "alice"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(report.Released), "lines released,", len(directory.Accounts()), "account after it")
	// Output:
	// + create      directory  Ada                ada or the next free           rule sales (held: waits for review)
	// + grant       directory  Ada                group/sales                    rule sales (waiting: needs the account)
	// 0 accounts before it is applied
	// 2 lines released, 1 account after it
}

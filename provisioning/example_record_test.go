package provisioning_test

import (
	"context"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// Somebody asks for what needs an approval. A person is asked, and what they approve is
// given until the request ends.
func ExampleTenant_Record() {
	ctx := context.Background()
	rules, err := policy.Load("policy.yaml", strings.NewReader(`
version: 1
entitlements:
  directory:role/payer: {requestable: true, approval: true}
rules:
  - {name: everybody, when: "true", grants: [directory:group/staff]}
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
	defer store.Close()
	directory := memory.New(memory.Config{})
	clock := provisioningtest.NewClock(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	engine, err := provisioning.New(provisioning.Config{Store: store, Now: clock.Now, Tenant: func(context.Context, string) (provisioning.TenantConfig, error) {
		return provisioning.TenantConfig{
			Policy:  rules,
			Systems: map[string]provisioning.System{"directory": {Connector: directory, Mode: provisioning.Managed}},
		}, nil
	}})
	if err != nil {
		log.Fatal(err)
	}
	acme, err := engine.Tenant(ctx, "acme")
	if err != nil {
		log.Fatal(err)
	}
	drain := func() {
		if _, err := acme.Drain(ctx); err != nil {
			log.Fatal(err)
		}
		fmt.Println(clock.Now().Format(time.DateOnly), directory.Accounts()[0].Entitlements)
	}
	if _, err := acme.Ingest(ctx, hired("1", "Ada")); err != nil {
		log.Fatal(err)
	}
	ada, err := acme.PersonOf(ctx, hrsource.WorkerKey{Source: "hr", ID: "1"})
	if err != nil {
		log.Fatal(err)
	}

	if _, err := acme.Record(ctx, provisioning.RecordRequest{
		Person: ada, Actor: "ada@acme.example", Note: "closing the year",
		Request: &policy.Request{
			ID:          "REQ-1",
			Entitlement: policy.Entitlement{System: "directory", Kind: "role", Name: "payer"},
			Until:       time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC),
		},
	}); err != nil {
		log.Fatal(err)
	}
	drain()
	cases, err := acme.Cases(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cases[0].Kind, cases[0].Choices)
	if err := acme.Answer(ctx, provisioning.AnswerRequest{Case: cases[0].ID, Choice: provisioning.ChoiceApprove, Actor: "boss@acme.example"}); err != nil {
		log.Fatal(err)
	}
	drain()
	clock.Set(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	drain()
	// Output:
	// 2026-03-02 [group/staff]
	// approval [approve refuse]
	// 2026-03-02 [group/staff role/payer]
	// 2026-04-01 [group/staff]
}

// Whoever is locked out cannot sign in anywhere, whatever HR and policy say, until that is
// lifted.
func ExampleTenant_Record_lockout() {
	ctx, directory := context.Background(), memory.New(memory.Config{})
	acme := exampleTenant(ctx, directory, false)
	drain := func() {
		if _, err := acme.Drain(ctx); err != nil {
			log.Fatal(err)
		}
		fmt.Println(directory.Accounts()[0].Active, directory.Accounts()[0].Entitlements)
	}
	if _, err := acme.Ingest(ctx, hired("1", "Ada")); err != nil {
		log.Fatal(err)
	}
	drain()
	ada, err := acme.PersonOf(ctx, hrsource.WorkerKey{Source: "hr", ID: "1"})
	if err != nil {
		log.Fatal(err)
	}

	id, err := acme.Record(ctx, provisioning.RecordRequest{
		Person: ada, Actor: "soc@acme.example", Note: "stolen phone", Lockout: &provisioning.Lockout{},
	})
	if err != nil {
		log.Fatal(err)
	}
	drain()
	leaving, err := acme.Leaving(ctx, ada)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(leaving.Lockout)
	if err := acme.Withdraw(ctx, provisioning.WithdrawRequest{ID: id, Actor: "soc@acme.example", Note: "found"}); err != nil {
		log.Fatal(err)
	}
	drain()
	// Output:
	// true [group/sales]
	// false [group/sales]
	// locked out by soc@acme.example: stolen phone
	// true [group/sales]
}

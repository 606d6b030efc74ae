package scim_test

import (
	"context"
	"fmt"
	"log"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

// An operation is carried out against a server in this process. The second time
// there is nothing to do, and nothing is written.
func Example() {
	server, err := scimtest.New(scimtest.Config{Token: "example"})
	if err != nil {
		log.Fatal(err)
	}
	url, err := server.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()

	target, err := scim.New(scim.Config{
		BaseURL: url + scimtest.BasePath,
		Token:   func(context.Context) (string, error) { return "example", nil },
	})
	if err != nil {
		log.Fatal(err)
	}
	do := connector.Apply(target)
	hire := connector.Operation{
		Kind: connector.Create, ExternalID: "worker-7", Name: "amy@example.com", Active: true,
		Attributes: map[string]connector.Value{
			"name.givenName": connector.String("Amy"),
			"department":     connector.String("Joinery"),
		},
	}
	for range 2 {
		result, err := do(context.Background(), hire)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(result.Outcome, result.Account.Name, result.Account.Attributes["department"])
	}
	fmt.Println("writes:", server.Writes())
	// Output:
	// applied amy@example.com "Joinery"
	// alreadyInState amy@example.com "Joinery"
	// writes: 1
}

package memory_test

import (
	"context"
	"fmt"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
)

// An account is made, but the reply is lost. Whoever sent it reads back before
// doing anything else, and finds that it is there.
func ExampleSystem_Fault() {
	ctx := context.Background()
	directory := memory.New(memory.Config{})
	directory.Fault(memory.Fault{
		Kinds: []connector.Kind{connector.Create},
		Times: 1,
		Do:    memory.LoseReply,
	})

	_, err := directory.Create(ctx, connector.CreateRequest{ExternalID: "person-1", Name: "ada", Active: true})
	fmt.Println(connector.VerdictOf(err).Verdict)

	found, err := directory.Find(ctx, connector.FindRequest{ExternalID: "person-1"})
	fmt.Println(len(found), err, directory.SignIn("ada"), directory.Writes())
	// Output:
	// unknown
	// 1 <nil> <nil> 1
}

// Somebody changes an account by hand, and switches off what we had made.
func ExampleSystem_Put() {
	directory := memory.New(memory.Config{})
	account := directory.Put(connector.Account{Ref: connector.Ref{Name: "ada"}, Active: true})
	fmt.Println(directory.SignIn("ada"))

	account.Active = false
	directory.Put(account)
	fmt.Println(directory.SignIn("ada"))
	// Output:
	// <nil>
	// memory: sign in as ada: denied
}

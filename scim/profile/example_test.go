package profile_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/scim/profile"
)

// A profile is the caller's own: what is known better of the server at hand is
// written over it, and printed it can be kept.
func ExampleGet() {
	p, err := profile.Get("deel")
	if err != nil {
		fmt.Println(err)
		return
	}
	p.Name, p.Lag = "our-deel", 2*time.Second
	p.Rate = []profile.Rate{{Requests: 3, Per: time.Second}}
	if err := p.Check(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(p)
	// Output:
	// name: our-deel
	// product: Deel
	// checked: "2026-11-23"
	// sources:
	//   - https://developer.deel.com/docs/rate-limits
	// notes:
	//   - The limit holds for a token.
	// rate:
	//   - requests: 3
	//     per: 1s
	// lag: 2s
}

// Mistakes are named with the place where they are.
func ExampleLoad() {
	_, err := profile.Load("ours.yaml", strings.NewReader(`
extends: keycloak
name: our-keycloak
product: Keycloak behind our gateway
paging:
  maxResult: 50
`))
	fmt.Println(err)
	// Output:
	// profile ours.yaml: line 6, column 3: paging: "maxResult": not a key here, did you mean "maxResults"?; there are method, maxResults, maxStart, shifts, synthetic
}

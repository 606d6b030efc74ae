// Command policy-only asks a policy what two people should have, and why. It
// uses the policy package alone: no engine, no database, no connector.
package main

import (
	"context"
	_ "embed"
	"fmt"
	"log"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/policy"
)

//go:embed policy.yaml
var text string

func main() {
	p, err := policy.Load("policy.yaml", strings.NewReader(text))
	if err != nil {
		log.Fatal(err)
	}
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		log.Fatal(err)
	}
	for _, worker := range []policy.Attributes{
		{"givenName": {"Zoë"}, "familyName": {"Łęcka"}, "displayName": {"Zoë Łęcka"}, "department": {"Engineering"}, "employmentType": {"fullTime"}},
		{"givenName": {"Ben"}, "familyName": {"O'Dea"}, "displayName": {"Ben O'Dea"}, "department": {"Engineering"}, "employmentType": {"intern"}},
	} {
		d, err := p.Evaluate(context.Background(), policy.Subject{
			At: time.Date(2026, 7, 1, 9, 0, 0, 0, vienna),
			Relationships: []policy.Relationship{{
				ID: "hr/1", Zone: vienna, End: time.Date(2026, 10, 1, 0, 0, 0, 0, vienna), Spans: []policy.Span{{Attributes: worker}},
			}},
		})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(worker["displayName"][0])
		show(d, vienna)
	}
}

func show(d policy.Decision, zone *time.Location) {
	for _, g := range d.Grants {
		fmt.Printf("  %-28s because of %s\n", g.Entitlement, why(g.Reasons))
	}
	for _, a := range d.Accounts {
		if len(a.Waiting) > 0 {
			fmt.Printf("  account in %s: waits for %s\n", a.System, strings.Join(a.Waiting, ", "))
			continue
		}
		fmt.Printf("  account in %s: %s is the first free of %q\n", a.System, a.NameAttribute, a.Candidates)
		for _, name := range slices.Sorted(maps.Keys(a.Attributes)) {
			fmt.Printf("    %s: %s\n", name, strings.Join(a.Attributes[name], ", "))
		}
	}
	fmt.Printf("  next change: %s\n", d.NextChange.In(zone).Format(time.RFC1123))
}

// why writes reasons as rules and the roles that they lead to.
func why(reasons []policy.Reason) string {
	ways := make([]string, len(reasons))
	for i, r := range reasons {
		ways[i] = strings.Join(append([]string{"rule " + r.Rule}, r.Roles...), " > ")
	}
	return strings.Join(ways, "; ")
}

package provisioning_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

const duties = `version: 1
rules:
  - {name: payers, when: division == "Money", grants: [directory:role/payer]}
  - {name: approvers, when: jobTitle == "Head", grants: [directory:role/approver]}
separation:
  - {name: four eyes, between: [{grants: [directory:role/payer]}, {grants: [directory:role/approver]}], action: dropNewer}
accounts:
  directory:
    name: userName
    candidates: ["{givenName|lower}"]
`

// What somebody holds, and since when, decides which of two duties is the newer.
func TestTheNewerOfTwoDutiesIsNotGiven(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"payer", "approver"} {
		t.Run(first, func(t *testing.T) {
			t.Parallel()
			b := bench(t, provisioningtest.Config{Policy: duties})
			pays := func(w *hrsource.Worker) { w.Assignments[0].Division = "Money" }
			approves := func(w *hrsource.Worker) { w.Assignments[0].JobTitle = "Head" }
			then := approves
			w := provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01")
			if first == "payer" {
				pays(&w)
			} else {
				approves(&w)
				then = pays
			}
			b.HR.Put(w)
			b.Sync()
			holds := func() (names []string) {
				for _, e := range b.Target("directory").Accounts()[0].Entitlements {
					names = append(names, e.Name)
				}
				return names
			}
			require.Equal(t, []string{first}, holds())
			b.HR.Change("1", then)
			b.Sync()
			require.Equal(t, []string{first}, holds(), "the one that is held stays")
			b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Division, w.Assignments[0].JobTitle = "", "" })
			b.Sync()
			require.Empty(t, holds())
		})
	}
}

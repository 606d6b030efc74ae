package provisioning_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// managed is a policy of accounts that show the manager's login name.
const managed = `version: 1
rules:
  - {name: everybody, when: workerType == "employee", grants: ["directory:group/staff"]}
accounts:
  directory:
    name: userName
    candidates: ["{givenName|ascii|lower}"]
    attributes:
      manager: "{manager.accounts.directory.name}"
`

// It was that of the first relationship, and of its last assignment, whenever
// that begins.
func TestTheManagerIsTheOneInForce(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: managed})
	for i, n := range []string{"Old", "New"} {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint("m", i), n, "Eng", "2024-01-01"))
	}
	w := provisioningtest.Worker("1", "Ada", "Eng", "2024-01-01")
	w.PersonKey = "K"
	w.Assignments[0].Manager = "m0"
	w.TerminationDate = hrsource.Date{Year: 2025, Month: 6, Day: 1}
	b.HR.Put(w)
	r := provisioningtest.Worker("2", "Ada", "Eng", "2025-10-01")
	r.PersonKey = "K"
	r.Assignments[0].Manager = "m1"
	b.HR.Put(r)
	// and a transfer that is still to come
	f := provisioningtest.Worker("3", "Fay", "Eng", "2025-10-01")
	f.Assignments = []hrsource.Assignment{{Department: "Eng", Manager: "m0"}, {EffectiveFrom: hrsource.Date{Year: 2027, Month: 1, Day: 1}, Department: "Eng", Manager: "m1"}}
	b.HR.Put(f)
	b.Sync()
	b.Settle()
	got := map[string]string{}
	for _, a := range b.Target("directory").Accounts() {
		got[a.Name] = a.Attributes["manager"].String()
	}
	require.Equal(t, `"new"`, got["ada"], "rehired; the manager in force is m1")
	require.Equal(t, `"old"`, got["fay"], "m1 is the manager from 2027 on")
}

func TestTheManagersLoginNameHasTheNameThatPolicyGivesIt(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: strings.Replace(managed, "directory.name", "directory.userName", 1)})
	b.HR.Put(provisioningtest.Worker("m0", "Boss", "Eng", "2024-01-01"))
	w := provisioningtest.Worker("1", "Ada", "Eng", "2024-01-01")
	w.Assignments[0].Manager = "m0"
	b.HR.Put(w)
	b.Sync()
	b.Settle()
	for _, a := range b.Target("directory").Accounts() {
		if a.Name == "ada" {
			v := a.Attributes["manager"]
			require.Equal(t, "\"boss\"", v.String())
		}
	}
}

// Who reports to themselves was left out when those who report to them were woken.
func TestWhoIsTheirOwnManagerGetsWhatPolicyReadsOfTheManager(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: managed})
	chief := provisioningtest.Worker("1", "Ada", "Board", "2024-01-01")
	chief.Assignments[0].Manager = "1"
	b.HR.Put(chief)
	b.Sync()
	require.Equal(t, `"ada"`, account(t, b, "directory", "1").Attributes["manager"].String())
}

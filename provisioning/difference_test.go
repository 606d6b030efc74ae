package provisioning_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// decided counts those about whom was decided after an instant, and all of them.
func (n *pair) decided(after time.Time) (some, all int) {
	n.t.Helper()
	db, err := sql.Open("sqlite", n.path)
	require.NoError(n.t, err)
	defer db.Close()
	rows, err := db.QueryContext(n.t.Context(), "SELECT datetime(decided_at / 1000000 - 62135596800, 'unixepoch') FROM joinery_person")
	require.NoError(n.t, err)
	defer rows.Close()
	for rows.Next() {
		var at string
		require.NoError(n.t, rows.Scan(&at))
		if all++; at > after.UTC().Format(time.DateTime) {
			some++
		}
	}
	require.NoError(n.t, rows.Err())
	return some, all
}

func TestANewPolicyDecidesOnlyAboutThoseItConcerns(t *testing.T) {
	t.Parallel()
	n := twoNodes(t, load(t, plain), unaltered)
	for i, department := range []string{"Sales", "Sales", "Engineering", "Sales", "Engineering"} {
		n.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), department, "2025-01-01"))
	}
	n.HR.Put(provisioningtest.Worker("5", "Leaver", "Sales", "2025-01-01"))
	n.HR.End("5", "2026-01-05")
	n.Sync()
	was := n.Clock.Now()
	n.GoTo("2026-01-02")

	grown := load(t, strings.Replace(plain, "accounts:", `  - {name: engineers, when: department == "Engineering", grants: [directory:group/engineering]}
accounts:`, 1))
	n.activate(provisioning.ActivateRequest{Policy: grown})
	n.Settle()
	require.Equal(t, 2, n.holders("group/engineering"))
	some, all := n.decided(was)
	require.Equal(t, []int{2, 6}, []int{some, all})

	n.GoTo("2026-01-06")
	require.Error(t, n.Target("directory").SignIn("leaver"), "whoever was left out is still looked at when their day comes")
}

// What was told of somebody since is not forgotten with the look that everybody is owed.
func TestANewPolicyDoesNotForgetAFactThatIsNotDecidedYet(t *testing.T) {
	t.Parallel()
	n := twoNodes(t, load(t, plain), unaltered)
	n.hire(3)
	fact := func(id string) {
		n.HR.Change(id, func(w *hrsource.Worker) {
			w.TerminationDate, w.Involuntary = hrsource.Date{Year: 2025, Month: 12, Day: 31}, true
		})
		_, err := n.Read(t.Context(), provisioningtest.SourceName)
		require.NoError(t, err)
	}
	policy := func(group string) {
		n.activate(provisioning.ActivateRequest{Policy: load(t, strings.Replace(plain, "accounts:", `  - {name: legal, when: department == "Legal", grants: [directory:group/`+group+`]}
accounts:`, 1))})
	}
	fact("0000")
	policy("contracts")
	fact("0001")
	policy("cases")
	n.Settle()
	require.Error(t, n.Target("directory").SignIn("p0"))
	require.Error(t, n.Target("directory").SignIn("p1"))
	require.NoError(t, n.Target("directory").SignIn("p2"))
}

// edit is a policy as one of the many that somebody may try.
func edit(random *rand.Rand) string {
	var b strings.Builder
	b.WriteString("version: 1\nrules:\n")
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	rule := func(i int, when, more string) {
		fmt.Fprintf(&b, "  - {name: r%d, when: '%s', grants: [directory:group/g%d]%s}\n", i, when, i, more)
	}
	rule(0, `workerType == "employee"`, "")
	for i := 1; i < 6; i++ {
		if random.IntN(3) == 0 {
			continue
		}
		when := pick(`department == "Sales"`, `department == "Legal"`, `department != "Sales"`, `givenName startsWith "P1"`, `true`)
		rule(i, when, pick("", "", ", overlapDays: 3", ", from: 2026-01-10", ", until: 2026-01-20", ", until: hireDate + 20d"))
	}
	if random.IntN(2) == 0 {
		fmt.Fprintf(&b, "denies:\n  - {name: d, when: 'department == \"%s\"', grants: [directory:group/g%d]}\n", pick("Sales", "Legal"), random.IntN(2))
		if random.IntN(2) == 0 {
			fmt.Fprintf(&b, "exceptions:\n  - {name: e, relationship: hr/%d, lifts: [d], until: 2026-01-%d, reason: asked}\n", random.IntN(8), 12+random.IntN(10))
		}
	}
	b.WriteString(plain[strings.Index(plain, "accounts:"):])
	return b.String()
}

// What somebody has does not depend on whether those were left out whom a new policy
// does not concern.
func TestLeavingOutThoseWhomANewPolicyDoesNotConcernChangesNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 1))
			unlimited := func(c *provisioning.TenantConfig, _ *provisioning.Config) {
				c.Guard = provisioning.Guard{Percent: 100, MinPopulation: 1000, Max: 1000}
			}
			nodes := []*pair{twoNodes(t, nil, unlimited), twoNodes(t, nil, unlimited)}
			at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			for step := range 12 {
				text := edit(random)
				for i, n := range nodes {
					if i == 1 { // what is said of an entitlement that nobody gets concerns everybody
						text += fmt.Sprintf("entitlements:\n  directory:group/none: {owner: o%d}\n", step)
					}
					p, err := policy.Load("p.yaml", strings.NewReader(text))
					require.NoError(t, err, text)
					n.activate(provisioning.ActivateRequest{Policy: p})
				}
				when := at.AddDate(0, 0, step*2+random.IntN(2)).Format(time.DateOnly)
				worker := provisioningtest.Worker(fmt.Sprint(random.IntN(8)), fmt.Sprint("P", random.IntN(20)), []string{"Sales", "Legal", "Lab"}[random.IntN(3)], "2025-12-20")
				end := random.IntN(4) == 0
				quick := random.IntN(2) == 0
				for _, n := range nodes {
					n.HR.Put(worker)
					if end {
						n.HR.End(worker.Key.ID, at.AddDate(0, 0, step*2+4).Format(time.DateOnly))
					}
					if !quick {
						n.Settle()
					}
					n.GoTo(when)
				}
				require.Equal(t, holdings(nodes[1]), holdings(nodes[0]), "step %d, %s", step, text)
			}
		})
	}
}

func holdings(n *pair) []string {
	var out []string
	for _, a := range n.Target("directory").Accounts() {
		out = append(out, fmt.Sprint(a.Name, a.Active, a.Entitlements))
	}
	slices.Sort(out)
	return out
}

package provisioning_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

const graded = `version: 1
attributes: {grade: {type: number}}
rules:
  - {name: everybody, when: "true", grants: ["directory:group/staff"]}
  - {name: sales, when: department == "Sales", grants: ["directory:group/sales", "crm:role/user"]}
  - {name: wood, when: department == "Wood", grants: ["directory:group/wood"]}
  - {name: seniors, when: grade > 3, grants: ["directory:group/seniors"]}
accounts:
  directory: {name: userName, candidates: ["{givenName|ascii|lower}"], attributes: {department: "{department}"}}
  crm: {name: userName, candidates: ["{givenName|ascii|lower}"]}
`

// twoJobs is a bench with Ada, who is in Sales and a senior in Wood.
func twoJobs(t *testing.T, cfg provisioningtest.Config) *provisioningtest.Bench {
	t.Helper()
	cfg.Policy = graded
	b := bench(t, cfg)
	for id, department := range map[string]string{"1": "Sales", "2": "Wood"} {
		w := provisioningtest.Worker(id, "Ada", department, "2025-01-01")
		w.PersonKey, w.Custom = "ada", map[string][]string{"grade": {"4"}}
		b.HR.Put(w)
	}
	b.Sync()
	require.Equal(t, []string{"group/sales", "group/seniors", "group/staff", "group/wood"}, entitlements(account(t, b, "directory", "1")))
	return b
}

// grade tells of another grade in the job in Wood.
func grade(b *provisioningtest.Bench, text string) {
	b.HR.Change("2", func(w *hrsource.Worker) { w.Custom = map[string][]string{"grade": {text}} })
	b.Sync()
}

// It stayed for as long as the value of the other job was nonsense.
func TestWhatAnEndedJobGaveGoesAlthoughAnotherJobIsNotUnderstood(t *testing.T) {
	t.Parallel()
	b := twoJobs(t, provisioningtest.Config{})
	grade(b, "senior")
	require.Equal(t, 1, statusOf(t, b).Undecided)
	require.Equal(t, []string{"group/sales", "group/seniors", "group/staff", "group/wood"}, entitlements(account(t, b, "directory", "1")), "unknown changes nothing")
	b.HR.End("1", "2026-01-01") // policy is asked again each hour
	b.Sync()
	b.GoTo("2026-01-02")
	require.Equal(t, 1, statusOf(t, b).Undecided)
	require.Equal(t, []string{"group/seniors", "group/staff", "group/wood"}, entitlements(account(t, b, "directory", "2")))
	require.NoError(t, b.Target("directory").SignIn("ada"))
	require.Error(t, b.Target("crm").SignIn("ada"))
	grade(b, "2")
	require.Equal(t, []string{"group/staff", "group/wood"}, entitlements(account(t, b, "directory", "2")))

	grade(b, "junior")
	b.HR.End("2", "2026-01-02")
	b.Sync()
	b.GoTo("2026-01-03")
	require.Error(t, b.Target("directory").SignIn("ada"), "who has left has left")
	require.Empty(t, entitlements(account(t, b, "directory", "2")))
}

func TestAnEvaluatorThatFailsTakesNothing(t *testing.T) {
	t.Parallel()
	ev := &switchable{Evaluator: load(t, graded)}
	b := twoJobs(t, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) { c.Policy = ev }})
	ev.fail(errors.New("the policy service is down"))
	b.HR.End("1", "2026-01-01")
	b.HR.End("2", "2026-01-01")
	b.Sync()
	b.GoTo("2026-01-02")
	require.NoError(t, b.Target("directory").SignIn("ada"))
	_, can := policy.Evaluator(ev).(policy.Bounder)
	require.False(t, can)
}

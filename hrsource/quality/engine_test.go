package quality_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/quality"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

const oneAccount = `
version: 1
rules:
  - name: staff
    when: workerType == "employee"
    grants: [directory:group/staff]
accounts:
  directory:
    name: userName
    candidates: ["{givenName|ascii|lower}"]
    attributes:
      department: "{department}"
`

// TestAnEngineKeepsTheLastGoodValue reads with expectations into an engine: a
// table mends what it can, a value that is not allowed asks a human and leaves the
// account as it was, and neither stops a termination on the same record.
func TestAnEngineKeepsTheLastGoodValue(t *testing.T) {
	t.Parallel()
	c := checker(t, quality.Config{
		Allowed:  map[string][]string{"department": {"Engineering", "Sales"}},
		Required: []string{"department"},
		Values:   map[string]map[string]string{"department": {"Eng": "Engineering"}},
	})
	b := provisioningtest.New(t, provisioningtest.Config{
		Policy: oneAccount,
		Tenant: func(cfg *provisioning.TenantConfig) {
			cfg.Sources[0].Source = quality.Source(cfg.Sources[0].Source, c)
		},
	})
	department := func() string {
		accounts := b.Target("directory").Accounts()
		require.Len(t, accounts, 1)
		return accounts[0].Attributes["department"].Text()
	}

	b.HR.Put(provisioningtest.Worker("1", "Ada", "eng", "2026-01-01"))
	require.Zero(t, b.Sync().Quarantined)
	require.Equal(t, "Engineering", department())

	for _, bad := range []string{"Salse", ""} {
		b.HR.Put(provisioningtest.Worker("1", "Ada", bad, "2026-01-01"))
		require.Equal(t, 1, b.Sync().Quarantined)
		require.Equal(t, "Engineering", department())
		cases, err := b.Cases(t.Context())
		require.NoError(t, err)
		require.Len(t, cases, 1)
	}

	b.HR.Change("1", func(w *hrsource.Worker) { w.TerminationDate = day("2025-12-31") })
	b.Sync()
	require.False(t, b.Target("directory").Accounts()[0].Active)
}

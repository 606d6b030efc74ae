package provisioning_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// The login name and the attributes of a new account were not compared.
func TestApplySkipsAnAccountThatWouldBeAnother(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) { c.Review = true }})
	w := provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01")
	b.HR.Put(w)
	b.Sync()
	plan, err := b.Plan(t.Context(), provisioning.PlanRequest{})
	require.NoError(t, err)
	w.Name.Given = "Root"
	w.Assignments[0].Department = "Administrators"
	b.HR.Put(w)
	b.Sync()
	report, err := b.Apply(t.Context(), provisioning.ApplyRequest{Plan: plan, Actor: "boss"})
	require.NoError(t, err)
	require.Empty(t, b.Target("directory").Accounts())
	require.Len(t, report.Moved, 1, "the account; its group still waits for one")
}

func TestWhatAPlanTookAwayCountsInTheWindow(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain})
	for i := range 50 {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Eng", "2025-01-01"))
	}
	b.Sync()
	require.Equal(t, 50, activeAt(b.Target("directory")))
	for i := range 6 {
		b.HR.End(fmt.Sprint(i), "2025-12-01")
	}
	b.Sync()
	require.Equal(t, 50, activeAt(b.Target("directory")), "held: 5 may")
	plan, err := b.Plan(t.Context(), provisioning.PlanRequest{})
	require.NoError(t, err)
	_, err = b.Apply(t.Context(), provisioning.ApplyRequest{Plan: plan, Actor: "boss"})
	require.NoError(t, err)
	b.Settle()
	require.Equal(t, 44, activeAt(b.Target("directory")))
	for i := 6; i < 11; i++ {
		b.HR.End(fmt.Sprint(i), "2025-12-01")
	}
	b.Sync()
	require.Equal(t, 44, activeAt(b.Target("directory")), "what was released by a person still counts in the window")
}

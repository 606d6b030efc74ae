package provisioning_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func text(p provisioning.Plan) string {
	var out strings.Builder
	for _, l := range p.Lines {
		out.WriteString(l.String() + "\n")
	}
	for _, n := range p.Notes {
		out.WriteString("! " + n + "\n")
	}
	return out.String()
}

func TestPlanShowsADayAndChangesNothing(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.HR.Put(provisioningtest.Worker("2", "Grace", "Engineering", "2026-01-01"))
	b.Sync()
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Sales" })
	b.HR.End("2", "2025-12-31")
	b.HR.Put(provisioningtest.Worker("3", "Alan", "Engineering", "2026-01-01"))
	before := b.Target("directory").Writes()

	plan, err := b.Plan(t.Context(), provisioning.PlanRequest{Read: []string{provisioningtest.SourceName}})
	require.NoError(t, err)
	golden(t, "plan/day.txt", text(plan))
	body, err := json.MarshalIndent(plan, "", "  ")
	require.NoError(t, err)
	golden(t, "plan/day.json", string(body)+"\n")
	require.Equal(t, before, b.Target("directory").Writes())

	again, err := b.Plan(t.Context(), provisioning.PlanRequest{Read: []string{provisioningtest.SourceName}})
	require.NoError(t, err)
	require.Equal(t, plan.Digest, again.Digest, "nothing has changed by planning")

	b.Sync()
	empty, err := b.Plan(t.Context(), provisioning.PlanRequest{Read: []string{provisioningtest.SourceName}})
	require.NoError(t, err)
	require.Empty(t, empty.Lines, "what was planned is done")
}

func TestReviewHoldsEverythingUntilThePlanIsApplied(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) { c.Review = true }})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01"))
	b.HR.Put(provisioningtest.Worker("2", "Grace", "Sales", "2026-01-01"))
	b.Sync()
	require.Zero(t, accounts(b, "directory"))
	plan, err := b.Plan(t.Context(), provisioning.PlanRequest{})
	require.NoError(t, err)
	require.Len(t, plan.Lines, 6)

	// A plan survives being stored.
	body, err := json.Marshal(plan)
	require.NoError(t, err)
	var stored provisioning.Plan
	require.NoError(t, json.Unmarshal(body, &stored))

	// Between approval and application HR changes one of them.
	b.HR.Change("2", func(w *hrsource.Worker) { w.Assignments[0].Department = "Engineering" })
	b.Sync()
	report, err := b.Apply(t.Context(), provisioning.ApplyRequest{Plan: stored, Actor: "alice"})
	require.NoError(t, err)
	b.Settle()
	require.NotEmpty(t, report.Moved)
	require.True(t, account(t, b, "directory", "1").Active)
	require.Equal(t, []string{"group/sales", "group/staff"}, entitlements(account(t, b, "directory", "1")))
	for _, line := range report.Moved {
		require.Equal(t, b.Person("2"), line.Person)
	}
}

func TestApplyRefusesAnAlteredPlanAndAnotherPolicy(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) { c.Review = true }})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01"))
	b.Sync()
	plan, err := b.Plan(t.Context(), provisioning.PlanRequest{})
	require.NoError(t, err)
	altered := plan
	altered.Lines = append([]provisioning.Line(nil), plan.Lines...)
	altered.Lines[1].Entitlement = "group/admins"
	_, err = b.Apply(t.Context(), provisioning.ApplyRequest{Plan: altered, Actor: "alice"})
	require.ErrorIs(t, err, provisioning.ErrMoved)
	other := plan
	other.Policy = "another"
	_, err = b.Apply(t.Context(), provisioning.ApplyRequest{Plan: other, Actor: "alice"})
	require.ErrorIs(t, err, provisioning.ErrMoved)
	_, err = b.Apply(t.Context(), provisioning.ApplyRequest{Plan: plan})
	require.ErrorContains(t, err, "actor")
	require.Zero(t, accounts(b, "directory"))
}

// A plan decided about the first 200 who were due and forgot the others.
func TestPlanIsAboutEverybodyWhoIsDue(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain})
	for i := range 450 {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Sales", "2025-01-01"))
	}
	plan, err := b.Plan(t.Context(), provisioning.PlanRequest{Read: []string{provisioningtest.SourceName}})
	require.NoError(t, err)
	people := map[string]bool{}
	for _, l := range plan.Lines {
		people[l.Person] = true
	}
	require.Equal(t, 450, len(people))
}

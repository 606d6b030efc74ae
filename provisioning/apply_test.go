package provisioning_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
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

// An approval let what it covered through for ever: what was parked then went on when it
// was retried a year later.
func TestApprovalOfAPlanRunsOut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		review bool
		lasts  time.Duration // what the request says
		over   time.Duration // after which it is over
		state  string
	}{
		"held by the guard":  {over: 24 * time.Hour, state: "would be hit by disable"},
		"waiting for review": {review: true, over: 24 * time.Hour, state: "waits for review"},
		"for an hour":        {review: true, lasts: time.Hour, over: time.Hour, state: "waits for review"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := mass(t, 20, provisioningtest.Config{})
			if c.review {
				b = bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) { c.Review = true }})
				b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
				b.Sync()
			}
			before := activeIn(b, "directory")
			d := b.Target("directory")
			d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Create, connector.Disable}, Do: memory.Down})
			plan, err := b.Plan(t.Context(), provisioning.PlanRequest{})
			require.NoError(t, err)
			req := provisioning.ApplyRequest{Plan: plan, Actor: "boss"}
			if c.lasts > 0 {
				req.Expires = b.Clock.Now().Add(c.lasts)
			}
			report, err := b.Apply(t.Context(), req)
			require.NoError(t, err)
			require.Len(t, report.Released, len(plan.Lines))
			require.NotZero(t, d.Calls(connector.Create)+d.Calls(connector.Disable))

			b.Clock.Set(b.Clock.Now().Add(c.over))
			d.Clear()
			b.Settle()
			require.Equal(t, before, activeIn(b, "directory"), "it is too late")
			status, err := b.Status(t.Context())
			require.NoError(t, err)
			held := status.Held[len(status.Held)-1]
			require.Equal(t, "plan", held.Kind)
			require.Contains(t, held.Note, c.state)

			plan, err = b.Plan(t.Context(), provisioning.PlanRequest{})
			require.NoError(t, err)
			_, err = b.Apply(t.Context(), provisioning.ApplyRequest{Plan: plan, Actor: "boss"})
			require.NoError(t, err)
			b.Settle()
			require.NotEqual(t, before, activeIn(b, "directory"), "it can be approved again")
		})
	}
}

package provisioning_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// pair is two nodes on one store with the same systems.
type pair struct {
	*provisioningtest.Bench
	t     *testing.T
	cfg   provisioning.TenantConfig
	path  string
	other *provisioning.Tenant

	engine *provisioning.Engine // the other's
}

// twoNodes returns a pair whose policy is activated, or configured if p is nil.
func twoNodes(t *testing.T, p *policy.Policy, alter func(*provisioning.TenantConfig, *provisioning.Config)) *pair {
	t.Helper()
	n := &pair{t: t, path: filepath.Join(t.TempDir(), "test.db")}
	store, err := sqlite.Open(t.Context(), n.path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	var engine provisioning.Config
	n.Bench = bench(t, provisioningtest.Config{
		Policy: plain, Store: store,
		Tenant: func(c *provisioning.TenantConfig) {
			c.Policy = nil
			alter(c, &engine)
			n.cfg = *c
		},
		Engine: func(c *provisioning.Config) {
			c.Interceptors = engine.Interceptors
			engine = *c
		},
	})
	engine.Node, engine.Tenant = "other", func(context.Context, string) (provisioning.TenantConfig, error) { return n.cfg, nil }
	n.engine, err = provisioning.New(engine)
	require.NoError(t, err)
	n.other = n.reload()
	if p != nil {
		n.activate(provisioning.ActivateRequest{Policy: p})
	}
	return n
}

// reload returns the other node's tenant as it is configured by now.
func (n *pair) reload() *provisioning.Tenant {
	n.t.Helper()
	n.engine.Reload(n.ID())
	tenant, err := n.engine.Tenant(n.t.Context(), n.ID())
	require.NoError(n.t, err)
	return tenant
}

func unaltered(*provisioning.TenantConfig, *provisioning.Config) {}

func (n *pair) activate(req provisioning.ActivateRequest) provisioning.Activation {
	n.t.Helper()
	req.Actor = "ada"
	a, err := n.ActivatePolicy(n.t.Context(), req)
	require.NoError(n.t, err)
	return a
}

func (n *pair) hire(people int) {
	for i := range people {
		n.HR.Put(provisioningtest.Worker(fmt.Sprintf("%04d", i), fmt.Sprint("P", i), "Sales", "2025-01-01"))
	}
	n.Sync()
}

// holders counts the accounts that hold an entitlement.
func (n *pair) holders(entitlement string) int {
	held := 0
	for _, a := range n.Target("directory").Accounts() {
		for _, e := range a.Entitlements {
			if e.String() == entitlement {
				held++
			}
		}
	}
	return held
}

func withGroup(t *testing.T, group string) *policy.Policy {
	t.Helper()
	return load(t, strings.Replace(plain, "[directory:group/staff]", "[directory:group/staff, directory:group/"+group+"]", 1))
}

func TestNobodyIsDecidedAboutBeforeThereIsAPolicy(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) { c.Policy = nil }})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01"))
	_, err := b.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	_, err = b.Drain(t.Context())
	require.ErrorIs(t, err, provisioning.ErrNoPolicy)
	_, err = b.Plan(t.Context(), provisioning.PlanRequest{})
	require.ErrorIs(t, err, provisioning.ErrNoPolicy)
	_, err = b.Simulate(t.Context(), provisioning.SimulateRequest{Policy: load(t, plain)})
	require.ErrorIs(t, err, provisioning.ErrNoPolicy)
	require.Empty(t, b.Target("directory").Accounts())

	_, err = b.ActivatePolicy(t.Context(), provisioning.ActivateRequest{Policy: load(t, plain), Actor: "ada"})
	require.NoError(t, err)
	b.Settle()
	require.Len(t, b.Target("directory").Accounts(), 1, "what was told meanwhile is not lost")
}

func TestAnActivatedPolicyIsInForceOnEveryNode(t *testing.T) {
	t.Parallel()
	n := twoNodes(t, load(t, plain), unaltered)
	n.hire(3)
	_, err := n.other.Drain(t.Context())
	require.NoError(t, err)

	crm := withGroup(t, "crm")
	n.activate(provisioning.ActivateRequest{Policy: crm, Note: "sales asked"})
	_, err = n.other.Drain(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, n.holders("group/crm"), "the other node has loaded it")

	all, err := n.other.Activations(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, crm.Version(), all[0].Version)
	require.Equal(t, provisioning.Actor("ada"), all[0].Actor)
	require.Equal(t, "released", all[0].Run.State)
	source, err := n.other.PolicySource(t.Context(), all[1].Version)
	require.NoError(t, err)
	require.Equal(t, plain, string(source))

	entries := n.Sink.Entries(audit.EventPolicy)
	require.Len(t, entries, 2)
	require.Equal(t, "ada", entries[1].Actor)
	require.Equal(t, "sales asked", entries[1].Note)

	again := n.activate(provisioning.ActivateRequest{Policy: crm})
	require.Equal(t, all[0], again, "what is in force already is not activated again")
}

func TestAPolicyThatTakesTooMuchIsHeldAndRolledBack(t *testing.T) {
	t.Parallel()
	n := twoNodes(t, load(t, plain), unaltered)
	n.hire(60)
	require.Equal(t, 60, n.holders("group/staff"))
	first, err := n.Activations(t.Context())
	require.NoError(t, err)

	bad := load(t, strings.Replace(plain, `workerType == "employee"`, `department == "Slaes"`, 1))
	a := n.activate(provisioning.ActivateRequest{Policy: bad})
	n.Settle()
	require.Equal(t, 60, activeIn(n.Bench, "directory"))
	require.Equal(t, 60, n.holders("group/staff"))
	require.Contains(t, openCase(t, n.Bench).Question, "60 of 60")
	writes := n.Target("directory").Writes()

	n.activate(provisioning.ActivateRequest{Version: first[0].Version, InPlaceOf: a.Version})
	n.Settle()
	status, err := n.Status(t.Context())
	require.NoError(t, err)
	require.Zero(t, status.Cases, "the question is answered by itself")
	require.Empty(t, status.Held)
	require.Equal(t, writes, n.Target("directory").Writes())
	require.Equal(t, 60, n.holders("group/staff"))
}

func TestRollingBackEndsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	var (
		n    *pair
		once sync.Once
	)
	first := load(t, plain)
	n = twoNodes(t, first, func(c *provisioning.TenantConfig, e *provisioning.Config) {
		s := c.Systems["directory"]
		s.Concurrency = 1
		c.Systems["directory"] = s
		e.Interceptors = []connector.Interceptor{func(next connector.Handler) connector.Handler {
			return func(ctx context.Context, op connector.Operation) (connector.Result, error) {
				var err error
				if op.Kind == connector.Grant && op.Entitlement.Name == "crm" {
					once.Do(func() { // while a batch is claimed of which this is the first
						_, err = n.ActivatePolicy(ctx, provisioning.ActivateRequest{Version: first.Version(), Actor: "ada"})
					})
				}
				result, called := next(ctx, op)
				return result, errors.Join(err, called)
			}
		}}
	})
	n.hire(40)
	n.activate(provisioning.ActivateRequest{Policy: withGroup(t, "crm")})
	n.Settle()
	require.Zero(t, n.holders("group/crm"), "what was given is taken away again")
	grants := 0
	for _, e := range n.Sink.Entries(audit.EventIntent) {
		if e.Operation == string(connector.Grant) && e.Entitlement == "group/crm" {
			grants++
		}
	}
	require.Equal(t, 1, grants, "nothing is sent for a policy that is not in force any more")
}

func TestANodeThatCannotLoadThePolicyDecidesNothing(t *testing.T) {
	t.Parallel()
	n := twoNodes(t, load(t, plain), unaltered)
	n.hire(3)
	n.activate(provisioning.ActivateRequest{Policy: withGroup(t, "crm")})
	db, err := sql.Open("sqlite", n.path)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), `UPDATE joinery_policy SET source = CAST('version: 9' AS BLOB)`)
	require.NoError(t, err)
	n.HR.End("0000", "2025-12-01")
	_, err = n.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	for _, node := range []*provisioning.Tenant{n.other, n.Tenant} {
		_, err = node.Drain(t.Context())
		require.ErrorContains(t, err, "cannot be loaded")
	}
	require.Equal(t, 3, activeIn(n.Bench, "directory"))
	require.Zero(t, n.holders("group/crm"))
}

func TestATextThatIsNotThatOfThePolicyDecidesNothing(t *testing.T) {
	t.Parallel()
	n := twoNodes(t, load(t, plain), unaltered)
	n.hire(3)
	db, err := sql.Open("sqlite", n.path)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), `UPDATE joinery_policy SET source = ?`, withGroup(t, "crm").Source())
	require.NoError(t, err)
	_, err = n.other.Drain(t.Context())
	require.ErrorContains(t, err, "its text is that of")
}

func TestReviewedPolicyActsOncePlanIsApplied(t *testing.T) {
	t.Parallel()
	n := twoNodes(t, load(t, plain), unaltered)
	n.hire(3)
	n.activate(provisioning.ActivateRequest{Policy: withGroup(t, "crm"), Review: true})
	n.Settle()
	require.Zero(t, n.holders("group/crm"))
	plan, err := n.Plan(t.Context(), provisioning.PlanRequest{})
	require.NoError(t, err)
	require.Len(t, plan.Lines, 3)
	require.Contains(t, plan.Lines[0].String(), "waits for review")
	_, err = n.Apply(t.Context(), provisioning.ApplyRequest{Plan: plan, Actor: "bob"})
	require.NoError(t, err)
	require.Equal(t, 3, n.holders("group/crm"))
	n.HR.Put(provisioningtest.Worker("9", "Late", "Sales", "2025-01-01"))
	n.Sync()
	require.Equal(t, 4, n.holders("group/crm"), "what comes later is not reviewed")
}

func TestActivatingSaysWhatIsWrongWithTheRequest(t *testing.T) {
	t.Parallel()
	n := twoNodes(t, load(t, plain), unaltered)
	p := withGroup(t, "crm")
	for want, req := range map[string]provisioning.ActivateRequest{
		"either Policy or Version":  {Actor: "ada"},
		"actor":                     {Policy: p},
		"there is no text of it":    {Actor: "ada", Version: "0123"},
		"is in force, and not 0123": {Actor: "ada", Policy: p, InPlaceOf: "0123"},
	} {
		_, err := n.ActivatePolicy(t.Context(), req)
		require.ErrorContains(t, err, want)
	}
	b := bench(t, provisioningtest.Config{Policy: plain})
	_, err := b.ActivatePolicy(t.Context(), provisioning.ActivateRequest{Policy: p, Actor: "ada"})
	require.ErrorContains(t, err, "its configuration names a policy")
}

func TestAProcessWithAnOlderPolicyDoesNotUndoTheWorkOfANewer(t *testing.T) {
	t.Parallel()
	n := twoNodes(t, nil, func(c *provisioning.TenantConfig, _ *provisioning.Config) { c.Policy = load(t, plain) })
	n.hire(3)
	n.cfg.Policy = withGroup(t, "crm") // the next release of the program
	newer := n.reload()
	_, err := newer.Drain(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, n.holders("group/crm"))

	n.HR.End("0000", "2025-12-01")
	_, err = n.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	writes := n.Target("directory").Writes()
	_, err = n.Drain(t.Context())
	require.ErrorIs(t, err, provisioning.ErrSuperseded)
	_, err = n.Plan(t.Context(), provisioning.PlanRequest{})
	require.ErrorIs(t, err, provisioning.ErrSuperseded)
	require.Equal(t, writes, n.Target("directory").Writes())
	_, err = newer.Drain(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, activeIn(n.Bench, "directory"), "what the older one was told is done by the newer")

	n.cfg.Policy = load(t, plain) // back to the release before, on purpose
	_, err = n.reload().Drain(t.Context())
	require.NoError(t, err)
	require.Zero(t, n.holders("group/crm"))
	_, err = newer.Drain(t.Context())
	require.ErrorIs(t, err, provisioning.ErrSuperseded)
}

func TestOtherConfigurationSupersedesToo(t *testing.T) {
	t.Parallel()
	n := twoNodes(t, load(t, plain), unaltered)
	n.hire(3)
	_, err := n.other.Drain(t.Context())
	require.NoError(t, err)
	system := n.cfg.Systems["directory"]
	system.Mode = provisioning.AddOnly
	n.cfg.Systems = map[string]provisioning.System{"directory": system}
	newer := n.reload()
	_, err = newer.Drain(t.Context())
	require.NoError(t, err)
	n.HR.End("0000", "2025-12-01")
	_, err = n.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	_, err = n.Drain(t.Context())
	require.ErrorIs(t, err, provisioning.ErrSuperseded)
	_, err = newer.Drain(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, activeIn(n.Bench, "directory"), "nothing is taken away any more")
	all, err := n.Activations(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, all[0].Version, all[1].Version, "the policy is the same")
}

// They were decided in the run of the read, which nobody reviews.
func TestWhomHRTellsOfMeanwhileIsReviewedWithThePolicy(t *testing.T) {
	t.Parallel()
	n := twoNodes(t, load(t, plain), unaltered)
	n.hire(30)
	n.activate(provisioning.ActivateRequest{Policy: withGroup(t, "crm"), Review: true})
	for i := range 10 {
		n.HR.Change(fmt.Sprintf("%04d", i), func(w *hrsource.Worker) { w.Phone = "1" })
	}
	n.HR.End("0011", "2025-12-31")
	n.Sync()
	require.Zero(t, n.holders("group/crm"))
	require.Equal(t, 29, activeIn(n.Bench, "directory"), "who has to go does not wait for it")
	plan, err := n.Plan(t.Context(), provisioning.PlanRequest{})
	require.NoError(t, err)
	_, err = n.Apply(t.Context(), provisioning.ApplyRequest{Plan: plan, Actor: "bob"})
	require.NoError(t, err)
	require.Equal(t, 29, n.holders("group/crm"))
}

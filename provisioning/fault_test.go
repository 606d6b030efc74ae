package provisioning_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

func TestLostReplyMakesNoSecondAccount(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.Target("directory").Fault(memory.Fault{Kinds: []connector.Kind{connector.Create}, Times: 1, Do: memory.LoseReply})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.Sync()
	require.Equal(t, 1, accounts(b, "directory"))
	require.Equal(t, []string{"group/engineering", "group/staff"}, entitlements(account(t, b, "directory", "1")))
	require.Equal(t, 1, b.Target("directory").Calls(connector.Create), "what was read back is not sent again")
}

// unsearchable finds accounts by id or name only, as some servers do.
type unsearchable struct{ *memory.System }

func (u *unsearchable) Describe(ctx context.Context) (connector.Description, error) {
	d, err := u.System.Describe(ctx)
	d.NoSearch = true
	return d, err
}

func (u *unsearchable) Find(ctx context.Context, req connector.FindRequest) ([]connector.Account, error) {
	if req.ID == "" && req.Name == "" {
		return nil, errors.ErrUnsupported
	}
	return u.System.Find(ctx, req)
}

// A create whose reply was lost was asked for by external id for ever, where only
// names can be searched by.
func TestLostReplyIsReadBackByNameWhereThereIsNoSearch(t *testing.T) {
	t.Parallel()
	system := memory.New(memory.Config{})
	b := bench(t, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) {
		c.Systems["directory"] = provisioning.System{Mode: provisioning.Managed, Connector: &unsearchable{system}}
	}})
	system.Fault(memory.Fault{Kinds: []connector.Kind{connector.Create}, Times: 1, Do: memory.LoseReply})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01"))
	b.Sync()
	require.Len(t, system.Accounts(), 1)
	require.True(t, system.Accounts()[0].Active)
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Zero(t, status.Systems["directory"]["sending"]+status.Systems["directory"]["parked"])
	require.Equal(t, 1, system.Calls(connector.Create))
}

func TestServerThatFailsEverythingLosesNothing(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.Sync()
	directory := b.Target("directory")
	directory.Fault(memory.Fault{Do: memory.Fail})
	b.HR.Put(provisioningtest.Worker("2", "Grace", "Engineering", "2026-01-01"))
	b.HR.End("1", "2025-12-31")
	_, err := b.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	_, err = b.Drain(t.Context())
	require.NoError(t, err, "a failing system is no error of the engine")
	require.False(t, account(t, b, "git", "1").Active, "another system is not held up")

	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Zero(t, status.Undecided)
	require.Positive(t, status.Systems["directory"]["due"]+status.Systems["directory"]["sending"])

	directory.Clear()
	b.Settle()
	require.False(t, account(t, b, "directory", "1").Active)
	require.True(t, account(t, b, "directory", "2").Active)
	require.True(t, account(t, b, "git", "2").Active)
}

func TestThrottlingIsWaitedFor(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.Target("directory").Fault(memory.Fault{Times: 3, Do: memory.Throttle})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.Sync()
	require.True(t, account(t, b, "directory", "1").Active)
	require.Equal(t, 1, accounts(b, "directory"))
}

func TestUnknownEntitlementFailsThatGrantAlone(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) {
		c.Systems["directory"] = provisioning.System{Mode: provisioning.Managed, Connector: memory.New(memory.Config{
			Entitlements: []connector.Entitlement{{Kind: "group", Name: "staff"}},
		})}
	}})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.Sync()
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, status.Systems["directory"]["parked"])
	require.Equal(t, 3, status.Systems["directory"]["settled"], "account, attributes and the other group")
	require.True(t, account(t, b, "git", "1").Active)
}

func TestDisableThatHasNoEffectIsNotBelieved(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{
		Tenant: func(c *provisioning.TenantConfig) {
			c.Systems["directory"] = provisioning.System{Mode: provisioning.Managed, Connector: &liar{memory.New(memory.Config{})}}
		},
		Engine: func(c *provisioning.Config) { c.Retry.Attempts = 3 },
	})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01"))
	b.Sync()
	b.HR.End("1", "2025-12-31")
	b.Sync()
	plan, err := b.Plan(t.Context(), provisioning.PlanRequest{})
	require.NoError(t, err)
	require.Len(t, plan.Lines, 2, "its sessions would only be begun again")
	require.Equal(t, connector.Disable, plan.Lines[0].Kind)
	require.Equal(t, "parked", plan.Lines[0].State)
	require.NotEmpty(t, plan.Lines[0].Note)
}

// liar reports that it disabled an account and does nothing.
type liar struct{ *memory.System }

func (l *liar) Disable(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	found, err := l.Find(ctx, connector.FindRequest{ID: req.Ref.ID})
	if err != nil {
		return connector.Result{}, err
	}
	return connector.Result{Outcome: connector.Applied, Account: found[0]}, nil
}

func TestVanishedAccountIsMadeAgainIfWeMadeIt(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01"))
	b.Sync()
	b.Target("directory").Remove(account(t, b, "directory", "1").ID)
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Engineering" })
	b.Sync()
	a := account(t, b, "directory", "1")
	require.Equal(t, "ada", a.Name)
	require.Equal(t, []string{"group/engineering", "group/staff"}, entitlements(a))
}

// forgetful is a system behind a proxy that answers "not found" to everything.
type forgetful struct {
	*memory.System
	lost atomic.Bool
}

func (f *forgetful) Find(ctx context.Context, req connector.FindRequest) ([]connector.Account, error) {
	switch {
	case !f.lost.Load():
		return f.System.Find(ctx, req)
	case req.ID != "":
		return nil, nil
	}
	return nil, errors.New("404: no such page")
}

func (f *forgetful) Disable(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	if f.lost.Load() {
		return connector.Result{}, connector.ErrNotFound
	}
	return f.System.Disable(ctx, req)
}

func TestProxyThatFindsNothingDoesNotMakeALeaversAccountCountAsGone(t *testing.T) {
	t.Parallel()
	f := &forgetful{System: memory.New(memory.Config{})}
	b := bench(t, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) {
		c.Systems["directory"] = provisioning.System{Mode: provisioning.Managed, Connector: f}
	}})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01"))
	b.Sync()
	f.lost.Store(true)
	b.HR.End("1", "2025-12-31")
	_, err := b.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	_, err = b.Drain(t.Context())
	require.NoError(t, err)
	f.lost.Store(false)
	b.Settle()
	require.False(t, f.Accounts()[0].Active)
}

// vague makes accounts and does not say which.
type vague struct{ *memory.System }

func (v vague) Create(ctx context.Context, req connector.CreateRequest) (connector.Result, error) {
	res, err := v.System.Create(ctx, req)
	res.Account = connector.Account{}
	return res, err
}

func TestCreateThatDoesNotSayWhichAccountIsReadBack(t *testing.T) {
	t.Parallel()
	v := vague{memory.New(memory.Config{})}
	b := bench(t, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) {
		c.Systems["directory"] = provisioning.System{Mode: provisioning.Managed, Connector: v}
	}})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01"))
	b.Sync()
	require.Len(t, v.Accounts(), 1)
	require.Len(t, v.Accounts()[0].Entitlements, 2)
	require.Equal(t, 1, v.Calls(connector.Create))
}

func TestInterruptedDrainGivesUpItsLeases(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	b := bench(t, provisioningtest.Config{Engine: func(c *provisioning.Config) {
		var calls atomic.Int64
		c.Interceptors = []connector.Interceptor{func(next connector.Handler) connector.Handler {
			return func(ctx context.Context, op connector.Operation) (connector.Result, error) {
				res, err := next(ctx, op)
				if calls.Add(1) == 10 {
					cancel()
				}
				return res, err
			}
		}}
	}})
	for i := range 30 {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Sales", "2026-01-01"))
	}
	_, err := b.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	_, err = b.Drain(ctx)
	require.ErrorIs(t, err, context.Canceled)
	b.Settle() // waits for back-off, but not for a lease of a minute
	require.Equal(t, 30, activeIn(b, "directory"))
	require.Equal(t, 30, accounts(b, "directory"))
}

func TestOneRefusedAttributeSaysSoAndHoldsUpNothingElse(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.Sync()
	b.Target("directory").Fault(memory.Fault{Kinds: []connector.Kind{connector.Update}, Do: memory.Deny})
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Sales" })
	b.Sync()
	require.Equal(t, []string{"group/sales", "group/staff"}, entitlements(account(t, b, "directory", "1")))
	b.Target("directory").Clear()
	n, err := b.Retry(t.Context(), "directory", "")
	require.NoError(t, err)
	require.Equal(t, 1, n)
	b.Settle()
	require.Equal(t, `"Sales"`, account(t, b, "directory", "1").Attributes["department"].String())
}

func TestPolicyThatFailsChangesNothing(t *testing.T) {
	t.Parallel()
	e := &switchable{Evaluator: load(t, office)}
	b := bench(t, provisioningtest.Config{Evaluator: e, Systems: []string{"directory", "git"}})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.Sync()
	e.fail(errors.New("no answer"))
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Nowhere" })
	b.Sync()
	a := account(t, b, "directory", "1")
	require.True(t, a.Active)
	require.Equal(t, []string{"group/engineering", "group/staff"}, entitlements(a))
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, status.Undecided)

	e.fail(nil)
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].JobTitle = "Engineer" })
	b.Sync()
	require.Equal(t, []string{"group/staff"}, entitlements(account(t, b, "directory", "1")))
}

// A drain once went on with a failing system for as long as retries came due
// faster than it could make them, and gave up everything in the end.
func TestDrainDoesNotTryAgainWhatFailedInIt(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Engine: func(c *provisioning.Config) {
		c.Retry = provisioning.Retry{First: time.Microsecond, Max: time.Microsecond}
	}})
	b.Target("directory").Fault(memory.Fault{Do: memory.Down})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01"))
	_, err := b.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	next, err := b.Drain(t.Context())
	require.NoError(t, err)
	require.False(t, next.IsZero(), "it is to be tried again")
	require.Equal(t, 1, b.Target("directory").Calls(connector.Create))
}

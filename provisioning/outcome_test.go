package provisioning_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// A profile went on waiting for an account whose creation had failed, for ever.
func TestNothingWaitsForAnAccountThatIsNotWantedAnyMore(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain})
	b.Target("directory").Fault(memory.Fault{Do: memory.Fail})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2026-01-01"))
	_, err := b.Read(t.Context(), "hr")
	require.NoError(t, err)
	_, err = b.Drain(t.Context())
	require.NoError(t, err)
	b.HR.End("1", "2025-12-31")
	readAndDrain(t, b)
	b.Target("directory").Clear()
	b.Settle()
	b.Settle()
	b.GoTo("2026-02-01")
	s, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Zero(t, s.Systems["directory"]["waiting"])
}

// The mode was looked at when deciding, and not before the call.
func TestNothingIsTakenAwayInAnAddOnlySystemAfterALostReply(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		s.Mode = provisioning.AddOnly
		c.Systems["directory"] = s
	}})
	d := b.Target("directory")
	d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Create}, Times: 1, Do: memory.LoseReply})
	d.Fault(memory.Fault{Kinds: []connector.Kind{memory.Find}, Do: memory.Fail})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2026-01-01"))
	readAndDrain(t, b)
	b.HR.End("1", "2025-12-31")
	readAndDrain(t, b)
	d.Clear()
	b.Settle()
	b.Settle()
	require.Zero(t, d.Calls(connector.Disable), "AddOnly: nothing is taken away")
}

func TestRetryTakesNothingAwayInAnAddOnlySystem(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(t.Context(), ":memory:")
	require.NoError(t, err)
	defer store.Close()
	d := memory.New(memory.Config{})
	mk := func(mode provisioning.Mode) *provisioningtest.Bench {
		return bench(t, provisioningtest.Config{Policy: plain, Store: store, Tenant: func(c *provisioning.TenantConfig) {
			c.Systems["directory"] = provisioning.System{Connector: d, Mode: mode}
		}})
	}
	b := mk(provisioning.Managed)
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2026-01-01"))
	b.Sync()
	d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Disable, connector.Revoke}, Do: memory.Deny})
	b.HR.End("1", "2025-12-31")
	b.Sync()
	d.Clear()
	before := d.Calls(connector.Disable) + d.Calls(connector.Revoke)
	c := mk(provisioning.AddOnly)
	c.HR = b.HR
	c.Settle()
	n, err := c.Retry(t.Context(), "directory", "")
	require.NoError(t, err)
	c.Settle()
	require.Equal(t, before, d.Calls(connector.Disable)+d.Calls(connector.Revoke), "retried %d in AddOnly", n)
}

// Attempts of any kind counted as having looked for the account.
func TestOtherFailuresDoNotMakeAnAccountGone(t *testing.T) {
	t.Parallel()
	a, b := forgetting(t, 2, 2)
	b.GoTo("2026-06-01")
	require.Zero(t, activeAt(a.System), "the leaver is still active, and nothing is due")
}

func TestAShortOutageDoesNotMakeAnAccountGone(t *testing.T) {
	t.Parallel()
	a, b := forgetting(t, 0, 6)
	b.GoTo("2026-06-01")
	require.Zero(t, activeAt(a.System), "the leaver is still active, and nothing is due")
}

// Thousands of names were tried, and reserved for ever, one after the other.
func TestAConflictAboutSomethingElseDoesNotBurnNames(t *testing.T) {
	t.Parallel()
	c := &conflicting{System: memory.New(memory.Config{})}
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(tc *provisioning.TenantConfig) {
		tc.Systems["directory"] = provisioning.System{Connector: c, Mode: provisioning.Managed}
	}})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	_, err := b.Read(t.Context(), "hr")
	require.NoError(t, err)
	_, err = b.Drain(t.Context())
	require.NoError(t, err)
	require.LessOrEqual(t, int(c.n.Load()), 4)
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, status.Systems["directory"]["parked"])
}

// The wait for an entitlement that others were changing counted as time of the call.
func TestWaitingForOthersIsNotOfTheTimeout(t *testing.T) {
	t.Parallel()
	d := memory.New(memory.Config{Scope: connector.ScopeEntitlement})
	b := bench(t, provisioningtest.Config{Policy: plain, Engine: func(c *provisioning.Config) { c.Retry.Max = 20 * time.Millisecond }, Tenant: func(c *provisioning.TenantConfig) {
		c.Systems["directory"] = provisioning.System{Connector: d, Mode: provisioning.Managed, Timeout: 400 * time.Millisecond, Concurrency: 16}
	}})
	for i := range 16 {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Eng", "2025-01-01"))
	}
	d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Grant}, Do: memory.Slow, Wait: 50 * time.Millisecond})
	readAndDrain(t, b)
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Zero(t, status.Systems["directory"]["sending"]+status.Systems["directory"]["due"], "%v", status.Systems)
}

// Somebody about whom policy had failed once was not looked at again.
func TestPolicyIsAskedAgainAfterItFailed(t *testing.T) {
	t.Parallel()
	e := &switchable{Evaluator: load(t, plain)}
	b := bench(t, provisioningtest.Config{Evaluator: e})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	b.Sync()
	e.fail(errors.New("for a moment"))
	b.HR.End("1", "2025-12-01")
	b.Sync()
	e.fail(nil)
	for _, d := range []string{"2026-01-02", "2026-01-03", "2026-06-01"} {
		b.GoTo(d)
	}
	require.Zero(t, activeAt(b.Target("directory")), "five months later")
}

func TestLeaverWhoseAccountWasNeverMadeGetsNone(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) { c.Guard.Max = 1 }})
	d := b.Target("directory")
	d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Create}, Do: memory.Fail})
	for i := range 3 {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Eng", "2025-01-01"))
	}
	readAndDrain(t, b)
	for i := range 3 {
		b.HR.End(fmt.Sprint(i), "2025-12-31")
	}
	b.Sync()
	d.Clear()
	b.Settle()
	require.Empty(t, d.Accounts())
}

// The second candidate counted as tried before the first, for it sorts before it.
func TestSecondCandidateMaySortBeforeTheFirst(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: strings.Replace(plain, `"{givenName|ascii|lower}{n}"`, `"{familyName|ascii|lower}"`, 1)})
	b.Target("directory").Put(connector.Account{Ref: connector.Ref{Name: "zoe"}, ExternalID: "somebody"})
	w := provisioningtest.Worker("1", "Zoe", "Eng", "2025-01-01")
	w.Name.Family = "Adams"
	b.HR.Put(w)
	b.Sync()
	require.NoError(t, b.Target("directory").SignIn("adams"))
}

// An answer that showed another account than the one asked for failed every drain
// of the tenant.
func TestAnswerAboutAnotherAccountConcernsOnePerson(t *testing.T) {
	t.Parallel()
	system := confused{memory.New(memory.Config{}), "p3"}
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) {
		c.Systems["directory"] = provisioning.System{Connector: system, Mode: provisioning.Managed}
	}})
	for i := range 10 {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Eng", "2025-01-01"))
	}
	b.Sync()
	for i := range 10 {
		b.HR.Change(fmt.Sprint(i), func(w *hrsource.Worker) { w.Assignments[0].Department = "Sales" })
	}
	b.HR.End("9", "2025-12-31")
	b.Sync()
	require.Error(t, system.SignIn("p9"))
	moved := 0
	for _, a := range system.Accounts() {
		if a.Attributes["department"].Equal(connector.String("Sales")) {
			moved++
		}
	}
	require.Equal(t, 8, moved, "all but the one that is parked, and the leaver")
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, status.Systems["directory"]["parked"])
}

// An adopted account does not carry our identifier, so whoever looked for it by that
// believed the first wrong answer that it was gone.
func TestAdoptedAccountIsNotGoneWhileItsNameIsFound(t *testing.T) {
	t.Parallel()
	a := &amnesiac{System: memory.New(memory.Config{})}
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) {
		c.Systems["directory"] = provisioning.System{Connector: a, Mode: provisioning.Managed, AdoptByName: true}
	}})
	a.Put(connector.Account{Ref: connector.Ref{Name: "ada"}, Active: true})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2026-01-01"))
	b.Sync()
	a.denies.Store(true)
	b.HR.End("1", "2026-01-05")
	b.GoTo("2026-01-10")
	leaving, err := b.Leaving(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.NotEmpty(t, leaving.Remains())
	require.Zero(t, leaving.Contained)
	a.denies.Store(false)
	_, err = b.Retry(t.Context(), "directory", "")
	require.NoError(t, err)
	b.Settle()
	require.Error(t, a.SignIn("ada"))
}

// amnesiac fails some calls, and then finds nobody for some.
type amnesiac struct {
	*memory.System
	fail, lost atomic.Int32
	denies     atomic.Bool // that there is anything to disable
}

func (a *amnesiac) Disable(ctx context.Context, r connector.AccountRequest) (connector.Result, error) {
	if a.fail.Add(-1) >= 0 {
		return connector.Result{}, connector.RetryAfter(0, errors.New("503"))
	}
	if a.lost.Load() > 0 {
		a.lost.Add(-1)
		return connector.Result{}, connector.ErrNotFound
	}
	if a.denies.Load() {
		return connector.Result{}, connector.ErrNotFound
	}
	return a.System.Disable(ctx, r)
}

func (a *amnesiac) Find(ctx context.Context, r connector.FindRequest) ([]connector.Account, error) {
	if a.lost.Load() > 0 {
		a.lost.Add(-1)
		return nil, nil
	}
	return a.System.Find(ctx, r)
}

// forgetting is a bench whose only person leaves, at a system that first fails and
// then finds nobody.
func forgetting(t *testing.T, fail, lost int32) (*amnesiac, *provisioningtest.Bench) {
	t.Helper()
	a := &amnesiac{System: memory.New(memory.Config{})}
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) {
		c.Systems["directory"] = provisioning.System{Connector: a, Mode: provisioning.Managed}
	}})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2026-01-01"))
	b.Sync()
	require.Equal(t, 1, activeAt(a.System))
	a.fail.Store(fail)
	a.lost.Store(lost)
	b.HR.End("1", "2025-12-31")
	b.Sync()
	return a, b
}

// conflicting refuses every account for another reason than its name.
type conflicting struct {
	*memory.System
	n atomic.Int32
}

func (c *conflicting) Create(context.Context, connector.CreateRequest) (connector.Result, error) {
	c.n.Add(1)
	return connector.Result{}, fmt.Errorf("the e-mail address is in use: %w", connector.ErrAlreadyExists)
}

// confused answers an update of one account with another.
type confused struct {
	*memory.System
	about string
}

func (c confused) Update(ctx context.Context, r connector.UpdateRequest) (connector.Result, error) {
	if r.Ref.Name == c.about {
		return connector.Result{Outcome: connector.Applied, Account: c.Accounts()[0]}, nil
	}
	return c.System.Update(ctx, r)
}

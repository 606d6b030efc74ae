package provisioning_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// stuck never comes to an end with what it is asked to make, until it is let go.
type stuck struct {
	*memory.System
	begun chan struct{}
	open  chan struct{}
}

func newStuck() *stuck {
	return &stuck{memory.New(memory.Config{}), make(chan struct{}, 1000), make(chan struct{})}
}

func (s *stuck) Create(ctx context.Context, req connector.CreateRequest) (connector.Result, error) {
	s.begun <- struct{}{}
	select {
	case <-s.open:
	case <-ctx.Done():
	}
	return s.System.Create(ctx, req)
}

// fire lets a host tell, from outside, that somebody is to be locked out now.
func fire(t *testing.T, tenant *provisioning.Tenant, w hrsource.Worker, at time.Time) {
	t.Helper()
	w.Key.Source, w.AccessEnd = provisioningtest.SourceName, at
	_, err := tenant.Ingest(t.Context(), hrsource.Record{Worker: w})
	require.NoError(t, err)
}

func joiners(department string) (records []hrsource.Record) {
	for i := range 50 {
		w := provisioningtest.Worker(fmt.Sprint(100+i), fmt.Sprint("P", i), department, "2025-01-01")
		w.Key.Source = provisioningtest.SourceName
		records = append(records, hrsource.Record{Worker: w})
	}
	return records
}

// run runs an engine until the test ends.
func run(t *testing.T, e *provisioning.Engine) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
	})
}

// Run decided about nobody before a backlog was worked through.
func TestTerminationDoesNotWaitForAnotherSystem(t *testing.T) {
	t.Parallel()
	slow := newStuck()
	b := bench(t, provisioningtest.Config{Policy: `version: 1
rules:
  - {name: slow, when: department == "Slow", grants: ["slow:group/x"]}
  - {name: fast, when: department == "Fast", grants: ["fast:group/x"]}
accounts:
  slow: {name: userName, candidates: ["{givenName|ascii|lower}"]}
  fast: {name: userName, candidates: ["{givenName|ascii|lower}"]}
`, Tenant: func(c *provisioning.TenantConfig) {
		c.Systems["slow"] = provisioning.System{Connector: slow, Mode: provisioning.Managed, Timeout: 30 * time.Second}
	}})
	w := provisioningtest.Worker("1", "Ada", "Fast", "2025-01-01")
	b.HR.Put(w)
	b.Sync()
	require.Equal(t, 1, activeAt(b.Target("fast")))
	_, err := b.Ingest(t.Context(), joiners("Slow")...)
	require.NoError(t, err)
	defer close(slow.open)
	run(t, b.Engine)
	<-slow.begun
	fire(t, b.Tenant, w, b.Clock.Now())
	eventually(t, func() bool { return activeAt(b.Target("fast")) == 0 })
}

func TestTerminationDoesNotWaitForAnotherTenant(t *testing.T) {
	t.Parallel()
	slow, fast := newStuck(), memory.New(memory.Config{})
	store, err := sqlite.Open(t.Context(), ":memory:")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	rules := load(t, plain)
	e, err := provisioning.New(provisioning.Config{Store: store, Tenant: func(_ context.Context, id string) (provisioning.TenantConfig, error) {
		system := provisioning.System{Connector: fast, Mode: provisioning.Managed}
		if id == "slow" {
			system.Connector, system.Timeout = slow, 30*time.Second
		}
		return provisioning.TenantConfig{Policy: rules, Systems: map[string]provisioning.System{"directory": system}}, nil
	}})
	require.NoError(t, err)
	quick, err := e.Tenant(t.Context(), "fast")
	require.NoError(t, err)
	other, err := e.Tenant(t.Context(), "slow")
	require.NoError(t, err)
	w := provisioningtest.Worker("1", "Ada", "Fast", "2025-01-01")
	w.Key.Source = provisioningtest.SourceName
	_, err = quick.Ingest(t.Context(), hrsource.Record{Worker: w})
	require.NoError(t, err)
	_, err = quick.Drain(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, activeAt(fast))
	_, err = other.Ingest(t.Context(), joiners("Slow")...)
	require.NoError(t, err)
	defer close(slow.open)
	run(t, e)
	<-slow.begun
	fire(t, quick, w, time.Now())
	eventually(t, func() bool { return activeAt(fast) == 0 })
}

// As long as facts came in faster than they were decided about, nothing else was done:
// deciding never came to an end, and everything waited for it.
func TestFactsWithoutEndKeepNothingFromBeingDone(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain, Engine: func(c *provisioning.Config) { c.Poll = time.Millisecond }})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	told := make(chan error, 1)
	go func() {
		for i := 0; ctx.Err() == nil; i++ {
			w := provisioningtest.Worker("1", "Ada", fmt.Sprint("D", i), "2025-01-01")
			w.Key.Source = provisioningtest.SourceName
			if _, err := b.Ingest(ctx, hrsource.Record{Worker: w}); err != nil && ctx.Err() == nil {
				told <- err
				return
			}
		}
		told <- nil
	}()
	run(t, b.Engine)
	_, err := b.Ingest(t.Context(), joiners("Sales")...)
	require.NoError(t, err)
	eventually(t, func() bool { return activeAt(b.Target("directory")) == 51 })
	eventually(t, func() bool { return len(b.Sink.Entries(audit.EventOutcome)) > 50 })
	cancel()
	require.NoError(t, <-told)
}

package provisioning_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// company is a tenant of its own beside the one of a bench, on the same store.
type company struct {
	*provisioning.Tenant
	hr        *provisioningtest.Source
	directory *memory.System
}

// companies returns a bench with more tenants on it. A tenant whose name is
// "broken" has no configuration.
func companies(t *testing.T, names ...string) (*provisioningtest.Bench, map[string]company) {
	t.Helper()
	of := map[string]company{}
	for _, name := range names {
		of[name] = company{hr: provisioningtest.NewSource(), directory: memory.New(memory.Config{})}
	}
	b := bench(t, provisioningtest.Config{Engine: func(c *provisioning.Config) {
		first := c.Tenant
		c.Tenant = func(ctx context.Context, id string) (provisioning.TenantConfig, error) {
			cfg, err := first(ctx, id)
			if one, ok := of[id]; ok {
				cfg.Sources = []provisioning.Source{{Source: one.hr}}
				cfg.Systems = map[string]provisioning.System{"directory": {Connector: one.directory, Mode: provisioning.Managed}}
			}
			if id == "broken" {
				return cfg, errors.New("its settings cannot be read")
			}
			return cfg, err
		}
	}})
	for _, name := range names {
		tenant, err := b.Engine.Tenant(t.Context(), name)
		require.NoError(t, err)
		of[name] = company{tenant, of[name].hr, of[name].directory}
	}
	return b, of
}

// read reads the source of a company.
func (c company) read(t *testing.T) {
	t.Helper()
	_, err := c.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
}

func (c company) people(t *testing.T) []provisioning.Person {
	t.Helper()
	var out []provisioning.Person
	for p, err := range c.People(t.Context()) {
		require.NoError(t, err)
		out = append(out, p)
	}
	return out
}

func TestTenantsWithTheSameWorkerNumbersNeverMeet(t *testing.T) {
	t.Parallel()
	b, of := companies(t, "north", "south")
	north, south := of["north"], of["south"]
	north.hr.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01"))
	south.hr.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	north.read(t)
	south.read(t)
	_, err := b.Engine.Drain(t.Context())
	require.NoError(t, err)

	n, s := north.directory.Accounts(), south.directory.Accounts()
	require.Len(t, n, 1)
	require.Len(t, s, 1)
	require.Equal(t, []string{"group/sales", "group/staff"}, entitlements(n[0]))
	require.Equal(t, []string{"group/engineering", "group/staff"}, entitlements(s[0]))
	require.Equal(t, "ada", n[0].Name)
	require.Equal(t, "ada", s[0].Name, "a name is taken in one tenant only")

	person := north.people(t)[0].ID
	require.NotEqual(t, person, south.people(t)[0].ID)
	_, err = south.Person(t.Context(), person)
	require.ErrorIs(t, err, provisioning.ErrNoPerson)

	// Everybody leaves the one; the other does not notice.
	north.hr.Change("1", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
	writes := south.directory.Writes()
	north.read(t)
	_, err = b.Engine.Drain(t.Context())
	require.NoError(t, err)
	require.False(t, north.directory.Accounts()[0].Active)
	require.True(t, south.directory.Accounts()[0].Active)
	require.Equal(t, writes, south.directory.Writes())
	for _, e := range b.Sink.Entries("") {
		if e.Person == person {
			require.Equal(t, "north", e.Tenant)
		}
	}
}

func TestTenantThatCannotBeConfiguredHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	b, of := companies(t, "north")
	of["north"].hr.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01"))
	of["north"].read(t)
	_, err := b.Engine.Tenant(t.Context(), "broken")
	require.ErrorContains(t, err, "tenant broken: its settings cannot be read")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.Engine.Run(ctx, "broken") }()
	require.Eventually(t, func() bool { return len(of["north"].directory.Accounts()) == 1 }, 30*time.Second, time.Millisecond)
	cancel()
	require.NoError(t, <-done)
}

func TestAccountOfAnotherTenantIsNotFound(t *testing.T) {
	t.Parallel()
	_, of := companies(t, "north", "south")
	for _, text := range []string{"", "x' OR '1'='1", "\x00", string(make([]byte, 500))} {
		_, err := of["north"].Person(t.Context(), text)
		require.ErrorIs(t, err, provisioning.ErrNoPerson, "%q", text)
		_, err = of["south"].Case(t.Context(), text)
		require.ErrorIs(t, err, provisioning.ErrNoCase, "%q", text)
	}
}

func TestTwoEnginesOnOneStoreShareTheWork(t *testing.T) {
	t.Parallel()
	const people = 30
	var second *provisioning.Engine
	b := bench(t, provisioningtest.Config{Engine: func(c *provisioning.Config) {
		twin := *c
		twin.Node = "twin"
		var err error
		second, err = provisioning.New(twin)
		require.NoError(t, err)
	}})
	twin, err := second.Tenant(t.Context(), b.ID())
	require.NoError(t, err)
	for i := range people {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Engineering", "2026-01-01"))
	}
	b.Target("directory").Fault(memory.Fault{Do: memory.LoseReply, Times: 20, After: 10})
	var both sync.WaitGroup
	_, err = b.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	for _, tenant := range []*provisioning.Tenant{b.Tenant, twin} {
		both.Go(func() {
			_, err := tenant.Drain(t.Context())
			assert.NoError(t, err)
		})
	}
	both.Wait()
	b.Settle()
	require.Len(t, b.Target("directory").Accounts(), people)
	require.Equal(t, people, b.Target("directory").Calls(connector.Create), "nobody is created twice")
	require.Equal(t, people, activeIn(b, "git"))
	_, err = verify(t, b, export(t, b))
	require.NoError(t, err)
}

// A name with a line end in it could be configured, and then not be logged.
func TestNameOfATenantIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	for _, name := range []string{"", "a\nb", "\xff", strings.Repeat("x", 201)} {
		_, err := b.Engine.Tenant(t.Context(), name)
		require.ErrorContains(t, err, "want a name of 1 to 200 bytes", "%q", name)
	}
	for _, name := range []string{"Müller & Söhne", "a b", "a/b", strings.Repeat("x", 200)} {
		tenant, err := b.Engine.Tenant(t.Context(), name)
		require.NoError(t, err)
		_, err = tenant.Ingest(t.Context(), hrsource.Record{Worker: provisioningtest.Worker("1", "Ada", "Eng", "2026-01-01")})
		require.NoError(t, err)
		_, err = tenant.Drain(t.Context())
		require.NoError(t, err, "%q", name)
	}
}

// A tenant whose settings changed while they were being read kept the old ones.
func TestReloadIsNotLostWhileTheSettingsAreRead(t *testing.T) {
	t.Parallel()
	reading, goOn := make(chan struct{}), make(chan struct{})
	var asked atomic.Int32
	b := bench(t, provisioningtest.Config{Engine: func(c *provisioning.Config) {
		first := c.Tenant
		c.Tenant = func(ctx context.Context, id string) (provisioning.TenantConfig, error) {
			if id == "slow" && asked.Add(1) == 1 {
				close(reading)
				<-goOn
			}
			return first(ctx, id)
		}
	}})
	done := make(chan error, 1)
	go func() {
		_, err := b.Engine.Tenant(t.Context(), "slow")
		done <- err
	}()
	<-reading
	b.Engine.Reload("slow")
	close(goOn)
	require.NoError(t, <-done)
	_, err := b.Engine.Tenant(t.Context(), "slow")
	require.NoError(t, err)
	require.EqualValues(t, 2, asked.Load())
}

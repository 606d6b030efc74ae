package provisioning_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// gate is a system that stops at the first operation on somebody, until it is let
// go, and remembers the order of all.
type gate struct {
	*memory.System
	mu     sync.Mutex
	stop   string // login name
	inside chan struct{}
	open   chan struct{}
	order  []string
}

func newGate(stop string) *gate {
	return &gate{System: memory.New(memory.Config{}), stop: stop, inside: make(chan struct{}), open: make(chan struct{})}
}

func (g *gate) pass(ctx context.Context, kind connector.Kind, name string) {
	g.mu.Lock()
	stops := g.stop != "" && name == g.stop
	if stops {
		g.stop = ""
	}
	g.mu.Unlock()
	if stops {
		close(g.inside)
		select {
		case <-g.open:
		case <-ctx.Done():
		}
	}
	g.mu.Lock()
	g.order = append(g.order, fmt.Sprint(kind, " ", name))
	g.mu.Unlock()
}

func (g *gate) Update(ctx context.Context, req connector.UpdateRequest) (connector.Result, error) {
	g.pass(ctx, connector.Update, req.Ref.Name)
	return g.System.Update(ctx, req)
}

func (g *gate) Disable(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	name := req.Ref.Name
	if !connector.Urgent(ctx) {
		name += ", in no hurry"
	}
	g.pass(ctx, connector.Disable, name)
	return g.System.Disable(ctx, req)
}

// disabled reports whether somebody has been disabled by now.
func (g *gate) disabled(name string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Contains(g.order, "disable "+name)
}

// backlogged is a bench in which everybody's department has changed, and one
// worker at a time carries that out in a system that stops at somebody.
func backlogged(t *testing.T, people int, stop string) (*provisioningtest.Bench, *gate) {
	t.Helper()
	g := newGate("")
	b := bench(t, provisioningtest.Config{Policy: `
version: 1
rules: [{name: staff, when: "true", grants: [directory:group/staff]}]
accounts: {directory: {name: userName, candidates: ["u{employeeNumber}"], attributes: {department: "{department}"}}}
`, Tenant: func(c *provisioning.TenantConfig) {
		c.Systems["directory"] = provisioning.System{Mode: provisioning.Managed, Connector: g, Concurrency: 1, Timeout: 20 * time.Second}
	}})
	for i := range people {
		w := provisioningtest.Worker(fmt.Sprint(i), "P", "Wood", "2026-01-01")
		w.EmployeeNumber = fmt.Sprint(i)
		b.HR.Put(w)
	}
	b.Sync()
	for i := range people {
		b.HR.Change(fmt.Sprint(i), func(w *hrsource.Worker) { w.Assignments = []hrsource.Assignment{{Department: "Stone"}} })
	}
	_, err := b.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	g.stop = stop
	return b, g
}

// terminate ends somebody's access now, as a host would from outside.
func terminate(t *testing.T, b *provisioningtest.Bench, worker string) {
	t.Helper()
	var record hrsource.Record
	b.HR.Change(worker, func(w *hrsource.Worker) {
		w.AccessEnd = b.Clock.Now()
		record.Worker = *w
	})
	_, err := b.Ingest(t.Context(), record)
	require.NoError(t, err)
}

func drainBeside(t *testing.T, b *provisioningtest.Bench) (wait func()) {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		_, err := b.Drain(t.Context())
		done <- err
	}()
	return func() { require.NoError(t, <-done) }
}

// A termination that came while a Drain worked through a backlog was not even
// decided before the end of it.
func TestTerminationDoesNotWaitForABacklog(t *testing.T) {
	t.Parallel()
	for name, worker := range map[string]string{"in a later batch": "90", "in the batch already claimed": "5"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, g := backlogged(t, 100, "u2")
			first := ""
			wait := drainBeside(t, b)
			<-g.inside // the only place of the backlog is taken now, and nothing comes after
			g.mu.Lock()
			begun := slices.Clone(g.order)
			g.mu.Unlock()
			for _, candidate := range []string{worker, "91", "92"} { // one whose turn has not come
				if !slices.Contains(begun, "update u"+candidate) {
					first = candidate
					break
				}
			}
			terminate(t, b, first)
			require.Eventually(t, func() bool { return g.disabled("u" + first) }, 10*time.Second, 5*time.Millisecond)
			g.mu.Lock()
			require.Equal(t, append(begun, "disable u"+first), g.order, "it is the next thing that happened there")
			g.mu.Unlock()
			close(g.open)
			wait()
			b.Settle()
			require.Error(t, g.SignIn("u"+first))
		})
	}
}

// The account itself is being worked on: what is done there next is to disable it,
// and nothing else comes before.
func TestTerminationOfWhoIsBeingWorkedOnComesNext(t *testing.T) {
	t.Parallel()
	b, g := backlogged(t, 40, "u2")
	wait := drainBeside(t, b)
	<-g.inside
	g.mu.Lock()
	before := len(g.order)
	g.mu.Unlock()
	settled := func() int {
		status, err := b.Status(t.Context())
		require.NoError(t, err)
		return status.Systems["directory"]["settled"]
	}
	had := settled()
	terminate(t, b, "2")
	require.Eventually(t, func() bool { return settled() == had-2 }, 10*time.Second, time.Millisecond, "it is decided: account and group are to go")
	close(g.open)
	wait()
	require.Equal(t, []string{"update u2", "disable u2"}, g.order[before:before+2])
}

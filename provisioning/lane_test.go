package provisioning_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
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

// gate is a system that stops at the first operation on somebody, until it is let
// go, and remembers the order of all.
type gate struct {
	*memory.System
	mu     sync.Mutex
	stop   string // login name, anybody for whoever comes first
	inhand string // login name of who was stopped at
	inside chan struct{}
	open   chan struct{}
	order  []string
}

const anybody = "*"

func newGate() *gate {
	return &gate{System: memory.New(memory.Config{}), inside: make(chan struct{}), open: make(chan struct{})}
}

func (g *gate) pass(ctx context.Context, kind connector.Kind, name string) {
	g.mu.Lock()
	stops := g.stop != "" && (name == g.stop || g.stop == anybody)
	if stops {
		g.stop, g.inhand = "", name
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

func (g *gate) Revoke(ctx context.Context, req connector.GrantRequest) (connector.Result, error) {
	g.pass(ctx, connector.Revoke, req.Ref.Name)
	return g.System.Revoke(ctx, req)
}

func (g *gate) Disable(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	name := req.Ref.Name
	if !connector.Urgent(ctx) {
		name += ", in no hurry"
	}
	g.pass(ctx, connector.Disable, name)
	return g.System.Disable(ctx, req)
}

// done returns the operations until now.
func (g *gate) done() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.order)
}

// disabled reports whether somebody has been disabled by now.
func (g *gate) disabled(name string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Contains(g.order, "disable "+name)
}

// backlogged are benches on one store, in which everybody's department has changed, and
// one worker at a time carries that out in a system that stops at somebody.
func backlogged(t *testing.T, nodes, people int, stop string) ([]*provisioningtest.Bench, *gate) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), ":memory:")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	g := newGate()
	benches := make([]*provisioningtest.Bench, nodes)
	for i := range benches {
		benches[i] = bench(t, provisioningtest.Config{Policy: `
version: 1
rules:
  - {name: staff, when: "true", grants: [directory:group/staff]}
  - {name: carpenters, when: department == "Wood", grants: [directory:group/carpenters]}
accounts: {directory: {name: userName, candidates: ["u{employeeNumber}"], attributes: {department: "{department}"}}}
`, Store: store, Tenant: func(c *provisioning.TenantConfig) {
			c.Systems["directory"] = provisioning.System{Mode: provisioning.Managed, Connector: g, Concurrency: 1, Timeout: 20 * time.Second}
			c.Guard.Percent = 100
			if i > 0 {
				c.Sources = []provisioning.Source{{Source: benches[0].HR}}
			}
		}, Engine: func(c *provisioning.Config) { c.Node = fmt.Sprint("node ", i) }})
	}
	b := benches[0]
	for i := range people {
		w := provisioningtest.Worker(fmt.Sprint(i), "P", "Wood", "2026-01-01")
		w.EmployeeNumber = fmt.Sprint(i)
		b.HR.Put(w)
	}
	b.Sync()
	for i := range people {
		b.HR.Change(fmt.Sprint(i), func(w *hrsource.Worker) { w.Assignments = []hrsource.Assignment{{Department: "Stone"}} })
	}
	_, err = benches[nodes-1].Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	g.order, g.stop = nil, stop
	return benches, g
}

// terminate ends somebody's access now, as a host would from outside.
func terminate(t *testing.T, b *provisioningtest.Bench, worker string) {
	t.Helper()
	terminateBy(t, b, b, worker)
}

// terminateBy is terminate by another node than the one that reads HR.
func terminateBy(t *testing.T, node, b *provisioningtest.Bench, worker string) {
	t.Helper()
	var record hrsource.Record
	b.HR.Change(worker, func(w *hrsource.Worker) {
		w.AccessEnd = b.Clock.Now()
		record.Worker = *w
	})
	_, err := node.Ingest(t.Context(), record)
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

// untouched returns somebody whose turn has not come.
func untouched(t *testing.T, g *gate, people int) string {
	t.Helper()
	begun := g.done()
	for i := range people {
		name := fmt.Sprint("u", i)
		if !slices.ContainsFunc(begun, func(op string) bool { return strings.HasSuffix(op, " "+name) }) && name != g.inhand {
			return fmt.Sprint(i)
		}
	}
	require.Fail(t, "all had their turn")
	return ""
}

// A termination that came while a Drain worked through a backlog was not even
// decided before the end of it. What another node decided was not seen by the one that
// had claimed the account, which did everything else first.
func TestTerminationDoesNotWaitForABacklog(t *testing.T) {
	t.Parallel()
	for name, people := range map[string]int{"in a later batch": 100, "in the batch already claimed": 8} {
		for _, nodes := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s, %d nodes", name, nodes), func(t *testing.T) {
				t.Parallel()
				benches, g := backlogged(t, nodes, people, anybody)
				b, other := benches[0], benches[nodes-1]
				wait := drainBeside(t, b)
				<-g.inside // the only place of the backlog is taken now, and nothing comes after
				begun, leaver := g.done(), untouched(t, g, people)
				terminateBy(t, other, b, leaver)
				waitForOther := func() {}
				if nodes > 1 {
					waitForOther = drainBeside(t, other)
				}
				require.Eventually(t, func() bool { return g.disabled("u" + leaver) }, 10*time.Second, 5*time.Millisecond)
				require.Equal(t, append(begun, "disable u"+leaver), g.done()[:len(begun)+1], "it is the next thing that happened there")
				close(g.open)
				wait()
				waitForOther()
				b.Settle()
				require.Error(t, g.SignIn("u"+leaver))
			})
		}
	}
}

// signInStep tells how far it is that somebody who left cannot sign in.
func signInStep(t *testing.T, b *provisioningtest.Bench, worker string) provisioning.LeavingStep {
	t.Helper()
	leaving, err := b.Leaving(t.Context(), b.Person(worker))
	require.NoError(t, err)
	for _, s := range leaving.Steps {
		if s.What == "sign-in" {
			return s
		}
	}
	return provisioning.LeavingStep{}
}

// The account itself is being worked on: what is done there next is to disable it, and
// nothing else comes before, neither of its own, as its own update did, nor of others.
func TestTerminationOfWhoIsBeingWorkedOnComesNext(t *testing.T) {
	t.Parallel()
	for _, nodes := range []int{1, 2} {
		t.Run(fmt.Sprintf("%d nodes", nodes), func(t *testing.T) {
			t.Parallel()
			benches, g := backlogged(t, nodes, 40, "u2")
			b, other := benches[0], benches[nodes-1]
			wait := drainBeside(t, b)
			<-g.inside
			terminateBy(t, other, b, "2")
			if nodes > 1 {
				_, err := other.Drain(t.Context()) // it does what the first one has not claimed
				require.NoError(t, err)
			}
			require.Eventually(t, func() bool { return signInStep(t, b, "2").State == "due" }, 10*time.Second, time.Millisecond)
			before := len(g.done())
			close(g.open)
			wait()
			require.Equal(t, []string{"revoke u2", "disable u2"}, g.done()[before:before+2])
			b.Settle()
			require.Error(t, g.SignIn("u2"))
		})
	}
}

// What is urgent and failed was not tried again before the end of the backlog, unless
// somebody else was terminated.
func TestUrgentRetryDoesNotWaitForABacklog(t *testing.T) {
	t.Parallel()
	benches, g := backlogged(t, 1, 20, anybody)
	b := benches[0]
	wait := drainBeside(t, b)
	<-g.inside
	leaver := untouched(t, g, 20)
	g.Fault(memory.Fault{Kinds: []connector.Kind{connector.Disable}, Do: memory.Down, Times: 3})
	terminate(t, b, leaver)
	require.Eventually(t, func() bool { return g.SignIn("u"+leaver) != nil }, 20*time.Second, 5*time.Millisecond)
	close(g.open)
	wait()
}

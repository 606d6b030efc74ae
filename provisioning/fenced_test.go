package provisioning_test

import (
	"context"
	"testing"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
	"github.com/stretchr/testify/require"
)

// stalled lets calls of a kind wait for somebody, whatever their context says, as a
// packet does that a network holds back, or a process that is put to sleep.
type stalled struct {
	kind        connector.Kind
	begun, goOn chan struct{}
}

func (s stalled) intercept(next connector.Handler) connector.Handler {
	return func(ctx context.Context, op connector.Operation) (connector.Result, error) {
		if op.Kind == s.kind {
			s.begun <- struct{}{}
			<-s.goOn
			ctx = context.WithoutCancel(ctx)
		}
		return next(ctx, op)
	}
}

// A write that came after its lease undid what another node had done since, and nobody
// ever looked again.
func TestLateWriteOfAFencedNodeIsLookedAt(t *testing.T) {
	t.Parallel()
	for kind, c := range map[connector.Kind]struct {
		first, then func(w *hrsource.Worker) // what the slow node is to do, and the other one
		right       func(d *memory.System) bool
	}{
		connector.Enable: {
			func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} },
			func(w *hrsource.Worker) { w.TerminationDate = date(2025, 12, 31) },
			func(d *memory.System) bool { return d.SignIn("ada") != nil },
		},
		connector.Grant: {
			func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} },
			func(w *hrsource.Worker) { w.TerminationDate = date(2025, 12, 31) },
			func(d *memory.System) bool { return len(d.Accounts()[0].Entitlements) == 0 },
		},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			store, err := sqlite.Open(t.Context(), ":memory:")
			require.NoError(t, err)
			defer store.Close()
			d := memory.New(memory.Config{})
			slow := stalled{kind, make(chan struct{}), make(chan struct{})}
			node := func(name string, more ...connector.Interceptor) *provisioningtest.Bench {
				return bench(t, provisioningtest.Config{Policy: plain, Store: store, Tenant: func(c *provisioning.TenantConfig) {
					c.Systems["directory"] = provisioning.System{Connector: d, Mode: provisioning.Managed, Timeout: 20 * time.Millisecond}
				}, Engine: func(c *provisioning.Config) {
					c.Node, c.Interceptors, c.Lease = name, more, 60*time.Millisecond
				}})
			}
			other := node("other")
			other.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
			other.HR.End("1", "2025-12-31")
			other.Sync()
			other.HR.Change("1", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
			other.Sync()
			require.NoError(t, d.SignIn("ada"))
			other.HR.End("1", "2025-12-31")
			other.Sync()

			late := node("late", slow.intercept)
			other.HR.Change("1", c.first)
			_, err = other.Read(t.Context(), provisioningtest.SourceName)
			require.NoError(t, err)
			done := make(chan error, 1)
			go func() {
				_, err := late.Drain(t.Context())
				done <- err
			}()
			<-slow.begun
			other.HR.Change("1", c.then)
			_, err = other.Read(t.Context(), provisioningtest.SourceName)
			require.NoError(t, err)
			eventually(t, func() bool { // once the lease has run out
				_, err := other.Drain(t.Context())
				require.NoError(t, err)
				status, err := other.Status(t.Context())
				require.NoError(t, err)
				return c.right(d) && status.Systems["directory"]["due"]+status.Systems["directory"]["sending"] == 0
			})
			close(slow.goOn)
			require.NoError(t, <-done)
			require.False(t, c.right(d), "the write came late, and did its harm")
			eventually(t, func() bool {
				_, err := other.Drain(t.Context())
				require.NoError(t, err)
				return c.right(d)
			})
			other.Settle()
			require.True(t, c.right(d))
		})
	}
}

package provisioning_test

import (
	"context"
	"fmt"
	"sync"
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

// stalled lets the first call of a kind wait for somebody, whatever its context says,
// as a packet does that a network holds back, or a process that is put to sleep.
type stalled struct {
	kind        connector.Kind
	once        sync.Once
	begun, goOn chan struct{}
}

func stall(kind connector.Kind) *stalled {
	return &stalled{kind: kind, begun: make(chan struct{}), goOn: make(chan struct{})}
}

func (s *stalled) intercept(next connector.Handler) connector.Handler {
	return func(ctx context.Context, op connector.Operation) (connector.Result, error) {
		if op.Kind == s.kind {
			s.once.Do(func() {
				close(s.begun)
				<-s.goOn
				ctx, op.ETag = context.WithoutCancel(ctx), "" // not every system has them
			})
		}
		return next(ctx, op)
	}
}

// drain lets a node work until its call is stalled, and waits until it is. The channel
// tells when that call is over.
func (s *stalled) drain(t *testing.T, late *provisioningtest.Bench) <-chan error {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		for {
			_, err := late.Drain(t.Context())
			select {
			case <-s.begun:
				done <- err
				return
			default: // its lease was over before it came so far
			}
			if err != nil {
				done <- err
				return
			}
		}
	}()
	select {
	case <-s.begun:
	case err := <-done:
		require.NoError(t, err)
	}
	return done
}

// applied counts the calls of a kind that changed something.
func applied(d *memory.System, kind connector.Kind) (n int) {
	for _, c := range d.Log() {
		if c.Kind == kind && c.Outcome == connector.Applied {
			n++
		}
	}
	return n
}

// nodes are two nodes on one store, of which the second may be stalled.
func nodes(t *testing.T, rules string, slow *stalled, systems map[string]*memory.System, alter ...func(*provisioning.System)) (other, late *provisioningtest.Bench) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), ":memory:")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	node := func(name string, more ...connector.Interceptor) *provisioningtest.Bench {
		return bench(t, provisioningtest.Config{Policy: rules, Store: store, Tenant: func(c *provisioning.TenantConfig) {
			for name, system := range systems {
				s := provisioning.System{Connector: system, Mode: provisioning.Managed, Timeout: 20 * time.Millisecond}
				for _, a := range alter {
					a(&s)
				}
				c.Systems[name] = s
			}
		}, Engine: func(c *provisioning.Config) {
			c.Node, c.Interceptors, c.Lease = name, more, 60*time.Millisecond
		}})
	}
	return node("other"), node("late", slow.intercept)
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
		connector.Update: {
			func(w *hrsource.Worker) { w.TerminationDate, w.Assignments[0].Department = hrsource.Date{}, "Ops" },
			func(w *hrsource.Worker) { w.Assignments[0].Department = "Eng" },
			func(d *memory.System) bool {
				return d.Accounts()[0].Attributes["department"].Equal(connector.String("Eng"))
			},
		},
	} {
		for _, hides := range []bool{false, true} {
			if hides && kind == connector.Update {
				continue // a look is all there is
			}
			t.Run(fmt.Sprint(kind, " hidden ", hides), func(t *testing.T) {
				t.Parallel()
				lateWrite(t, kind, hides, c.first, c.then, c.right)
			})
		}
	}
}

func lateWrite(t *testing.T, kind connector.Kind, hides bool, first, then func(w *hrsource.Worker), right func(d *memory.System) bool) {
	t.Helper()
	d := memory.New(memory.Config{})
	slow := stall(kind)
	other, late := nodes(t, plain, slow, map[string]*memory.System{"directory": d})
	other.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	other.HR.End("1", "2025-12-31")
	other.Sync()
	other.HR.Change("1", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
	other.Sync()
	require.NoError(t, d.SignIn("ada"))
	other.HR.End("1", "2025-12-31")
	other.Sync()

	other.HR.Change("1", first)
	_, err := other.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	done := slow.drain(t, late)
	other.HR.Change("1", then)
	_, err = other.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	eventually(t, func() bool { // once the lease has run out
		_, err := other.Drain(t.Context())
		require.NoError(t, err)
		status, err := other.Status(t.Context())
		require.NoError(t, err)
		return right(d) && status.Systems["directory"]["due"]+status.Systems["directory"]["sending"] == 0
	})
	before := applied(d, kind)
	if hides { // what the late call does is not seen by any read for long
		d.Fault(memory.Fault{Kinds: []connector.Kind{kind}, Do: memory.Delay})
	}
	close(slow.goOn)
	require.NoError(t, <-done)
	require.Greater(t, applied(d, kind), before, "the write came late, and did its harm")
	eventually(t, func() bool {
		_, err := other.Drain(t.Context())
		require.NoError(t, err)
		return right(d)
	})
	other.Settle()
	require.True(t, right(d))
}

// An account was found late of somebody who had left by then, and came back: what
// another system takes from it was not known, and nobody looked again.
func TestWhatIsTakenFromAnAccountThatIsFoundLateIsKnownAtOnce(t *testing.T) {
	t.Parallel()
	systems := map[string]*memory.System{"directory": memory.New(memory.Config{}), "git": memory.New(memory.Config{})}
	slow := stall(connector.Create)
	other, late := nodes(t, office, slow, systems)
	other.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2025-01-01"))
	_, err := other.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	done := slow.drain(t, late)
	other.HR.End("1", "2025-12-31")
	_, err = other.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	open := func() int {
		_, err := other.Drain(t.Context())
		require.NoError(t, err)
		status, err := other.Status(t.Context())
		require.NoError(t, err)
		return status.Systems["directory"]["due"] + status.Systems["directory"]["sending"]
	}
	eventually(t, func() bool { return open() == 0 })
	close(slow.goOn)
	require.NoError(t, <-done)
	eventually(t, func() bool {
		return open() == 0 && len(systems["directory"].Accounts()) == 1 && activeAt(systems["directory"]) == 0
	})
	other.HR.Change("1", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
	other.Sync()
	require.Equal(t, 1, activeAt(systems["directory"]))
	require.NoError(t, systems["git"].SignIn("ada"), "its name is the one that the directory has")
}

// An account that was made late, in a system which shows that late, was believed not to
// be there.
func TestAnAccountThatIsMadeLateIsKnownThoughNoReadShowsIt(t *testing.T) {
	t.Parallel()
	d := memory.New(memory.Config{})
	slow := stall(connector.Create)
	other, late := nodes(t, plain, slow, map[string]*memory.System{"directory": d})
	other.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2025-01-01"))
	_, err := other.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	done := slow.drain(t, late)
	other.HR.End("1", "2025-12-31")
	_, err = other.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	eventually(t, func() bool {
		_, err := other.Drain(t.Context())
		require.NoError(t, err)
		status, err := other.Status(t.Context())
		require.NoError(t, err)
		return status.Systems["directory"]["due"]+status.Systems["directory"]["sending"] == 0
	})
	d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Create}, Do: memory.Delay})
	close(slow.goOn)
	require.NoError(t, <-done)
	require.Len(t, d.Accounts(), 1)
	eventually(t, func() bool {
		_, err := other.Drain(t.Context())
		require.NoError(t, err)
		return activeAt(d) == 0
	})
	d.Reveal()
	other.HR.Change("1", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
	other.Sync()
	require.Len(t, d.Accounts(), 1)
	require.Equal(t, 1, activeAt(d))
}

// Somebody who had to go waited for what had become of an older call, and for its
// back-off, while the system could not be read.
func TestTakingAwayWaitsForNoOutcomeOfGiving(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain, Engine: func(c *provisioning.Config) {
		c.Retry = provisioning.Retry{First: time.Hour, Max: time.Hour}
	}})
	d := b.Target("directory")
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	b.HR.End("1", "2025-12-31")
	b.Sync()
	b.HR.Change("1", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
	b.Sync()
	b.HR.End("1", "2025-12-31")
	b.Sync()
	require.Error(t, d.SignIn("ada"))

	d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Enable, connector.Grant}, Do: memory.LoseReply})
	d.Fault(memory.Fault{Kinds: []connector.Kind{memory.Find}, Do: memory.Fail})
	b.HR.Change("1", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
	readAndDrain(t, b)
	require.NoError(t, d.SignIn("ada"))
	require.NotEmpty(t, d.Accounts()[0].Entitlements)
	b.HR.Change("1", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
	readAndDrain(t, b)
	require.Error(t, d.SignIn("ada"))
	require.Empty(t, d.Accounts()[0].Entitlements)
}

// A deletion that came after its lease was looked at for ever, since there was no account
// any more to be looked at.
func TestLateDeletionIsDoneWith(t *testing.T) {
	t.Parallel()
	d, slow := memory.New(memory.Config{}), stall(connector.Delete)
	other, late := nodes(t, plain, slow, map[string]*memory.System{"directory": d}, func(s *provisioning.System) { s.DeleteAfter, s.Handover.To = time.Hour, provisioning.ToWaste })
	w := provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01")
	w.Key.Source, w.TerminationDate = provisioningtest.SourceName, date(2025, 12, 31)
	was := w
	was.TerminationDate = hrsource.Date{}
	for _, told := range []hrsource.Worker{was, w} {
		_, err := other.Ingest(t.Context(), hrsource.Record{Worker: told})
		require.NoError(t, err)
		other.Settle()
	}
	for _, b := range []*provisioningtest.Bench{other, late} {
		b.Clock.Set(b.Clock.Now().Add(2 * time.Hour))
	}
	done := slow.drain(t, late)
	require.Eventually(t, func() bool {
		_, err := other.Drain(t.Context())
		return err == nil && len(d.Accounts()) == 0
	}, 30*time.Second, time.Millisecond)
	close(slow.goOn)
	<-done
	require.Eventually(t, func() bool {
		other.Settle()
		return statusOf(t, other).Systems["directory"]["settled"] == sum(statusOf(t, other).Systems["directory"])
	}, 30*time.Second, time.Millisecond)
}

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

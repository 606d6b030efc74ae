package simulation

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/internal/simulation/oracle"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// lease is how long an account is a node's; a call may take a part of that.
const (
	lease   = 150 * time.Millisecond
	timeout = 50 * time.Millisecond
)

// node is one process of the engine, as far as the store and the systems can tell.
type node struct {
	*provisioning.Tenant
	name  string
	store *mortal
}

// errDead is what a dead process's calls come to.
var errDead = errors.New("the process is dead")

// mortal is a store that can be taken away from its process: no transaction that is
// not committed by then ever will be.
type mortal struct {
	provisioning.Store
	ledger *ledger
	dead   atomic.Bool
}

func (m *mortal) Backend() state.Backend { return mortalBackend{m.Store.Backend(), m} }

type mortalBackend struct {
	state.Backend
	*mortal
}

func (b mortalBackend) Close() error { return b.Backend.Close() }

func (b mortalBackend) Update(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	var wrote []audit.Sealed
	err := b.Backend.Update(ctx, tenant, func(tx state.Tx) error {
		s := &scribe{Tx: tx}
		err := fn(s)
		wrote = s.wrote
		if b.dead.Load() {
			return errDead
		}
		return err
	})
	if err != nil {
		return err
	}
	return b.ledger.committed(wrote)
}

func (b mortalBackend) View(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	if b.dead.Load() {
		return errDead
	}
	return b.Backend.View(ctx, tenant, fn)
}

// start starts a node on the database.
func (w *world) start(ctx context.Context, name string) (*node, error) {
	opened, err := sqlite.Open(ctx, w.path())
	if err != nil {
		return nil, err
	}
	n := &node{name: name, store: &mortal{Store: opened, ledger: w.ledger}}
	sleeps := rand.New(rand.NewPCG(w.Seed, uint64(len(name))+uint64(w.clock().Unix())))
	engine, err := provisioning.New(provisioning.Config{
		Store: n.store, Now: w.clock, Signer: w.signer, Node: name, Lease: lease,
		Retry:        provisioning.Retry{First: time.Millisecond, Max: 10 * time.Millisecond, Attempts: 8},
		Interceptors: []connector.Interceptor{w.mayFallAsleep(sleeps), n.mayDie, w.ledger.announced},
		Tenant:       func(context.Context, string) (provisioning.TenantConfig, error) { return w.config(), nil },
	})
	if err != nil {
		return nil, err
	}
	n.Tenant, err = engine.Tenant(ctx, tenant)
	return n, err
}

func (w *world) config() provisioning.TenantConfig {
	cfg := provisioning.TenantConfig{
		Systems: map[string]provisioning.System{}, Guard: provisioning.Guard{Percent: maxPercent},
		Sources: []provisioning.Source{
			{Source: w.feeds[employees], EndMissingAfter: grace},
			{Source: w.feeds[agency], EndMissingAfter: grace, Current: true},
		},
	}
	for name, system := range w.systems {
		cfg.Systems[name] = provisioning.System{
			Connector: system, Mode: provisioning.Managed, Drift: provisioning.RepairDrift, Timeout: timeout, Concurrency: 4,
		}
		switch s := cfg.Systems[name]; name {
		case oracle.Git:
			s.DeleteAfter, s.Handover = keptFor, provisioning.Handover{To: provisioning.ToManagers}
			cfg.Systems[name] = s
		case oracle.Wiki: // nothing is anybody's own there
			s.DeleteAfter, s.Handover = keptFor, provisioning.Handover{To: provisioning.ToWaste}
			cfg.Systems[name] = s
		}
	}
	return cfg
}

// kill takes a node out of the world. Its calls may still arrive.
func (n *node) kill() {
	n.store.dead.Store(true)
	_ = n.store.Close() // whatever is open in it is rolled back
}

// mayDie keeps a dead process from beginning a call.
func (n *node) mayDie(next connector.Handler) connector.Handler {
	return func(ctx context.Context, op connector.Operation) (connector.Result, error) {
		if n.store.dead.Load() {
			return connector.Result{}, errDead
		}
		return next(ctx, op)
	}
}

// mayFallAsleep lets now and then a call that gives something arrive late, or long after
// its lease, whatever its context says.
func (w *world) mayFallAsleep(random *rand.Rand) connector.Interceptor {
	gate := make(chan struct{}, 1)
	return func(next connector.Handler) connector.Handler {
		return func(ctx context.Context, op connector.Operation) (connector.Result, error) {
			gate <- struct{}{}
			sleeps, sleep := w.Late && !op.Kind.Removes() && random.IntN(100) < 2, 3*lease
			if random.IntN(2) == 0 {
				sleep = lease / 3 // not as long as its lease, but what comes next is out of date
			}
			<-gate
			if sleeps {
				ctx = context.WithoutCancel(ctx)
				select {
				case w.asleep <- op.ExternalID: // somebody may act upon it
				default:
				}
				<-time.After(sleep)
			}
			return next(ctx, op)
		}
	}
}

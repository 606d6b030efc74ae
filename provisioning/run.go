package provisioning

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Run drains every tenant again and again, and reads the sources and observes the systems
// that ask for it, until ctx is done. No tenant waits for another one, and none for a
// source or a look. Errors are logged, and tried again after Config.Poll; looks when the
// next one is due. It returns nil once ctx is done and what was under way has ended. Any
// number of processes may run on one store.
//
// Tenants that have no rows yet are found once something was read or ingested
// for them; those given are read from the start.
func (e *Engine) Run(ctx context.Context, tenants ...string) error {
	r := &runner{Engine: e, given: tenants, turns: map[string]*turn{}, reads: map[[2]string]*turn{}, looks: map[[2]string]*turn{}, ended: make(chan struct{}, 1)}
	defer r.work.Wait()
	for ctx.Err() == nil {
		r.round(ctx)
		timer := time.NewTimer(r.wait())
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-r.ended:
		case <-e.told:
		}
		timer.Stop()
	}
	return nil
}

// leastWait keeps a system that fails at once from turning Run into a busy loop.
const leastWait = 10 * time.Millisecond

// runner is one Run.
type runner struct {
	*Engine
	given []string
	work  sync.WaitGroup
	ended chan struct{} // something has come to its end

	mu    sync.Mutex          // guards what is below
	turns map[string]*turn    // drains, by tenant
	reads map[[2]string]*turn // by tenant and source
	looks map[[2]string]*turn // by tenant and system
}

// turn is something that is done again and again, and never twice at a time.
type turn struct {
	busy  bool
	last  time.Time // when it was last begun, wall time
	next  time.Time // when there is more to do by the clock, business time
	every time.Duration
	// retry is how soon it is done again after it failed, if that is sooner.
	retry  time.Duration
	failed bool
}

// due reports whether it is time, and if not, in how long.
func (t *turn) due(now time.Time) (bool, time.Duration) {
	if t.last.IsZero() {
		return true, 0
	}
	every := t.every
	if t.failed {
		every = min(every, t.retry)
	}
	wait := every - time.Since(t.last)
	if !t.next.IsZero() {
		wait = min(wait, max(t.next.Sub(now), leastWait-time.Since(t.last)))
	}
	return wait <= 0, wait
}

// round begins what is due.
func (r *runner) round(ctx context.Context) {
	known, err := r.cfg.Store.Backend().Tenants(ctx)
	if err != nil && ctx.Err() == nil {
		r.cfg.Logger.ErrorContext(ctx, "listing tenants", "event", "run", "error", err)
	}
	ids := append(known, r.given...)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		t, err := r.Tenant(ctx, id)
		if err != nil {
			if ctx.Err() == nil {
				r.cfg.Logger.ErrorContext(ctx, "configuring", "event", "run", "tenant", id, "error", err)
			}
			continue
		}
		for _, src := range t.cfg.Sources {
			if src.Every > 0 {
				r.begin(ctx, turnOf(r, r.reads, [2]string{id, src.Name()}, src.Every, r.cfg.Poll), false, "read", id, func() (time.Time, error) {
					_, err := t.Read(ctx, src.Name())
					return time.Time{}, err
				})
			}
		}
		for name, target := range t.targets {
			if every := target.Watch.Every; every > 0 {
				r.begin(ctx, turnOf(r, r.looks, [2]string{id, name}, every, every), false, "observe", id, func() (time.Time, error) {
					return time.Time{}, t.lookAgain(ctx, name)
				})
			}
		}
		r.begin(ctx, turnOf(r, r.turns, id, r.cfg.Poll, r.cfg.Poll), r.cool(id), "drain", id, func() (time.Time, error) { return t.Drain(ctx) })
	}
}

func turnOf[K comparable](r *runner, all map[K]*turn, key K, every, retry time.Duration) *turn {
	r.mu.Lock()
	defer r.mu.Unlock()
	if all[key] == nil {
		all[key] = &turn{}
	}
	all[key].every, all[key].retry = every, retry
	return all[key]
}

// begin does something beside everything else, if it is due or told to, and not
// under way.
func (r *runner) begin(ctx context.Context, t *turn, told bool, what, tenant string, do func() (time.Time, error)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if due, _ := t.due(r.cfg.Now()); t.busy || !due && !told {
		if told {
			r.heat(tenant) // for when it has ended
		}
		return
	}
	t.busy, t.last, t.next = true, time.Now(), time.Time{}
	r.work.Go(func() {
		next, err := do()
		if err != nil && ctx.Err() == nil {
			r.cfg.Logger.ErrorContext(ctx, "running", "event", what, "tenant", tenant, "error", err)
		}
		r.mu.Lock()
		t.busy, t.next, t.failed = false, next, err != nil
		r.mu.Unlock()
		select {
		case r.ended <- struct{}{}:
		default:
		}
	})
}

// wait returns how long nothing will be due that is not under way.
func (r *runner) wait() time.Duration {
	now := r.cfg.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	wait := r.cfg.Poll
	consider := func(t *turn) {
		if !t.busy {
			_, left := t.due(now)
			wait = min(wait, left)
		}
	}
	for _, t := range r.turns {
		consider(t)
	}
	for _, all := range []map[[2]string]*turn{r.reads, r.looks} {
		for _, t := range all {
			consider(t)
		}
	}
	return max(wait, leastWait)
}

// heat notes that a tenant was told something.
func (e *Engine) heat(id string) {
	e.mu.Lock()
	e.hot[id] = true
	e.mu.Unlock()
}

// cool reports whether a tenant was told something since it was last asked.
func (e *Engine) cool(id string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	hot := e.hot[id]
	delete(e.hot, id)
	return hot
}

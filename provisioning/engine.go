package provisioning

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"github.com/joinery-iam/joinery/internal/id"
)

// Engine provisions for any number of tenants on one store. Make one with [New].
type Engine struct {
	cfg Config
	ids id.Source

	mu      sync.Mutex // guards what is below
	tenants map[string]*Tenant
	loads   map[string]int  // how often tenants were to be reloaded
	hot     map[string]bool // tenants that were told something
	told    chan struct{}   // hot has become larger
}

// New returns an engine. It touches neither the store nor any system yet. The
// error names everything that is wrong with cfg.
func New(cfg Config) (*Engine, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Engine{cfg: cfg, tenants: map[string]*Tenant{}, loads: map[string]int{}, hot: map[string]bool{}, told: make(chan struct{}, 1)}, nil
}

// Tenant returns a tenant, configured on first use. The name is the caller's
// own; it must not be empty or longer than 200 bytes. An error of Config.Tenant
// is not remembered: the next call asks again.
func (e *Engine) Tenant(ctx context.Context, id string) (*Tenant, error) {
	if id == "" || len(id) > 200 || !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl) {
		return nil, fmt.Errorf("tenant %q: want a name of 1 to 200 bytes of UTF-8 without control characters", id)
	}
	for {
		e.mu.Lock()
		t, loaded := e.tenants[id], e.loads[id]
		e.mu.Unlock()
		if t != nil {
			return t, nil
		}
		cfg, err := e.cfg.Tenant(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("tenant %s: %w", id, err)
		}
		if cfg, err = cfg.withDefaults(e.cfg.Lease); err != nil {
			return nil, fmt.Errorf("tenant %s: %w", id, err)
		}
		if t := e.keep(id, cfg, loaded); t != nil {
			return t, nil
		}
	}
}

// keep makes a tenant of a configuration, unless somebody was faster, or the
// configuration was reloaded meanwhile: then it returns nil.
func (e *Engine) keep(id string, cfg TenantConfig, loaded int) *Tenant {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.tenants[id] != nil:
	case e.loads[id] != loaded:
		return nil
	default:
		e.tenants[id] = newTenant(e, id, cfg)
	}
	return e.tenants[id]
}

// Reload makes the engine ask Config.Tenant again when the tenant is next used.
// A [Tenant] that is held elsewhere keeps the configuration it has.
func (e *Engine) Reload(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.tenants, id)
	e.loads[id]++
}

// Drain drains every tenant that the store knows, some at a time, and returns
// the earliest of their next instants; see [Tenant.Drain]. One tenant's error
// does not keep the others from their turn; all are joined.
func (e *Engine) Drain(ctx context.Context) (next time.Time, err error) {
	ids, err := e.cfg.Store.Backend().Tenants(ctx)
	if err != nil {
		return time.Time{}, err
	}
	const atATime = 8
	var (
		mu   sync.Mutex
		errs []error
		all  errgroup.Group
	)
	all.SetLimit(atATime)
	for _, id := range ids {
		all.Go(func() error {
			at, err := e.drainTenant(ctx, id)
			mu.Lock()
			defer mu.Unlock()
			next = sooner(next, at)
			errs = append(errs, err)
			return nil // one tenant's error must not stop another
		})
	}
	_ = all.Wait() // the functions return no error
	return next, errors.Join(errs...)
}

func (e *Engine) drainTenant(ctx context.Context, id string) (time.Time, error) {
	t, err := e.Tenant(ctx, id)
	if err != nil {
		return time.Time{}, err
	}
	return t.Drain(ctx)
}

// sooner returns the earlier of two instants, where zero means none.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

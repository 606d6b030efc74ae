package memory

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/joinery-iam/joinery/connector"
)

// Config says what a [System] is like. The zero value is a system that can do
// everything and accepts any entitlement.
type Config struct {
	// CaseSensitive makes names that differ only in case different names. By
	// default they are the same name, as in most directories.
	CaseSensitive bool
	// Entitlements are the entitlements there are. If it is empty, the system
	// accepts every entitlement that is asked for, and its catalogue lists those
	// which somebody holds.
	Entitlements []connector.Entitlement
	// Product is what Describe calls the system. Defaults to "memory".
	Product string
	// Scope is what Describe states as the scope of conflicts.
	Scope connector.Scope
	// VisibilityLag is what Describe states. It delays nothing: see [Delay].
	VisibilityLag time.Duration
	// Without names kinds of operation that this instance refuses with
	// errors.ErrUnsupported. Describe states them.
	Without []connector.Kind
}

// System is a target system in memory. It is safe for concurrent use and must be
// made by [New]. What it returns belongs to the caller.
type System struct {
	config Config

	mu       sync.Mutex
	accounts table
	stale    map[string]*stale // by account id, while a delayed change is not visible
	faults   []*armedFault
	log      []Call
	attempts map[string]int    // by operation key
	version  int               // of the last change, for entity tags
	sessions map[string]int    // that are open, by account id
	ended    map[string]int    // how often they were
	owners   map[string]string // account ids, by what they own
}

var (
	_ connector.Connector    = (*System)(nil)
	_ connector.Suspender    = (*System)(nil)
	_ connector.Deleter      = (*System)(nil)
	_ connector.SessionEnder = (*System)(nil)
	_ connector.Transferrer  = (*System)(nil)
	_ connector.Entitler     = (*System)(nil)
	_ connector.Lister       = (*System)(nil)
	_ connector.Catalog      = (*System)(nil)
	_ connector.Checker      = (*System)(nil)
	_ connector.Describer    = (*System)(nil)
)

// New returns an empty system.
func New(cfg Config) *System {
	if cfg.Product == "" {
		cfg.Product = "memory"
	}
	cfg.Entitlements = slices.Clone(cfg.Entitlements)
	slices.SortFunc(cfg.Entitlements, connector.Entitlement.Compare)
	cfg.Entitlements = slices.Compact(cfg.Entitlements)
	cfg.Without = slices.Clone(cfg.Without)
	fold := strings.ToLower
	if cfg.CaseSensitive {
		fold = strings.Clone
	}
	return &System{
		config:   cfg,
		accounts: newTable(fold),
		stale:    map[string]*stale{},
		attempts: map[string]int{},
		sessions: map[string]int{},
		ended:    map[string]int{},
		owners:   map[string]string{},
	}
}

// Describe states what the configuration says. It meets no faults and is not
// logged.
func (s *System) Describe(ctx context.Context) (connector.Description, error) {
	if err := ctx.Err(); err != nil {
		return connector.Description{}, connector.NotSent(err)
	}
	return connector.Description{
		Without:       slices.Clone(s.config.Without),
		Scope:         s.config.Scope,
		VisibilityLag: s.config.VisibilityLag,
		Product:       s.config.Product,
	}, nil
}

package provisioning

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Tenant is one organisation on an engine: its people, policy and systems. No
// method sees another tenant. Get one from [Engine.Tenant].
type Tenant struct {
	id      string
	engine  *Engine
	cfg     TenantConfig
	backend state.Backend
	targets map[string]*target
	rules   *atomic.Pointer[rules] // nil as long as it is not known what is in force
	news    chan struct{}          // something was ingested
	feeding *sync.Mutex            // sinks
}

func newTenant(e *Engine, id string, cfg TenantConfig) *Tenant {
	t := &Tenant{id: id, engine: e, cfg: cfg, backend: e.cfg.Store.Backend(), targets: map[string]*target{}, rules: &atomic.Pointer[rules]{}, news: make(chan struct{}, 1), feeding: &sync.Mutex{}}
	for name, s := range cfg.Systems {
		t.targets[name] = &target{
			name: name, System: s, apply: connector.Apply(s.Connector, e.cfg.Interceptors...), locks: map[string]*entitlementLock{},
			backlog: newBacklog(),
		}
	}
	return t
}

// ID returns the tenant's name.
func (t *Tenant) ID() string { return t.id }

// now is business time, as precise as it is stored.
func (t *Tenant) now() time.Time { return t.engine.cfg.Now().UTC().Truncate(time.Microsecond) }

// wall is the time of leases and back-off.
func wall() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// versionWith identifies everything that decisions depend on but the facts: a policy, how
// far the engine may go in each system, what is protected there and what waits for
// windows, and what dates and absence mean.
func (t *Tenant) versionWith(policy string) string {
	parts := []string{policy}
	for _, name := range slices.Sorted(maps.Keys(t.cfg.Systems)) {
		s := t.cfg.Systems[name]
		parts = append(parts, name+":"+cmp.Or(string(s.Mode), "reportOnly"))
		if s.protects() {
			digest := sum(fmt.Appendf(nil, "%q %q", slices.Sorted(slices.Values(s.Protected)), slices.Sorted(slices.Values(s.ProtectedEntitlements))))
			parts = append(parts, fmt.Sprintf("%s:protected:%x", name, digest[:4]))
		}
		if s.DeleteAfter > 0 {
			parts = append(parts, name+":delete:"+s.DeleteAfter.String())
		}
		if s.Handover.To == ToManagers {
			parts = append(parts, name+":handover")
		}
		if batch := s.Batch.version(); batch != "" {
			digest := sum([]byte(batch))
			parts = append(parts, fmt.Sprintf("%s:batch:%x", name, digest[:4]))
		}
	}
	if zone := t.cfg.Zone.String(); zone != "UTC" {
		parts = append(parts, "zone:"+zone)
	}
	if t.cfg.EndsWith != hrsource.EndsWithEmployment {
		parts = append(parts, "ends:"+string(t.cfg.EndsWith))
	}
	for _, s := range t.cfg.Sources {
		if s.EndMissingAfter > 0 {
			parts = append(parts, fmt.Sprintf("missing:%s:%s", s.Name(), s.EndMissingAfter))
		}
	}
	return strings.Join(parts, "+")
}

// write keeps an audit entry in the transaction of the step it tells of.
func (t *Tenant) write(tx state.Tx, e audit.Entry) error {
	e.ID, e.Tenant, e.At = t.engine.ids.New(), t.id, t.now()
	// An entry that is too long to be sealed would undo the step it tells of.
	for _, text := range []*string{&e.Before, &e.After, &e.Note, &e.Error} {
		*text = bound(*text)
	}
	e.Reasons = e.Reasons[:min(len(e.Reasons), maxReasons)]
	sealed, err := e.Seal()
	if err != nil {
		return err
	}
	return tx.Write(sealed, e.Person)
}

// The longest text and the most reasons that an audit entry holds.
const (
	maxText    = 100 << 10
	maxReasons = 200
)

// bound cuts a text off that is too long for an audit entry, and says so.
func bound(s string) string {
	if len(s) <= maxText {
		return s
	}
	return fmt.Sprintf("%s… (%d bytes in all)", strings.ToValidUTF8(s[:maxText], ""), len(s))
}

// openRun starts a run.
func (t *Tenant) openRun(tx state.Tx, kind, cause string, st state.RunState) (state.Run, error) {
	run := state.Run{ID: t.engine.ids.New(), Kind: kind, Cause: cause, State: st, OpenedAt: t.now()}
	return run, tx.PutRun(run)
}

// touch makes a person due for a look because of an event, for a run: before all
// others if it is urgent. Without a run it is as if a timer had come due.
func (t *Tenant) touch(tx state.Tx, person, run, event string, urgent bool) error {
	p, err := tx.LockPerson(person)
	if err != nil {
		return err
	}
	now := t.now()
	if run == "" && p.Run != "" && !p.DueAt.After(now) {
		return nil // a run wants the look already
	}
	p.Revision++
	p.Resting, p.RestsUntil = false, time.Time{}
	p.DueAt, p.Run, p.Event, p.EventAt, p.ReceivedAt = now, run, event, now, now
	if urgent {
		p.DueAt = time.Unix(1, 0).UTC() // the queue is sorted by it
	}
	return tx.PutPerson(p)
}

// Actor is who answers or approves: a name the host has authenticated.
type Actor string

func (a Actor) check() error {
	if strings.TrimSpace(string(a)) == "" || len(a) > 200 {
		return fmt.Errorf("actor %q: want a name of 1 to 200 bytes", string(a))
	}
	return nil
}

// Checked says what a look at a system gave.
type Checked struct {
	System string
	// Err is nil if the system answered.
	Err error
}

// Check looks whether the systems answer, without changing anything. Systems
// whose connector is no [connector.Checker] are left out. It is sorted by system.
func (t *Tenant) Check(ctx context.Context) []Checked {
	var out []Checked
	for _, name := range slices.Sorted(maps.Keys(t.targets)) {
		if c, ok := t.targets[name].Connector.(connector.Checker); ok {
			out = append(out, Checked{name, c.Check(ctx)})
		}
	}
	return out
}

package provisioning

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Guard limits what may be taken away, and what is sensitive of what may be given, for
// each system by itself and for disables, revokes and sensitive grants by themselves,
// in a sliding window of business time.
// A run that would pass a limit is held as a whole, before any of it acts, and
// asks a person. What was released by a person still counts in the window.
type Guard struct {
	// Percent of a system's active accounts that may lose something in the
	// window. Defaults to 10.
	Percent float64
	// MinPopulation is the number of active accounts from which Percent applies:
	// in a company of five, one leaver is 20 %. A smaller system is treated as if
	// it had that many. Defaults to 50.
	MinPopulation int
	// Max is the number of removals that no run may pass, whatever the
	// percentage. Zero means no such limit.
	Max int
	// Urgent is the number of urgent removals in the window that pass even if the
	// run which they are part of is held, so that one person's immediate
	// termination never waits for another's mass change. They count in the window
	// like others. Defaults to 10, and is never more than Max; NoUrgent means none.
	Urgent int
	// Window is how far back removals count. Defaults to 24 hours.
	Window time.Duration
	// Sensitive are entitlements of which not many are given at once unless a person
	// says so: each system:kind/name, such as directory:group/admins, or the beginning of
	// that with * at its end. Defaults to none.
	Sensitive []string
	// MaxSensitive is the number of grants of sensitive entitlements in the window, in
	// each system, that no run may pass; a run that would is held like one which takes too
	// much away. Only what is judged after an entitlement was listed counts. Defaults to 5;
	// NoSensitive means none.
	MaxSensitive int
	// MaxWeight is the limit of all that a system loses, and is given that is sensitive,
	// together in the window, each by its weight: of much of both, neither may be too much
	// by itself. Zero means no such limit.
	MaxWeight int
	// Weights are what MaxWeight counts by.
	Weights Weights
	// ReleaseFor is how long what a person released by answering a case may act. What
	// has not acted by then is judged again, and what it let pass stays counted in the
	// window. Defaults to 24 hours. Business time.
	ReleaseFor time.Duration
}

// Weights say how much worse one thing is than another. The zero Weights mean 10, 5, 1 and
// 5.
type Weights struct {
	Delete    int // an account that is deleted
	Disable   int // an account that is disabled
	Revoke    int // somebody who loses entitlements in a system
	Sensitive int // the grant of a sensitive entitlement
}

func (w Weights) of(kind string) int {
	switch kind {
	case string(connector.Delete):
		return w.Delete
	case string(connector.Disable):
		return w.Disable
	case kindSensitive:
		return w.Sensitive
	}
	return w.Revoke
}

// NoUrgent as a guard's Urgent, and NoSensitive as its MaxSensitive, let nothing pass
// by itself.
const (
	NoUrgent    = -1
	NoSensitive = -1
)

func (g Guard) withDefaults() (Guard, error) {
	g.Percent = cmp.Or(g.Percent, 10)
	g.MinPopulation = cmp.Or(g.MinPopulation, 50)
	g.Urgent = cmp.Or(g.Urgent, 10)
	g.Window = cmp.Or(g.Window, 24*time.Hour)
	g.ReleaseFor = cmp.Or(g.ReleaseFor, 24*time.Hour)
	g.MaxSensitive = cmp.Or(g.MaxSensitive, 5)
	if g.Weights == (Weights{}) {
		g.Weights = Weights{Delete: 10, Disable: 5, Revoke: 1, Sensitive: 5}
	}
	if g.MaxWeight < 0 || g.Weights.Delete < 0 || g.Weights.Disable < 0 || g.Weights.Revoke < 0 || g.Weights.Sensitive < 0 {
		return g, errors.New("guard: want no weight that is negative")
	}
	if g.Percent < 0 || g.Percent > 100 || g.MinPopulation < 0 || g.Max < 0 || g.Urgent < NoUrgent || g.Window < 0 || g.ReleaseFor < 0 || g.MaxSensitive < NoSensitive {
		return g, errors.New("guard: want Percent from 0 to 100 and nothing negative but NoUrgent and NoSensitive")
	}
	g.Urgent, g.MaxSensitive = max(g.Urgent, 0), max(g.MaxSensitive, 0)
	if g.Max > 0 {
		g.Urgent = min(g.Urgent, g.Max)
	}
	return g, nil
}

// ofSystem is withDefaults for the guard of one system.
func (g Guard) ofSystem() (Guard, error) {
	if g.Urgent != 0 || g.ReleaseFor != 0 || len(g.Sensitive) > 0 {
		return g, errors.New("guard: Urgent, ReleaseFor and Sensitive are the tenant's alone")
	}
	return g.withDefaults()
}

// limit returns how many removals a system with a population bears, and why.
func (g Guard) limit(population int) (int, string) {
	base := max(population, g.MinPopulation)
	n := int(math.Floor(float64(base) * g.Percent / 100))
	why := fmt.Sprintf("%g%% of %d", g.Percent, base)
	if g.Max > 0 && g.Max < n {
		return g.Max, "the absolute limit"
	}
	return n, why
}

// breach is one limit that a run would pass.
type breach struct {
	System     string `json:"system"`
	Kind       string `json:"kind"`
	Wanted     int    `json:"wanted"`
	InWindow   int    `json:"inWindow"`
	Population int    `json:"population"`
	Limit      int    `json:"limit"`
	Basis      string `json:"basis"`
}

func (b breach) String() string {
	if b.Kind == kindTogether {
		return fmt.Sprintf("%s: all of it together weighs %d, after %d already in the window; %d may (%s)", b.System, b.Wanted, b.InWindow, b.Limit, b.Basis)
	}
	s := fmt.Sprintf("%s: %d of %d would be hit by %s", b.System, b.Wanted, b.Population, b.Kind)
	if b.Kind == kindSensitive {
		s = fmt.Sprintf("%s: %d grants of sensitive entitlements", b.System, b.Wanted)
	}
	if b.InWindow > 0 {
		s += fmt.Sprintf(", after %d already in the window", b.InWindow)
	}
	return s + fmt.Sprintf("; %d may (%s)", b.Limit, b.Basis)
}

// counted is what is counted by itself.
type counted struct{ system, kind string }

// window is how much of each was let through of late.
type window map[counted]int

// guardOf returns the guard of a system.
func (t *Tenant) guardOf(system string) Guard {
	if own := t.cfg.Systems[system].Guard; own != nil {
		return *own
	}
	return t.cfg.Guard
}

// windowAt sums what was let through before an instant, of each system as far back as
// its guard looks.
func (t *Tenant) windowAt(tx state.Tx, at time.Time) (window, error) {
	spans := []time.Duration{t.cfg.Guard.Window}
	for name := range t.cfg.Systems {
		spans = append(spans, t.guardOf(name).Window)
	}
	slices.Sort(spans)
	before := window{}
	for _, span := range slices.Compact(spans) {
		reserved, err := tx.Reserved(at.Add(-span))
		if err != nil {
			return nil, err
		}
		for _, c := range reserved {
			if t.guardOf(c.System).Window == span {
				before[counted{c.System, c.Kind}] += c.N
			}
		}
	}
	return before, nil
}

// breaches compares what a run would take away, or give, on top of the window, with
// the limits.
func (t *Tenant) breaches(tx state.Tx, counts []state.Count, before window) ([]breach, error) {
	wanted := window{}
	for _, c := range counts {
		if t.forbids(t.cfg.Systems[c.System].Mode, c.Kind != kindSensitive) == "" {
			wanted[counted{c.System, c.Kind}] += c.N
		}
	}
	breaches := t.tooHeavy(wanted, before)
	for k, n := range wanted {
		b := breach{System: k.system, Kind: k.kind, Wanted: n, InWindow: before[k]}
		guard := t.guardOf(k.system)
		if k.kind == kindSensitive {
			b.Limit, b.Basis = guard.MaxSensitive, "the limit of those"
		} else {
			var err error
			if b.Population, err = t.population(tx, k.system, before); err != nil {
				return nil, err
			}
			b.Limit, b.Basis = guard.limit(b.Population)
		}
		if n+b.InWindow > b.Limit {
			breaches = append(breaches, b)
		}
	}
	slices.SortFunc(breaches, func(a, b breach) int {
		return cmp.Or(cmp.Compare(a.System, b.System), cmp.Compare(a.Kind, b.Kind))
	})
	return breaches, nil
}

// kindTogether is of a breach that is about all kinds.
const kindTogether = "all"

// tooHeavy compares what is wanted in each system, by its weight, with the limit of that.
func (t *Tenant) tooHeavy(wanted, before window) (breaches []breach) {
	bySystem := map[string]breach{}
	for k, n := range wanted {
		b, guard := bySystem[k.system], t.guardOf(k.system)
		b.System, b.Kind, b.Limit = k.system, kindTogether, guard.MaxWeight
		b.Wanted += n * guard.Weights.of(k.kind)
		b.Basis = fmt.Sprintf("%d for each delete, %d for each disable, %d for each revoke, %d for each sensitive grant", guard.Weights.Delete, guard.Weights.Disable, guard.Weights.Revoke, guard.Weights.Sensitive)
		bySystem[k.system] = b
	}
	for k, n := range before {
		if b, ok := bySystem[k.system]; ok {
			b.InWindow += n * t.guardOf(k.system).Weights.of(k.kind)
			bySystem[k.system] = b
		}
	}
	for _, b := range bySystem {
		if b.Limit > 0 && b.Wanted+b.InWindow > b.Limit {
			breaches = append(breaches, b)
		}
	}
	return breaches
}

// population counts the accounts of a system that a percentage is meant of: those
// already disabled in the window were part of it. Those still to be are part of it
// anyhow.
func (t *Tenant) population(tx state.Tx, system string, before window) (int, error) {
	population, err := tx.Population(system)
	gone := before[counted{system, "disable"}]
	if err != nil || gone == 0 {
		return population, err
	}
	pending, err := tx.Removing(system, "disable")
	return population + max(0, gone-pending), err
}

package provisioning

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// part returns how many of some a percentage is, from a least number on, and why; never
// more than most, unless that is zero.
func part(percent float64, of, least, most int) (int, string) {
	base := max(of, least)
	n := int(math.Floor(float64(base) * percent / 100))
	if most > 0 && most < n {
		return most, "the absolute limit"
	}
	return n, fmt.Sprintf("%g%% of %d", percent, base)
}

// limit returns how many removals a system with a population bears, and why.
func (g Guard) limit(population int) (int, string) {
	return part(g.Percent, population, g.MinPopulation, g.Max)
}

// limit returns how many of the holders of an entitlement may lose it, and why.
func (h HolderLimit) limit(holders int) (int, string) {
	return part(h.Percent, holders, h.Min, h.Max)
}

// breach is one limit that a run would pass.
type breach struct {
	System      string `json:"system"`
	Kind        string `json:"kind"`
	Entitlement string `json:"entitlement,omitempty"` // kind/name, if it is about one alone
	Own         bool   `json:"own,omitempty"`         // it is the limit of the system's own guard
	Wanted      int    `json:"wanted"`
	InWindow    int    `json:"inWindow"`
	Population  int    `json:"population"`
	Limit       int    `json:"limit"`
	Basis       string `json:"basis"`
}

func (b breach) String() string {
	var s string
	switch {
	case b.Kind == kindTogether:
		return fmt.Sprintf("%s: all of it together weighs %d, after %d already in the window; %d may (%s)", b.System, b.Wanted, b.InWindow, b.Limit, b.Basis)
	case b.Kind == kindSensitive:
		s = fmt.Sprintf("%s: %d grants of sensitive entitlements", b.System, b.Wanted)
	case b.Kind == kindUpdate:
		s = fmt.Sprintf("%s: %d of %d would be changed", b.System, b.Wanted, b.Population)
	case b.Entitlement != "":
		s = fmt.Sprintf("%s: %d of %d would lose %s", b.System, b.Wanted, b.Population, b.Entitlement)
	default:
		s = fmt.Sprintf("%s: %d of %d would be hit by %s", b.System, b.Wanted, b.Population, b.Kind)
	}
	if b.InWindow > 0 {
		s += fmt.Sprintf(", after %d already in the window", b.InWindow)
	}
	return s + fmt.Sprintf("; %d may (%s)", b.Limit, b.Basis)
}

// beyond is how much more it is than may be.
func (b breach) beyond() int { return b.Wanted + b.InWindow - b.Limit }

// counted is what is counted by itself.
type counted struct{ system, kind, key string }

// window is how much of each was let through of late.
type window map[counted]int

// windows are those of all guards, by how far back they look.
type windows map[time.Duration]window

// windowsAt sums what was let through before an instant.
func (t *Tenant) windowsAt(tx state.Tx, at time.Time) (windows, error) {
	before := windows{t.cfg.Guard.Window: {}}
	for name := range t.cfg.Systems {
		for _, guard := range t.guardsOf(name) {
			before[guard.Window] = window{}
		}
	}
	for span, sums := range before {
		reserved, err := tx.Reserved(at.Add(-span))
		if err != nil {
			return nil, err
		}
		for _, c := range reserved {
			sums[counted{c.System, c.Kind, c.Key}] += c.N
		}
	}
	return before, nil
}

// breaches compares what a run would take away, give or change, on top of the windows, with
// the limits. Of two guards the tighter one is told.
func (t *Tenant) breaches(tx state.Tx, counts []state.Count, before windows) ([]breach, error) {
	wanted, systems := window{}, map[string]bool{}
	for _, c := range counts {
		if t.forbids(t.cfg.Systems[c.System].Mode, c.Kind != kindSensitive && c.Kind != kindUpdate) == "" {
			wanted[counted{c.System, c.Kind, c.Key}] += c.N
			systems[c.System] = true
		}
	}
	tightest := map[counted]breach{}
	consider := func(b breach) {
		k := counted{b.System, b.Kind, b.Entitlement}
		if was, ok := tightest[k]; b.beyond() > 0 && (!ok || b.beyond() > was.beyond()) {
			tightest[k] = b
		}
	}
	for system := range systems {
		for i, guard := range t.guardsOf(system) {
			b := guard.together(system, wanted, before[guard.Window])
			b.Own = i > 0
			consider(b)
		}
	}
	for k, n := range wanted {
		for i, guard := range t.guardsOf(k.system) {
			b := breach{System: k.system, Kind: k.kind, Entitlement: k.key, Own: i > 0, Wanted: n, InWindow: before[guard.Window][k]}
			if err := t.limit(tx, guard, &b, before[guard.Window]); err != nil {
				return nil, err
			}
			consider(b)
		}
	}
	var breaches []breach
	for _, b := range tightest {
		breaches = append(breaches, b)
	}
	slices.SortFunc(breaches, func(a, b breach) int {
		return cmp.Or(cmp.Compare(a.System, b.System), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Entitlement, b.Entitlement))
	})
	return breaches, nil
}

// limit says what a guard's limit is for something that a run wants.
func (t *Tenant) limit(tx state.Tx, guard Guard, b *breach, before window) (err error) {
	b.Limit = math.MaxInt
	switch {
	case b.Kind == kindSensitive:
		b.Limit, b.Basis = guard.MaxSensitive, "the limit of those"
	case b.Kind == kindUpdate && guard.UpdatePercent == 0:
	case b.Kind == kindUpdate:
		if b.Population, err = t.population(tx, b.System, before); err == nil {
			b.Limit, b.Basis = part(guard.UpdatePercent, b.Population, guard.MinPopulation, 0)
		}
	case b.Entitlement != "":
		if least, _ := guard.Holders.limit(0); b.Wanted+b.InWindow <= least {
			return nil // however many hold it
		}
		if b.Population, err = t.holders(tx, b.System, b.Entitlement, before); err == nil {
			b.Limit, b.Basis = guard.Holders.limit(b.Population)
		}
	default:
		if b.Population, err = t.population(tx, b.System, before); err == nil {
			b.Limit, b.Basis = guard.limit(b.Population)
		}
	}
	return err
}

// kindTogether is of a breach that is about all kinds.
const kindTogether = "all"

// together compares what is wanted in a system, by its weight, with the limit of that.
func (g Guard) together(system string, wanted, before window) breach {
	b := breach{System: system, Kind: kindTogether, Limit: cmp.Or(g.MaxWeight, math.MaxInt)}
	b.Basis = fmt.Sprintf("%d for each delete, %d for each disable, %d for each revoke, %d for each sensitive grant", g.Weights.Delete, g.Weights.Disable, g.Weights.Revoke, g.Weights.Sensitive)
	for k, n := range wanted {
		if k.system == system {
			b.Wanted += n * g.Weights.of(k)
		}
	}
	for k, n := range before {
		if k.system == system {
			b.InWindow += n * g.Weights.of(k)
		}
	}
	return b
}

// population counts the accounts of a system that a percentage is meant of: those
// already disabled in the window were part of it. Those still to be are part of it
// anyhow.
func (t *Tenant) population(tx state.Tx, system string, before window) (int, error) {
	population, err := tx.Population(system)
	if err != nil {
		return 0, err
	}
	gone, err := t.goneOf(tx, counted{system, string(connector.Disable), ""}, before)
	return population + gone, err
}

// holders counts those who hold an entitlement, likewise.
func (t *Tenant) holders(tx state.Tx, system, key string, before window) (int, error) {
	holders, err := tx.Holding(system, key)
	if err != nil {
		return 0, err
	}
	gone, err := t.goneOf(tx, counted{system, string(connector.Revoke), key}, before)
	return holders + gone, err
}

// goneOf counts what was let through in the window and is done.
func (t *Tenant) goneOf(tx state.Tx, k counted, before window) (int, error) {
	if before[k] == 0 {
		return 0, nil
	}
	pending, err := tx.Removing(k.system, k.kind, k.key)
	return max(0, before[k]-pending), err
}

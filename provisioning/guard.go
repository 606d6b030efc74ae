package provisioning

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// kindUrgent counts, in the guard's window, people whose urgent removals were
// let through by themselves.
const kindUrgent = "urgent"

// Guard limits what may be taken away, for each system by itself and for
// disables and revokes by themselves, in a sliding window of business time.
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
	// ReleaseFor is how long what a person released by answering a case may act. What
	// has not acted by then is judged again, and what it let pass stays counted in the
	// window. Defaults to 24 hours. Business time.
	ReleaseFor time.Duration
}

// NoUrgent as a guard's Urgent lets nothing pass by itself.
const NoUrgent = -1

func (g Guard) withDefaults() (Guard, error) {
	g.Percent = cmp.Or(g.Percent, 10)
	g.MinPopulation = cmp.Or(g.MinPopulation, 50)
	g.Urgent = cmp.Or(g.Urgent, 10)
	g.Window = cmp.Or(g.Window, 24*time.Hour)
	g.ReleaseFor = cmp.Or(g.ReleaseFor, 24*time.Hour)
	if g.Percent < 0 || g.Percent > 100 || g.MinPopulation < 0 || g.Max < 0 || g.Urgent < NoUrgent || g.Window < 0 || g.ReleaseFor < 0 {
		return g, errors.New("guard: want Percent from 0 to 100 and nothing negative but NoUrgent")
	}
	g.Urgent = max(g.Urgent, 0)
	if g.Max > 0 {
		g.Urgent = min(g.Urgent, g.Max)
	}
	return g, nil
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
	s := fmt.Sprintf("%s: %d of %d would be hit by %s", b.System, b.Wanted, b.Population, b.Kind)
	if b.InWindow > 0 {
		s += fmt.Sprintf(", after %d already in the window", b.InWindow)
	}
	return s + fmt.Sprintf("; %d may (%s)", b.Limit, b.Basis)
}

// breaches compares what a run would take away, on top of the window, with the
// limits.
func (t *Tenant) breaches(tx state.Tx, counts, reserved []state.Count) ([]breach, error) {
	type key struct{ system, kind string }
	wanted, before := map[key]int{}, map[key]int{}
	for _, c := range counts {
		if t.cfg.Systems[c.System].Mode == Managed { // elsewhere nothing is taken away
			wanted[key{c.System, c.Kind}] += c.N
		}
	}
	for _, c := range reserved {
		before[key{c.System, c.Kind}] += c.N
	}
	var breaches []breach
	for k, n := range wanted {
		population, err := tx.Population(k.system)
		if err != nil {
			return nil, err
		}
		// Those already disabled in the window were part of the population that
		// the percentage is meant of. Those still to be are part of it anyhow.
		if gone := before[key{k.system, "disable"}]; gone > 0 {
			pending, err := tx.Removing(k.system, "disable")
			if err != nil {
				return nil, err
			}
			population += max(0, gone-pending)
		}
		limit, basis := t.cfg.Guard.limit(population)
		if n+before[k] > limit {
			breaches = append(breaches, breach{k.system, k.kind, n, before[k], population, limit, basis})
		}
	}
	slices.SortFunc(breaches, func(a, b breach) int {
		return cmp.Or(cmp.Compare(a.System, b.System), cmp.Compare(a.Kind, b.Kind))
	})
	return breaches, nil
}

// passUrgent releases the urgent removals of a run one by one, as far as their
// own limit goes, and returns the counts of what is left to be judged.
func (t *Tenant) passUrgent(tx state.Tx, run state.Run, counts, reserved []state.Count) ([]state.Count, error) {
	urgent, used := 0, 0
	for _, c := range counts {
		if c.Lane == state.LaneImmediate {
			urgent += c.N
		}
	}
	for _, c := range reserved {
		if c.Kind == kindUrgent {
			used += c.N
		}
	}
	if urgent == 0 {
		return counts, nil
	}
	var pass []state.Item
	people := map[string]bool{}
	err := eachOpenItem(tx, run.ID, func(it state.Item) error {
		if it.Lane == state.LaneImmediate && it.Removes != "" && !it.Released && it.State != state.ItemWaiting {
			// The cap is on people: half a termination would help nobody.
			if !people[it.Person] && len(people)+used >= t.cfg.Guard.Urgent {
				return nil
			}
			people[it.Person] = true
			pass = append(pass, it)
		}
		return nil
	})
	if err != nil || len(pass) == 0 {
		return counts, err
	}
	if err := tx.Release(pass); err != nil {
		return nil, err
	}
	reserve := append(removals(pass), state.Count{System: "", Kind: kindUrgent, Lane: state.LaneImmediate, N: len(people)})
	if err := tx.Reserve(run.ID, run.SealedAt, reserve); err != nil {
		return nil, err
	}
	return tx.Removals(run.ID)
}

// eachOpenItem calls fn for the items of a run that are not settled, or of all
// runs.
func eachOpenItem(tx state.Tx, run string, fn func(state.Item) error) error {
	const page = 500
	var after state.Item
	for {
		items, err := tx.OpenItems(run, after, page)
		if err != nil {
			return err
		}
		for _, it := range items {
			if err := fn(it); err != nil {
				return err
			}
		}
		if len(items) < page {
			return nil
		}
		after = items[len(items)-1]
	}
}

package provisioning

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/audit"
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
	// termination never waits for another's mass change. Defaults to 10.
	Urgent int
	// Window is how far back removals count. Defaults to 24 hours.
	Window time.Duration
}

func (g Guard) withDefaults() (Guard, error) {
	g.Percent = cmp.Or(g.Percent, 10)
	g.MinPopulation = cmp.Or(g.MinPopulation, 50)
	g.Urgent = cmp.Or(g.Urgent, 10)
	g.Window = cmp.Or(g.Window, 24*time.Hour)
	if g.Percent < 0 || g.Percent > 100 || g.MinPopulation < 0 || g.Max < 0 || g.Urgent < 0 || g.Window < 0 {
		return g, errors.New("guard: want Percent from 0 to 100 and nothing negative")
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

// judge seals every run whose people are all decided, and releases or holds it.
// It returns how many it judged.
func (t *Tenant) judge(ctx context.Context) (int, error) {
	n, open := 0, 0
	err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
		deciding, err := tx.RunsIn(state.RunDeciding)
		if err != nil {
			return err
		}
		held, err := tx.RunsIn(state.RunHeld)
		open = len(deciding) + len(held)
		return err
	})
	if err != nil || open == 0 {
		return 0, err
	}
	err = t.backend.Update(ctx, t.id, func(tx state.Tx) error {
		n = 0
		runs, err := tx.RunsIn(state.RunDeciding)
		if err != nil {
			return err
		}
		for _, run := range runs {
			waiting, err := tx.CountDue(run.ID)
			if err != nil {
				return err
			}
			if waiting > 0 {
				continue
			}
			if err := t.judgeRun(tx, run); err != nil {
				return err
			}
			n++
		}
		return t.forgetHeld(tx)
	})
	return n, err
}

// forgetHeld closes held runs of which nothing is left, because what they wanted
// was done otherwise or is not wanted any more.
func (t *Tenant) forgetHeld(tx state.Tx) error {
	held, err := tx.RunsIn(state.RunHeld)
	if err != nil {
		return err
	}
	for _, run := range held {
		items, err := tx.OpenItems(run.ID, state.Item{}, 1)
		if err != nil {
			return err
		}
		if len(items) > 0 {
			continue
		}
		run.State, run.Note = state.RunReleased, "nothing was left of it"
		if err := tx.PutRun(run); err != nil {
			return err
		}
		if err := t.close(tx, CaseGuard, run.ID, run.Note); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tenant) judgeRun(tx state.Tx, run state.Run) error {
	run.SealedAt = t.now()
	counts, err := tx.Removals(run.ID)
	if err != nil {
		return err
	}
	reserved, err := tx.Reserved(run.SealedAt.Add(-t.cfg.Guard.Window))
	if err != nil {
		return err
	}
	if counts, err = t.passUrgent(tx, run, counts, reserved); err != nil {
		return err
	}
	breaches, err := t.breaches(tx, counts, reserved)
	if err != nil {
		return err
	}
	items, err := tx.OpenItems(run.ID, state.Item{}, 1)
	if err != nil {
		return err
	}
	switch {
	case len(breaches) > 0:
		words := make([]string, len(breaches))
		for i, b := range breaches {
			words[i] = b.String()
		}
		run.State, run.Note = state.RunHeld, strings.Join(words, "; ")
		body, err := json.Marshal(breaches)
		if err != nil {
			return err
		}
		if err := t.ask(tx, state.Case{
			Kind: CaseGuard, Subject: run.ID, Run: run.ID, Body: body,
			Question: fmt.Sprintf("%s %s takes away too much: %s. Release it?", run.Kind, run.Cause, run.Note),
			Choices:  []string{ChoiceRelease, ChoiceHold}, Default: ChoiceHold,
		}); err != nil {
			return err
		}
	case t.cfg.Review && len(items) > 0:
		run.State, run.Note = state.RunHeld, "waits for review"
	default:
		run.State, run.Note = state.RunReleased, ""
		if err := tx.Reserve(run.ID, run.SealedAt, counts); err != nil {
			return err
		}
	}
	if err := tx.PutRun(run); err != nil {
		return err
	}
	if len(items) == 0 && run.State == state.RunReleased {
		return nil // nothing was to be done: not worth an entry
	}
	return t.write(tx, audit.Entry{Event: audit.EventRun, Run: run.ID, Outcome: string(run.State), Note: run.Note, Trigger: audit.Trigger{Source: run.Kind, Event: run.Cause, Recorded: run.OpenedAt}})
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
		if it.Lane == state.LaneImmediate && it.Removes != "" && !it.Released {
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
	reserve := []state.Count{{System: "", Kind: kindUrgent, Lane: state.LaneImmediate, N: len(people)}}
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

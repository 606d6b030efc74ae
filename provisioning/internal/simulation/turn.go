package simulation

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/internal/simulation/oracle"
)

// trouble lets systems fail, and nodes die.
func (w *world) trouble() {
	w.troubled = true
	for _, name := range w.rules.Systems() {
		if w.chance(30) {
			w.systems[name].Fault(memory.Fault{Do: one(w, effects), Times: 1 + w.random.IntN(6), After: w.random.IntN(6), Reads: w.random.IntN(3), Wait: time.Millisecond})
		}
	}
	if w.chance(20) {
		w.systems[one(w, w.rules.Systems())].Fault(memory.Fault{Do: memory.PartialPage, Times: 1, Accounts: w.random.IntN(w.People)})
	}
}

// turn lets HR be read and the nodes work, both at once, and each as long as the other.
// Meanwhile somebody may have to go at once: the one about whom a call is on its way.
func (w *world) turn(ctx context.Context) error {
	for name := range w.feeds {
		if err := w.read(ctx, name); err != nil {
			return err
		}
	}
	if w.chance(2) {
		defer func() { w.Log("a node died") }()
		i := w.random.IntN(len(w.nodes))
		dying := w.nodes[i]
		go dying.Drain(ctx) //nolint:errcheck // it dies of it
		n, err := w.start(ctx, dying.name+"x")
		dying.kill()
		if err != nil {
			return err
		}
		w.nodes[i] = n
	}
	done := make(chan error, len(w.nodes)+1)
	tasks := len(w.nodes)
	if w.chance(4) { // while both work
		w.wide = !w.wide
		w.Log("another policy: finance has a group is %t", w.wide)
		tasks++
		by := one(w, w.nodes)
		go func() { done <- w.activate(ctx, by) }()
	}
	var working atomic.Int32
	working.Store(int32(len(w.nodes)))
	for _, n := range w.nodes {
		go func() {
			_, err := n.Drain(ctx)
			working.Add(-1)
			for err == nil && working.Load() > 0 {
				_, err = n.Drain(ctx)
			}
			done <- err
		}()
	}
	var errs []error
	for len(errs) < tasks {
		select {
		case err := <-done:
			errs = append(errs, err)
		case person := <-w.asleep:
			if err := w.throwOut(ctx, person); err != nil {
				return err
			}
		}
	}
	return errors.Join(errs...)
}

// activate puts the policy in force that is meant to be.
func (w *world) activate(ctx context.Context, by *node) error {
	p := w.rules
	if w.wide {
		p = w.wider
	}
	_, err := by.ActivatePolicy(ctx, provisioning.ActivateRequest{Policy: p, Actor: "somebody"})
	return err
}

// throwOut ends somebody at once, by the engine's identifier.
func (w *world) throwOut(ctx context.Context, person string) error {
	people, err := w.people(ctx)
	if err != nil {
		return err
	}
	for _, h := range w.oracle.Humans {
		for _, j := range h.Jobs {
			if people[source(j)+"/"+j.ID] != person || w.mistakes[j.ID] != (hrsource.Date{}) {
				continue
			}
			j.Current.AccessEnd = w.clock()
			told := w.feeds[source(j)].tells(h, j)
			told.Assignments = j.Current.Assignments
			if _, err := w.nodes[1].Ingest(ctx, hrsource.Record{Worker: told}); err != nil {
				return err
			}
			j.Tell(told)
		}
	}
	return nil
}

// read lets the first node read a feed. What it refuses is a matter of its own.
func (w *world) read(ctx context.Context, name string) error {
	_, err := w.nodes[0].Read(ctx, name)
	if _, shrunk := errors.AsType[*hrsource.ShrunkError](err); shrunk {
		return nil
	}
	return err
}

// active returns who can sign in to the directory, by badge.
func (w *world) active() map[string]bool {
	out := map[string]bool{}
	for _, a := range w.systems["directory"].Accounts() {
		if a.Active && oracle.Badge(a) != "" {
			out[oracle.Badge(a)] = true
		}
	}
	return out
}

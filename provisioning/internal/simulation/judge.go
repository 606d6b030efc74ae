package simulation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// judge mends everything, lets the engine finish, and compares the systems with the
// truth.
func (w *world) judge(ctx context.Context) error {
	w.mend()
	cut := w.feeds[employees].cut
	w.feeds[employees].cut = false
	defer func() { w.feeds[employees].cut = cut }()
	if err := w.finish(ctx); err != nil {
		return err
	}
	for _, name := range w.rules.Systems() {
		if err := w.observe(ctx, name); err != nil {
			return err
		}
	}
	clear(w.enabled)
	w.pass(time.Second)
	if err := w.finish(ctx); err != nil {
		return err
	}
	if err := w.compare(ctx); err != nil {
		return err
	}
	for name, system := range w.systems {
		if err := w.ledger.settle(name, system.Log()); err != nil {
			return err
		}
	}
	writes := w.writes()
	if err := w.finish(ctx); err != nil {
		return err
	}
	if n := w.writes() - writes; n != 0 {
		return fmt.Errorf("%d writes, although everything was as it should be", n)
	}
	return nil
}

func (w *world) mend() {
	w.troubled = false
	for _, s := range w.systems {
		s.Clear()
		s.Reveal()
	}
}

func (w *world) writes() (n int) {
	for _, s := range w.systems {
		n += s.Writes()
	}
	return n
}

// finish reads HR, answers what is asked as somebody would who knows the truth, and lets
// the engine work until nothing is left.
func (w *world) finish(ctx context.Context) error {
	for name := range w.feeds {
		if err := w.read(ctx, name); err != nil {
			return err
		}
	}
	return w.rest(ctx)
}

// silence lets three days pass in which HR tells nothing: what is known of them comes to
// pass.
func (w *world) silence(ctx context.Context) error {
	for range 3 {
		w.pass(24 * time.Hour)
		if err := w.rest(ctx); err != nil {
			return err
		}
		if err := w.look(ctx); err != nil {
			return err
		}
		if err := w.reacts(ctx); err != nil {
			return err
		}
	}
	if err := w.compare(ctx); err != nil {
		return fmt.Errorf("while HR was silent: %w", err)
	}
	return nil
}

// rest answers and works until nothing is left.
func (w *world) rest(ctx context.Context) error {
	for deadline := time.Now().Add(30 * time.Second); ; {
		for _, name := range w.rules.Systems() {
			if _, err := w.nodes[1].Retry(ctx, name, ""); err != nil {
				return err
			}
		}
		next, err := w.nodes[1].Drain(ctx)
		if err != nil {
			return err
		}
		answered, err := w.answer(ctx)
		if err != nil {
			return err
		}
		status, err := w.nodes[1].Status(ctx)
		if err != nil {
			return err
		}
		left := 0
		for _, states := range status.Systems {
			left += states["due"] + states["sending"] + states["parked"]
		}
		switch {
		case left == 0 && !answered && (next.IsZero() || next.After(w.clock())):
			return nil
		case time.Now().After(deadline):
			return errors.Join(fmt.Errorf("it does not come to rest: %v, held %v, next %s", status.Systems, status.Held, next), w.open(ctx))
		}
		if left > 0 { // a lease of a dead node has to run out
			select {
			case <-time.After(time.Millisecond):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// open tells what is left to be done, and what the log says of whom it is first about.
func (w *world) open(ctx context.Context) error {
	var items []state.Item
	err := w.nodes[1].store.Backend().View(ctx, tenant, func(tx state.Tx) (err error) {
		items, err = tx.OpenItems("", state.Item{}, 3)
		return err
	})
	if err != nil || len(items) == 0 {
		return err
	}
	return errors.Join(fmt.Errorf("%+v", items), w.tell(ctx, map[string]bool{items[0].Person: true}))
}

package provisioning

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// lookout is how often it is looked for what another process has ingested, while
// there is a backlog to be worked through.
const lookout = 2 * time.Second

// act carries out what is released and was due at an instant of wall time, in all
// systems at once, and returns how many accounts it worked on. Meanwhile deciding
// goes on, so that nobody's termination waits for a backlog.
func (t *Tenant) act(ctx context.Context, due time.Time) (int, error) {
	watching, done := make(chan struct{}), make(chan struct{})
	var watched error
	go func() {
		defer close(watching)
		watched = t.watch(ctx, done)
	}()
	var (
		all   errgroup.Group
		mu    sync.Mutex
		total int
	)
	for _, name := range slices.Sorted(maps.Keys(t.targets)) {
		target := t.targets[name]
		if target.Mode == ReportOnly {
			continue
		}
		all.Go(func() error {
			n, err := t.actIn(ctx, target, due)
			mu.Lock()
			defer mu.Unlock()
			total += n
			return err
		})
	}
	err := all.Wait()
	close(done)
	<-watching
	if err = errors.Join(err, watched); err != nil {
		return total, fmt.Errorf("act: %w", err)
	}
	return total, nil
}

// watch decides about what is ingested, until done.
func (t *Tenant) watch(ctx context.Context, done <-chan struct{}) error {
	ticker := time.NewTicker(lookout)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return nil // the acting says so
		case <-t.news:
		case <-ticker.C:
		}
		n, err := t.advance(ctx, wall())
		if err != nil && ctx.Err() == nil {
			return err
		}
		if n > 0 { // there may be more
			select {
			case t.news <- struct{}{}:
			default:
			}
		}
	}
}

// tell lets watch and [Engine.Run] know, without waiting, that there is news.
func (t *Tenant) tell() {
	t.engine.heat(t.id)
	for _, c := range []chan struct{}{t.news, t.engine.told} {
		select {
		case c <- struct{}{}:
		default: // it is known already
		}
	}
}

// actIn works through what is due in one system. A probe that works lets the others
// come, and so does whatever else comes due meanwhile.
func (t *Tenant) actIn(ctx context.Context, target *target, due time.Time) (total int, err error) {
	for {
		n, err := t.actTogether(ctx, target, due)
		if total += n; err != nil || n == 0 {
			return total, err
		}
	}
}

// actTogether works on as many accounts of a system at a time as it bears, until
// nothing is left to be claimed.
func (t *Tenant) actTogether(ctx context.Context, target *target, due time.Time) (int, error) {
	claim := func() ([]state.Claimed, error) {
		target.backlog.giveWay()
		return t.claim(ctx, target, due, false)
	}
	first, err := claim()
	if err != nil || len(first) == 0 {
		return 0, err
	}
	var (
		all   errgroup.Group
		mu    sync.Mutex
		total int
	)
	for i := range target.concurrency(ctx) {
		all.Go(func() (err error) {
			claimed := first
			if i > 0 {
				claimed, err = claim()
			}
			for err == nil && len(claimed) > 0 {
				var errs []error
				for _, c := range claimed {
					target.backlog.giveWay()
					errs = append(errs, t.begin(ctx, target, c)) // each gives up its lease
				}
				if err := errors.Join(errs...); err != nil {
					return err
				}
				mu.Lock()
				total += len(claimed)
				mu.Unlock()
				claimed, err = claim()
			}
			return err
		})
	}
	err = all.Wait()
	return total, err
}

// actUrgently carries out what is urgent, released and was due at an instant of wall
// time, in all systems at once, in a place of its own beside those that
// [System].Concurrency allows.
func (t *Tenant) actUrgently(ctx context.Context, due time.Time) (int, error) {
	var (
		all   errgroup.Group
		mu    sync.Mutex
		total int
	)
	for _, target := range t.targets {
		if target.Mode == ReportOnly {
			continue
		}
		all.Go(func() error {
			n, err := t.actUrgentlyIn(ctx, target, due)
			mu.Lock()
			defer mu.Unlock()
			total += n
			return err
		})
	}
	if err := all.Wait(); err != nil {
		return total, fmt.Errorf("act: %w", err)
	}
	return total, nil
}

func (t *Tenant) actUrgentlyIn(ctx context.Context, target *target, due time.Time) (total int, err error) {
	for {
		claimed, err := t.claim(ctx, target, due, true)
		busy := false
		if err == nil && len(claimed) == 0 {
			busy, err = t.busy(ctx, target, due)
		}
		switch {
		case err != nil:
			return total, err
		case len(claimed) > 0:
		case !busy || !target.backlog.wait(ctx):
			return total, nil
		}
		var errs []error
		for _, c := range claimed {
			errs = append(errs, t.begin(ctx, target, c))
		}
		if err := errors.Join(errs...); err != nil {
			return total, err
		}
		total += len(claimed)
	}
}

// begin works on an account, unless somebody in a hurry has taken it away meanwhile.
func (t *Tenant) begin(ctx context.Context, target *target, c state.Claimed) error {
	target.backlog.begin(c.Account.Person)
	defer target.backlog.finish(c.Account.Person)
	return t.work(ctx, target, c)
}

// busy reports whether there is urgent work for an account that is being worked on here.
// Whoever does so takes it next.
func (t *Tenant) busy(ctx context.Context, target *target, due time.Time) (busy bool, err error) {
	err = t.backend.View(ctx, t.id, func(tx state.Tx) error {
		for _, person := range target.backlog.people() {
			items, err := tx.UrgentItems(person, target.name, due)
			if busy = len(items) > 0; err != nil || busy {
				return err
			}
		}
		return nil
	})
	return busy, err
}

// claimSize is the number of accounts claimed at once, to share the cost of the
// claim.
const claimSize = 8

// claim takes a few accounts under lease, or one for a probe.
func (t *Tenant) claim(ctx context.Context, target *target, due time.Time, urgent bool) (claimed []state.Claimed, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	claim := state.Claim{
		System: target.name, Owner: t.engine.cfg.Node, Wall: due, Until: wall().Add(t.engine.cfg.Lease), Limit: claimSize, Urgent: urgent,
	}
	// A claim that is committed must not be forgotten because of the caller.
	err = t.backend.Update(context.WithoutCancel(ctx), t.id, func(tx state.Tx) error {
		if err := t.stillInForce(tx); err != nil {
			return err
		}
		b, err := breakerOf(tx.Breaker, target.name)
		switch {
		case err != nil:
		case isOpen(b):
			claimed, err = claimProbe(tx, claim)
		default:
			claimed, err = tx.Claim(claim)
		}
		return err
	})
	return claimed, err
}

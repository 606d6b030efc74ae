package provisioning

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Drain does everything that is due now: it decides, judges and acts until
// nothing is left that could be done, and brings log and sinks up to date. It
// returns the next instant at which there will be something to do, zero if there
// is none by now known. What waits for a retry is due again at an instant of wall
// time; that comes back as the business time that it will be then.
//
// What fails in a Drain is tried again by a later one at the earliest, so that a
// system which fails at once cannot keep it. Drain may be called from any number of
// places at once.
func (t *Tenant) Drain(ctx context.Context) (next time.Time, err error) {
	if err := t.activatePolicy(ctx); err != nil {
		return time.Time{}, err
	}
	start := wall()
	for {
		decided, err := t.decideDue(ctx)
		if err != nil {
			return time.Time{}, fmt.Errorf("tenant %s: decide: %w", t.id, err)
		}
		judged, err := t.judge(ctx)
		if err != nil {
			return time.Time{}, fmt.Errorf("tenant %s: guard: %w", t.id, err)
		}
		acted, err := t.act(ctx, start)
		if err != nil {
			return time.Time{}, fmt.Errorf("tenant %s: act: %w", t.id, err)
		}
		if decided+judged+acted == 0 {
			break
		}
	}
	// A log that cannot be extended, or a sink that is down, must not keep
	// anybody's access from being taken away; both are brought up to date later.
	logErr := t.sequence(ctx)
	sinkErr := t.feedSinks(ctx)
	next, err = t.next(ctx)
	if err = errors.Join(logErr, sinkErr, err); err != nil {
		return next, fmt.Errorf("tenant %s: %w", t.id, err)
	}
	return next, nil
}

// next returns when there will be something to do.
func (t *Tenant) next(ctx context.Context) (next time.Time, err error) {
	err = t.backend.View(ctx, t.id, func(tx state.Tx) error {
		next, err = tx.NextDue()
		if err != nil {
			return err
		}
		retry, err := tx.NextRetry()
		if err != nil || retry.IsZero() {
			return err
		}
		next = sooner(next, t.now().Add(max(retry.Sub(wall()), 0)))
		return nil
	})
	return next, err
}

// activatePolicy starts a run over everybody if the tenant's policy, or how far
// it may go in a system, is not what is in force.
func (t *Tenant) activatePolicy(ctx context.Context) error {
	version := t.version()
	same := false
	err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
		p, err := tx.Policy()
		same = err == nil && p.Version == version
		if errors.Is(err, state.ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil || same {
		return err
	}
	return t.backend.Update(ctx, t.id, func(tx state.Tx) error {
		last, err := tx.Policy()
		if err != nil && !errors.Is(err, state.ErrNotFound) {
			return err
		}
		if last.Version == version {
			return nil
		}
		run, err := t.openRun(tx, "policy", version, state.RunDeciding)
		if err != nil {
			return err
		}
		if last.Version != "" { // before the first policy nobody was decided about
			if _, err := tx.TouchAll(run.ID, run.OpenedAt, "policy "+version); err != nil {
				return err
			}
		}
		if err := tx.PutPolicy(state.Policy{Version: version, Source: t.policySource(), ActivatedAt: run.OpenedAt, Run: run.ID}); err != nil {
			return err
		}
		return t.write(tx, audit.Entry{
			Event: audit.EventPolicy, Run: run.ID, Policy: version, Before: last.Version, After: version,
			Trigger: audit.Trigger{Source: "policy", Event: "activated", Recorded: run.OpenedAt},
		})
	})
}

// policySource returns the policy's text, if it has one.
func (t *Tenant) policySource() []byte {
	if p, ok := t.cfg.Policy.(interface{ Source() []byte }); ok {
		return p.Source()
	}
	return nil
}

// act carries out what is released and was due at an instant of wall time, in all
// systems at once, and returns how many accounts it worked on.
func (t *Tenant) act(ctx context.Context, due time.Time) (int, error) {
	var all errgroup.Group
	done := make([]int, len(t.targets))
	for i, name := range slices.Sorted(maps.Keys(t.targets)) {
		target := t.targets[name]
		if target.Mode == ReportOnly {
			continue
		}
		all.Go(func() (err error) {
			done[i], err = t.actIn(ctx, target, due)
			return err
		})
	}
	err := all.Wait()
	total := 0
	for _, n := range done {
		total += n
	}
	return total, err
}

// actIn works through what is due in one system: as many accounts at a time as
// it bears, and one place more that only urgent work may take.
func (t *Tenant) actIn(ctx context.Context, target *target, due time.Time) (int, error) {
	n := target.concurrency(ctx)
	first, err := t.claim(ctx, target, due, false)
	if err != nil || len(first) == 0 {
		return 0, err
	}
	var all errgroup.Group
	done := make([]int, n+1)
	for i := range done {
		all.Go(func() error {
			var claimed []state.Claimed
			if i == 0 {
				claimed = first
			}
			for {
				var errs []error
				for _, c := range claimed {
					errs = append(errs, t.work(ctx, target, c)) // each gives up its lease
				}
				err := errors.Join(errs...)
				if err != nil {
					return err
				}
				done[i] += len(claimed)
				if claimed, err = t.claim(ctx, target, due, i == n); err != nil || len(claimed) == 0 {
					return err
				}
			}
		})
	}
	err = all.Wait()
	total := 0
	for _, n := range done {
		total += n
	}
	return total, err
}

// claimSize is the number of accounts claimed at once: enough to share the cost
// of the claim, few enough that urgent work does not wait behind them.
const claimSize = 8

// claim takes a few accounts under lease.
func (t *Tenant) claim(ctx context.Context, target *target, due time.Time, urgent bool) (claimed []state.Claimed, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	claim := state.Claim{
		System: target.name, Owner: t.engine.cfg.Node, Wall: due, Until: wall().Add(t.engine.cfg.Lease), Limit: claimSize, Urgent: urgent,
	}
	// A claim that is committed must not be forgotten because of the caller.
	err = t.backend.Update(context.WithoutCancel(ctx), t.id, func(tx state.Tx) error {
		claimed, err = tx.Claim(claim)
		return err
	})
	return claimed, err
}

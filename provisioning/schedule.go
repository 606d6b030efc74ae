package provisioning

import (
	"context"
	"errors"
	"fmt"
	"time"

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
// places at once. If facts come in without end it does not end either.
func (t *Tenant) Drain(ctx context.Context) (next time.Time, err error) {
	stop := t.keepTold(ctx)
	for start, done := wall(), false; !done; {
		err := t.enforce(ctx)
		if err == nil {
			err = t.tryRefused(ctx)
		}
		if err == nil {
			done, err = t.pass(ctx, start)
		}
		if err != nil && !errors.Is(err, errMoved) {
			stop()
			return time.Time{}, fmt.Errorf("tenant %s: %w", t.id, err)
		}
	}
	stop()
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

// pass decides, judges and acts once, and reports whether there was nothing to do.
func (t *Tenant) pass(ctx context.Context, start time.Time) (done bool, err error) {
	advanced, err := t.advance(ctx, start)
	if err != nil {
		return false, err
	}
	acted, err := t.act(ctx, start)
	return advanced+acted == 0, err
}

// patience is how often it is decided about all who are due, before something else has
// its turn.
const patience = 8

// advance decides and judges until nothing is left to be, and carries out at once
// what is urgent, whoever has decided it: that waits neither for the others to be decided
// nor for a run, but has to have been due at an instant of wall time. If it is told
// something again and again it ends before, and is to be called again.
func (t *Tenant) advance(ctx context.Context, due time.Time) (total int, err error) {
	for left := patience; left > 0; {
		n, more, err := t.advanceOnce(ctx, due)
		if err != nil || n == 0 {
			return total, err
		}
		if total += n; !more {
			left--
		}
	}
	return total, nil
}

// advanceOnce returns how much there was to do, and whether there are more to be decided
// about.
func (t *Tenant) advanceOnce(ctx context.Context, due time.Time) (n int, more bool, err error) {
	// Until it is known whether anything of it is urgent, no system begins anything
	// else.
	for _, target := range t.targets {
		target.backlog.hurry()
		defer target.backlog.relax()
	}
	if n, more, err = t.decideDue(ctx); err != nil {
		return 0, false, err
	}
	judged, err := t.judge(ctx)
	if err != nil {
		return n, more, fmt.Errorf("guard: %w", err)
	}
	acted, err := t.actUrgently(ctx, due)
	return n + judged + acted, more, err
}

// next returns when there will be something to do.
func (t *Tenant) next(ctx context.Context) (next time.Time, err error) {
	err = t.backend.View(ctx, t.id, func(tx state.Tx) error {
		next, err = tx.NextDue()
		if err != nil {
			return err
		}
		expiring, err := tx.Expiring()
		if err != nil {
			return err
		}
		if len(expiring) > 0 {
			next = sooner(next, expiring[0].ReleasedUntil)
		}
		retry, err := tx.NextRetry()
		if err != nil {
			return err
		}
		quarantines, err := t.quarantines(tx)
		for _, q := range quarantines {
			next = sooner(next, latest(q.NextTry, t.now()))
		}
		if !retry.IsZero() {
			next = sooner(next, t.now().Add(max(retry.Sub(wall()), 0)))
		}
		return err
	})
	return next, err
}

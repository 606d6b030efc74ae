package provisioning

import (
	"errors"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// A system fails as a whole when it has failed so often in a row, or has denied so
// often, since a technical account may be locked by few more. In a row, and not as a
// part of all: what works in between shows that retries do help. Some accounts must
// have failed, for a single one may be broken by itself. A system that says of itself
// that it is not well needs no such number, and fewer denials yet.
const (
	manyFailures = 10
	manyDenials  = 3
	manyAccounts = 3
)

// urgentEvery is how often something urgent is tried at least, however long nothing
// has worked.
const urgentEvery = time.Minute

// isOpen reports whether nothing but probes may be sent.
func isOpen(b state.Breaker) bool { return !b.OpenedAt.IsZero() }

// tooMany reports whether a system fails too often to be believed to work, as an
// outcome shows that is counted already.
func tooMany(b state.Breaker, o outcome) bool {
	if o.check == unwell {
		return o.sign == denies || b.Failures >= manyFailures
	}
	return len(b.Accounts) >= manyAccounts && (b.Failures >= manyFailures || b.Denials >= manyDenials)
}

// working is a breaker of a system in which something works, however much it refuses.
func working(b state.Breaker) state.Breaker {
	return state.Breaker{System: b.System, Refusals: b.Refusals}
}

// failed counts a failure.
func failed(b state.Breaker, person string, o outcome) state.Breaker {
	b.Failures++
	if o.sign == denies {
		b.Denials++
	}
	if len(b.Accounts) < manyAccounts && !slices.Contains(b.Accounts, person) {
		b.Accounts = append(slices.Clone(b.Accounts), person)
	}
	if o.err != nil {
		b.Error = shorten(o.err.Error())
	}
	return b
}

// breakerOf returns the breaker of a system: one that is closed if nothing ever failed
// there.
func breakerOf(read func(string) (state.Breaker, error), system string) (state.Breaker, error) {
	b, err := read(system)
	if errors.Is(err, state.ErrNotFound) {
		return state.Breaker{System: system}, nil
	}
	return b, err
}

// claimProbe claims for a probe what may be tried by now in a system whose breaker is
// open. Something urgent has a clock of its own, so that it neither waits for others nor
// keeps them from finding out that the system is back.
func claimProbe(tx state.Tx, c state.Claim) ([]state.Claimed, error) {
	b, err := tx.LockBreaker(c.System)
	if err != nil {
		return nil, err
	}
	c.Limit, c.Probe = 1, true
	urgentAlone := c.Urgent
	for _, clock := range []struct {
		at     *time.Time
		urgent bool
	}{{&b.UrgentAt, true}, {&b.ProbeAt, false}} {
		if clock.at.After(c.Wall) || urgentAlone && !clock.urgent {
			continue
		}
		c.Urgent = clock.urgent
		claimed, err := tx.Claim(c)
		if err != nil {
			return nil, err
		}
		if len(claimed) > 0 {
			*clock.at, b.Probing = c.Until, claimed[0].Account.Person
			return claimed, tx.PutBreaker(b)
		}
	}
	return nil, nil
}

// giveBack lets the next probe begin at an instant that one has taken which told
// nothing.
func (j *job) giveBack(b *state.Breaker, at time.Time) {
	for _, clock := range []*time.Time{&b.UrgentAt, &b.ProbeAt} {
		if clock.Equal(j.claim.Account.LeaseUntil) {
			*clock = at
		}
	}
	b.Probing = ""
}

// mayCall reports whether a call may be made now for an item. If not, it stays as it is,
// behind all others that wait for a probe: its account had its turn.
func (j *job) mayCall(tx state.Tx, it state.Item) (b state.Breaker, ok bool, err error) {
	if b, err = breakerOf(tx.Breaker, j.target.name); err != nil || !isOpen(b) {
		return b, err == nil, err
	}
	if b, err = tx.LockBreaker(j.target.name); err != nil || !isOpen(b) || b.Probing == j.claim.Account.Person {
		return b, err == nil, err
	}
	it.RetryAt = wall()
	return b, false, tx.PutItem(it)
}

// takeProbe makes the call that comes next the probe, if the breaker is open.
func takeProbe(tx state.Tx, b state.Breaker) (bool, error) {
	if !isOpen(b) {
		return false, nil
	}
	b.Probing = ""
	return true, tx.PutBreaker(b)
}

// endProbe gives back a probe that was claimed and not made.
func (j *job) endProbe(tx state.Tx) error {
	b, err := breakerOf(tx.Breaker, j.target.name)
	if err != nil || !isOpen(b) || b.Probing != j.claim.Account.Person {
		return err
	}
	if b, err = tx.LockBreaker(j.target.name); err != nil {
		return err
	}
	j.giveBack(&b, wall())
	return tx.PutBreaker(b)
}

// note counts what an outcome tells of the system, opens or closes its breaker, and
// returns it as it was before and as it is now.
func (j *job) note(tx state.Tx, a attempt, it state.Item, o outcome) (before, now state.Breaker, err error) {
	before, err = breakerOf(tx.Breaker, j.target.name)
	if err != nil || o.sign == silent && !a.probe || o.sign == works && before.Failures == 0 {
		return before, before, err
	}
	if before, err = breakerOf(tx.LockBreaker, j.target.name); err != nil {
		return before, before, err
	}
	now = before
	switch {
	case deniedAgain(o, it, before):
		return before, before, nil
	case o.sign == works && isOpen(before):
		j.turned = "closed"
		return before, working(before), j.closeBreaker(tx, before, "")
	case o.sign == works:
		now = working(before)
	case o.sign == silent:
		j.giveBack(&now, wall().Add(j.engine.cfg.Retry.First))
	default:
		now = failed(before, it.Person, o)
		switch {
		case !isOpen(before) && tooMany(now, o):
			j.turned = "opened"
			now.OpenedAt = wall()
			j.holdOff(&now, o, false)
			err = j.tellOpen(tx, now)
		case isOpen(before) && a.probe:
			now.Probes++
			// What is urgent may be tried when it was the turn of any.
			j.holdOff(&now, o, it.Lane == state.LaneImmediate && !now.ProbeAt.Equal(j.claim.Account.LeaseUntil))
			err = j.askAboutOutage(tx, now)
		}
	}
	if err != nil {
		return before, now, err
	}
	return before, now, tx.PutBreaker(now)
}

// holdOff says when the next probes may begin. The wait grows as that of retries does.
func (j *job) holdOff(b *state.Breaker, o outcome, urgent bool) {
	least := j.least(*b, o)
	wait := max(j.backoff(b.Probes+1), least)
	if !urgent || lockedOut(*b, o) {
		b.ProbeAt = wall().Add(wait)
	}
	b.UrgentAt = wall().Add(max(min(wait, urgentEvery), least))
}

// lockedOut reports whether a system denies everything, as far as is known.
func lockedOut(b state.Breaker, o outcome) bool {
	return o.sign == denies && o.check != well && (b.Denials >= manyDenials || isOpen(b))
}

// least is how long to wait at least after an outcome. Where we are locked out it is the
// longest wait there is: not even something urgent gets in sooner by having the technical
// account locked for good.
func (j *job) least(b state.Breaker, o outcome) time.Duration {
	if lockedOut(b, o) {
		return max(o.after, j.engine.cfg.Retry.Max)
	}
	return o.after
}

// deniedAgain reports whether something else has worked since an item that is denied was
// tried before, and the system does not say that it is not well.
func deniedAgain(o outcome, it state.Item, before state.Breaker) bool {
	return o.sign == denies && o.check != unwell && it.Attempts > 1 && before.Failures == 0
}

// judgeDenial decides whether a denial is about the item alone, which is given up then,
// or may be about everything. It is believed of the one if something else has worked
// since the last attempt, or if the system says that it is well and has denied nothing
// of others.
func (j *job) judgeDenial(o outcome, it state.Item, before, now state.Breaker) outcome {
	if !o.sign.bad() {
		return o
	}
	o.after = j.least(now, o)
	if o.sign != denies || o.verdict != connector.VerdictPermanent {
		return o
	}
	if isOpen(now) || !deniedAgain(o, it, before) && (o.check != well || len(now.Accounts) > 1) {
		o.verdict = connector.VerdictRetry
	}
	return o
}

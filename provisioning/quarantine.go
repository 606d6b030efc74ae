package provisioning

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Quarantine is a system that answers, and refuses much of what it is asked for, as after
// its schema was changed. What it refuses is parked one by one; nothing else waits, so that
// a disable which it takes is done. One thing that is parked is tried now and then, and
// when little is refused any more, and once it is taken all that is parked there is due
// again.
type Quarantine struct {
	System string
	// Since is when it was noticed, NextTry when something is tried next: business time,
	// as it is in so much wall time.
	Since, NextTry time.Time
	// Tries is how many were tried since, in vain.
	Tries int
	// Error is what came of the last refusal.
	Error string
}

// A refusal counts up by refusalUp, and what is done down by refusalDown, to zero at
// least. So the count grows as long as more than two of five are refused, which is the
// part at which Entra's provisioning quarantines, and it takes ten in a row, or more the
// less of them fail, until there are enough. It is a running sum (CUSUM, Page 1954): no
// sample has to be kept, and a system in which all is well is never written down.
const (
	refusalUp     = 3
	refusalDown   = 2
	manyRefusals  = 10 * refusalUp
	firstRefused  = 15 * time.Minute // wall time; then twice as long each time
	longestRefuse = 24 * time.Hour
)

// refuses reports whether a system took what it was asked for wrong, and not one thing
// that it was about: what it does not know, or does not let us do, is another matter.
func refuses(o outcome) bool {
	if o.verdict != connector.VerdictPermanent || o.err == nil {
		return false
	}
	for _, other := range []error{
		connector.ErrNotFound, connector.ErrUnknownEntitlement, connector.ErrAmbiguous, connector.ErrAlreadyExists, connector.ErrDenied,
		errors.ErrUnsupported,
	} {
		if errors.Is(o.err, other) {
			return false
		}
	}
	return errors.Is(o.err, connector.ErrInvalid) || o.sign == silent
}

// noteRefusal counts what an outcome tells of how much a system refuses.
func (j *job) noteRefusal(tx state.Tx, it state.Item, o outcome) error {
	refused, done := refuses(o), o.verdict == verdictDone && !o.pending
	b, err := breakerOf(tx.Breaker, j.target.name)
	if err != nil || !refused && (!done || b.Refused == 0 && b.Tried != placeOf(it)) {
		return err
	}
	if b, err = breakerOf(tx.LockBreaker, j.target.name); err != nil {
		return err
	}
	if refused {
		b.Refused = min(b.Refused+refusalUp, manyRefusals)
		b.Refusal = shorten(o.err.Error())
		if len(b.RefusedBy) < manyAccounts && !slices.Contains(b.RefusedBy, it.Person) {
			b.RefusedBy = append(slices.Clone(b.RefusedBy), it.Person)
		}
	} else if b.Refused > 0 {
		if b.Refused = max(b.Refused-refusalDown, 0); b.Refused == 0 {
			b.TryAt = wall() // it may be mended
		}
	}
	switch {
	case b.RefusedAt.IsZero() && b.Refused >= manyRefusals && len(b.RefusedBy) >= manyAccounts:
		b.RefusedAt, b.TryAt, b.Tries, b.Tried = wall(), wall().Add(firstRefused), 0, ""
		err = j.tellRefusing(tx, b)
	case !b.RefusedAt.IsZero() && !refused && b.Tried == placeOf(it):
		return j.liftQuarantine(tx, b, "")
	case b.Refused == 0 && b.RefusedAt.IsZero():
		b.Refusals = state.Refusals{}
	}
	if err != nil {
		return err
	}
	return tx.PutBreaker(b)
}

// tellRefusing tells of a system that refuses much, and asks somebody to see to it.
func (t *Tenant) tellRefusing(tx state.Tx, b state.Breaker) error {
	if err := t.write(tx, audit.Entry{
		Event: audit.EventSystem, System: b.System, Outcome: "quarantined", Error: b.Refusal,
		Note: "more than two of five things were refused; what is parked is tried now and then, until one is taken",
	}); err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{"system": b.System, "since": t.fromWall(b.RefusedAt), "error": b.Refusal})
	if err != nil {
		return err
	}
	return t.ask(tx, state.Case{
		Kind: CaseRefused, Subject: b.System, Body: body, Choices: []string{ChoiceReset, ChoiceWait}, Default: ChoiceWait,
		Question: fmt.Sprintf("%s refuses much of what it is asked for since %s: %s. Is it mended, and is all that is parked there to be sent again?",
			b.System, t.fromWall(b.RefusedAt).Format(time.RFC3339), b.Refusal),
	})
}

// liftQuarantine makes all due again that is parked in a system.
func (t *Tenant) liftQuarantine(tx state.Tx, b state.Breaker, actor Actor) error {
	if err := t.close(tx, CaseRefused, b.System, howClosed(actor)); err != nil {
		return err
	}
	return t.resetQuarantine(tx, b, actor)
}

func (t *Tenant) resetQuarantine(tx state.Tx, b state.Breaker, actor Actor) error {
	n, err := unpark(tx, b.System, "")
	if err != nil {
		return err
	}
	since := b.RefusedAt
	b.Refusals = state.Refusals{}
	if err := tx.PutBreaker(b); err != nil {
		return err
	}
	return t.write(tx, audit.Entry{
		Event: audit.EventSystem, System: b.System, Actor: string(actor), Outcome: "released",
		Note: fmt.Sprintf("%s, %s after it was quarantined; %d things are due again", howClosed(actor), wall().Sub(since).Round(time.Second), n),
	})
}

// tryRefused makes one thing due in each quarantined system whose time has come, and
// another one each time, so that one that is broken by itself keeps nobody waiting.
func (t *Tenant) tryRefused(ctx context.Context) error {
	var due []string
	err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
		all, err := tx.Breakers()
		for _, b := range all {
			if !b.RefusedAt.IsZero() && !b.TryAt.After(wall()) && t.targets[b.System] != nil {
				due = append(due, b.System)
			}
		}
		return err
	})
	for i := 0; err == nil && i < len(due); i++ {
		err = t.backend.Update(ctx, t.id, func(tx state.Tx) error {
			b, err := breakerOf(tx.LockBreaker, due[i])
			if err != nil || b.RefusedAt.IsZero() || b.TryAt.After(wall()) {
				return err
			}
			next, err := parkedAfter(tx, b.System, b.Tried)
			if err != nil {
				return err
			}
			if next.Person == "" { // nothing is parked there any more
				return t.liftQuarantine(tx, b, "")
			}
			b.Tries, b.Tried = b.Tries+1, placeOf(next)
			b.TryAt = wall().Add(min(firstRefused<<min(b.Tries, 10), longestRefuse))
			if err := tx.PutBreaker(b); err != nil {
				return err
			}
			return tx.PutItem(dueAgain(next))
		})
	}
	return err
}

// placeOf is where an item stands among those of its system.
func placeOf(it state.Item) string { return it.Person + " " + string(it.Kind) + " " + it.Key }

// parkedAfter returns what is parked in a system next after a place, or at first; the zero
// Item if nothing is.
func parkedAfter(tx state.Tx, system, place string) (next state.Item, err error) {
	var first state.Item
	err = eachOpenItem(tx, "", func(it state.Item) error {
		switch {
		case it.State != state.ItemParked || it.System != system:
		case placeOf(it) > place && next.Person == "":
			next = it
		case first.Person == "":
			first = it
		}
		return nil
	})
	if next.Person == "" {
		next = first
	}
	return next, err
}

// quarantines returns the systems that refuse much.
func (t *Tenant) quarantines(tx state.Tx) ([]Quarantine, error) {
	var out []Quarantine
	all, err := tx.Breakers()
	for _, b := range all {
		if !b.RefusedAt.IsZero() && t.targets[b.System] != nil {
			out = append(out, Quarantine{System: b.System, Since: t.fromWall(b.RefusedAt), NextTry: t.fromWall(b.TryAt), Tries: b.Tries, Error: b.Refusal})
		}
	}
	return out, err
}

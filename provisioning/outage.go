package provisioning

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Outage is a system in which nothing works. Nothing is sent there but a probe now and
// then, which is one of the operations that are due, and what is due stays so. The first
// thing that works ends it.
type Outage struct {
	System string
	// Since is when it was noticed, NextProbe when something is tried next: business
	// time, as it is in so much wall time. Something urgent may be tried at NextUrgent.
	Since, NextProbe, NextUrgent time.Time
	// Denied says that the system did not let us in: see to the credentials.
	Denied bool
	// Probes is how many were tried since, in vain.
	Probes int
	// Error is what came of the last call.
	Error string
}

// outages returns the systems in which nothing works.
func (t *Tenant) outages(tx state.Tx) ([]Outage, error) {
	var out []Outage
	all, err := tx.Breakers()
	for _, b := range all {
		if isOpen(b) && t.targets[b.System] != nil {
			out = append(out, Outage{
				System: b.System, Since: t.fromWall(b.OpenedAt), NextProbe: t.fromWall(b.ProbeAt), NextUrgent: t.fromWall(b.UrgentAt),
				Denied: denied(b), Probes: b.Probes, Error: b.Error,
			})
		}
	}
	return out, err
}

// denied reports whether a system denies more than it fails.
func denied(b state.Breaker) bool { return 2*b.Denials > b.Failures }

// fromWall returns the business time that it is at an instant of wall time, if both
// clocks go as fast.
func (t *Tenant) fromWall(at time.Time) time.Time { return t.now().Add(at.Sub(wall())) }

// ResetSystem ends an outage, or a quarantine, by hand, as after a system was mended: what
// is due there, or was refused, is sent again by the next Drain. It does nothing to a system
// that has neither [Outage] nor [Quarantine].
func (t *Tenant) ResetSystem(ctx context.Context, system string, actor Actor) error {
	if err := actor.check(); err != nil {
		return err
	}
	if t.targets[system] == nil {
		return fmt.Errorf("system %q: it is not configured", system)
	}
	defer t.tell()
	return t.backend.Update(ctx, t.id, func(tx state.Tx) error {
		b, err := breakerOf(tx.LockBreaker, system)
		if err == nil && isOpen(b) {
			err = t.closeBreaker(tx, b, actor)
			b = working(b)
		}
		if err == nil && !b.RefusedAt.IsZero() {
			err = t.liftQuarantine(tx, b, actor)
		}
		return err
	})
}

// closeBreaker ends an outage and the question about it, because something works or
// somebody says so.
func (t *Tenant) closeBreaker(tx state.Tx, b state.Breaker, actor Actor) error {
	if err := t.close(tx, CaseSystem, b.System, howClosed(actor)); err != nil {
		return err
	}
	return t.resetBreaker(tx, b, actor)
}

func (t *Tenant) resetBreaker(tx state.Tx, b state.Breaker, actor Actor) error {
	if err := tx.PutBreaker(working(b)); err != nil {
		return err
	}
	return t.write(tx, audit.Entry{
		Event: audit.EventSystem, System: b.System, Actor: string(actor), Outcome: "closed",
		Note: fmt.Sprintf("%s, %s and %d failed probes after it was opened", howClosed(actor), wall().Sub(b.OpenedAt).Round(time.Second), b.Probes),
	})
}

func howClosed(actor Actor) string {
	if actor != "" {
		return "reset by hand"
	}
	return "something works there again"
}

// tellOpen tells of an outage that begins.
func (t *Tenant) tellOpen(tx state.Tx, b state.Breaker) error {
	return t.write(tx, audit.Entry{
		Event: audit.EventSystem, System: b.System, Outcome: "opened", Error: b.Error,
		Note: fmt.Sprintf("%d failures in a row, %d of them denials; only probes are sent there until something works", b.Failures, b.Denials),
	})
}

// longOutage is how long an outage lasts before somebody is asked about it. Shorter
// ones end by themselves and need nobody.
const longOutage = time.Hour

// askAboutOutage opens a case about an outage that is long.
func (t *Tenant) askAboutOutage(tx state.Tx, b state.Breaker) error {
	if wall().Sub(b.OpenedAt) < longOutage {
		return nil
	}
	if _, err := tx.OpenCase(CaseSystem, b.System); !errors.Is(err, state.ErrNotFound) {
		return err // it was asked already, whatever the last error is by now
	}
	since := t.fromWall(b.OpenedAt)
	body, err := json.Marshal(map[string]any{"system": b.System, "since": since, "denied": denied(b), "error": b.Error})
	if err != nil {
		return err
	}
	return t.ask(tx, state.Case{
		Kind: CaseSystem, Subject: b.System, Body: body, Choices: []string{ChoiceReset, ChoiceWait}, Default: ChoiceWait,
		Question: fmt.Sprintf("Nothing has worked in %s since %s: %s. It is tried now and then by itself. Is it mended, and is everything to be sent at once?",
			b.System, since.Format(time.RFC3339), b.Error),
	})
}

package provisioning

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// RecordRequest is something to be recorded about a person: exactly one of Request,
// Approval and Lockout. Person and Actor are required.
type RecordRequest struct {
	Person string
	// Request is something that was asked for, and Approval something that was agreed to.
	// Both count for the employment in which they are recorded, or the next one. An empty
	// ID is made. An empty Origin is the actor's name, and empty Evidence the note.
	Request  *policy.Request
	Approval *policy.Approval
	Lockout  *Lockout
	Actor    Actor  // who asks, approves or locks out
	Note     string // why; at most 2,000 bytes
}

// WithdrawRequest takes a [Fact] back. ID and Actor are required.
type WithdrawRequest struct {
	ID    string
	Actor Actor
	Note  string // why, for the audit; at most 2,000 bytes
}

// Errors of [Tenant.Record] and [Tenant.Withdraw].
var (
	// ErrFactExists says that something else was recorded under an ID.
	ErrFactExists = errors.New("something else was recorded under this id")
	// ErrNoFact says that nothing was recorded under an ID.
	ErrNoFact = errors.New("no such fact")
)

// Record records a fact about a person: that something was asked for or approved, or that
// they are locked out. Policy decides what comes of it, and the guard judges that as a run
// of its own; what policy lets nobody ask for, or does not know, leads to nothing, and
// [Tenant.ExplainEntitlement] says why. It is done by the next Drain.
//
// It returns the fact's ID. The same fact under the same ID is recorded once, so that a
// host may repeat what it has lost the answer to if it chose the ID; once withdrawn it
// stays so. Another one under that ID is [ErrFactExists]. A person who is not known, or
// was merged into another, is [ErrNoPerson]. There may be up to 500 facts of a kind about
// a person which count or will.
func (t *Tenant) Record(ctx context.Context, req RecordRequest) (id string, err error) {
	defer t.tell()
	f, err := req.fact()
	if err != nil {
		return "", err
	}
	err = t.backend.Update(ctx, t.id, func(tx state.Tx) error {
		id, err = t.addFact(tx, f)
		return err
	})
	return id, err
}

// RecordTx is [Tenant.Record] inside a transaction of the host's own, as
// [Tenant.IngestTx] is.
func (t *Tenant) RecordTx(ctx context.Context, tx *sql.Tx, req RecordRequest) (id string, err error) {
	f, err := req.fact()
	if err != nil {
		return "", err
	}
	joined, err := t.backend.Join(ctx, tx, t.id)
	if err != nil {
		return "", err
	}
	return t.addFact(joined, f)
}

// Withdraw takes back what was recorded, from now on: a request or approval counts no
// more, a lockout is lifted, and what was refused may be asked about again. The answer to
// a [CaseApproval] was recorded under the ID of the case. To withdraw again what was
// withdrawn does nothing; an unknown ID is [ErrNoFact].
func (t *Tenant) Withdraw(ctx context.Context, req WithdrawRequest) error {
	defer t.tell()
	return t.backend.Update(ctx, t.id, func(tx state.Tx) error { return t.withdraw(tx, req) })
}

// WithdrawTx is [Tenant.Withdraw] inside a transaction of the host's own.
func (t *Tenant) WithdrawTx(ctx context.Context, tx *sql.Tx, req WithdrawRequest) error {
	joined, err := t.backend.Join(ctx, tx, t.id)
	if err != nil {
		return err
	}
	return t.withdraw(joined, req)
}

// Facts returns all that was recorded about a person, oldest first, what has ended or was
// withdrawn included. What was known at some instant is what was recorded by then and not
// withdrawn. The error is [ErrNoPerson] if nobody by that name is known.
func (t *Tenant) Facts(ctx context.Context, person string) (facts []Fact, err error) {
	err = t.backend.View(ctx, t.id, func(tx state.Tx) error {
		if err := known(tx, person); err != nil {
			return err
		}
		rows, err := tx.FactsOf(person, time.Time{})
		if err != nil {
			return err
		}
		facts, err = decodeFacts(rows)
		return err
	})
	slices.SortStableFunc(facts, func(a, b Fact) int { return a.RecordedAt.Compare(b.RecordedAt) })
	return facts, err
}

func decodeFacts(rows []state.Fact) ([]Fact, error) {
	facts := make([]Fact, len(rows))
	for i, row := range rows {
		var err error
		if facts[i], err = factOf(row); err != nil {
			return nil, err
		}
	}
	return facts, nil
}

// addFact appends a fact, once, and makes the person due.
func (t *Tenant) addFact(tx state.Tx, f Fact) (id string, err error) {
	f.ID = cmp.Or(f.ID, t.engine.ids.New())
	body, err := json.Marshal(f)
	if err != nil {
		return "", err
	}
	switch last, err := tx.Fact(f.ID); {
	case err == nil && bytes.Equal(last.Body, body):
		return f.ID, nil
	case err == nil:
		return "", fmt.Errorf("%s %s: %w", f.Kind, f.ID, ErrFactExists)
	case !errors.Is(err, state.ErrNotFound):
		return "", err
	}
	p, err := tx.LockPerson(f.Person)
	if errors.Is(err, state.ErrNotFound) {
		return "", fmt.Errorf("person %q: %w", f.Person, ErrNoPerson)
	}
	if err != nil {
		return "", err
	}
	workers, err := tx.WorkersOf(f.Person)
	if err != nil {
		return "", err
	}
	if len(workers) == 0 {
		return "", fmt.Errorf("person %s is somebody else by now: %w", f.Person, ErrNoPerson)
	}
	now := t.now()
	others, err := tx.FactsOf(f.Person, now)
	if err != nil {
		return "", err
	}
	n := 0
	for _, other := range others {
		if other.Kind == string(f.Kind) {
			n++
		}
	}
	if n >= maxFacts {
		return "", fmt.Errorf("person %s: %d facts of kind %s count already, and no more may", f.Person, n, f.Kind)
	}
	if err := tx.AddFact(state.Fact{
		ID: f.ID, Person: f.Person, Kind: string(f.Kind), Spell: employment(p), Body: body, RecordedAt: now, EndsAt: f.Until,
	}); err != nil {
		return "", err
	}
	return f.ID, t.factTold(tx, "record", f, audit.Entry{Outcome: "recorded", Actor: string(f.Actor), Note: f.Note, After: string(body)})
}

func (t *Tenant) withdraw(tx state.Tx, req WithdrawRequest) error {
	if err := (Fact{Kind: "withdrawal", ID: req.ID, Actor: req.Actor, Note: req.Note}).checkTexts(); err != nil {
		return err
	}
	row, err := tx.Fact(req.ID)
	if errors.Is(err, state.ErrNotFound) {
		return fmt.Errorf("fact %q: %w", req.ID, ErrNoFact)
	}
	if err != nil || !row.WithdrawnAt.IsZero() {
		return err
	}
	f, err := factOf(row)
	if err != nil {
		return err
	}
	if err := tx.WithdrawFact(f.ID, t.now()); err != nil {
		return err
	}
	return t.factTold(tx, "withdraw", f, audit.Entry{Outcome: "withdrawn", Actor: string(req.Actor), Note: req.Note, Before: string(row.Body)})
}

// factTold tells the log what became of a fact, and makes the person due as a run of its
// own.
func (t *Tenant) factTold(tx state.Tx, verb string, f Fact, e audit.Entry) error {
	now := t.now()
	run, err := t.openRun(tx, verb, fmt.Sprintf("%s %s", f.Kind, f.ID), state.RunDeciding)
	if err != nil {
		return err
	}
	e.Event, e.Person, e.Run = audit.EventFact, f.Person, run.ID
	if e.System = f.Entitlement.System; e.System != "" {
		e.Entitlement = f.Entitlement.Kind + "/" + f.Entitlement.Name
	}
	e.Trigger = audit.Trigger{
		Source: string(f.Kind), Event: fmt.Sprintf("%s %s was %s by %s", f.Kind, f.ID, e.Outcome, e.Actor),
		Effective: latest(f.From, now), Recorded: now,
	}
	if err := t.write(tx, e); err != nil {
		return err
	}
	return t.touch(tx, f.Person, run.ID, e.Trigger.Event, verb == "record" && f.Kind == FactLockout && f.inForce(now))
}

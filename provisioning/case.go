package provisioning

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// The kinds of [Case].
const (
	CaseCorrelation = "correlation" // is this new worker somebody we know?
	CaseGuard       = "guard"       // a run takes away, or gives, more than the guard allows
	CaseProtected   = "protected"   // something would happen to an account that is protected
	CaseShrunk      = "shrunk"      // a source told of far fewer people than before
	CaseQuarantine  = "quarantine"  // a record could not be understood in full
	CaseSystem      = "system"      // nothing has worked in a system for long
	CaseRefused     = "refused"     // a system refuses much of what it is asked for
	CaseDeleted     = "deleted"     // somebody is back whose account was deleted: they got a new one
	CaseApproval    = "approval"    // somebody is to have what needs an approval
)

// Choices that answer a [Case]. A correlation is also answered with "same:" and
// the identifier of the person.
const (
	ChoiceNew     = "new"     // correlation: somebody new
	ChoiceRelease = "release" // guard: let the run act; protected: let exactly that pass
	ChoiceHold    = "hold"    // guard and protected, the default: nothing of it acts
	ChoiceAccept  = "accept"  // shrunk: believe it if the source says so again
	ChoiceRefuse  = "refuse"  // shrunk and approval, the default
	ChoiceApprove = "approve" // approval: record an approval
	ChoiceDiscard = "discard" // quarantine: forget the record
	ChoiceReset   = "reset"   // system and refused: send to it as if it worked
	ChoiceWait    = "wait"    // system and refused, the default: only try it now and then
	ChoiceSeen    = "seen"    // deleted: somebody has seen to it
	ChoiceKeep    = "keep"    // quarantine, the default: wait for a better one
	choiceSame    = "same:"
)

// Case is a question to a person. While nobody answers, nothing changes.
type Case struct {
	ID       string          `json:"id"`
	Kind     string          `json:"kind"`
	Subject  string          `json:"subject"` // worker, source, run, system, or person and system, entitlement or role
	Question string          `json:"question"`
	Body     json.RawMessage `json:"body,omitempty"` // what it is about
	Digest   string          `json:"digest"`         // of question and body: what an answer is given to
	Choices  []string        `json:"choices"`
	Default  string          `json:"default"` // what holds as long as nobody answers
	OpenedAt time.Time       `json:"openedAt"`
	Open     bool            `json:"open"`
	// Answer, Actor, Note and AnsweredAt tell how it ended. Actor is empty if it
	// closed by itself.
	Answer     string    `json:"answer,omitempty"`
	Actor      Actor     `json:"actor,omitempty"`
	Note       string    `json:"note,omitempty"`
	AnsweredAt time.Time `json:"answeredAt,omitzero"`
	// Expires is when a release ends that was answered; what has not acted by then asks
	// again. Business time.
	Expires time.Time `json:"expires,omitzero"`
}

// AnswerRequest answers a case. Case, Choice and Actor are required.
type AnswerRequest struct {
	Case   string
	Choice string // one of the case's choices
	Actor  Actor
	Note   string // why, for the audit
	// Digest, if set, must be the case's: it makes sure that the answer is given
	// to what was asked.
	Digest string
}

// Errors of [Tenant.Answer] and [Tenant.Apply].
var (
	// ErrNoCase says that there is no such case, or that it is not open.
	ErrNoCase = errors.New("no such open case")
	// ErrMoved says that what was approved is not what is there now.
	ErrMoved = errors.New("it has changed since")
)

// Cases returns the open cases, oldest first.
func (t *Tenant) Cases(ctx context.Context) ([]Case, error) {
	var out []Case
	err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
		rows, err := tx.Cases(false)
		out = make([]Case, len(rows))
		for i, r := range rows {
			out[i] = caseOf(r)
		}
		return err
	})
	return out, err
}

// Case returns one case, open or not, or [ErrNoCase].
func (t *Tenant) Case(ctx context.Context, id string) (Case, error) {
	var out Case
	err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
		row, err := tx.Case(id)
		out = caseOf(row)
		return err
	})
	if errors.Is(err, state.ErrNotFound) {
		return Case{}, fmt.Errorf("case %s: %w", id, ErrNoCase)
	}
	return out, err
}

// Answer answers an open case. What follows from it is due at once, and done by
// the next Drain.
func (t *Tenant) Answer(ctx context.Context, req AnswerRequest) error {
	if err := req.Actor.check(); err != nil {
		return err
	}
	defer t.tell()
	return t.backend.Update(ctx, t.id, func(tx state.Tx) error {
		c, err := tx.Case(req.Case)
		switch {
		case errors.Is(err, state.ErrNotFound) || (err == nil && c.State != caseOpen):
			return fmt.Errorf("case %s: %w", req.Case, ErrNoCase)
		case err != nil:
			return err
		case req.Digest != "" && req.Digest != c.Digest:
			return fmt.Errorf("case %s: %w", req.Case, ErrMoved)
		case !slices.Contains(c.Choices, req.Choice):
			return fmt.Errorf("case %s: choice %q: want one of %s", req.Case, req.Choice, strings.Join(c.Choices, ", "))
		}
		note := req.Note
		if req.Choice == ChoiceRelease {
			c.Expires = t.now().Add(t.cfg.Guard.ReleaseFor)
			note = strings.TrimSuffix("until "+c.Expires.Format(time.RFC3339)+": "+note, ": ")
		}
		if err := t.settle(tx, c, req); err != nil {
			return err
		}
		c.State, c.Answer, c.Actor, c.Note, c.AnsweredAt = caseAnswered, req.Choice, string(req.Actor), req.Note, t.now()
		if req.Choice == ChoiceHold || req.Choice == ChoiceWait {
			c.State = caseOpen // it can still be answered otherwise
		}
		if err := tx.PutCase(c); err != nil {
			return err
		}
		e := caseEntry(c, req.Choice, note)
		e.Run, e.Actor = c.Run, string(req.Actor)
		e.Trigger = audit.Trigger{Source: "answer", Event: c.Kind + " " + c.Subject, Recorded: c.OpenedAt}
		return t.write(tx, e)
	})
}

// settle does what an answer asks for.
func (t *Tenant) settle(tx state.Tx, c state.Case, req AnswerRequest) error {
	switch {
	case c.Kind == CaseCorrelation:
		return t.settleCorrelation(tx, c, req)
	case c.Kind == CaseGuard && req.Choice == ChoiceRelease:
		run, err := tx.Run(c.Run)
		if err != nil {
			return err
		}
		counts, err := t.counts(tx, run.ID)
		if err != nil {
			return err
		}
		if err := tx.Reserve(run.ID, t.now(), counts); err != nil {
			return err
		}
		run.State, run.ReleasedUntil = state.RunReleased, c.Expires
		run.Note = fmt.Sprintf("released by %s until %s", req.Actor, c.Expires.Format(time.RFC3339))
		return tx.PutRun(run)
	case c.Kind == CaseProtected && req.Choice == ChoiceRelease:
		return t.settleProtected(tx, c)
	case c.Kind == CaseShrunk && req.Choice == ChoiceAccept:
		return t.acceptShrunk(tx, c)
	case c.Kind == CaseRefused && req.Choice == ChoiceReset:
		b, err := breakerOf(tx.LockBreaker, c.Subject)
		if err != nil || b.RefusedAt.IsZero() {
			return err
		}
		return t.resetQuarantine(tx, b, req.Actor)
	case c.Kind == CaseApproval:
		return t.settleApproval(tx, c, req)
	case c.Kind == CaseSystem && req.Choice == ChoiceReset:
		b, err := breakerOf(tx.LockBreaker, c.Subject)
		if err != nil || !isOpen(b) {
			return err
		}
		return t.resetBreaker(tx, b, req.Actor)
	}
	return nil
}

const (
	caseOpen     = "open"
	caseAnswered = "answered"
	caseClosed   = "closed"
)

// ask opens a case, or brings the open one about the same subject up to date.
func (t *Tenant) ask(tx state.Tx, c state.Case) error {
	sum := sha256.Sum256(slices.Concat([]byte(c.Question), []byte{0}, c.Body))
	c.Digest = hex.EncodeToString(sum[:])
	open, err := tx.OpenCase(c.Kind, c.Subject)
	switch {
	case err == nil && open.Digest == c.Digest:
		return nil
	case err == nil:
		c.ID, c.OpenedAt = open.ID, open.OpenedAt
	case errors.Is(err, state.ErrNotFound):
		c.ID, c.OpenedAt = t.engine.ids.New(), t.now()
	default:
		return err
	}
	c.State = caseOpen
	if err := tx.PutCase(c); err != nil {
		return err
	}
	e := caseEntry(c, caseOpen, c.Question)
	e.Run, e.Trigger.Recorded = c.Run, c.OpenedAt
	return t.write(tx, e)
}

// caseEntry is the audit entry of what came of a case.
func caseEntry(c state.Case, outcome, note string) audit.Entry {
	e := audit.Entry{Event: audit.EventCase, Case: c.ID, Outcome: outcome, Note: note, Trigger: audit.Trigger{Source: c.Kind, Event: c.Subject}}
	switch c.Kind {
	case CaseProtected, CaseDeleted:
		e.Person, e.System, _ = strings.Cut(c.Subject, " ")
	case CaseApproval:
		person, what, _ := strings.Cut(c.Subject, " ")
		e.Person = person
		if what, err := policy.ParseEntitlement(what); err == nil {
			e.System, e.Entitlement = what.System, what.Kind+"/"+what.Name
		}
	}
	return e
}

// close closes the open case about a subject, if there is one, because its
// question has answered itself.
func (t *Tenant) close(tx state.Tx, kind, subject, note string) error {
	c, err := tx.OpenCase(kind, subject)
	if errors.Is(err, state.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	c.State, c.Note, c.AnsweredAt = caseClosed, note, t.now()
	if err := tx.PutCase(c); err != nil {
		return err
	}
	return t.write(tx, caseEntry(c, caseClosed, note))
}

func caseOf(r state.Case) Case {
	return Case{
		ID: r.ID, Kind: r.Kind, Subject: r.Subject, Question: r.Question, Body: r.Body, Digest: r.Digest,
		Choices: r.Choices, Default: r.Default, OpenedAt: r.OpenedAt, Open: r.State == caseOpen,
		Answer: r.Answer, Actor: Actor(r.Actor), Note: r.Note, AnsweredAt: r.AnsweredAt, Expires: r.Expires,
	}
}

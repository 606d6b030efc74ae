package provisioning

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// ErrNoPerson says that nobody by that name is known.
var ErrNoPerson = errors.New("no such person")

// Explanation answers why somebody has an entitlement, or does not.
type Explanation struct {
	Person      string
	Name        string
	Entitlement policy.Entitlement
	// Wanted says whether policy gives it now, Held whether they are known to
	// have it. State and Problem say what stands between the two.
	Wanted, Held bool
	// Manual says that others gave it, or took it away, and that it is left so: see
	// [AdoptDrift].
	Manual         bool
	State, Problem string
	// Lockout says why nobody is to sign in as the person now, whatever is wanted and held:
	// "locked out by soc: stolen phone". Empty if somebody may.
	Lockout string
	// Since is when it was last seen to become what it is.
	Since time.Time
	// Reasons are the ways in which policy gives it, and Policy the version.
	Reasons []policy.Reason
	Policy  string
	// Facts are the relationships that policy looked at, as told last.
	Facts []hrsource.Worker
	// Cause is the run that last changed it: what set it off.
	Cause string
	// Trail is every audit entry about it, oldest first: decisions, operations,
	// approvals.
	Trail []audit.Entry
}

// Explain answers why a person has, or has not, an entitlement, since when, by
// which facts, rules and approvals, as it was decided last. What policy would say now,
// and what keeps it back, is told by [Tenant.ExplainEntitlement]. The error is
// [ErrNoPerson] if nobody by that name is known.
func (t *Tenant) Explain(ctx context.Context, person string, entitlement policy.Entitlement) (Explanation, error) {
	x := Explanation{Person: person, Entitlement: entitlement, State: string(state.ItemSettled)}
	err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
		p, err := tx.Person(person)
		if err != nil {
			return err
		}
		x.Policy = p.Policy
		if x.Lockout, err = t.lockoutOf(tx, person); err != nil {
			return err
		}
		if x.Name, err = nameOf(tx, person); err != nil {
			return err
		}
		if x.Facts, err = workersOf(tx, person); err != nil {
			return err
		}
		it, err := tx.Item(person, entitlement.System, state.ItemGrant, entitlement.Kind+"/"+entitlement.Name)
		if errors.Is(err, state.ErrNotFound) {
			return nil // nobody ever wanted them to have it
		}
		if err != nil {
			return err
		}
		x.Wanted, x.Held, x.Manual = it.Desired == held, it.Known == held, it.Origin == byOthers
		x.State, x.Problem, x.Since, x.Reasons, x.Policy = string(it.State), it.Problem, it.VerifiedAt, reasonsOf(it), it.Policy
		run, err := tx.Run(it.Run)
		if err != nil {
			return err
		}
		x.Cause = run.Kind + " " + run.Cause
		if run.State == state.RunHeld && !it.Released && (it.State == state.ItemDue || it.State == state.ItemBatched) {
			x.State, x.Problem = "held", run.Note
		}
		x.Trail, err = trail(tx, it)
		return err
	})
	if errors.Is(err, state.ErrNotFound) {
		return Explanation{}, fmt.Errorf("person %s: %w", person, ErrNoPerson)
	}
	return x, err
}

// ExplainEntitlement lets the policy in force explain an entitlement of a person as things
// stand now: in which ways it gives it, or what keeps each back, until when, and the
// smallest change that would turn that around. What was recorded about the person counts,
// but for lockouts, which take no entitlement away. It asks policy alone: whether it was
// done is told by [Tenant.Explain].
//
// The error is [ErrNoPerson] if nobody by that name is known, [ErrNoPolicy] if nothing is
// in force, that of [policy.Policy.Explain] if there is no decision about the person, and
// [errors.ErrUnsupported] if what decides explains nothing.
func (t *Tenant) ExplainEntitlement(ctx context.Context, person string, entitlement policy.Entitlement) (policy.Explanation, error) {
	decider, err := t.decider(ctx)
	if err != nil {
		return policy.Explanation{}, err
	}
	explainer, ok := decider.(interface {
		Explain(context.Context, policy.Subject, policy.Entitlement) (policy.Explanation, error)
	})
	if !ok {
		return policy.Explanation{}, fmt.Errorf("policy %s: explaining: %w", decider.Version(), errors.ErrUnsupported)
	}
	var s subject
	err = t.backend.View(ctx, t.id, func(tx state.Tx) error {
		if err := known(tx, person); err != nil {
			return err
		}
		s, _, err = t.subjectNow(tx, person)
		return err
	})
	if err != nil {
		return policy.Explanation{}, err
	}
	return explainer.Explain(ctx, s.Subject, entitlement)
}

// trail returns the entries about one grant: its operations, and the decisions
// and approvals that its runs were part of.
func trail(tx state.Tx, it state.Item) ([]audit.Entry, error) {
	sealed, err := tx.SealedOf(it.Person)
	if err != nil {
		return nil, err
	}
	var out []audit.Entry
	for _, s := range sealed {
		if len(s.Body) == 0 {
			continue // erased
		}
		e, err := s.Entry()
		if err != nil {
			return nil, err
		}
		if e.System == it.System && e.Entitlement == it.Key || e.Event == audit.EventDecision && mentions(e, it) {
			out = append(out, e)
		}
	}
	return out, nil
}

// mentions reports whether a decision changed a grant.
func mentions(e audit.Entry, it state.Item) bool {
	var after map[string]string
	if e.After == "" || json.Unmarshal([]byte(e.After), &after) != nil {
		return false
	}
	_, ok := after[it.System+" "+it.Key]
	return ok
}

// FactsAt is a work relationship as it was, or will be, at some instant, and as
// it was known at some instant.
type FactsAt struct {
	Worker hrsource.Worker
	// Recorded is when this version was told.
	Recorded time.Time
	// Live says whether the relationship gives access at the effective instant.
	Live bool
	// Attributes are those in effect at the effective instant.
	Attributes map[string][]string
}

// AsOf returns what was known, at the instant known, of a person's work
// relationships at the instant effective. Relationships of which nothing was
// known then are left out. A zero known means everything known by now.
func (t *Tenant) AsOf(ctx context.Context, person string, effective, known time.Time) ([]FactsAt, error) {
	var out []FactsAt
	err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
		out = nil
		if _, err := tx.Person(person); err != nil {
			return err
		}
		rows, err := tx.WorkersOf(person)
		if err != nil {
			return err
		}
		for _, row := range rows {
			versions, err := tx.Versions(row.Source, row.ID, known)
			if err != nil {
				return err
			}
			if len(versions) == 0 {
				continue
			}
			facts, err := t.factsAt(row, versions, effective)
			if err != nil {
				return err
			}
			out = append(out, facts)
		}
		return nil
	})
	if errors.Is(err, state.ErrNotFound) {
		return nil, fmt.Errorf("person %s: %w", person, ErrNoPerson)
	}
	return out, err
}

// factsAt returns the last of the versions as it is at an instant.
func (t *Tenant) factsAt(row state.Worker, versions []state.Version, at time.Time) (FactsAt, error) {
	var w hrsource.Worker
	v := versions[len(versions)-1]
	if err := json.Unmarshal(v.Body, &w); err != nil {
		return FactsAt{}, err
	}
	row.StatusSince, row.MissingSince = v.RecordedAt, time.Time{}
	for _, before := range slices.Backward(versions) {
		var then hrsource.Worker
		if err := json.Unmarshal(before.Body, &then); err != nil {
			return FactsAt{}, err
		}
		if then.Status != w.Status {
			break
		}
		row.StatusSince = before.RecordedAt
	}
	rel, live, err := t.relationship(row, w)
	if err != nil {
		return FactsAt{}, err
	}
	facts := FactsAt{Worker: w, Recorded: v.RecordedAt}
	for i, span := range rel.Spans {
		if i == 0 || !span.From.After(at) {
			facts.Attributes = span.Attributes
		}
	}
	facts.Live = live && !rel.Start.After(at) && (rel.End.IsZero() || rel.End.After(at))
	return facts, nil
}

// PersonOf returns whose a work relationship is, or [ErrNoPerson] if it is not
// known, or not known whose.
func (t *Tenant) PersonOf(ctx context.Context, key hrsource.WorkerKey) (person string, err error) {
	err = t.backend.View(ctx, t.id, func(tx state.Tx) error {
		row, err := tx.Worker(key.Source, key.ID)
		person = row.Person
		return err
	})
	if errors.Is(err, state.ErrNotFound) || (err == nil && person == "") {
		return "", fmt.Errorf("worker %s: %w", key, ErrNoPerson)
	}
	return person, err
}

func workersOf(tx state.Tx, person string) ([]hrsource.Worker, error) {
	rows, err := tx.WorkersOf(person)
	if err != nil {
		return nil, err
	}
	out := make([]hrsource.Worker, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal(row.Body, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func sum(b []byte) [32]byte { return sha256.Sum256(b) }

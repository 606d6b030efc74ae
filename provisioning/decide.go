package provisioning

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// decideDue decides about some of those who are due, the most urgent first, and
// returns how many that were, and whether there are more. Deciding is pure and quick, so it happens inside the
// transaction that holds the person's row.
func (t *Tenant) decideDue(ctx context.Context) (n int, more bool, err error) {
	if err := t.takeTimers(ctx); err != nil {
		return 0, false, fmt.Errorf("decide: %w", err)
	}
	err = t.backend.Update(ctx, t.id, func(tx state.Tx) error {
		if err := t.stillInForce(tx); err != nil {
			return err
		}
		people, err := tx.DuePeople(t.now(), batch)
		if err != nil {
			return err
		}
		n, more = len(people), len(people) == batch
		began := wall()
		for i, p := range people {
			if i > 0 && wall().Sub(began) > decidingFor {
				n, more = n-(len(people)-i), true
				return nil
			}
			if p.Run == "" {
				n-- // came due since the timers were taken: the next pass has it
				continue
			}
			if err := t.decide(ctx, tx, p); err != nil {
				return fmt.Errorf("person %s: %w", p.ID, err)
			}
		}
		return nil
	})
	if err != nil {
		return 0, false, fmt.Errorf("decide: %w", err)
	}
	return n, more, nil
}

// decidingFor is for how long one transaction decides, so that a policy which takes its
// time does not keep others from the store.
const decidingFor = 200 * time.Millisecond

// takeTimers makes one run of everyone whom the clock made due.
func (t *Tenant) takeTimers(ctx context.Context) error {
	now := t.now()
	due := false
	err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
		people, err := tx.DuePeople(now, 1)
		due = len(people) > 0
		return err
	})
	if err != nil || !due {
		return err
	}
	return t.backend.Update(ctx, t.id, func(tx state.Tx) error {
		run := t.engine.ids.New()
		n, err := tx.TakeTimers(run, now)
		if err != nil || n == 0 {
			return err
		}
		return tx.PutRun(state.Run{ID: run, Kind: "timer", Cause: now.Format(time.RFC3339), State: state.RunDeciding, OpenedAt: now})
	})
}

// decide computes what one person should have, and tags what has to change with
// the run that wanted the look. An answer that is unknown changes nothing.
func (t *Tenant) decide(ctx context.Context, tx state.Tx, p state.Person) error {
	if unconcerned, err := t.unconcerned(tx, &p); err != nil || unconcerned {
		return err
	}
	now := t.now()
	d := decision{Tenant: t, tx: tx, now: now, run: p.Run, was: p}
	var err error
	if d.accounts, err = accountsOf(tx, p.ID); err != nil {
		return err
	}
	items, err := tx.ItemsOf(p.ID)
	if err != nil {
		return err
	}
	d.index(items)
	s, err := d.evaluate(ctx, p.ID, items)
	if ctx.Err() != nil {
		return ctx.Err() // not the policy's fault
	}
	p.Revision++
	p.Run, p.DecidedAt, p.Policy, p.Problem = "", now, t.version(), ""
	p.Event, p.EventAt, p.ReceivedAt = "", time.Time{}, time.Time{} // what comes next is not owed to it
	p.Resting, p.RestsUntil = false, time.Time{}
	d.lockout = s.lockout()
	if err != nil {
		return d.undecided(ctx, s, p, err)
	}
	if d.Live && !p.Live {
		p.Spell++
	}
	p.Live, p.DueAt = d.Live, d.NextChange
	d.expected = s.begins()
	d.hurry(s.urgent && !d.Live)
	switch {
	case d.Live || d.expected:
		p.LeftAt = time.Time{}
	case p.LeftAt.IsZero():
		p.LeftAt = now
	}
	d.person = p
	if d.Live || !d.was.Live { // nobody's leaving waits for a policy
		if err := d.withPolicy(); err != nil {
			return err
		}
	}
	if err := d.compare(); err != nil {
		return err
	}
	if err := d.askApprovals(s); err != nil {
		return err
	}
	p.DueAt = sooner(p.DueAt, d.opens)
	if len(d.changed) > 0 || p.Live != d.was.Live {
		if err := t.write(tx, d.entry(s)); err != nil {
			return err
		}
	}
	return tx.PutPerson(p)
}

// undecided is what becomes of somebody about whom policy has no answer: it is asked again,
// and only what they cannot be meant to have is taken away, or as whom nobody is to sign in.
func (d *decision) undecided(ctx context.Context, s subject, p state.Person, problem error) error {
	p.DueAt, p.Problem = sooner(sooner(nextBoundary(s.Subject), s.lockoutChange()), d.now.Add(askAgainAfter)), problem.Error()
	if p.Problem != d.was.Problem {
		if err := d.write(d.tx, audit.Entry{Event: audit.EventDecision, Person: p.ID, Run: d.run, Policy: p.Policy, Outcome: "unknown", Error: p.Problem, Trigger: d.trigger(s)}); err != nil {
			return err
		}
	}
	d.person = p
	if err := d.takeBeyond(ctx, s); err != nil {
		return err
	}
	if d.lockout != "" {
		if err := d.contain(s); err != nil {
			return err
		}
	}
	p.DueAt = sooner(p.DueAt, d.opens)
	return d.tx.PutPerson(p)
}

// withPolicy moves what is decided to the run of a policy that has not acted yet, if this
// is the first look by it: a fact that was told meanwhile must not carry what the policy
// changes past its review, nor out of what the guard weighs together.
func (d *decision) withPolicy() error {
	if d.was.Policy == "" || d.was.Policy == d.person.Policy {
		return nil
	}
	last, err := d.tx.InForce()
	if err != nil || last.Run == d.run {
		return err
	}
	run, err := d.tx.Run(last.Run)
	if err == nil && (run.State == state.RunDeciding || run.State == state.RunHeld) {
		d.run = run.ID
	}
	return err
}

// evaluate asks policy about the person. What policy calls the login name of an account
// that is there may be known by its answer alone, since an account can be found of which
// nothing was wanted before; then it is asked again.
func (d *decision) evaluate(ctx context.Context, person string, items []state.Item) (s subject, err error) {
	for again := true; again && err == nil; {
		again = false
		if s, err = d.subjectOf(d.tx, person, d.now, d.accounts, items, d.names); err != nil {
			d.known = false
			return s, err
		}
		d.known = true
		d.Decision, err = s.ask(ctx, d.evaluator())
		for _, a := range d.Accounts {
			if d.accounts[a.System].Exists && d.names[a.System] == "" && a.NameAttribute != "" {
				d.names[a.System], again = a.NameAttribute, true
			}
		}
	}
	return s, err
}

// askAgainAfter is when policy is asked again about somebody whom it had no answer
// for. Business time.
const askAgainAfter = time.Hour

// decision is one look at one person.
type decision struct {
	*Tenant
	policy.Decision
	tx       state.Tx
	now      time.Time
	run      string
	was      state.Person     // before the look
	person   state.Person     // after it
	abrupt   bool             // whatever is taken away is urgent
	urgent   map[itemKey]bool // to take away
	expected bool             // a relationship is known that begins later
	known    bool             // what HR says of them
	lockout  string           // why nobody is to sign in as them now; empty if somebody may
	accounts map[string]state.Account
	names    map[string]string // attribute that holds the login name, by system
	items    map[itemKey]state.Item
	changed  []change
	opens    time.Time // when the next window opens for something of theirs
	kept     []string  // systems in which something waits, or waited, since an account is protected
}

type itemKey struct {
	system string
	kind   state.ItemKind
	key    string
}

func keyOf(it state.Item) itemKey { return itemKey{it.System, it.Kind, it.Key} }

// change is one line of what a decision alters, for the audit.
type change struct {
	system, what, before, after string
	reasons                     []policy.Reason
}

func (d *decision) index(items []state.Item) {
	d.items, d.names = make(map[itemKey]state.Item, len(items)), loginNames(items)
	for _, it := range items {
		d.items[keyOf(it)] = it
	}
}

// entry is the audit entry of a decision that changes something.
func (d *decision) entry(s subject) audit.Entry {
	before, after := map[string]string{}, map[string]string{}
	var reasons []string
	for _, c := range d.changed {
		name := c.system + " " + c.what
		before[name], after[name] = c.before, c.after
		for _, r := range c.reasons {
			if text := r.String(); !slices.Contains(reasons, text) {
				reasons = append(reasons, text)
			}
		}
	}
	if d.lockout != "" {
		reasons = append(reasons, d.lockout)
	}
	outcome := "leaver"
	switch {
	case d.lockout != "" && d.Live == d.was.Live:
		outcome = "lockout"
	case !d.Live && !d.was.Live && len(d.Accounts) > 0:
		outcome = "prehire"
	case d.was.Event == eventAccount || d.was.Event == eventManager:
		outcome = "follow-up"
	case d.Live && !d.was.Live:
		outcome = "joiner"
	case d.Live:
		outcome = "mover"
	}
	return audit.Entry{
		Event: audit.EventDecision, Person: d.person.ID, Run: d.run, Policy: d.person.Policy, Outcome: outcome,
		Before: compact(before), After: compact(after), Reasons: reasons, Trigger: d.trigger(s),
	}
}

// trigger tells what the look was owed to: a fact or the clock. When a working
// life begins or ends, the instant of that is what takes effect.
func (d *decision) trigger(s subject) audit.Trigger {
	tr := audit.Trigger{Source: "fact", Event: d.was.Event, Effective: d.was.EventAt, Recorded: d.was.ReceivedAt}
	timer := d.was.Event == ""
	if timer {
		tr = audit.Trigger{Source: "timer", Event: "the day has come", Effective: d.was.DueAt, Recorded: d.was.DueAt}
	}
	for _, r := range s.Relationships {
		switch {
		case d.Live && !d.was.Live && !r.Start.After(d.now):
			tr.Effective = r.Start
			if timer {
				tr.Event = "the first day of " + r.ID + " has come"
			}
		case !d.Live && d.was.Live && !r.End.IsZero():
			tr.Effective = r.End
			if timer {
				tr.Event = "the last day of " + r.ID + " is over"
			}
		}
	}
	return tr
}

// nextBoundary returns when a person's relationships next begin, change or end:
// the instant to look again at somebody about whom policy gave no answer.
func nextBoundary(s policy.Subject) time.Time {
	var next time.Time
	later := func(at time.Time) {
		if at.After(s.At) {
			next = sooner(next, at)
		}
	}
	for _, r := range s.Relationships {
		later(r.Start)
		later(r.End)
		for _, span := range r.Spans {
			later(span.From)
		}
	}
	return next
}

// marshalReasons returns reasons as they are stored with an item.
func marshalReasons(reasons []policy.Reason) (string, error) {
	out, err := json.Marshal(reasons)
	return string(out), err
}

// reasonsOf reads what marshalReasons wrote.
func reasonsOf(it state.Item) []policy.Reason {
	var out []policy.Reason
	if it.Reasons != "" {
		_ = json.Unmarshal([]byte(it.Reasons), &out) // we wrote it
	}
	return out
}

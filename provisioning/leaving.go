package provisioning

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Leaving is how far the leaving of a person has come.
type Leaving struct {
	Person string
	Name   string
	// Live says that the person has not left: then Steps are what was taken away
	// otherwise, as by a transfer.
	Live bool
	// Lockout says why nobody is to sign in as the person now, whether they have left or
	// not: "locked out by soc: stolen phone". Empty if they are not locked out.
	Lockout string
	// Known is when it could first be acted upon: when the end was told, or came, if
	// that was later. Zero if nothing has been taken away yet.
	Known time.Time
	// Contained is when the last account was seen to be disabled through which they could
	// sign in, and the last sessions were ended where the connector can, but not before
	// Known; zero as long as an account is known to be active, or may be. Where policy says
	// that people sign in through an identity provider (policy.AccountMapping.SignIn), the
	// provider's account counts instead.
	Contained time.Time
	// Steps are what is to be taken away and what was, by system. What was done when the
	// person left an earlier time is not among them.
	Steps []LeavingStep
}

// LeavingStep is one thing to be taken away.
type LeavingStep struct {
	System string
	// What is "sign-in", "sessions", "ownership" if that is to be handed over, "account" if
	// that is to be deleted, or an entitlement as kind/name.
	What string
	// To is the login name of who has got what was owned, or the account's ID.
	To string
	// Done says that it was seen to be so, or that the system answered so where it cannot
	// be seen, as of sessions. State and Problem say what stands between otherwise: due,
	// held, waiting, batched, sending, parked, [Unsupported], [Unasked], ghost if
	// somebody has enabled the account, or manual if others gave an entitlement, which is
	// left as it is (see [AdoptDrift]).
	Done           bool
	State, Problem string
	// Decided, Sent and Verified are when it was; zero if it was not. What was so
	// without our doing was not sent.
	Decided, Sent, Verified time.Time
}

// TimeToContain is how long somebody could sign in somewhere who was known to have
// left; zero as long as that is not over.
func (l Leaving) TimeToContain() time.Duration {
	if l.Contained.IsZero() || l.Known.IsZero() {
		return 0
	}
	return l.Contained.Sub(l.Known)
}

// Remains returns the steps that are not done, but for those that nobody asked for.
func (l Leaving) Remains() []LeavingStep {
	return slices.DeleteFunc(slices.Clone(l.Steps), func(s LeavingStep) bool { return s.Done || s.State == Unasked })
}

// done counts the steps that are done.
func (l Leaving) done() (n int) {
	for _, s := range l.Steps {
		if s.Done {
			n++
		}
	}
	return n
}

// String returns the report for people: a line for each step.
func (l Leaving) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d of %d steps done", cmp.Or(l.Name, l.Person), l.done(), l.done()+len(l.Remains()))
	if !l.Contained.IsZero() {
		fmt.Fprintf(&b, ", no sign-in since %s, %s after it was known", l.Contained.Format(time.RFC3339), l.TimeToContain())
	}
	if l.Lockout != "" {
		fmt.Fprintf(&b, ", %s", l.Lockout)
	}
	b.WriteByte('\n')
	for _, s := range l.Steps {
		how := s.State + ": " + s.Problem
		if s.Done {
			how = "seen at " + s.Verified.Format(time.RFC3339)
			switch {
			case s.Verified.IsZero():
				how = "was never there"
			case s.What == partSessions:
				how = "ended at " + s.Verified.Format(time.RFC3339)
			case s.What == partOwnership && s.To == "":
				how = "gone with the account"
			case s.What == partOwnership:
				how = "handed over to " + s.To + " at " + s.Verified.Format(time.RFC3339)
			case s.What == partAccount:
				how = "deleted at " + s.Verified.Format(time.RFC3339)
			}
		}
		fmt.Fprintf(&b, "  %-10s %-24s %s\n", s.System, s.What, strings.TrimSuffix(how, ": "))
	}
	return b.String()
}

// Leaving reports what has been taken away from a person, verified how and when, and
// what remains. The error is [ErrNoPerson] if nobody by that name is known.
func (t *Tenant) Leaving(ctx context.Context, person string) (Leaving, error) {
	l := Leaving{Person: person}
	err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
		p, err := tx.Person(person)
		if err != nil {
			return err
		}
		l = Leaving{Person: person, Live: p.Live}
		if l.Name, err = nameOf(tx, person); err != nil {
			return err
		}
		if l.Lockout, err = t.lockoutOf(tx, person); err != nil {
			return err
		}
		items, err := tx.ItemsOf(person)
		if err != nil {
			return err
		}
		b := planner{Tenant: t, tx: tx, runs: map[string]state.Run{}}
		contained, open := time.Time{}, false
		seen, err := accountsOf(tx, person)
		if err != nil {
			return err
		}
		for _, it := range items {
			if it.Spell < p.Spell && it.State == state.ItemSettled && it.Origin != byOthers {
				continue // an earlier leaving's
			}
			parts := t.leavingParts(it, p.Live)
			open = open || len(parts) == 0 && it.Kind == state.ItemAccount && t.provider(it.System) == ""
			for _, what := range parts {
				step, err := b.leavingStep(it, what)
				if err != nil {
					return err
				}
				if what == partSignIn && step.Done && seen[it.System].Active {
					step.Done, step.State, step.Problem = false, string(Ghost), "somebody has enabled the account"
				}
				l.Steps = append(l.Steps, step)
				if since := latest(it.EventAt, it.ReceivedAt); since.After(l.Known) && what != partAccount && what != partOwnership {
					l.Known = since
				}
				if what == partSignIn && t.provider(it.System) != "" {
					continue // it is shut with the provider
				}
				if (what == partSignIn || what == partSessions) && step.State != Unsupported {
					open = open || !step.Done
					contained = latest(contained, step.Verified)
				}
			}
		}
		if !open && len(l.Steps) > 0 {
			l.Contained = latest(contained, l.Known) // there may have been no sign-in before
		}
		slices.SortStableFunc(l.Steps, func(a, b LeavingStep) int {
			return cmp.Or(cmp.Compare(a.System, b.System), -cmp.Compare(a.What, b.What)) // sign-in first
		})
		return nil
	})
	if errors.Is(err, state.ErrNotFound) {
		return Leaving{}, fmt.Errorf("person %s: %w", person, ErrNoPerson)
	}
	return l, err
}

// Leavers returns the reports on those who have left for good since an instant, by person:
// see [Tenant.Leaving]. An error ends the sequence. It looks at everybody there is, and
// what changes while it is walked may or may not be seen.
func (t *Tenant) Leavers(ctx context.Context, since time.Time) iter.Seq2[Leaving, error] {
	return func(yield func(Leaving, error) bool) {
		after := ""
		for {
			var people []state.Person
			err := t.backend.View(ctx, t.id, func(tx state.Tx) (err error) {
				people, err = tx.PeopleAfter(after, batch)
				return err
			})
			for i := 0; err == nil && i < len(people); i++ {
				if p := people[i]; !p.LeftAt.IsZero() && !p.LeftAt.Before(since) {
					var l Leaving
					if l, err = t.Leaving(ctx, p.ID); err == nil && !yield(l, nil) {
						return
					}
				}
			}
			if err != nil {
				yield(Leaving{}, err)
				return
			}
			if len(people) < batch {
				return
			}
			after = people[len(people)-1].ID
		}
	}
}

// The parts of leaving that are not entitlements.
const (
	partSignIn    = "sign-in"
	partSessions  = "sessions"
	partOwnership = "ownership"
	partAccount   = "account"
)

// Unsupported is the state of a step that the connector cannot do, and Unasked that of one
// which it can do and was not told to.
const (
	Unsupported = "unsupported"
	Unasked     = "unasked"
)

// leavingParts returns the steps that an item stands for.
func (t *Tenant) leavingParts(it state.Item, live bool) (parts []string) {
	switch {
	case it.Kind == state.ItemGrant && it.Desired == absent:
		parts = []string{it.Key}
	case it.Kind == state.ItemSessions && it.Desired == ended:
		parts = []string{partSessions}
	case it.Kind == state.ItemOwnership && it.Desired == handedOver:
		parts = []string{partOwnership}
	case it.Kind == state.ItemDeletion && it.Desired == deleted:
		parts = []string{partAccount}
	case it.Kind == state.ItemAccount && it.Desired != active:
		parts = []string{partSignIn}
		if !it.SentAt.IsZero() && !t.endsSessions(it.System) {
			parts = append(parts, partSessions)
		}
		if !it.SentAt.IsZero() && !live && it.Desired == disabled && !t.handsOver(it.System) {
			parts = append(parts, partOwnership)
		}
	}
	return parts
}

// leavingStep tells how far a step has come.
func (b *planner) leavingStep(it state.Item, what string) (LeavingStep, error) {
	step := LeavingStep{
		System: it.System, What: what, Done: it.State == state.ItemSettled,
		Decided: it.DecidedAt, Sent: it.SentAt, Verified: it.VerifiedAt,
	}
	if it.Kind == state.ItemAccount && what != partSignIn {
		step.Done, step.Sent, step.Verified = false, time.Time{}, time.Time{}
		step.State, step.Problem = b.lacking(it.System, what)
		return step, nil
	}
	if what == partOwnership {
		to := heirOf(it.Known)
		step.To = cmp.Or(to.Name, to.ID)
	}
	if it.Origin == byOthers && it.Known == held {
		step.Done, step.Verified, step.State, step.Problem = false, time.Time{}, byOthers, "others gave it, and it is left as it is"
		return step, nil
	}
	if step.Done {
		return step, nil
	}
	line := Line{State: string(it.State), Note: it.Problem}
	if err := b.hold(&line, it); err != nil {
		return step, err
	}
	step.State, step.Problem, step.Verified = line.State, line.Note, time.Time{}
	if what == partSessions && step.Problem == cannot(connector.EndSessions) {
		step.State = Unsupported
	}
	at, err := breakerOf(b.tx.Breaker, it.System)
	if err == nil && isOpen(at) {
		step.Problem = cmp.Or(step.Problem, "nothing works in "+it.System+": "+at.Error)
	}
	return step, err
}

// lacking says why a step of leaving is none of the engine's.
func (t *Tenant) lacking(system, what string) (is, why string) {
	switch {
	case what == partSessions:
		return Unsupported, cannot(connector.EndSessions)
	case !connector.Supports(t.cfg.Systems[system].Connector, connector.Transfer):
		return Unsupported, cannot(connector.Transfer)
	}
	return Unasked, "nobody is named who gets it (System.Handover)"
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

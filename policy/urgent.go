package policy

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Urgent is what somebody who has access is not to have, and is to lose at once who has
// it: since a deny that is urgent takes it, since a job that ended abruptly was the last
// that gave it, or since the account is suspended urgently. What else is not given may be
// taken away in its time.
type Urgent struct {
	// Accounts are the systems in which nobody is to sign in with the account any more,
	// sorted.
	Accounts []string
	// Grants are the entitlements, sorted.
	Grants []Entitlement
}

// suspension is when the account in a system is suspended: nil conditions never hold.
type suspension struct {
	system         string
	when, urgently *condition
}

// suspended says of each suspension of a policy whether its account is suspended, and
// whether that is urgent, by the relationships until now.
type suspended struct{ all, urgent []bool }

func newSuspended(p *Policy) suspended {
	n := len(p.suspending)
	return suspended{slices.Repeat([]bool{true}, n), slices.Repeat([]bool{true}, n)}
}

// urgency collects what an outcome takes away urgently, with what ended abruptly and the
// accounts that are suspended.
func (p *Policy) urgency(ctx context.Context, s Subject, o *outcome, off suspended) (Urgent, error) {
	lost := maps.Clone(o.urgent)
	if err := p.ended(ctx, s, o, func(e Entitlement) {
		if lost == nil {
			lost = map[Entitlement]bool{}
		}
		lost[e] = true
	}); err != nil {
		return Urgent{}, err
	}
	var u Urgent
	left := map[string]bool{}
	for e := range o.given {
		left[e.System] = true
	}
	for e := range lost {
		if _, given := o.given[e]; given {
			continue
		}
		u.Grants = append(u.Grants, e)
		if !left[e.System] {
			u.Accounts = append(u.Accounts, e.System)
		}
	}
	for i, x := range p.suspending {
		if off.urgent[i] && left[x.system] {
			u.Accounts = append(u.Accounts, x.system)
		}
	}
	slices.SortFunc(u.Grants, Entitlement.Compare)
	slices.Sort(u.Accounts)
	u.Accounts = slices.Compact(u.Accounts)
	return u, nil
}

// abruptDays is for how many days after an abrupt end it is urgent to take away what it
// has taken: what is found to be lost later was lost otherwise, as far as anybody knows.
const abruptDays = 31

// hasty reports whether what a relationship gave is to be taken away at once by an
// instant, if nothing else gives it.
func (r *Relationship) hasty(at time.Time) bool {
	return r.Abrupt && !r.End.IsZero() && !r.never() && !at.Before(r.End) && at.Before(r.calm())
}

// calm is when an abrupt end is urgent no longer.
func (r *Relationship) calm() time.Time { return daysAfter(r.End, abruptDays, r.Zone) }

// ended calls lost with what relationships that ended abruptly gave at last, and nothing
// has given since then. About the past no error is told: the person would keep what they
// are to lose.
func (p *Policy) ended(ctx context.Context, s Subject, o *outcome, lost func(Entitlement)) error {
	left := maxSince
	for i := range s.Relationships {
		r := &s.Relationships[i]
		if !r.hasty(s.At) {
			continue
		}
		gone, err := p.goneWith(ctx, s, r, &left)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			continue
		}
		for e := range gone {
			if _, given := o.given[e]; !given {
				lost(e)
			}
		}
	}
	return nil
}

// goneWith returns what a relationship gave just before its end and nothing has given
// since, by what is known now. It looks at each instant at which a decision can have been
// another, and returns nothing if those are more than are left to be looked at.
func (p *Policy) goneWith(ctx context.Context, s Subject, r *Relationship, left *int) (reasons, error) {
	then := s
	then.At = r.End.Add(-1)
	work := &deciding{ctx: ctx} // what is past takes nothing from what the decision may be
	past := func() (*outcome, error) {
		return p.resolve(work, then, p.liveAt(then), p.succession(then).formers(then.At), nil)
	}
	o, err := past()
	if err != nil {
		return nil, err
	}
	gone := o.given.of(r.ID)
	for then.At = r.End; len(gone) > 0 && !then.At.IsZero() && !then.At.After(s.At); then.At = p.nextChange(then) {
		if *left--; *left < 0 {
			return nil, nil
		}
		if o, err = past(); err != nil {
			return nil, err
		}
		maps.DeleteFunc(gone, func(e Entitlement, _ []Reason) bool { return len(o.given[e]) > 0 })
	}
	return gone, nil
}

package policy

import (
	"context"
	"slices"
	"time"
)

const (
	maxHorizon = 100     // instants to come at which it is looked whether something changes
	maxAhead   = 300_000 // ways to entitlements in the decisions at these
)

// has reports whether a decision gives what is explained.
func (x *explaining) has(d Decision) bool {
	if x.target.system != "" {
		return slices.ContainsFunc(d.Accounts, func(a DesiredAccount) bool { return a.System == x.target.system })
	}
	return slices.ContainsFunc(d.Grants, func(g Grant) bool { return x.target.matches(g.Entitlement) })
}

// ahead finds when what is explained begins or ends, by all that is known, and when
// each reason for it does.
func (x *explaining) ahead(ctx context.Context, d Decision) {
	then, size := x.subject, 0
	for range maxHorizon {
		if size > maxAhead {
			return
		}
		if d.NextChange.IsZero() {
			x.out.Looked = time.Time{}
			return
		}
		then.At = d.NextChange
		var err error
		if d, err = x.Evaluate(ctx, then); err != nil {
			x.out.Looked = then.At
			return
		}
		size += d.size()
		x.out.Looked = then.At
		if x.ending(ctx, then, d); x.has(d) != x.out.Given {
			x.out.Until, x.out.Looked = then.At, time.Time{}
			return
		}
	}
}

// ending notes which reasons there are no more, and why.
func (x *explaining) ending(ctx context.Context, then Subject, d Decision) {
	var later *explaining
	for i := range x.out.Leads {
		l := &x.out.Leads[i]
		if !l.Given || !l.Until.IsZero() || x.lasts(l, d) {
			continue
		}
		if later == nil {
			later = newExplaining(ctx, x.Policy, then, x.target)
			later.search(d)
		}
		l.Until, l.Obstacles = then.At, later.against(l)
	}
}

// lasts reports whether a decision has a reason still, be it by an overlap.
func (x *explaining) lasts(l *Lead, d Decision) bool {
	is := func(why Reason) bool {
		why.Overlap = l.Overlap
		return compareReasons(why, l.Reason) == 0
	}
	if l.Entitlement == (Entitlement{}) && x.target.system != "" { // an account ahead
		return slices.ContainsFunc(d.Accounts, func(a DesiredAccount) bool { return a.System == x.target.system && slices.ContainsFunc(a.Reasons, is) })
	}
	return slices.ContainsFunc(d.Grants, func(g Grant) bool {
		return (g.Entitlement == l.Entitlement || x.target.system == "" && x.target.matches(g.Entitlement)) && slices.ContainsFunc(g.Reasons, is)
	})
}

// against returns what keeps back a reason that there was.
func (x *explaining) against(l *Lead) []Obstacle {
	for i := range x.subject.Relationships {
		r := &x.subject.Relationships[i]
		if r.ID == l.Relationship && !x.gives(x.subject, r, x.subject.At) {
			return []Obstacle{{Kind: ObstacleRelationship, Where: "relationship " + r.ID, Until: r.End}}
		}
	}
	for _, r := range x.routes {
		why := r.why
		why.Overlap = l.Overlap
		if compareReasons(why, l.Reason) == 0 && (l.Entitlement == (Entitlement{}) || l.Entitlement == r.entitlement) && len(r.obstacles) > 0 {
			return r.told()
		}
	}
	return nil
}

package policy

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// members are the ways to entitlements that make somebody hold a side, by
// entitlement and index of the way, with the role that counts, if it is one.
type members map[Entitlement]map[int]string

// members returns the ways by which a side is held.
func (o *outcome) members(work *deciding, of side) (members, error) {
	out := members{}
	for e, ways := range o.given {
		if err := work.look(1 + len(of.grants) + len(ways)*(1+len(of.roles))); err != nil {
			return nil, err
		}
		wholly := slices.ContainsFunc(of.grants, func(p pattern) bool { return p.matches(e) })
		for i, why := range ways {
			k := slices.IndexFunc(why.Roles, func(role string) bool { return slices.Contains(of.roles, role) })
			if !wholly && k < 0 {
				continue
			}
			if out[e] == nil {
				out[e] = map[int]string{}
			}
			if out[e][i] = ""; !wholly {
				out[e][i] = why.Roles[k]
			}
		}
	}
	return out, nil
}

// own returns the entitlements by which the age of a side is told: those that are
// given in no other way, or all if there are none.
func (o *outcome) own(m members) []Entitlement {
	var own []Entitlement
	for e, ways := range m {
		if len(ways) == len(o.given[e]) {
			own = append(own, e)
		}
	}
	if len(own) == 0 {
		return slices.Collect(maps.Keys(m))
	}
	return own
}

// separate withholds what separations of duties keep apart. Each looks at all that
// was given, not at what the others withhold: their order means nothing.
func (o *outcome) separate(work *deciding, p *Policy, s Subject, live []*Relationship) error {
	taken := takings{}
	for i := range p.separations {
		d := &p.separations[i]
		v := Violation{Separation: d.name, Action: d.action}
		var held []members
		var own [][]Entitlement
		for k, one := range d.sides {
			m, err := o.members(work, one)
			if err != nil {
				return err
			}
			if len(m) > 0 {
				held, own = append(held, m), append(own, o.own(m))
				v.Sides = append(v.Sides, HeldSide{Side: k, Entitlements: slices.SortedFunc(maps.Keys(m), Entitlement.Compare)})
			}
		}
		if len(held) <= d.atMost {
			continue
		}
		d.settle(&v, own, s, live)
		for k, m := range held {
			if !v.Sides[k].Withheld {
				continue
			}
			for e, ways := range m {
				for way, role := range ways {
					taken.take(e, way, Cause{Kind: CauseSeparation, Name: d.name, Role: role})
				}
			}
		}
		o.violations = append(o.violations, v)
	}
	o.take(taken)
	slices.SortFunc(o.violations, func(a, b Violation) int { return cmp.Compare(a.Separation, b.Separation) })
	return nil
}

// settle says what comes of a violation, and which sides are withheld.
func (d *separation) settle(v *Violation, own [][]Entitlement, s Subject, live []*Relationship) {
	if d.action == Record {
		v.Settled = Recorded
		return
	}
	for _, m := range d.mitigations {
		for _, r := range live {
			if about(m.person, m.relationship, s, r) && m.window.open(s.At, r.attributesAt(s.At), r.Zone) {
				v.Settled, v.Reason = Mitigated, m.reason
				return
			}
		}
	}
	if d.action == RequireApproval {
		if id, ok := s.approval(func(a Approval) bool { return a.Separation == d.name }); ok {
			v.Settled, v.Approval = Approved, id
			return
		}
	}
	v.Settled = Withheld
	if d.action == Refuse {
		for i := range v.Sides {
			v.Sides[i].Withheld = true
		}
		return
	}
	if !dropNewer(v.Sides, own, d.atMost, s) {
		v.Settled = Undecided
	}
}

// dropNewer marks the newest of sides, so that as many are left as may be. It
// reports false if it cannot be told which of those held are the newest.
func dropNewer(sides []HeldSide, own [][]Entitlement, atMost int, s Subject) bool {
	if !s.HeldKnown {
		return false
	}
	type aged struct {
		side  *HeldSide
		since time.Time
	}
	var old []aged
	certain := true
	for i := range sides {
		held, since := heldSince(own[i], s.Held)
		if !held {
			sides[i].Withheld = true
			continue
		}
		certain = certain && !since.IsZero()
		old = append(old, aged{&sides[i], since})
	}
	if len(old) <= atMost {
		return true
	}
	slices.SortStableFunc(old, func(a, b aged) int { return a.since.Compare(b.since) })
	if !certain || old[atMost].since.Equal(old[atMost-1].since) {
		return false
	}
	for _, one := range old[atMost:] {
		one.side.Withheld = true
	}
	return true
}

// heldSince reports whether any of some entitlements is held, and since when the
// first of them is: zero if that is not known.
func heldSince(list []Entitlement, held []Holding) (is bool, since time.Time) {
	for _, h := range held {
		if !slices.Contains(list, h.Entitlement) {
			continue
		}
		if h.Since.IsZero() {
			return true, time.Time{}
		}
		if !is || h.Since.Before(since) {
			since = h.Since
		}
		is = true
	}
	return is, since
}

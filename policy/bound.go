package policy

import (
	"context"
	"maps"
	"time"
)

// Bounder is an [Evaluator] that can say what somebody may have at most, also when it
// is not known what they should have. What is beyond that may be taken away, such as
// what only a job gave that has ended. Nothing is given by it.
type Bounder interface {
	// Bound is as pure as Evaluate. An error means that nothing is known.
	Bound(ctx context.Context, s Subject) (Bound, error)
}

var _ Bounder = (*Policy)(nil)

// Bound is what somebody may have at most. The zero Bound covers nothing.
type Bound struct {
	given patternSet
	ahead patternSet // of relationships that are about to begin
}

// Covers reports whether an entitlement may be one that the person should have.
func (b Bound) Covers(e Entitlement) bool { return b.given.overlaps(pattern{one: e}) }

// CoversAccount reports whether the person may be one who should have an account in a
// system, or for whom one is to be made ahead.
func (b Bound) CoversAccount(system string) bool {
	all := pattern{prefix: system + ":"}
	return b.given.overlaps(all) || b.ahead.overlaps(all)
}

// Bound returns what rules, exceptions and requests may give at s.At, whatever is meant
// by attributes with values that do not fit their types. It takes every condition that
// reads one for one that may hold, looks at no other condition of roles and add-ons,
// and takes nothing back.
func (p *Policy) Bound(ctx context.Context, s Subject) (Bound, error) {
	b := bounding{Policy: p, at: s.At, roles: map[*role]bool{}}
	for _, r := range p.liveAt(s) {
		b.rules(r, r.attributesAt(s.At), nil)
		for i := range r.Spans {
			if ended, over := r.spanEnd(i, s.At); over {
				b.rules(r, r.Spans[i].Attributes, &ended)
			}
		}
		b.others(s, r)
		if err := ctx.Err(); err != nil {
			return Bound{}, err
		}
	}
	for _, f := range p.succession(s).formers(s.At) {
		for i := range max(1, len(f.Spans)) {
			var attributes Attributes
			if len(f.Spans) > 0 {
				attributes = f.Spans[i].Attributes
			}
			if ended, over := f.spanEnd(i, s.At); over {
				b.rules(f.Relationship, attributes, &ended)
			}
		}
	}
	ahead := bounding{Policy: p, roles: map[*role]bool{}}
	for _, r := range p.soon(s) {
		ahead.at = r.Start
		ahead.rules(r, r.attributesAt(r.Start), nil)
		ahead.others(s, r)
	}
	return Bound{b.set.sorted(), ahead.set.sorted()}, ctx.Err()
}

// bounding collects what may be given at an instant.
type bounding struct {
	*Policy
	at    time.Time
	set   patternSet
	roles map[*role]bool // that are in it
}

// rules adds what rules may give by attributes, or may go on giving by those that
// ended.
func (b *bounding) rules(r *Relationship, attributes Attributes, ended *time.Time) {
	odd := map[string]bool{}
	for name, values := range attributes {
		if a, ok := b.attributes[name]; ok && a.check(values) != nil {
			odd[name] = true
		}
	}
	sound := maps.Clone(attributes)
	maps.DeleteFunc(sound, func(name string, _ []string) bool { return odd[name] })
	f, err := b.see(sound)
	if err != nil {
		f = nil // nothing is known, and everything may be
	}
	defer b.release(f)
	machine, done := b.machine()
	defer done()
	for i := range b.Policy.rules {
		rule := &b.Policy.rules[i]
		if ended != nil && (rule.overlap == 0 || !b.at.Before(daysAfter(*ended, rule.overlap, r.Zone))) {
			continue
		}
		may := f == nil || odd[rule.window.from.attribute] || odd[rule.window.until.attribute]
		for _, name := range rule.when.reads {
			may = may || odd[name]
		}
		if !may {
			holds, err := rule.holds(machine, r, b.at, f)
			may = holds || err != nil
		}
		if may {
			b.gives(rule.gives, rule.varying)
		}
	}
}

// others adds what exceptions and requests may give.
func (b *bounding) others(s Subject, r *Relationship) {
	for i := range b.exceptions {
		if e := &b.exceptions[i]; about(e.person, e.relationship, s, r) {
			b.gives(e.gives, e.varying)
		}
	}
	for _, q := range s.Requests {
		if role, ok := b.Policy.roles[q.Role]; ok {
			b.gives(nil, []bundle{{roles: []reference{{role: role}}}})
		} else {
			b.set.add(pattern{one: q.Entitlement})
		}
	}
}

func (b *bounding) gives(steady [][]given, varying []bundle) {
	for _, list := range steady {
		for _, g := range list {
			b.set.add(pattern{one: g.entitlement})
		}
	}
	for _, one := range varying {
		for _, g := range one.grants {
			b.set.add(g.asPattern())
		}
		for _, ref := range one.roles {
			if !b.roles[ref.role] {
				b.roles[ref.role] = true
				b.gives(nil, ref.role.bundles)
			}
		}
	}
}

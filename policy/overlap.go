package policy

import (
	"fmt"
	"time"
)

// pastFacts are what conditions see of the spans of a relationship that ended lately,
// made when first needed.
type pastFacts []*facts

func (f pastFacts) release(p *Policy) {
	for _, one := range f {
		p.release(one)
	}
}

// overlaps gives what a rule gave by attributes that a relationship has had within the
// rule's days of overlap, and for which the rule held: once, unless what it gives
// depends on them. ended says when a span ended, if it is over.
func (x *expansion) overlaps(rule *rule, r *Relationship, past pastFacts, ended func(i int, at time.Time) (time.Time, bool), why Reason) error {
	why.Overlap = true
	for i := range past {
		end, over := ended(i, x.at)
		if !over || !x.at.Before(daysAfter(end, rule.overlap, r.Zone)) {
			continue
		}
		if past[i] == nil {
			var attributes Attributes
			if i < len(r.Spans) {
				attributes = r.Spans[i].Attributes
			}
			f, err := x.policy.see(attributes)
			if err != nil {
				return err
			}
			past[i] = f
		}
		holds, err := rule.holds(x.machine, r, x.at, past[i])
		if err == nil && holds {
			err = x.give(rule.gives, rule.varying, past[i], why)
		}
		if err != nil || holds && len(rule.varying) == 0 {
			return err
		}
	}
	return nil
}

// linger adds what rules go on giving for a relationship that others have followed.
func (p *Policy) linger(work *deciding, s Subject, f former, o *outcome) error {
	machine, done := p.machine()
	defer done()
	x := expansion{policy: p, work: work, machine: machine, at: s.At, zone: f.Zone, given: o.given, former: true}
	past := make(pastFacts, max(1, len(f.Spans)))
	defer past.release(p)
	for i := range p.rules {
		rule := &p.rules[i]
		if rule.overlap == 0 {
			continue
		}
		if err := x.overlaps(rule, f.Relationship, past, f.spanEnd, Reason{Rule: rule.name, Relationship: f.ID}); err != nil {
			return fmt.Errorf("rule %s: %w", rule.name, err)
		}
	}
	return work.ctx.Err()
}

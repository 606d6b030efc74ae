package policy

import (
	"fmt"
	"math/bits"
)

// AppendRules appends the names of the rules whose conditions hold of attributes,
// in the order of the policy. Their windows and overlaps are not looked at: it is
// about one set of attributes, not about an instant. It returns an error if an
// attribute that the policy reads has a value that does not fit its type.
func (p *Policy) AppendRules(names []string, attributes Attributes) ([]string, error) {
	if p.index == nil {
		return p.appendEach(names, attributes)
	}
	s := p.sight()
	defer p.sights.Put(s)
	if err := p.index.see(attributes, s); err != nil {
		return names, err
	}
	for w, word := range s.maybe {
		for ; word != 0; word &= word - 1 {
			i := w*64 + bits.TrailingZeros64(word)
			if i >= len(p.rules) {
				return names, nil
			}
			holds := true
			if s.unsure.has(i) {
				var err error
				if holds, err = p.ask(i, attributes, s); err != nil {
					return names, err
				}
			}
			if holds {
				names = append(names, p.rules[i].name)
			}
		}
	}
	return names, nil
}

// ask evaluates the condition of a rule.
func (p *Policy) ask(rule int, attributes Attributes, s *sight) (bool, error) {
	when := p.rules[rule].when
	if when.native != nil {
		return when.native(s.row), nil
	}
	machine, done := p.machine()
	defer done()
	f := facts{attributes: attributes, policy: p, sight: s}
	holds, err := f.holds(machine, when)
	if err != nil {
		return false, fmt.Errorf("rule %s: %w", p.rules[rule].name, err)
	}
	return holds, nil
}

// appendEach asks every condition.
func (p *Policy) appendEach(names []string, attributes Attributes) ([]string, error) {
	f, err := p.see(attributes)
	if err != nil {
		return names, err
	}
	machine, done := p.machine()
	defer done()
	for i := range p.rules {
		holds, err := f.holds(machine, p.rules[i].when)
		if err != nil {
			return names, fmt.Errorf("rule %s: %w", p.rules[i].name, err)
		}
		if holds {
			names = append(names, p.rules[i].name)
		}
	}
	return names, nil
}

// holdsAny reports whether the condition of any rule holds.
func (p *Policy) holdsAny(attributes Attributes) (bool, error) {
	var room [8]string
	names, err := p.AppendRules(room[:0], attributes)
	return len(names) > 0, err
}

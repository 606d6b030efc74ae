package policy

import (
	"iter"

	"github.com/expr-lang/expr/vm"
)

// see returns the facts that attributes are. It returns an error if a value that
// conditions read does not fit its type.
func (p *Policy) see(attributes Attributes) (*facts, error) {
	f := &facts{attributes: attributes, policy: p}
	if p.index == nil {
		var err error
		f.env, err = p.environment(attributes)
		return f, err
	}
	f.sight = p.sight()
	if err := p.index.see(attributes, f.sight); err != nil {
		p.release(f)
		return nil, err
	}
	return f, nil
}

func (p *Policy) sight() *sight {
	s, ok := p.sights.Get().(*sight)
	if !ok {
		s = &sight{}
	}
	return s
}

// release gives back what facts were made with; they are not to be used any more.
func (p *Policy) release(f *facts) {
	if f != nil && f.sight != nil {
		clear(f.sight.row) // nothing of a person is kept
		p.sights.Put(f.sight)
		f.sight = nil
	}
}

// environment is what conditions see of attributes.
func (p *Policy) environment(attributes Attributes) (map[string]any, error) {
	env := make(map[string]any, len(p.conditionReads))
	for _, name := range p.conditionReads {
		value, err := p.attributes[name].value(attributes[name])
		if err != nil {
			return nil, err
		}
		env[name] = value
	}
	return env, nil
}

// holds reports whether a condition of the policy holds.
func (f *facts) holds(machine *vm.VM, c *condition) (bool, error) {
	switch {
	case f.sight == nil:
		return c.holds(machine, f.env)
	case !f.sight.maybe.has(c.number):
		return false, nil
	case !f.sight.unsure.has(c.number):
		return true, nil
	case c.native != nil:
		return c.native(f.sight.row), nil
	}
	if f.env == nil {
		var err error
		if f.env, err = f.policy.environment(f.attributes); err != nil {
			return false, err
		}
	}
	return c.holds(machine, f.env)
}

// candidates returns the rules to look at for a relationship, in their order: those
// that may hold, and those that may give something still because they held in an
// earlier span.
func (p *Policy) candidates(f *facts, r *Relationship) iter.Seq[int] {
	if f.sight == nil {
		return full(len(p.rules)).below(len(p.rules))
	}
	maybe := f.sight.maybe
	if len(r.Spans) > 1 && len(p.overlapDays) > 0 {
		maybe = append(bitset(nil), maybe...)
		maybe.or(p.index.overlap)
	}
	return maybe.below(len(p.rules))
}

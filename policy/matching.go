package policy

import "fmt"

// AppendRules appends the names of the rules whose conditions hold of attributes,
// in the order of the policy. Their windows and overlaps are not looked at: it is
// about one set of attributes, not about an instant. It returns an error if an
// attribute that the policy reads has a value that does not fit its type.
func (p *Policy) AppendRules(names []string, attributes Attributes) ([]string, error) {
	f, err := p.see(attributes)
	if err != nil {
		return names, err
	}
	defer p.release(f)
	machine, done := p.machine()
	defer done()
	for i := range p.candidates(f, nil) {
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

package policy

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/vm"
)

// Evaluate runs every rule for each relationship that gives access at s.At and
// unites what they give. It returns an error, and no decision, if an attribute that
// the policy reads has a value that does not fit its type, or if that would be more
// work than one person may be; see [Evaluator].
func (p *Policy) Evaluate(ctx context.Context, s Subject) (Decision, error) {
	if err := ctx.Err(); err != nil {
		return Decision{}, err
	}
	work := &deciding{ctx: ctx}
	d := Decision{NextChange: p.nextChange(s)}
	if live := p.liveAt(s); len(live) > 0 {
		d.Live = true
		if err := p.now(work, s, live, &d); err != nil {
			return Decision{}, err
		}
	}
	ahead := d
	ahead.Accounts = slices.Clone(d.Accounts)
	err := p.ahead(work, s, &ahead)
	switch {
	case err == nil:
		d = ahead
	case ctx.Err() != nil || !slices.ContainsFunc(s.Relationships, func(r Relationship) bool { return !r.Start.After(s.At) }):
		return Decision{}, err
	default:
		// What is wrong with a relationship that is to come must not keep anybody from
		// leaving an older one. It is told when it begins.
	}
	slices.SortFunc(d.Accounts, func(a, b DesiredAccount) int { return cmp.Compare(a.System, b.System) })
	return d, nil
}

// now adds what relationships give at s.At.
func (p *Policy) now(work *deciding, s Subject, live []*Relationship, d *Decision) error {
	off := newSuspended(p)
	o, err := p.resolve(work, s, live, p.succession(s).formers(s.At), func(f *facts) error { return p.suspends(f, off) })
	if err != nil {
		return err
	}
	if d.Urgent, err = p.urgency(work.ctx, s, o, off); err != nil {
		return err
	}
	d.Grants, d.Denied, d.Violations = o.grants(p), o.denied(), o.violations
	main := primary(live)
	if err := p.describe(work, s, s.At, main, o.given.bySystem(), d); err != nil {
		return fmt.Errorf("relationship %s: %w", main.ID, err)
	}
	for i, a := range d.Accounts {
		if at := slices.IndexFunc(p.suspending, func(x suspension) bool { return x.system == a.System }); at >= 0 && off.all[at] {
			d.Accounts[i].Disabled = Suspended
		}
	}
	return nil
}

// resolve decides what a person has at s.At, with relationships that give access
// then and former ones. each is called for every one of live with what conditions see
// of it.
func (p *Policy) resolve(work *deciding, s Subject, live []*Relationship, past []former, each func(f *facts) error) (*outcome, error) {
	o := &outcome{given: reasons{}}
	for _, r := range live {
		f, err := p.match(work, s, r, o)
		if err == nil && each != nil {
			err = each(f)
		}
		p.release(f)
		if err != nil {
			return nil, fmt.Errorf("relationship %s: %w", r.ID, err)
		}
	}
	for _, f := range past {
		if err := p.linger(work, s, f, o); err != nil {
			return nil, fmt.Errorf("relationship %s: %w", f.ID, err)
		}
	}
	if err := o.takeBack(work); err != nil {
		return nil, err
	}
	if p.readsApprovals || len(s.Requests)+len(p.governs)+len(p.governsMany.said) > 0 {
		o.approve(p, s)
	}
	return o, o.separate(work, p, s, live)
}

// ahead adds the accounts, disabled, of relationships that are about to begin, as
// they will be wanted then.
func (p *Policy) ahead(work *deciding, s Subject, d *Decision) error {
	for _, r := range p.soon(s) {
		then, live, past := s, []*Relationship{r}, []former(nil)
		if then.At = r.Start; p.isPersonal() {
			live, past = p.liveAt(then), p.succession(s).formers(then.At)
		}
		o, err := p.resolve(work, then, live, past, nil)
		if err != nil {
			return fmt.Errorf("relationship %s, which is to begin: %w", r.ID, err)
		}
		bySystem := o.given.of(r.ID).bySystem()
		maps.DeleteFunc(bySystem, func(system string, _ []Reason) bool {
			days := p.accounts[system].aheadDays
			return days == 0 || s.At.Before(daysBefore(r, days)) ||
				slices.ContainsFunc(d.Accounts, func(a DesiredAccount) bool { return a.System == system })
		})
		wanted := len(d.Accounts)
		if err := p.describe(work, s, r.Start, r, bySystem, d); err != nil {
			return fmt.Errorf("relationship %s, which is to begin: %w", r.ID, err)
		}
		for i := range d.Accounts[wanted:] {
			d.Accounts[wanted+i].Disabled = Ahead
		}
	}
	return nil
}

// isPersonal reports whether what one relationship gives can depend on the others
// of the same person.
func (p *Policy) isPersonal() bool { return len(p.denies)+len(p.separations) > 0 }

// reasons are the ways to each entitlement.
type reasons map[Entitlement][]Reason

// bySystem returns the ways to anything in each system, in no order.
func (r reasons) bySystem() map[string][]Reason {
	out := map[string][]Reason{}
	for e, ways := range r {
		out[e.System] = append(out[e.System], ways...)
	}
	return out
}

// of returns the ways of one relationship.
func (r reasons) of(relationship string) reasons {
	out := reasons{}
	for e, ways := range r {
		for _, why := range ways {
			if why.Relationship == relationship {
				out[e] = append(out[e], why)
			}
		}
	}
	return out
}

// machine returns what conditions run on, and what gives it back.
func (p *Policy) machine() (*vm.VM, func()) {
	machine, ok := p.machines.Get().(*vm.VM)
	if !ok {
		machine = &vm.VM{MemoryBudget: maxMemory}
	}
	return machine, func() { p.machines.Put(machine) }
}

// match adds what the rules give for one relationship at s.At, and returns what
// conditions saw of it then.
func (p *Policy) match(work *deciding, s Subject, r *Relationship, o *outcome) (*facts, error) {
	if err := work.ctx.Err(); err != nil {
		return nil, err
	}
	f, err := p.see(r.attributesAt(s.At))
	if err != nil {
		return nil, err
	}
	machine, done := p.machine()
	defer done()
	x := expansion{policy: p, work: work, machine: machine, at: s.At, zone: r.Zone, given: o.given}
	past := make(pastFacts, len(r.Spans))
	defer past.release(p)
	for i := range p.candidates(f, r) {
		rule := &p.rules[i]
		holds, err := rule.holds(machine, r, s.At, f)
		why := Reason{Rule: rule.name, Relationship: r.ID}
		if err == nil && holds {
			err = x.give(rule.gives, rule.varying, f, why)
		}
		if err == nil && rule.overlap > 0 && (!holds || len(rule.varying) > 0) {
			why.Overlap = true
			err = x.overlaps(rule, r, past, r.spanEnd, why)
		}
		if err != nil {
			return f, fmt.Errorf("rule %s: %w", rule.name, err)
		}
	}
	return f, x.hold(s, r, f, o)
}

// holds reports whether the rule holds for a relationship by some facts of it.
func (rule *rule) holds(machine *vm.VM, r *Relationship, at time.Time, f *facts) (bool, error) {
	if !rule.window.open(at, f.attributes, r.Zone) {
		return false, nil
	}
	return f.holds(machine, rule.when)
}

// suspends notes which accounts are not suspended, or not urgently, by one relationship:
// they are if each of them says so.
func (p *Policy) suspends(f *facts, off suspended) error {
	if len(p.suspending) == 0 {
		return nil
	}
	machine, done := p.machine()
	defer done()
	for i, x := range p.suspending {
		var holds [2]bool
		for k, c := range []*condition{x.urgently, x.when} {
			if c == nil {
				continue
			}
			var err error
			if holds[k], err = f.holds(machine, c); err != nil {
				return fmt.Errorf("account %s: suspend: %w", x.system, err)
			}
		}
		off.urgent[i] = off.urgent[i] && holds[0]
		off.all[i] = off.all[i] && (holds[0] || holds[1])
	}
	return nil
}

// describe adds the accounts in some systems, as they are wanted at an instant.
func (p *Policy) describe(work *deciding, s Subject, at time.Time, main *Relationship, systems map[string][]Reason, d *Decision) error {
	in := inputs{facts: main.attributesAt(at), own: s.Accounts, manager: s.ManagerAccounts, work: work}
	if len(systems) == 0 {
		return nil
	}
	for _, name := range p.templateReads {
		if err := p.attributes[name].check(in.facts[name]); err != nil {
			return err
		}
	}
	for _, system := range sortedKeys(systems) {
		if err := work.ctx.Err(); err != nil {
			return err
		}
		mapping := p.accounts[system]
		a := DesiredAccount{
			System: system, NameAttribute: mapping.name, Attributes: make(Attributes, len(mapping.attributes)),
			Rename: mapping.rename, Reasons: sortReasons(systems[system]),
		}
		for _, other := range mapping.after {
			if _, ok := systems[other]; ok {
				a.After = append(a.After, other)
			}
		}
		if err := mapping.candidatesFor(in, systems, &a); err != nil {
			return fmt.Errorf("account %s: %w", system, err)
		}
		if err := mapping.fill(in, &a); err != nil {
			return fmt.Errorf("account %s: %w", system, err)
		}
		slices.Sort(a.Waiting)
		a.Waiting = slices.Compact(a.Waiting)
		d.Accounts = append(d.Accounts, a)
	}
	return nil
}

// candidatesFor sets the candidates. One that lacks an input is left out; but if the
// input will come, from an account that the person is to have, nothing is tried
// before it.
func (m account) candidatesFor(in inputs, desired map[string][]Reason, a *DesiredAccount) error {
	var coming, lacking []string
	var names distinct
	for _, t := range m.candidates {
		out, err := t.render(in)
		if err != nil {
			return err
		}
		for _, p := range out.missing {
			if _, ok := desired[p.system]; ok && p.source == sourceAccount {
				coming = append(coming, p.String())
			}
			lacking = append(lacking, p.String())
		}
		if len(out.missing) == 0 && len(out.values) > 0 && strings.TrimSpace(out.values[0]) != "" {
			names.add(out.values[0])
		}
	}
	a.Candidates = names.list
	switch {
	case len(coming) > 0:
		a.Candidates, a.Waiting = nil, coming
	case len(a.Candidates) == 0:
		a.Waiting = lacking
	}
	return in.work.produce(a.Candidates)
}

// fill sets the attributes.
func (m account) fill(in inputs, a *DesiredAccount) error {
	for _, attribute := range m.attributes {
		values, known := distinct{list: []string{}}, true
		for _, t := range attribute.values {
			out, err := t.render(in)
			if err != nil {
				return err
			}
			for _, p := range out.missing {
				switch p.source {
				case sourceAccount:
					a.Waiting, known = append(a.Waiting, p.String()), false
				case sourceManager:
					known = false
				}
			}
			if !out.filled {
				continue
			}
			for _, v := range out.values {
				values.add(v)
			}
		}
		if !known {
			continue
		}
		if err := in.work.produce(values.list); err != nil {
			return err
		}
		a.Attributes[attribute.name] = values.list
	}
	return nil
}

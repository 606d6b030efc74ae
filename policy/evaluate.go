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

// Evaluate runs every rule for each relationship that is live at s.At and unites
// what they give. It returns an error, and no decision, if an attribute that the
// policy reads has a value that does not fit its type; see [Evaluator].
func (p *Policy) Evaluate(ctx context.Context, s Subject) (Decision, error) {
	if err := ctx.Err(); err != nil {
		return Decision{}, err
	}
	live := liveAt(s)
	if len(live) == 0 {
		return Decision{NextChange: p.nextChange(s)}, nil
	}
	reasons := map[Entitlement][]Reason{}
	for _, r := range live {
		if err := p.match(ctx, s.At, r, reasons); err != nil {
			return Decision{}, fmt.Errorf("relationship %s: %w", r.ID, err)
		}
	}
	d := Decision{Live: true, NextChange: p.nextChange(s)}
	for _, e := range slices.SortedFunc(maps.Keys(reasons), Entitlement.Compare) {
		d.Grants = append(d.Grants, Grant{Entitlement: e, Reasons: sortReasons(reasons[e])})
	}
	main := primary(live)
	if err := p.describe(s, main, &d); err != nil {
		return Decision{}, fmt.Errorf("relationship %s: %w", main.ID, err)
	}
	return d, nil
}

// match adds to reasons what the rules give for one relationship.
func (p *Policy) match(ctx context.Context, at time.Time, r *Relationship, reasons map[Entitlement][]Reason) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	attributes := r.attributesAt(at)
	env := make(map[string]any, len(p.conditionReads))
	for _, name := range p.conditionReads {
		value, err := p.attributes[name].value(attributes[name])
		if err != nil {
			return err
		}
		env[name] = value
	}
	machine, ok := p.machines.Get().(*vm.VM)
	if !ok {
		machine = &vm.VM{MemoryBudget: maxMemory}
	}
	defer p.machines.Put(machine)
	for i := range p.rules {
		rule := &p.rules[i]
		if !rule.inWindow(at, r.Zone) {
			continue
		}
		holds, err := rule.when.holds(machine, env)
		if err != nil {
			return fmt.Errorf("rule %s: %w", rule.name, err)
		}
		if !holds {
			continue
		}
		for _, list := range rule.gives {
			for _, g := range list {
				reasons[g.entitlement] = append(reasons[g.entitlement], Reason{Rule: rule.name, Roles: slices.Clone(g.roles), Relationship: r.ID})
			}
		}
	}
	return nil
}

// describe adds the accounts that the grants imply.
func (p *Policy) describe(s Subject, main *Relationship, d *Decision) error {
	in := inputs{facts: main.attributesAt(s.At), own: s.Accounts, manager: s.ManagerAccounts}
	for _, name := range p.templateReads {
		if err := p.attributes[name].check(in.facts[name]); err != nil {
			return err
		}
	}
	reasons := map[string][]Reason{}
	for _, g := range d.Grants {
		reasons[g.Entitlement.System] = append(reasons[g.Entitlement.System], g.Reasons...)
	}
	for _, system := range sortedKeys(reasons) {
		mapping := p.accounts[system]
		a := DesiredAccount{
			System: system, NameAttribute: mapping.name, Attributes: make(Attributes, len(mapping.attributes)),
			Reasons: sortReasons(reasons[system]),
		}
		for _, other := range mapping.after {
			if _, ok := reasons[other]; ok {
				a.After = append(a.After, other)
			}
		}
		if err := mapping.candidatesFor(in, reasons, &a); err != nil {
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
			a.Candidates = appendNew(a.Candidates, out.values[0])
		}
	}
	switch {
	case len(coming) > 0:
		a.Candidates, a.Waiting = nil, coming
	case len(a.Candidates) == 0:
		a.Waiting = lacking
	}
	return nil
}

// fill sets the attributes.
func (m account) fill(in inputs, a *DesiredAccount) error {
	for _, attribute := range m.attributes {
		values, known := []string{}, true
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
				values = appendNew(values, v)
			}
		}
		if known {
			a.Attributes[attribute.name] = values
		}
	}
	return nil
}

// sortReasons sorts reasons and drops repeated ones.
func sortReasons(list []Reason) []Reason {
	list = slices.Clone(list)
	slices.SortFunc(list, compareReasons)
	return slices.CompactFunc(list, func(a, b Reason) bool { return compareReasons(a, b) == 0 })
}

func compareReasons(a, b Reason) int {
	return cmp.Or(cmp.Compare(a.Rule, b.Rule), slices.Compare(a.Roles, b.Roles), cmp.Compare(a.Relationship, b.Relationship))
}

package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/vm"
)

// facts are the attributes of a relationship in a span, and what conditions see of
// them.
type facts struct {
	attributes Attributes
	policy     *Policy
	env        map[string]any      // made when first needed, if there is an index
	sight      *sight              // nil without an index
	held       map[*condition]bool // conditions of roles and add-ons, once asked
	checked    map[string]error    // attributes that templates of parameters read, once held against their type
}

// check reports an attribute with values that do not fit its type.
func (f *facts) check(name string) error {
	err, ok := f.checked[name]
	if ok {
		return err
	}
	if f.checked == nil {
		f.checked = map[string]error{}
	}
	err = f.policy.attributes[name].check(f.attributes[name])
	f.checked[name] = err
	return err
}

// expansion collects what rules give for one relationship.
type expansion struct {
	policy  *Policy
	work    *deciding
	machine *vm.VM
	at      time.Time
	zone    *time.Location
	given   reasons
	former  bool // others have followed the relationship
	steps   int  // roles looked at
	ways    int  // noted
}

// give adds what is given whatever the facts, and what is given by some facts.
func (x *expansion) give(steady [][]given, varying []bundle, f *facts, why Reason) error {
	for _, list := range steady {
		for _, g := range list {
			why.Roles = slices.Clone(g.roles)
			if err := x.add(g.entitlement, why); err != nil {
				return err
			}
		}
	}
	why.Roles = nil
	return x.bundles(varying, f, why)
}

// add notes a way to an entitlement. One by the overlap of a rule does not count
// where the rule gives the same by itself, for the relationship or one that followed,
// and nothing can take that back and leave this.
func (x *expansion) add(e Entitlement, why Reason) error {
	if why.Overlap && slices.ContainsFunc(x.given[e], func(r Reason) bool {
		return r.Rule == why.Rule && (x.former || r.Relationship == why.Relationship) && !r.Overlap && x.policy.alike(r.Roles, why.Roles)
	}) {
		return nil
	}
	if x.ways++; x.ways > maxGiven {
		return fmt.Errorf("the policy leads to entitlements in more than %d ways in all", maxGiven)
	}
	x.given[e] = append(x.given[e], why)
	return nil
}

// bundles adds what bundles give that do not stand in a role.
func (x *expansion) bundles(list []bundle, f *facts, why Reason) error {
	for i := range list {
		b := &list[i]
		if holds, err := x.open(b, f); err != nil || !holds {
			if err != nil {
				return err
			}
			continue
		}
		for _, g := range b.grants {
			if err := x.add(g.entitlement, why); err != nil {
				return err
			}
		}
		for _, ref := range b.roles {
			if err := x.role(ref, f, why); err != nil {
				return err
			}
		}
	}
	return nil
}

// instance is a role with the values of its parameters, and the path that led to
// it.
type instance struct {
	role   *role
	values []string
	path   path
}

// role adds what a role gives and what it inherits, each by the shortest path, as
// [compilation.expand] does.
func (x *expansion) role(ref reference, f *facts, why Reason) error {
	seen := map[[3]string]bool{}
	var queue []instance
	reach := func(from instance, ref reference) error {
		combinations, err := x.values(ref, from, f)
		if err != nil {
			return fmt.Errorf("role %s: %w", ref.role.name, err)
		}
		for _, values := range combinations {
			if x.steps++; x.steps > maxInstances {
				return fmt.Errorf("role %s: more than %d roles in all, counting each with other values of parameters and on other ways", ref.role.name, maxInstances)
			}
			marks := x.policy.marks(from.path, ref.role.name)
			if key := [3]string{ref.role.name, marks, strings.Join(values, "\x00")}; !seen[key] {
				seen[key] = true
				queue = append(queue, instance{ref.role, values, from.path.to(ref.role.name, marks)})
			}
		}
		return nil
	}
	if err := reach(instance{}, ref); err != nil {
		return err
	}
	for len(queue) > 0 {
		one := queue[0]
		queue = queue[1:]
		if holds, err := x.holds(one.role.when, f); err != nil || !holds {
			if err != nil {
				return fmt.Errorf("role %s: %w", one.role.name, err)
			}
			continue
		}
		for i := range one.role.bundles {
			b := &one.role.bundles[i]
			holds, err := x.open(b, f)
			if err != nil {
				return fmt.Errorf("role %s: %w", one.role.name, err)
			}
			if !holds {
				continue
			}
			for _, g := range b.grants {
				e, ok, err := g.render(one, x.work)
				if err != nil {
					return fmt.Errorf("role %s: %w", one.role.name, err)
				}
				if why := why; ok {
					why.Roles = slices.Clone(one.path.roles)
					if err := x.add(e, why); err != nil {
						return err
					}
				}
			}
			for _, next := range b.roles {
				if err := reach(one, next); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// open reports whether a bundle gives what stands in it.
func (x *expansion) open(b *bundle, f *facts) (bool, error) {
	if !b.window.open(x.at, f.attributes, x.zone) {
		return false, nil
	}
	return x.holds(b.when, f)
}

// holds evaluates the condition of a role or add-on; none always holds.
func (x *expansion) holds(c *condition, f *facts) (bool, error) {
	if c == nil {
		return true, nil
	}
	holds, ok := f.held[c]
	if ok {
		return holds, nil
	}
	holds, err := f.holds(x.machine, c)
	if err != nil {
		return false, err
	}
	if f.held == nil {
		f.held = map[*condition]bool{}
	}
	f.held[c] = holds
	return holds, nil
}

// values returns all combinations of values of a role's parameters, none of them
// empty: one if it has no parameters, and none if a value is missing.
func (x *expansion) values(ref reference, from instance, f *facts) ([][]string, error) {
	in := inputs{facts: f.attributes, parameters: from.parameters(), work: x.work}
	lists, combinations := make([][]string, len(ref.with)), 1
	for i, t := range ref.with {
		for _, p := range t.parts {
			if p.source == sourceFact {
				if err := f.check(p.name); err != nil {
					return nil, err
				}
			}
		}
		values, err := t.name(in)
		if err != nil {
			return nil, fmt.Errorf("parameter %s: %w", ref.role.parameters[i], err)
		}
		if lists[i], combinations = values, combinations*len(values); combinations > maxInstances {
			return nil, fmt.Errorf("the parameters have more than %d combinations of values", maxInstances)
		}
	}
	if combinations == 0 {
		return nil, nil
	}
	out := [][]string{nil}
	for _, values := range lists {
		var longer [][]string
		for _, before := range out {
			for _, v := range values {
				longer = append(longer, append(slices.Clone(before), v))
			}
		}
		out = longer
	}
	return out, nil
}

// parameters returns the values of an instance by the names of the parameters.
func (i instance) parameters() map[string]string {
	if len(i.values) == 0 {
		return nil
	}
	out := make(map[string]string, len(i.values))
	for k, v := range i.values {
		out[i.role.parameters[k]] = v
	}
	return out
}

// render returns the entitlement for the parameters of an instance, and false if
// its name would lack something.
func (g gift) render(of instance, work *deciding) (Entitlement, bool, error) {
	if len(g.name.parts) == 0 {
		return g.entitlement, true, nil
	}
	names, err := g.name.name(inputs{parameters: of.parameters(), work: work})
	if err != nil || len(names) == 0 {
		return Entitlement{}, false, err
	}
	e := g.entitlement
	e.Name = names[0]
	return e, true, nil
}

// name renders a template whose values become part of a name. There is none if
// anything that the template reads is missing.
func (t template) name(in inputs) ([]string, error) {
	out, err := t.render(in)
	if err != nil || len(out.missing) > 0 {
		return nil, err
	}
	var values distinct
	for _, v := range out.values {
		v = strings.TrimSpace(v)
		switch {
		case v == "":
			continue
		case len(v) > maxValue:
			return nil, fmt.Errorf("a value of %d bytes, the limit is %d", len(v), maxValue)
		case strings.ContainsFunc(v, isControl):
			return nil, fmt.Errorf("%q holds control characters and cannot be part of a name", clip(v))
		}
		values.add(v)
	}
	return values.list, nil
}

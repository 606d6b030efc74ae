package policy

import (
	"maps"
	"slices"
)

// way is how a rule leads to a side of a separation: all conditions have to hold.
type way struct {
	rule        *rule
	conditions  []*condition
	windows     []window // of add-ons
	entitlement Entitlement
	roles       []string // on the path
	// loose says that what is given depends on the values of parameters.
	loose bool
	reads []string            // attributes that the values depend on
	hints map[string][]string // values, by attribute, with which it would be a side
}

// ways returns the ways of all rules to a side.
func (w *witnessing) ways(to side) []way {
	var out []way
	for i := range w.rules {
		rule := &w.rules[i]
		if w.steps++; w.exhausted() || len(out) > maxWays {
			break
		}
		for _, list := range rule.gives {
			w.steps += len(list) * (1 + len(to.grants)) / lookedAt
			k := slices.IndexFunc(list, func(g given) bool { return to.has(g.entitlement, g.roles) })
			if k >= 0 {
				out = append(out, way{rule: rule, conditions: []*condition{rule.when}, entitlement: list[k].entitlement, roles: list[k].roles})
			}
		}
		from := way{rule: rule, conditions: []*condition{rule.when}}
		for _, b := range rule.varying {
			out = w.follow(b, from, to, nil, out)
		}
	}
	if len(out) > maxWays {
		w.doubts("there are more than %d ways to one of the sides", maxWays)
		return out[:maxWays]
	}
	return out
}

// has reports whether an entitlement that is given through roles is of the side.
func (s side) has(e Entitlement, roles []string) bool {
	return slices.ContainsFunc(s.grants, func(p pattern) bool { return p.matches(e) }) ||
		slices.ContainsFunc(roles, func(role string) bool { return slices.Contains(s.roles, role) })
}

// follow appends the ways to a side through a bundle. values are the templates of
// the parameters of the role in which it stands.
func (w *witnessing) follow(b bundle, from way, to side, values map[string]template, out []way) []way {
	if w.steps++; w.exhausted() || len(out) > maxWays {
		return out
	}
	from.conditions = slices.Clip(from.conditions)
	if b.when != nil {
		from.conditions = append(from.conditions, b.when)
	}
	if b.window.bounded {
		from.windows = append(slices.Clip(from.windows), b.window)
	}
	for _, g := range b.grants {
		one := from
		if one.entitlement = g.entitlement; len(g.name.parts) > 0 {
			one.loose, one.hints = true, w.hints(g, values, to)
		}
		if to.has(g.entitlement, from.roles) || one.loose && one.couldBe(to) {
			out = append(out, one)
		}
	}
	for _, ref := range b.roles {
		next := from
		next.roles = append(slices.Clip(from.roles), ref.role.name)
		if ref.role.when != nil {
			next.conditions = append(slices.Clip(next.conditions), ref.role.when)
		}
		with := maps.Clone(values)
		for i, t := range ref.with {
			if with == nil {
				with = map[string]template{}
			}
			with[ref.role.parameters[i]] = t
			for _, p := range t.parts {
				if p.source == sourceFact {
					next.reads = appendNew(slices.Clip(next.reads), p.name)
				}
			}
		}
		for _, inner := range ref.role.bundles {
			out = w.follow(inner, next, to, with, out)
		}
	}
	return out
}

// couldBe reports whether an entitlement with a name that varies may be of a side.
func (o way) couldBe(to side) bool {
	fixed := pattern{prefix: o.entitlement.System + ":" + o.entitlement.Kind + "/"}
	return slices.ContainsFunc(to.grants, fixed.overlaps)
}

// hints returns values of attributes with which a name that is nothing but one
// attribute would be of a side.
func (w *witnessing) hints(g gift, values map[string]template, to side) map[string][]string {
	if len(g.name.parts) != 1 {
		return nil
	}
	value := values[g.name.parts[0].name]
	if len(value.parts) != 1 || value.parts[0].source != sourceFact {
		return nil
	}
	out := map[string][]string{}
	for _, p := range to.grants {
		if p.prefix == "" && p.one.System == g.entitlement.System && p.one.Kind == g.entitlement.Kind {
			name := value.parts[0].name
			out[name] = append(out[name], p.one.Name)
		}
	}
	return out
}

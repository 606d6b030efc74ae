package policy

import "slices"

// deniedRules looks for rules of which a deny takes back everything.
func (l *linting) deniedRules() {
	for j := range l.denies {
		d := &l.denies[j]
		lifted := slices.ContainsFunc(l.exceptions, func(e exception) bool { return slices.Contains(e.lifts, d.name) })
		if lifted {
			continue
		}
		t := taking{deny: d, roles: map[*role]bool{}}
		for i, r := range l.doc.Rules {
			if i%50 == 0 {
				l.steps--
			}
			if l.steps <= 0 {
				return
			}
			y := l.doc.Denies[j]
			// After the rule has held, the deny may hold no longer.
			if r.OverlapDays > 0 || !t.all(&l.rules[i]) || !inside(r.From, r.Until, y.From, y.Until) {
				continue
			}
			f := l.formula(r.When)
			if (y.When == "true" || l.space.Implies(f, l.formula(y.When), &l.steps)) && !l.space.Never(f, &l.steps) {
				l.add("denied-rule", entry("rules", i), "remove the rule, or make one of the two conditions narrower",
					"rule %q gives nothing: deny %q takes back all of it from everybody for whom the rule holds", r.Name, y.Name)
			}
		}
	}
}

// taking is a look at what a deny takes back.
type taking struct {
	deny  *deny
	roles map[*role]bool // whether a role leaves anything, once asked
}

func (t *taking) all(r *rule) bool {
	for _, list := range r.gives {
		for _, g := range list {
			if !t.takes(pattern{one: g.entitlement}) && !slices.ContainsFunc(g.roles, t.names) {
				return false
			}
		}
	}
	return !slices.ContainsFunc(r.varying, t.leaves)
}

func (t *taking) names(role string) bool { return slices.Contains(t.deny.roles, role) }

// takes reports whether all that can match a pattern is denied.
func (t *taking) takes(p pattern) bool {
	return slices.ContainsFunc(t.deny.grants, func(d pattern) bool {
		return p.prefix == "" && d.matches(p.one) || p.prefix != "" && d.prefix != "" && len(d.prefix) <= len(p.prefix) && p.prefix[:len(d.prefix)] == d.prefix
	})
}

// leaves reports whether anything that a bundle gives may be left.
func (t *taking) leaves(b bundle) bool {
	if slices.ContainsFunc(b.grants, func(g gift) bool { return !t.takes(g.asPattern()) }) {
		return true
	}
	return slices.ContainsFunc(b.roles, func(ref reference) bool {
		if t.names(ref.role.name) {
			return false
		}
		left, ok := t.roles[ref.role]
		if !ok {
			left = slices.ContainsFunc(ref.role.bundles, t.leaves)
			t.roles[ref.role] = left
		}
		return left
	})
}

package policy

import (
	"cmp"
	"fmt"
	"slices"
)

// privileges holds roles to the least privilege: what is sensitive has no place in
// a role that everybody of some kind has, and no role inherits it without saying
// so. There must be no circles.
func (c *compilation) privileges() {
	reach, admins := map[string]Sensitivity{}, map[string]string{}
	for _, name := range c.roleNames {
		c.reach(name, reach)
		c.admin(name, admins)
	}
	for _, name := range c.roleNames {
		r, path := c.doc.Roles[name], child("roles", name)
		common := r.Kind == Baseline || r.Kind == Standard
		if common && r.Sensitivity != "" {
			c.found.add(path+".sensitivity", "a %s role cannot be %s; make it one of kind addOn or admin", r.Kind, r.Sensitivity)
			continue
		}
		grants := func(path string, list []string) {
			for i, s := range list {
				sensitivity, varies := c.sensitivity(s, len(r.Parameters) > 0)
				switch {
				case sensitivity == "":
				case common:
					c.found.add(entry(path, i), "%s is %s and has no place in a %s role; give it with a rule, or in a role of kind addOn or admin", clip(s), sensitivity, r.Kind)
				case varies && r.Sensitivity.rank() < sensitivity.rank():
					c.found.add(entry(path, i), "%s is %s, whatever the parameters; say sensitivity: %s in role %q", clip(s), sensitivity, sensitivity, clip(name))
				}
			}
		}
		inherits := func(path string, list []string) {
			for i, other := range list {
				if admin := admins[other]; common && admin != "" {
					of := fmt.Sprintf("role %q is", clip(other))
					if admin != other {
						of = fmt.Sprintf("role %q gives role %q, which is", clip(other), clip(admin))
					}
					c.found.add(entry(path, i), "%s of kind admin and has no place in a %s role; give it with a rule, to those who look after the system", of, r.Kind)
					continue
				}
				switch s := reach[other]; {
				case s.rank() <= r.Sensitivity.rank():
				case common:
					c.found.add(entry(path, i), "role %q gives what is %s, which has no place in a %s role; give it with a rule", clip(other), s, r.Kind)
				default:
					c.found.add(entry(path, i), "role %q gives what is %s; say sensitivity: %s in role %q too, or do not inherit it", clip(other), s, s, clip(name))
				}
			}
		}
		grants(path+".grants", r.Grants)
		inherits(path+".inherits", r.Inherits)
		for i, a := range r.AddOns {
			at := entry(path+".addOns", i)
			grants(at+".grants", a.Grants)
			inherits(at+".roles", a.Roles)
		}
	}
}

// reach returns the highest sensitivity that a role says, has or inherits.
func (c *compilation) reach(name string, known map[string]Sensitivity) Sensitivity {
	if s, ok := known[name]; ok {
		return s
	}
	r := c.doc.Roles[name]
	most := r.Sensitivity
	consider := func(s Sensitivity) {
		if s.rank() > most.rank() {
			most = s
		}
	}
	for _, list := range append([][]string{r.Grants}, grantsOf(r.AddOns)...) {
		for _, s := range list {
			sensitivity, _ := c.sensitivity(s, len(r.Parameters) > 0)
			consider(sensitivity)
		}
	}
	for _, other := range c.leadsTo(r) {
		consider(c.reach(other, known))
	}
	known[name] = most
	return most
}

// admin returns a role of kind admin that a role is or leads to.
func (c *compilation) admin(name string, known map[string]string) string {
	if admin, ok := known[name]; ok {
		return admin
	}
	r, admin := c.doc.Roles[name], ""
	if r.Kind == Admin {
		admin = name
	}
	for _, other := range c.leadsTo(r) {
		admin = cmp.Or(admin, c.admin(other, known))
	}
	known[name] = admin
	return admin
}

func grantsOf(list []AddOn) [][]string {
	out := make([][]string, len(list))
	for i, a := range list {
		out[i] = a.Grants
	}
	return out
}

// sensitivity returns that of a grant as it is written. Where its name varies with
// parameters, it is that of everything that begins as it does.
func (c *compilation) sensitivity(s string, template bool) (of Sensitivity, varies bool) {
	e, err := ParseEntitlement(s)
	if err != nil {
		return "", false
	}
	if i := slices.Index([]byte(s), '{'); template && i >= 0 {
		return c.policy.infoOf(s[:i]).Sensitivity, true
	}
	return c.policy.info(e).Sensitivity, false
}

// unsaid returns the first role of a path that gives or inherits something of a
// sensitivity without saying so. What stands in a role as it is needs no saying;
// what comes of parameters does.
func (p *Policy) unsaid(e Entitlement, s Sensitivity, path []string) string {
	for i, name := range path {
		r := p.roles[name]
		if r.sensitivity.rank() >= s.rank() || i == len(path)-1 && r.names(e) {
			continue
		}
		return name
	}
	return ""
}

// names reports whether an entitlement stands in the role as it is.
func (r *role) names(e Entitlement) bool {
	return slices.ContainsFunc(r.bundles, func(b bundle) bool {
		return slices.ContainsFunc(b.grants, func(g gift) bool { return len(g.name.parts) == 0 && g.entitlement == e })
	})
}

package policy

import (
	"cmp"
	"slices"
)

func (c *compilation) roles() {
	c.roleNames = sortedKeys(c.doc.Roles)
	c.policy.roles = make(map[string]*role, len(c.roleNames))
	for _, name := range c.roleNames {
		c.policy.roles[name] = &role{name: name, parameters: c.doc.Roles[name].Parameters}
	}
	edges := map[string][]string{}
	for _, name := range c.roleNames {
		c.oneRole(name)
		edges[name] = c.leadsTo(c.doc.Roles[name])
	}
	for _, cycle := range cycles(c.roleNames, edges) {
		c.broken = true
		c.found.add(child("roles", cycle[0])+".inherits", "roles inherit in a circle: %s", quoted(cycle, " > "))
	}
	if c.broken {
		return
	}
	c.privileges()
	depth := map[string]int{}
	for _, name := range c.roleNames {
		if c.settle(name, edges, depth); depth[name] > maxInherits && c.policy.roles[name].varies {
			c.fail(name, "roles inherit more than %d levels deep", maxInherits)
			return
		}
	}
}

func (c *compilation) oneRole(name string) {
	r, path := c.doc.Roles[name], child("roles", name)
	out := c.policy.roles[name]
	c.text(path, name, maxNameLength)
	c.prose(path+".description", r.Description)
	c.enum(path+".kind", "kind of role", string(r.Kind), strs(roleKinds))
	c.enum(path+".sensitivity", "sensitivity", string(r.Sensitivity), strs(sensitivities))
	c.governance(path, r.Owner, r.ReviewDays)
	out.sensitivity, out.requestable, out.approval = r.Sensitivity, r.Requestable, r.Approval
	c.policy.readsApprovals = c.policy.readsApprovals || r.Approval
	if r.Approval && len(r.Parameters) > 0 {
		c.found.add(path+".approval", "a role with parameters cannot require approval, which would be for all values; say it of the entitlements")
	}
	if r.When != "" {
		out.when = c.condition(path+".when", r.When)
	}
	for i, p := range r.Parameters {
		at := entry(path+".parameters", i)
		switch {
		case !identifier.MatchString(p) || len(p) > maxNameLength:
			c.found.add(at, "parameter %q: a name is made of letters, digits and _ and does not begin with a digit", clip(p))
		case slices.Contains(r.Parameters[:i], p):
			c.found.add(at, "parameter %q stands here a second time", clip(p))
		}
	}
	in := scope{parameters: r.Parameters}
	c.read = nil
	main := c.bundle(path, AddOn{Grants: r.Grants}, in)
	for i, other := range r.Inherits {
		at := entry(path+".inherits", i)
		if !c.role(at, other) {
			continue
		}
		if len(c.doc.Roles[other].Parameters) > 0 {
			c.found.add(at, "role %q has parameters; it is inherited under addOns, with their values", clip(other))
			continue
		}
		main.roles = append(main.roles, reference{role: c.policy.roles[other]})
	}
	slices.SortStableFunc(main.roles, func(a, b reference) int { return cmp.Compare(a.role.name, b.role.name) })
	out.bundles = append([]bundle{main}, c.addOns(path+".addOns", r.AddOns, in)...)
	out.varies = r.When != "" || len(r.Parameters)+len(r.AddOns) > 0
	for i, p := range r.Parameters {
		if !slices.Contains(c.read, p) {
			c.found.add(entry(path+".parameters", i), "no grant and no with of the role reads the parameter %q", clip(p))
		}
	}
}

// leadsTo returns the roles that a role can give.
func (c *compilation) leadsTo(r Role) (out []string) {
	add := func(names []string) {
		for _, name := range names {
			if _, ok := c.doc.Roles[name]; ok {
				out = appendNew(out, name)
			}
		}
	}
	add(r.Inherits)
	for _, a := range r.AddOns {
		add(a.Roles)
	}
	return out
}

// settle computes how many levels of roles begin with one, itself included, and
// whether what they give varies. There must be no circles.
func (c *compilation) settle(name string, edges map[string][]string, depth map[string]int) {
	if depth[name] > 0 {
		return
	}
	most := 0
	for _, other := range edges[name] {
		c.settle(other, edges, depth)
		most = max(most, depth[other])
		if c.policy.roles[other].varies {
			c.policy.roles[name].varies = true
		}
	}
	depth[name] = most + 1
}

// role reports a role that does not exist.
func (c *compilation) role(path, name string) bool {
	if _, ok := c.doc.Roles[name]; !ok {
		c.found.add(path, "unknown role %q%s", clip(name), c.spell.didYouMean(name, c.roleNames))
		return false
	}
	return true
}

func (c *compilation) isSystem(name string) bool {
	_, ok := c.doc.Accounts[name]
	return ok
}

// grant reads an entitlement and reports one that is malformed, or in a system of
// which nobody said what an account looks like.
func (c *compilation) grant(path, s string) (Entitlement, bool) {
	e, err := ParseEntitlement(s)
	switch {
	case err != nil:
		c.found.add(path, "grant %q: want system:kind/name, such as directory:group/engineering", clip(s))
		return e, false
	case !c.isSystem(e.System):
		c.found.add(path, "system %q has no entry under accounts%s", clip(e.System), c.spell.didYouMean(e.System, c.systems))
	}
	c.text(path, s, maxValue)
	return e, true
}

// expand returns all that a role gives that does not vary, each grant of each role
// above it once for each set of special roles on the way, by the shortest path, and
// among those by the first in the order of names.
func (c *compilation) expand(name string) []given {
	if out, ok := c.cached[name]; ok || c.broken {
		return out
	}
	var out []given
	c.policy.climb(name, func(path []string, b *bundle) bool {
		if len(path) > maxInherits {
			c.fail(name, "roles inherit more than %d levels deep: %s", maxInherits, quoted(path, " > "))
			return false
		}
		if c.size += 1 + len(b.grants) + len(b.roles); c.size > maxExpanded {
			c.fail(name, "the roles that rules use have more than %d grants and parents in all, counting inherited ones and each way to them that denies, approvals or separations tell apart", maxExpanded)
			return false
		}
		for _, g := range b.grants {
			out = append(out, given{g.entitlement, path})
		}
		return true
	})
	if c.broken {
		return nil
	}
	if c.cached == nil {
		c.cached = map[string][]given{}
	}
	c.cached[name] = out
	return out
}

// fail reports that roles cannot be expanded, once.
func (c *compilation) fail(role, format string, args ...any) {
	c.broken = true
	c.found.add(child("roles", role), format, args...)
}

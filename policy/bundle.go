package policy

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// role is a compiled [Role].
type role struct {
	name       string
	parameters []string
	when       *condition // nil always holds
	bundles    []bundle
	// varies says that what the role gives, or what it inherits does, depends on
	// the relationship.
	varies      bool
	sensitivity Sensitivity
	requestable bool
	approval    bool
}

// bundle is a compiled [AddOn], or what a rule or role gives without any.
type bundle struct {
	when   *condition // nil always holds
	window window
	grants []gift
	roles  []reference // sorted by name
}

// gift is an entitlement, the name of which may depend on parameters.
type gift struct {
	entitlement Entitlement
	name        template // no parts if the name is that of the entitlement
}

// reference gives a role, with templates for its parameters in their order.
type reference struct {
	role *role
	with []template
}

// scope is where templates of parameters and grants stand: in a role with
// parameters, or in a rule or a role without.
type scope struct{ parameters []string }

// bundle compiles what stands at a path. Roles that are not known, or whose
// parameters are wrong, are reported and left out.
func (c *compilation) bundle(path string, a AddOn, in scope) bundle {
	var out bundle
	if a.When != "" {
		out.when = c.condition(path+".when", a.When)
	}
	out.window = c.window(path, "add-on", a.From, a.Until)
	out.grants = c.gifts(path+".grants", a.Grants, in)
	with := map[string]template{}
	for _, name := range sortedKeys(a.With) {
		with[name] = c.parameter(child(path+".with", name), a.With[name], in)
	}
	var wanted []string
	for i, name := range a.Roles {
		if !c.role(entry(path+".roles", i), name) {
			continue
		}
		r := c.policy.roles[name]
		ref := reference{role: r}
		for _, p := range r.parameters {
			wanted = append(wanted, p)
			t, ok := with[p]
			if !ok {
				c.found.add(entry(path+".roles", i), "role %q wants the parameter %s: say its value under with", clip(name), p)
			}
			ref.with = append(ref.with, t)
		}
		out.roles = append(out.roles, ref)
	}
	for _, name := range sortedKeys(a.With) {
		if len(out.roles) == len(a.Roles) && !slices.Contains(wanted, name) {
			c.found.add(child(path+".with", name), "none of the roles has a parameter %q%s", clip(name), c.spell.didYouMean(name, wanted))
		}
	}
	slices.SortStableFunc(out.roles, func(a, b reference) int { return cmp.Compare(a.role.name, b.role.name) })
	return out
}

// addOns compiles add-ons and reports those that give nothing.
func (c *compilation) addOns(path string, list []AddOn, in scope) []bundle {
	out := make([]bundle, 0, len(list))
	for i, a := range list {
		p := entry(path, i)
		if len(a.Roles)+len(a.Grants) == 0 {
			c.found.add(p, "the add-on gives nothing; want roles or grants")
		}
		out = append(out, c.bundle(p, a, in))
	}
	return out
}

// parameter compiles the value of a parameter.
func (c *compilation) parameter(path, text string, in scope) template {
	c.text(path, text, maxTemplate)
	t := c.templates(in).parse(text, useParameter, func(offset int, msg string) { c.found.addAt(path, offset, msg) })
	c.used(t)
	return t
}

// gifts compiles grants; where there are parameters, they may read those.
func (c *compilation) gifts(path string, texts []string, in scope) []gift {
	out := make([]gift, 0, len(texts))
	for i, s := range texts {
		p := entry(path, i)
		e, ok := c.grant(p, s)
		if !ok {
			continue
		}
		g := gift{entitlement: e}
		if len(in.parameters) > 0 {
			g = c.named(p, e, in)
		}
		out = append(out, g)
	}
	return out
}

// named compiles an entitlement the name of which is a template.
func (c *compilation) named(path string, e Entitlement, in scope) gift {
	if before := e.System + e.Kind; strings.ContainsAny(before, "{}") {
		c.found.add(path, "a parameter can only stand in the name, which is what follows the first /")
		return gift{entitlement: e}
	}
	skip := utf8.RuneCountInString(e.System) + utf8.RuneCountInString(e.Kind) + 2
	t := c.templates(in).parse(e.Name, useGrant, func(offset int, msg string) { c.found.addAt(path, offset+skip, msg) })
	c.used(t)
	if len(t.parts) == 1 && t.parts[0].source == "" {
		e.Name = t.parts[0].text
		return gift{entitlement: e}
	}
	return gift{entitlement: e, name: t}
}

// templates returns what parses the templates of a scope.
func (c *compilation) templates(in scope) *templates {
	if c.names == nil {
		c.names = sortedKeys(c.known)
	}
	return &templates{attributes: c.known, names: c.names, systems: c.systems, parameters: in.parameters, spell: &c.spell}
}

// used notes the parameters that a template reads.
func (c *compilation) used(t template) {
	for _, p := range t.parts {
		if p.source == sourceParameter {
			c.read = appendNew(c.read, p.name)
		}
	}
}

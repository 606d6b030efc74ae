package policy

import (
	"cmp"
	"slices"
)

// given is an entitlement with the path of roles that leads to it.
type given struct {
	entitlement Entitlement
	roles       []string
}

// rule is a compiled [Rule].
type rule struct {
	name        string
	when        *condition
	from, until string
	overlap     int // days
	gives       [][]given
}

func (c *compilation) roles() {
	names := sortedKeys(c.doc.Roles)
	edges := map[string][]string{}
	for _, name := range names {
		r, path := c.doc.Roles[name], child("roles", name)
		c.text(path, name, maxNameLength)
		c.prose(path+".description", r.Description)
		for i, other := range r.Inherits {
			if c.role(entry(path+".inherits", i), other, names) {
				edges[name] = append(edges[name], other)
			}
		}
		c.grants(path+".grants", r.Grants)
	}
	for _, cycle := range cycles(names, edges) {
		c.broken = true
		c.found.add(child("roles", cycle[0])+".inherits", "roles inherit in a circle: %s", quoted(cycle, " > "))
	}
}

// role reports a role that does not exist.
func (c *compilation) role(path, name string, names []string) bool {
	if _, ok := c.doc.Roles[name]; !ok {
		c.found.add(path, "unknown role %q%s", clip(name), c.spell.didYouMean(name, names))
		return false
	}
	return true
}

func (c *compilation) isSystem(name string) bool {
	_, ok := c.doc.Accounts[name]
	return ok
}

// grants reads entitlements and reports those that are malformed or in a system
// of which nobody said what an account looks like.
func (c *compilation) grants(path string, texts []string) []Entitlement {
	out := make([]Entitlement, 0, len(texts))
	for i, s := range texts {
		p := entry(path, i)
		e, err := ParseEntitlement(s)
		switch {
		case err != nil:
			c.found.add(p, "grant %q: want system:kind/name, such as directory:group/engineering", clip(s))
			continue
		case !c.isSystem(e.System):
			c.found.add(p, "system %q has no entry under accounts%s", clip(e.System), c.spell.didYouMean(e.System, c.systems))
		}
		c.text(p, s, maxValue)
		out = append(out, e)
	}
	return out
}

func (c *compilation) rules() {
	roleNames := sortedKeys(c.doc.Roles)
	first := map[string]int{}
	for i, r := range c.doc.Rules {
		path := entry("rules", i)
		if r.Name == "" {
			c.found.add(path+".name", "the rule has no name")
		} else {
			c.text(path+".name", r.Name, maxNameLength)
		}
		if j, ok := first[r.Name]; ok && r.Name != "" {
			c.found.add(path+".name", "rule %q stands here a second time; the first is rules[%d]", clip(r.Name), j)
		} else {
			first[r.Name] = i
		}
		c.prose(path+".description", r.Description)
		c.window(path, r)
		c.days(path+".overlapDays", r.OverlapDays)
		out := rule{name: r.Name, from: r.From, until: r.Until, overlap: r.OverlapDays}
		if r.When == "" {
			c.found.add(path+".when", `the rule has no condition; "true" holds for everybody`)
		} else {
			out.when = c.condition(path+".when", r.When)
		}
		if len(r.Roles)+len(r.Grants) == 0 {
			c.found.add(path, "the rule gives nothing; want roles or grants")
		}
		var direct []given
		for _, e := range c.grants(path+".grants", r.Grants) {
			direct = append(direct, given{entitlement: e})
		}
		out.gives = append(out.gives, direct)
		for k, name := range r.Roles {
			if c.role(entry(path+".roles", k), name, roleNames) {
				out.gives = append(out.gives, c.expand(name))
			}
		}
		c.policy.rules = append(c.policy.rules, out)
		c.policy.addBoundaries(r)
		if r.OverlapDays > 0 {
			c.policy.overlapDays = appendNew(c.policy.overlapDays, r.OverlapDays)
		}
	}
	slices.SortFunc(c.policy.boundaries, func(a, b boundary) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.days, b.days)) })
	c.policy.boundaries = slices.Compact(c.policy.boundaries)
	c.policy.attributes = c.known
}

// conditions returns what compiles conditions.
func (c *compilation) conditions() *conditions {
	if c.compiler == nil {
		c.compiler = newConditions(c.known, &c.spell)
	}
	return c.compiler
}

// condition compiles a condition at a path, and notes what it reads.
func (c *compilation) condition(path, text string) *condition {
	c.prose(path, text)
	out := c.conditions().compile(text, func(offset int, msg string) { c.found.addAt(path, offset, "%s", msg) })
	if out != nil {
		c.policy.conditionReads = append(c.policy.conditionReads, out.reads...)
	}
	return out
}

func (c *compilation) window(path string, r Rule) {
	fine := true
	for _, f := range []struct{ key, day string }{{"from", r.From}, {"until", r.Until}} {
		if f.day != "" && !isDay(f.day) {
			fine = false
			c.found.add(path+"."+f.key, "%q is not a day; want one such as 2026-01-31", clip(f.day))
		}
	}
	if fine && r.From != "" && r.Until != "" && r.Until < r.From {
		c.found.add(path+".until", "the rule ends on %s, before it begins on %s", r.Until, r.From)
	}
}

// expand returns all that a role gives, each grant of each role above it once,
// by the shortest path, and among those by the first in the order of names.
func (c *compilation) expand(name string) []given {
	if out, ok := c.cached[name]; ok || c.broken {
		return out
	}
	var out []given
	seen := map[string]bool{name: true}
	paths := [][]string{{name}}
	for len(paths) > 0 {
		path := paths[0]
		paths = paths[1:]
		if len(path) > maxInherits {
			c.fail(name, "roles inherit more than %d levels deep: %s", maxInherits, quoted(path, " > "))
			return nil
		}
		r := c.doc.Roles[path[len(path)-1]]
		if c.size += 1 + len(r.Grants) + len(r.Inherits); c.size > maxExpanded {
			c.fail(name, "the roles that rules use have more than %d grants and parents in all, counting inherited ones", maxExpanded)
			return nil
		}
		for _, s := range r.Grants {
			if e, err := ParseEntitlement(s); err == nil {
				out = append(out, given{e, path})
			}
		}
		for _, above := range slices.Sorted(slices.Values(r.Inherits)) {
			if _, ok := c.doc.Roles[above]; ok && !seen[above] {
				seen[above] = true
				paths = append(paths, append(slices.Clone(path), above))
			}
		}
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

// cycles returns paths that lead back to where they began, each with its first
// name again at the end: one for each edge that closes a circle, in the order of
// names.
func cycles(names []string, edges map[string][]string) [][]string {
	const (
		open = iota + 1
		done
	)
	var found [][]string
	var path []string
	state := map[string]int{}
	var visit func(name string)
	visit = func(name string) {
		state[name] = open
		path = append(path, name)
		for _, next := range edges[name] {
			switch state[next] {
			case open:
				if len(found) >= maxProblems {
					continue
				}
				found = append(found, append(slices.Clone(path[slices.Index(path, next):]), next))
			case done:
			default:
				visit(next)
			}
		}
		path = path[:len(path)-1]
		state[name] = done
	}
	for _, name := range names {
		if state[name] == 0 {
			visit(name)
		}
	}
	return found
}

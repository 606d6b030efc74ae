package policy

import (
	"slices"
	"strings"
)

// separation is a compiled [Separation].
type separation struct {
	name        string
	action      SeparationAction
	atMost      int
	sides       []side
	mitigations []mitigation
}

// side is a compiled [Side].
type side struct {
	roles  []string
	grants []pattern
}

// mitigation is a compiled [Mitigation].
type mitigation struct {
	person, relationship string
	window               window
	reason               string
}

func (c *compilation) separations() {
	first := map[string]int{}
	for i, s := range c.doc.Separation {
		path := entry("separation", i)
		c.title(path, "separation", "separation", s.Name, i, first)
		c.prose(path+".description", s.Description)
		c.governance(path, s.Owner, s.ReviewDays)
		if s.Action == "" {
			c.found.add(path+".action", "the separation has no action; want one of %s", joined(separationActions))
		}
		c.enum(path+".action", "action", string(s.Action), strs(separationActions))
		out := separation{name: s.Name, action: s.Action, atMost: max(1, s.AtMost)}
		switch {
		case len(s.Between) < 2:
			c.found.add(path+".between", "want two sides or more to keep apart")
		case s.AtMost < 0 || s.AtMost >= len(s.Between):
			c.found.add(path+".atMost", "%d of %d sides; want 1 to %d", s.AtMost, len(s.Between), len(s.Between)-1)
		}
		for k, one := range s.Between {
			at := entry(path+".between", k)
			if len(one.Roles)+len(one.Grants) == 0 {
				c.found.add(at, "the side is empty; want roles or grants")
			}
			for n, name := range one.Roles {
				c.role(entry(at+".roles", n), name)
			}
			out.sides = append(out.sides, side{roles: one.Roles, grants: c.patterns(at+".grants", one.Grants)})
			c.apart(at, out.sides)
		}
		for k, m := range s.Mitigations {
			at := entry(path+".mitigations", k)
			c.whose(at, "mitigation", m.Person, m.Relationship)
			c.ends(at, "mitigation", m.Until)
			c.governance(at, m.Owner, m.ReviewDays)
			if c.prose(at+".reason", m.Reason); m.Reason == "" {
				c.found.add(at+".reason", "the mitigation has no reason; say what guards against harm")
			}
			out.mitigations = append(out.mitigations, mitigation{m.Person, m.Relationship, c.window(at, "mitigation", m.From, m.Until), m.Reason})
		}
		c.policy.readsApprovals = c.policy.readsApprovals || s.Action == RequireApproval
		c.policy.separations = append(c.policy.separations, out)
	}
}

// apart reports what stands on the last side and on another: by itself it would be
// two sides at once.
func (c *compilation) apart(path string, sides []side) {
	last := sides[len(sides)-1]
	for k, other := range sides[:len(sides)-1] {
		for _, name := range last.roles {
			if slices.Contains(other.roles, name) {
				c.found.add(path, "role %q stands on this side and on between[%d]", clip(name), k)
			}
		}
		var set patternSet
		for _, p := range other.grants {
			set.add(p)
		}
		set = set.sorted()
		for _, p := range last.grants {
			if set.overlaps(p) {
				i := slices.IndexFunc(other.grants, p.overlaps)
				c.found.add(path, "%s stands on this side and on between[%d], as %s", p, k, other.grants[i])
			}
		}
	}
}

// ends reports what has no end.
func (c *compilation) ends(path, what, until string) {
	if until == "" {
		c.found.add(path+".until", "the %s has no end; say until: with the last day, such as 2026-12-31", what)
	}
}

// overlaps reports whether an entitlement can match both patterns.
func (p pattern) overlaps(other pattern) bool {
	switch {
	case p.prefix == "":
		return other.matches(p.one)
	case other.prefix == "":
		return p.matches(other.one)
	default:
		return strings.HasPrefix(p.prefix, other.prefix) || strings.HasPrefix(other.prefix, p.prefix)
	}
}

// String returns the pattern as it is written.
func (p pattern) String() string {
	if p.prefix == "" {
		return p.one.String()
	}
	return p.prefix + "*"
}

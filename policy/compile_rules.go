package policy

import "slices"

// given is an entitlement with the path of roles that leads to it.
type given struct {
	entitlement Entitlement
	roles       []string
}

// rule is a compiled [Rule].
type rule struct {
	name    string
	when    *condition
	window  window
	overlap int       // days
	gives   [][]given // whatever the facts
	varying []bundle  // by the facts
}

func (c *compilation) rules() {
	first := map[string]int{}
	for i, r := range c.doc.Rules {
		path := entry("rules", i)
		c.title(path, "rule", "rules", r.Name, i, first)
		c.prose(path+".description", r.Description)
		c.governance(path, r.Owner, r.ReviewDays)
		c.days(path+".overlapDays", r.OverlapDays)
		out := rule{name: r.Name, window: c.window(path, "rule", r.From, r.Until), overlap: r.OverlapDays}
		out.when = c.required(path, "rule", r.When)
		if len(r.Roles)+len(r.Grants)+len(r.AddOns) == 0 {
			c.found.add(path, "the rule gives nothing; want roles or grants")
		}
		out.gives, out.varying = c.gives(c.bundle(path, AddOn{Roles: r.Roles, Grants: r.Grants, With: r.With}, scope{}))
		for _, b := range c.addOns(path+".addOns", r.AddOns, scope{}) {
			for _, ref := range b.roles {
				c.expand(ref.role.name) // for its size
			}
			out.varying = append(out.varying, b)
		}
		c.policy.rules = append(c.policy.rules, out)
		if r.OverlapDays > 0 {
			c.policy.overlapDays = appendNew(c.policy.overlapDays, r.OverlapDays)
		}
	}
	c.policy.attributes = c.known
}

// gives parts what a bundle gives whatever the facts from what depends on them.
func (c *compilation) gives(b bundle) (steady [][]given, varying []bundle) {
	direct := make([]given, 0, len(b.grants))
	for _, g := range b.grants {
		direct = append(direct, given{entitlement: g.entitlement})
	}
	steady = append(steady, direct)
	rest := bundle{when: b.when, window: b.window}
	for _, ref := range b.roles {
		expanded := c.expand(ref.role.name) // also for its size
		if ref.role.varies {
			rest.roles = append(rest.roles, ref)
			continue
		}
		steady = append(steady, expanded)
	}
	if len(rest.roles) > 0 {
		varying = []bundle{rest}
	}
	return steady, varying
}

// title checks the name of an entry of a list, which is required and unique.
func (c *compilation) title(path, what, list, name string, i int, first map[string]int) {
	if name == "" {
		c.found.add(path+".name", "the %s has no name", what)
		return
	}
	c.text(path+".name", name, maxNameLength)
	if j, ok := first[name]; ok {
		c.found.add(path+".name", "%s %q stands here a second time; the first is %s", what, clip(name), c.place(entry(list, j)))
		return
	}
	first[name] = i
}

// required compiles a condition that must be there.
func (c *compilation) required(path, what, when string) *condition {
	if when == "" {
		c.found.add(path+".when", `the %s has no condition; "true" holds for everybody`, what)
		return nil
	}
	return c.condition(path+".when", when)
}

// enum reports a word that is none of a few. Empty is fine.
func (c *compilation) enum(path, what, word string, words []string) {
	if word != "" && !slices.Contains(words, word) {
		c.found.add(path, "unknown %s %q%s; want one of %s", what, clip(word), c.spell.didYouMean(word, words), joined(words))
	}
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
	out := c.conditions().compile(text, func(offset int, msg string) { c.found.addAt(path, offset, msg) })
	if out != nil {
		c.policy.conditionReads = append(c.policy.conditionReads, out.reads...)
	}
	return out
}

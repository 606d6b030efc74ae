package policy

import "slices"

// account is a compiled [AccountMapping].
type account struct {
	name       string
	candidates []template
	attributes []mapped
	after      []string
	aheadDays  int
	rename     bool
}

// mapped is an attribute of an account with its templates.
type mapped struct {
	name   string
	values []template
}

func (c *compilation) accounts() {
	parser := &templates{attributes: c.known, names: sortedKeys(c.known), systems: c.systems, spell: &c.spell}
	edges := map[string][]string{}
	for _, system := range c.systems {
		m, path := c.doc.Accounts[system], child("accounts", system)
		if !systemName.MatchString(system) || len(system) > maxNameLength {
			c.found.add(path, "system %q: a name is made of letters, digits, - and _ and begins with a letter or digit", clip(system))
		}
		if m.Name == "" {
			c.found.add(path+".name", "name is missing: the attribute of the account that holds the login name")
		} else {
			c.text(path+".name", m.Name, maxNameLength)
		}
		if len(m.Candidates) == 0 {
			c.found.add(path+".candidates", "candidates are missing: templates of login names, such as [\"{employeeNumber}\"]")
		}
		parse := func(path, text string, as use) template {
			c.prose(path, text)
			t := parser.parse(text, as, func(offset int, msg string) { c.found.addAt(path, offset, msg) })
			for _, p := range t.parts {
				c.input(p)
				if p.source == sourceAccount {
					edges[system] = appendNew(edges[system], p.system)
				}
			}
			return t
		}
		c.days(path+".aheadDays", m.AheadDays)
		c.signIn(system)
		c.governance(path, m.Owner, m.ReviewDays)
		a := account{name: m.Name, after: m.After, aheadDays: m.AheadDays, rename: m.Rename}
		off := suspension{system: system}
		if m.Suspend != "" {
			off.when = c.condition(path+".suspend", m.Suspend)
		}
		if m.SuspendUrgently != "" {
			off.urgently = c.condition(path+".suspendUrgently", m.SuspendUrgently)
		}
		if m.AheadDays > 0 {
			c.policy.aheads = appendNew(c.policy.aheads, m.AheadDays)
		}
		for i, text := range m.Candidates {
			a.candidates = append(a.candidates, parse(entry(path+".candidates", i), text, useCandidate))
		}
		for _, name := range sortedKeys(m.Attributes) {
			texts, p := m.Attributes[name], child(path+".attributes", name)
			c.text(p, name, maxNameLength)
			if name == m.Name {
				c.found.add(p, "%s holds the login name, which the candidates give", name)
			}
			if len(texts) == 0 {
				m.Attributes[name] = nil // one way to say clear, so that the version does not depend on it
			}
			one := mapped{name: name}
			for i, text := range texts {
				one.values = append(one.values, parse(entry(p, i), text, useAttribute))
			}
			a.attributes = append(a.attributes, one)
		}
		for i, other := range m.After {
			if !c.isSystem(other) {
				c.found.add(entry(path+".after", i), "unknown system %q%s", clip(other), c.spell.didYouMean(other, c.systems))
				continue
			}
			edges[system] = appendNew(edges[system], other)
		}
		if off.when != nil || off.urgently != nil {
			c.policy.suspending = append(c.policy.suspending, off)
		}
		c.policy.accounts[system] = a
	}
	for _, cycle := range cycles(c.systems, edges) {
		c.found.add(child("accounts", cycle[0]), "accounts wait for each other in a circle: %s", quoted(cycle, " > "))
	}
	slices.Sort(c.policy.templateReads)
	c.policy.templateReads = slices.Compact(c.policy.templateReads)
}

// input notes what a template reads.
func (c *compilation) input(p part) {
	switch p.source {
	case sourceFact:
		c.policy.templateReads = append(c.policy.templateReads, p.name)
	case sourceAccount:
		c.policy.readsOwn = true
	case sourceManager:
		c.policy.readsManager = true
	}
}

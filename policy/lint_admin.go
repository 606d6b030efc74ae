package policy

import "fmt"

// admins looks for roles of kind admin that come with something else, or to everybody.
func (l *linting) admins() {
	for i, r := range l.doc.Rules {
		path := entry("rules", i)
		l.adminsOf(path, fmt.Sprintf("rule %q", r.Name), r.When, "", withPlain(r))
		for k, a := range r.AddOns {
			if a.When != "" {
				l.adminsOf(entry(path+".addOns", k), fmt.Sprintf("add-on %d of rule %q", k+1, r.Name), r.When, a.When, a.Roles)
			}
		}
	}
}

// withPlain returns the roles of a rule and of its add-ons without conditions.
func withPlain(r Rule) (roles []string) {
	roles = append(roles, r.Roles...)
	for _, a := range r.AddOns {
		if a.When == "" {
			roles = append(roles, a.Roles...)
		}
	}
	return roles
}

// adminsOf looks at roles that are given together under two conditions.
func (l *linting) adminsOf(path, what, when, also string, roles []string) {
	for _, name := range roles {
		admin := l.administers(name)
		if admin == "" {
			continue
		}
		var others []string
		for _, other := range roles {
			if other != name {
				others = append(others, other)
			}
		}
		of := fmt.Sprintf("role %q", name)
		if admin != name {
			of += fmt.Sprintf(" and with it %q", admin)
		}
		if len(others) > 0 {
			l.add("admin-bundled", path, "give the role of kind admin in a rule of its own, to those who look after the system",
				"%s gives %s, which is of kind admin, together with %s: whoever loses one of them may have to keep the other", what, of, some(others))
		}
		if !l.roles[name].approval && !l.roles[admin].approval && l.everybody(when) && l.everybody(also) {
			l.add("admin-for-everybody", path, "name in the condition who looks after the system, or require approval of the role",
				"%s gives %s, which is of kind admin, to everybody", what, of)
		}
	}
}

// administers returns a role of kind admin that a role is or leads to.
func (l *linting) administers(name string) string {
	if l.doc.Roles[name].Kind == Admin {
		return name
	}
	for _, other := range sortedKeys(l.reach(name).roles) {
		if l.doc.Roles[other].Kind == Admin {
			return other
		}
	}
	return ""
}

// everybody reports whether a condition, or none, is proven to hold always.
func (l *linting) everybody(when string) bool {
	return when == "" || when == "true" || l.space.Always(l.formula(when), &l.steps)
}

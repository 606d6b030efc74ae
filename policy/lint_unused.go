package policy

import (
	"slices"
	"strings"
	"unicode"
)

// asPattern is what a grant in a role or rule stands for: one entitlement or, if the
// name has parameters, all that begin alike.
func (g gift) asPattern() pattern {
	if len(g.name.parts) == 0 {
		return pattern{one: g.entitlement}
	}
	p := pattern{prefix: g.entitlement.System + ":" + g.entitlement.Kind + "/"}
	if first := g.name.parts[0]; first.source == "" {
		// White space around a name goes, and braces that look like marks do.
		text, _, _ := strings.Cut(first.text, "{")
		p.prefix += strings.TrimLeftFunc(text, unicode.IsSpace)
	}
	return p
}

// led returns the roles that rules, exceptions and requests can lead to.
func (l *linting) led() map[string]bool {
	out := map[string]bool{}
	var visit func(name string)
	bundles := func(list []bundle) {
		for _, b := range list {
			for _, ref := range b.roles {
				visit(ref.role.name)
			}
		}
	}
	visit = func(name string) {
		if !out[name] && l.roles[name] != nil {
			out[name] = true
			bundles(l.roles[name].bundles)
		}
	}
	for i, r := range l.doc.Rules {
		for _, name := range r.Roles {
			visit(name)
		}
		bundles(l.rules[i].varying)
	}
	for _, e := range l.doc.Exceptions {
		for _, name := range e.Roles {
			visit(name)
		}
	}
	for name, r := range l.roles {
		if r.requestable {
			visit(name)
		}
	}
	return out
}

// supply returns everything that somebody can be given.
func (l *linting) supply(led map[string]bool) patternSet {
	var out patternSet
	take := func(list []bundle) {
		for _, b := range list {
			for _, g := range b.grants {
				out.add(g.asPattern())
			}
		}
	}
	for i, r := range l.doc.Rules {
		for _, e := range l.grants(r.Grants) {
			out.add(pattern{one: e})
		}
		take(l.rules[i].varying)
	}
	for _, e := range l.doc.Exceptions {
		for _, e := range l.grants(e.Grants) {
			out.add(pattern{one: e})
		}
	}
	for name := range led {
		take(l.roles[name].bundles)
	}
	for prefix, info := range l.governsMany.said {
		if info.Requestable {
			out.many.add(prefix, true)
		}
	}
	for e, info := range l.governs {
		if info.Requestable {
			out.add(pattern{one: e})
		}
	}
	return out.sorted()
}

// unused looks for what stands in the policy and has no effect.
func (l *linting) unused() {
	led := l.led()
	for _, name := range sortedKeys(l.roles) {
		if !led[name] {
			l.add("unused-role", child("roles", name), "remove it, or let a rule give it", "no rule, exception or request leads to role %q", name)
		}
	}
	read := l.readAttributes()
	for _, name := range sortedKeys(l.doc.Attributes) {
		if !read[name] {
			l.add("unused-attribute", child("attributes", name), "remove the declaration", "no condition and no template reads attribute %q", name)
		}
	}
	given := l.supply(led).overlaps
	for _, system := range sortedKeys(l.doc.Accounts) {
		if !given(pattern{prefix: system + ":"}) {
			l.add("unused-account", child("accounts", system), "grant something there, such as "+system+":account/user, or remove it",
				"nothing in %q is granted, so nobody has an account there", system)
		}
	}
	for _, name := range sortedKeys(l.doc.Entitlements) {
		if p, ok := readPattern(name); ok && !given(p) {
			l.add("unused-entitlement", child("entitlements", name), "remove it, or see whether the name is right", "nothing gives %s", name)
		}
	}
	for i, d := range l.denies {
		idle := !slices.ContainsFunc(d.grants, given) && !slices.ContainsFunc(d.roles, func(name string) bool { return led[name] })
		if idle {
			l.add("idle-deny", entry("denies", i), "see whether the names are right; it can stay as a precaution", "deny %q takes away what nothing gives", d.name)
		}
	}
}

// readPattern reads an entitlement that may end in a *.
func readPattern(s string) (pattern, bool) {
	if n := len(s); n > 0 && s[n-1] == '*' {
		return pattern{prefix: s[:n-1]}, true
	}
	e, err := ParseEntitlement(s)
	return pattern{one: e}, err == nil
}

// readAttributes returns the attributes that conditions, windows or templates read.
func (l *linting) readAttributes() map[string]bool {
	out := map[string]bool{}
	for _, name := range slices.Concat(l.conditionReads, l.templateReads) {
		out[name] = true
	}
	parameters := func(list []bundle) {
		for _, b := range list {
			for _, ref := range b.roles {
				for _, t := range ref.with {
					for _, p := range t.parts {
						if p.source == sourceFact {
							out[p.name] = true
						}
					}
				}
			}
		}
	}
	for _, r := range l.rules {
		parameters(r.varying)
	}
	for _, r := range l.roles {
		parameters(r.bundles)
	}
	return out
}

package policy

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// privilege looks for what is sensitive where it does not belong.
func (l *linting) privilege() {
	mighty := map[*given][]given{} // of each list, which several rules may have in common
	for i, r := range l.doc.Rules {
		if r.When != "true" && !l.space.Always(l.formula(r.When), &l.steps) {
			continue
		}
		told := map[Entitlement]bool{}
		for _, list := range l.rules[i].gives {
			if len(list) == 0 {
				continue
			}
			some, ok := mighty[&list[0]]
			if !ok {
				some = l.unapproved(list)
				mighty[&list[0]] = some
			}
			for _, g := range some {
				if told[g.entitlement] {
					continue
				}
				told[g.entitlement] = true
				l.add("privileged-for-everybody", entry("rules", i), "name in the condition who needs it, or require approval: see entitlements",
					"rule %q gives %s, which is %s, to everybody", r.Name, g.entitlement, l.info(g.entitlement).Sensitivity)
			}
		}
	}
	for _, name := range sortedKeys(l.doc.Roles) {
		l.bundled(name)
	}
	for _, name := range sortedKeys(l.doc.Entitlements) {
		info, path := l.doc.Entitlements[name], child("entitlements", name)
		var lacks []string
		if info.Owner == "" {
			lacks = append(lacks, "owner")
		}
		if info.ReviewDays == 0 {
			lacks = append(lacks, "reviewDays")
		}
		if info.Sensitivity != "" && len(lacks) > 0 {
			l.add("privileged-ungoverned", path, "say "+strings.Join(lacks, " and "), "%s is %s, and the policy says no %s: nobody answers for who has it", name, info.Sensitivity, strings.Join(lacks, " and no "))
		}
		if info.Sensitivity == Privileged && !info.Approval {
			l.add("privileged-unapproved", path, "say approval: true, unless another process approves", "%s is privileged, and rules give it without anybody agreeing", name)
		}
	}
	l.loosened()
	l.looksPrivileged()
}

// loosened looks for entries that, since the longest counts alone, take away what a
// wider one says for protection.
func (l *linting) loosened() {
	for _, name := range sortedKeys(l.doc.Entitlements) {
		text, many := strings.CutSuffix(name, "*")
		if many && text != "" {
			text = text[:len(text)-1] // not itself
		}
		wider, n, ok := l.governsMany.longest(text)
		if !ok {
			continue
		}
		info, around := l.doc.Entitlements[name], text[:n]+"*"
		var lost, say []string
		if info.Sensitivity.rank() < wider.Sensitivity.rank() {
			lost, say = append(lost, "is "+string(wider.Sensitivity)), append(say, "sensitivity: "+string(wider.Sensitivity))
		}
		if wider.Approval && !info.Approval {
			lost, say = append(lost, "requires approval"), append(say, "approval: true")
		}
		if len(lost) > 0 {
			l.add("governance-loosened", child("entitlements", name), "say "+strings.Join(say, " and ")+" here as well, unless less is meant",
				"%s counts alone for what it names, and %s, around it, %s: that is lost", name, around, strings.Join(lost, " and "))
		}
	}
}

// unapproved returns what is sensitive and given without approval.
func (l *linting) unapproved(list []given) (out []given) {
	for _, g := range list {
		info := l.info(g.entitlement)
		approved := info.Approval || slices.ContainsFunc(g.roles, func(name string) bool { return l.roles[name].approval })
		if info.Sensitivity != "" && !approved {
			out = append(out, g)
		}
	}
	return out
}

// bundled looks for privileged grants in a role that gives others, too.
func (l *linting) bundled(name string) {
	var privileged, others []string
	for _, what := range slices.Sorted(maps.Keys(l.all(name))) {
		p, ok := readPattern(what)
		switch {
		case !ok:
		case p.prefix == "" && l.info(p.one).Sensitivity == Privileged, p.prefix != "" && l.infoOf(p.prefix).Sensitivity == Privileged:
			privileged = append(privileged, what)
		default:
			others = append(others, what)
		}
	}
	if len(privileged) > 0 && len(others) > 0 {
		l.add("privileged-bundled", child("roles", name), "give what is privileged in a role of kind admin that gives nothing else, and give both roles where both are needed",
			"role %q gives %s, which is privileged, together with %s: whoever needs one of them gets the other", name, some(privileged), some(others))
	}
}

// mighty are words in names of entitlements that usually can do harm.
var mighty = []string{"admin", "admins", "administrator", "administrators", "root", "sudo", "superuser", "superadmin", "sysadmin", "privileged"}

// looksPrivileged looks for grants that sound mighty, and of which the policy says
// nothing.
func (l *linting) looksPrivileged() {
	told := map[string]bool{}
	look := func(path string, grants []string) {
		for i, s := range grants {
			e, err := ParseEntitlement(s)
			if err != nil || told[s] || l.info(e).Sensitivity != "" || l.governs[e] != (EntitlementInfo{}) {
				continue
			}
			words := strings.FieldsFunc(strings.ToLower(e.Name), func(r rune) bool { return !unicode.IsLetter(r) })
			if k := slices.IndexFunc(words, func(w string) bool { return slices.Contains(mighty, w) }); k >= 0 {
				told[s] = true
				l.add("looks-privileged", entry(path, i), fmt.Sprintf("say under entitlements: {%q: {sensitivity: privileged, owner: ..., reviewDays: 90}}, or an owner if it is harmless", s),
					"%s sounds privileged (%s), and the policy says nothing of it", s, words[k])
			}
		}
	}
	bundle := func(path string, grants []string, addOns []AddOn) {
		look(path+".grants", grants)
		for i, a := range addOns {
			look(entry(path+".addOns", i)+".grants", a.Grants)
		}
	}
	for _, name := range sortedKeys(l.doc.Roles) {
		bundle(child("roles", name), l.doc.Roles[name].Grants, l.doc.Roles[name].AddOns)
	}
	for i, r := range l.doc.Rules {
		bundle(entry("rules", i), r.Grants, r.AddOns)
	}
}

// apart looks for people who would violate a separation of duties by the rules alone.
func (l *linting) apart(ctx context.Context) error {
	if len(l.separations) == 0 {
		return nil
	}
	witnesses, err := l.Witnesses(ctx)
	if err != nil {
		return err
	}
	for i, w := range witnesses {
		if l.cut = l.cut || w.cut; w.Verdict != Possible {
			continue
		}
		var facts []string
		for _, r := range w.Subject.Relationships {
			for _, name := range sortedKeys(r.Spans[0].Attributes) {
				facts = append(facts, fmt.Sprintf("%s %s", name, quoted(r.Spans[0].Attributes[name], " and ")))
			}
		}
		who := "anybody"
		if len(facts) > 0 {
			who = "somebody with " + strings.Join(facts, ", ")
		}
		l.add("separation-possible", entry("separation", i), "make the conditions of the rules exclude each other, so that the separation is the last resort and not the rule",
			"%s would violate separation %q, by %s", who, w.Separation, rulesNamed(w.Rules))
	}
	return nil
}

func rulesNamed(names []string) string {
	if len(names) == 1 {
		return "rule " + quoted(names, "")
	}
	return "rules " + quoted(names, " and ")
}

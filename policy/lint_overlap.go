package policy

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/joinery-iam/joinery/policy/internal/logic"
)

// offer is what a rule, or a part of one, gives: entitlements by roles that nothing
// sets apart, entitlements by others, and parts that depend on the relationship.
// They are texts, so that they can be compared.
type offer map[string]bool

// way adds an entitlement that is given through roles.
func (l *linting) way(o offer, g given) {
	if slices.ContainsFunc(g.roles, func(name string) bool { return l.special[name] }) {
		o[fmt.Sprintf("%s by %q", g.entitlement, g.roles)] = true
		return
	}
	o[g.entitlement.String()] = true
}

// covers reports whether o has everything that other has.
func (o offer) covers(other offer) bool {
	for what := range other {
		if !o[what] {
			return false
		}
	}
	return true
}

// roleOffer returns what a role gives under a rule or add-on with some parameters. It
// is not to be changed.
func (l *linting) roleOffer(name string, with map[string]string) offer {
	out := offer{}
	if l.roles[name].varies {
		own := map[string]string{}
		for _, p := range l.roles[name].parameters {
			own[p] = with[p]
		}
		out[asText("role "+name, own)] = true
		return out
	}
	if known, ok := l.offered[name]; ok {
		return known
	}
	for _, g := range l.expand(name) {
		l.way(out, g)
	}
	l.offered[name] = out
	return out
}

func asText(what string, v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return what + fmt.Sprint(v)
	}
	return what + " " + string(text)
}

// ruleOffer returns what a rule gives.
func (l *linting) ruleOffer(r Rule) offer {
	out := offer{}
	for _, g := range l.grants(r.Grants) {
		l.way(out, given{entitlement: g})
	}
	for _, name := range r.Roles {
		maps.Copy(out, l.roleOffer(name, r.With))
	}
	for _, a := range r.AddOns {
		out[asText("add-on", a)] = true
	}
	return out
}

// grants parses entitlements of a policy that compiled.
func (l *linting) grants(list []string) []Entitlement {
	var out []Entitlement
	for _, s := range list {
		if e, err := ParseEntitlement(s); err == nil {
			out = append(out, e)
		}
	}
	return out
}

// expand returns what a role that does not vary gives, with the ways to each.
func (l *linting) expand(name string) []given {
	if out, ok := l.expanded[name]; ok {
		return out
	}
	var out []given
	l.climb(name, func(path []string, b *bundle) bool {
		for _, g := range b.grants {
			out = append(out, given{g.entitlement, path})
		}
		return true
	})
	l.expanded[name] = out
	return out
}

// superfluity is the search for rules, and parts of rules, without which everybody
// would be given the same. What was found counts as gone, so that all of it can go.
type superfluity struct {
	*linting
	offers []offer // of what is left of each rule
	givers map[string][]int
}

func (l *linting) superfluous() {
	f := superfluity{l, make([]offer, len(l.doc.Rules)), map[string][]int{}}
	room := maxOffered
	for i, r := range l.doc.Rules {
		if room <= 0 {
			l.cut = true
			break
		}
		f.offers[i] = l.ruleOffer(r)
		room -= len(f.offers[i])
		for what := range f.offers[i] {
			f.givers[what] = append(f.givers[what], i)
		}
	}
	gone := make([]bool, len(l.doc.Rules))
	for i := range l.doc.Rules {
		gone[i] = l.steps > 0 && f.rule(i)
	}
	for i := range l.doc.Rules {
		if l.steps > 0 && !gone[i] {
			f.parts(i)
		}
	}
}

// by returns the first rule that is proven to give what is offered to all for whom
// rule i holds, and that is fit.
func (f *superfluity) by(i int, of offer, fit func(k int) bool) (k int, ok bool) {
	f.weigh(of)
	rare := ""
	for _, what := range slices.Sorted(maps.Keys(of)) {
		if rare == "" || len(f.givers[what]) < len(f.givers[rare]) {
			rare = what
		}
	}
	at := slices.IndexFunc(f.givers[rare], func(k int) bool {
		if k == i || f.steps <= 0 {
			return false
		}
		f.weigh(of)
		return f.offers[k].covers(of) && f.within(i, k) && fit(k)
	})
	if at < 0 {
		return 0, false
	}
	return f.givers[rare][at], true
}

// weigh counts a look at an offer as steps.
func (f *superfluity) weigh(o offer) { f.steps -= logic.Steps(len(o) / 50) }

// rule tells whether the whole of rule i is superfluous.
func (f *superfluity) rule(i int) bool {
	same := func(k int) bool { return f.offers[i].covers(f.offers[k]) && f.within(k, i) }
	if len(f.offers[i]) == 0 {
		return false // there was no room for it
	}
	k, ok := f.by(i, f.offers[i], func(k int) bool { return k < i || !same(k) }) // of two, the later one
	if !ok {
		return false
	}
	r, other, path := f.doc.Rules[i], f.doc.Rules[k], entry("rules", i)
	if same(k) {
		f.add("duplicate-rule", path, "remove one of the two", "rule %q gives the same to the same people as rule %q", r.Name, other.Name)
	} else {
		f.add("subsumed-rule", path, "remove it, or make it give what it is for",
			"rule %q gives nothing that rule %q does not give to the same people", r.Name, other.Name)
	}
	f.offers[i] = nil
	return true
}

// parts looks for roles and grants of rule i that others, or the rest of the rule,
// give to the same people.
func (f *superfluity) parts(i int) {
	if len(f.offers[i]) == 0 {
		return
	}
	r, path := f.doc.Rules[i], entry("rules", i)
	var grants, roles []offer
	for _, grant := range r.Grants {
		grants = append(grants, f.ruleOffer(Rule{Grants: []string{grant}}))
	}
	for _, name := range r.Roles {
		roles = append(roles, f.roleOffer(name, r.With))
	}
	times := map[string]int{} // that what is left of the rule gives something
	for _, o := range slices.Concat(grants, roles, []offer{f.ruleOffer(Rule{AddOns: r.AddOns})}) {
		for what := range o {
			times[what]++
		}
	}
	try := func(path, what string, of offer) {
		if f.weigh(of); f.steps <= 0 {
			return
		}
		again := true
		for one := range of {
			again = again && times[one] > 1
		}
		if again {
			f.add("overlapping-grant", path, "remove it here", "rule %q gives %s in another way as well", r.Name, what)
		} else if k, ok := f.by(i, of, func(int) bool { return true }); ok {
			f.add("overlapping-grant", path, "remove it here, unless it is to stay when the other rule changes",
				"rule %q gives %s to people who have it by rule %q anyway", r.Name, what, f.doc.Rules[k].Name)
		} else {
			return
		}
		for one := range of {
			if times[one]--; times[one] == 0 {
				delete(f.offers[i], one)
			}
		}
	}
	for k, grant := range r.Grants {
		try(entry(path+".grants", k), grant, grants[k])
	}
	for k, name := range r.Roles {
		try(entry(path+".roles", k), fmt.Sprintf("role %q", name), roles[k])
	}
}

// inside reports whether it is proven that one window lies in another.
func inside(from, until, otherFrom, otherUntil string) bool {
	early := otherFrom != "" && otherFrom != from && (!isDay(from) || !isDay(otherFrom) || from < otherFrom)
	late := otherUntil != "" && otherUntil != until && (!isDay(until) || !isDay(otherUntil) || until > otherUntil)
	return !early && !late
}

// within reports whether it is proven that rule k holds, at all times and as long
// after, for all for whom rule i does.
func (l *linting) within(i, k int) bool {
	a, b := l.doc.Rules[i], l.doc.Rules[k]
	if !inside(a.From, a.Until, b.From, b.Until) || a.OverlapDays > b.OverlapDays {
		return false
	}
	if b.When == "true" || a.When == b.When {
		return true
	}
	f := l.formula(a.When)
	// What holds for nobody is told as such.
	return l.space.Implies(f, l.formula(b.When), &l.steps) && !l.space.Never(f, &l.steps)
}

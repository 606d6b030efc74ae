package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// reach is everything that a role may give, inherited and under conditions, as texts,
// and the roles that it leads to, itself included.
type reach struct{ grants, roles map[string]bool }

// reach returns that of a role; nothing, if there is no room for it any more.
func (l *linting) reach(name string) reach {
	if out, ok := l.reached[name]; ok {
		return out
	}
	out := reach{map[string]bool{}, map[string]bool{}}
	var visit func(name string)
	visit = func(name string) {
		if out.roles[name] || l.room <= 0 {
			return
		}
		out.roles[name] = true
		for _, b := range l.roles[name].bundles {
			l.room -= 1 + len(b.grants) + len(b.roles)
			for _, g := range b.grants {
				out.grants[g.asPattern().String()] = true
			}
			for _, ref := range b.roles {
				visit(ref.role.name)
			}
		}
	}
	if visit(name); l.room <= 0 {
		out, l.cut = reach{}, true
	}
	l.reached[name] = out
	return out
}

// all returns everything that a role may give.
func (l *linting) all(name string) map[string]bool { return l.reach(name).grants }

// roleSizes holds roles to the sizes that people can oversee.
func (l *linting) roleSizes() {
	standard := 0
	for _, name := range sortedKeys(l.doc.Roles) {
		r, path := l.doc.Roles[name], child("roles", name)
		size := len(l.all(name))
		switch {
		case r.Kind == Standard:
			standard++
		case r.Kind == Extra && size > largeAddOn:
			l.add("large-add-on", path, "split it by purpose, or make it a standard role if it is what a job needs",
				"role %q is of kind addOn and gives %d entitlements; an add-on is easy to give and to take back as long as it is small, up to %d", name, size, largeAddOn)
		case r.Kind == Baseline && size > largeBaseline:
			l.add("large-baseline", path, "keep what everybody needs on the first day, and move the rest to roles of jobs",
				"role %q is of kind baseline and gives %d entitlements to everybody, more than %d", name, size, largeBaseline)
		}
	}
	if standard > manyStandardRoles {
		l.add("many-standard-roles", "roles", "merge those that differ little; give the difference with add-ons, or roles with parameters",
			"there are %d roles of kind standard; 10 to %d are what people can keep apart and review", standard, manyStandardRoles)
	}
}

// roleSet is a role with what it gives.
type roleSet struct {
	name string
	all  map[string]bool
}

const (
	similarCommon = 3   // grants that similar roles have in common at least
	similarApart  = 2   // grants that one has and the other has not, at most
	widespread    = 200 // roles that give something beyond which it makes none similar
)

// similarRoles looks for roles that could be one.
func (l *linting) similarRoles() {
	names := sortedKeys(l.doc.Roles)
	var sets []roleSet
	having := map[string][]int{}
	for _, name := range names {
		if l.roles[name].varies {
			continue // what it gives is not all that it is
		}
		set := roleSet{name, l.all(name)}
		for what := range set.all {
			having[what] = append(having[what], len(sets))
		}
		sets = append(sets, set)
	}
	grouped := l.parameterRoles(names)
	common := make([]int, len(sets)) // grants, by index of another
	for i, set := range sets {
		clear(common)
		for what := range set.all {
			if with := having[what]; len(with) <= widespread {
				for _, k := range with {
					common[k]++
				}
			}
		}
		for k, other := range sets {
			if common[k] > 0 && (k >= i || grouped[set.name] && grouped[other.name] || l.special[set.name] != l.special[other.name]) {
				common[k] = 0
			}
		}
		l.nearest(set, sets, common)
	}
}

// nearest tells of the role that a role is most like, if it is one that does not lead
// to the other.
func (l *linting) nearest(set roleSet, sets []roleSet, common []int) {
	best := -1
	for k, other := range sets {
		if common[k] == 0 || l.leads(set.name, other.name) || l.leads(other.name, set.name) {
			continue
		}
		apart := len(set.all) + len(other.all) - 2*common[k]
		if apart == 0 {
			l.add("duplicate-role", child("roles", set.name), fmt.Sprintf("give role %q in its place", other.name), "role %q gives the same as role %q", set.name, other.name)
			return
		}
		if common[k] >= similarCommon && apart <= similarApart && (best < 0 || common[k] > common[best]) {
			best = k
		}
	}
	if best >= 0 {
		l.similar(set, sets[best], common[best])
	}
}

func (l *linting) similar(a, b roleSet, common int) {
	of := func(x, y roleSet) string {
		var list []string
		for what := range x.all {
			if !y.all[what] {
				list = append(list, what)
			}
		}
		slices.Sort(list)
		if len(list) == 0 {
			return fmt.Sprintf("role %q nothing more", x.name)
		}
		return fmt.Sprintf("role %q also %s", x.name, some(list))
	}
	l.add("similar-roles", child("roles", a.name), fmt.Sprintf("make one role of both, with the %d in common, and give the rest under addOns with a condition", common),
		"roles %q and %q have %d grants in common; %s, %s", b.name, a.name, common, of(b, a), of(a, b))
}

// leads reports whether a role leads to another.
func (l *linting) leads(name, other string) bool {
	return l.reach(name).roles[other]
}

// parameterRoles looks for roles that differ in one name only, and returns those.
func (l *linting) parameterRoles(names []string) map[string]bool {
	groups, grouped := map[string][]string{}, map[string]bool{}
	for _, name := range names {
		r := l.doc.Roles[name]
		if len(r.Grants) == 0 || len(r.Parameters)+len(r.AddOns) > 0 || r.When != "" || l.special[name] {
			continue
		}
		key := []string{strings.Join(slices.Sorted(slices.Values(r.Inherits)), "\x00"), string(r.Kind), string(r.Sensitivity)}
		for _, e := range sortedGrants(l.grants(r.Grants)) {
			key = append(key, e.System+":"+e.Kind)
		}
		k := strings.Join(key, "\x01")
		groups[k] = append(groups[k], name)
	}
	for _, k := range sortedKeys(groups) {
		group := groups[k]
		if len(group) < 3 {
			continue
		}
		templates, ok := l.oneTemplate(group)
		if !ok {
			continue
		}
		for _, name := range group {
			grouped[name] = true
		}
		l.add("parameter-role", child("roles", group[0]),
			fmt.Sprintf("write one role with parameters: [name] and grants: [%s], and give it with {name: ...}, which may read an attribute", strings.Join(templates, ", ")),
			"roles %s differ in one name only", some(group))
	}
	return grouped
}

func sortedGrants(list []Entitlement) []Entitlement {
	slices.SortStableFunc(list, func(a, b Entitlement) int {
		return cmp.Or(cmp.Compare(a.System, b.System), cmp.Compare(a.Kind, b.Kind))
	})
	return list
}

// oneTemplate returns the grants that roles have in common if {name} stands for what
// differs in the names of the first that differ.
func (l *linting) oneTemplate(group []string) ([]string, bool) {
	lists := make([][]Entitlement, len(group))
	for i, name := range group {
		lists[i] = sortedGrants(l.grants(l.doc.Roles[name].Grants))
	}
	values := make([]string, len(group))
	templates := make([]string, len(lists[0]))
	for k := range lists[0] {
		names := make([]string, len(group))
		for i := range group {
			names[i] = lists[i][k].Name
		}
		if values[0] == "" && len(slices.Compact(slices.Clone(names))) > 1 {
			prefix, suffix := commonEnds(names)
			for i, name := range names {
				values[i] = name[prefix : len(name)-suffix]
			}
		}
		for i := range names {
			if values[i] != "" {
				names[i] = strings.ReplaceAll(names[i], values[i], "{name}")
			}
		}
		if len(slices.Compact(names)) > 1 {
			return nil, false
		}
		templates[k] = Entitlement{lists[0][k].System, lists[0][k].Kind, names[0]}.String()
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(values)))
	return templates, len(distinct) == len(values) && distinct[0] != ""
}

// commonEnds returns how many bytes texts have in common at either end. What is left
// in the middle is whole words, as far as - _ . and / part them.
func commonEnds(texts []string) (prefix, suffix int) {
	first := texts[0]
	isPart := func(b byte) bool { return strings.IndexByte("-_./ ", b) >= 0 }
	prefix, suffix = len(first), len(first)
	for _, t := range texts[1:] {
		n := 0
		for n < min(prefix, len(t)) && t[n] == first[n] {
			n++
		}
		prefix = n
		n = 0
		for n < min(suffix, len(t)) && t[len(t)-1-n] == first[len(first)-1-n] {
			n++
		}
		suffix = n
	}
	for prefix > 0 && !isPart(first[prefix-1]) {
		prefix--
	}
	for suffix > 0 && !isPart(first[len(first)-suffix]) {
		suffix--
	}
	for _, t := range texts {
		suffix = max(0, min(suffix, len(t)-prefix))
	}
	return prefix, suffix
}

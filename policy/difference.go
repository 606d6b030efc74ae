package policy

import (
	"reflect"
	"slices"
	"strconv"
)

// Difference tells whom the difference between two policies can concern, without
// deciding about them. [Compare] makes one. It never changes and is safe for
// concurrent use.
type Difference struct {
	before, after *Policy

	nobody, everybody bool
	matching          []*Policy       // whose rules have the conditions of what differs
	reads             []Attribute     // that conditions of only one of the two read
	roles             map[string]bool // that give something else than before
	exceptions        []exception
	times             bool // what decides the next change differs
	past              bool // whether earlier attributes are looked at can differ
}

// Compare looks for what differs between two policies.
func Compare(before, after *Policy) *Difference {
	d := &Difference{before: before, after: after, roles: map[string]bool{}}
	if d.nobody = before.version == after.version; d.nobody {
		return d
	}
	a, b := before.doc, after.doc
	d.everybody = a.BridgeDays != b.BridgeDays || !reflect.DeepEqual(meanings(a.Accounts), meanings(b.Accounts)) ||
		!reflect.DeepEqual(a.Entitlements, b.Entitlements) || !slices.EqualFunc(a.Separation, b.Separation, func(x, y Separation) bool { return reflect.DeepEqual(x.meaning(), y.meaning()) }) ||
		// What is made ahead can depend on other relationships or not.
		before.isPersonal() != after.isPersonal() || d.attributes()
	if d.everybody {
		return d
	}
	d.changedRoles()
	if !d.changed(before, after) || !d.changed(after, before) {
		d.everybody = true
		return d
	}
	d.times = !slices.Equal(before.boundaries, after.boundaries) || !sameElements(before.overlapDays, after.overlapDays) || before.readsApprovals != after.readsApprovals
	return d
}

// changed notes what of one policy is not, or is something else, in the other. It
// reports false if that is too much to tell.
func (d *Difference) changed(one, other *Policy) bool {
	doc := Document{
		Version: 1, Attributes: one.doc.Attributes,
		Accounts: map[string]AccountMapping{"any": {Name: "name", Candidates: []string{"x"}}},
	}
	differs := func(when string) {
		doc.Rules = append(doc.Rules, Rule{Name: strconv.Itoa(len(doc.Rules)), When: when, Grants: []string{"any:thing/at-all"}})
	}
	rules, denies, exceptions := map[string]Rule{}, map[string]Deny{}, map[string]Exception{}
	for _, r := range other.doc.Rules {
		rules[r.Name] = r.meaning()
	}
	for _, r := range one.doc.Rules {
		if was, ok := rules[r.Name]; !ok || !reflect.DeepEqual(was, r.meaning()) || d.leads(r.Roles, r.AddOns) {
			differs(r.When)
			d.past = d.past || r.OverlapDays > 0
		}
	}
	for _, x := range other.doc.Denies {
		denies[x.Name] = x.meaning()
	}
	for _, x := range one.doc.Denies {
		if was, ok := denies[x.Name]; !ok || !reflect.DeepEqual(was, x.meaning()) {
			differs(x.When)
		}
	}
	for _, x := range other.doc.Exceptions {
		exceptions[x.Name] = x.meaning()
	}
	for i, x := range one.doc.Exceptions {
		if was, ok := exceptions[x.Name]; !ok || !reflect.DeepEqual(was, x.meaning()) || d.leads(x.Roles, nil) {
			d.exceptions = append(d.exceptions, one.exceptions[i])
		}
	}
	if len(doc.Rules) == 0 {
		return true
	}
	p, err := Compile(doc)
	if err == nil {
		d.matching = append(d.matching, p)
	}
	return err == nil
}

// attributes reports whether an attribute is another, and notes those that
// conditions of only one of the policies read.
func (d *Difference) attributes() bool {
	for name, a := range d.before.doc.Attributes {
		b, ok := d.after.doc.Attributes[name]
		a.Description, b.Description = "", ""
		if ok && !reflect.DeepEqual(a, b) {
			return true
		}
	}
	for _, pair := range [][2]*Policy{{d.before, d.after}, {d.after, d.before}} {
		for _, name := range pair[0].conditionReads {
			if !slices.Contains(pair[1].conditionReads, name) {
				d.reads = append(d.reads, pair[0].attributes[name])
			}
		}
	}
	return false
}

// changedRoles notes the roles that differ, and those that lead to one that does.
func (d *Difference) changedRoles() {
	a, b := d.before.doc.Roles, d.after.doc.Roles
	for _, pair := range [][2]map[string]Role{{a, b}, {b, a}} {
		for name, r := range pair[0] {
			other, ok := pair[1][name]
			// A deny that names a role tells the ways through it from others.
			if !ok || !reflect.DeepEqual(r.meaning(), other.meaning()) || d.before.special[name] != d.after.special[name] {
				d.roles[name] = true
			}
		}
	}
	for grown := true; grown; {
		grown = false
		for _, roles := range []map[string]Role{a, b} {
			for name, r := range roles {
				if !d.roles[name] && (d.leads(r.Inherits, r.AddOns)) {
					d.roles[name], grown = true, true
				}
			}
		}
	}
}

// leads reports whether any of some roles gives something else than before.
func (d *Difference) leads(roles []string, addOns []AddOn) bool {
	differs := func(name string) bool { return d.roles[name] }
	return slices.ContainsFunc(roles, differs) || slices.ContainsFunc(addOns, func(a AddOn) bool { return slices.ContainsFunc(a.Roles, differs) })
}

// Concerns reports whether the decisions of the two policies about a person can
// differ at s.At in anything: what is given, why, the next change, or that there
// is no answer. False is certain; true is not.
func (d *Difference) Concerns(s Subject) bool {
	switch {
	case d.nobody:
		return false
	case d.everybody:
		return true
	}
	for i := range s.Relationships {
		r := &s.Relationships[i]
		if slices.ContainsFunc(d.exceptions, func(x exception) bool { return about(x.person, x.relationship, s, r) }) {
			return true
		}
		if len(r.Spans) == 0 && d.concern(nil) || d.past && d.spoiled(r) {
			return true
		}
		for k := range r.Spans {
			if d.concern(r.Spans[k].Attributes) {
				return true
			}
		}
	}
	if slices.ContainsFunc(s.Requests, func(q Request) bool { return d.roles[q.Role] }) {
		return true
	}
	return d.times && !d.before.nextChange(s).Equal(d.after.nextChange(s))
}

// spoiled reports whether a relationship has had attributes about which one of the
// policies has no answer if it looks at them.
func (d *Difference) spoiled(r *Relationship) bool {
	for _, p := range []*Policy{d.before, d.after} {
		for _, name := range p.conditionReads {
			a := p.attributes[name]
			if slices.ContainsFunc(r.Spans, func(s Span) bool { return a.check(s.Attributes[name]) != nil }) {
				return true
			}
		}
	}
	return false
}

// concern reports whether anything that differs holds of attributes.
func (d *Difference) concern(attributes Attributes) bool {
	for _, a := range d.reads {
		if a.check(attributes[a.Name]) != nil {
			return true
		}
	}
	for _, p := range d.matching {
		if any, err := p.holdsAny(attributes); any || err != nil {
			return true
		}
	}
	return false
}

// sameElements reports whether two lists without repetitions hold the same.
func sameElements[T comparable](a, b []T) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(v T) bool { return !slices.Contains(b, v) })
}

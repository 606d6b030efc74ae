package policy

import (
	"fmt"
	"slices"
)

// deny is a compiled [Deny].
type deny struct {
	name   string
	when   *condition
	window window
	roles  []string
	grants []pattern
	urgent bool
}

// exception is a compiled [Exception].
type exception struct {
	name                 string
	person, relationship string
	window               window
	gives                [][]given
	varying              []bundle
	lifts                []string
}

func (c *compilation) denies() {
	first := map[string]int{}
	for i, d := range c.doc.Denies {
		path := entry("denies", i)
		c.title(path, "deny", "denies", d.Name, i, first)
		c.prose(path+".description", d.Description)
		c.governance(path, d.Owner, d.ReviewDays)
		out := deny{name: d.Name, when: c.required(path, "deny", d.When), window: c.window(path, "deny", d.From, d.Until), roles: d.Roles, urgent: d.Urgent}
		if len(d.Roles)+len(d.Grants) == 0 {
			c.found.add(path, "the deny denies nothing; want roles or grants")
		}
		for k, name := range d.Roles {
			c.role(entry(path+".roles", k), name)
		}
		out.grants = c.patterns(path+".grants", d.Grants)
		c.policy.denies = append(c.policy.denies, out)
	}
}

func (c *compilation) exceptions() {
	first, denies := map[string]int{}, make([]string, len(c.doc.Denies))
	for i, d := range c.doc.Denies {
		denies[i] = d.Name
	}
	for i, e := range c.doc.Exceptions {
		path := entry("exceptions", i)
		c.title(path, "exception", "exceptions", e.Name, i, first)
		c.whose(path, "exception", e.Person, e.Relationship)
		if c.prose(path+".reason", e.Reason); e.Reason == "" {
			c.found.add(path+".reason", "the exception has no reason; say why, and who agreed")
		}
		c.ends(path, "exception", e.Until)
		c.governance(path, e.Owner, e.ReviewDays)
		out := exception{name: e.Name, person: e.Person, relationship: e.Relationship, lifts: e.Lifts, window: c.window(path, "exception", e.From, e.Until)}
		if len(e.Roles)+len(e.Grants)+len(e.Lifts) == 0 {
			c.found.add(path, "the exception excepts nothing; want roles, grants or lifts")
		}
		out.gives, out.varying = c.gives(c.bundle(path, AddOn{Roles: e.Roles, Grants: e.Grants}, scope{}))
		for k, name := range e.Lifts {
			if !slices.Contains(denies, name) {
				c.found.add(entry(path+".lifts", k), "unknown deny %q%s", clip(name), c.spell.didYouMean(name, denies))
			}
		}
		c.policy.exceptions = append(c.policy.exceptions, out)
	}
}

// whose checks that something is about one person or about one relationship.
func (c *compilation) whose(path, what, person, relationship string) {
	switch {
	case person == "" && relationship == "":
		c.found.add(path, "the %s is nobody's; want person or relationship", what)
	case person != "" && relationship != "":
		c.found.add(path, "want person or relationship, not both")
	case person != "":
		c.text(path+".person", person, maxNameLength)
	default:
		c.text(path+".relationship", relationship, maxNameLength)
	}
}

// about reports whether something that names a person or a relationship is about
// a relationship of somebody's.
func about(person, relationship string, s Subject, r *Relationship) bool {
	return person != "" && person == s.Person || relationship != "" && relationship == r.ID
}

// hold notes which exceptions and denies hold for a relationship at an instant,
// and adds what exceptions give and requests lead to.
func (x *expansion) hold(s Subject, r *Relationship, f *facts, o *outcome) error {
	for i := range x.policy.exceptions {
		e := &x.policy.exceptions[i]
		if !about(e.person, e.relationship, s, r) || !e.window.open(x.at, f.attributes, r.Zone) {
			continue
		}
		why := Reason{Exception: e.name, Relationship: r.ID}
		if err := x.give(e.gives, e.varying, f, why); err != nil {
			return fmt.Errorf("exception %s: %w", e.name, err)
		}
		if o.lifts == nil {
			o.lifts = map[string][]string{}
		}
		for _, name := range e.lifts {
			o.lifts[name] = appendNew(o.lifts[name], e.name)
		}
	}
	if err := x.request(s, r, f); err != nil {
		return err
	}
	for i := range x.policy.denies {
		d := &x.policy.denies[i]
		if !d.window.open(x.at, f.attributes, r.Zone) {
			continue
		}
		holds, err := f.holds(x.machine, d.when)
		if err != nil {
			return fmt.Errorf("deny %s: %w", d.name, err)
		}
		if holds {
			o.denies = append(o.denies, denying{d, r.ID})
		}
	}
	return nil
}

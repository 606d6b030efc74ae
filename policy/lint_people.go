package policy

import (
	"context"
	"fmt"
	"iter"
)

// census is what becomes of people by a policy.
type census struct {
	live      int            // people who have access
	undecided int            // people about whom there is no decision
	first     error          // about one of them
	rules     map[string]int // people whom each leads to something
	roles     map[string]int // people who have something by each
	values    map[string]map[string]bool
}

// maxSeen bounds how many values of an attribute a census keeps. Beyond, it is not
// told that nobody has one.
const maxSeen = 10_000

// people takes a census, and tells what is not as a policy should be.
func (l *linting) people(ctx context.Context, people iter.Seq[Subject]) error {
	if people == nil {
		return nil
	}
	c := census{rules: map[string]int{}, roles: map[string]int{}, values: map[string]map[string]bool{}}
	asked := l.asked()
	for _, a := range asked {
		c.values[a.attribute] = map[string]bool{}
	}
	for s := range people {
		if err := ctx.Err(); err != nil {
			return err
		}
		l.take(ctx, s, &c)
	}
	if c.undecided > 0 {
		l.add("undecided", "", "mend the data, or declare the attribute as what it is: see the first error",
			"there is no decision about %s; the first: %v", count(c.undecided, "person", "people"), c.first)
	}
	if c.live == 0 {
		return nil
	}
	l.peopleOfRules(c)
	l.peopleOfRoles(c)
	l.askedOfNobody(asked, c)
	return nil
}

// take adds a person.
func (l *linting) take(ctx context.Context, s Subject, c *census) {
	for _, r := range s.Relationships {
		for _, span := range r.Spans {
			for name, seen := range c.values {
				for _, v := range span.Attributes[name] {
					if len(seen) <= maxSeen {
						seen[v] = true
					}
				}
			}
		}
	}
	d, err := l.Evaluate(ctx, s)
	if err != nil {
		if c.undecided++; c.first == nil {
			c.first = fmt.Errorf("%s: %w", s.Person, err)
		}
		return
	}
	if !d.Live {
		return
	}
	c.live++
	rules, roles := map[string]bool{}, map[string]bool{}
	note := func(reasons []Reason, given bool) {
		for _, why := range reasons {
			rules[why.Rule] = true
			for _, role := range why.Roles {
				roles[role] = roles[role] || given
			}
		}
	}
	for _, g := range d.Grants {
		note(g.Reasons, true)
	}
	for _, x := range d.Denied {
		note(x.Reasons, false)
	}
	for name := range rules {
		c.rules[name]++
	}
	for name, given := range roles {
		if given {
			c.roles[name]++
		}
	}
}

func (l *linting) peopleOfRules(c census) {
	told := map[string]bool{}
	for _, f := range l.found {
		told[f.Path] = f.Check == "never" || f.Check == "over" || told[f.Path]
	}
	for i, r := range l.doc.Rules {
		if path := entry("rules", i); c.rules[r.Name] == 0 && !told[path+".when"] && !told[path+".until"] {
			l.add("rule-for-nobody", path, "see whether the values are those that HR writes; remove the rule if nobody is to come",
				"rule %q leads none of %s to anything", r.Name, count(c.live, "person", "people"))
		}
	}
}

func (l *linting) peopleOfRoles(c census) {
	for _, name := range sortedKeys(l.doc.Roles) {
		r, path, n := l.doc.Roles[name], child("roles", name), c.roles[name]
		switch {
		case r.Kind == Baseline && n > 0 && n*10 < c.live*9:
			l.add("partial-baseline", path, "give it to everybody, or say kind: standard",
				"role %q is of kind baseline, and %d of %d people have it", name, n, c.live)
		case n > 0 && n <= fewPeople && c.live > 10*fewPeople && r.Kind != Admin && !l.special[name]:
			l.add("role-for-few", path, "give its grants with an add-on of the rule, or as exceptions; say kind: admin if it is for those who look after a system",
				"only %s of %d have role %q: it is about them and not about a job", count(n, "person", "people"), c.live, name)
		}
	}
}

// ask is a value that a condition asks for.
type ask struct{ path, what, attribute, value string }

// asked returns the values that conditions ask for, each once.
func (l *linting) asked() []ask {
	var out []ask
	told := map[ask]bool{}
	for _, c := range l.clauses() {
		f := l.formula(c.when)
		equal := f.Equal()
		for _, v := range f.Reads() {
			for _, value := range equal[v] {
				if one := (ask{attribute: v.Name, value: value}); value != "" && !told[one] {
					told[one] = true
					out = append(out, ask{c.at(), c.what, v.Name, value})
				}
			}
		}
	}
	return out
}

// askedOfNobody tells of values that nobody has.
func (l *linting) askedOfNobody(asked []ask, c census) {
	var spell speller
	had := map[string][]string{} // sorted, by attribute
	for _, a := range asked {
		seen := c.values[a.attribute]
		if seen[a.value] || len(seen) > maxSeen {
			continue
		}
		if had[a.attribute] == nil {
			had[a.attribute] = sortedKeys(seen)
		}
		l.add("value-nobody-has", a.path, "write the value as HR does, or remove it if it is gone",
			"%s asks for %s %q, and nobody has it%s", a.what, a.attribute, clip(a.value), spell.didYouMean(a.value, had[a.attribute]))
	}
}

package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/policy/internal/logic"
)

// clause is a condition and what it is of.
type clause struct {
	path   string // of what has the condition
	what   string // in words
	when   string
	around *logic.Formula // the condition that it stands under
}

// clauses returns all conditions of the policy, those first that others stand in.
func (l *linting) clauses() []clause {
	var out []clause
	with := func(path, what, when string, addOns []AddOn) {
		out = append(out, clause{path, what, when, logic.And()})
		for i, a := range addOns {
			if a.When != "" {
				out = append(out, clause{entry(path+".addOns", i), fmt.Sprintf("add-on %d of %s", i+1, what), a.When, l.formula(when)})
			}
		}
	}
	for i, r := range l.doc.Rules {
		with(entry("rules", i), fmt.Sprintf("rule %q", r.Name), r.When, r.AddOns)
	}
	for _, name := range sortedKeys(l.doc.Roles) {
		with(child("roles", name), fmt.Sprintf("role %q", name), l.doc.Roles[name].When, l.doc.Roles[name].AddOns)
	}
	for i, d := range l.doc.Denies {
		with(entry("denies", i), fmt.Sprintf("deny %q", d.Name), d.When, nil)
	}
	for _, system := range sortedKeys(l.doc.Accounts) {
		path, m := child("accounts", system), l.doc.Accounts[system]
		out = append(out, clause{path + ".suspend", fmt.Sprintf("suspend of account %q", system), m.Suspend, logic.And()},
			clause{path + ".suspendUrgently", fmt.Sprintf("suspendUrgently of account %q", system), m.SuspendUrgently, logic.And()})
	}
	return slices.DeleteFunc(out, func(c clause) bool { return c.when == "" })
}

// at is the path of the condition itself.
func (c clause) at() string {
	if strings.HasPrefix(c.path, "accounts") {
		return c.path
	}
	return c.path + ".when"
}

// conditions looks for those that hold for nobody or everybody.
func (l *linting) conditions() {
	for _, c := range l.clauses() {
		f := l.formula(c.when)
		l.closed(c, f)
		switch {
		case c.when == "false":
			l.add("never", c.at(), "remove what has the condition, or say when it is to hold", "%s never holds: its condition is false", c.what)
		case l.space.Never(f, &l.steps):
			l.add("never", c.at(), "remove one of the parts that exclude each other, or join them with ||", "%s never holds: nobody can fulfil %s", c.what, clip(c.when))
		case l.space.Never(logic.And(c.around, f), &l.steps) && !l.space.Never(c.around, &l.steps):
			l.add("never", c.at(), "remove it, or change one of the two conditions", "%s never holds: %s excludes the condition that it stands under", c.what, clip(c.when))
		case c.when != "true" && l.space.Always(f, &l.steps):
			l.add("always", c.at(), `write "true" if everybody is meant; where values are to be excluded, join != with &&`, "%s always holds: %s excludes nobody", c.what, clip(c.when))
		}
	}
	for i, r := range l.doc.Rules {
		l.onePerson(i, r)
	}
}

// statuses are all that a worker of the hrsource package can have.
var statuses = []string{"active", "noShow", "onLeave", "pending", "suspended", "terminated"}

// closed looks for values that a built-in attribute never has.
func (l *linting) closed(c clause, f *logic.Formula) {
	var spell speller
	told := map[string]bool{}
	for _, asked := range []map[logic.Var][]string{f.Equal(), f.Unequal()} {
		for v, values := range asked {
			for _, value := range values {
				if v.Name != "status" && v.Name != "country" || told[v.Name+value] || value == "" {
					continue
				}
				told[v.Name+value] = true
				switch {
				case v.Name == "status" && !slices.Contains(statuses, value):
					l.add("value-unknown", c.at(), "write one of "+strings.Join(statuses, ", "), "%s asks for status %q, which nobody ever has%s", c.what, clip(value), spell.didYouMean(value, statuses))
				case v.Name == "country" && !twoLetters(value):
					l.add("value-unknown", c.at(), "write the country with two letters, such as AT (ISO 3166)", "%s asks for country %q, which nobody ever has", c.what, clip(value))
				}
			}
		}
	}
}

func twoLetters(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}

// personal are attributes that tell people apart rather than jobs.
var personal = []string{"employeeNumber", "email", "personalEmail", "displayName", "phone"}

// onePerson looks for a rule that only people can fulfil who are named.
func (l *linting) onePerson(i int, r Rule) {
	f := l.formula(r.When)
	equal := f.Equal()
	for _, v := range f.Reads() {
		texts := equal[v]
		if len(texts) == 0 || !slices.Contains(personal, v.Name) || l.attributes[v.Name].Type != TypeString {
			continue
		}
		list := make([]string, len(texts))
		for k, text := range texts {
			list[k] = fmt.Sprintf("%q", text)
		}
		one := l.formula(v.Name + " in [" + strings.Join(list, ", ") + "]")
		if !l.space.Implies(f, one, &l.steps) || l.space.Never(f, &l.steps) {
			continue
		}
		l.add("one-person", entry("rules", i)+".when", "write it under exceptions, with a reason and an end",
			"rule %q is for nobody but whose %s is %s: an exception that nobody sees as one, and that never ends", r.Name, v.Name, some(list))
		return
	}
}

// windows looks for what is over at an instant, wherever anybody works.
func (l *linting) windows(at time.Time) {
	if at.IsZero() {
		return
	}
	last := time.FixedZone("", -12*60*60) // where a day ends last
	over := func(path, what, until string) {
		if isDay(until) && !at.Before(dayStart(until, 1, last)) {
			l.add("over", path+".until", "remove it, or give it a later end", "%s ended with %s and does nothing", what, until)
		}
	}
	with := func(path, what, until string, addOns []AddOn) {
		over(path, what, until)
		for i, a := range addOns {
			over(entry(path+".addOns", i), fmt.Sprintf("add-on %d of %s", i+1, what), a.Until)
		}
	}
	for i, r := range l.doc.Rules {
		with(entry("rules", i), fmt.Sprintf("rule %q", r.Name), r.Until, r.AddOns)
	}
	for _, name := range sortedKeys(l.doc.Roles) {
		with(child("roles", name), fmt.Sprintf("role %q", name), "", l.doc.Roles[name].AddOns)
	}
	for i, d := range l.doc.Denies {
		over(entry("denies", i), fmt.Sprintf("deny %q", d.Name), d.Until)
	}
	for i, e := range l.doc.Exceptions {
		over(entry("exceptions", i), fmt.Sprintf("exception %q", e.Name), e.Until)
	}
	for i, s := range l.doc.Separation {
		for k, m := range s.Mitigations {
			over(entry(entry("separation", i)+".mitigations", k), fmt.Sprintf("mitigation %d of separation %q", k+1, s.Name), m.Until)
		}
	}
}

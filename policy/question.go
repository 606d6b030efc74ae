package policy

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/expr-lang/expr/vm"
)

// question asks for attributes for which some conditions hold together.
type question struct {
	*witnessing
	base       Subject
	conditions []*condition        // all have to hold
	literals   map[string][]string // by attribute that matters
	windows    []window
	demanded   int // windows, the first ones, that have to be open

	names   []string     // of the attributes, in the order in which they are chosen
	domains [][][]string // values of each
	due     [][]*condition
	machine *vm.VM
}

// demand adds what a way demands.
func (q *question) demand(one way) {
	for _, c := range one.conditions {
		q.conditions = appendNew(q.conditions, c)
		q.read(c, "rule "+one.rule.name)
	}
	for _, w := range append([]window{one.rule.window}, one.windows...) {
		q.bounds(w, "rule "+one.rule.name)
	}
	if one.loose {
		q.doubts("rule %s gives what depends on parameters", one.rule.name)
		for _, name := range one.reads {
			q.literals[name] = append(q.literals[name], one.hints[name]...)
		}
	}
}

// read adds the attributes that a condition reads, and what it compares them with.
func (q *question) read(c *condition, where string) {
	if c.shape.loose {
		q.doubts("the condition of %s is more than comparisons with values", where)
	}
	for _, name := range c.reads {
		q.literals[name] = append(q.literals[name], c.shape.literals[name]...)
	}
}

// bounds adds a window that has to be open, or may better be shut.
func (q *question) bounds(w window, where string) {
	q.windows = append(q.windows, w)
	for _, b := range []bound{w.from, w.until} {
		if b.attribute != "" {
			q.doubts("the window of %s depends on a date", where)
			q.literals[b.attribute] = append(q.literals[b.attribute], "")
		}
	}
}

// days returns the days on which to look: on those that the windows name, and
// beside them, or on any if they name none.
func (q *question) days() []string {
	days := []string{"2000-01-01"}
	for _, w := range q.windows {
		for _, b := range []bound{w.from, w.until} {
			t, err := time.Parse(time.DateOnly, b.day)
			if err != nil {
				continue
			}
			for _, add := range []int{0, -1, 1} {
				days = appendNew(days, t.AddDate(0, 0, add).Format(time.DateOnly))
			}
		}
	}
	return days
}

// at looks for attributes on a day.
func (q *question) at(day string) (Subject, bool) {
	q.base.At = noon(day)
	for _, w := range q.windows[:q.demanded] {
		if w.from.attribute == "" && w.until.attribute == "" && !w.open(q.base.At, nil, nil) {
			return Subject{}, false
		}
	}
	q.names = slices.Sorted(maps.Keys(q.literals))
	var around []string
	for _, w := range q.windows {
		for _, b := range []bound{w.from, w.until} {
			if b.attribute != "" {
				around = append(around, q.base.At.AddDate(0, 0, -b.days).Format(time.DateOnly))
			}
		}
	}
	slices.SortStableFunc(q.names, func(a, b string) int { return cmp.Compare(len(q.literals[a]), len(q.literals[b])) })
	q.domains = nil
	for _, name := range q.names {
		values, whole := q.attributes[name].domain(q.literals[name], around)
		if !whole {
			q.doubts("attribute %s has too many values that matter", name)
		}
		q.domains = append(q.domains, values)
	}
	q.due = make([][]*condition, len(q.names)+1)
	for _, c := range q.conditions {
		last := 0
		for _, name := range c.reads {
			last = max(last, slices.Index(q.names, name)+1)
		}
		q.due[last] = append(q.due[last], c)
	}
	machine, done := q.Policy.machine()
	defer done()
	q.machine = machine
	return q.assign(0, Attributes{}, map[string]any{})
}

// assign chooses values for the attributes from number i on.
func (q *question) assign(i int, facts Attributes, env map[string]any) (Subject, bool) {
	if q.steps++; q.exhausted() {
		return Subject{}, false
	}
	for _, c := range q.due[i] {
		if holds, err := c.holds(q.machine, env); err != nil || !holds {
			return Subject{}, false
		}
	}
	if i == len(q.names) {
		return q.confirm(facts)
	}
	name := q.names[i]
	for _, values := range q.domains[i] {
		seen, err := q.attributes[name].value(values)
		if err != nil {
			continue
		}
		facts[name], env[name] = values, seen
		if s, ok := q.assign(i+1, facts, env); ok {
			return s, true
		}
	}
	delete(facts, name)
	return Subject{}, false
}

// confirm lets the policy decide whether somebody violates the separation.
func (q *question) confirm(facts Attributes) (Subject, bool) {
	s := q.base
	attributes := maps.Clone(facts)
	maps.DeleteFunc(attributes, func(_ string, values []string) bool { return len(values) == 0 })
	s.Relationships = []Relationship{{ID: "witness", Primary: true, Spans: []Span{{Attributes: attributes}}}}
	for range 2 {
		q.steps += confirmCost
		d, err := q.Evaluate(q.ctx, s)
		if err != nil {
			return s, false
		}
		if slices.ContainsFunc(d.Violations, func(v Violation) bool { return v.Separation == q.separation.name }) {
			return s, true
		}
		// What lacks nothing but approval can be approved.
		for _, x := range d.Denied {
			for _, c := range x.Causes {
				switch {
				case c.Kind != CauseApproval:
				case c.Role == "":
					s.Approvals = append(s.Approvals, Approval{ID: "witness", Entitlement: x.Entitlement})
				default:
					s.Approvals = append(s.Approvals, Approval{ID: "witness", Role: c.Role})
				}
			}
		}
	}
	return s, false
}

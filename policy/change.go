package policy

import (
	"context"
	"maps"
	"math"
	"reflect"
	"slices"

	"github.com/joinery-iam/joinery/policy/internal/logic"
)

const (
	maxChanged   = 3      // attributes
	changeSteps  = 30_000 // of the search
	trialCost    = 10     // steps that the look for values counts as
	maxTrials    = 300    // changes that are decided about
	trialSize    = 300    // ways to entitlements in a decision, beyond which it counts as more
	maxTried     = 2      // attributes that are changed without a condition that says so
	maxBlind     = 1_000  // such changes that are decided about
	maxValuesFor = 6      // values of one attribute that are tried
)

// change looks for the smallest change of attributes that turns around what is
// explained.
func (x *explaining) change(ctx context.Context) {
	out := &x.out.Change
	if x.out.Disabled == Ahead {
		return // it depends on what is to come
	}
	if len(x.live) == 0 {
		out.Impossible = true // attributes count for nothing
		return
	}
	var ways []*logic.Formula
	over, under := x.over, x.under
	for _, r := range x.routes {
		if r.stuck {
			continue
		}
		ways = append(ways, r.when)
		over, under = over || r.over, under || r.under
	}
	want, sure := logic.Or(ways...), !under
	if x.out.Given {
		want, sure = logic.Not(want), !over
	}
	steps := logic.Steps(changeSteps)
	if sure && x.space.Never(want, &steps) {
		out.Impossible = true
		return
	}
	// What holds already, and yet is not so, says nothing of what it would take.
	sure = sure && !x.space.Holds(want, x.value)
	steps = changeSteps
	trials := maxTrials
	literals := want.Literals()
	least := 0 // attributes of what was found and did not do it
	whole := x.space.Changes(want, x.value, maxChanged, &steps, func(needs []logic.Need) bool {
		if least == 0 {
			least = len(needs)
		}
		steps -= trialCost
		out.Attributes = x.try(ctx, needs, literals, &trials)
		return len(out.Attributes) == 0 && trials > 0 && ctx.Err() == nil
	})
	n := len(out.Attributes)
	switch {
	case n == 0 && sure && whole && least == 0 && steps > 0 && len(want.Reads()) <= maxChanged:
		out.Impossible = true
		return
	case n == 1 || n > 0 && sure && whole && least == n:
		out.Smallest = true // no fewer were found at all, and one is the least there can be
		return
	}
	// Something else than the conditions on the way decides, such as what others give.
	most := maxTried
	if n > 0 {
		most = min(most, n-1)
	}
	if other := x.exhaust(ctx, most); len(other) > 0 {
		out.Attributes, out.Smallest = other, len(other) == 1
	}
	if len(out.Attributes) == 0 {
		out.Searched = maxChanged
	}
}

// try returns the first values for which needs are met and with which the decision is
// the other one.
func (x *explaining) try(ctx context.Context, needs []logic.Need, literals map[logic.Var][]string, trials *int) []AttributeChange {
	var choices [][][]string
	for _, n := range needs {
		if x.views[n.Scope].past {
			return nil
		}
		values := x.valuesOf(n, literals[n.Var])
		if len(values) == 0 {
			return nil
		}
		choices = append(choices, values)
	}
	chosen := make([]AttributeChange, len(needs))
	var choose func(i int) bool
	choose = func(i int) bool {
		if i == len(needs) {
			return x.turns(ctx, chosen, trials)
		}
		for _, to := range choices[i] {
			chosen[i] = x.views[needs[i].Scope].alter(needs[i].Name, to)
			chosen[i].Any = x.standsForAny(chosen[i], literals[needs[i].Var])
			if chosen[i].Want = needs[i].String(); *trials <= 0 || ctx.Err() != nil {
				return false
			}
			if choose(i + 1) {
				return true
			}
		}
		return false
	}
	if choose(0) {
		return chosen
	}
	return nil
}

// standsForAny reports whether any other text than there is would do as well as that of
// a change: no condition names another, and none looks into it.
func (x *explaining) standsForAny(c AttributeChange, literals []string) bool {
	a := x.attributes[c.Attribute]
	named := func(text string) bool { return text != "" && !slices.Contains(c.From, text) }
	return a.Type == TypeString && len(c.To) == 1 && len(a.Values) == 0 && !slices.ContainsFunc(literals, named) &&
		!slices.ContainsFunc(x.literals(a.Name), named) && !x.lookedInto(a.Name)
}

// alter returns the change of an attribute to other values.
func (v *view) alter(name string, to []string) AttributeChange {
	return AttributeChange{Relationship: v.ID, Attribute: name, From: slices.Clone(v.attributes[name]), To: slices.Clone(to), index: v.index}
}

// turns reports whether the decision is the other one with changes, and counts it as
// trials: one about much as several, and one that is too much as many.
func (x *explaining) turns(ctx context.Context, changes []AttributeChange, trials *int) bool {
	d, err := x.Evaluate(ctx, x.changed(changes))
	if err != nil {
		*trials -= maxTrials / 10
		return false
	}
	*trials -= 1 + d.size()/trialSize
	return x.has(d) != x.out.Given
}

// size is how many ways to entitlements a decision tells of, and causes that take
// them back.
func (d Decision) size() int {
	size := 0
	for _, g := range d.Grants {
		size += len(g.Reasons)
	}
	for _, x := range d.Denied {
		size += len(x.Reasons) + len(x.Causes)
	}
	return size
}

// exhaust tries the values that matter of all attributes that conditions read, a few
// attributes at a time.
func (x *explaining) exhaust(ctx context.Context, most int) []AttributeChange {
	var all [][]AttributeChange // by attribute
	for _, v := range x.live {
		for _, name := range x.conditionReads {
			a := x.attributes[name]
			var some []AttributeChange
			values, _ := a.domain(x.literals(name), []string{v.now.Format("2006-01-02")})
			for _, to := range append(slices.Clone(values[1:]), values[0]) {
				was, err := a.value(v.attributes[name])
				is, bad := a.value(to)
				if err == nil && bad == nil && !reflect.DeepEqual(was, is) {
					some = append(some, v.alter(name, to))
				}
			}
			all = append(all, some)
		}
	}
	trials := maxBlind
	var chosen []AttributeChange
	var choose func(from, size int) bool
	choose = func(from, size int) bool {
		if size == 0 {
			return x.turns(ctx, chosen, &trials)
		}
		for i := from; i < len(all); i++ {
			for _, one := range all[i] {
				if trials <= 0 || ctx.Err() != nil {
					return false
				}
				chosen = append(chosen, one)
				if choose(i+1, size-1) {
					return true
				}
				chosen = chosen[:len(chosen)-1]
			}
		}
		return false
	}
	for size := 1; size <= most; size++ {
		if choose(0, size) {
			return chosen
		}
	}
	return nil
}

// changed returns the person with other attributes.
func (x *explaining) changed(changes []AttributeChange) Subject {
	s := x.subject
	s.Relationships = slices.Clone(s.Relationships)
	for _, c := range changes {
		r := &s.Relationships[c.index]
		r.Spans = slices.Clone(r.Spans)
		if len(r.Spans) == 0 {
			r.Spans = []Span{{}}
		}
		at := 0
		for k, span := range r.Spans {
			if !span.From.After(s.At) {
				at = k
			}
		}
		attributes := maps.Clone(r.Spans[at].Attributes)
		if attributes == nil {
			attributes = Attributes{}
		}
		if attributes[c.Attribute] = c.To; len(c.To) == 0 {
			delete(attributes, c.Attribute)
		}
		r.Spans[at].Attributes = attributes
	}
	return s
}

// valuesOf returns values that a need is met by, the likeliest first: those that the
// policy knows, and among numbers those that are near.
func (x *explaining) valuesOf(n logic.Need, literals []string) [][]string {
	a := x.attributes[n.Name]
	now := x.views[n.Scope].attributes[n.Name]
	have, lack := n.Literals()
	var tries [][]string
	one := func(texts ...string) {
		for _, text := range texts {
			if text != "" {
				tries = append(tries, []string{text})
			}
		}
	}
	if a.Type == TypeList {
		fewer := slices.DeleteFunc(slices.Clone(now), func(s string) bool { return slices.Contains(lack, s) })
		more := slices.Clone(fewer)
		for _, text := range have {
			more = appendNew(more, text)
		}
		tries = append(tries, more, fewer)
	}
	one(have...)
	if a.Type != TypeNumber {
		one(literals...)
	}
	one(a.Values...)
	known, _ := a.domain(slices.Concat(literals, have, lack), nil)
	if a.Type == TypeNumber {
		sortByDistance(known, now)
	}
	if a.Type == TypeString {
		tries = append(tries, x.known(a)...)
	}
	tries = append(append(tries, known[1:]...), known[0])
	var out [][]string
	for _, to := range tries {
		seen, err := a.value(to)
		if err != nil || len(out) == maxValuesFor || !n.Met(seen) || slices.ContainsFunc(out, func(o []string) bool { return slices.Equal(o, to) }) {
			continue
		}
		out = append(out, to)
	}
	return out
}

// known returns the values with which the policy compares an attribute.
func (x *explaining) known(a Attribute) [][]string {
	var out [][]string
	for _, text := range x.literals(a.Name) {
		if text != "" {
			out = append(out, []string{text})
		}
	}
	return out
}

// sortByDistance sorts numbers, the missing one first, those next that are near to what
// is there.
func sortByDistance(values [][]string, now []string) {
	number := func(list []string) float64 {
		if len(list) == 0 {
			return 0
		}
		f, err := parseNumber(list[0])
		if err != nil {
			return 0
		}
		return f
	}
	slices.SortStableFunc(values[1:], func(a, b []string) int {
		x, y := math.Abs(number(a)-number(now)), math.Abs(number(b)-number(now))
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
}

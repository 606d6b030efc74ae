package policy

import (
	"cmp"
	"slices"
)

// maxIndex is how many words the rows of a policy may take: 16 MiB.
const maxIndex = 2 << 20

// index answers for all conditions of a policy at once which of them hold: one
// look into a table for each attribute that they read, and the intersection of
// what is found. Where it cannot tell, it says so, and the condition is asked
// itself. It is safe for concurrent use.
type index struct {
	reads      []reading
	width      int // places in a row of values
	conditions int // those of the rules first, in their order

	owner   []int // condition of each term; nil if each has one, in order
	asked   bitset
	tables  []*table
	rooms   int    // tables that need one
	overlap bitset // rules with days of overlap
	left    budget
}

// reading is an attribute that conditions read.
type reading struct {
	Attribute
	place   int                 // in a row; -1 if only windows read it
	allowed map[string]struct{} // nil for all
}

// newIndex takes over the terms of the conditions, of which those of rules come
// first.
func newIndex(p *Policy, conditions []*condition, places map[string]int) *index {
	x := &index{width: len(places), conditions: len(conditions)}
	x.left.words.Store(maxIndex)
	for _, name := range p.conditionReads {
		one := reading{Attribute: p.attributes[name], place: -1}
		if place, ok := places[name]; ok {
			one.place = place
		}
		if len(one.Values) > 0 {
			one.allowed = make(map[string]struct{}, len(one.Values))
			for _, v := range one.Values {
				one.allowed[v] = struct{}{}
			}
		}
		x.reads = append(x.reads, one)
	}
	var terms []term
	for i, c := range conditions {
		for _, t := range c.terms {
			terms, x.owner = append(terms, t), append(x.owner, i)
		}
		c.number, c.terms = i, nil
	}
	x.asked = newBitset(len(terms))
	type key struct {
		kind  tableKind
		place int
	}
	tables := map[key]*table{}
	for i, t := range terms {
		for _, c := range t {
			k := key{c.kind, c.place}
			if c.kind != tableNone && tables[k] == nil {
				tables[k] = newTable(c.kind, c.place, len(terms))
				x.tables = append(x.tables, tables[k])
			}
			if c.kind == tableNone || !tables[k].add(i, c) {
				x.asked.add(i)
			}
		}
	}
	for _, t := range x.tables {
		if t.settle(); t.kind == tableHas || t.kind == tableLacks {
			t.room = x.rooms
			x.rooms++
		}
	}
	slices.SortStableFunc(x.tables, func(a, b *table) int { return cmp.Compare(b.members.size(), a.members.size()) })
	if len(terms) == len(conditions) && oneEach(x.owner) {
		x.owner = nil
	}
	x.overlap = newBitset(len(conditions))
	for i := range p.rules {
		if p.rules[i].overlap > 0 {
			x.overlap.add(i)
		}
	}
	return x
}

// oneEach reports whether each condition has one term, in order.
func oneEach(owner []int) bool {
	for i, c := range owner {
		if i != c {
			return false
		}
	}
	return true
}

// sight is what the index sees of attributes.
type sight struct {
	row    []value
	maybe  bitset // conditions that may hold
	unsure bitset // those of them, and others, that are to be asked

	terms, ask bitset
	rows       []bitset // of the tables
	scratch    bitset   // rooms for a row each
}

// intersect computes the terms that are in all rows. Most words are soon empty,
// since the tables are sorted so.
func (s *sight) intersect() {
	for w := range s.terms {
		word := ^uint64(0)
		for _, hold := range s.rows {
			if word &= hold[w]; word == 0 {
				break
			}
		}
		s.terms[w] = word
	}
}

// see computes which conditions can hold. It returns an error if a value does not
// fit its attribute, and does not keep attributes.
func (x *index) see(attributes Attributes, s *sight) error {
	if len(s.row) != x.width || len(s.terms) != len(x.asked) {
		s.row = make([]value, x.width)
		s.terms, s.ask, s.scratch = make(bitset, len(x.asked)), make(bitset, len(x.asked)), make(bitset, len(x.asked)*x.rooms)
	}
	for i := range x.reads {
		if err := x.reads[i].value(attributes[x.reads[i].Name], s.row); err != nil {
			return err
		}
	}
	copy(s.ask, x.asked)
	words := len(x.asked)
	s.rows = s.rows[:0]
	for _, t := range x.tables {
		if hold := t.find(s.row, s.scratch[t.room*words:], &x.left); hold != nil {
			s.rows = append(s.rows, hold)
		} else {
			s.ask.or(t.members)
		}
	}
	s.intersect()
	if x.owner == nil {
		s.maybe, s.unsure = s.terms, s.ask
		return nil
	}
	x.unite(s)
	return nil
}

// unite tells of conditions what is known of their terms.
func (x *index) unite(s *sight) {
	if words := (x.conditions + 63) / 64; len(s.maybe) != words {
		s.maybe, s.unsure = make(bitset, words), make(bitset, words)
	}
	clear(s.maybe)
	clear(s.unsure)
	for i := range s.terms.below(len(x.owner)) {
		c := x.owner[i]
		switch {
		case !s.ask.has(i):
			s.maybe.add(c)
			s.unsure.remove(c)
		case !s.maybe.has(c):
			s.maybe.add(c)
			s.unsure.add(c)
		}
	}
}

// value sets the value of the attribute.
func (r *reading) value(values []string, row []value) error {
	if !r.fits(values) {
		if err := r.check(values); err != nil {
			return err
		}
	}
	if r.place < 0 {
		return nil
	}
	v := &row[r.place]
	if *v = (value{}); r.Type == TypeList {
		v.list = values
		return nil
	}
	if len(values) == 0 || values[0] == "" {
		return nil
	}
	v.text, v.present, v.flag = values[0], true, r.Type == TypeBool && values[0] == "true"
	if r.Type == TypeNumber {
		var err error
		v.number, err = parseNumber(values[0])
		return err
	}
	return nil
}

// fits reports whether values certainly fit, without a look at long lists.
func (r *reading) fits(values []string) bool {
	if len(values) == 0 {
		return true
	}
	if len(values) > maxValues || len(values) > 1 && r.Type != TypeList {
		return false
	}
	for _, v := range values {
		if len(v) > maxValue {
			return false
		}
		if v == "" {
			continue
		}
		switch {
		case r.allowed != nil:
			if _, ok := r.allowed[v]; !ok {
				return false
			}
		case r.Type == TypeBool && v != "true" && v != "false", r.Type == TypeNumber && !isNumber(v), r.Type == TypeDate && !isDay(v):
			return false
		}
	}
	return true
}

// index makes the index of the policy.
func (c *compilation) index() {
	p := c.policy
	slices.Sort(p.conditionReads)
	p.conditionReads = slices.Compact(p.conditionReads)
	var all []*condition
	add := func(cond *condition) {
		if cond != nil && cond.number < 0 {
			cond.number, all = len(all), append(all, cond)
		}
	}
	bundles := func(list []bundle) {
		for _, b := range list {
			add(b.when)
		}
	}
	for i := range p.rules {
		add(p.rules[i].when)
	}
	for i := range p.rules {
		bundles(p.rules[i].varying)
	}
	for i := range p.denies {
		add(p.denies[i].when)
	}
	for i := range p.exceptions {
		bundles(p.exceptions[i].varying)
	}
	for _, name := range c.roleNames {
		add(p.roles[name].when)
		bundles(p.roles[name].bundles)
	}
	for _, x := range p.suspending {
		add(x.when)
		add(x.urgently)
	}
	p.index = newIndex(p, all, c.conditions().natives.places)
}

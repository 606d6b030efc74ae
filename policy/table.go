package policy

import (
	"slices"
	"sync/atomic"
)

// tableKind is how a [table] finds the row for a value.
type tableKind int

const (
	tableNone    tableKind = iota // none: the condition is asked itself
	tableTexts                    // by the texts that conditions mention; all others are alike
	tableOrder                    // by where a text lies between those
	tableNumbers                  // by where a number lies
	tableFlag                     // true or false
	tableMemo                     // by each text, up to a number of them
	tableHas                      // by the entries of a list, one of which is wanted
	tableLacks                    // by those that are not
)

// table answers, for one attribute, which terms can hold with a value of it. A
// row is made by the conjuncts themselves when its first value is seen.
type table struct {
	kind    tableKind
	place   int
	terms   int
	entries []tableEntry
	members bitset // terms that have an entry
	room    int    // of a kind that keeps no rows

	classes map[string]int // of tableTexts
	texts   []string       // of tableOrder, sorted
	numbers []float64      // of tableNumbers, sorted
	rows    []atomic.Pointer[bitset]
	memo    memo
	asked   map[string][]int // terms, of tableHas and tableLacks
	others  bitset           // terms that hold if the list is empty
}

// tableEntry is a conjunct of a term.
type tableEntry struct {
	term int
	conjunct
}

func newTable(kind tableKind, place, terms int) *table {
	return &table{kind: kind, place: place, terms: terms, members: newBitset(terms)}
}

// add takes a conjunct in, and reports false if it cannot.
func (t *table) add(term int, c conjunct) bool {
	if t.kind == tableHas && t.members.has(term) {
		return false // two lists of texts, of each of which one is wanted
	}
	t.members.add(term)
	t.entries = append(t.entries, tableEntry{term, c})
	return true
}

// settle computes the classes of values once all entries are there.
func (t *table) settle() {
	var classes int
	switch t.kind {
	case tableTexts:
		t.classes = map[string]int{}
		for _, e := range t.entries {
			for _, text := range e.texts {
				if _, ok := t.classes[text]; !ok {
					t.classes[text] = len(t.classes) + 1
				}
			}
		}
		// A date that is missing is like no other.
		if _, ok := t.classes[""]; !ok {
			t.classes[""] = len(t.classes) + 1
		}
		classes = len(t.classes) + 1
	case tableOrder:
		t.texts = []string{""}
		for _, e := range t.entries {
			t.texts = append(t.texts, e.texts...)
		}
		slices.Sort(t.texts)
		t.texts = slices.Compact(t.texts)
		classes = 2*len(t.texts) + 1
	case tableNumbers:
		for _, e := range t.entries {
			t.numbers = append(t.numbers, e.numbers...)
		}
		slices.Sort(t.numbers)
		t.numbers = slices.Compact(t.numbers)
		classes = 2*len(t.numbers) + 2 // the last for none
	case tableFlag:
		classes = 2
	case tableHas, tableLacks:
		t.asked = map[string][]int{}
		t.others = full(t.terms)
		for _, e := range t.entries {
			if t.kind == tableHas {
				t.others.remove(e.term)
			}
			for _, text := range e.texts {
				t.asked[text] = append(t.asked[text], e.term)
			}
		}
		t.entries = nil
	}
	t.rows = make([]atomic.Pointer[bitset], classes)
}

// class returns the class of a value: with all values of it, all entries have the
// same answer.
func (t *table) class(v *value) int {
	switch t.kind {
	case tableTexts:
		return t.classes[v.text]
	case tableOrder:
		return between(slices.BinarySearch(t.texts, v.text))
	case tableNumbers:
		if !v.present {
			return len(t.rows) - 1
		}
		return between(slices.BinarySearch(t.numbers, v.number))
	default:
		if v.flag {
			return 1
		}
		return 0
	}
}

func between(i int, found bool) int {
	if found {
		return 2*i + 1
	}
	return 2 * i
}

// find returns the terms that can hold with a value, into scratch if it does not
// keep them. It returns nil if it does not know, so that the members are to be
// asked themselves.
func (t *table) find(row []value, scratch bitset, left *budget) bitset {
	v := &row[t.place]
	switch t.kind {
	case tableLacks:
		scratch = scratch[:len(t.others)]
		copy(scratch, t.others)
		for _, text := range v.list {
			for _, i := range t.asked[text] {
				scratch.remove(i)
			}
		}
		return scratch
	case tableHas:
		scratch = scratch[:len(t.others)]
		copy(scratch, t.others)
		for _, text := range v.list {
			for _, i := range t.asked[text] {
				scratch.add(i)
			}
		}
		return scratch
	case tableMemo:
		if hold, ok := t.memo.get(v.text); ok {
			return hold
		}
		return t.memo.put(v.text, left, func() bitset { return t.row(row) })
	}
	at := &t.rows[t.class(v)]
	if hold := at.Load(); hold != nil {
		return *hold
	}
	if !left.take(len(t.members)) {
		return nil
	}
	made := t.row(row)
	if !at.CompareAndSwap(nil, &made) {
		left.give(len(made))
	}
	return made
}

// row returns the terms that can hold with a value.
func (t *table) row(row []value) bitset {
	out := full(t.terms)
	for _, e := range t.entries {
		if !e.holds(row) {
			out.remove(e.term)
		}
	}
	return out
}

// budget is how many words rows may still take. It bounds the memory of a policy,
// whatever the values that it meets.
type budget struct{ words atomic.Int64 }

func (b *budget) take(words int) bool {
	if b.words.Add(-int64(words)) >= 0 {
		return true
	}
	b.give(words)
	return false
}

func (b *budget) give(words int) { b.words.Add(int64(words)) }

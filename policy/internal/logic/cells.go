package logic

import (
	"math"
	"slices"
	"time"
)

// cell stands for values of one attribute that orderly atoms cannot tell apart.
type cell struct {
	value any
	// alone says that the value is the only one of its cell, so that every atom can be
	// asked about it.
	alone bool
}

// cells parts all values that a variable can have, so far as leaves over it alone
// can tell them apart. There are none for a list.
func (s *Space) cells(name string, leaves []leaf) []cell {
	a := s.attributes[name]
	var texts []string
	var numbers []float64
	for _, l := range leaves {
		texts, numbers = append(texts, l.atom.texts...), append(numbers, l.atom.numbers...)
	}
	switch a.Kind {
	case Bool:
		return []cell{{false, true}, {true, true}}
	case Number:
		return around(numbers)
	case Date:
		return days(texts)
	case Text:
		if len(a.Values) > 0 {
			return alone(append([]string{""}, a.Values...))
		}
		// Between a text and its successor there is none, and texts between two
		// neighbours behave alike.
		out := alone(append([]string{""}, texts...))
		for _, c := range out {
			if text, _ := c.value.(string); !slices.Contains(texts, text+"\x00") {
				out = append(out, cell{value: text + "\x00"})
			}
		}
		return out
	}
	return nil
}

func alone(texts []string) []cell {
	slices.Sort(texts)
	var out []cell
	for _, text := range slices.Compact(texts) {
		out = append(out, cell{text, true})
	}
	return out
}

// around returns a missing number, the given ones, and one right beside each.
func around(numbers []float64) []cell {
	if len(numbers) == 0 {
		numbers = []float64{0}
	}
	out := []cell{{nil, true}}
	for _, f := range numbers {
		out = append(out, cell{f, true}, cell{value: math.Nextafter(f, math.Inf(1))}, cell{value: math.Nextafter(f, math.Inf(-1))})
	}
	return slices.DeleteFunc(out, func(c cell) bool { f, ok := c.value.(float64); return ok && math.IsInf(f, 0) })
}

// days returns a missing day, the given ones, and those right beside each.
func days(texts []string) []cell {
	out := []cell{{nil, true}}
	if len(texts) == 0 {
		return append(out, cell{value: "2000-01-01"})
	}
	for _, text := range texts {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			continue // of an atom that is not orderly
		}
		out = append(out, cell{text, true})
		for _, by := range []int{-1, 1} {
			if beside := day.AddDate(0, 0, by).Format(time.DateOnly); len(beside) == len(text) {
				out = append(out, cell{value: beside})
			}
		}
	}
	return out
}

// possible reports whether the leaves over one variable may all hold at once. False
// is certain.
func (s *Space) possible(name string, leaves []leaf) bool {
	cells := s.cells(name, leaves)
	if cells == nil {
		return consistent(leaves, isTrue|isFalse)
	}
	for _, c := range cells {
		if s.fits(c, leaves) {
			return true
		}
	}
	return false
}

// fits reports whether leaves may all hold for some value of a cell.
func (s *Space) fits(c cell, leaves []leaf) bool {
	var open []leaf
	for _, l := range leaves {
		if !c.alone && !l.atom.orderly {
			open = append(open, l)
			continue
		}
		if s.truth(l.atom, func(string) any { return c.value })&l.allows() == 0 {
			return false
		}
	}
	return consistent(open, isTrue|isFalse) // what is open is not missing
}

// consistent reports whether atoms can come out so that leaves hold, if they have
// nothing to do with each other.
func consistent(leaves []leaf, possible truth) bool {
	type place struct {
		atom  *atom
		scope int
	}
	left := map[place]truth{}
	for _, l := range leaves {
		at := place{l.atom, l.scope}
		of, ok := left[at]
		if !ok {
			of = possible
		}
		if of &= l.allows(); of == 0 {
			return false
		}
		left[at] = of
	}
	return true
}

package policy

import (
	"slices"
	"strconv"
	"time"
)

const (
	maxSubsets = 4   // texts of which all subsets are tried as the values of a list
	maxDomain  = 100 // values of one attribute that are tried
)

// domain returns values of an attribute of which one behaves like any that the
// attribute can have, as long as it is only compared with some literals, and
// reports whether that is so. The missing value is the first.
func (a Attribute) domain(literals []string, days []string) (values [][]string, whole bool) {
	literals = slices.Clone(literals)
	slices.Sort(literals)
	literals = slices.DeleteFunc(slices.Compact(literals), func(s string) bool { return s == "" })
	whole = true
	values = [][]string{nil}
	one := func(texts ...string) {
		for _, s := range texts {
			switch {
			case len(values) > maxDomain: // more than are returned
			case a.checkOne(s) != nil:
				whole = false
			case !slices.ContainsFunc(values, func(v []string) bool { return len(v) == 1 && v[0] == s }):
				values = append(values, []string{s})
			}
		}
	}
	switch a.Type {
	case TypeBool:
		one("true", "false")
	case TypeNumber:
		one(around(literals)...)
	case TypeDate:
		for _, day := range append(literals, days...) {
			if t, err := time.Parse(time.DateOnly, day); err == nil {
				one(day, t.AddDate(0, 0, -1).Format(time.DateOnly), t.AddDate(0, 0, 1).Format(time.DateOnly))
			}
		}
		one("2000-01-01")
	case TypeList:
		if len(literals) > maxSubsets {
			whole = false
			values = append(values, literals)
			one(literals...)
		} else {
			values = append(values, subsets(literals)...)
		}
		if len(a.Values) == 0 {
			one(other(literals))
		}
	default:
		one(literals...)
		if one(a.Values...); len(a.Values) == 0 {
			one(other(literals))
		}
	}
	if len(values) > maxDomain {
		return values[:maxDomain], false
	}
	return values, whole
}

// around returns numbers, one between each two, and one on either side.
func around(literals []string) []string {
	var numbers []float64
	for _, s := range literals {
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			numbers = append(numbers, f)
		}
	}
	slices.Sort(numbers)
	if len(numbers) == 0 {
		return []string{"0"}
	}
	out := []float64{numbers[0] - 1}
	for i, f := range numbers {
		if out = append(out, f); i+1 < len(numbers) {
			out = append(out, (f+numbers[i+1])/2)
		}
	}
	var texts []string
	for _, f := range append(out, numbers[len(numbers)-1]+1) {
		texts = append(texts, strconv.FormatFloat(f, 'f', -1, 64))
	}
	return texts
}

// subsets returns all that are not empty.
func subsets(list []string) [][]string {
	var out [][]string
	for bits := 1; bits < 1<<len(list); bits++ {
		var set []string
		for i, s := range list {
			if bits&(1<<i) != 0 {
				set = append(set, s)
			}
		}
		out = append(out, set)
	}
	return out
}

// other returns a text that is none of some.
func other(list []string) string {
	for text := "other"; ; text += "x" {
		if !slices.Contains(list, text) {
			return text
		}
	}
}

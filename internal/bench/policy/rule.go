package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// rule gives an entitlement to whom the condition holds for.
type rule struct {
	name string
	when condition
}

// A mix is how rules are made.
type mix string

const (
	// mixed is the stated mix: of a hundred rules 35 compare texts for equality, 15
	// look one up in a list, 15 compare a number, 10 a date, 10 are guarded, 5 deny,
	// 5 are disjunctions over two attributes, and 5 ask for an entry of a list. Each
	// asks for division, department, or department and country as well, in any
	// order, so that five to ten hold for a person, whatever their number.
	mixed mix = "mixed"
	// ranged is mixed, but that what lets few people through is no value: a range of
	// numbers, a few days, or the beginning of a text.
	ranged mix = "ranged"
	// worst is what no index by value can help with: parts of texts that are hardly
	// ever the same for two people, one attribute against another, and disjunctions
	// of more terms than the index splits.
	worst mix = "worst"
)

var (
	departments = names("department", 20)
	divisions   = names("division", 6)
	countries   = names("c", 15)
	locations   = names("city", 40)
	titles      = names("title", 50)
	centers     = names("cc", 60)
	employments = []string{"fullTime", "partTime", "contractor", "intern"}
	projects    = names("project", 12)
)

func names(prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s%d", prefix, i)
	}
	return out
}

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

func equal(attribute, text string) condition {
	return condition{op: "==", attribute: attribute, texts: []string{text}}
}

func all(parts ...condition) condition    { return condition{op: "and", parts: parts} }
func either(parts ...condition) condition { return condition{op: "or", parts: parts} }
func not(part condition) condition        { return condition{op: "not", parts: []condition{part}} }

// rules returns n rules of a mix, always the same.
func rules(m mix, n int) []rule {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	out := make([]rule, n)
	for i := range out {
		few := selective(r, n)
		if m == ranged {
			few = between(r, i, n)
		}
		parts := append(few, extra(r, i))
		r.Shuffle(len(parts), func(i, k int) { parts[i], parts[k] = parts[k], parts[i] })
		when := all(parts...)
		if m == worst {
			when = unfriendly(r, i, n)
		}
		out[i] = rule{fmt.Sprintf("r%d", i), when}
	}
	return out
}

// selective lets about ten of n rules through, if each of the extras lets most.
func selective(r *rand.Rand, n int) []condition {
	switch {
	case n <= 30:
		i := r.IntN(3)
		return []condition{{op: "in", attribute: "division", texts: divisions[2*i : 2*i+2]}}
	case n <= 300:
		return []condition{equal("department", pick(r, departments))}
	default:
		return []condition{equal("department", pick(r, departments)), equal("country", pick(r, countries))}
	}
}

// between lets about as many through as selective does, by ranges, days and beginnings.
func between(r *rand.Rand, i, n int) []condition {
	level := func(width int) condition {
		from := 1 + r.IntN(10-width)
		return all(condition{op: ">=", attribute: "level", number: from}, condition{op: "<", attribute: "level", number: from + width})
	}
	hired := func(days int) condition {
		from := time.Date(2010, 1, 1+r.IntN(16*365-days), 0, 0, 0, 0, time.UTC)
		day := func(t time.Time) []string { return []string{t.Format(time.DateOnly)} }
		return all(condition{op: ">=", attribute: "hireDate", texts: day(from)}, condition{op: "<", attribute: "hireDate", texts: day(from.AddDate(0, 0, days))})
	}
	begins := func(attribute, text string) condition {
		return condition{op: "starts", attribute: attribute, texts: []string{text}}
	}
	switch {
	case n <= 30:
		return [][]condition{{level(3)}, {hired(5 * 365)}, {begins("location", fmt.Sprintf("city%d", 1+r.IntN(3)))}}[i%3]
	case n <= 300:
		return [][]condition{{level(2), hired(4 * 365)}, {hired(300)}, {begins("manager", fmt.Sprintf("m%d", 10+r.IntN(40)))}}[i%3]
	default:
		return [][]condition{{level(2), hired(90)}, {hired(18)}, {begins("manager", fmt.Sprintf("m%d", 100+r.IntN(400)))}}[i%3]
	}
}

// extra is the kind of a rule, by its number.
func extra(r *rand.Rand, i int) condition {
	day := fmt.Sprintf("20%02d-%02d-01", 18+r.IntN(7), 1+r.IntN(12))
	switch k := i * 37 % 100; {
	case k < 35:
		return all(condition{op: "!=", attribute: "employmentType", texts: []string{pick(r, employments)}}, condition{op: "!=", attribute: "location", texts: []string{pick(r, locations)}})
	case k < 50:
		return condition{op: "in", attribute: "location", texts: locations[r.IntN(10) : 25+r.IntN(15)]}
	case k < 65:
		return all(condition{op: ">=", attribute: "level", number: 1 + r.IntN(4)}, condition{op: "<", attribute: "level", number: 7 + r.IntN(4)})
	case k < 75:
		return condition{op: "<", attribute: "hireDate", texts: []string{day}}
	case k < 85:
		return all(condition{op: "present", attribute: "level"}, condition{op: "!=", attribute: "manager", texts: []string{""}}, condition{op: ">", attribute: "level", number: r.IntN(4)})
	case k < 90:
		return not(condition{op: "in", attribute: "costCenter", texts: centers[r.IntN(50):][:10]})
	case k < 95:
		return either(condition{op: "in", attribute: "jobTitle", texts: titles[r.IntN(20):][:30]}, equal("location", pick(r, locations)))
	default:
		return condition{op: "has", attribute: "projects", texts: []string{pick(r, projects)}}
	}
}

// unfriendly gives the index as little as can be.
func unfriendly(r *rand.Rand, i, n int) condition {
	few := condition{op: "contains", attribute: "email", texts: []string{fmt.Sprintf("%d", r.IntN(max(n/2, 10)))}}
	switch i % 4 {
	case 0:
		return all(few, condition{op: "ends", attribute: "email", texts: []string{pick(r, []string{"@a.example", "@b.example"})}})
	case 1:
		return all(condition{op: "!=", attribute: "department", other: "division"}, few)
	case 2:
		return all(not(condition{op: "contains", attribute: "email", texts: []string{fmt.Sprintf("%d", r.IntN(10))}}), condition{op: "contains", attribute: "manager", texts: []string{fmt.Sprintf("%d", r.IntN(max(n/2, 10)))}})
	default:
		var pairs []condition
		for range 12 {
			pairs = append(pairs, all(equal("costCenter", pick(r, centers)), condition{op: "contains", attribute: "email", texts: []string{fmt.Sprintf("%d", r.IntN(n))}}))
		}
		return either(pairs...)
	}
}

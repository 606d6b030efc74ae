package quality

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// once finds keys that several workers have, and returns the workers, who are
// sorted, with one for each key.
func (f finder) once(workers []*entry) []*entry {
	for i := 0; i < len(workers); {
		n := i + 1
		for n < len(workers) && workers[n].key == workers[i].key {
			n++
		}
		if n > i+1 {
			f.find(WorkerTwice, workers[i].key, "workerId", workers[i].key.ID,
				fmt.Sprintf("there are %d workers with this key: want a key of their own for each", n-i))
		}
		i = n
	}
	return slices.CompactFunc(slices.Clone(workers), func(a, b *entry) bool { return a.key == b.key })
}

// duplicates finds workers that have in common what one human has. That is right
// if they have one person key: several jobs, or a rehire.
func (f finder) duplicates(workers []*entry) {
	byEmail := func(a, b *entry) int { return strings.Compare(a.email, b.email) }
	for _, group := range alike(those(workers, func(e *entry) bool { return e.email != "" }), byEmail) {
		f.several(EmailShared, group, "email", group[0].email, "e-mail address "+f.quote("email", group[0].email)+" is", "an address")
	}
	byNumber := func(a, b *entry) int {
		return cmp.Or(strings.Compare(a.key.Source, b.key.Source), strings.Compare(a.number, b.number))
	}
	for _, group := range alike(those(workers, func(e *entry) bool { return e.number != "" }), byNumber) {
		f.several(EmployeeNumberShared, group, "employeeNumber", group[0].number, "employee number "+f.quote("employeeNumber", group[0].number)+" is", "a number")
	}
	byHuman := func(a, b *entry) int { return a.human.compare(b.human) }
	for _, group := range alike(those(workers, func(e *entry) bool { return e.human != digest{} }), byHuman) {
		f.several(PersonTwice, group, "personKey", "", "name and birth date are", "a person key")
	}
}

// several adds a finding about a group that shares something, unless all of them
// are known to be one human.
func (f finder) several(rule Rule, group []*entry, field, value, what, apart string) {
	one := group[0].person
	if one != (digest{}) && !slices.ContainsFunc(group, func(e *entry) bool { return e.person != one }) {
		return
	}
	first, others := keysOf(group)
	f.find(rule, first, field, value, fmt.Sprintf("%s also of %s: want one person key if they are one human, %s of their own for each if not",
		what, named(others, ", "), apart), others...)
}

// primaries finds people with several primary relationships at once. What has
// ended does not count.
func (f finder) primaries(workers []*entry) {
	workers = those(workers, func(e *entry) bool { return e.primary && e.live && !e.left && e.person != digest{} })
	for _, group := range alike(workers, func(a, b *entry) int { return a.person.compare(b.person) }) {
		if group = overlapping(group); len(group) > 0 {
			first, others := keysOf(group)
			f.find(PrimaryTwice, first, "primary", "true",
				fmt.Sprintf("primary at the same time as %s of the same person: want one primary relationship at a time", named(others, ", ")), others...)
		}
	}
}

// overlapping returns those that overlap another one in time, by key.
func overlapping(group []*entry) []*entry {
	group = slices.Clone(group)
	slices.SortFunc(group, func(a, b *entry) int { return cmp.Or(cmp.Compare(a.start, b.start), compareKeys(a.key, b.key)) })
	var all []*entry
	last := int64(math.MinInt64) // end of the earlier ones
	for i, e := range group {
		if e.start < last || i+1 < len(group) && group[i+1].start < e.end {
			all = append(all, e)
		}
		last = max(last, e.end)
	}
	slices.SortFunc(all, func(a, b *entry) int { return compareKeys(a.key, b.key) })
	return all
}

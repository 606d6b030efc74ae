package quality

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
)

// entry is what is remembered of a worker to compare it with others. What is
// private is kept as a digest.
type entry struct {
	key     hrsource.WorkerKey
	manager string // of the assignment in force, another worker's id
	email   string // folded, empty if it is no address
	number  string
	person  digest // of the person key
	human   digest // of name and birth date

	start, end int64 // in Unix seconds, if live
	left       bool  // by now; false if that is not known
	live       bool  // gives access at some time; false if that is not known
	primary    bool
}

// digest stands for a text that need not be remembered. The zero digest is that
// of none.
type digest [16]byte

func digestOf(parts ...string) digest {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return digest(sum[:16])
}

func (d digest) compare(other digest) int { return bytes.Compare(d[:], other[:]) }

// own returns a copy of a key that keeps nothing else in memory: a source may cut
// its strings from a whole file.
func (c *Checker) own(key hrsource.WorkerKey) hrsource.WorkerKey {
	name, ok := c.sources[key.Source]
	if !ok {
		name = strings.Clone(key.Source)
		c.sources[name] = name
	}
	return hrsource.WorkerKey{Source: name, ID: strings.Clone(key.ID)}
}

// entry returns what is to be remembered of a worker whose key is owned.
func (c *Checker) entry(w hrsource.Worker) *entry {
	e := &entry{key: w.Key, number: strings.Clone(strings.TrimSpace(w.EmployeeNumber)), primary: w.Primary}
	if isAddress(w.Email) {
		e.email = strings.Clone(fold(w.Email))
	}
	if w.PersonKey != "" {
		e.person = digestOf(w.PersonKey)
	}
	if name := nameOf(w.Name); name != "" && !w.BirthDate.IsZero() {
		e.human = digestOf(name, w.BirthDate.String())
	}
	start, end, live, err := w.Window(c.zone, time.Time{}, hrsource.EndsWithEmployment)
	if err == nil {
		e.start, e.end = math.MinInt64, math.MaxInt64
		if !start.IsZero() {
			e.start = start.Unix()
		}
		if !end.IsZero() {
			e.end = end.Unix()
		}
		e.live = live
		e.left = !c.now.IsZero() && (!live || !end.IsZero() && !c.now.Before(end))
	}
	if manager := c.managerOf(w); !e.left && manager != w.Key.ID {
		e.manager = strings.Clone(manager)
	}
	return e
}

// nameOf makes names comparable. It is empty if there is none.
func nameOf(n hrsource.Name) string {
	words := func(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }
	if given, family := words(n.Given), words(n.Family); given+family != "" {
		return given + "\x00" + family
	}
	return words(n.Display)
}

// compare orders entries by key. Two that it calls equal are.
func (e *entry) compare(other *entry) int {
	return cmp.Or(
		compareKeys(e.key, other.key),
		strings.Compare(e.manager, other.manager),
		strings.Compare(e.email, other.email),
		strings.Compare(e.number, other.number),
		e.person.compare(other.person),
		e.human.compare(other.human),
		cmp.Compare(e.start, other.start),
		cmp.Compare(e.end, other.end),
		compareFlags(e.left, other.left),
		compareFlags(e.live, other.live),
		compareFlags(e.primary, other.primary),
	)
}

func compareFlags(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// alike returns those of workers that compare calls equal, where they are two or
// more, each group in the order of their keys. It sorts workers.
func alike(workers []*entry, compare func(a, b *entry) int) [][]*entry {
	slices.SortFunc(workers, func(a, b *entry) int { return cmp.Or(compare(a, b), compareKeys(a.key, b.key)) })
	var groups [][]*entry
	for len(workers) > 0 {
		n := 1
		for n < len(workers) && compare(workers[0], workers[n]) == 0 {
			n++
		}
		if n > 1 {
			groups = append(groups, workers[:n])
		}
		workers = workers[n:]
	}
	return groups
}

// those returns the workers of whom ok is true.
func those(workers []*entry, ok func(*entry) bool) []*entry {
	return slices.DeleteFunc(slices.Clone(workers), func(e *entry) bool { return !ok(e) })
}

// keysOf returns the key of the first and those of the others.
func keysOf(group []*entry) (first hrsource.WorkerKey, others []hrsource.WorkerKey) {
	for _, e := range group[1:] {
		others = append(others, e.key)
	}
	return group[0].key, others
}

package quality

import (
	"fmt"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
)

// Checker looks at workers. It is made by [New].
//
// Add and Findings look over one population together and must not be called at
// the same time. Normalize and what [Source] returns depend on the Config alone
// and may be used by several goroutines at once, beside them.
type Checker struct {
	required []string
	allowed  []list
	tables   []table
	owners   map[Rule]Owner
	off      map[Rule]bool
	private  map[string]bool
	now      time.Time
	zone     *time.Location

	found   []Finding         // by what a worker alone says
	workers []*entry          // what is needed to compare them
	sources map[string]string // each name once
}

// Add looks at one worker and remembers what is needed to compare it with others,
// some 250 bytes. The order of calls makes no difference. Nothing of w is kept
// or changed.
func (c *Checker) Add(w hrsource.Worker) {
	replaced := c.replacements(w)
	w = c.Normalize(w)
	w.Key = c.own(w.Key)
	f := finder{c, &c.found}
	for _, r := range replaced {
		f.find(ValueReplaced, w.Key, r.field, r.value, c.describe(r))
	}
	for _, b := range c.breaches(w) {
		f.find(b.rule, w.Key, b.field, b.value, c.describe(b))
	}
	f.addresses(w)
	f.dates(w)
	e := c.entry(w)
	if manager := c.managerOf(w); !e.left && manager != "" && manager == w.Key.ID {
		f.find(ManagerSelf, w.Key, "manager", manager,
			fmt.Sprintf("manager %s is the worker: want the id of another one, or none", c.quote("manager", manager)))
	}
	c.workers = append(c.workers, e)
}

// Findings returns what is wrong with the workers added so far, by worker and, for
// one worker, in the order of [Rules]. It may be called again.
func (c *Checker) Findings() []Finding {
	found := slices.Clone(c.found)
	f := finder{c, &found}
	slices.SortFunc(c.workers, (*entry).compare)
	workers := f.once(c.workers)
	f.duplicates(workers)
	f.primaries(workers)
	f.managers(workers)
	slices.SortFunc(found, Finding.compare)
	return slices.CompactFunc(found, func(a, b Finding) bool { return a.compare(b) == 0 })
}

// finder collects findings.
type finder struct {
	*Checker
	found *[]Finding
}

// find adds a finding, unless its rule is off. The message may hold a value as it
// comes from quote only.
func (f finder) find(rule Rule, worker hrsource.WorkerKey, field, value, message string, others ...hrsource.WorkerKey) {
	if f.off[rule] {
		return
	}
	owner, ok := f.owners[rule]
	if !ok {
		owner = rule.Owner()
	}
	*f.found = append(*f.found, Finding{
		Rule: rule, Severity: rule.Severity(), Owner: owner, Worker: worker, Others: others,
		Field: field, Value: f.show(field, value), Message: message,
	})
}

// describe says what is wrong with a value, for a finding.
func (c *Checker) describe(b breach) string {
	if b.rule == RequiredEmpty {
		return fmt.Sprintf("%s is empty: want %s", b.field, b.want)
	}
	return fmt.Sprintf("%s is %s: want %s", b.field, c.quote(b.field, b.value), b.want)
}

package storetest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func peopleFaults() []mutant {
	return []mutant{
		{fault: "the instant 0 of Unix is taken for none", fails: []string{"value_time"}, tx: func(tx state.Tx) state.Tx { return unixZero{tx} }},
		{fault: "people are sorted without their capitals", fails: []string{"value_order"}, tx: func(tx state.Tx) state.Tx { return foldedPeople{tx} }},
		{fault: "who is due at the instant is not due at it", fails: []string{"value_order", "person_due"}, tx: func(tx state.Tx) state.Tx { return lateDue{tx} }},
		{fault: "a look that is owed at no time is counted", fails: []string{"person_count_due"}, tx: func(tx state.Tx) state.Tx { return eagerCount{tx} }},
		{fault: "TouchAll forgets why", fails: []string{"person_touch_all"}, tx: func(tx state.Tx) state.Tx { return silentTouch{tx} }},
		{fault: "who is due is touched as if they were resting", fails: []string{"person_resting"}, tx: func(tx state.Tx) state.Tx { return drowsyTouch{tx} }},
		{fault: "timers are taken from other runs", fails: []string{"person_timers"}, tx: func(tx state.Tx) state.Tx { return greedyTimers{tx} }},
		{fault: "the newest runs come last", fails: []string{"run_lists"}, tx: func(tx state.Tx) state.Tx { return backwardRuns{tx} }},
		{fault: "the release that ends first comes last", fails: []string{"run_expiring"}, tx: func(tx state.Tx) state.Tx { return lateExpiry{tx} }},
		{fault: "removals are counted without their lane", fails: []string{"run_removals"}, tx: func(tx state.Tx) state.Tx { return laneless{tx} }},
		{fault: "removals that wait are counted", fails: []string{"run_removals"}, tx: func(tx state.Tx) state.Tx { return countsWaiting{tx} }},
		{fault: "grants that wait are not counted", fails: []string{"run_granting"}, tx: func(tx state.Tx) state.Tx { return impatientGrants{tx} }},
		{fault: "what waits to be revoked is counted", fails: []string{"run_revoking"}, tx: func(tx state.Tx) state.Tx { return anyRevoke{tx} }},
		{fault: "each change of an account counts", fails: []string{"run_updating"}, tx: func(tx state.Tx) state.Tx { return eachUpdate{tx} }},
		{fault: "what is removed of one thing is what is removed of all", fails: []string{"window_removing"}, tx: func(tx state.Tx) state.Tx { return keyless{tx} }},
		{fault: "who is to lose something holds it no longer", fails: []string{"window_holding"}, tx: func(tx state.Tx) state.Tx { return hastyLoss{tx} }},
		{fault: "the window holds what is as old as it is long", fails: []string{"window_sums"}, tx: func(tx state.Tx) state.Tx { return longWindow{tx} }},
		{fault: "a case that was answered is found open", fails: []string{"case_open"}, tx: func(tx state.Tx) state.Tx { return openForEver{tx} }},
		{fault: "cases come by ID", fails: []string{"case_list"}, tx: func(tx state.Tx) state.Tx { return casesByID{tx} }},
	}
}

type unixZero struct{ state.Tx }

func (t unixZero) PutPerson(p state.Person) error {
	if p.EventAt.UnixMicro() == 0 {
		p.EventAt = time.Time{}
	}
	return t.Tx.PutPerson(p)
}

type foldedPeople struct{ state.Tx }

func (t foldedPeople) PeopleAfter(after string, limit int) ([]state.Person, error) {
	people, err := t.Tx.PeopleAfter(after, limit)
	slices.SortFunc(people, func(a, b state.Person) int {
		return cmp.Compare(strings.ToLower(a.ID), strings.ToLower(b.ID))
	})
	return people, err
}

type lateDue struct{ state.Tx }

func (t lateDue) DuePeople(now time.Time, limit int) ([]state.Person, error) {
	return t.Tx.DuePeople(now.Add(-time.Microsecond), limit)
}

type eagerCount struct{ state.Tx }

func (t eagerCount) CountDue(run string) (int, error) {
	people, err := t.PeopleAfter("", 1000)
	n := 0
	for _, p := range people {
		if p.Run == run {
			n++
		}
	}
	return n, err
}

type silentTouch struct{ state.Tx }

func (t silentTouch) TouchAll(run string, when time.Time, _ string) (int, error) {
	return t.Tx.TouchAll(run, when, "")
}

// drowsyTouch lets a look be forgotten that is owed to a fact.
type drowsyTouch struct{ state.Tx }

func (t drowsyTouch) TouchAll(run string, when time.Time, event string) (int, error) {
	people, err := t.PeopleAfter("", 1000)
	if err != nil {
		return 0, err
	}
	n, err := t.Tx.TouchAll(run, when, event)
	for i := 0; i < len(people) && err == nil; i++ {
		if p := people[i]; p.Run != "" && !p.Resting {
			was := p.DueAt
			if p, err = t.Person(p.ID); err == nil {
				p.Resting, p.RestsUntil = true, was
				err = t.PutPerson(p)
			}
		}
	}
	return n, err
}

type greedyTimers struct{ state.Tx }

func (t greedyTimers) TakeTimers(run string, now time.Time) (int, error) {
	people, err := t.DuePeople(now, 1000)
	for _, p := range people {
		p.Run = run
		if err := t.PutPerson(p); err != nil {
			return 0, err
		}
	}
	return len(people), err
}

type backwardRuns struct{ state.Tx }

func (t backwardRuns) LatestRuns(limit int) ([]state.Run, error) {
	runs, err := t.Tx.LatestRuns(limit)
	slices.Reverse(runs)
	return runs, err
}

type lateExpiry struct{ state.Tx }

func (t lateExpiry) Expiring() ([]state.Run, error) {
	runs, err := t.Tx.Expiring()
	slices.Reverse(runs)
	return runs, err
}

type laneless struct{ state.Tx }

func (t laneless) Removals(run string) ([]state.Count, error) {
	counts, err := t.Tx.Removals(run)
	for i := range counts {
		counts[i].Lane = state.LaneNormal
	}
	return counts, err
}

type countsWaiting struct{ state.Tx }

func (t countsWaiting) Removals(run string) ([]state.Count, error) {
	counts, err := t.Tx.Removals(run)
	if err != nil {
		return nil, err
	}
	items, err := t.OpenItems(run, state.Item{}, 1000)
	for _, it := range items {
		for i, c := range counts {
			if it.State == state.ItemWaiting && it.Removes == c.Kind && it.System == c.System && it.Lane == c.Lane {
				counts[i].N++
			}
		}
	}
	return counts, err
}

type impatientGrants struct{ state.Tx }

func (t impatientGrants) Granting(run string) ([]state.EntitlementCount, error) {
	counts, err := t.Tx.Granting(run)
	return withWaiting(t, run, counts, -1, err)
}

type anyRevoke struct{ state.Tx }

func (t anyRevoke) Revoking(run string) ([]state.EntitlementCount, error) {
	counts, err := t.Tx.Revoking(run)
	return withWaiting(t, run, counts, +1, err)
}

// withWaiting adds something to counts for each item of a run that waits.
func withWaiting(t state.Tx, run string, counts []state.EntitlementCount, each int, err error) ([]state.EntitlementCount, error) {
	if err != nil {
		return nil, err
	}
	items, err := t.OpenItems(run, state.Item{}, 1000)
	for _, it := range items {
		for i, c := range counts {
			if it.State == state.ItemWaiting && it.System == c.System && it.Key == c.Key {
				counts[i].N += each
			}
		}
	}
	return counts, err
}

type eachUpdate struct{ state.Tx }

func (t eachUpdate) Updating(run string) ([]state.Count, error) {
	counts, err := t.Tx.Updating(run)
	if err != nil {
		return nil, err
	}
	items, err := t.OpenItems(run, state.Item{}, 1000)
	for _, it := range items {
		_, missing := t.Item(it.Person, it.System, state.ItemProfile, "")
		for i, c := range counts {
			if it.Kind == state.ItemName && missing == nil && it.System == c.System {
				counts[i].N++
			}
		}
	}
	return counts, err
}

type keyless struct{ state.Tx }

func (t keyless) Removing(system, kind, _ string) (int, error) {
	return t.Tx.Removing(system, kind, "")
}

type hastyLoss struct{ state.Tx }

func (t hastyLoss) Holding(system, key string) (int, error) {
	n, err := t.Tx.Holding(system, key)
	if err != nil {
		return 0, err
	}
	items, err := t.OpenItems("", state.Item{}, 1000)
	for _, it := range items {
		if it.System == system && it.Key == key && it.Known == "held" && it.Desired == "absent" {
			n--
		}
	}
	return n, err
}

type longWindow struct{ state.Tx }

func (t longWindow) Reserved(since time.Time) ([]state.Count, error) {
	return t.Tx.Reserved(since.Add(-time.Microsecond))
}

type openForEver struct{ state.Tx }

func (t openForEver) OpenCase(kind, subject string) (state.Case, error) {
	all, err := t.Cases(true)
	if err != nil {
		return state.Case{}, err
	}
	for _, c := range all {
		if c.Kind == kind && c.Subject == subject {
			return c, nil
		}
	}
	return state.Case{}, state.ErrNotFound
}

type casesByID struct{ state.Tx }

func (t casesByID) Cases(all bool) ([]state.Case, error) {
	list, err := t.Tx.Cases(all)
	slices.SortFunc(list, func(a, b state.Case) int { return cmp.Compare(a.ID, b.ID) })
	return list, err
}

package storetest

import (
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func personCases() []testCase {
	return []testCase{
		{name: "person", clause: "a person's row is kept and replaced whole; LockPerson returns it", check: personKept},
		{name: "person_pages", clause: "PeopleAfter pages by ID", check: personPages},
		{name: "person_due", clause: "DuePeople returns who is due at or before now, the earliest first", check: personDue},
		{name: "person_next", clause: "NextDue is the earliest instant, zero if there is none", check: personNext},
		{name: "person_count_due", clause: "CountDue counts the looks that are owed to a run", check: personCountDue},
		{name: "person_touch_all", clause: "TouchAll makes everybody due, for a run, because of an event", check: personTouchAll},
		{name: "person_resting", clause: "who was due for nothing when everybody was touched is resting, and until when", check: personResting},
		{name: "person_timers", clause: "TakeTimers takes who is due and whom no run wants", check: personTimers},
		{name: "person_undecided", clause: "Undecided counts those whose last look gave no decision", check: personUndecided},
	}
}

func (f *fixture) putPeople(people ...state.Person) {
	f.update(func(tx state.Tx) {
		for _, p := range people {
			ok(tx.PutPerson(p))
		}
	})
}

// names returns the IDs of people.
func names(people []state.Person) []string {
	out := []string{}
	for _, p := range people {
		out = append(out, p.ID)
	}
	return out
}

func personKept(f *fixture) {
	full := state.Person{
		ID: "p", Revision: 1 << 40, Spell: 3, Live: true, LeftAt: day(7), DueAt: day(1), Run: "r", Event: "e", EventAt: day(2), ReceivedAt: day(3),
		DecidedAt: day(4), Policy: "v", Problem: "x",
	}
	f.update(func(tx state.Tx) {
		_, err := tx.Person("p")
		is("an unknown person", err, state.ErrNotFound)
		_, err = tx.LockPerson("p")
		is("an unknown person to be locked", err, state.ErrNotFound)
		for _, p := range []state.Person{full, {ID: "p"}, full} {
			ok(tx.PutPerson(p))
			same("person", must(tx.Person("p")), p)
			same("locked person", must(tx.LockPerson("p")), p)
		}
	})
}

func personPages(f *fixture) {
	f.putPeople(state.Person{ID: "c"}, state.Person{ID: "a"}, state.Person{ID: "b"})
	f.view(func(tx state.Tx) {
		same("first page", names(must(tx.PeopleAfter("", 2))), []string{"a", "b"})
		same("second page", names(must(tx.PeopleAfter("b", 2))), []string{"c"})
		same("third page", names(must(tx.PeopleAfter("c", 2))), []string{})
	})
}

func personDue(f *fixture) {
	f.putPeople(state.Person{ID: "a", DueAt: day(3)}, state.Person{ID: "b", DueAt: day(1)}, state.Person{ID: "c"},
		state.Person{ID: "d", DueAt: day(2), Run: "r"}, state.Person{ID: "e", DueAt: day(1)})
	check := func(tx state.Tx) {
		same("due before the first", names(must(tx.DuePeople(day(1).Add(-time.Microsecond), 9))), []string{})
		same("due at the first", names(must(tx.DuePeople(day(1), 9))), []string{"b", "e"})
		same("due at last", names(must(tx.DuePeople(day(9), 9))), []string{"b", "e", "d", "a"})
		same("due at last, three of them", names(must(tx.DuePeople(day(9), 3))), []string{"b", "e", "d"})
	}
	f.view(check)
	f.update(check)
}

func personNext(f *fixture) {
	next := func() (at time.Time) {
		f.view(func(tx state.Tx) { at = must(tx.NextDue()) })
		return at
	}
	same("next of nobody", next(), time.Time{})
	f.putPeople(state.Person{ID: "a"})
	same("next of somebody who is not due by the clock", next(), time.Time{})
	f.putPeople(state.Person{ID: "b", DueAt: day(5)}, state.Person{ID: "c", DueAt: day(2), Run: "r"})
	same("next", next(), day(2))
	f.putPeople(state.Person{ID: "c"})
	same("next without the first", next(), day(5))
}

func personCountDue(f *fixture) {
	f.putPeople(state.Person{ID: "a", DueAt: day(1), Run: "r"}, state.Person{ID: "b", DueAt: day(99), Run: "r"},
		state.Person{ID: "c", DueAt: day(1), Run: "s"}, state.Person{ID: "d", DueAt: day(1)}, state.Person{ID: "e", Run: "r"})
	f.view(func(tx state.Tx) {
		same("owed to r", must(tx.CountDue("r")), 2)
		same("owed to s", must(tx.CountDue("s")), 1)
		same("owed to t", must(tx.CountDue("t")), 0)
	})
}

func personTouchAll(f *fixture) {
	f.putPeople(state.Person{ID: "a", Revision: 4, Spell: 2, Live: true, Policy: "v", DecidedAt: day(1)},
		state.Person{ID: "b", DueAt: day(1), Run: "old", Event: "e", EventAt: day(1), ReceivedAt: day(1)})
	f.update(func(tx state.Tx) { same("people touched", must(tx.TouchAll("r", day(5), "policy v2")), 2) })
	f.view(func(tx state.Tx) {
		due := state.Person{ID: "a", Revision: 5, Spell: 2, Live: true, Policy: "v", DecidedAt: day(1), DueAt: day(5), Run: "r", Event: "policy v2", EventAt: day(5), ReceivedAt: day(5), Resting: true}
		same("a", must(tx.Person("a")), due)
		same("owed to the run", must(tx.CountDue("r")), 2)
		same("owed to the run before", must(tx.CountDue("old")), 0)
	})
}

func personResting(f *fixture) {
	f.putPeople(
		state.Person{ID: "due later", DueAt: day(9), Policy: "v"},
		state.Person{ID: "due never", Policy: "v"},
		state.Person{ID: "due", DueAt: day(5), Policy: "v"},
		state.Person{ID: "never decided", DueAt: day(9)},
		state.Person{ID: "of a run", DueAt: day(9), Run: "x", Policy: "v"},
		state.Person{ID: "of an event", DueAt: day(9), Event: "x", Policy: "v"},
		state.Person{ID: "undecided", DueAt: day(9), Policy: "v", Problem: "x"},
		state.Person{ID: "resting", DueAt: day(1), Run: "x", Event: "policy", Policy: "v", Resting: true, RestsUntil: day(7)},
	)
	touch := func(day time.Time) func(state.Tx) {
		return func(tx state.Tx) { same("people touched", must(tx.TouchAll("r", day, "policy")), 8) }
	}
	resting := func() {
		until := map[string]time.Time{"due later": day(9), "due never": {}, "resting": day(7)}
		f.view(func(tx state.Tx) {
			for _, p := range must(tx.PeopleAfter("", 100)) {
				at, ok := until[p.ID]
				same("whether resting, who is "+p.ID, p.Resting, ok)
				same("until when, who is "+p.ID, p.RestsUntil, at)
			}
		})
	}
	f.update(touch(day(5)))
	resting()
	f.update(touch(day(8)))
	resting()
}

func personTimers(f *fixture) {
	f.putPeople(state.Person{ID: "a", DueAt: day(1)}, state.Person{ID: "b", DueAt: day(2)}, state.Person{ID: "c", DueAt: day(3)},
		state.Person{ID: "d", DueAt: day(1), Run: "other"}, state.Person{ID: "e"})
	f.update(func(tx state.Tx) {
		same("timers taken", must(tx.TakeTimers("r", day(2))), 2)
		same("timers taken again", must(tx.TakeTimers("s", day(2))), 0)
		for id, run := range map[string]string{"a": "r", "b": "r", "c": "", "d": "other", "e": ""} {
			same("run of "+id, must(tx.Person(id)).Run, run)
		}
	})
}

func personUndecided(f *fixture) {
	f.putPeople(state.Person{ID: "a", Problem: "x"}, state.Person{ID: "b"}, state.Person{ID: "c", Problem: "y"})
	f.view(func(tx state.Tx) { same("undecided", must(tx.Undecided()), 2) })
}

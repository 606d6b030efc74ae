package storetest

import (
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func runCases() []testCase {
	return []testCase{
		{name: "run", clause: "a run's row is kept and replaced whole", check: runKept},
		{name: "run_lists", clause: "RunsIn is oldest first, LatestRuns newest first", check: runLists},
		{name: "run_expiring", clause: "Expiring returns the runs that were released until some instant, the earliest first", check: runExpiring},
		{name: "run_removals", clause: "Removals counts a run's open removals that do not wait and were not released by themselves, by system, kind and lane", check: runRemovals},
		{name: "run_revoking", clause: "Revoking counts a run's open revokes that do not wait and were not released by themselves, by system and entitlement", check: runRevoking},
		{name: "run_updating", clause: "Updating counts the people of whom a run is to change an account that is there", check: runUpdating},
		{name: "run_granting", clause: "Granting counts a run's open grants that were not released by themselves, by system and entitlement", check: runGranting},
	}
}

func windowCases() []testCase {
	return []testCase{
		{name: "window_sums", clause: "Reserved sums what was reserved after an instant, of all runs, by system, kind, key and lane", check: windowSums},
		{name: "window_concurrent", clause: "no reservation is lost among many at once", check: windowConcurrent},
		{name: "window_population", clause: "Population counts the accounts of a system that are known to be active", check: windowPopulation},
		{name: "window_removing", clause: "Removing counts what takes away, may be acted on, and is not settled, of one entitlement or of all", check: windowRemoving},
		{name: "window_holding", clause: "Holding counts who is known to hold an entitlement", check: windowHolding},
	}
}

func (f *fixture) putRuns(runs ...state.Run) {
	f.update(func(tx state.Tx) {
		for _, r := range runs {
			ok(tx.PutRun(r))
		}
	})
}

func (f *fixture) putItems(items ...state.Item) {
	f.update(func(tx state.Tx) {
		for _, it := range items {
			ok(tx.PutItem(it))
		}
	})
}

func runKept(f *fixture) {
	full := dataRun("", state.RunHeld)
	f.update(func(tx state.Tx) {
		_, err := tx.Run(full.ID)
		is("an unknown run", err, state.ErrNotFound)
		for _, r := range []state.Run{full, {ID: full.ID, State: state.RunReading}, full} {
			ok(tx.PutRun(r))
			same("run", must(tx.Run(full.ID)), r)
		}
	})
}

func runLists(f *fixture) {
	f.putRuns(state.Run{ID: "b", State: state.RunHeld, OpenedAt: day(3)}, state.Run{ID: "c", State: state.RunDeciding, OpenedAt: day(2)},
		state.Run{ID: "d", State: state.RunHeld, OpenedAt: day(1)}, state.Run{ID: "a", State: state.RunHeld, OpenedAt: day(3)})
	runs := func(list []state.Run) (out []string) {
		for _, r := range list {
			out = append(out, r.ID)
		}
		return out
	}
	f.view(func(tx state.Tx) {
		same("held runs", runs(must(tx.RunsIn(state.RunHeld))), []string{"d", "a", "b"})
		same("refused runs", must(tx.RunsIn(state.RunRefused)), []state.Run{})
		same("latest runs", runs(must(tx.LatestRuns(3))), []string{"b", "a", "c"})
	})
}

func runExpiring(f *fixture) {
	until := func(id string, at time.Time) state.Run {
		return state.Run{ID: id, State: state.RunReleased, ReleasedUntil: at}
	}
	f.putRuns(until("a", day(3)), until("b", day(1)), until("c", time.Time{}), until("d", day(1)), until("e", day(2)), until("e", time.Time{}))
	f.view(func(tx state.Tx) {
		same("expiring", must(tx.Expiring()), []state.Run{until("b", day(1)), until("d", day(1)), until("a", day(3))})
	})
}

func runRemovals(f *fixture) {
	removal := func(person, system, removes, run string, lane state.Lane, in state.ItemState) state.Item {
		return state.Item{Person: person, System: system, Kind: state.ItemAccount, Removes: removes, Run: run, Lane: lane, State: in}
	}
	released := removal("g", "a", "disable", "r", state.LaneNormal, state.ItemDue)
	released.Released = true
	f.putItems(released,
		removal("a", "b", "revoke", "r", state.LaneNormal, state.ItemDue), removal("b", "a", "disable", "r", state.LaneNormal, state.ItemParked),
		removal("c", "a", "disable", "r", state.LaneNormal, state.ItemDue), removal("i", "a", "disable", "r", state.LaneNormal, state.ItemWaiting), removal("d", "a", "disable", "r", state.LaneImmediate, state.ItemSending),
		removal("e", "a", "disable", "r", state.LaneNormal, state.ItemSettled), removal("f", "a", "disable", "s", state.LaneNormal, state.ItemDue),
		removal("h", "a", "", "r", state.LaneNormal, state.ItemDue), removal("k", "a", "disable", "r", state.LaneBatch, state.ItemBatched))
	f.view(func(tx state.Tx) {
		same("removals", must(tx.Removals("r")), []state.Count{
			{System: "a", Kind: "disable", Lane: state.LaneImmediate, N: 1}, {System: "a", Kind: "disable", Lane: state.LaneNormal, N: 2},
			{System: "a", Kind: "disable", Lane: state.LaneBatch, N: 1},
			{System: "b", Kind: "revoke", Lane: state.LaneNormal, N: 1},
		})
		same("removals of an unknown run", must(tx.Removals("t")), []state.Count{})
	})
}

func runGranting(f *fixture) {
	grant := func(person, system, key, run, known, wanted string, in state.ItemState) state.Item {
		return state.Item{Person: person, System: system, Kind: state.ItemGrant, Key: key, Run: run, Known: known, Desired: wanted, State: in}
	}
	const held, absent = "held", "absent"
	released, account := grant("a", "a", "3", "r", absent, held, state.ItemDue), grant("b", "a", "3", "r", absent, held, state.ItemDue)
	released.Released, account.Kind = true, state.ItemAccount
	f.putItems(released, account, grant("a", "b", "1", "r", absent, held, state.ItemDue), grant("a", "a", "2", "r", absent, held, state.ItemParked),
		grant("a", "a", "1", "r", absent, held, state.ItemWaiting), grant("b", "a", "1", "r", absent, held, state.ItemSending),
		grant("c", "a", "1", "r", held, held, state.ItemSettled), grant("d", "a", "1", "r", held, absent, state.ItemDue), grant("e", "a", "1", "s", absent, held, state.ItemDue))
	f.view(func(tx state.Tx) {
		same("grants", must(tx.Granting("r")), []state.EntitlementCount{{System: "a", Key: "1", N: 2}, {System: "a", Key: "2", N: 1}, {System: "b", Key: "1", N: 1}})
		same("grants of an unknown run", must(tx.Granting("t")), []state.EntitlementCount{})
	})
}

func runRevoking(f *fixture) {
	revoke := func(person, system, key, run string, in state.ItemState) state.Item {
		return state.Item{Person: person, System: system, Kind: state.ItemGrant, Key: key, Run: run, Removes: "revoke", Lane: state.LaneNormal, State: in}
	}
	released, grant := revoke("a", "a", "3", "r", state.ItemDue), revoke("b", "a", "3", "r", state.ItemDue)
	released.Released, grant.Removes = true, ""
	f.putItems(released, grant, revoke("a", "b", "1", "r", state.ItemDue), revoke("a", "a", "2", "r", state.ItemBatched),
		revoke("a", "a", "1", "r", state.ItemParked), revoke("b", "a", "1", "r", state.ItemSending), revoke("c", "a", "1", "r", state.ItemSettled),
		revoke("d", "a", "1", "r", state.ItemWaiting), revoke("e", "a", "1", "s", state.ItemDue))
	f.view(func(tx state.Tx) {
		same("revokes", must(tx.Revoking("r")), []state.EntitlementCount{{System: "a", Key: "1", N: 2}, {System: "a", Key: "2", N: 1}, {System: "b", Key: "1", N: 1}})
		same("revokes of an unknown run", must(tx.Revoking("t")), []state.EntitlementCount{})
	})
}

func runUpdating(f *fixture) {
	change := func(person, system string, kind state.ItemKind, run string, in state.ItemState) state.Item {
		return state.Item{Person: person, System: system, Kind: kind, Run: run, Lane: state.LaneNormal, State: in}
	}
	released := change("g", "a", state.ItemProfile, "r", state.ItemDue)
	released.Released = true
	f.update(func(tx state.Tx) {
		for _, person := range []string{"a", "b", "c", "d", "e", "f", "g"} {
			for _, system := range []string{"a", "b"} {
				ok(tx.PutAccount(state.Account{Person: person, System: system, Exists: person != "f"}))
			}
		}
	})
	f.putItems(released, change("a", "a", state.ItemProfile, "r", state.ItemDue), change("a", "a", state.ItemName, "r", state.ItemDue),
		change("b", "a", state.ItemName, "r", state.ItemBatched), change("c", "a", state.ItemProfile, "r", state.ItemWaiting),
		change("c", "a", state.ItemName, "r", state.ItemSettled), change("c", "a", state.ItemAccount, "r", state.ItemDue),
		change("d", "a", state.ItemProfile, "s", state.ItemDue), change("e", "b", state.ItemProfile, "r", state.ItemDue), change("f", "a", state.ItemProfile, "r", state.ItemDue))
	f.view(func(tx state.Tx) {
		same("updates", must(tx.Updating("r")), []state.Count{{System: "a", N: 2}, {System: "b", N: 1}})
		same("updates of an unknown run", must(tx.Updating("t")), []state.Count{})
	})
}

func windowSums(f *fixture) {
	count := func(system, kind string, lane state.Lane, n int) state.Count {
		return state.Count{System: system, Kind: kind, Lane: lane, N: n}
	}
	f.update(func(tx state.Tx) {
		ok(tx.Reserve("r1", day(1), []state.Count{count("a", "disable", state.LaneNormal, 2), count("b", "revoke", state.LaneNormal, 5)}))
		ok(tx.Reserve("r2", day(2), []state.Count{count("a", "disable", state.LaneNormal, 3), count("a", "disable", state.LaneImmediate, 1)}))
		ok(tx.Reserve("r2", day(2), []state.Count{count("a", "disable", state.LaneNormal, 4)}))
		ok(tx.Reserve("r2", day(2), []state.Count{{System: "b", Kind: "revoke", Key: "k", Lane: state.LaneNormal, N: 6}}))
		ok(tx.Reserve("r3", day(3), nil))
	})
	f.view(func(tx state.Tx) {
		same("all", must(tx.Reserved(day(1).Add(-time.Microsecond))), []state.Count{
			count("a", "disable", state.LaneImmediate, 1), count("a", "disable", state.LaneNormal, 9), count("b", "revoke", state.LaneNormal, 5),
			{System: "b", Kind: "revoke", Key: "k", Lane: state.LaneNormal, N: 6},
		})
		same("after the first", must(tx.Reserved(day(1))), []state.Count{
			count("a", "disable", state.LaneImmediate, 1), count("a", "disable", state.LaneNormal, 7), {System: "b", Kind: "revoke", Key: "k", Lane: state.LaneNormal, N: 6},
		})
		same("after the second", must(tx.Reserved(day(2))), []state.Count{})
	})
}

func windowConcurrent(f *fixture) {
	const callers, times = 8, 5
	f.parallel(callers, func(int) {
		for range times {
			f.update(func(tx state.Tx) {
				ok(tx.Reserve("r", day(1), []state.Count{{System: "a", Kind: "disable", Lane: state.LaneNormal, N: 1}}))
			})
		}
	})
	f.view(func(tx state.Tx) { same("sum", nth("counts", must(tx.Reserved(day(0))), 0).N, callers*times) })
}

func windowRemoving(f *fixture) {
	f.putRuns(state.Run{ID: "r1", State: state.RunReleased}, state.Run{ID: "r2", State: state.RunHeld})
	f.update(func(tx state.Tx) {
		for _, it := range []state.Item{
			{Person: "a", Run: "r1", State: state.ItemDue, Removes: "disable"}, {Person: "b", Run: "r1", State: state.ItemSending, Removes: "disable"},
			{Person: "c", Run: "r1", State: state.ItemSettled, Removes: "disable"}, {Person: "d", Run: "r2", State: state.ItemDue, Removes: "disable"},
			{Person: "e", Run: "r1", State: state.ItemDue, Removes: "revoke"}, {Person: "f", Run: "r1", State: state.ItemDue},
			{Person: "g", Run: "r2", State: state.ItemDue, Removes: "disable", Released: true},
		} {
			it.System, it.Kind, it.Lane = "x", state.ItemAccount, state.LaneNormal
			ok(tx.PutItem(it))
			if it.Removes == "revoke" {
				it.Key = "k"
				ok(tx.PutItem(it))
			}
		}
		same("removing in x", must(tx.Removing("x", "disable", "")), 3)
		same("revoking in x", must(tx.Removing("x", "revoke", "")), 2)
		same("revoking one thing in x", must(tx.Removing("x", "revoke", "k")), 1)
		same("removing in y", must(tx.Removing("y", "disable", "")), 0)
	})
}

func windowHolding(f *fixture) {
	grant := func(person, system, key, known, wanted string) state.Item {
		return state.Item{Person: person, System: system, Kind: state.ItemGrant, Key: key, Known: known, Desired: wanted, State: state.ItemDue}
	}
	account := grant("e", "x", "k", "held", "held")
	account.Kind = state.ItemAccount
	f.putItems(grant("a", "x", "k", "held", "held"), grant("b", "x", "k", "held", "absent"), grant("c", "x", "k", "absent", "held"),
		grant("d", "x", "l", "held", "held"), grant("d", "y", "k", "held", "held"), account)
	f.view(func(tx state.Tx) {
		same("holders of k in x", must(tx.Holding("x", "k")), 2)
		same("holders of k in z", must(tx.Holding("z", "k")), 0)
	})
}

func windowPopulation(f *fixture) {
	f.update(func(tx state.Tx) {
		for _, a := range []state.Account{
			{Person: "a", System: "x", Exists: true, Active: true}, {Person: "b", System: "x", Exists: true, Active: true}, {Person: "c", System: "x", Exists: true},
			{Person: "d", System: "x", Active: true}, {Person: "e", System: "y", Exists: true, Active: true},
		} {
			ok(tx.PutAccount(a))
		}
		same("population of x", must(tx.Population("x")), 2)
		same("population of z", must(tx.Population("z")), 0)
	})
}

package storetest

import (
	"fmt"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func itemCases() []testCase {
	return []testCase{
		{name: "item", clause: "an item's row is kept and replaced whole", check: itemKept},
		{name: "item_list", clause: "ItemsOf returns a person's items by system, kind and key", check: itemList},
		{name: "item_open", clause: "OpenItems pages through what is not settled, of all runs or of one", check: itemOpen},
		{name: "item_count", clause: "CountItems counts by system, kind and state", check: itemCount},
		{name: "item_release", clause: "Release marks the items given, at the revision given, and no others", check: itemRelease},
	}
}

func itemKept(f *fixture) {
	full := dataItem()
	full.Released = true
	f.update(func(tx state.Tx) {
		_, err := tx.Item(full.Person, full.System, full.Kind, full.Key)
		is("an unknown item", err, state.ErrNotFound)
		for _, it := range []state.Item{full, {Person: full.Person, System: full.System, Kind: full.Kind, Key: full.Key}, full} {
			ok(tx.PutItem(it))
			same("item", must(tx.Item(full.Person, full.System, full.Kind, full.Key)), it)
		}
		_, err = tx.Item(full.Person, full.System, full.Kind, "other")
		is("an item with another key", err, state.ErrNotFound)
	})
}

// keys names each item.
func keys(items []state.Item) []string {
	out := []string{}
	for _, it := range items {
		out = append(out, fmt.Sprintf("%s/%s/%s/%s", it.Person, it.System, it.Kind, it.Key))
	}
	return out
}

func itemList(f *fixture) {
	f.putItems(state.Item{Person: "p", System: "b", Kind: state.ItemAccount}, state.Item{Person: "p", System: "a", Kind: state.ItemGrant, Key: "2"},
		state.Item{Person: "p", System: "a", Kind: state.ItemGrant, Key: "1"}, state.Item{Person: "p", System: "a", Kind: state.ItemProfile},
		state.Item{Person: "p", System: "a", Kind: state.ItemAccount}, state.Item{Person: "q", System: "a", Kind: state.ItemAccount})
	f.view(func(tx state.Tx) {
		same("items", keys(must(tx.ItemsOf("p"))), []string{"p/a/account/", "p/a/grant/1", "p/a/grant/2", "p/a/profile/", "p/b/account/"})
		same("items of nobody", must(tx.ItemsOf("r")), []state.Item{})
	})
}

func itemOpen(f *fixture) {
	item := func(person, system, key, run string, in state.ItemState) state.Item {
		return state.Item{Person: person, System: system, Kind: state.ItemGrant, Key: key, Run: run, State: in}
	}
	f.putItems(item("q", "a", "1", "r", state.ItemDue), item("p", "b", "1", "s", state.ItemWaiting), item("p", "a", "2", "r", state.ItemParked),
		item("p", "a", "1", "r", state.ItemSending), item("p", "a", "3", "r", state.ItemSettled))
	pages := func(tx state.Tx, run string) (all []string) {
		var after state.Item
		for {
			page := must(tx.OpenItems(run, after, 1))
			if len(page) == 0 {
				return all
			}
			all, after = append(all, keys(page)...), page[0]
		}
	}
	f.view(func(tx state.Tx) {
		same("open items", pages(tx, ""), []string{"p/a/grant/1", "p/a/grant/2", "p/b/grant/1", "q/a/grant/1"})
		same("open items of a run", pages(tx, "r"), []string{"p/a/grant/1", "p/a/grant/2", "q/a/grant/1"})
		same("all at once", keys(must(tx.OpenItems("s", state.Item{}, 10))), []string{"p/b/grant/1"})
	})
}

func itemCount(f *fixture) {
	item := func(person, system string, kind state.ItemKind, in state.ItemState) state.Item {
		return state.Item{Person: person, System: system, Kind: kind, State: in}
	}
	f.putItems(item("p", "b", state.ItemAccount, state.ItemDue), item("p", "a", state.ItemAccount, state.ItemDue),
		item("q", "a", state.ItemAccount, state.ItemSettled), item("r", "a", state.ItemAccount, state.ItemDue), item("r", "a", state.ItemProfile, state.ItemDue))
	f.view(func(tx state.Tx) {
		same("counts", must(tx.CountItems()), []state.ItemCount{
			{System: "a", Kind: state.ItemAccount, State: state.ItemDue, N: 2}, {System: "a", Kind: state.ItemAccount, State: state.ItemSettled, N: 1},
			{System: "a", Kind: state.ItemProfile, State: state.ItemDue, N: 1}, {System: "b", Kind: state.ItemAccount, State: state.ItemDue, N: 1},
		})
	})
}

func itemRelease(f *fixture) {
	a, b, moved := due("a", 1), due("b", 1), due("c", 1)
	f.putItems(a, b, moved)
	before := moved
	moved.Revision++
	f.putItems(moved)
	f.update(func(tx state.Tx) {
		ok(tx.Release([]state.Item{a, before, due("unknown", 1)}))
		for person, want := range map[string]bool{"a": true, "b": false, "c": false} {
			same("released "+person, must(tx.Item(person, "s", state.ItemAccount, "")).Released, want)
		}
		same("people", names(must(tx.PeopleAfter("", 9))), []string{})
	})
}

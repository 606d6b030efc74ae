package storetest

import "github.com/joinery-iam/joinery/provisioning/internal/state"

func sourceCases() []testCase {
	return []testCase{
		{name: "source", clause: "a source's row is kept and replaced; ErrNotFound before", check: sourceKept},
		{name: "staged_order", clause: "Staged returns the rows of one run in the order of N, page by page", check: stagedOrder},
		{name: "staged_dropped", clause: "DropStaged forgets the rows of one run alone", check: stagedDropped},
		{name: "staged_unique", clause: "N is unique in a run", check: stagedUnique},
	}
}

func sourceKept(f *fixture) {
	first := state.Source{Name: "hr", Records: 12, ReadAt: day(1), Run: "r1"}
	second := state.Source{Name: "hr", Records: 0, ReadAt: day(2), Run: "r2"}
	f.update(func(tx state.Tx) {
		_, err := tx.Source("hr")
		is("a source that was never read", err, state.ErrNotFound)
		for _, s := range []state.Source{first, second} {
			ok(tx.PutSource(s))
			same("source", must(tx.Source("hr")), s)
		}
		_, err = tx.Source("other")
		is("another source", err, state.ErrNotFound)
	})
}

func staged(n int64, body string) state.Staged { return state.Staged{N: n, Body: []byte(body)} }

func stagedOrder(f *fixture) {
	f.update(func(tx state.Tx) {
		ok(tx.Stage("r1", []state.Staged{staged(3, "c"), staged(1, "a")}))
		ok(tx.Stage("r2", []state.Staged{staged(1, "z")}))
		ok(tx.Stage("r1", []state.Staged{staged(10, "d"), staged(2, "b")}))
		ok(tx.Stage("r1", nil))
	})
	f.view(func(tx state.Tx) {
		same("first page", must(tx.Staged("r1", 0, 2)), []state.Staged{staged(1, "a"), staged(2, "b")})
		same("second page", must(tx.Staged("r1", 2, 2)), []state.Staged{staged(3, "c"), staged(10, "d")})
		same("third page", must(tx.Staged("r1", 10, 2)), []state.Staged{})
	})
}

func stagedDropped(f *fixture) {
	f.update(func(tx state.Tx) {
		ok(tx.Stage("r1", []state.Staged{staged(1, "a")}))
		ok(tx.Stage("r2", []state.Staged{staged(1, "b")}))
		ok(tx.DropStaged("r1"))
		ok(tx.DropStaged("never"))
		same("dropped rows", must(tx.Staged("r1", 0, 9)), []state.Staged{})
		same("rows of another run", must(tx.Staged("r2", 0, 9)), []state.Staged{staged(1, "b")})
	})
}

func stagedUnique(f *fixture) {
	f.update(func(tx state.Tx) { ok(tx.Stage("r1", []state.Staged{staged(1, "a")})) })
	refused("a second row with the same number", f.try(func(tx state.Tx) { ok(tx.Stage("r1", []state.Staged{staged(1, "b")})) }))
	f.view(func(tx state.Tx) { same("rows", must(tx.Staged("r1", 0, 9)), []state.Staged{staged(1, "a")}) })
}

package storetest

import (
	"errors"
	"fmt"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func transactionCases() []testCase {
	return []testCase{
		{name: "update_commit", clause: "Update commits all of it if fn returns nil", check: updateCommit},
		{name: "update_rollback", clause: "Update keeps nothing if fn fails, and returns fn's error", check: updateRollback},
		{name: "update_panic", clause: "a panic in fn keeps nothing and leaves the store usable", check: updatePanic},
		{name: "update_isolated", clause: "transactions that read, then write, the same rows lose no update", check: updateIsolated},
		{name: "update_broken", clause: "after a statement that failed nothing is committed", check: updateBroken},
		{name: "view_snapshot", clause: "View sees one consistent snapshot", check: viewSnapshot},
		{name: "view_reads", clause: "View writes nothing", check: viewReads},
		{name: "tx_ended", clause: "a Tx refuses use after its transaction", check: txEnded},
		{name: "store_reopened", clause: "a store that is opened again has everything", check: storeReopened, needs: needReopen, whole: true},
		{name: "store_closed", clause: "a closed store refuses use", check: storeClosed, whole: true},
	}
}

func updateCommit(f *fixture) {
	var inside []string
	f.update(func(tx state.Tx) {
		fill(tx)
		inside = look(tx)
	})
	unchanged("after the commit", f.looked(), inside)
	for _, w := range endings() {
		f.update(func(tx state.Tx) {
			w.do(tx, "")
			inside = look(tx)
		})
		unchanged("after the commit of "+w.method, f.looked(), inside)
	}
}

func updateRollback(f *fixture) {
	empty := f.looked()
	boom := errors.New("boom")
	undone := func(before []string, all []write) {
		for _, w := range all {
			err := f.try(func(tx state.Tx) {
				w.do(tx, " again")
				ok(boom)
			})
			if err != boom {
				fail("Update returned %v, want fn's error", err)
			}
			unchanged("after a rollback of "+w.method, f.looked(), before)
		}
	}
	is("the error of fn", f.try(func(tx state.Tx) {
		fill(tx)
		ok(boom)
	}), boom)
	unchanged("after a rollback of everything", f.looked(), empty)
	f.update(func(tx state.Tx) { fill(tx) })
	undone(f.looked(), endings())
}

func updatePanic(f *fixture) {
	before := f.looked()
	func() {
		defer func() { same("what was recovered", recover(), any("odd")) }()
		_ = f.backend.Update(f.ctx, f.tenant, func(tx state.Tx) error {
			if err := tx.PutPerson(state.Person{ID: "p1", DueAt: day(1)}); err != nil {
				return err
			}
			panic("odd")
		})
	}()
	unchanged("after a panic", f.looked(), before)
}

func updateIsolated(f *fixture) {
	const callers, times = 8, 10
	f.update(func(tx state.Tx) { ok(tx.PutPerson(state.Person{ID: "p1"})) })
	f.parallel(callers, func(int) {
		for range times {
			f.update(func(tx state.Tx) {
				p := must(tx.LockPerson("p1"))
				p.Revision++
				ok(tx.PutPerson(p))
			})
		}
	})
	f.view(func(tx state.Tx) { same("revision", must(tx.Person("p1")).Revision, int64(callers*times)) })
}

func updateBroken(f *fixture) {
	v := state.Version{Source: "hr", ID: "1", Seq: 1, Body: []byte("first")}
	f.update(func(tx state.Tx) { ok(tx.AddVersion(v)) })
	var inside error
	refused("a transaction that passed over an error", f.try(func(tx state.Tx) {
		ok(tx.PutPerson(state.Person{ID: "p1"}))
		inside = tx.AddVersion(v)
		_ = tx.PutPerson(state.Person{ID: "p2"})
	}))
	refused("a second version with the same number", inside)
	f.view(func(tx state.Tx) { same("people", must(tx.PeopleAfter("", 10)), []state.Person{}) })
}

func viewSnapshot(f *fixture) {
	const rounds = 40
	put := func(n int64) {
		f.update(func(tx state.Tx) {
			ok(tx.PutPerson(state.Person{ID: "a", Revision: n}))
			ok(tx.PutPerson(state.Person{ID: "b", Revision: n}))
		})
	}
	put(0)
	f.parallel(4, func(i int) {
		for n := range rounds {
			if i == 0 {
				put(int64(n))
				continue
			}
			f.view(func(tx state.Tx) {
				a, b := must(tx.Person("a")), must(tx.Person("b"))
				same("the second of two rows that are written together", b.Revision, a.Revision)
			})
		}
	})
}

func viewReads(f *fixture) {
	before := f.looked()
	for _, w := range writes() {
		_ = f.backend.View(f.ctx, f.tenant, func(tx state.Tx) (err error) {
			defer catch(&err)
			w.do(tx, "")
			return nil
		})
	}
	unchanged("after all methods that write were used in View", f.looked(), before)
}

func txEnded(f *fixture) {
	var kept []state.Tx
	keep := func(tx state.Tx) { kept = append(kept, tx) }
	f.update(keep)
	f.view(keep)
	_ = f.try(func(tx state.Tx) {
		keep(tx)
		fail("rolled back")
	})
	ok(f.backend.Rehearse(f.ctx, func(b state.Backend) error {
		f.on(b).update(keep)
		return nil
	}))
	for i, tx := range kept {
		_, err := tx.PeopleAfter("", 1)
		refused(fmt.Sprintf("reading with Tx %d after its end", i), err)
		refused(fmt.Sprintf("writing with Tx %d after its end", i), tx.PutPerson(state.Person{ID: "late"}))
	}
	f.view(func(tx state.Tx) { same("people", must(tx.PeopleAfter("", 10)), []state.Person{}) })
}

func storeReopened(f *fixture) {
	f.update(func(tx state.Tx) { fill(tx) })
	before := f.looked()
	again := f.on(f.reopen().Backend())
	unchanged("in the store that was opened again", again.looked(), before)
	again.update(func(tx state.Tx) { ok(tx.PutPerson(state.Person{ID: "p2"})) })
	again.view(func(tx state.Tx) { must(tx.Person("p2")) })
}

func storeClosed(f *fixture) {
	ok(f.backend.Close())
	refused("Update", f.try(func(state.Tx) {}))
	refused("View", f.backend.View(f.ctx, f.tenant, func(state.Tx) error { return nil }))
	ok(f.backend.Close())
}

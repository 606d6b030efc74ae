package storetest

import (
	"errors"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func rehearsalCases() []testCase {
	return []testCase{
		{name: "rehearse_nothing", clause: "Rehearse leaves nothing, whether fn fails or not", check: rehearseNothing},
		{name: "rehearse_works", clause: "in a rehearsal each transaction sees what those before it did", check: rehearseWorks, whole: true},
		{name: "rehearse_undo", clause: "in a rehearsal a transaction that fails undoes itself alone", check: rehearseUndo},
		{name: "rehearse_nested", clause: "a rehearsal can be held inside another", check: rehearseNested},
		{name: "rehearse_tenants", clause: "in a rehearsal tenants see their own rows alone", check: rehearseTenants},
	}
}

// rehearse runs fn on a rehearsal.
func (f *fixture) rehearse(fn func(*fixture)) error {
	return f.backend.Rehearse(f.ctx, func(b state.Backend) (err error) {
		defer catch(&err)
		fn(f.on(b))
		return nil
	})
}

func rehearseNothing(f *fixture) {
	boom := errors.New("boom")
	before := f.looked()
	ok(f.rehearse(func(r *fixture) { r.update(func(tx state.Tx) { fill(tx) }) }))
	unchanged("after a rehearsal", f.looked(), before)
	is("the error of fn", f.rehearse(func(r *fixture) {
		r.update(func(tx state.Tx) { fill(tx) })
		ok(boom)
	}), boom)
	unchanged("after a rehearsal that failed", f.looked(), before)
	f.update(func(tx state.Tx) { fill(tx) })
	before = f.looked()
	for _, w := range endings() {
		ok(f.rehearse(func(r *fixture) { r.update(func(tx state.Tx) { w.do(tx, "") }) }))
		unchanged("after a rehearsal of "+w.method, f.looked(), before)
	}
}

func rehearseWorks(f *fixture) {
	f.update(func(tx state.Tx) { ok(tx.PutPerson(state.Person{ID: "p0"})) })
	ok(f.rehearse(func(r *fixture) {
		r.update(func(tx state.Tx) { ok(tx.PutPerson(state.Person{ID: "p1"})) })
		r.update(func(tx state.Tx) { ok(tx.PutPerson(state.Person{ID: "p2"})) })
		r.view(func(tx state.Tx) { same("people in the rehearsal", len(must(tx.PeopleAfter("", 10))), 3) })
		same("tenants in the rehearsal", must(r.backend.Tenants(r.ctx)), []string{r.tenant})
	}))
}

func rehearseUndo(f *fixture) {
	boom := errors.New("boom")
	ok(f.rehearse(func(r *fixture) {
		r.update(func(tx state.Tx) { ok(tx.PutPerson(state.Person{ID: "p1"})) })
		is("the error of a nested transaction", r.try(func(tx state.Tx) {
			ok(tx.PutPerson(state.Person{ID: "p2"}))
			ok(boom)
		}), boom)
		twice := state.Version{Source: "hr", ID: "1", Seq: 1}
		refused("a nested transaction whose statement fails", r.try(func(tx state.Tx) {
			ok(tx.PutPerson(state.Person{ID: "p3"}))
			ok(tx.AddVersion(twice))
			ok(tx.AddVersion(twice))
		}))
		r.update(func(tx state.Tx) { ok(tx.PutPerson(state.Person{ID: "p4"})) })
		r.view(func(tx state.Tx) {
			people := must(tx.PeopleAfter("", 10))
			same("people in the rehearsal", people, []state.Person{{ID: "p1"}, {ID: "p4"}})
		})
	}))
}

func rehearseNested(f *fixture) {
	ok(f.rehearse(func(r *fixture) {
		r.update(func(tx state.Tx) { ok(tx.PutPerson(state.Person{ID: "p1"})) })
		ok(r.rehearse(func(inner *fixture) {
			inner.update(func(tx state.Tx) { ok(tx.PutPerson(state.Person{ID: "p2"})) })
			inner.view(func(tx state.Tx) { must(tx.Person("p1")) })
		}))
		r.view(func(tx state.Tx) { same("people", must(tx.PeopleAfter("", 10)), []state.Person{{ID: "p1"}}) })
	}))
}

func rehearseTenants(f *fixture) {
	ok(f.rehearse(func(r *fixture) {
		r.update(func(tx state.Tx) { ok(tx.PutPerson(state.Person{ID: "p1"})) })
		r.other().view(func(tx state.Tx) { same("people of another", must(tx.PeopleAfter("", 10)), []state.Person{}) })
	}))
}

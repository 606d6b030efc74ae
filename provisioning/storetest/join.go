package storetest

import (
	"database/sql"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func joinCases() []testCase {
	return []testCase{
		{name: "join_commit", clause: "what was done in a joined transaction is there when the caller commits", check: joinCommit, needs: needDB},
		{name: "join_rollback", clause: "what was done in a joined transaction is gone when the caller rolls back", check: joinRollback, needs: needDB},
		{name: "join_ended", clause: "a joined Tx refuses use after the caller's transaction", check: joinEnded, needs: needDB},
		{name: "join_tenant", clause: "a joined Tx sees its tenant's rows alone", check: joinTenant, needs: needDB},
	}
}

// joined begins a transaction as a host does, and joins it.
func (f *fixture) joined(fn func(state.Tx)) *sql.Tx {
	host := must(f.db.BeginTx(f.ctx, nil))
	failed := true
	defer func() {
		if failed {
			_ = host.Rollback()
		}
	}()
	fn(must(f.backend.Join(f.ctx, host, f.tenant)))
	failed = false
	return host
}

func joinCommit(f *fixture) {
	var inside []string
	ok(f.joined(func(tx state.Tx) {
		fill(tx)
		inside = look(tx)
	}).Commit())
	unchanged("after the commit", f.looked(), inside)
}

func joinRollback(f *fixture) {
	before := f.looked()
	ok(f.joined(func(tx state.Tx) { fill(tx) }).Rollback())
	unchanged("after the rollback", f.looked(), before)
}

func joinEnded(f *fixture) {
	var kept state.Tx
	ok(f.joined(func(tx state.Tx) { kept = tx }).Commit())
	_, err := kept.PeopleAfter("", 1)
	refused("reading after the commit", err)
	refused("writing after the commit", kept.PutPerson(state.Person{ID: "late"}))
}

func joinTenant(f *fixture) {
	f.other().update(func(tx state.Tx) { fill(tx) })
	ok(f.joined(func(tx state.Tx) { same("people", must(tx.PeopleAfter("", 10)), []state.Person{}) }).Rollback())
}

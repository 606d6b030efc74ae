package storetest

import (
	"bytes"
	"context"
	"fmt"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// write is one method that writes, used on the rows of the data set. Another
// mark writes other values to the same rows. The order is that in which the
// methods can be used on an empty tenant.
type write struct {
	method string
	do     func(tx state.Tx, mark string)
}

// writes are all methods that write.
func writes() []write {
	return []write{
		{"PutSource", func(tx state.Tx, mark string) {
			ok(tx.PutSource(state.Source{Name: "hr", Records: 3, ReadAt: day(1), Run: "r1" + mark}))
		}},
		{"PutWorker", func(tx state.Tx, mark string) {
			ok(tx.PutWorker(state.Worker{
				Source: "hr", ID: "1001", Person: "p1", PersonKey: "key-1", Emails: []string{"ada@example.com", "ada@home.example"},
				Manager: "1000", Seq: 1, Digest: []byte{1, 2}, Body: []byte(`{"name":"Ada` + mark + `"}`), RecordedAt: day(1), StatusSince: day(1), MissingSince: day(2),
			}))
		}},
		{"AddVersion", func(tx state.Tx, mark string) {
			ok(tx.AddVersion(state.Version{Source: "hr", ID: "1001", Seq: 1, RecordedAt: day(1), Run: "r1", Digest: []byte{1}, Body: []byte("v" + mark)}))
		}},
		{"Stage", func(tx state.Tx, mark string) {
			ok(tx.Stage("r1", []state.Staged{{N: 1, Body: []byte("staged" + mark)}}))
		}},
		{"ReserveName", func(tx state.Tx, mark string) { must(tx.ReserveName("login", "ada", "p1"+mark, day(1))) }},
		{"GiveNames", func(tx state.Tx, mark string) { ok(tx.GiveNames("login", "p1", "p1"+mark)) }},
		{"AddFact", func(tx state.Tx, mark string) {
			ok(tx.AddFact(dataFact(mark)))
			one := dataFact(mark)
			one.ID = "f2"
			ok(tx.AddFact(one))
		}},
		{"PutPerson", func(tx state.Tx, mark string) {
			ok(tx.PutPerson(state.Person{
				ID: "p1", Revision: 4, Spell: 2, Live: true, LeftAt: day(5), DueAt: day(3), Event: "worker changed" + mark, EventAt: day(1), ReceivedAt: day(2),
				DecidedAt: day(1), Policy: "v1", Problem: "no answer",
			}))
		}},
		{"Activate", func(tx state.Tx, mark string) {
			a := dataActivation(mark)
			a.Seq += int64(len(mark))
			ok(tx.Activate(a))
		}},
		{"KeepPolicy", func(tx state.Tx, mark string) { ok(tx.KeepPolicy("v1"+mark, []byte("rules: []"))) }},
		{"TakeTimers", func(tx state.Tx, mark string) { must(tx.TakeTimers("r1"+mark, day(4))) }},
		{"PutRun", func(tx state.Tx, mark string) { ok(tx.PutRun(dataRun(mark, state.RunReleased))) }},
		{"Reserve", func(tx state.Tx, _ string) {
			ok(tx.Reserve("r1", day(1), []state.Count{{System: "ldap", Kind: "disable", Key: "k", Lane: state.LaneNormal, N: 2}}))
		}},
		{"PutAccount", func(tx state.Tx, mark string) {
			ok(tx.PutAccount(state.Account{
				Person: "p1", System: "ldap", RemoteID: "remote-1", Name: "ada" + mark, Exists: true, Active: true, Origin: "created",
				Observed: []byte(`{"cn":"Ada"}`), Holds: []string{"group/eng"}, Former: []string{"old"}, ETag: "e1", SeenAt: day(1),
			}))
		}},
		{"PutItem", func(tx state.Tx, mark string) {
			it := dataItem()
			it.Desired += mark
			ok(tx.PutItem(it))
			it.Key, it.Lane = "group/ops", state.LaneImmediate
			ok(tx.PutItem(it))
			ok(tx.PutItem(state.Item{Person: "p1", System: "ldap", Kind: state.ItemGrant, Key: "group/new" + mark, Known: "absent", Desired: "held", State: state.ItemDue, Run: "r1"}))
			ok(tx.PutItem(state.Item{Person: "p1", System: "ldap", Kind: state.ItemProfile, Known: "{}", Desired: "{}" + mark, State: state.ItemDue, Run: "r1"}))
			ok(tx.PutItem(state.Item{Person: "p1", System: "ldap", Kind: state.ItemAccount, Known: "active", Desired: "active" + mark, State: state.ItemSettled}))
			ok(tx.PutItem(state.Item{Person: "p1", System: "ldap", Kind: state.ItemGrant, Key: "group/all", Known: "held", Desired: "held" + mark, State: state.ItemSettled}))
		}},
		{"Claim", func(tx state.Tx, _ string) {
			must(tx.Claim(state.Claim{System: "ldap", Owner: "node", Wall: day(4), Until: day(5), Limit: 10}))
		}},
		{"Release", func(tx state.Tx, _ string) { ok(tx.Release([]state.Item{dataItem()})) }},
		{"PutBreaker", func(tx state.Tx, mark string) { ok(tx.PutBreaker(dataBreaker(mark))) }},
		{"PutCase", func(tx state.Tx, mark string) {
			ok(tx.PutCase(state.Case{
				ID: "c1", Kind: "guard", Subject: "r1", Question: "Release it?" + mark, Digest: "d", Body: []byte("{}"), Choices: []string{"release", "hold"},
				Default: "hold", State: "open", OpenedAt: day(1), Expires: day(9), Run: "r1", Answer: "a", Actor: "b", Note: "c", AnsweredAt: day(2),
			}))
			ok(tx.PutCase(state.Case{ID: "c2", Kind: "approval", Subject: "p1 role r", Question: "Approve it?" + mark, State: "open", OpenedAt: day(1)}))
		}},
		{"Write", func(tx state.Tx, mark string) {
			ok(tx.Write(sealed("e1", mark), "p1"))
			ok(tx.Write(sealed("e2", mark), "p1"))
		}},
		{"Sequence", func(tx state.Tx, _ string) { sequence(tx, "e1") }},
		{"AddCheckpoint", func(tx state.Tx, mark string) { ok(tx.AddCheckpoint(1, []byte("note"+mark))) }},
		{"PutCursor", func(tx state.Tx, mark string) { ok(tx.PutCursor("siem", int64(1+len(mark)))) }},
	}
}

// endings are the methods that take something back or alter many rows at once;
// they would spoil the data set for those above.
func endings() []write {
	return []write{
		{"DropStaged", func(tx state.Tx, _ string) { ok(tx.DropStaged("r1")) }},
		{"TouchAll", func(tx state.Tx, mark string) { must(tx.TouchAll("r9"+mark, day(7), "policy")) }},
		{"WithdrawFact", func(tx state.Tx, _ string) { ok(tx.WithdrawFact("f1", day(3))) }},
		{"GiveFact", func(tx state.Tx, mark string) { ok(tx.GiveFact("f2", "p2"+mark, 9)) }},
		{"EraseFacts", func(tx state.Tx, _ string) { must(tx.EraseFacts("p1", day(3))) }},
		{"Unclaim", func(tx state.Tx, _ string) { ok(tx.Unclaim("p1", "ldap", "node", 1)) }},
		{"Erase", func(tx state.Tx, _ string) { must(tx.Erase("p1")) }},
		{"PutRun", func(tx state.Tx, _ string) { ok(tx.PutRun(dataRun("", state.RunHeld))) }},
	}
}

func dataRun(mark string, in state.RunState) state.Run {
	return state.Run{
		ID: "r1", Kind: "read", Cause: "hr" + mark, State: in, Note: "note", OpenedAt: day(1), SealedAt: day(2), ReleasedUntil: day(9), Records: 5, Changed: 3, Problems: 1,
	}
}

func dataItem() state.Item {
	return state.Item{
		Person: "p1", System: "ldap", Kind: state.ItemGrant, Key: "group/eng", State: state.ItemDue, Desired: "absent", Known: "held",
		Removes: "revoke", Lane: state.LaneNormal, Revision: 3, Run: "r1", Cleared: "c1", Policy: "v1", Reasons: `["left"]`, Origin: "policy", Spell: 2,
		RetryAt: day(3), Attempts: 1, Missed: 2, OpKey: "op", OpKind: "revoke", Problem: "busy", EventAt: day(1), ReceivedAt: day(1), DecidedAt: day(2),
		SentAt: day(2), VerifiedAt: day(3),
	}
}

// fill puts the whole data set into a tenant.
func fill(tx state.Tx) {
	for _, w := range writes() {
		w.do(tx, "")
	}
}

// sealed returns an entry. It is made by hand, so that the same one has the same
// bytes every time.
func sealed(id, mark string) audit.Sealed {
	body := fmt.Appendf(nil, `{"id":%q,"note":%q}`, id, mark)
	var digest audit.Digest
	copy(digest[:], bytes.Repeat([]byte(id+mark), len(digest)))
	return audit.Sealed{ID: id, Digest: digest, Salt: []byte("salt " + id), Body: body, Leaf: -1}
}

// sequence gives entries the next leaves.
func sequence(tx state.Tx, ids ...string) {
	size := must(tx.TreeSize())
	digests := make([]audit.Digest, len(ids))
	hashes := must(translog.Append(context.Background(), size, digests, hashReader{tx}))
	ok(tx.Sequence(size, ids, hashes))
}

type hashReader struct{ tx state.Tx }

func (r hashReader) ReadHashes(_ context.Context, indexes []int64) ([]translog.Hash, error) {
	return r.tx.ReadHashes(indexes)
}

package storetest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func entryCases() []testCase {
	return []testCase{
		{name: "entry", clause: "an entry is kept byte for byte, unsequenced, with a witness that vouches for it", check: entryKept},
		{name: "entry_once", clause: "an entry is written once", check: entryOnce},
		{name: "entry_waiting", clause: "Unsequenced returns what has no leaf, by ID", check: entryWaiting},
		{name: "entry_of", clause: "SealedOf returns the entries about a person, by ID, sequenced or not", check: entryOf},
		{name: "witness_pages", clause: "Witnesses pages by number", check: witnessPages},
		{name: "cursor", clause: "a sink's cursor is 0 at first and its own", check: cursorKept},
	}
}

func treeCases() []testCase {
	return []testCase{
		{name: "tree_leaves", clause: "Sequence gives leaf numbers from size on, in the given order; Sealed returns them by leaf", check: treeLeaves},
		{name: "tree_hashes", clause: "the stored hashes are those of the tree, and are returned in the order asked", check: treeHashes},
		{name: "tree_fenced", clause: "Sequence fails with ErrFenced if the size is not size, and does nothing", check: treeFenced},
		{name: "tree_race", clause: "of many who sequence at once none gives a leaf twice", check: treeRace},
		{name: "tree_strict", clause: "Sequence takes entries that wait for a leaf, and nothing else", check: treeStrict},
		{name: "checkpoints", clause: "Checkpoints returns every checkpoint by size", check: checkpointsKept},
	}
}

func erasureCases() []testCase {
	return []testCase{
		{name: "erase", clause: "Erase deletes salt and body of a person's entries; digests, leaves and witnesses stay", check: erase},
		{name: "erase_count", clause: "Erase returns how many entries it erased", check: eraseCount},
	}
}

func (f *fixture) write(subject string, ids ...string) {
	f.update(func(tx state.Tx) {
		for _, id := range ids {
			ok(tx.Write(sealed(id, ""), subject))
		}
	})
}

func entryIDs(entries []audit.Sealed) []string {
	out := []string{}
	for _, e := range entries {
		out = append(out, e.ID)
	}
	return out
}

func entryKept(f *fixture) {
	real := must(audit.Entry{ID: "real", Note: "Zoë <&> \u2028"}.Seal())
	f.update(func(tx state.Tx) { ok(tx.Write(real, "p")) })
	f.view(func(tx state.Tx) {
		same("entries", must(tx.Unsequenced(-1)), []audit.Sealed{real})
		ok(nth("entries", must(tx.Unsequenced(-1)), 0).Check())
		same("witnesses", must(tx.Witnesses(0, 10)), []audit.Witness{{Seq: 1, Entry: "real", Digest: real.Digest}})
		same("sequenced entries", must(tx.Sealed(0, 10)), []audit.Sealed{})
	})
}

func entryOnce(f *fixture) {
	f.write("p", "e1")
	refused("another entry with the same ID", f.try(func(tx state.Tx) { ok(tx.Write(sealed("e1", "other"), "p")) }))
	f.view(func(tx state.Tx) {
		same("entries", must(tx.Unsequenced(-1)), []audit.Sealed{sealed("e1", "")})
		same("witnesses", len(must(tx.Witnesses(0, 10))), 1)
	})
}

func entryWaiting(f *fixture) {
	f.write("", "e3", "e1", "e2")
	f.view(func(tx state.Tx) {
		same("two", entryIDs(must(tx.Unsequenced(2))), []string{"e1", "e2"})
		same("all", entryIDs(must(tx.Unsequenced(-1))), []string{"e1", "e2", "e3"})
	})
	f.update(func(tx state.Tx) { sequence(tx, "e1", "e3") })
	f.view(func(tx state.Tx) { same("all that are left", entryIDs(must(tx.Unsequenced(-1))), []string{"e2"}) })
}

func entryOf(f *fixture) {
	f.write("p", "e3", "e1")
	f.write("q", "e2")
	f.write("", "e4")
	f.update(func(tx state.Tx) { sequence(tx, "e1") })
	f.view(func(tx state.Tx) {
		same("entries of p", entryIDs(must(tx.SealedOf("p"))), []string{"e1", "e3"})
		same("entries of nobody", entryIDs(must(tx.SealedOf(""))), []string{})
	})
}

func witnessPages(f *fixture) {
	f.write("", "c", "a")
	f.write("", "b")
	f.view(func(tx state.Tx) {
		same("first page", must(tx.Witnesses(0, 2)), []audit.Witness{
			{Seq: 1, Entry: "c", Digest: sealed("c", "").Digest}, {Seq: 2, Entry: "a", Digest: sealed("a", "").Digest},
		})
		second := must(tx.Witnesses(2, 2))
		same("second page", second, []audit.Witness{{Seq: 3, Entry: "b", Digest: sealed("b", "").Digest}})
		same("third page", must(tx.Witnesses(3, 2)), []audit.Witness{})
	})
}

func cursorKept(f *fixture) {
	f.update(func(tx state.Tx) {
		same("cursor of a new sink", must(tx.Cursor("a")), int64(0))
		ok(tx.PutCursor("a", 7))
		ok(tx.PutCursor("b", 1))
		ok(tx.PutCursor("a", 5))
		same("cursor of a", must(tx.Cursor("a")), int64(5))
		same("cursor of b", must(tx.Cursor("b")), int64(1))
	})
}

func treeLeaves(f *fixture) {
	f.write("", "a", "b", "c", "d")
	f.update(func(tx state.Tx) {
		same("size of an empty tree", must(tx.TreeSize()), int64(0))
		sequence(tx, "c", "a")
		sequence(tx, "d")
		same("size", must(tx.TreeSize()), int64(3))
	})
	f.view(func(tx state.Tx) {
		for i, id := range []string{"c", "a", "d"} {
			want := sealed(id, "")
			want.Leaf = int64(i)
			same("entry", must(tx.Sealed(int64(i), 1)), []audit.Sealed{want})
		}
		same("all entries", entryIDs(must(tx.Sealed(0, 9))), []string{"c", "a", "d"})
		same("entries from leaf 1", entryIDs(must(tx.Sealed(1, 9))), []string{"a", "d"})
		same("entries beyond", entryIDs(must(tx.Sealed(3, 9))), []string{})
	})
}

func treeHashes(f *fixture) {
	var want translog.MemoryHashes
	for n := range 5 {
		var ids []string
		var digests []audit.Digest
		for i := range n + 1 {
			e := sealed(fmt.Sprintf("e%d-%d", n, i), "")
			ids, digests = append(ids, e.ID), append(digests, e.Digest)
		}
		f.write("", ids...)
		f.update(func(tx state.Tx) {
			size := must(tx.TreeSize())
			hashes := must(translog.Append(f.ctx, size, digests, hashReader{tx}))
			ok(tx.Sequence(size, ids, hashes))
			want = append(want, must(translog.Append(f.ctx, size, digests, want))...)
		})
	}
	f.view(func(tx state.Tx) {
		var indexes []int64
		var backward []translog.Hash
		for i, h := range slices.Backward(want) {
			indexes, backward = append(indexes, int64(i)), append(backward, h)
		}
		same("hashes", must(tx.ReadHashes(indexes)), backward)
		same("no hashes", must(tx.ReadHashes(nil)), []translog.Hash{})
		_, err := tx.ReadHashes([]int64{0, int64(len(want))})
		refused("a hash that is not there", err)
	})
}

func treeFenced(f *fixture) {
	f.write("", "a", "b")
	hashes := must(translog.Append(f.ctx, 0, []audit.Digest{sealed("a", "").Digest}, translog.MemoryHashes{}))
	f.update(func(tx state.Tx) { ok(tx.Sequence(0, []string{"a"}, hashes)) })
	before := f.looked()
	for _, id := range []string{"a", "b"} {
		is("another first leaf", f.try(func(tx state.Tx) { ok(tx.Sequence(0, []string{id}, hashes)) }), state.ErrFenced)
	}
	at2 := must(translog.Append(f.ctx, 2, []audit.Digest{sealed("b", "").Digest}, translog.MemoryHashes{{}, {}, {}}))
	is("a leaf beyond a gap", f.try(func(tx state.Tx) { ok(tx.Sequence(2, []string{"b"}, at2)) }), state.ErrFenced)
	unchanged("after being fenced off", f.looked(), before)
}

func treeRace(f *fixture) {
	const callers, entries = 6, 12
	var all []string
	for i := range entries {
		all = append(all, fmt.Sprintf("e%02d", i))
	}
	f.write("", all...)
	f.parallel(callers, func(int) {
		for {
			var waiting []audit.Sealed
			err := f.try(func(tx state.Tx) {
				if waiting = must(tx.Unsequenced(2)); len(waiting) > 0 {
					sequence(tx, entryIDs(waiting)...)
				}
			})
			if !errors.Is(err, state.ErrFenced) {
				ok(err)
				if len(waiting) == 0 {
					return
				}
			}
		}
	})
	f.view(func(tx state.Tx) {
		got := must(tx.Sealed(0, 1000))
		same("leaves", entryIDs(got), all)
		for i, e := range got {
			same("leaf", e.Leaf, int64(i))
		}
		same("size", must(tx.TreeSize()), int64(entries))
	})
}

func treeStrict(f *fixture) {
	f.write("", "a", "b")
	f.update(func(tx state.Tx) { sequence(tx, "a") })
	before := f.looked()
	refused("an entry that has a leaf", f.try(func(tx state.Tx) { sequence(tx, "b", "a") }))
	refused("an unknown entry", f.try(func(tx state.Tx) { sequence(tx, "z") }))
	refused("too few hashes", f.try(func(tx state.Tx) { ok(tx.Sequence(1, []string{"b"}, []translog.Hash{{}})) }))
	unchanged("after Sequence was refused", f.looked(), before)
}

func checkpointsKept(f *fixture) {
	f.update(func(tx state.Tx) {
		same("checkpoints", must(tx.Checkpoints()), [][]byte{})
		same("greatest size of none", must(tx.CheckpointSize()), int64(0))
		for _, size := range []int64{10, 2} {
			ok(tx.AddCheckpoint(size, fmt.Appendf(nil, "size %d", size)))
		}
		ok(tx.AddCheckpoint(10, []byte("size 10")))
		same("greatest size", must(tx.CheckpointSize()), int64(10))
		same("checkpoints", must(tx.Checkpoints()), [][]byte{[]byte("size 2"), []byte("size 10")})
		ok(tx.AddCheckpoint(2, []byte("size 2, signed by another")))
		same("checkpoints of two signers", len(must(tx.Checkpoints())), 3)
	})
}

func erase(f *fixture) {
	f.write("p", "a", "b")
	f.write("q", "c")
	f.update(func(tx state.Tx) { sequence(tx, "a", "c") })
	witnesses := func() (all []audit.Witness) {
		f.view(func(tx state.Tx) { all = must(tx.Witnesses(0, 10)) })
		return all
	}
	before := witnesses()
	f.update(func(tx state.Tx) { must(tx.Erase("p")) })
	f.view(func(tx state.Tx) {
		for leaf, id := range map[int64]string{0: "a", -1: "b"} {
			want := audit.Sealed{ID: id, Digest: sealed(id, "").Digest, Leaf: leaf}
			for _, e := range must(tx.SealedOf("p")) {
				if e.ID == id {
					same("an erased entry", e, want)
					same("is erased", e.Erased(), true)
				}
			}
		}
		same("entries about p", entryIDs(must(tx.SealedOf("p"))), []string{"a", "b"})
		same("leaves", entryIDs(must(tx.Sealed(0, 9))), []string{"a", "c"})
		same("what is about others", nth("entries of q", must(tx.SealedOf("q")), 0).Body, sealed("c", "").Body)
		same("size", must(tx.TreeSize()), int64(2))
	})
	same("witnesses", witnesses(), before)
	f.update(func(tx state.Tx) { sequence(tx, "b") })
}

func eraseCount(f *fixture) {
	f.write("p", "a", "b")
	f.write("", "c")
	f.update(func(tx state.Tx) {
		same("erased", must(tx.Erase("p")), 2)
		same("erased again", must(tx.Erase("p")), 0)
		same("erased of nobody", must(tx.Erase("")), 0)
		ok(tx.Write(sealed("d", ""), "p"))
		same("erased of a later one", must(tx.Erase("p")), 1)
	})
}

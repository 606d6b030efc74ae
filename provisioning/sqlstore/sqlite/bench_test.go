package sqlite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// BenchmarkIngest takes over new workers as a read does, 200 in a transaction:
// worker, addresses, version, person, entry and witness, about eight rows each.
// BenchmarkSync is the disk's part of it: what one commit costs at the least.
func BenchmarkIngest(b *testing.B) {
	store := benchStore(b)
	body := []byte(fmt.Sprintf("{%500s}", ""))
	n := 0
	for b.Loop() {
		require.NoError(b, store.Update(b.Context(), "t", func(tx state.Tx) error {
			for range 200 {
				n++
				if err := ingest(tx, n, body); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "workers/s")
}

func ingest(tx state.Tx, n int, body []byte) error {
	id := fmt.Sprintf("%08d", n)
	if _, err := tx.Worker("hr", id); err == nil {
		return fmt.Errorf("worker %s is there", id)
	}
	email := id + "@example.com"
	if _, err := tx.WorkersLike("", []string{email}); err != nil {
		return err
	}
	if err := tx.AddVersion(state.Version{Source: "hr", ID: id, Seq: 1, Digest: body[:32], Body: body}); err != nil {
		return err
	}
	if err := tx.PutWorker(state.Worker{Source: "hr", ID: id, Person: "p" + id, Emails: []string{email}, Seq: 1, Digest: body[:32], Body: body}); err != nil {
		return err
	}
	if err := tx.PutPerson(state.Person{ID: "p" + id, DueAt: time.Unix(int64(n), 0), Run: "r"}); err != nil {
		return err
	}
	entry, err := audit.Entry{ID: "e" + id, Note: string(body[:200])}.Seal()
	if err != nil {
		return err
	}
	return tx.Write(entry, "p"+id)
}

// BenchmarkDecide writes five items of each of 200 people in a transaction, as a
// decision does.
func BenchmarkDecide(b *testing.B) {
	store := benchStore(b)
	n := 0
	for b.Loop() {
		require.NoError(b, store.Update(b.Context(), "t", func(tx state.Tx) error {
			for range 200 {
				n++
				if _, err := tx.ItemsOf(fmt.Sprintf("p%08d", n)); err != nil {
					return err
				}
				for k := range 5 {
					if err := tx.PutItem(benchItem(n, k)); err != nil {
						return err
					}
				}
			}
			return nil
		}))
	}
	b.ReportMetric(5*float64(n)/b.Elapsed().Seconds(), "items/s")
}

func benchItem(person, k int) state.Item {
	return state.Item{
		Person: fmt.Sprintf("p%08d", person), System: "s", Kind: state.ItemGrant, Key: fmt.Sprintf("group/%d", k), State: state.ItemDue,
		Desired: "held", Known: "absent", Lane: state.LaneNormal, Revision: 1, Run: "r", Reasons: `[{"rule":"engineers"}]`, DecidedAt: time.Unix(int64(person), 0),
	}
}

// BenchmarkClaim claims 8 of 10,000 accounts with five items each, settles the
// items and ends the leases, as acting on them does, in two transactions.
func BenchmarkClaim(b *testing.B) {
	const people, limit = 10_000, 8
	store := benchStore(b)
	require.NoError(b, store.Update(b.Context(), "t", func(tx state.Tx) error {
		if err := tx.PutRun(state.Run{ID: "r", State: state.RunReleased}); err != nil {
			return err
		}
		for p := range people {
			for k := range 5 {
				if err := tx.PutItem(benchItem(p, k)); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	wall, n := time.Now(), 0
	for b.Loop() {
		var claimed []state.Claimed
		require.NoError(b, store.Update(b.Context(), "t", func(tx state.Tx) (err error) {
			claimed, err = tx.Claim(state.Claim{System: "s", Owner: "node", Wall: wall, Until: wall.Add(time.Minute), Limit: limit})
			return err
		}))
		require.Len(b, claimed, limit)
		require.NoError(b, store.Update(b.Context(), "t", func(tx state.Tx) error { return finish(tx, claimed) }))
		n += limit
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "accounts/s")
}

// finish puts the items at the end of the queue, so that it is never empty.
func finish(tx state.Tx, claimed []state.Claimed) error {
	for _, c := range claimed {
		a, err := tx.Lock(c.Account.Person, c.Account.System, c.Account.Owner, c.Account.Epoch)
		if err != nil {
			return err
		}
		for _, it := range c.Items {
			it.DecidedAt = it.DecidedAt.AddDate(1, 0, 0)
			if err := tx.PutItem(it); err != nil {
				return err
			}
		}
		if err := tx.PutAccount(a); err != nil {
			return err
		}
		if err := tx.Unclaim(a.Person, a.System, a.Owner, a.Epoch); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkSync appends 4 KiB to a file and waits until they are on the disk.
func BenchmarkSync(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "log"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, f.Close()) })
	block := make([]byte, 4096)
	for b.Loop() {
		_, err := f.Write(block)
		require.NoError(b, err)
		require.NoError(b, f.Sync())
	}
}

func benchStore(b *testing.B) state.Backend {
	store, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "joinery.db"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, store.Close()) })
	return store.Backend()
}

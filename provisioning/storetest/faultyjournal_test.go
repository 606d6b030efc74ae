package storetest

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func journalFaults() []mutant {
	return []mutant{
		{fault: "numbers are taken before the person is locked", fails: []string{"order_person"}, backend: func(b state.Backend) state.Backend {
			return &ticketed{Backend: b, tickets: map[string]int64{}}
		}},
		{fault: "a rollback leaves a gap in the numbers", fails: []string{"order_witness"}, fresh: true, backend: func(b state.Backend) state.Backend {
			return &gappy{Backend: b}
		}},
		{fault: "bodies are kept with a space at the end", fails: []string{"entry", "entry_once", "tree_leaves", "erase"}, tx: func(tx state.Tx) state.Tx { return padded{tx} }},
		{fault: "entries come by ID, not by leaf", fails: []string{"tree_leaves"}, tx: func(tx state.Tx) state.Tx { return leavesByID{tx} }},
		{fault: "hashes come in their own order", fails: []string{"tree_hashes"}, tx: func(tx state.Tx) state.Tx { return sortedHashes{tx} }},
		{fault: "whoever sequences is put where there is room", fails: []string{"tree_fenced"}, tx: func(tx state.Tx) state.Tx { return unfenced{tx} }},
		{fault: "an erased entry is gone", fails: []string{"erase"}, tx: func(tx state.Tx) state.Tx { return goneEntries{tx} }},
		{fault: "an entry is erased again and again", fails: []string{"erase_count"}, tx: func(tx state.Tx) state.Tx { return countsAll{tx} }},
		{fault: "all sinks share a cursor", fails: []string{"cursor"}, tx: func(tx state.Tx) state.Tx { return oneCursor{tx} }},
	}
}

// ticketed numbers a transaction's witnesses when it begins to wait for its turn:
// the bad order of taking a sequence number first and the row's lock then.
type ticketed struct {
	state.Backend
	mu      sync.Mutex
	next    int64
	tickets map[string]int64 // by entry
}

func (b *ticketed) Update(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	b.mu.Lock()
	b.next++
	ticket := b.next
	b.mu.Unlock()
	return b.Backend.Update(ctx, tenant, func(tx state.Tx) error { return fn(&ticketTx{Tx: tx, b: b, ticket: ticket}) })
}

func (b *ticketed) View(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	return b.Backend.View(ctx, tenant, func(tx state.Tx) error { return fn(&ticketTx{Tx: tx, b: b}) })
}

type ticketTx struct {
	state.Tx
	b      *ticketed
	ticket int64
	locked bool
}

func (t *ticketTx) LockPerson(id string) (state.Person, error) {
	t.locked = true
	return t.Tx.LockPerson(id)
}

func (t *ticketTx) Write(e audit.Sealed, subject string) error {
	t.b.mu.Lock()
	defer t.b.mu.Unlock()
	if t.locked {
		t.b.tickets[e.ID] = t.ticket
	}
	return t.Tx.Write(e, subject)
}

func (t *ticketTx) Witnesses(after int64, limit int) ([]audit.Witness, error) {
	all, err := t.Tx.Witnesses(after, limit)
	t.b.mu.Lock()
	defer t.b.mu.Unlock()
	slices.SortStableFunc(all, func(a, b audit.Witness) int { return cmp.Compare(t.b.tickets[a.Entry], t.b.tickets[b.Entry]) })
	for i := range all {
		all[i].Seq = after + int64(i) + 1
	}
	return all, err
}

// gappy loses the numbers of transactions that were rolled back, as sequences of
// some databases do.
type gappy struct {
	state.Backend
	lost atomic.Int64
}

func (b *gappy) Update(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	var wrote int64
	err := b.Backend.Update(ctx, tenant, func(tx state.Tx) error { return fn(gappyTx{tx, b, &wrote}) })
	if err != nil {
		b.lost.Add(wrote)
	}
	return err
}

func (b *gappy) View(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	return b.Backend.View(ctx, tenant, func(tx state.Tx) error { return fn(gappyTx{tx, b, new(int64)}) })
}

type gappyTx struct {
	state.Tx
	b     *gappy
	wrote *int64
}

func (t gappyTx) Write(e audit.Sealed, subject string) error {
	*t.wrote++
	return t.Tx.Write(e, subject)
}

func (t gappyTx) Witnesses(after int64, limit int) ([]audit.Witness, error) {
	all, err := t.Tx.Witnesses(after, limit)
	for i := range all {
		all[i].Seq += t.b.lost.Load()
	}
	return all, err
}

type padded struct{ state.Tx }

func (t padded) Write(e audit.Sealed, subject string) error {
	e.Body = append(slices.Clone(e.Body), ' ')
	return t.Tx.Write(e, subject)
}

type leavesByID struct{ state.Tx }

func (t leavesByID) Sealed(from int64, limit int) ([]audit.Sealed, error) {
	all, err := t.Tx.Sealed(from, limit)
	slices.SortFunc(all, func(a, b audit.Sealed) int { return cmp.Compare(a.ID, b.ID) })
	return all, err
}

type sortedHashes struct{ state.Tx }

func (t sortedHashes) ReadHashes(indexes []int64) ([]translog.Hash, error) {
	return t.Tx.ReadHashes(slices.Sorted(slices.Values(indexes)))
}

type unfenced struct{ state.Tx }

func (t unfenced) Sequence(size int64, ids []string, hashes []translog.Hash) error {
	now, err := t.TreeSize()
	if err != nil || now == size {
		return cmpErr(err, func() error { return t.Tx.Sequence(size, ids, hashes) })
	}
	hashes, err = translog.Append(context.Background(), now, make([]audit.Digest, len(ids)), hashReader{t})
	return cmpErr(err, func() error { return t.Tx.Sequence(now, ids, hashes) })
}

// cmpErr returns err, or what next returns if there is none.
func cmpErr(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}

type goneEntries struct{ state.Tx }

func (t goneEntries) SealedOf(person string) ([]audit.Sealed, error) {
	all, err := t.Tx.SealedOf(person)
	return slices.DeleteFunc(all, audit.Sealed.Erased), err
}

type countsAll struct{ state.Tx }

func (t countsAll) Erase(person string) (int, error) {
	all, err := t.SealedOf(person)
	if err != nil {
		return 0, err
	}
	_, err = t.Tx.Erase(person)
	return len(all), err
}

type oneCursor struct{ state.Tx }

func (t oneCursor) Cursor(string) (int64, error)         { return t.Tx.Cursor("all") }
func (t oneCursor) PutCursor(_ string, next int64) error { return t.Tx.PutCursor("all", next) }

package provisioning

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// logBatch is how many entries get their leaf, or go to a sink, at a time.
const logBatch = 1000

// sequence gives the entries that have none their place in the tree, and signs
// the tree.
func (t *Tenant) sequence(ctx context.Context) error {
	waiting := false
	err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
		entries, err := tx.Unsequenced(1)
		waiting = len(entries) > 0
		return err
	})
	if err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	for n := logBatch; waiting && n == logBatch; {
		err := t.backend.Update(ctx, t.id, func(tx state.Tx) error {
			entries, err := tx.Unsequenced(logBatch)
			n = len(entries)
			if err != nil || n == 0 {
				return err
			}
			size, err := tx.TreeSize()
			if err != nil {
				return err
			}
			ids, digests := make([]string, n), make([]audit.Digest, n)
			for i, e := range entries {
				ids[i], digests[i] = e.ID, e.Digest
			}
			hashes, err := translog.Append(ctx, size, digests, treeReader{tx})
			if err != nil {
				return err
			}
			return tx.Sequence(size, ids, hashes)
		})
		if err != nil {
			return fmt.Errorf("audit log: %w", err)
		}
	}
	if t.engine.cfg.Signer == nil {
		return nil
	}
	if err := t.sign(ctx); err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	return nil
}

// tellEvery is how often log and sinks are brought up to date while a Drain goes on.
const tellEvery = 5 * time.Second

// keepTold brings log and sinks up to date again and again, until it is stopped. What
// does not work is tried again when the Drain ends, and tells then.
func (t *Tenant) keepTold(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	var telling sync.WaitGroup
	telling.Go(func() {
		ticker := time.NewTicker(tellEvery)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
			}
			if err := errors.Join(t.sequence(ctx), t.feedSinks(ctx)); err != nil && ctx.Err() == nil {
				t.engine.cfg.Logger.WarnContext(ctx, "telling what was done", "event", "audit", "tenant", t.id, "error", err)
			}
		}
	})
	return func() {
		close(done)
		telling.Wait()
	}
}

// sign keeps a checkpoint of the tree as it is, unless there is one already. The
// signer may be slow, so it is asked outside the transaction.
func (t *Tenant) sign(ctx context.Context) error {
	cp := translog.Checkpoint{Origin: origin(t.id)}
	signed := false
	err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
		last, err := tx.CheckpointSize()
		if err != nil {
			return err
		}
		if cp.Size, err = tx.TreeSize(); err != nil {
			return err
		}
		if signed = last == cp.Size; signed {
			return nil
		}
		cp.Root, err = translog.Root(ctx, cp.Size, treeReader{tx})
		return err
	})
	if err != nil || signed {
		return err
	}
	note, err := translog.Sign(cp, t.engine.cfg.Signer)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	return t.backend.Update(ctx, t.id, func(tx state.Tx) error { return tx.AddCheckpoint(cp.Size, note) })
}

// treeReader lets translog read the stored tree.
type treeReader struct{ tx state.Tx }

func (r treeReader) ReadHashes(_ context.Context, indexes []int64) ([]translog.Hash, error) {
	return r.tx.ReadHashes(indexes)
}

// feedSinks gives each sink what it has not had. A sink that fails gets the same
// again next time; it keeps no other from its own.
func (t *Tenant) feedSinks(ctx context.Context) error {
	t.feeding.Lock() // a sink is called by one goroutine at a time
	defer t.feeding.Unlock()
	var errs []error
	for _, sink := range t.cfg.Sinks {
		if err := t.feed(ctx, sink); err != nil {
			errs = append(errs, fmt.Errorf("audit sink %s: %w", sink.Name(), err))
		}
	}
	return errors.Join(errs...)
}

func (t *Tenant) feed(ctx context.Context, sink audit.Sink) error {
	for {
		var entries []audit.Sealed
		err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
			next, err := tx.Cursor(sink.Name())
			if err != nil {
				return err
			}
			entries, err = tx.Sealed(next, logBatch)
			return err
		})
		if err != nil || len(entries) == 0 {
			return err
		}
		if err := sink.Write(ctx, t.id, entries); err != nil {
			return err
		}
		next := entries[len(entries)-1].Leaf + 1
		if err := t.backend.Update(ctx, t.id, func(tx state.Tx) error { return tx.PutCursor(sink.Name(), next) }); err != nil {
			return err
		}
	}
}

// ExportAudit writes the whole audit log of the tenant as a bundle that
// [translog.Verify] checks offline: entries, witnesses and signed checkpoints, of
// one instant.
func (t *Tenant) ExportAudit(ctx context.Context, w io.Writer) error {
	return t.backend.View(ctx, t.id, func(tx state.Tx) error {
		return exportBundle(tx, t.id, w)
	})
}

// EraseEntries erases what the audit log says about a person: the bodies of the
// entries, while their digests stay, so that the log can still be verified. It
// returns how many. What was recorded about them and has ended or was withdrawn is
// deleted. Facts that count, or that HR still tells, are not touched, since erasing must
// neither give nor take anything; and later steps write new entries.
func (t *Tenant) EraseEntries(ctx context.Context, person string, actor Actor) (int, error) {
	if err := actor.check(); err != nil {
		return 0, err
	}
	n := 0
	err := t.backend.Update(ctx, t.id, func(tx state.Tx) error {
		if _, err := tx.Person(person); err != nil {
			return err
		}
		var err error
		if n, err = tx.Erase(person); err != nil {
			return err
		}
		facts, err := tx.EraseFacts(person, t.now())
		if err != nil {
			return err
		}
		return t.write(tx, audit.Entry{Event: audit.EventErasure, Person: person, Actor: string(actor), Outcome: "erased", Note: fmt.Sprintf("%d entries, %d facts", n, facts)})
	})
	if errors.Is(err, state.ErrNotFound) {
		return 0, fmt.Errorf("person %s: %w", person, ErrNoPerson)
	}
	return n, err
}

package provisioning

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// accept takes the staged records over as facts, batch by batch, and then lets
// the run be decided.
func (r *reading) accept(ctx context.Context, proof hrsource.Proof) error {
	var after int64
	for more := true; more; {
		next := after
		err := r.update(ctx, func(tx state.Tx) error { // which may run twice
			next = after
			rows, err := tx.Staged(r.run.ID, after, batch)
			if err != nil {
				return err
			}
			for _, row := range rows {
				var s staged
				if err := json.Unmarshal(row.Body, &s); err != nil {
					return err
				}
				if newer, err := r.toldSince(tx, s.Record.Worker.Key); err != nil || newer {
					if err != nil {
						return err
					}
					continue
				}
				outcome, err := r.take(tx, r.run, s.Record)
				if err != nil {
					return err
				}
				r.count(outcome)
			}
			if len(rows) > 0 {
				next = rows[len(rows)-1].N
			}
			more = len(rows) == batch
			return nil
		})
		if err != nil {
			return err
		}
		after = next
	}
	r.report.Complete, r.report.Basis = proof.Covers(r.report.Records), proof.Basis
	if proof.Complete && !r.report.Complete {
		r.report.Basis = fmt.Sprintf("%s, but %d records were read", proof.Basis, r.report.Records)
	}
	if r.report.Complete {
		if err := r.findMissing(ctx); err != nil {
			return err
		}
	}
	return r.finish(ctx)
}

// toldSince reports whether somebody else has told of a worker since this read began:
// what it read may be older than that, and the next read will say it again.
func (r *reading) toldSince(tx state.Tx, key hrsource.WorkerKey) (bool, error) {
	if key.ID == "" {
		return false, nil
	}
	row, err := tx.Worker(key.Source, key.ID)
	if errors.Is(err, state.ErrNotFound) {
		return false, nil
	}
	return err == nil && row.RecordedAt.After(r.run.OpenedAt), err
}

func (r *reading) count(o taken) {
	if o.changed {
		r.report.Changed++
	}
	if o.quarantined != "" {
		r.report.Quarantined++
		r.asked[o.quarantined] = true
	}
}

// findMissing notes who was absent from a complete read.
func (r *reading) findMissing(ctx context.Context) error {
	after := ""
	for more := true; more; {
		next := after
		err := r.update(ctx, func(tx state.Tx) error {
			next = after
			rows, err := tx.WorkersOfSource(r.src.Name(), after, batch)
			if err != nil {
				return err
			}
			for _, w := range rows {
				next = w.ID
				if r.seen[w.ID] {
					continue
				}
				r.report.Missing++
				if !w.MissingSince.IsZero() {
					continue
				}
				if err := r.missing(tx, w); err != nil {
					return err
				}
			}
			more = len(rows) == batch
			return nil
		})
		if err != nil {
			return err
		}
		after = next
	}
	return nil
}

// missing notes the first absence of a worker.
func (r *reading) missing(tx state.Tx, w state.Worker) error {
	w.MissingSince = r.now()
	if err := tx.PutWorker(w); err != nil {
		return err
	}
	event := fmt.Sprintf("worker %s/%s was absent from a complete read", w.Source, w.ID)
	err := r.write(tx, audit.Entry{
		Event: audit.EventFact, Person: w.Person, Run: r.run.ID, Outcome: "missing",
		Trigger: audit.Trigger{Source: w.Source, Event: event, Recorded: w.MissingSince},
	})
	if err != nil || w.Person == "" {
		return err
	}
	return r.touch(tx, w.Person, r.run.ID, event, false)
}

// finish lets the run be decided and remembers how many records to expect.
func (r *reading) finish(ctx context.Context) error {
	return r.update(ctx, func(tx state.Tx) error {
		if err := tx.DropStaged(r.run.ID); err != nil {
			return err
		}
		if err := r.closeQuarantine(tx); err != nil {
			return err
		}
		src := state.Source{Name: r.src.Name(), Records: r.prev.Records, ReadAt: r.now(), Run: r.run.ID}
		// A short read without proof must not lower the bar for the next one.
		if r.report.Complete || r.report.Records > src.Records {
			src.Records = r.report.Records
		}
		if err := tx.PutSource(src); err != nil {
			return err
		}
		if r.report.Complete || r.report.Records >= r.prev.Records {
			if err := r.close(tx, CaseShrunk, r.src.Name(), "a later read was long enough"); err != nil {
				return err
			}
		}
		r.run.State, r.run.Records, r.run.Changed, r.run.Problems = state.RunDeciding, r.report.Records, r.report.Changed, r.report.Quarantined
		return tx.PutRun(r.run)
	})
}

// closeQuarantine closes the cases about records that a whole read no longer has.
func (r *reading) closeQuarantine(tx state.Tx) error {
	if !r.whole {
		return nil
	}
	cases, err := tx.Cases(false)
	if err != nil {
		return err
	}
	for _, c := range cases {
		if c.Kind != CaseQuarantine || r.asked[c.Subject] {
			continue
		}
		run, err := tx.Run(c.Run)
		if err != nil {
			return err
		}
		if run.Kind != r.run.Kind || run.Cause != r.run.Cause {
			continue
		}
		if err := r.close(tx, c.Kind, c.Subject, "a later read no longer has it"); err != nil {
			return err
		}
	}
	return nil
}

// update is a transaction of this read, as long as nobody else has declared it
// broken off.
func (r *reading) update(ctx context.Context, fn func(state.Tx) error) error {
	report := r.report
	return r.backend.Update(ctx, r.id, func(tx state.Tx) error {
		r.report = report // the function may run twice
		run, err := tx.Run(r.run.ID)
		if err != nil {
			return err
		}
		if run.State != state.RunReading {
			return fmt.Errorf("source %s: another read took over", r.src.Name())
		}
		return fn(tx)
	})
}

package provisioning

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// batch is how many records, people or rows one transaction handles: enough to
// share the cost of a commit, few enough not to keep others waiting.
const batch = 200

// ReadReport says what came of reading a source.
type ReadReport struct {
	Run         string
	Records     int    // read
	Changed     int    // of those, taken over as new facts
	Quarantined int    // of those, with something that could not be understood
	Missing     int    // workers who were absent from a complete read
	Complete    bool   // the source proved that it told everything
	Basis       string // how, or why not
}

// Read reads a source of the tenant's configuration and takes over what it
// tells. What follows from it is done by the next Drain.
//
// A read that fails half-way keeps what it told before, and concludes nothing
// from what it did not tell. A read which lost more records than the source's
// MaxShrink is refused as a whole: the error is a [*hrsource.ShrunkError], and a
// [CaseShrunk] asks a person. Only a read with proof makes anybody missing.
func (t *Tenant) Read(ctx context.Context, source string) (ReadReport, error) {
	for _, src := range t.cfg.Sources {
		if src.Name() == source {
			return t.read(ctx, src)
		}
	}
	return ReadReport{}, fmt.Errorf("source %q: this tenant has no such source", source)
}

// staged is a record of a read that is not accepted yet, as it is stored.
type staged struct {
	Record hrsource.Record
}

// reading is a read under way.
type reading struct {
	*Tenant
	src    Source
	run    state.Run
	prev   state.Source
	seen   map[string]bool
	buffer []hrsource.Record
	staged int64
	asked  map[string]bool // subjects of the quarantine cases that this read is about
	whole  bool            // it did not break off
	report ReadReport
}

func (t *Tenant) read(ctx context.Context, src Source) (ReadReport, error) {
	r := &reading{Tenant: t, src: src, seen: map[string]bool{}, asked: map[string]bool{}}
	if err := r.open(ctx); err != nil {
		return ReadReport{}, err
	}
	r.report.Run = r.run.ID
	req := src.request(r.prev.Records)
	proof, readErr := src.Snapshot(ctx, req, func(rec hrsource.Record) error { return r.yield(ctx, rec) })
	if readErr == nil {
		readErr = req.Check(src.Name(), r.report.Records)
	}
	if readErr == nil {
		readErr = r.flush(ctx)
	}
	// What was read must be recorded even if the caller's patience ended with it.
	ctx = context.WithoutCancel(ctx)
	if shrunk, ok := errors.AsType[*hrsource.ShrunkError](readErr); ok {
		return r.report, errors.Join(readErr, r.refuse(ctx, shrunk))
	}
	if readErr != nil {
		proof = hrsource.Proof{Basis: "the read failed: " + readErr.Error()}
		readErr = fmt.Errorf("source %s: %w", src.Name(), readErr)
		if err := r.flush(ctx); err != nil {
			return r.report, errors.Join(readErr, err)
		}
	}
	r.whole = readErr == nil
	return r.report, errors.Join(readErr, r.accept(ctx, proof))
}

// open starts the read's run, after ending those that a crash left behind.
func (r *reading) open(ctx context.Context) error {
	return r.backend.Update(ctx, r.id, func(tx state.Tx) error {
		left, err := tx.RunsIn(state.RunReading)
		if err != nil {
			return err
		}
		for _, run := range left {
			if run.Cause != r.src.Name() {
				continue
			}
			if err := tx.DropStaged(run.ID); err != nil {
				return err
			}
			// What it took over before it broke off stands, and must be judged.
			run.State, run.Note = state.RunDeciding, "interrupted"
			if err := tx.PutRun(run); err != nil {
				return err
			}
		}
		if r.prev, err = tx.Source(r.src.Name()); err != nil && !errors.Is(err, state.ErrNotFound) {
			return err
		}
		r.run, err = r.openRun(tx, "read", r.src.Name(), state.RunReading)
		return err
	})
}

// yield takes one record from the source.
func (r *reading) yield(ctx context.Context, rec hrsource.Record) error {
	if rec.Worker.Key.ID != "" {
		if rec.Worker.Key.Source != r.src.Name() {
			return fmt.Errorf("record %s: its key names source %q", rec.Position, rec.Worker.Key.Source)
		}
		r.seen[rec.Worker.Key.ID] = true
	}
	r.report.Records++
	r.buffer = append(r.buffer, rec)
	if len(r.buffer) < batch {
		return nil
	}
	return r.flush(ctx)
}

// flush stages those of the buffered records that tell anything new.
func (r *reading) flush(ctx context.Context) error {
	var news []hrsource.Record
	err := r.backend.View(ctx, r.id, func(tx state.Tx) error {
		news = news[:0]
		for _, rec := range r.buffer {
			fresh, err := tellsAnything(tx, rec)
			if err != nil {
				return err
			}
			if fresh {
				news = append(news, rec)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.buffer = r.buffer[:0]
	if len(news) == 0 {
		return nil
	}
	rows := make([]state.Staged, len(news))
	for i, rec := range news {
		body, err := json.Marshal(staged{rec})
		if err != nil {
			return err
		}
		r.staged++
		rows[i] = state.Staged{N: r.staged, Body: body}
	}
	return r.backend.Update(ctx, r.id, func(tx state.Tx) error { return tx.Stage(r.run.ID, rows) })
}

// tellsAnything reports whether a record differs from what is known. It spares a
// read that brings no news every write.
func tellsAnything(tx state.Tx, rec hrsource.Record) (bool, error) {
	if len(rec.Problems) > 0 || rec.Worker.Key.ID == "" {
		return true, nil
	}
	row, err := tx.Worker(rec.Worker.Key.Source, rec.Worker.Key.ID)
	if errors.Is(err, state.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	digest := rec.Worker.Digest()
	if string(digest[:]) != string(row.Digest) || !row.MissingSince.IsZero() {
		return true, nil
	}
	_, err = tx.OpenCase(CaseQuarantine, rec.Worker.Key.String())
	if errors.Is(err, state.ErrNotFound) {
		return false, nil
	}
	return err == nil, err // an open question that this record answers
}

// refuse drops the read and asks a person.
func (r *reading) refuse(ctx context.Context, shrunk *hrsource.ShrunkError) error {
	return r.backend.Update(ctx, r.id, func(tx state.Tx) error {
		if err := tx.DropStaged(r.run.ID); err != nil {
			return err
		}
		r.run.State, r.run.Note, r.run.SealedAt, r.run.Records = state.RunRefused, shrunk.Error(), r.now(), r.report.Records
		if err := tx.PutRun(r.run); err != nil {
			return err
		}
		body, err := json.Marshal(shrunk)
		if err != nil {
			return err
		}
		if err := r.write(tx, audit.Entry{
			Event: audit.EventRun, Run: r.run.ID, Outcome: string(state.RunRefused), Note: shrunk.Error(),
			Trigger: audit.Trigger{Source: r.src.Name(), Event: "read", Recorded: r.run.OpenedAt},
		}); err != nil {
			return err
		}
		return r.ask(tx, state.Case{
			Kind: CaseShrunk, Subject: r.src.Name(), Run: r.run.ID, Body: body,
			Question: shrunk.Error() + ". Is that right?",
			Choices:  []string{ChoiceAccept, ChoiceRefuse}, Default: ChoiceRefuse,
		})
	})
}

// acceptShrunk lowers what the next read is compared with to what was refused.
func (t *Tenant) acceptShrunk(tx state.Tx, c state.Case) error {
	var shrunk hrsource.ShrunkError
	if err := json.Unmarshal(c.Body, &shrunk); err != nil {
		return err
	}
	src, err := tx.Source(c.Subject)
	if err != nil {
		return err
	}
	src.Records = shrunk.Seen
	return tx.PutSource(src)
}

// accept takes the staged records over as facts, batch by batch, and then lets
// the run be decided.
func (r *reading) accept(ctx context.Context, proof hrsource.Proof) error {
	var after int64
	for more := true; more; {
		err := r.update(ctx, func(tx state.Tx) error {
			rows, err := tx.Staged(r.run.ID, after, batch)
			if err != nil {
				return err
			}
			for _, row := range rows {
				var s staged
				if err := json.Unmarshal(row.Body, &s); err != nil {
					return err
				}
				outcome, err := r.take(tx, r.run, s.Record)
				if err != nil {
					return err
				}
				r.count(outcome)
			}
			if len(rows) > 0 {
				after = rows[len(rows)-1].N
			}
			more = len(rows) == batch
			return nil
		})
		if err != nil {
			return err
		}
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
		err := r.update(ctx, func(tx state.Tx) error {
			rows, err := tx.WorkersOfSource(r.src.Name(), after, batch)
			if err != nil {
				return err
			}
			for _, w := range rows {
				after = w.ID
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
	return r.touch(tx, w.Person, r.run.ID, event)
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

// effective returns the instant that a change of a worker's facts is about: the
// first or the last moment of the relationship, if that is what changed.
func effective(w hrsource.Worker, last *hrsource.Worker, zone *time.Location, now time.Time) time.Time {
	start, end, _, err := w.Window(zone, now)
	if err != nil {
		return now
	}
	if last == nil {
		return start
	}
	oldStart, oldEnd, _, err := last.Window(zone, now)
	switch {
	case err != nil:
		return now
	case !end.Equal(oldEnd):
		return end
	case !start.Equal(oldStart):
		return start
	}
	return now
}

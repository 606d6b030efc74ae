package provisioning

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

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

// runRead is the kind of a run that reads a source.
const runRead = "read"

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
	defer t.tell()
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
		r.run, err = r.openRun(tx, runRead, r.src.Name(), state.RunReading)
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
			fresh, err := r.tellsAnything(tx, rec)
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
	return r.update(ctx, func(tx state.Tx) error { return tx.Stage(r.run.ID, rows) })
}

// tellsAnything reports whether a record differs from what is known. It spares a
// read that brings no news every write.
func (r *reading) tellsAnything(tx state.Tx, rec hrsource.Record) (bool, error) {
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
	if string(digest[:]) != string(row.Digest) {
		var last hrsource.Worker
		if err := json.Unmarshal(row.Body, &last); err != nil {
			return false, fmt.Errorf("worker %s: %w", rec.Worker.Key, err)
		}
		digest = r.over(rec, last).Digest()
	}
	if string(digest[:]) != string(row.Digest) || !row.MissingSince.IsZero() {
		return true, nil
	}
	_, err = tx.OpenCase(CaseQuarantine, rec.Worker.Key.String())
	if errors.Is(err, state.ErrNotFound) {
		return false, nil
	}
	return err == nil, err // an open question that this record answers
}

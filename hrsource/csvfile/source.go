package csvfile

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"path/filepath"

	"github.com/joinery-iam/joinery/hrsource"
)

// Source reads the workers of one file. It is made by [New] and keeps nothing
// between two reads. It may be used by several goroutines at once, as long as
// what Config.Open returns is not shared.
type Source struct {
	cfg Config
}

var _ hrsource.Source = (*Source)(nil)

// Name returns Config.Name.
func (s *Source) Name() string { return s.cfg.Name }

// Snapshot reads the file and yields one record for each worker in it, in the
// order of the last row of each, and one for each row whose id cannot be read.
//
// The file as a whole is checked before anything is yielded: a file that is
// missing, empty, too large or without rows, a header that cannot be understood
// and too few records after req.Previous are errors. A file that changes while it
// is read is an error too, at the end.
func (s *Source) Snapshot(ctx context.Context, req hrsource.SnapshotRequest, yield func(hrsource.Record) error) (hrsource.Proof, error) {
	r := reading{cfg: s.cfg, file: s.file(), seed: maphash.MakeSeed(), rows: map[uint64]int{}}
	proof, err := r.run(ctx, req, yield)
	if r.yieldErr != nil {
		return hrsource.Proof{}, r.yieldErr // as it is, not as one of the file
	}
	if shrunk, ok := errors.AsType[*hrsource.ShrunkError](err); ok {
		return hrsource.Proof{}, shrunk
	}
	if err != nil {
		return hrsource.Proof{}, fmt.Errorf("csv file %s: %w", r.file, err)
	}
	return proof, nil
}

// file is the name of the file for people.
func (s *Source) file() string {
	if s.cfg.Path == "" {
		return s.cfg.Name
	}
	return filepath.Base(s.cfg.Path)
}

func (s Config) open() (io.ReadCloser, error) {
	if s.Open != nil {
		return s.Open()
	}
	return os.Open(s.Path)
}

// reading is one Snapshot.
type reading struct {
	cfg  Config
	file string

	// What the first pass found.
	seed    maphash.Seed
	rows    map[uint64]int // rows of each id, by hash: an id may be long
	total   int            // rows in all
	keyless int            // rows whose id cannot be read
	lost    int            // the line of the first of them
	trailer trailer
	sum     [sha256.Size]byte

	yieldErr error
}

func (r *reading) run(ctx context.Context, req hrsource.SnapshotRequest, yield func(hrsource.Record) error) (proof hrsource.Proof, err error) {
	evidence := r.cfg.readDone() // before the file, which may be replaced meanwhile
	in, err := r.cfg.open()
	if err != nil {
		return hrsource.Proof{}, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()

	if r.sum, err = r.pass(ctx, in, r.count); err != nil {
		return hrsource.Proof{}, err
	}
	if r.total == 0 {
		return hrsource.Proof{}, errors.New("a header and no rows: nobody works here, or the export failed")
	}
	if err := req.Check(r.cfg.Name, len(r.rows)+r.keyless); err != nil {
		return hrsource.Proof{}, err
	}

	if in, err = r.rewind(in); err != nil {
		return hrsource.Proof{}, err
	}
	m := merger{reading: r, yield: yield, waiting: map[uint64][]row{}}
	sum, err := r.pass(ctx, in, m.add)
	if err != nil {
		return hrsource.Proof{}, err
	}
	if sum != r.sum {
		return hrsource.Proof{}, errChanged
	}
	return r.prove(evidence, m.yielded), nil
}

var errChanged = errors.New("changed while it was read: read it again when it is written")

// rewind returns in at its beginning, or what Open returns anew. In is closed if
// it is not returned.
func (r *reading) rewind(in io.ReadCloser) (io.ReadCloser, error) {
	if seeker, ok := in.(io.Seeker); ok {
		_, err := seeker.Seek(0, io.SeekStart)
		return in, err
	}
	again, err := r.cfg.open()
	if err != nil {
		return in, err
	}
	if err := in.Close(); err != nil {
		return again, err
	}
	return again, nil
}

// pass reads the whole file, calls visit for each row and returns the hash of
// the file.
func (r *reading) pass(ctx context.Context, in io.Reader, visit func(layout, row) error) ([sha256.Size]byte, error) {
	none := [sha256.Size]byte{}
	m := newMeter(in, r.cfg.MaxBytes)
	text, err := decode(m, r.cfg.MaxRecordBytes)
	if err != nil {
		return none, err
	}
	rows := rowReader{lines: lineReader{in: text, max: r.cfg.MaxRecordBytes}}
	if err := r.cfg.readHeader(&rows); err != nil {
		return none, err
	}
	r.trailer = trailer{}
	for {
		if err := ctx.Err(); err != nil {
			return none, err
		}
		next, isTrailer, err := rows.next()
		switch {
		case errors.Is(err, io.EOF):
			return m.sum(), nil
		case err != nil:
			return none, err
		case isTrailer:
			r.trailer.read(next, rows.trailer)
			continue
		}
		r.trailer.passed = r.trailer.line != 0
		if err := visit(rows.layout, next); err != nil {
			return none, err
		}
	}
}

// count is the visit of the first pass.
func (r *reading) count(l layout, next row) error {
	r.total++
	id, problem := next.id(l)
	if problem != nil {
		if r.keyless++; r.keyless == 1 {
			r.lost = next.line
		}
		return nil
	}
	r.rows[maphash.String(r.seed, id)]++
	return nil
}

// id returns the worker's id in a row, or what is wrong with it.
func (next row) id(l layout) (string, *hrsource.Problem) {
	if l.id >= len(next.cells) {
		return "", next.problem
	}
	var w hrsource.Worker
	c := next.cells[l.id]
	problem := w.Set(nil, "workerId", c.text)
	if problem == nil && w.Key.ID == "" {
		problem = &hrsource.Problem{Field: "workerId", Value: shorten(c.text, maxValue), Want: "the id of a worker"}
	}
	if problem != nil {
		problem.Line, problem.Column = c.line, c.column
	}
	return w.Key.ID, problem
}

package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/joinery-iam/joinery/hrsource"
)

// Harness makes what is tested.
type Harness struct {
	// New returns a source and the system it reads, which nobody else uses. It is
	// called once for each case, at the same time for several.
	New func(t *testing.T) System
}

// System is one system of record and the source that reads it. Source and Hold
// are required.
type System struct {
	Source hrsource.Source

	// Hold replaces everyone in the system. The workers have keys of the source
	// and values in System.Fields, and they are never none.
	Hold func(workers []hrsource.Worker) error

	// Spoil makes the named field of one worker unreadable, as a typing error in
	// HR would. Nil if that cannot happen in the system.
	Spoil func(id, field string) error
	// Spoils names the field that Spoil is called with, one of Fields. Empty
	// means hireDate.
	Spoils string

	// Cut makes later reads come to an end after n workers without a sign of
	// error, as a truncated file or an unfinished page would. Nil if nothing can
	// be lost on the way.
	Cut func(n int) error

	// Counts is true if the source can tell how many workers there are before it
	// yields the first.
	Counts bool

	// Fields are the fields that the source reads, of which cases compare the
	// values. Empty means givenName, familyName and hireDate.
	Fields []string
}

// Run runs every case as a test of its own.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			switch err := c.Check(t.Context(), h.New(t)); {
			case errors.Is(err, errors.ErrUnsupported):
				t.Skip(err)
			case err != nil:
				t.Errorf("%v\nthe contract says: %s", err, c.Clause)
			}
		})
	}
}

// needs is the error of a case that the system cannot be used for.
func needs(what string) error {
	return fmt.Errorf("%w: the case needs System.%s", errors.ErrUnsupported, what)
}

func (sys System) fields() []string {
	if len(sys.Fields) > 0 {
		return sys.Fields
	}
	return []string{"givenName", "familyName", "hireDate"}
}

// hold puts n workers into the system, whose ids and values begin with mark.
func (sys System) hold(mark string, n int) ([]hrsource.Worker, error) {
	source := sys.Source.Name()
	workers := make([]hrsource.Worker, n)
	for i := range workers {
		w, a := hrsource.Worker{}, hrsource.Assignment{}
		for _, field := range sys.fields() {
			if p := w.Set(&a, field, value(field, mark, i)); p != nil {
				return nil, fmt.Errorf("System.Fields: the kit has no value for %s: %s", field, p)
			}
		}
		w.Key = hrsource.WorkerKey{Source: source, ID: fmt.Sprintf("%s-%d", mark, i)}
		w.Assignments = []hrsource.Assignment{a}
		workers[i] = w
	}
	if err := sys.Hold(workers); err != nil {
		return nil, fmt.Errorf("System.Hold: %w", err)
	}
	return workers, nil
}

// value makes a value of a field that differs between workers where it can.
func value(field, mark string, i int) string {
	f, _ := hrsource.FieldOf(field)
	switch f.Kind {
	case hrsource.KindDate:
		return hrsource.Date{Year: 2020, Month: 1, Day: 1}.AddDays(i).String()
	case hrsource.KindInstant:
		return fmt.Sprintf("2040-01-01T00:00:%02dZ", i%60)
	case hrsource.KindFlag:
		return "true"
	}
	switch field {
	case "email", "personalEmail":
		return fmt.Sprintf("%s%d@example.com", mark, i)
	case "status":
		return string(hrsource.StatusActive)
	case "workerType":
		return string(hrsource.Employee)
	case "timezone":
		return "Europe/Berlin"
	case "country":
		return "DE"
	case "language":
		return "de"
	}
	return fmt.Sprintf("%s %s %d", mark, field, i)
}

// differ returns the first of fields that got has another value for than want.
func differ(got, want hrsource.Worker, fields []string) error {
	for _, field := range fields {
		g, w := got.Text(job(got), field), want.Text(job(want), field)
		if g != w {
			return fmt.Errorf("%s: %s is %q, the system holds %q", want.Key, field, g, w)
		}
	}
	return nil
}

func job(w hrsource.Worker) hrsource.Assignment {
	if len(w.Assignments) == 0 {
		return hrsource.Assignment{}
	}
	return w.Assignments[0]
}

// read takes a snapshot and returns all of it.
func (sys System) read(ctx context.Context, req hrsource.SnapshotRequest) ([]hrsource.Record, hrsource.Proof, error) {
	var all []hrsource.Record
	proof, err := sys.Source.Snapshot(ctx, req, func(r hrsource.Record) error {
		all = append(all, r)
		return nil
	})
	return all, proof, err
}

// take puts n workers in and reads them.
func (sys System) take(ctx context.Context, mark string, n int) (held []hrsource.Worker, got []hrsource.Record, proof hrsource.Proof, err error) {
	if held, err = sys.hold(mark, n); err != nil {
		return nil, nil, hrsource.Proof{}, err
	}
	got, proof, err = sys.read(ctx, hrsource.SnapshotRequest{})
	if err != nil {
		err = fmt.Errorf("reading %d sound workers: %w", n, err)
	}
	return held, got, proof, err
}

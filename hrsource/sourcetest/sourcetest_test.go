package sourcetest_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/sourcetest"
)

// memory is a sound source, except for its one fault.
type memory struct {
	fault   string
	name    string
	workers []hrsource.Worker
	spoiled map[string]string // field by id
	cut     int
	cached  []hrsource.Worker
	largest int
	names   int
}

func (m *memory) Name() string {
	m.names++
	if m.fault == "name changes" && m.names%2 == 0 && len(m.workers) == 0 {
		return m.name + strconv.Itoa(m.names)
	}
	return m.name
}

func (m *memory) Snapshot(ctx context.Context, req hrsource.SnapshotRequest, yield func(hrsource.Record) error) (proof hrsource.Proof, err error) {
	if m.fault == "proof with an error" {
		defer func() {
			if err != nil {
				proof = hrsource.Proof{Complete: true, Count: len(m.workers), Basis: "hope"}
			}
		}()
	}
	workers := m.workers
	if m.fault == "reads once" {
		if m.cached == nil {
			m.cached = slices.Clone(workers)
		}
		workers = m.cached
	}
	if m.cut > 0 {
		workers = workers[:m.cut]
	}
	if m.largest = max(m.largest, len(workers)); m.fault == "remembers the last count" {
		req = hrsource.SnapshotRequest{Previous: max(m.largest, req.Previous), MaxShrink: 0.5}
	}
	if m.fault == "refuses too early" {
		req.MaxShrink /= 2
	}
	shrunk := req.Check(m.name, len(workers))
	if shrunk != nil && m.fault != "never refuses" && m.fault != "refuses late" {
		return hrsource.Proof{}, shrunk
	}
	count, ignored := 0, error(nil)
	for i, w := range workers {
		if ctx.Err() != nil && m.fault != "ignores its context" {
			return hrsource.Proof{}, ctx.Err()
		}
		for range m.times(i) {
			r, drop := m.record(w)
			if drop {
				continue
			}
			count++
			if err := yield(r); err != nil {
				switch m.fault {
				case "goes on after an error":
					ignored = err
					continue
				case "replaces the error":
					return hrsource.Proof{}, errors.New("stopped")
				}
				return hrsource.Proof{}, err
			}
		}
		if m.fault == "refuses late" && shrunk != nil {
			return hrsource.Proof{}, shrunk
		}
	}
	if ignored != nil {
		return hrsource.Proof{}, ignored
	}
	if m.fault == "counts wrong" {
		count++
	}
	return hrsource.Proof{Complete: m.cut == 0 || m.fault == "trusts a cut", Count: count, Basis: "memory"}, nil
}

// times is how often the worker with index i is yielded.
func (m *memory) times(i int) int {
	if m.fault == "yields twice" && i == 2 {
		return 2
	}
	return 1
}

// record makes the record of w. drop leaves it out.
func (m *memory) record(w hrsource.Worker) (r hrsource.Record, drop bool) {
	if m.fault != "shares its memory" {
		w.Assignments = slices.Clone(w.Assignments)
	}
	switch m.fault {
	case "foreign keys":
		w.Key.Source = "elsewhere"
	case "leaves one out":
		drop = w.Key.ID == "e-2"
	case "invents one":
		if w.Key.ID == "e-7" {
			w.Key.ID = "nobody"
		}
	case "changes values":
		if w.Key.ID == "v-1" {
			w.Name.Family = "Smith"
		}
	case "finds fault":
		if w.Key.ID == "v-1" {
			r.Problems = []hrsource.Problem{{Field: "email", Want: "an e-mail address"}}
		}
	}
	r.Position = "memory:" + w.Key.ID
	if field, bad := m.spoiled[w.Key.ID]; bad {
		drop = m.fault == "drops the spoiled"
		p := hrsource.Problem{Field: field, Value: "soon", Want: "a day"}
		if m.fault != "guesses" {
			w.Set(&w.Assignments[0], field, "")
		}
		switch m.fault {
		case "names no field":
			p.Field = ""
		case "does not say what would be right":
			p.Want = ""
		case "does not say what was found":
			p.Value = ""
		case "does not say where":
			r.Position = ""
		case "loses the rest":
			w = hrsource.Worker{Key: w.Key}
		}
		r.Problems = []hrsource.Problem{p}
	}
	r.Worker, r.Fields = w, []string{"givenName", "familyName", "hireDate", "department"}
	switch m.fault {
	case "does not name all that it tells":
		r.Fields = r.Fields[1:]
	case "does not say what it tells": // which is none
		r.Fields = nil
	}
	return r, drop
}

func system(fault string) sourcetest.System {
	m := &memory{fault: fault, name: "memory", spoiled: map[string]string{}}
	if fault == "no name" {
		m.name = ""
	}
	return sourcetest.System{
		Source: m,
		Hold: func(workers []hrsource.Worker) error {
			m.workers = slices.Clone(workers)
			return nil
		},
		Spoil: func(id, field string) error {
			m.spoiled[id] = field
			return nil
		},
		Cut: func(n int) error {
			m.cut = n
			return nil
		},
		Counts: true,
		Fields: []string{"givenName", "familyName", "hireDate", "department"},
	}
}

func TestSoundSource(t *testing.T) {
	t.Parallel()
	sourcetest.Run(t, sourcetest.Harness{New: func(*testing.T) sourcetest.System { return system("") }})
}

// TestEachFaultFailsItsCase shows that every case can fail, and that none fails
// for another's reason.
func TestEachFaultFailsItsCase(t *testing.T) {
	t.Parallel()
	faults := map[string]string{
		"no name":                          "name",
		"name changes":                     "name",
		"foreign keys":                     "key names its source",
		"leaves one out":                   "everything is read",
		"invents one":                      "everything is read",
		"changes values":                   "values are those of the system",
		"finds fault":                      "values are those of the system",
		"does not name all that it tells":  "fields that are told are named",
		"yields twice":                     "no key twice",
		"goes on after an error":           "yield stops it",
		"replaces the error":               "yield's error is returned",
		"ignores its context":              "context stops it",
		"reads once":                       "it reads afresh",
		"shares its memory":                "what was yielded belongs to the caller",
		"counts wrong":                     "proof counts",
		"proof with an error":              "error has no proof",
		"trusts a cut":                     "truncated read is not complete",
		"never refuses":                    "shrinkage is refused",
		"refuses too early":                "what is within the limit is read",
		"refuses late":                     "refused read yields nothing",
		"remembers the last count":         "zero request refuses nothing",
		"drops the spoiled":                "spoiled record is yielded",
		"names no field":                   "problem names its field",
		"does not say what would be right": "problem names its field",
		"does not say what was found":      "problem names its field",
		"does not say where":               "problem names its field",
		"guesses":                          "spoiled field is zero",
		"loses the rest":                   "rest of a spoiled record stands",
	}
	covered := map[string]bool{}
	for fault, want := range faults {
		covered[want] = true
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			var failed []string
			for _, c := range sourcetest.Cases() {
				if err := c.Check(t.Context(), system(fault)); err != nil {
					failed = append(failed, c.Name)
				}
			}
			require.Equal(t, []string{want}, failed)
		})
	}
	for _, c := range sourcetest.Cases() {
		require.True(t, covered[c.Name], "no fault fails %q", c.Name)
	}
}

func TestCasesThatCannotTell(t *testing.T) {
	t.Parallel()
	skipped := 0
	for _, c := range sourcetest.Cases() {
		sys := system("")
		sys.Spoil, sys.Cut, sys.Counts = nil, nil, false
		err := c.Check(t.Context(), sys)
		if errors.Is(err, errors.ErrUnsupported) {
			require.ErrorContains(t, err, "the case needs System.")
			skipped++
			continue
		}
		require.NoError(t, err, c.Name)
	}
	require.Equal(t, 6, skipped)
}

func TestEveryFieldHasAValue(t *testing.T) {
	t.Parallel()
	for _, c := range sourcetest.Cases() {
		sys := system("does not say what it tells")
		sys.Fields = slices.DeleteFunc(hrsource.FieldNames(), func(f string) bool { return f == "source" || f == "workerId" })
		require.NoError(t, c.Check(t.Context(), sys), c.Name)
	}
}

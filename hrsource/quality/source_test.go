package quality_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/quality"
)

// feed is a source that yields what it is given.
type feed struct {
	records []hrsource.Record
	proof   hrsource.Proof
	err     error
	asked   hrsource.SnapshotRequest
}

func (f *feed) Name() string { return "hr" }

func (f *feed) Snapshot(_ context.Context, req hrsource.SnapshotRequest, yield func(hrsource.Record) error) (hrsource.Proof, error) {
	f.asked = req
	for _, r := range f.records {
		if err := yield(r); err != nil {
			return hrsource.Proof{}, err
		}
	}
	return f.proof, f.err
}

// read returns the records of a source.
func read(t *testing.T, s hrsource.Source) []hrsource.Record {
	t.Helper()
	var all []hrsource.Record
	_, err := s.Snapshot(t.Context(), hrsource.SnapshotRequest{}, func(r hrsource.Record) error {
		all = append(all, r)
		return nil
	})
	require.NoError(t, err)
	return all
}

// one returns what becomes of one record.
func one(t *testing.T, cfg quality.Config, r hrsource.Record) hrsource.Record {
	t.Helper()
	all := read(t, quality.Source(&feed{records: []hrsource.Record{r}}, checker(t, cfg)))
	require.Len(t, all, 1)
	return all[0]
}

func TestSourceNormalizes(t *testing.T) {
	t.Parallel()
	r := hrsource.Record{Worker: worker("1", set("department", "eng"), badge("rot")), Position: "people.csv:2", Raw: "1;eng;rot"}
	got := one(t, demands, r)
	require.Equal(t, hrsource.Record{Worker: worker("1", badge("red")), Position: "people.csv:2", Raw: "1;eng;rot"}, got)
}

func TestSourcePassesTheRestThrough(t *testing.T) {
	t.Parallel()
	proof := hrsource.Proof{Complete: true, Count: 1, Basis: "counted"}
	failure := errors.New("the line is dead")
	for _, err := range []error{nil, failure, &hrsource.ShrunkError{Source: "hr"}} {
		inner := &feed{proof: proof, err: err}
		s := quality.Source(inner, checker(t, demands))
		require.Equal(t, "hr", s.Name())
		req := hrsource.SnapshotRequest{Previous: 7, MaxShrink: 0.3}
		got, gotErr := s.Snapshot(t.Context(), req, nil)
		require.Equal(t, proof, got)
		require.Equal(t, err, gotErr)
		require.Equal(t, req, inner.asked)
	}
	s := quality.Source(&feed{records: []hrsource.Record{{}, {}}}, checker(t, demands))
	calls := 0
	_, err := s.Snapshot(t.Context(), hrsource.SnapshotRequest{}, func(hrsource.Record) error { calls++; return failure })
	require.Equal(t, failure, err)
	require.Equal(t, 1, calls)
}

func TestSourceMakesBrokenRulesProblems(t *testing.T) {
	t.Parallel()
	w := worker("1", set("department", "Salse"), badge("red", "green"), set("hireDate", ""), since("2026-09-01", "2"))
	got := one(t, demands, hrsource.Record{Worker: w})
	require.Equal(t, []hrsource.Problem{
		{Field: "hireDate", Want: "a value, since the field is required (requiredEmpty)"},
		{Field: "badge", Value: "green", Want: "one of red, blue (valueNotAllowed)"},
		{Field: "department", Value: "Salse", Want: "one of Engineering, Sales (valueNotAllowed)"},
	}, got.Problems)
	want := worker("1", set("department", ""), set("hireDate", ""), since("2026-09-01", "2"))
	want.Custom = map[string][]string{}
	require.Equal(t, want, got.Worker, "a field with a problem holds nothing, the rest stands")
}

func TestSourceKeepsWhatIsNotAnAffairOfOneRecord(t *testing.T) {
	t.Parallel()
	w := worker("1", badge("red"), set("manager", "9"), set("workerType", "contingentWorker"), set("hireDate", "1900-01-01"), set("email", "none"))
	require.Empty(t, one(t, demands, hrsource.Record{Worker: w}).Problems)
}

func TestSourceHeedsWhatIsOff(t *testing.T) {
	t.Parallel()
	w := worker("1", badge("green"), set("hireDate", ""))
	for _, rule := range []quality.Rule{quality.RequiredEmpty, quality.ValueNotAllowed} {
		cfg := demands
		cfg.Off = []quality.Rule{rule}
		got := one(t, cfg, hrsource.Record{Worker: w})
		require.Len(t, got.Problems, 1)
		require.NotContains(t, got.Problems[0].Want, rule)
		require.Equal(t, rule == quality.ValueNotAllowed, got.Worker.Custom["badge"] != nil)
	}
}

// TestSourceDoesNotLookAgainAtWhatCouldNotBeRead makes sure that one field has one
// problem, and that a record which stays as a whole is left alone.
func TestSourceDoesNotLookAgainAtWhatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	broken := worker("1", badge("green"), set("department", ""), set("hireDate", ""))
	for name, c := range map[string]struct {
		problem hrsource.Problem
		id      string
		fields  []string
	}{
		"a field":                  {hrsource.Problem{Field: "hireDate", Value: "soon", Want: "a day"}, "1", []string{"hireDate", "department", "badge"}},
		"since when":               {hrsource.Problem{Field: "effectiveFrom", Value: "soon", Want: "a day"}, "1", []string{"effectiveFrom", "hireDate", "badge"}},
		"the record":               {hrsource.Problem{Value: "1;2", Want: "three cells"}, "1", []string{""}},
		"whose it is":              {hrsource.Problem{Field: "workerId", Want: "an id"}, "", []string{"workerId"}},
		"a field we know not much": {hrsource.Problem{Field: "phone", Value: "x", Want: "y"}, "1", []string{"phone", "department", "hireDate", "badge"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problems := make([]hrsource.Problem, 1, 8) // with room that belongs to somebody else
			problems[0] = c.problem
			w := broken
			w.Key.ID = c.id
			got := one(t, demands, hrsource.Record{Worker: w, Problems: problems})
			require.Equal(t, c.problem, got.Problems[0])
			var fields []string
			for _, p := range got.Problems {
				fields = append(fields, p.Field)
			}
			require.ElementsMatch(t, c.fields, fields)
			require.Equal(t, hrsource.Problem{}, problems[:2][1])
		})
	}
}

// TestSourceAddsNobody makes sure that a source may be read by an engine while its
// checker looks at a population.
func TestSourceAddsNobody(t *testing.T) {
	t.Parallel()
	c := checker(t, demands)
	s := quality.Source(&feed{records: []hrsource.Record{{Worker: worker("1")}}}, c)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 100 {
			_, _ = s.Snapshot(context.Background(), hrsource.SnapshotRequest{}, func(hrsource.Record) error { return nil })
		}
	}()
	for range 100 {
		c.Add(worker("2", badge("red")))
	}
	<-done
	got := c.Findings()
	require.Len(t, got, 1)
	require.Equal(t, quality.WorkerTwice, got[0].Rule, "of the hundred that were added")
}

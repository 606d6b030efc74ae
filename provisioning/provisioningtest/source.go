package provisioningtest

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/joinery-iam/joinery/hrsource"
)

// SourceName is the name of the HR source that [New] makes.
const SourceName = "hr"

// Source is an HR system in memory. It always proves that it told everything,
// unless it is made to fail. It is safe for concurrent use.
type Source struct {
	mu       sync.Mutex
	workers  map[string]hrsource.Worker
	problems map[string][]hrsource.Problem
	fields   []string
	failAt   int
	err      error
	partial  bool
}

// NewSource returns an HR system without anybody in it.
func NewSource() *Source {
	return &Source{workers: map[string]hrsource.Worker{}, problems: map[string][]hrsource.Problem{}}
}

// Name returns [SourceName].
func (s *Source) Name() string { return SourceName }

// Put adds a worker, or replaces the one with the same id. The key's source is
// filled in.
func (s *Source) Put(w hrsource.Worker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Key.Source = SourceName
	s.workers[w.Key.ID] = w
	delete(s.problems, w.Key.ID)
}

// PutWithProblems is Put for a record that was not understood in full: the
// fields that the problems name should hold their zero values.
func (s *Source) PutWithProblems(w hrsource.Worker, problems ...hrsource.Problem) {
	s.Put(w)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems[w.Key.ID] = problems
}

// Change lets fn alter a worker. Nothing happens if there is no such worker.
func (s *Source) Change(id string, fn func(*hrsource.Worker)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w, ok := s.workers[id]; ok {
		w.Assignments = slices.Clone(w.Assignments)
		fn(&w)
		s.workers[id] = w
	}
}

// End sets the last day of a worker, written YYYY-MM-DD. It panics on another
// form, since it is meant for tests.
func (s *Source) End(id, lastDay string) {
	s.Change(id, func(w *hrsource.Worker) { w.TerminationDate = date(lastDay) })
}

// Remove makes a worker vanish from the feed.
func (s *Source) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.workers, id)
}

// Tells makes the following reads name the fields that they tell of, as a source should;
// with none, they do not say.
func (s *Source) Tells(fields ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fields = fields
}

// FailAfter makes the following reads fail with err after n records; a nil err
// ends that.
func (s *Source) FailAfter(n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failAt, s.err = n, err
}

// Unproven makes the following reads come without proof, or with it again.
func (s *Source) Unproven(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.partial = on
}

// Snapshot yields the workers by id.
func (s *Source) Snapshot(ctx context.Context, _ hrsource.SnapshotRequest, yield func(hrsource.Record) error) (hrsource.Proof, error) {
	s.mu.Lock()
	workers, problems := maps.Clone(s.workers), maps.Clone(s.problems)
	failAt, fail, partial, fields := s.failAt, s.err, s.partial, s.fields
	s.mu.Unlock()
	for i, id := range slices.Sorted(maps.Keys(workers)) {
		if fail != nil && i == failAt {
			return hrsource.Proof{}, fail
		}
		if err := ctx.Err(); err != nil {
			return hrsource.Proof{}, err
		}
		if err := yield(hrsource.Record{Worker: workers[id], Fields: slices.Clone(fields), Problems: problems[id], Position: id}); err != nil {
			return hrsource.Proof{}, err
		}
	}
	if fail != nil {
		return hrsource.Proof{}, fail
	}
	return hrsource.Proof{Complete: !partial, Count: len(workers), Basis: "memory"}, nil
}

// Worker returns a worker with what most tests need. The start is written
// YYYY-MM-DD; Worker panics on another form, since it is meant for tests.
func Worker(id, name, department, start string) hrsource.Worker {
	return hrsource.Worker{
		Key: hrsource.WorkerKey{Source: SourceName, ID: id}, Type: hrsource.Employee,
		Name: hrsource.Name{Given: name, Family: name}, HireDate: date(start), EmployeeNumber: id,
		Assignments: []hrsource.Assignment{{Department: department}},
	}
}

func date(s string) hrsource.Date {
	d, err := hrsource.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

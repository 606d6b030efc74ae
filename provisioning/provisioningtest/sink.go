package provisioningtest

import (
	"context"
	"sync"

	"github.com/joinery-iam/joinery/audit"
)

// Sink keeps the audit entries that it gets. It is safe for concurrent use.
type Sink struct {
	mu      sync.Mutex
	entries []audit.Entry
	fail    error
}

// Name returns the name of the sink's cursor.
func (s *Sink) Name() string { return "provisioningtest" }

// Fail makes the following writes fail with err; nil ends that.
func (s *Sink) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = err
}

// Write keeps a batch of entries.
func (s *Sink) Write(_ context.Context, _ string, sealed []audit.Sealed) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	for _, one := range sealed {
		if len(one.Body) == 0 {
			continue // erased
		}
		e, err := one.Entry()
		if err != nil {
			return err
		}
		s.entries = append(s.entries, e)
	}
	return nil
}

// Entries returns what the sink has, or only the entries of an event.
func (s *Sink) Entries(event audit.Event) []audit.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []audit.Entry
	for _, e := range s.entries {
		if event == "" || e.Event == event {
			out = append(out, e)
		}
	}
	return out
}

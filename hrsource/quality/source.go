package quality

import (
	"context"
	"slices"

	"github.com/joinery-iam/joinery/hrsource"
)

// Source returns a source that reads inner and hands on each record as
// [Checker.Normalize] leaves it.
//
// A value that is not allowed is emptied and becomes a problem of its record, as
// does a required field without one, so that whoever takes the records over keeps
// the last good value and asks a human. Of a record whose key or other fields inner
// could not read, those fields are not looked at again. Proof, errors and
// the problems of inner are passed through, and nothing is added to what
// [Checker.Findings] returns.
func Source(inner hrsource.Source, c *Checker) hrsource.Source {
	return &source{inner, c}
}

type source struct {
	inner hrsource.Source
	c     *Checker
}

// Name returns the name of the inner source.
func (s *source) Name() string { return s.inner.Name() }

// Snapshot reads the inner source.
func (s *source) Snapshot(ctx context.Context, req hrsource.SnapshotRequest, yield func(hrsource.Record) error) (hrsource.Proof, error) {
	return s.inner.Snapshot(ctx, req, func(r hrsource.Record) error { return yield(s.c.judge(r)) })
}

// judge normalises a record and turns what breaks the rules into problems.
func (c *Checker) judge(r hrsource.Record) hrsource.Record {
	r.Worker = c.Normalize(r.Worker)
	unread := map[string]bool{}
	for _, p := range r.Problems {
		unread[p.Field] = true
	}
	if r.Worker.Key.ID == "" || unread[""] {
		return r // a case as a whole, whatever else is wrong with it
	}
	breaches := slices.DeleteFunc(c.breaches(r.Worker), func(b breach) bool {
		return unread[b.field] || unread["effectiveFrom"] && isAssignment(b.field)
	})
	if len(breaches) == 0 {
		return r
	}
	r.Problems = slices.Clone(r.Problems)
	for _, b := range breaches {
		r.Problems = append(r.Problems, c.problem(b))
	}
	for _, l := range c.allowed {
		if slices.ContainsFunc(breaches, func(b breach) bool { return b.rule == ValueNotAllowed && b.field == l.field }) {
			l.forget(&r.Worker)
		}
	}
	return r
}

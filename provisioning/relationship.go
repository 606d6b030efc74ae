package provisioning

import (
	"time"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
)

// Relationship puts a worker into the terms of policy, as the engine does: so that
// a policy can be tried on the people of a source without an engine. zone is where
// days begin for workers who name none, nil for UTC, and since is when the source first
// told the status and ends the day with which access ends, as in
// [hrsource.Worker.Window].
//
// If the worker can never have access, live is false, and the relationship has no
// place in a subject. The error is that of [hrsource.Worker.Zone].
func Relationship(w hrsource.Worker, zone *time.Location, since time.Time, ends hrsource.EndsWith) (rel policy.Relationship, live bool, err error) {
	start, end, live, err := w.Window(zone, since, ends)
	if err != nil {
		return policy.Relationship{}, false, err
	}
	own, err := w.Zone(zone)
	if err != nil {
		return policy.Relationship{}, false, err
	}
	rel = policy.Relationship{ID: w.Key.String(), Primary: w.Primary, Start: start, End: end, Zone: own, Abrupt: abrupt(w, end)}
	assignments := w.Assignments
	if len(assignments) == 0 {
		assignments = []hrsource.Assignment{{}}
	}
	for _, a := range assignments {
		rel.Spans = append(rel.Spans, policy.Span{From: a.EffectiveFrom.Start(own), Attributes: w.Attributes(a)})
	}
	return rel, live, nil
}

// abrupt reports whether an end was ordered to be immediate.
func abrupt(w hrsource.Worker, end time.Time) bool {
	return w.Involuntary || !end.IsZero() && end.Equal(w.AccessEnd)
}

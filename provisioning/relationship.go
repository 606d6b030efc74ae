package provisioning

import (
	"maps"
	"slices"
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
	from, until, on, err := w.Leave(zone, since)
	if on && (!from.IsZero() || !until.IsZero()) { // otherwise the status says it of all days
		rel.Spans = withLeave(rel.Spans, from, until, w.Status)
	}
	return rel, live, err
}

// withLeave parts spans where a leave begins and ends. Outside of it, status is what is
// told, or active for whom it is told that they are on leave.
func withLeave(spans []policy.Span, from, until time.Time, told hrsource.Status) []policy.Span {
	cuts := []time.Time{{}, from, until}
	for _, s := range spans {
		cuts = append(cuts, s.From)
	}
	slices.SortFunc(cuts, time.Time.Compare)
	if told == hrsource.StatusOnLeave {
		told = hrsource.StatusActive
	}
	var out []policy.Span
	for _, at := range slices.CompactFunc(cuts, time.Time.Equal) {
		span := policy.Span{From: at}
		for i, s := range spans {
			if i == 0 || !s.From.After(at) {
				span.Attributes = maps.Clone(s.Attributes)
			}
		}
		status := told
		if !at.Before(from) && (until.IsZero() || at.Before(until)) {
			status = hrsource.StatusOnLeave
		}
		delete(span.Attributes, "status")
		if status != hrsource.StatusUnknown {
			span.Attributes["status"] = []string{string(status)}
		}
		out = append(out, span)
	}
	return out
}

// abrupt reports whether an end was ordered to be immediate.
func abrupt(w hrsource.Worker, end time.Time) bool {
	return w.Involuntary || !end.IsZero() && end.Equal(w.AccessEnd)
}

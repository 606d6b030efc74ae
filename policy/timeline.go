package policy

import (
	"cmp"
	"slices"
	"time"
)

// liveAt reports whether the relationship gives access at an instant.
func (r *Relationship) liveAt(at time.Time) bool {
	return !at.Before(r.Start) && (r.End.IsZero() || at.Before(r.End))
}

// attributesAt returns the attributes in effect at an instant. The result is not
// to be changed.
func (r *Relationship) attributesAt(at time.Time) Attributes {
	var in Attributes
	for i, span := range r.Spans {
		if i == 0 || !span.From.After(at) {
			in = span.Attributes
		}
	}
	return in
}

func liveAt(s Subject) []*Relationship {
	var live []*Relationship
	for i := range s.Relationships {
		if r := &s.Relationships[i]; r.liveAt(s.At) {
			live = append(live, r)
		}
	}
	return live
}

// primary returns the main one of relationships, of which there must be one.
func primary(live []*Relationship) *Relationship {
	return slices.MinFunc(live, func(a, b *Relationship) int {
		switch {
		case a.Primary != b.Primary && a.Primary:
			return -1
		case a.Primary != b.Primary:
			return 1
		}
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
	})
}

// nextChange returns the first instant after s.At at which a relationship begins
// or ends or, while it is live, its attributes change or the window of a rule
// opens or closes.
func (p *Policy) nextChange(s Subject) time.Time {
	var next time.Time
	for i := range s.Relationships {
		r := &s.Relationships[i]
		consider := func(at time.Time) {
			if at.After(s.At) && (next.IsZero() || at.Before(next)) {
				next = at.UTC()
			}
		}
		if !r.End.IsZero() && !r.Start.Before(r.End) {
			continue // never live
		}
		consider(r.Start)
		consider(r.End)
		for k, span := range r.Spans {
			if k > 0 && r.liveAt(span.From) {
				consider(span.From)
			}
		}
		for _, b := range p.boundaries {
			if at := dayStart(b.day, b.days, r.Zone); r.liveAt(at) {
				consider(at)
			}
		}
	}
	return next
}

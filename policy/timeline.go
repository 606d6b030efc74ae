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

// spanEnd returns the instant at which a span of attributes ended, if it did so at
// an instant or before, while the relationship gave access.
func (r *Relationship) spanEnd(i int, at time.Time) (ended time.Time, over bool) {
	if i+1 >= len(r.Spans) {
		return time.Time{}, false
	}
	ended = r.Spans[i+1].From
	return ended, !ended.After(at) && ended.After(r.Start)
}

// liveAt returns the relationships that give access at s.At, those included whose
// end is bridged.
func (p *Policy) liveAt(s Subject) []*Relationship {
	var live []*Relationship
	for i := range s.Relationships {
		if r := &s.Relationships[i]; p.gives(s, r, s.At) {
			live = append(live, r)
		}
	}
	return live
}

// gives reports whether a relationship gives access at an instant: by itself, or
// because the person's next one begins soon after its end.
func (p *Policy) gives(s Subject, r *Relationship, at time.Time) bool {
	if r.liveAt(at) {
		return true
	}
	if p.bridgeDays == 0 || r.End.IsZero() || at.Before(r.End) || r.Abrupt || r.never() {
		return false
	}
	limit := daysAfter(r.End, p.bridgeDays, r.Zone)
	return slices.ContainsFunc(s.Relationships, func(next Relationship) bool {
		return !next.never() && next.Start.After(at) && !next.Start.After(limit)
	})
}

// over reports whether nothing is given for a relationship from an instant on, whatever
// follows it.
func (p *Policy) over(r *Relationship, at time.Time) bool {
	most := p.bridgeDays + 3 // until something that follows begins, in whatever zone
	if len(p.overlapDays) > 0 {
		most += slices.Max(p.overlapDays)
	}
	return !r.End.IsZero() && !at.Before(daysAfter(r.End, most, r.Zone))
}

// never reports whether the relationship ends before it begins.
func (r *Relationship) never() bool { return !r.End.IsZero() && !r.Start.Before(r.End) }

// soon returns the relationships that begin after s.At, within the most days that
// any account is made ahead, the first one first.
func (p *Policy) soon(s Subject) []*Relationship {
	most := 0
	for _, days := range p.aheads {
		most = max(most, days)
	}
	var soon []*Relationship
	for i := range s.Relationships {
		r := &s.Relationships[i]
		if most > 0 && r.Start.After(s.At) && !r.never() && !s.At.Before(daysBefore(r, most)) {
			soon = append(soon, r)
		}
	}
	slices.SortFunc(soon, func(a, b *Relationship) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID)) })
	return soon
}

// daysBefore returns the beginning of the day some days before the first day of a
// relationship.
func daysBefore(r *Relationship, days int) time.Time { return daysAfter(r.Start, -days, r.Zone) }

// daysAfter returns the beginning of the day some days after the day of an instant.
func daysAfter(at time.Time, days int, zone *time.Location) time.Time {
	return dayStart(dayOf(at, zone), days, zone)
}

// dayOf returns the day of an instant.
func dayOf(at time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	return at.In(zone).Format(time.DateOnly)
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
// or ends, accounts are to be made ahead of it, or, while it gives access or others
// follow it, its attributes change, an overlap ends, the window of a rule opens or
// closes, a request or approval begins to count or ends, or an abrupt end of another one
// was some time ago.
func (p *Policy) nextChange(s Subject) time.Time {
	var next time.Time
	consider := func(at time.Time) {
		if at.After(s.At) && (next.IsZero() || at.Before(next)) {
			next = at.UTC()
		}
	}
	p.factsOf(s, func(at time.Time) {
		if slices.ContainsFunc(s.Relationships, func(r Relationship) bool { return p.gives(s, &r, at) }) {
			consider(at)
		}
	})
	successors := p.succession(s)
	for i := range s.Relationships {
		r := &s.Relationships[i]
		if r.never() {
			continue
		}
		// What rules gave can go on where others follow.
		counts := func(at time.Time) bool {
			return p.gives(s, r, at) || successors != nil && len(successors.after[i]) > 0 && successors.goOn(at)[i]
		}
		overlap := func(ended time.Time) {
			for _, days := range p.overlapDays {
				end := daysAfter(ended, days, r.Zone)
				if end.After(s.At) && (next.IsZero() || end.Before(next)) && counts(end) {
					consider(end)
				}
			}
		}
		consider(r.Start)
		consider(r.End)
		if r.Abrupt && !r.End.IsZero() && slices.ContainsFunc(s.Relationships, func(o Relationship) bool { return p.gives(s, &o, r.calm()) }) {
			consider(r.calm())
		}
		if !r.Start.IsZero() {
			for _, days := range p.aheads {
				consider(daysBefore(r, days))
			}
		}
		for k, span := range r.Spans {
			if k == 0 || !p.gives(s, r, span.From) {
				continue
			}
			consider(span.From)
			overlap(span.From)
		}
		if f, ok := successors.former(i); ok {
			overlap(f.ended)
		}
		p.boundariesOf(r, s.At, func(at time.Time) bool {
			if counts(at) {
				consider(at)
				return true
			}
			return p.over(r, at)
		})
	}
	return next
}

// factsOf calls consider with each instant at which a fact about the person begins
// to count or ends, if the policy reads it.
func (p *Policy) factsOf(s Subject, consider func(time.Time)) {
	for _, q := range s.Requests {
		consider(q.From)
		consider(q.Until)
	}
	for _, a := range s.Approvals {
		if p.readsApprovals {
			consider(a.From)
			consider(a.Until)
		}
	}
}

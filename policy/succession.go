package policy

import (
	"slices"
	"time"
)

// succession is which relationships of a person followed which others so soon that HR
// may have written a transfer like that: rules overlap from one to the next.
type succession struct {
	policy  *Policy
	subject Subject
	after   [][]int // those that followed, by index of the one that they follow
	order   []int   // those that begin last first
}

// former is a relationship that others have followed, with the instant at which the
// first of them began. What held of it until then ended then, as on a transfer.
type former struct {
	*Relationship
	ended time.Time
}

// succession returns nil if nobody follows anybody, or no rule overlaps.
func (p *Policy) succession(s Subject) *succession {
	if len(p.overlapDays) == 0 || len(s.Relationships) < 2 {
		return nil
	}
	var out *succession
	for i := range s.Relationships {
		for k := range s.Relationships {
			if !p.follows(&s.Relationships[k], &s.Relationships[i]) {
				continue
			}
			if out == nil {
				out = &succession{policy: p, subject: s, after: make([][]int, len(s.Relationships))}
			}
			out.after[i] = append(out.after[i], k)
		}
	}
	if out == nil {
		return nil
	}
	for i := range s.Relationships {
		out.order = append(out.order, i)
	}
	slices.SortFunc(out.order, func(a, b int) int {
		return s.Relationships[b].Start.Compare(s.Relationships[a].Start)
	})
	return out
}

// follows reports whether a relationship begins after the end of another, not later
// than a bridge would lead or on the next day of the calendar.
func (p *Policy) follows(next, r *Relationship) bool {
	if r.End.IsZero() || r.Abrupt || r.never() || next.never() || next.Start.Before(r.End) {
		return false
	}
	if next.Start.After(r.End.AddDate(0, 0, p.bridgeDays+3)) {
		return false // whatever the zones
	}
	tomorrow := dayStart(dayOf(r.End.Add(-1), r.Zone), 1, time.UTC)
	return !next.Start.After(daysAfter(r.End, p.bridgeDays, r.Zone)) || dayOf(next.Start, next.Zone) <= dayOf(tomorrow, time.UTC)
}

// former returns a relationship as one that others have followed, if they have.
func (c *succession) former(i int) (f former, ok bool) {
	if c == nil || len(c.after[i]) == 0 {
		return former{}, false
	}
	f.Relationship = &c.subject.Relationships[i]
	for _, k := range c.after[i] {
		if start := c.subject.Relationships[k].Start; f.ended.IsZero() || start.Before(f.ended) {
			f.ended = start
		}
	}
	return f, true
}

// goOn reports, of each relationship, whether it gives access at an instant or has
// been followed by one of which that is so.
func (c *succession) goOn(at time.Time) []bool {
	out := make([]bool, len(c.after))
	for _, i := range c.order {
		out[i] = c.policy.gives(c.subject, &c.subject.Relationships[i], at) || slices.ContainsFunc(c.after[i], func(k int) bool { return out[k] })
	}
	return out
}

// formers returns those relationships that give no access by themselves at an instant,
// and of which rules can go on giving something.
func (c *succession) formers(at time.Time) []former {
	if c == nil {
		return nil
	}
	var out []former
	most := slices.Max(c.policy.overlapDays)
	for i, goes := range c.goOn(at) {
		f, ok := c.former(i)
		if ok && goes && !f.ended.After(at) && at.Before(daysAfter(f.ended, most, f.Zone)) && !c.policy.gives(c.subject, f.Relationship, at) {
			out = append(out, f)
		}
	}
	return out
}

// spanEnd is [Relationship.spanEnd], but for what was in effect when another
// relationship followed: that ended then.
func (f former) spanEnd(i int, at time.Time) (ended time.Time, over bool) {
	if i > 0 && !f.Spans[i].From.Before(f.ended) {
		return time.Time{}, false // it was never in effect
	}
	if i+1 >= len(f.Spans) || !f.Spans[i+1].From.Before(f.ended) {
		return f.ended, !f.ended.After(at)
	}
	return f.Relationship.spanEnd(i, at)
}

package policy

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// window is a time between the beginning of one day and the end of another.
type window struct {
	from, until bound
	bounded     bool // by either
}

// bound is a day, or one that lies days after a date of the relationship; the
// zero bound is none.
type bound struct {
	day       string
	attribute string
	days      int
}

// open reports whether an instant lies in the window, by the attributes of a
// relationship. If a date is missing on which the window depends, it does not.
func (w *window) open(at time.Time, attributes Attributes, zone *time.Location) bool {
	if !w.bounded {
		return true
	}
	if w.from != (bound{}) {
		if start, ok := w.from.start(attributes, zone); !ok || at.Before(start) {
			return false
		}
	}
	if w.until != (bound{}) {
		if end, ok := w.until.after(1).start(attributes, zone); !ok || !at.Before(end) {
			return false
		}
	}
	return true
}

// after returns the bound some days later.
func (b bound) after(days int) bound {
	b.days += days
	return b
}

// start returns the beginning of the day.
func (b bound) start(attributes Attributes, zone *time.Location) (time.Time, bool) {
	day := b.day
	if values := attributes[b.attribute]; b.attribute != "" && len(values) > 0 {
		day = values[0]
	}
	if !isDay(day) {
		return time.Time{}, false
	}
	return dayStart(day, b.days, zone), true
}

var relativeDay = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)(?:\s*([+-])\s*([0-9]{1,6})\s*d)?$`)

// window compiles the fields from and until of what stands at a path.
func (c *compilation) window(path, what, from, until string) window {
	var w window
	var fine [2]bool
	w.from, fine[0] = c.bound(path+".from", from)
	w.until, fine[1] = c.bound(path+".until", until)
	w.bounded = w != (window{})
	for _, b := range []bound{w.from, w.until.after(1)} {
		if b.day != "" || b.attribute != "" {
			c.policy.boundaries = append(c.policy.boundaries, b)
		}
	}
	switch {
	case !fine[0] || !fine[1] || from == "" || until == "":
	case w.from.day != "" && w.until.day != "" && w.until.day < w.from.day:
		c.found.add(path+".until", "the %s ends on %s, before it begins on %s", what, until, from)
	case w.from.attribute != "" && w.from.attribute == w.until.attribute && w.until.days < w.from.days:
		c.found.add(path+".until", "the %s ends on %s, before it begins on %s", what, until, from)
	}
	return w
}

// bound compiles one side of a window: a day, or a date attribute with a number of
// days before or after it.
func (c *compilation) bound(path, text string) (bound, bool) {
	if text == "" {
		return bound{}, true
	}
	if isDay(text) {
		return bound{day: text}, true
	}
	m := relativeDay.FindStringSubmatch(text)
	if m == nil {
		hint := "want one such as 2026-01-31"
		if text[0] < '0' || text[0] > '9' {
			hint = "want one such as 2026-01-31, or days around a date, such as hireDate + 30d"
		}
		c.found.add(path, "%q is not a day; %s", clip(text), hint)
		return bound{}, false
	}
	a, ok := c.known[m[1]]
	switch {
	case !ok:
		c.found.add(path, "unknown attribute %q%s", clip(m[1]), c.spell.didYouMean(m[1], c.dates()))
		return bound{}, false
	case a.Type != TypeDate:
		c.found.add(path, "%s is a %s; a window is bound by a date, such as %s", a.Name, a.Type, c.dates()[0])
		return bound{}, false
	}
	b := bound{attribute: a.Name}
	if m[3] != "" {
		days, err := strconv.Atoi(m[3])
		if err != nil || days > maxOffset {
			c.found.add(path, "%s days; want %d at most", m[3], maxOffset)
			return bound{}, false
		}
		if b.days = days; m[2] == "-" {
			b.days = -days
		}
	}
	c.policy.conditionReads = append(c.policy.conditionReads, a.Name)
	return b, true
}

// dates returns the attributes that are dates, sorted.
func (c *compilation) dates() []string {
	return slices.DeleteFunc(sortedKeys(c.known), func(name string) bool { return c.known[name].Type != TypeDate })
}

func (p *Policy) sortBoundaries() {
	slices.SortFunc(p.boundaries, func(a, b bound) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.attribute, b.attribute), cmp.Compare(a.days, b.days))
	})
	p.boundaries = slices.Compact(p.boundaries)
}

// boundariesOf calls consider with each instant after another at which a window may
// open or close for a relationship: first those that depend on its dates, then days,
// in order, until consider says that it is enough.
func (p *Policy) boundariesOf(r *Relationship, after time.Time, consider func(time.Time) (enough bool)) {
	most := 0
	for _, days := range p.overlapDays {
		most = max(most, days)
	}
	// Those that are days stand at the end, sorted.
	days, _ := slices.BinarySearchFunc(p.boundaries, "0", func(b bound, day string) int { return cmp.Compare(b.day, day) })
	for _, b := range p.boundaries[:days] {
		for i, span := range r.Spans {
			at, ok := b.start(span.Attributes, r.Zone)
			if !ok || i > 0 && at.Before(span.From) || !at.After(after) {
				continue
			}
			// What held in a span counts until the overlap with it is over.
			if i+1 == len(r.Spans) || at.Before(daysAfter(r.Spans[i+1].From, most, r.Zone)) || at.Before(r.Spans[i+1].From) {
				consider(at)
			}
		}
	}
	// A day begins everywhere within two days of when it does in UTC, and a bound may
	// lie a day after its day.
	early := after.UTC().AddDate(0, 0, -4).Format(time.DateOnly)
	first, _ := slices.BinarySearchFunc(p.boundaries[days:], early, func(b bound, day string) int { return cmp.Compare(b.day, day) })
	for _, b := range p.boundaries[days+first:] {
		if at := dayStart(b.day, b.days, r.Zone); at.After(after) && consider(at) {
			return
		}
	}
}

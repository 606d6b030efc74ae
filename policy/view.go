package policy

import (
	"slices"
	"time"

	"github.com/joinery-iam/joinery/policy/internal/logic"
)

// view is what an explanation looks at of one relationship: some attributes, and the
// instant that counts.
type view struct {
	*Relationship
	index      int // of the relationship
	at, now    time.Time
	attributes Attributes
	facts      *facts // for the names that parameters make
	live       bool
	scope      int                 // of formulas
	past       bool                // they are earlier ones
	ended      time.Time           // when those ended
	former     bool                // others have followed the relationship
	tests      map[*condition]test // once asked
	denies     map[*deny]standing
}

// test is a condition that has been asked about a view.
type test struct {
	formula *logic.Formula
	failing []Obstacle // none if it holds
}

// look takes up what there is of each relationship, those first that give access.
func (x *explaining) look(s Subject) {
	x.subject = s
	add := func(i int, at time.Time, attributes Attributes, live, past bool) {
		x.views = append(x.views, &view{
			Relationship: &s.Relationships[i], index: i, at: at, now: s.At, attributes: attributes, facts: &facts{attributes: attributes, policy: x.Policy}, live: live, past: past,
			scope: len(x.views), tests: map[*condition]test{}, denies: map[*deny]standing{},
		})
	}
	for i := range s.Relationships {
		if r := &s.Relationships[i]; x.gives(s, r, s.At) {
			add(i, s.At, r.attributesAt(s.At), true, false)
		}
	}
	x.live = slices.Clone(x.views)
	for i := range s.Relationships {
		r := &s.Relationships[i]
		switch {
		case r.never():
		case r.Start.After(s.At):
			add(i, r.Start, r.attributesAt(r.Start), false, false)
		case !x.gives(s, r, s.At):
			add(i, s.At, r.attributesAt(r.End.Add(-1)), false, false)
		default:
			for k := range r.Spans {
				if ended, over := r.spanEnd(k, s.At); over && len(x.overlapDays) > 0 {
					add(i, s.At, r.Spans[k].Attributes, true, true)
					x.views[len(x.views)-1].ended = ended
				}
			}
		}
	}
	for _, f := range x.succession(s).formers(s.At) {
		i := slices.IndexFunc(x.views, func(v *view) bool { return v.Relationship == f.Relationship })
		for k := range max(1, len(f.Spans)) {
			ended, over := f.spanEnd(k, s.At)
			if !over {
				continue
			}
			var attributes Attributes
			if len(f.Spans) > 0 {
				attributes = f.Spans[k].Attributes
			}
			add(x.views[i].index, s.At, attributes, true, true)
			last := x.views[len(x.views)-1]
			last.ended, last.former = ended, true
		}
	}
}

// value is what conditions see of an attribute; one that does not fit its type is as
// good as missing here, since nobody is decided about by it.
func (x *explaining) value(v logic.Var) any {
	value, err := x.attributes[v.Name].value(x.views[v.Scope].attributes[v.Name])
	if err != nil {
		value, _ = x.attributes[v.Name].value(nil)
	}
	return value
}

// test asks a condition about a view. Where says to what it belongs.
func (x *explaining) test(v *view, c *condition, where string) test {
	if t, ok := v.tests[c]; ok {
		return t
	}
	t := test{formula: x.formula(c.source).In(v.scope)}
	if !x.space.Holds(t.formula, x.value) {
		for _, part := range x.space.Failing(t.formula, x.value) {
			o := Obstacle{Kind: ObstacleCondition, Where: where, Part: part.String()}
			for _, read := range part.Reads() {
				o.Seen = append(o.Seen, v.seen(read.Name))
			}
			t.failing = append(t.failing, o)
		}
	}
	v.tests[c] = t
	return t
}

// formula returns a condition as a formula.
func (x *explaining) formula(when string) *logic.Formula {
	f, err := x.space.Parse(when)
	if err != nil {
		return logic.Unknown(when)
	}
	return f
}

func (v *view) seen(name string) Seen {
	return Seen{Attribute: name, Values: slices.Clone(v.attributes[name])}
}

// shut returns why a window is not open; nothing if it is. by says under which
// condition on dates of the relationship it is open, and fixed that there is none.
func (x *explaining) shut(v *view, w window, where string) (why []Obstacle, by *logic.Formula, fixed bool) {
	by = logic.And()
	if !w.bounded {
		return nil, by, true
	}
	zone := v.Zone
	if zone == nil {
		zone = time.UTC
	}
	today := v.at.In(zone).Format(time.DateOnly)
	limit := func(b bound, op string) *logic.Formula {
		t, err := time.Parse(time.DateOnly, today)
		if err != nil {
			return logic.Unknown(where)
		}
		return x.formula(b.attribute + " " + op + ` "` + t.AddDate(0, 0, -b.days).Format(time.DateOnly) + `"`).In(v.scope)
	}
	fixed = true
	for i, b := range []bound{w.from, w.until} {
		if b == (bound{}) {
			continue
		}
		o := Obstacle{Kind: ObstacleWindow, Where: where}
		if b.attribute != "" {
			fixed, by = false, logic.And(by, limit(b, []string{"<=", ">="}[i]))
			o.Seen = []Seen{v.seen(b.attribute)}
		}
		edge, ok := b.after(i).start(v.attributes, v.Zone)
		switch {
		case !ok:
		case i == 0 && v.at.Before(edge):
			o.From = edge
		case i == 1 && !v.at.Before(edge):
			o.Until = edge
		default:
			continue
		}
		why = append(why, o)
	}
	return why, by, fixed
}

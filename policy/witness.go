package policy

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Witness says whether somebody with one work relationship, the attributes of
// which do not change, can come to violate a separation of duties by the rules
// alone: without exceptions and requests, and with all approvals that single
// entitlements and roles require.
type Witness struct {
	// Separation is its name.
	Separation string
	Verdict    Verdict
	// Subject is somebody about whom the policy decides that they violate the
	// separation, if that is possible.
	Subject Subject
	// Rules are those that give the sides, sorted.
	Rules []string
	// Doubt says why it is unclear.
	Doubt string

	cut bool // it was too long a search
}

// Verdict is whether something can be.
type Verdict string

// The verdicts.
const (
	// Possible means that there is a witness.
	Possible Verdict = "possible"
	// Impossible means that there can be none.
	Impossible Verdict = "impossible"
	// Unclear means that none was found, and that it cannot be told whether there is
	// one.
	Unclear Verdict = "unclear"
)

// Witnesses looks for somebody who violates a separation of duties, and returns
// what it found of each, in the order of the policy. Whom it returns has been
// decided about. The search is bounded and looks at nothing but the policy; its
// error is that of ctx.
func (p *Policy) Witnesses(ctx context.Context) ([]Witness, error) {
	out := make([]Witness, 0, len(p.separations))
	left := maxSearched
	for i := range p.separations {
		w := &witnessing{Policy: p, ctx: ctx, separation: &p.separations[i], most: min(left, maxSteps)}
		found := w.search()
		left -= w.steps
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out = append(out, found)
	}
	return out, nil
}

// witnessing is the search for one witness.
type witnessing struct {
	*Policy
	ctx        context.Context // of the search
	separation *separation
	steps      int
	most       int // steps
	doubt      string
}

// search tries every choice of more sides than may be held, and of the ways to
// them.
func (w *witnessing) search() Witness {
	out := Witness{Separation: w.separation.name}
	sides := make([][]way, len(w.separation.sides))
	for i, s := range w.separation.sides {
		sides[i] = w.ways(s)
	}
	if s, rules, ok := w.choose(sides, w.separation.atMost+1, nil); ok {
		out.Verdict, out.Subject, out.Rules = Possible, s, rules
		return out
	}
	if out.Verdict = Impossible; w.doubt != "" {
		out.Verdict, out.Doubt, out.cut = Unclear, w.doubt, w.steps > w.most
	}
	return out
}

// choose picks ways to as many sides as are wanted, and solves what they demand.
func (w *witnessing) choose(sides [][]way, wanted int, chosen []way) (Subject, []string, bool) {
	if wanted == 0 {
		return w.solve(chosen)
	}
	for i := range sides {
		if len(sides)-i < wanted {
			break
		}
		for _, one := range sides[i] {
			if s, rules, ok := w.choose(sides[i+1:], wanted-1, append(slices.Clip(chosen), one)); ok {
				return s, rules, true
			}
			if w.exhausted() {
				return Subject{}, nil, false
			}
		}
	}
	return Subject{}, nil, false
}

func (w *witnessing) exhausted() bool {
	switch {
	case w.steps <= w.most:
	case w.most < maxSteps:
		w.doubts("the search takes more than %d steps for all separations", maxSearched)
	default:
		w.doubts("the search takes more than %d steps", maxSteps)
	}
	return w.steps > w.most || w.ctx.Err() != nil
}

// doubts notes the first reason for which nothing found is not nothing there.
func (w *witnessing) doubts(format string, args ...any) {
	if w.doubt == "" {
		w.doubt = fmt.Sprintf(format, args...)
	}
}

// solve looks for an instant and attributes for which some ways hold together.
func (w *witnessing) solve(ways []way) (Subject, []string, bool) {
	q := question{witnessing: w, base: Subject{Person: "witness"}, literals: map[string][]string{}}
	var rules []string
	for _, one := range ways {
		rules = appendNew(rules, one.rule.name)
		q.demand(one)
	}
	slices.Sort(rules)
	q.demanded = len(q.windows)
	// Whoever is denied is no witness, so what denies read matters as well.
	for i := range w.denies {
		q.read(w.denies[i].when, "deny "+w.denies[i].name)
		q.bounds(w.denies[i].window, "deny "+w.denies[i].name)
	}
	for _, day := range q.days() {
		if s, ok := q.at(day); ok {
			return s, rules, true
		}
	}
	return Subject{}, nil, false
}

// noon returns an instant of a day.
func noon(day string) time.Time { return dayStart(day, 0, time.UTC).Add(12 * time.Hour) }

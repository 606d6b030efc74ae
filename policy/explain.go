package policy

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/policy/internal/logic"
)

// Explain says why a person has an entitlement at s.At, or why not. It agrees with
// [Policy.Evaluate], by which every change that it proposes has been decided. The
// work is bounded. It returns an error if there is no decision about the person, since
// an attribute has a value that does not fit its type, and that of ctx.
func (p *Policy) Explain(ctx context.Context, s Subject, e Entitlement) (Explanation, error) {
	return p.explain(ctx, s, target{entitlement: e})
}

// ExplainAccount says the same of the account in a system, which somebody has who has
// any entitlement there, or is about to.
func (p *Policy) ExplainAccount(ctx context.Context, s Subject, system string) (Explanation, error) {
	return p.explain(ctx, s, target{system: system})
}

// target is what is explained: one entitlement, or an account in a system.
type target struct {
	entitlement Entitlement
	system      string
}

func (t target) matches(e Entitlement) bool {
	if t.system != "" {
		return e.System == t.system
	}
	return e == t.entitlement
}

// explaining is the work on one explanation, or on what is so at another instant.
type explaining struct {
	*Policy
	target  target
	space   *logic.Space
	subject Subject
	out     Explanation

	work     *deciding
	views    []*view // those of live first
	live     []*view
	routes   []route
	leading  map[*role]bool
	compared map[string][]string // literals by attribute
	denying  map[Entitlement]map[*deny]bool
	lifts    map[string]bool // by deny, once asked
	steps    int
	// What is said of a route, of all.
	over, under bool
}

func newExplaining(ctx context.Context, p *Policy, s Subject, t target) *explaining {
	x := &explaining{
		Policy: p, work: &deciding{ctx: ctx}, target: t, space: p.space(), leading: map[*role]bool{}, compared: map[string][]string{},
		denying: map[Entitlement]map[*deny]bool{}, lifts: map[string]bool{},
	}
	x.out = Explanation{Person: s.Person, At: s.At, Entitlement: t.entitlement, System: t.system}
	x.look(s)
	return x
}

func (p *Policy) explain(ctx context.Context, s Subject, t target) (Explanation, error) {
	d, err := p.Evaluate(ctx, s)
	if err != nil {
		if ctx.Err() != nil {
			return Explanation{}, err
		}
		return Explanation{}, fmt.Errorf("there is no decision about the person, and so nothing to explain: %w", err)
	}
	x := newExplaining(ctx, p, s, t)
	x.search(d)
	if x.given(d); !x.out.Given {
		x.tell()
		x.absent()
		x.unheard()
	}
	x.requestables()
	x.change(ctx)
	x.ahead(ctx, d)
	return x.out, ctx.Err()
}

// search finds all routes, with what keeps each back.
func (x *explaining) search(d Decision) {
	for _, v := range x.views {
		before := len(x.routes)
		if x.walk(v); v.live && !v.past {
			continue
		}
		kept := x.routes[:before]
		for _, r := range x.routes[before:] {
			// Of a relationship that gives no access, and of earlier attributes, counts
			// only what nothing else keeps back.
			if len(r.obstacles) > 0 {
				continue
			}
			r.spare = v.past && slices.ContainsFunc(kept, func(other route) bool { return x.repeats(r, other) })
			if r.when = logic.And(); !v.live {
				r.when = logic.Or()
			}
			kept = append(kept, r)
		}
		x.routes = kept
	}
	for i := range x.routes {
		if x.routes[i].view.live {
			x.takeBack(&x.routes[i])
		}
	}
	x.separate(d)
	if x.work.spent() {
		x.out.More, x.over, x.under = true, true, true
	}
}

// repeats reports whether another route is of the same rule, and holds by itself.
func (x *explaining) repeats(r, other route) bool {
	return !other.view.past && other.why.Rule == r.why.Rule && (r.view.former || other.why.Relationship == r.why.Relationship) && x.alike(other.why.Roles, r.why.Roles) &&
		other.entitlement == r.entitlement && len(other.obstacles) == 0
}

// given notes what a decision gives, and why.
func (x *explaining) given(d Decision) {
	for _, g := range d.Grants {
		if !x.target.matches(g.Entitlement) {
			continue
		}
		for _, why := range g.Reasons {
			one := Lead{Reason: why, Given: true}
			if x.target.system != "" {
				one.Entitlement = g.Entitlement
			} else {
				x.out.Approval, x.out.Lifted = g.Approval, slices.Clone(g.Lifted)
			}
			x.out.Leads = append(x.out.Leads, one)
		}
	}
	for _, a := range d.Accounts {
		if a.System != x.target.system {
			continue
		}
		if x.out.Disabled = a.Disabled; a.Disabled == Ahead {
			for _, why := range a.Reasons {
				x.out.Leads = append(x.out.Leads, Lead{Reason: why, Given: true})
			}
		}
	}
	x.out.Given = len(x.out.Leads) > 0
}

// absent notes the relationships that give no access.
func (x *explaining) absent() {
	for i := range x.subject.Relationships {
		r := &x.subject.Relationships[i]
		if x.gives(x.subject, r, x.subject.At) {
			continue
		}
		one := Absence{Relationship: r.ID, Until: r.End}
		if r.never() || r.Start.After(x.subject.At) {
			one.From = r.Start
		}
		if r.Start.After(x.subject.At) && !r.never() {
			one.Until = time.Time{}
		}
		x.out.Absent = append(x.out.Absent, one)
	}
}

// unheard says what may have been meant if nothing leads to it.
func (x *explaining) unheard() {
	if len(x.out.Leads) > 0 {
		return
	}
	if t := x.target; t.system != "" {
		if _, ok := x.accounts[t.system]; !ok {
			x.out.Nearest = nearest(t.system, sortedKeys(x.accounts))
		}
		return
	}
	var names []string
	known := false
	add := func(e Entitlement) {
		known = known || e == x.target.entitlement
		names = append(names, e.String())
	}
	gifts := func(list []bundle) {
		for _, b := range list {
			for _, g := range b.grants {
				if len(g.name.parts) == 0 {
					add(g.entitlement)
				}
			}
		}
	}
	for _, name := range sortedKeys(x.roles) {
		if gifts(x.roles[name].bundles); x.leads(x.roles[name]) {
			x.out.Roles = append(x.out.Roles, name)
		}
	}
	for i := range x.rules {
		gifts(x.rules[i].varying)
		for _, list := range x.rules[i].gives {
			for _, g := range list {
				add(g.entitlement)
			}
		}
	}
	for i := range x.exceptions {
		for _, list := range x.exceptions[i].gives {
			for _, g := range list {
				if !x.target.matches(g.entitlement) {
					add(g.entitlement)
				}
			}
		}
	}
	if !known && len(x.out.Roles) == 0 {
		x.out.Nearest = nearest(x.target.entitlement.String(), names)
	}
}

// requestables notes whether it may be asked for.
func (x *explaining) requestables() {
	if x.out.Given || x.target.system != "" {
		return
	}
	x.out.Requestable = x.requestable(x.target.entitlement, Reason{})
	for _, name := range sortedKeys(x.roles) {
		x.out.Requestable = x.out.Requestable || x.roles[name].requestable && x.leads(x.roles[name])
	}
}

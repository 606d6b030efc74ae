package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/policy/internal/logic"
)

const (
	maxRoutes    = 2_000 // that are looked at
	maxLeads     = 100   // that are told
	maxObstacles = 100   // of one, if more denies than that take it back
)

// route is one way through the policy by which something is given, or could be.
type route struct {
	why         Reason
	entitlement Entitlement
	view        *view
	obstacles   []Obstacle
	spare       bool // as long as the rule gives the same by itself
	// when is on what attributes it depends, and stuck says that no attributes help.
	when  *logic.Formula
	stuck bool
	// over says that it may hold though the route gives nothing, under that the route
	// may give something though it does not.
	over, under bool

	names    []instance // of the role that it has come to
	symbols  map[string]symbol
	reads    []string // attributes on which names depend
	nameless bool     // no instance is left
}

// with returns the route with more on it; what it had is shared and not changed.
func (r route) with(when *logic.Formula, obstacles ...Obstacle) route {
	r.when = logic.And(r.when, when)
	r.obstacles = append(slices.Clip(r.obstacles), obstacles...)
	return r
}

// through returns the route with the demands of a condition; nil demands nothing.
func (x *explaining) through(r route, c *condition, where string) route {
	if c == nil {
		return r
	}
	t := x.test(r.view, c, where)
	return r.with(t.formula, t.failing...)
}

// within returns the route with the demands of a window.
func (x *explaining) within(r route, w window, where string) route {
	why, by, fixed := x.shut(r.view, w, where)
	out := r.with(by, why...)
	out.stuck = r.stuck || fixed && len(why) > 0
	if !fixed && r.view.Zone != nil {
		out.over, out.under = true, true // days may begin at odd times there
	}
	return out
}

// emit keeps a route that has come to an entitlement.
func (x *explaining) emit(r route, e Entitlement) {
	if len(x.routes) >= maxRoutes {
		x.out.More, x.under = true, true
		return
	}
	r.entitlement = e
	x.routes = append(x.routes, r)
}

// walk finds the routes of a view.
func (x *explaining) walk(v *view) {
	start := route{why: Reason{Relationship: v.ID, Overlap: v.past}, view: v, when: logic.And()}
	for i := range x.rules {
		rule := &x.rules[i]
		if v.past && !x.lingers(v, rule) || !x.couldGive(rule.gives, rule.varying) {
			continue
		}
		from, where := start, "rule "+rule.name
		from.why.Rule = rule.name
		from = x.through(x.within(from, rule.window, where), rule.when, where)
		x.along(from, rule.gives, rule.varying, where, len(rule.varying)-len(x.doc.Rules[i].AddOns))
	}
	if v.past {
		return
	}
	for i := range x.exceptions {
		e := &x.exceptions[i]
		if !about(e.person, e.relationship, x.subject, v.Relationship) || !x.couldGive(e.gives, e.varying) {
			continue
		}
		from, where := start, "exception "+e.name
		from.why.Exception = e.name
		x.along(x.within(from, e.window, where), e.gives, e.varying, where, len(e.varying))
	}
	for _, q := range x.subject.Requests {
		x.requested(start, q)
	}
}

// lingers reports whether the days of a rule's overlap with a view of earlier
// attributes are not over.
func (x *explaining) lingers(v *view, r *rule) bool {
	return r.overlap > 0 && v.at.Before(daysAfter(v.ended, r.overlap, v.Zone))
}

// requested follows a request.
func (x *explaining) requested(from route, q Request) {
	from.why.Request = q.ID
	where := "request " + q.ID
	if o := (Obstacle{Kind: ObstacleWindow, Where: where}); !within(x.subject.At, q.From, q.Until) {
		if x.subject.At.Before(q.From) {
			o.From = q.From
		} else {
			o.Until = q.Until
		}
		from = from.with(logic.And(), o)
		from.stuck = true
	}
	if q.Role == "" {
		if x.target.matches(q.Entitlement) {
			x.emit(from, q.Entitlement)
		}
		return
	}
	role, ok := x.roles[q.Role]
	if !ok || !q.sound() {
		return
	}
	ref := reference{role: role}
	for _, name := range role.parameters {
		ref.with = append(ref.with, template{parts: []part{{text: q.With[name]}}})
	}
	x.follow(from, bundle{roles: []reference{ref}}, where)
}

// couldGive reports whether anything that a rule or exception gives may be meant.
func (x *explaining) couldGive(gives [][]given, varying []bundle) bool {
	return slices.ContainsFunc(gives, func(list []given) bool {
		return slices.ContainsFunc(list, func(g given) bool { return x.target.matches(g.entitlement) })
	}) || slices.ContainsFunc(varying, x.couldLead)
}

func (x *explaining) couldLead(b bundle) bool {
	return slices.ContainsFunc(b.grants, x.couldBe) || slices.ContainsFunc(b.roles, func(r reference) bool { return x.leads(r.role) })
}

// leads reports whether a role may give what is meant, or inherit it. There are no
// circles.
func (x *explaining) leads(r *role) bool {
	is, ok := x.leading[r]
	if !ok {
		is = slices.ContainsFunc(r.bundles, x.couldLead)
		x.leading[r] = is
	}
	return is
}

// couldBe reports whether the name of a gift, which may depend on parameters, can be
// one that is meant.
func (x *explaining) couldBe(g gift) bool {
	t := x.target
	if len(g.name.parts) == 0 || t.system != "" {
		return t.matches(g.entitlement)
	}
	first, last := g.name.parts[0], g.name.parts[len(g.name.parts)-1]
	e := t.entitlement
	return e.System == g.entitlement.System && e.Kind == g.entitlement.Kind &&
		(first.source != "" || strings.HasPrefix(e.Name, strings.TrimLeft(first.text, " \t"))) &&
		(last.source != "" || strings.HasSuffix(e.Name, strings.TrimRight(last.text, " \t")))
}

// along follows what a rule or exception gives. Its add-ons begin at a place among
// what varies.
func (x *explaining) along(from route, gives [][]given, varying []bundle, where string, addOns int) {
	for _, list := range gives {
		for _, g := range list {
			if x.target.matches(g.entitlement) {
				one := from
				one.why.Roles = slices.Clone(g.roles)
				x.emit(one, g.entitlement)
			}
		}
	}
	for i, b := range varying {
		of := where
		if i >= addOns {
			of = fmt.Sprintf("add-on %d of %s", i-addOns+1, where)
		}
		x.follow(from, b, of)
	}
}

// follow finds the routes through a bundle.
func (x *explaining) follow(from route, b bundle, where string) {
	if x.steps++; x.steps > maxSteps || len(x.routes) >= maxRoutes {
		x.out.More, x.under = true, true
		return
	}
	if !x.couldLead(b) {
		return
	}
	from = x.through(x.within(from, b.window, where), b.when, where)
	for _, g := range b.grants {
		switch {
		case !x.couldBe(g):
		case len(g.name.parts) == 0:
			x.emit(from, g.entitlement)
		default:
			x.named(from, g)
		}
	}
	for _, ref := range b.roles {
		if !x.leads(ref.role) {
			continue
		}
		role := "role " + ref.role.name
		next := x.through(x.instances(from, ref), ref.role.when, role)
		next.why.Roles = append(slices.Clip(from.why.Roles), ref.role.name)
		for i, inner := range ref.role.bundles {
			of := role
			if i > 0 {
				of = fmt.Sprintf("add-on %d of %s", i, role)
			}
			x.follow(next, inner, of)
		}
	}
}

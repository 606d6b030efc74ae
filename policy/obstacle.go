package policy

import (
	"cmp"
	"slices"

	"github.com/joinery-iam/joinery/policy/internal/logic"
)

// takeBack adds to a route what takes back what comes by it, but for separations.
func (x *explaining) takeBack(r *route) {
	info := x.info(r.entitlement)
	lacking := func(o Obstacle) {
		r.obstacles, r.stuck = append(slices.Clip(r.obstacles), o), true
	}
	if _, ok := x.subject.approval(func(a Approval) bool { return a.Entitlement == r.entitlement }); info.Approval && !ok {
		lacking(Obstacle{Kind: ObstacleApproval, Where: r.entitlement.String()})
	}
	for _, name := range r.why.Roles {
		if _, ok := x.subject.approval(func(a Approval) bool { return a.Role == name }); x.roles[name].approval && !ok {
			lacking(Obstacle{Kind: ObstacleApproval, Where: "role " + name, Role: name})
		}
	}
	if r.why.Request != "" && !x.requestable(r.entitlement, r.why) {
		lacking(Obstacle{Kind: ObstacleRequest, Where: "request " + r.why.Request})
	}
	if role := x.unsaid(r.entitlement, info.Sensitivity, r.why.Roles); info.Sensitivity != "" && role != "" {
		lacking(Obstacle{Kind: ObstacleSensitivity, Where: "role " + role, Role: role})
	}
	all := []*logic.Formula{r.when}
	for i := range x.denies {
		all = append(all, x.deny(r, &x.denies[i])...)
	}
	r.when = logic.And(all...)
}

// deny adds a deny to a route, if it holds for any relationship that gives access,
// and returns what keeps it from holding.
func (x *explaining) deny(r *route, d *deny) (keeps []*logic.Formula) {
	role := ""
	if !x.denied(r.entitlement)[d] {
		k := slices.IndexFunc(r.why.Roles, func(role string) bool { return slices.Contains(d.roles, role) })
		if k < 0 {
			return nil
		}
		role = r.why.Roles[k]
	}
	if x.lifted(d.name) {
		return nil
	}
	for _, v := range x.live {
		is := x.ask(v, d)
		r.over, r.under = r.over || is.odd, r.under || is.odd
		if is.keep != nil {
			keeps = append(keeps, is.keep)
		}
		switch {
		case is.obstacle == nil:
		case len(r.obstacles) >= maxObstacles:
			x.out.More = true
		default:
			o := *is.obstacle
			o.Role = role
			r.obstacles = append(slices.Clip(r.obstacles), o)
		}
	}
	return keeps
}

// denied returns the denies of which the grants match an entitlement.
func (x *explaining) denied(e Entitlement) map[*deny]bool {
	out, ok := x.denying[e]
	if ok {
		return out
	}
	out = map[*deny]bool{}
	for i := range x.denies {
		if slices.ContainsFunc(x.denies[i].grants, func(p pattern) bool { return p.matches(e) }) {
			out[&x.denies[i]] = true
		}
	}
	x.denying[e] = out
	return out
}

// standing is what comes of a deny for a view.
type standing struct {
	obstacle *Obstacle      // if it holds
	keep     *logic.Formula // what keeps it from holding; nil if it cannot hold
	odd      bool           // days may begin at odd times
}

// ask asks a deny about a view.
func (x *explaining) ask(v *view, d *deny) standing {
	if is, ok := v.denies[d]; ok {
		return is
	}
	where := "deny " + d.name
	shut, by, fixed := x.shut(v, d.window, where)
	t := x.test(v, d.when, where)
	is := standing{odd: !fixed && v.Zone != nil}
	if !fixed || len(shut) == 0 {
		is.keep = logic.Not(logic.And(by, t.formula))
	}
	if len(shut) == 0 && len(t.failing) == 0 {
		o := Obstacle{Kind: ObstacleDeny, Where: where, Part: d.when.source}
		for _, name := range d.when.reads {
			s := v.seen(name)
			s.Relationship = v.ID
			o.Seen = append(o.Seen, s)
		}
		if end, ok := d.window.until.after(1).start(v.attributes, v.Zone); ok && d.window.until != (bound{}) {
			o.Until = end
		}
		is.obstacle = &o
	}
	v.denies[d] = is
	return is
}

// lifted reports whether an exception lifts a deny for the person.
func (x *explaining) lifted(deny string) bool {
	is, known := x.lifts[deny]
	if known {
		return is
	}
	for i := range x.exceptions {
		e := &x.exceptions[i]
		if !slices.Contains(e.lifts, deny) {
			continue
		}
		for _, v := range x.live {
			if !about(e.person, e.relationship, x.subject, v.Relationship) {
				continue
			}
			shut, _, fixed := x.shut(v, e.window, "exception "+e.name)
			is = is || len(shut) == 0
			if !fixed {
				x.over, x.under = true, true
			}
		}
	}
	x.lifts[deny] = is
	return is
}

// separate adds separations to routes that nothing else keeps back, by what was
// decided, and notes that some may matter.
func (x *explaining) separate(d Decision) {
	for i := range x.routes {
		r := &x.routes[i]
		var by []Obstacle
		for k := range x.separations {
			by = append(by, x.withheld(r, &x.separations[k], d)...)
		}
		if len(r.obstacles) == 0 {
			r.obstacles = by
		}
	}
}

func (x *explaining) withheld(r *route, sep *separation, d Decision) (by []Obstacle) {
	if sep.action == Record {
		return nil
	}
	at := slices.IndexFunc(d.Violations, func(v Violation) bool { return v.Separation == sep.name })
	for n, s := range sep.sides {
		role, ok := s.member(r)
		if !ok {
			continue
		}
		r.over = true // by what others give
		if at < 0 || !r.view.live || !slices.ContainsFunc(d.Violations[at].Sides, func(h HeldSide) bool { return h.Side == n && h.Withheld }) {
			continue
		}
		o := Obstacle{Kind: ObstacleSeparation, Where: "separation " + sep.name, Role: role}
		for _, h := range d.Violations[at].Sides {
			for _, e := range h.Entitlements {
				if h.Side != n {
					o.Names = appendNew(o.Names, e.String())
				}
			}
		}
		by = append(by, o)
	}
	return by
}

// member reports whether a route is one by which a side is held, with the role that
// counts, if it is one.
func (s side) member(r *route) (role string, ok bool) {
	if slices.ContainsFunc(s.grants, func(p pattern) bool { return p.matches(r.entitlement) }) {
		return "", true
	}
	i := slices.IndexFunc(r.why.Roles, func(role string) bool { return slices.Contains(s.roles, role) })
	if i < 0 {
		return "", false
	}
	return r.why.Roles[i], true
}

// tell turns routes of which none gives anything into what is told of them.
func (x *explaining) tell() {
	var out []Lead
	for _, r := range x.routes {
		if r.spare || len(r.obstacles) == 0 && r.view.live {
			continue // what gives is among the reasons of the decision
		}
		one := Lead{Reason: r.why, Obstacles: r.told()}
		if one.Roles = slices.Clone(one.Roles); x.target.system != "" {
			one.Entitlement = r.entitlement
		}
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(a, b Lead) int {
		return cmp.Or(cmp.Compare(len(a.Obstacles), len(b.Obstacles)), cmp.Compare(len(a.Roles), len(b.Roles)), compareReasons(a.Reason, b.Reason), a.Entitlement.Compare(b.Entitlement))
	})
	for _, one := range out {
		if !slices.ContainsFunc(x.out.Leads, func(l Lead) bool { return l.outdoes(one) }) {
			x.out.Leads = append(x.out.Leads, one)
		}
	}
	slices.SortStableFunc(x.out.Leads, func(a, b Lead) int {
		return cmp.Or(cmp.Compare(len(a.Obstacles), len(b.Obstacles)), compareReasons(a.Reason, b.Reason), a.Entitlement.Compare(b.Entitlement))
	})
	if len(x.out.Leads) > maxLeads {
		x.out.Leads, x.out.More = x.out.Leads[:maxLeads], true
	}
}

// outdoes reports whether another way of the same origin lacks all that this one
// does.
func (l Lead) outdoes(other Lead) bool {
	a, b := l.Reason, other.Reason
	a.Roles, b.Roles = nil, nil
	return compareReasons(a, b) == 0 && l.Entitlement == other.Entitlement &&
		!slices.ContainsFunc(l.Obstacles, func(o Obstacle) bool { return !slices.ContainsFunc(other.Obstacles, o.same) })
}

// told returns the obstacles, each once, with the bounds of a relationship that gives
// no access before them.
func (r route) told() []Obstacle {
	var out []Obstacle
	if v := r.view; !v.live {
		o := Obstacle{Kind: ObstacleRelationship, Where: "relationship " + v.ID}
		if v.Start.After(v.now) {
			o.From = v.Start
		} else {
			o.Until = v.End
		}
		out = append(out, o)
	}
	for _, o := range r.obstacles {
		if !slices.ContainsFunc(out, o.same) {
			out = append(out, o)
		}
	}
	return out
}

func (o Obstacle) same(other Obstacle) bool {
	seen := func(a, b Seen) bool { return a.Relationship == b.Relationship && a.Attribute == b.Attribute }
	return o.Kind == other.Kind && o.Where == other.Where && o.Role == other.Role && o.Part == other.Part && slices.EqualFunc(o.Seen, other.Seen, seen)
}

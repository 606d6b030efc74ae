package policy

import "slices"

// special returns the roles that matter beside what they give: those that denies or
// separations of duties name, and those that need approval. Each way through other
// such roles is a way of its own, since what takes one away leaves the others.
func (d *Document) special() map[string]bool {
	out := map[string]bool{}
	for name, r := range d.Roles {
		if r.Approval {
			out[name] = true
		}
	}
	for _, one := range d.Denies {
		for _, name := range one.Roles {
			out[name] = true
		}
	}
	for _, s := range d.Separation {
		for _, one := range s.Between {
			for _, name := range one.Roles {
				out[name] = true
			}
		}
	}
	return out
}

// path is how one comes to a role.
type path struct {
	roles []string // outermost first, the last one included
	// marks are the special roles among them. There are no circles, so that two paths
	// through the same ones have them in the same order.
	marks string
}

// marks returns those of a path that goes on to a role.
func (p *Policy) marks(before path, role string) string {
	if p.special[role] {
		return before.marks + "\x00" + role
	}
	return before.marks
}

// alike reports whether two paths lead through the same special roles.
func (p *Policy) alike(a, b []string) bool {
	return p.marksOf(a) == p.marksOf(b)
}

func (p *Policy) marksOf(roles []string) string {
	var out path
	for _, role := range roles {
		out.marks = p.marks(out, role)
	}
	return out.marks
}

// to returns the path that goes on to a role, with its marks.
func (p path) to(role, marks string) path {
	return path{append(slices.Clone(p.roles), role), marks}
}

// climb calls visit with each bundle of a role and of those above it, whatever the
// facts, and with the shortest path to it for each set of special roles on the way,
// until visit returns false.
func (p *Policy) climb(name string, visit func(path []string, b *bundle) (further bool)) {
	queue := []path{path{}.to(name, p.marks(path{}, name))}
	seen := map[[2]string]bool{{name, queue[0].marks}: true}
	for len(queue) > 0 {
		one := queue[0]
		queue = queue[1:]
		r := p.roles[one.roles[len(one.roles)-1]]
		for i := range r.bundles {
			if !visit(one.roles, &r.bundles[i]) {
				return
			}
			for _, above := range r.bundles[i].roles {
				marks := p.marks(one, above.role.name)
				if key := [2]string{above.role.name, marks}; !seen[key] {
					seen[key] = true
					queue = append(queue, one.to(above.role.name, marks))
				}
			}
		}
	}
}

package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/joinery-iam/joinery/policy/internal/logic"
)

// symbol is a parameter by the one attribute that it comes from, with what stands
// around that.
type symbol struct {
	attribute      string
	before, behind string
	filters        []filter
}

// instances returns the route with the values of a role's parameters.
func (x *explaining) instances(from route, ref reference) route {
	if len(ref.with) == 0 {
		// A role without parameters is there as often as the one that gives it: once or
		// not at all.
		if !from.nameless {
			from.names = []instance{{role: ref.role}}
		}
		from.symbols, from.reads = nil, nil
		return from
	}
	expand := expansion{policy: x.Policy, work: x.work}
	before := from.names
	if before == nil && !from.nameless {
		before = []instance{{}}
	}
	var names []instance
	had := map[string]bool{}
	for _, one := range before {
		combinations, err := expand.values(ref, one, from.view.facts)
		if err != nil {
			continue // a value that nothing can be named by
		}
		for _, values := range combinations {
			key := strings.Join(values, "\x00")
			if had[key] || len(names) >= maxInstances {
				continue
			}
			had[key] = true
			names = append(names, instance{role: ref.role, values: values})
		}
	}
	out := from
	out.symbols, out.reads = map[string]symbol{}, nil
	for i, t := range ref.with {
		name := ref.role.parameters[i]
		reads := factsOf(t)
		if slices.ContainsFunc(t.parts, func(p part) bool { return p.source == sourceParameter }) {
			reads = append(reads, from.reads...)
		}
		for _, attribute := range reads {
			out.reads = appendNew(out.reads, attribute)
			out.over = true // whether there are values is not said by any condition
		}
		if sym, ok := symbolOf(t, from.symbols); ok {
			out.symbols[name] = sym
		}
		lacks := !slices.ContainsFunc(before, func(one instance) bool {
			values, err := t.name(inputs{facts: from.view.attributes, parameters: one.parameters(), work: x.work})
			return err == nil && len(values) > 0
		})
		if lacks && !from.nameless {
			o := Obstacle{Kind: ObstacleParameter, Where: fmt.Sprintf("parameter %s of role %s", name, ref.role.name)}
			for _, attribute := range reads {
				o.Seen = append(o.Seen, from.view.seen(attribute))
			}
			out = out.with(x.present(from.view, reads), o)
		}
	}
	out.names, out.nameless = names, len(names) == 0
	return out
}

// present returns what it takes for attributes to have values.
func (x *explaining) present(v *view, names []string) *logic.Formula {
	out := logic.And()
	for _, name := range names {
		text := name + ` != ""`
		switch x.attributes[name].Type {
		case TypeList:
			text = "len(" + name + ") > 0"
		case TypeNumber, TypeDate:
			text = name + " != nil"
		case TypeBool:
			continue // either may do
		}
		out = logic.And(out, x.formula(text).In(v.scope))
	}
	return out
}

func factsOf(t template) []string {
	var out []string
	for _, p := range t.parts {
		if p.source == sourceFact {
			out = appendNew(out, p.name)
		}
	}
	return out
}

// symbolOf returns the one attribute that a template comes from, if it is one.
func symbolOf(t template, above map[string]symbol) (symbol, bool) {
	var out symbol
	found := false
	for _, p := range t.parts {
		switch {
		case p.source == "" && !found:
			out.before += p.text
		case p.source == "":
			out.behind += p.text
		case found:
			return out, false
		case p.source == sourceParameter:
			inner, ok := above[p.name]
			if !ok || len(p.filters) > 0 && inner.before+inner.behind != "" {
				return out, false
			}
			out = symbol{attribute: inner.attribute, filters: slices.Concat(inner.filters, p.filters), before: out.before + inner.before, behind: inner.behind}
			found = true
		default:
			out.attribute, out.filters, found = p.name, p.filters, true
		}
	}
	return out, found
}

// named keeps a route to a gift with a name that depends on parameters, if that is,
// or could be, one that is meant.
func (x *explaining) named(from route, g gift) {
	var names distinct
	for _, one := range from.names {
		made, ok, err := g.render(one, x.work)
		switch {
		case err != nil || !ok:
		case !x.target.matches(made):
			names.add(made.String())
		case len(from.reads) == 0:
			x.emit(from, made)
			return
		default:
			x.emit(x.naming(from, g, made.Name), made)
			if x.target.system == "" {
				return
			}
		}
	}
	if len(from.reads) == 0 || x.target.system != "" && len(from.names) > 0 {
		return
	}
	e := x.target.entitlement
	if x.target.system != "" {
		e = g.entitlement
		e.Name = g.name.written()
	}
	if !from.nameless {
		of := g.entitlement
		of.Name = g.name.written()
		o := Obstacle{Kind: ObstacleParameter, Where: "role " + from.why.Roles[len(from.why.Roles)-1], Part: of.String(), Names: names.list}
		for _, attribute := range from.reads {
			o.Seen = append(o.Seen, from.view.seen(attribute))
		}
		from = from.with(logic.And(), o)
	}
	x.emit(x.naming(from, g, x.target.entitlement.Name), e)
}

// written is the template as people write it, without its filters.
func (t template) written() string {
	var out strings.Builder
	for _, p := range t.parts {
		if p.source == "" {
			out.WriteString(p.text)
			continue
		}
		out.WriteString("{" + p.name + "}")
	}
	return out.String()
}

// naming returns the route with what it takes for a name to come out as one that is
// wanted, or as any if none is. Other values may do as well.
func (x *explaining) naming(r route, g gift, wanted string) route {
	r.under = true
	sym, ok := symbolOf(g.name, r.symbols)
	if !ok || len(r.reads) > 1 {
		r.over = true
		if !slices.ContainsFunc(r.names, func(one instance) bool {
			e, ok, err := g.render(one, x.work)
			return err == nil && ok && x.target.matches(e)
		}) {
			r.when = logic.Or() // it cannot be told what it would take
		}
		return r
	}
	a := x.attributes[sym.attribute]
	if wanted == "" { // an account, by any name
		r.over = true
		return r.with(x.present(r.view, []string{a.Name}))
	}
	var equal []*logic.Formula
	for _, value := range x.valuesFor(a, sym, wanted) {
		text := a.Name + " == " + strconv.Quote(value)
		switch a.Type {
		case TypeList:
			text = strconv.Quote(value) + " in " + a.Name
		case TypeBool, TypeNumber:
			text = a.Name + " == " + value
		}
		equal = append(equal, x.formula(text).In(r.view.scope))
	}
	return r.with(logic.Or(equal...))
}

// valuesFor returns values of an attribute by which a symbol comes out as a name: the
// one that the attribute has, and the likeliest.
func (x *explaining) valuesFor(a Attribute, sym symbol, wanted string) []string {
	bare := strings.TrimSuffix(strings.TrimPrefix(wanted, sym.before), sym.behind)
	values := append(slices.Clone(a.Values), x.literals(a.Name)...)
	for _, v := range x.live {
		values = append(values, v.attributes[a.Name]...)
	}
	var out distinct
	for _, value := range append(values, strings.ToUpper(bare[:min(1, len(bare))])+bare[min(1, len(bare)):], bare) {
		made, err := part{filters: sym.filters}.filtered(value, x.work)
		if err != nil {
			return out.list
		}
		if made = strings.TrimSpace(sym.before + made + sym.behind); made == wanted && value != "" && a.checkOne(value) == nil {
			out.add(value)
		}
	}
	return out.list
}

// literals returns with what conditions of the policy compare an attribute, sorted.
func (x *explaining) literals(name string) []string {
	if out, ok := x.compared[name]; ok {
		return out
	}
	var out []string
	x.eachCondition(func(c *condition) { out = append(out, c.shape.literals[name]...) })
	slices.Sort(out)
	x.compared[name] = slices.Compact(out)
	return x.compared[name]
}

// lookedInto reports whether a condition does more with an attribute than to compare it
// with values.
func (x *explaining) lookedInto(name string) bool {
	into := false
	x.eachCondition(func(c *condition) { into = into || c.shape.loose && slices.Contains(c.reads, name) })
	return into
}

// eachCondition visits the conditions on which it can depend who has what.
func (x *explaining) eachCondition(visit func(*condition)) {
	add := func(c *condition) {
		if c != nil {
			visit(c)
		}
	}
	for i := range x.rules {
		add(x.rules[i].when)
		for _, b := range x.rules[i].varying {
			add(b.when)
		}
	}
	for _, r := range x.roles {
		add(r.when)
		for _, b := range r.bundles {
			add(b.when)
		}
	}
	for i := range x.denies {
		add(x.denies[i].when)
	}
}

package policy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// outcome is what a decision about a person comes to: what is given, and what is
// taken back again.
type outcome struct {
	given  reasons
	denies []denying
	lifts  map[string][]string // exceptions by the deny that they lift
	lifted map[Entitlement][]Lift
	lost   map[Entitlement]*Denial
	urgent map[Entitlement]bool // to which an urgent deny takes a way

	approvals  map[Entitlement]string
	violations []Violation
}

// denying is a deny that holds for a relationship.
type denying struct {
	*deny
	relationship string
}

// takeBack takes away what denies deny. Each looks at all that was given, so that
// all causes are told. It returns an error if that is too much.
func (o *outcome) takeBack(work *deciding) error {
	if len(o.denies) == 0 {
		return nil
	}
	taken, times := takings{}, 0
	o.lifted = map[Entitlement][]Lift{}
	for e, ways := range o.given {
		text := e.String()
		for _, d := range o.denies {
			if err := work.look(1 + len(d.grants) + len(ways)*(1+len(d.roles))); err != nil {
				return err
			}
			exceptions := o.lifts[d.name]
			wholly := slices.ContainsFunc(d.grants, func(p pattern) bool { return p.matchesAs(e, text) })
			for i, why := range ways {
				if times > maxTaken {
					return fmt.Errorf("denies take back what is given, or are lifted, more than %d times in all", maxTaken)
				}
				cause := Cause{Kind: CauseDeny, Name: d.name, Relationship: d.relationship}
				if !wholly {
					k := slices.IndexFunc(why.Roles, func(role string) bool { return slices.Contains(d.roles, role) })
					if k < 0 {
						continue
					}
					cause.Role = why.Roles[k]
				}
				if len(exceptions) > 0 {
					for _, x := range exceptions {
						o.lifted[e] = append(o.lifted[e], Lift{Deny: d.name, Exception: x})
					}
					times += len(exceptions)
					break // it is lifted for all ways
				}
				times++
				taken.take(e, i, cause)
				if d.urgent {
					if o.urgent == nil {
						o.urgent = map[Entitlement]bool{}
					}
					o.urgent[e] = true
				}
			}
		}
	}
	o.take(taken)
	return nil
}

// takings are causes to take ways away, by entitlement and index of the way.
type takings map[Entitlement]map[int][]Cause

func (t takings) take(e Entitlement, way int, cause Cause) {
	if t[e] == nil {
		t[e] = map[int][]Cause{}
	}
	t[e][way] = append(t[e][way], cause)
}

// take removes ways, and remembers what was lost.
func (o *outcome) take(taken takings) {
	if o.lost == nil && len(taken) > 0 {
		o.lost = map[Entitlement]*Denial{}
	}
	for e, ways := range taken {
		lost := o.lost[e]
		if lost == nil {
			lost = &Denial{Entitlement: e}
			o.lost[e] = lost
		}
		var left []Reason
		for i, why := range o.given[e] {
			causes, gone := ways[i]
			if !gone {
				left = append(left, why)
				continue
			}
			lost.Reasons = append(lost.Reasons, why)
			lost.Causes = append(lost.Causes, causes...)
		}
		if o.given[e] = left; len(left) == 0 {
			delete(o.given, e)
		}
	}
}

// grants returns what is given in the end.
func (o *outcome) grants(p *Policy) []Grant {
	var out []Grant
	for _, e := range slices.SortedFunc(maps.Keys(o.given), Entitlement.Compare) {
		lifted := o.lifted[e]
		slices.SortFunc(lifted, func(a, b Lift) int { return cmp.Or(cmp.Compare(a.Deny, b.Deny), cmp.Compare(a.Exception, b.Exception)) })
		lifted = slices.Compact(lifted)
		info := p.info(e)
		out = append(out, Grant{
			Entitlement: e, Reasons: sortReasons(o.given[e]), Lifted: lifted, Approval: o.approvals[e],
			Sensitivity: info.Sensitivity, Owner: info.Owner, ReviewDays: info.ReviewDays,
		})
	}
	return out
}

// denied returns what was lost in every way.
func (o *outcome) denied() []Denial {
	var out []Denial
	for _, e := range slices.SortedFunc(maps.Keys(o.lost), Entitlement.Compare) {
		if _, given := o.given[e]; given {
			continue
		}
		d := *o.lost[e]
		slices.SortFunc(d.Causes, func(a, b Cause) int {
			return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Relationship, b.Relationship))
		})
		d.Causes, d.Reasons = slices.Compact(d.Causes), sortReasons(d.Reasons)
		out = append(out, d)
	}
	return out
}

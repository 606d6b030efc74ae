package policy_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

// reference decides who is given what in the plainest way: every path of roles by
// itself, every condition asked, days compared as days. It shares nothing with the
// package but its types, and knows what the documents of worlds have.
type reference struct {
	policy.Document
	policy.Subject
}

// conditions are those of worlds.
var conditions = map[string]func(a policy.Attributes) bool{
	"true":              func(policy.Attributes) bool { return true },
	`department == "A"`: func(a policy.Attributes) bool { return first(a, "department") == "A" },
	`department != "A"`: func(a policy.Attributes) bool { return first(a, "department") != "A" },
	"level > 2":         func(a policy.Attributes) bool { return first(a, "level") == "3" },
	"!(level > 2)":      func(a policy.Attributes) bool { return first(a, "level") == "1" },
	"primary":           func(a policy.Attributes) bool { return first(a, "primary") == "true" },
}

func first(a policy.Attributes, name string) string { return strings.Join(a[name], "") }

// route is one path from a rule to an entitlement.
type route struct {
	entitlement string
	roles       []string
}

func (w reference) zone(r policy.Relationship) *time.Location {
	if r.Zone == nil {
		return time.UTC
	}
	return r.Zone
}

// day is the number of the day of an instant, where the relationship is.
func (w reference) day(r policy.Relationship, at time.Time) int {
	y, m, d := at.In(w.zone(r)).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (w reference) gives(r policy.Relationship, at time.Time) bool {
	if at.Before(r.Start) || r.End.IsZero() || at.Before(r.End) {
		return !at.Before(r.Start)
	}
	return slices.ContainsFunc(w.Relationships, func(next policy.Relationship) bool { return next.Start.After(at) && w.bridged(r, next) })
}

func (w reference) bridged(r, next policy.Relationship) bool {
	y, m, d := r.End.In(w.zone(r)).Date()
	limit := time.Date(y, m, d+w.BridgeDays, 0, 0, 0, 0, w.zone(r))
	return r.Start.Before(r.End) && !r.Abrupt && !next.Start.Before(r.End) && !next.Start.After(limit) && (next.End.IsZero() || next.Start.Before(next.End))
}

func (w reference) follows(r, next policy.Relationship) bool {
	soon := !r.End.IsZero() && !next.Start.Before(r.End) && w.day(next, next.Start) <= w.day(r, r.End.Add(-1))+1
	return w.bridged(r, next) || soon && r.Start.Before(r.End) && !r.Abrupt && (next.End.IsZero() || next.Start.Before(next.End))
}

// goesOn reports whether a relationship gives access, or others that followed it do.
func (w reference) goesOn(r policy.Relationship) bool {
	return w.gives(r, w.At) || slices.ContainsFunc(w.Relationships, func(next policy.Relationship) bool {
		return w.follows(r, next) && !next.Start.After(w.At) && w.goesOn(next)
	})
}

// open reports whether today lies between two days of a window.
func (w reference) open(r policy.Relationship, a policy.Attributes, from, until string) bool {
	today := w.day(r, w.At)
	bound := func(text string) (int, bool) {
		name, days, _ := strings.Cut(text, " + ")
		if name == "hireDate" {
			name = first(a, "hireDate")
		}
		t, err := time.Parse(time.DateOnly, name)
		n := 0
		_, _ = fmt.Sscanf(days, "%dd", &n)
		return int(t.Unix()/86400) + n, err == nil
	}
	f, known := bound(from)
	u, knownToo := bound(until)
	return (from == "" || known && f <= today) && (until == "" || knownToo && today <= u)
}

// paths appends all from a role on.
func (w reference) paths(name string, before []string, r policy.Relationship, a policy.Attributes, out []route) []route {
	role := w.Roles[name]
	if role.When != "" && !conditions[role.When](a) {
		return out
	}
	here := append(slices.Clone(before), name)
	for _, e := range role.Grants {
		out = append(out, route{e, here})
	}
	for _, other := range role.Inherits {
		out = w.paths(other, here, r, a, out)
	}
	for _, on := range role.AddOns {
		out = w.addOn(on, here, r, a, out)
	}
	return out
}

func (w reference) addOn(on policy.AddOn, here []string, r policy.Relationship, a policy.Attributes, out []route) []route {
	if on.When != "" && !conditions[on.When](a) || !w.open(r, a, on.From, on.Until) {
		return out
	}
	for _, e := range on.Grants {
		out = append(out, route{e, here})
	}
	for _, other := range on.Roles {
		out = w.paths(other, here, r, a, out)
	}
	return out
}

// counting returns the attributes with which a rule counts for a relationship: those in
// effect, and those that ended within its days of overlap.
func (w reference) counting(rule policy.Rule, r policy.Relationship) []policy.Attributes {
	var out []policy.Attributes
	handover := time.Time{}
	for _, next := range w.Relationships {
		if w.follows(r, next) && (handover.IsZero() || next.Start.Before(handover)) {
			handover = next.Start
		}
	}
	gives := w.gives(r, w.At)
	for i, span := range r.Spans {
		last := i+1 == len(r.Spans) || !gives && !r.Spans[i+1].From.Before(handover)
		switch {
		case i > 0 && (span.From.After(w.At) || !gives && !span.From.Before(handover)):
		case last && gives || !last && r.Spans[i+1].From.After(w.At):
			if gives {
				out = append(out, span.Attributes)
			}
		default:
			ended := handover
			if !last {
				ended = r.Spans[i+1].From
			}
			if w.goesOn(r) && ended.After(r.Start) && w.day(r, w.At) < w.day(r, ended)+rule.OverlapDays {
				out = append(out, span.Attributes)
			}
		}
	}
	return slices.DeleteFunc(out, func(a policy.Attributes) bool {
		return !conditions[rule.When](a) || !w.open(r, a, rule.From, rule.Until)
	})
}

// decide returns what is given, and which separations are violated.
func (w reference) decide() (given, violated []string) {
	var ways []route
	for _, r := range w.Relationships {
		for _, rule := range w.Rules {
			for _, a := range w.counting(rule, r) {
				ways = w.addOn(policy.AddOn{Roles: rule.Roles, Grants: rule.Grants}, nil, r, a, ways)
				for _, on := range rule.AddOns {
					ways = w.addOn(on, nil, r, a, ways)
				}
			}
		}
	}
	is := func(roles []string, grants []string, one route) bool {
		return slices.Contains(grants, one.entitlement) || slices.ContainsFunc(one.roles, func(name string) bool { return slices.Contains(roles, name) })
	}
	for _, d := range w.Denies {
		holds := slices.ContainsFunc(w.Relationships, func(r policy.Relationship) bool {
			a := r.Spans[0].Attributes
			for _, span := range r.Spans[1:] {
				if !span.From.After(w.At) {
					a = span.Attributes
				}
			}
			return w.gives(r, w.At) && conditions[d.When](a) && w.open(r, a, d.From, d.Until)
		})
		ways = slices.DeleteFunc(ways, func(one route) bool { return holds && is(d.Roles, d.Grants, one) })
	}
	approved := func(role, entitlement string) bool {
		return slices.ContainsFunc(w.Approvals, func(a policy.Approval) bool {
			in := !w.At.Before(a.From) && (a.Until.IsZero() || w.At.Before(a.Until))
			return in && (role != "" && a.Role == role || role == "" && a.Entitlement != policy.Entitlement{} && a.Entitlement.String() == entitlement)
		})
	}
	ways = slices.DeleteFunc(ways, func(one route) bool {
		return w.Entitlements[one.entitlement].Approval && !approved("", one.entitlement) ||
			slices.ContainsFunc(one.roles, func(name string) bool { return w.Roles[name].Approval && !approved(name, "") })
	})
	left := slices.Clone(ways)
	for _, s := range w.Separation {
		held := 0
		for _, side := range s.Between {
			if slices.ContainsFunc(ways, func(one route) bool { return is(side.Roles, side.Grants, one) }) {
				held++
			}
		}
		if held < 2 {
			continue
		}
		violated = append(violated, s.Name)
		for _, side := range s.Between {
			left = slices.DeleteFunc(left, func(one route) bool { return s.Action == policy.Refuse && is(side.Roles, side.Grants, one) })
		}
	}
	set := map[string]bool{}
	for _, one := range left {
		set[one.entitlement] = true
	}
	return slices.Sorted(maps.Keys(set)), violated
}

// At every hour of some weeks, the policy decides as the reference does, and nothing
// changes before it was said to.
func TestThePolicyDecidesAsTheReferenceDoes(t *testing.T) {
	t.Parallel()
	changes, violations, overlaps := 0, 0, 0
	for seed := range uint64(250) {
		doc, s := world(rand.New(rand.NewPCG(seed, 99)))
		p, err := policy.Compile(doc)
		require.NoError(t, err, "seed %d", seed)
		var before string
		var next time.Time
		start := time.Date(2026, 2, 27, 22, 0, 0, 0, time.UTC)
		for hour := range 50 * 24 {
			s.At = start.Add(time.Duration(hour) * time.Hour)
			if h := s.At.Hour(); h != 22 && h != 23 && h != 9 {
				continue // nothing happens then
			}
			given, violated := reference{doc, s}.decide()
			d := evaluate(t, p, s)
			var found []string
			for _, v := range d.Violations {
				found = append(found, v.Separation)
			}
			about := func() string { return fmt.Sprintf("seed %d at %s\n%s\n%+v", seed, s.At, p.Source(), s) }
			require.Equal(t, given, append([]string(nil), held(d)...), "%s", about())
			require.Equal(t, violated, found, "%s", about())
			now := fmt.Sprint(given, violated)
			if hour > 0 && now != before {
				changes++
				require.False(t, next.IsZero() || next.After(s.At), "%s\nfrom %s to %s, and the next change was to be at %s", about(), before, now, next)
			}
			if before, next = now, d.NextChange; len(violated) > 0 {
				violations++
			}
			for _, g := range d.Grants {
				if slices.ContainsFunc(g.Reasons, func(r policy.Reason) bool { return r.Overlap }) {
					overlaps++
				}
			}
		}
	}
	require.Greater(t, min(changes, violations, overlaps), 400, "%d changes, %d violations, %d overlaps", changes, violations, overlaps)
}

package policy_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/policy"
)

// world returns a policy of everything that the reference knows, and somebody to whom
// everything happens within some weeks.
func world(r *rand.Rand) (policy.Document, policy.Subject) {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	some := func(most int, list ...string) (out []string) {
		for range r.IntN(most+1) * min(1, len(list)) {
			if one := pick(list...); !slices.Contains(out, one) {
				out = append(out, one)
			}
		}
		return out
	}
	when := func() string { return pick(slices.Sorted(maps.Keys(conditions))...) }
	date := func() string {
		return time.Date(2026, 3, 1+r.IntN(40), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	day := func() string { return pick("", "", "", date(), "hireDate + "+fmt.Sprint(r.IntN(9))+"d") }
	grants := []string{"app:g/1", "app:g/2", "app:g/3", "app:g/4", "app:g/5"}
	d := policy.Document{
		Version: 1, BridgeDays: []int{0, 0, 4}[r.IntN(3)], Attributes: map[string]policy.Attribute{"level": {Type: policy.TypeNumber}},
		Roles: map[string]policy.Role{}, Accounts: map[string]policy.AccountMapping{"app": {Name: "login", Candidates: []string{"x"}}},
		Entitlements: map[string]policy.EntitlementInfo{"app:g/5": {Approval: r.IntN(2) == 0}},
	}
	names := []string{"a", "b", "c", "d", "e", "f"}
	window := func(from, until string) (string, string) {
		if _, err := policy.Compile(policy.Document{Version: 1, Accounts: d.Accounts, Rules: []policy.Rule{{Name: "w", When: "true", Grants: grants[:1], From: from, Until: until}}}); err != nil {
			return from, ""
		}
		return from, until
	}
	for i, name := range names {
		role := policy.Role{Inherits: some(3, names[i+1:]...), Grants: some(1, grants...), Approval: r.IntN(6) == 0}
		if r.IntN(4) == 0 {
			role.When = when()
		}
		if r.IntN(3) == 0 && i+1 < len(names) {
			on := policy.AddOn{When: when(), Roles: []string{pick(names[i+1:]...)}}
			on.From, on.Until = window(day(), day())
			role.AddOns = append(role.AddOns, on)
		}
		if i+1 == len(names) {
			role.Inherits, role.Grants = nil, grants[:1]
		}
		d.Roles[name] = role
	}
	for i := range 1 + r.IntN(4) {
		rule := policy.Rule{Name: fmt.Sprint(i), When: when(), Roles: []string{pick(names...)}, Grants: some(1, grants...), OverlapDays: r.IntN(2) * r.IntN(9)}
		rule.From, rule.Until = window(day(), day())
		if r.IntN(3) == 0 {
			rule.AddOns = []policy.AddOn{{When: when(), Grants: []string{pick(grants...)}, From: day()}}
		}
		d.Rules = append(d.Rules, rule)
	}
	for i := range r.IntN(3) {
		d.Denies = append(d.Denies, policy.Deny{Name: fmt.Sprint(i), When: when(), Roles: []string{pick(names...)}, Grants: some(1, grants...), From: day()})
	}
	if side, other := pick(names...), pick(names...); side != other && r.IntN(2) == 0 {
		d.Separation = []policy.Separation{{
			Name: "s", Action: []policy.SeparationAction{policy.Refuse, policy.Record}[r.IntN(2)],
			Between: []policy.Side{{Roles: []string{side}, Grants: []string{"app:g/2"}}, {Roles: []string{other}, Grants: []string{"app:g/3"}}},
		}}
	}
	vienna, _ := time.LoadLocation("Europe/Vienna")
	s := policy.Subject{Person: "p"}
	at := time.Date(2026, 3, 1+r.IntN(8), 0, 0, 0, 0, vienna)
	for i := range 1 + r.IntN(3) {
		one := policy.Relationship{ID: fmt.Sprint(i), Start: at, Zone: vienna, Abrupt: r.IntN(8) == 0}
		span := at.AddDate(0, 0, -2)
		for range 1 + r.IntN(3) {
			one.Spans = append(one.Spans, policy.Span{From: span, Attributes: policy.Attributes{
				"department": {pick("A", "B")}, "level": some(1, "1", "3"), "primary": {pick("true", "false")}, "hireDate": some(1, date()),
			}})
			span = span.AddDate(0, 0, 1+r.IntN(12))
		}
		if r.IntN(4) > 0 {
			one.End = at.AddDate(0, 0, 1+r.IntN(14))
		}
		at = at.AddDate(0, 0, r.IntN(20))
		if !one.End.IsZero() && r.IntN(2) == 0 {
			at = one.End.AddDate(0, 0, r.IntN(3)/2*r.IntN(6))
		}
		s.Relationships = append(s.Relationships, one)
	}
	for range r.IntN(3) {
		a := policy.Approval{ID: "a", Role: pick(names...), From: time.Date(2026, 3, 1+r.IntN(30), 9, 0, 0, 0, time.UTC)}
		if r.IntN(3) == 0 {
			a.Role, a.Entitlement = "", policy.Entitlement{System: "app", Kind: "g", Name: "5"}
		}
		s.Approvals = append(s.Approvals, a)
	}
	return d, s
}

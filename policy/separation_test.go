package policy_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

const duties = `version: 1
attributes: {duties: {type: list}}
roles:
  staff: {grants: ["bank:role/user"]}
  approver: {inherits: [staff], grants: ["bank:role/approver"]}
  payer: {inherits: [staff], grants: ["bank:role/payer"]}
rules:
  - {name: approvers, when: '"approve" in duties', roles: [approver]}
  - {name: payers, when: '"pay" in duties', roles: [payer]}
  - {name: auditors, when: '"audit" in duties', grants: ["bank:role/auditor"]}
separation:
  - name: money
    between:
      - {roles: [approver]}
      - {grants: ["bank:role/payer"]}
      - {grants: ["bank:role/audit*"]}
    action: refuse
    mitigations: [{person: p7, until: 2026-05-31, reason: two signatures}]
accounts:
  bank: {name: n, candidates: [x]}
`

func withAction(t *testing.T, action string, atMost int) *policy.Policy {
	t.Helper()
	return load(t, replace(duties, "action: refuse", fmt.Sprintf("action: %s\n    atMost: %d", action, atMost)))
}

func bank(name string) policy.Entitlement {
	return policy.Entitlement{System: "bank", Kind: "role", Name: name}
}

// doing returns somebody with duties, one relationship for each.
func doing(names ...string) policy.Subject {
	s := policy.Subject{At: now, Person: "p1"}
	for _, n := range names {
		s.Relationships = append(s.Relationships, policy.Relationship{ID: "hr/" + n, Spans: []policy.Span{{Attributes: policy.Attributes{"duties": {n}}}}})
	}
	return s
}

func since(names ...string) []policy.Holding {
	var out []policy.Holding
	for i, n := range names {
		out = append(out, policy.Holding{Entitlement: bank(n), Since: now.AddDate(0, 0, i-100)})
	}
	return out
}

// settled tells what came of the only violation.
func settled(t *testing.T, d policy.Decision) policy.Settlement {
	t.Helper()
	require.Len(t, d.Violations, 1)
	return d.Violations[0].Settled
}

func TestRefuseGivesNoneOfTheSides(t *testing.T) {
	t.Parallel()
	p := withAction(t, "refuse", 1)
	require.Empty(t, evaluate(t, p, doing("approve")).Violations)
	d := evaluate(t, p, doing("approve", "pay"))
	require.Equal(t, []string{"bank:role/user"}, held(d), "the payer's role is no side, only what it grants")
	require.Equal(t, []policy.Violation{{
		Separation: "money", Action: policy.Refuse, Settled: policy.Withheld, Sides: []policy.HeldSide{
			{Side: 0, Entitlements: []policy.Entitlement{bank("approver"), bank("user")}, Withheld: true},
			{Side: 1, Entitlements: []policy.Entitlement{bank("payer")}, Withheld: true},
		},
	}}, d.Violations)
	require.Equal(t, []string{"bank:role/approver by separation money", "bank:role/payer by separation money"}, denied(d))
	require.Equal(t, "separation money of role approver", d.Denied[0].Causes[0].String())
}

func TestDropNewerKeepsWhatIsHeldLongest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		atMost int
		duties []string
		held   []policy.Holding
		want   []string
		as     policy.Settlement
	}{
		"the newer":             {1, []string{"approve", "pay"}, since("approver", "payer"), []string{"approver", "user"}, policy.Withheld},
		"the newer, turned":     {1, []string{"approve", "pay"}, since("payer", "approver"), []string{"payer", "user"}, policy.Withheld},
		"not held is newer":     {1, []string{"approve", "pay"}, since("payer"), []string{"payer", "user"}, policy.Withheld},
		"what both give":        {1, []string{"approve", "pay"}, since("user", "payer"), []string{"payer", "user"}, policy.Withheld},
		"two new":               {1, []string{"approve", "pay"}, since(), []string{"user"}, policy.Withheld},
		"the newest of three":   {2, []string{"approve", "pay", "audit"}, since("payer", "auditor", "approver"), []string{"auditor", "payer", "user"}, policy.Withheld},
		"two of three":          {1, []string{"approve", "pay", "audit"}, since("payer", "auditor", "approver"), []string{"payer", "user"}, policy.Withheld},
		"one new, one to drop":  {1, []string{"approve", "pay", "audit"}, since("payer", "auditor"), []string{"payer", "user"}, policy.Withheld},
		"room for one of two":   {2, []string{"approve", "pay", "audit"}, since("payer"), []string{"payer", "user"}, policy.Withheld},
		"since when is unknown": {1, []string{"approve", "pay"}, append(since("payer"), policy.Holding{Entitlement: bank("approver")}), []string{"approver", "payer", "user"}, policy.Undecided},
		"equally old":           {1, []string{"approve", "pay"}, append(since("payer"), since("approver")...), []string{"approver", "payer", "user"}, policy.Undecided},
		"undecided but for one": {1, []string{"approve", "pay", "audit"}, append(since("payer"), since("approver")...), []string{"approver", "payer", "user"}, policy.Undecided},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := doing(c.duties...)
			s.Held, s.HeldKnown = c.held, true
			d := evaluate(t, withAction(t, "dropNewer", c.atMost), s)
			var want []string
			for _, w := range c.want {
				want = append(want, "bank:role/"+w)
			}
			require.Equal(t, want, held(d))
			require.Equal(t, c.as, settled(t, d))
			s.HeldKnown = false
			d = evaluate(t, withAction(t, "dropNewer", c.atMost), s)
			require.Len(t, held(d), len(c.duties)+1, "nothing is known, so nothing is dropped")
			require.Equal(t, policy.Undecided, settled(t, d))
		})
	}
}

func TestAnApprovalLetsBothBeHeld(t *testing.T) {
	t.Parallel()
	p := withAction(t, "requireApproval", 1)
	s := doing("approve", "pay")
	s.Held, s.HeldKnown = since("payer"), true
	s.Approvals = []policy.Approval{
		{ID: "other", Separation: "another"}, {ID: "a1", Separation: "money", From: now.Add(time.Hour), Until: now.Add(2 * time.Hour)},
	}
	d := evaluate(t, p, s)
	require.NotContains(t, held(d), "bank:role/approver")
	require.Equal(t, policy.Withheld, settled(t, d))
	require.Equal(t, s.Approvals[1].From, d.NextChange)
	s.At = d.NextChange
	d = evaluate(t, p, s)
	require.Contains(t, held(d), "bank:role/approver")
	require.Equal(t, policy.Approved, settled(t, d))
	require.Equal(t, "a1", d.Violations[0].Approval)
	require.Equal(t, s.Approvals[1].Until, d.NextChange)
	s.At = d.NextChange
	require.NotContains(t, held(evaluate(t, p, s)), "bank:role/approver")
	require.Equal(t, policy.Undecided, settled(t, evaluate(t, p, doing("approve", "pay"))))
	require.NotContains(t, held(evaluate(t, withAction(t, "refuse", 1), s)), "bank:role/approver", "what is refused cannot be approved")
}

func TestAMitigationEnds(t *testing.T) {
	t.Parallel()
	p := withAction(t, "refuse", 1)
	s := doing("approve", "pay")
	s.Person = "p7"
	d := evaluate(t, p, s)
	require.Equal(t, []string{"bank:role/approver", "bank:role/payer", "bank:role/user"}, held(d))
	require.Equal(t, policy.Mitigated, settled(t, d))
	require.Equal(t, "two signatures", d.Violations[0].Reason)
	require.Equal(t, at("2026-06-01T00:00:00Z"), d.NextChange)
	s.At = d.NextChange
	require.Equal(t, policy.Withheld, settled(t, evaluate(t, p, s)))
}

func TestRecordGivesEverything(t *testing.T) {
	t.Parallel()
	d := evaluate(t, withAction(t, "record", 1), doing("approve", "pay"))
	require.Len(t, held(d), 3)
	require.Empty(t, d.Denied)
	require.Equal(t, policy.Recorded, settled(t, d))
}

// Which side stands first, and which relationship, changes nothing; unless
// somebody said otherwise, nobody ends up with more than they may; nothing that is
// held is taken without knowing that it is the newer.
func TestSeparationIsSymmetric(t *testing.T) {
	t.Parallel()
	all := []string{"approve", "pay", "audit"}
	entitlement := map[string]string{"approve": "approver", "pay": "payer", "audit": "auditor"}
	violations := 0
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 5))
		action := []string{"refuse", "dropNewer"}[r.IntN(2)]
		atMost := 1 + r.IntN(2)
		one := withAction(t, action, atMost)
		doc := one.Document()
		slices.Reverse(doc.Separation[0].Between)
		turned, err := policy.Compile(doc)
		require.NoError(t, err)
		var names []string
		for _, n := range all {
			if r.IntN(3) > 0 {
				names = append(names, n)
			}
		}
		s := doing(names...)
		s.HeldKnown = r.IntN(4) > 0
		for _, n := range all {
			if r.IntN(2) == 0 {
				h := policy.Holding{Entitlement: bank(entitlement[n])}
				if r.IntN(5) > 0 {
					h.Since = now.AddDate(0, 0, -r.IntN(4)-1)
				}
				s.Held = append(s.Held, h)
			}
		}
		a := evaluate(t, one, s)
		slices.Reverse(s.Relationships)
		b := evaluate(t, turned, s)
		require.Equal(t, a.Grants, b.Grants, "seed %d", seed)
		require.Equal(t, a.Denied, b.Denied, "seed %d", seed)
		require.Equal(t, len(names) > atMost, len(a.Violations) == 1, "seed %d", seed)
		if len(a.Violations) == 0 {
			continue
		}
		violations++
		got := 0
		for _, n := range names {
			if slices.Contains(held(a), "bank:role/"+entitlement[n]) {
				got++
			}
		}
		if settled(t, a) == policy.Undecided {
			require.Greater(t, got, atMost)
			for _, x := range a.Denied {
				require.False(t, slices.ContainsFunc(s.Held, func(h policy.Holding) bool { return h.Entitlement == x.Entitlement }), "seed %d: %s", seed, x.Entitlement)
			}
			continue
		}
		require.LessOrEqual(t, got, atMost, "seed %d", seed)
		if action == "refuse" {
			require.Zero(t, got)
		}
	}
	require.Greater(t, violations, 150)
}

func TestLoadReportsMistakesInSeparations(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		`policy.yaml:5:5: the separation has no name`,
		`policy.yaml:5:5: the separation has no action; want one of refuse, dropNewer, requireApproval, record`,
		`policy.yaml:5:5: want two sides or more to keep apart`,
		`policy.yaml:7:13: 3 of 3 sides; want 1 to 2`,
		`policy.yaml:8:13: unknown action "refse", did you mean "refuse"?; want one of refuse, dropNewer, requireApproval, record`,
		`policy.yaml:11:9: role "r" stands on this side and on between[0]`,
		`policy.yaml:11:9: app:role/* stands on this side and on between[0], as app:role/a`,
		`policy.yaml:12:9: the side is empty; want roles or grants`,
		`policy.yaml:13:19: want person or relationship, not both`,
		`policy.yaml:13:19: the mitigation has no end; say until: with the last day, such as 2026-12-31`,
		`policy.yaml:13:19: the mitigation has no reason; say what guards against harm`,
	}, loadError(t, `version: 1
accounts: {app: {name: n, candidates: [x]}}
roles: {r: {}}
separation:
  - {}
  - name: a
    atMost: 3
    action: refse
    between:
      - {roles: [r], grants: ["app:role/a"]}
      - {roles: [r], grants: ["app:role/*"]}
      - {}
    mitigations: [{person: a, relationship: b}]
`))
}

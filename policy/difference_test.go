package policy_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

// edit changes one thing or two of a policy.
func (w writer) edit(doc policy.Document) {
	r := &doc.Rules[w.IntN(len(doc.Rules))]
	switch w.IntN(14) {
	case 0, 1:
		r.When = w.compiles()
	case 2:
		r.Grants = append(r.Grants, "app:role/new")
	case 3:
		r.From = w.one("2026-02-01", "hireDate + 5d", "")
	case 4:
		r.OverlapDays = w.IntN(40)
	case 5:
		r.Name += "x"
	case 6:
		role := doc.Roles["base"]
		role.Grants = append(role.Grants, "app:role/more")
		doc.Roles["base"] = role
	case 7:
		role := doc.Roles["team"]
		role.When = w.compiles()
		doc.Roles["team"] = role
	case 8:
		switch {
		case len(doc.Denies) == 0:
		case w.IntN(3) == 0:
			doc.Denies[0].Roles = []string{w.one("here", "there", "some")}
		case w.IntN(2) == 0:
			doc.Denies[0].Urgent = !doc.Denies[0].Urgent
		default:
			doc.Denies[0].When = w.compiles()
		}
	case 9:
		app := doc.Accounts["app"]
		app.Suspend = w.compiles()
		doc.Accounts["app"] = app
	case 10:
		slices.Reverse(doc.Rules)
	case 11:
		role := doc.Roles["some"]
		role.Approval = !role.Approval
		doc.Roles["some"] = role
	case 12:
		for i := range doc.Exceptions {
			doc.Exceptions[i].Until = "2026-08-01"
		}
	default:
		r.Description = "other words"
	}
}

func TestNobodyIsSkippedForWhomADecisionDiffers(t *testing.T) {
	t.Parallel()
	skipped, different, unknown := 0, 0, 0
	for seed := range uint64(400) {
		w := writer{rand.New(rand.NewPCG(seed, 9))}
		doc := w.policy(t, 1+w.IntN(8)).Document()
		if w.IntN(2) == 0 {
			doc.Exceptions = []policy.Exception{{Name: "e", Person: "p", Roles: []string{"some"}, Until: "2026-07-01", Reason: "r"}}
		}
		before, err := policy.Compile(doc)
		require.NoError(t, err)
		w.edit(doc)
		after, err := policy.Compile(doc)
		require.NoError(t, err)
		d := policy.Compare(before, after)
		for range 20 {
			s := w.subject(t)
			if w.IntN(3) == 0 {
				s.Requests = append(s.Requests, policy.Request{ID: "r", Role: w.one("some", "base", "team"), With: map[string]string{"name": "x"}})
			}
			was, wasErr := before.Evaluate(t.Context(), s)
			is, isErr := after.Evaluate(t.Context(), s)
			same := fmt.Sprint(wasErr) == fmt.Sprint(isErr) && fmt.Sprintf("%+v", was) == fmt.Sprintf("%+v", is)
			if wasErr != nil {
				unknown++
			}
			if !same {
				different++
			}
			if d.Concerns(s) {
				continue
			}
			skipped++
			// Which rule is named in an error depends on their order.
			require.Equal(t, wasErr == nil, isErr == nil, "%s\n%s\n%+v", before.Source(), after.Source(), s)
			require.Equal(t, was, is, "%s\n%s\n%+v", before.Source(), after.Source(), s)
		}
	}
	require.Greater(t, min(skipped, different, unknown), 100, "%d skipped, %d different, %d unknown", skipped, different, unknown)
}

func crowd(departments ...string) iter.Seq2[policy.Subject, error] {
	return func(yield func(policy.Subject, error) bool) {
		for i, d := range departments {
			s := person(policy.Attributes{"department": {d}, "email": {"a@b.example"}, "level": {map[bool]string{true: "x", false: "1"}[d == "odd"]}})
			if s.Person = fmt.Sprint(i); !yield(s, nil) {
				return
			}
		}
	}
}

func TestImpactsNameGainsAndLosses(t *testing.T) {
	t.Parallel()
	doc := withCondition(`department == "Sales"`)
	doc.Rules = append(doc.Rules, policy.Rule{Name: "old", When: `department == "Ops"`, Grants: []string{"app:role/old"}})
	before, err := policy.Compile(doc)
	require.NoError(t, err)
	doc.Rules[0].Grants = []string{"app:role/x", "app:role/y"}
	doc.Rules[1].When = `department == "Ops" && level > 3`
	after, err := policy.Compile(doc)
	require.NoError(t, err)

	var got []policy.Impact
	for i, err := range policy.Impacts(t.Context(), before, after, crowd("Sales", "Ops", "Other", "odd")) {
		require.NoError(t, err)
		got = append(got, i)
	}
	require.Len(t, got, 3)
	require.Equal(t, "0", got[0].Person)
	require.Len(t, got[0].Gains, 1)
	require.Equal(t, "app:role/y", got[0].Gains[0].Entitlement.String())
	require.Equal(t, "rule r", got[0].Gains[0].Reasons[0].String())
	require.Empty(t, got[0].Losses)
	require.Equal(t, "1", got[1].Person)
	require.Equal(t, "rule old", got[1].Losses[0].Reasons[0].String())
	require.Len(t, got[1].LostAccounts, 1)
	require.Equal(t, "app", got[1].LostAccounts[0].System)
	require.Equal(t, "3", got[2].Person)
	require.ErrorContains(t, got[2].Err, `value "x"`)
}

func TestImpactsEndWithTheErrorOfThePeople(t *testing.T) {
	t.Parallel()
	p, err := policy.Compile(withCondition("true"))
	require.NoError(t, err)
	broken := errors.New("no more people")
	people := func(yield func(policy.Subject, error) bool) { yield(policy.Subject{}, broken) }
	for _, err := range policy.Impacts(t.Context(), p, p, people) {
		require.ErrorIs(t, err, broken)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	n := 0
	for _, err := range policy.Impacts(ctx, p, p, crowd("a", "b")) {
		require.ErrorIs(t, err, context.Canceled)
		n++
	}
	require.Equal(t, 1, n)
}

// Compare has to know every part of a policy. Who adds one says there what it means.
func TestCompareKnowsEveryPartOfADocument(t *testing.T) {
	t.Parallel()
	var parts []string
	for field := range reflect.TypeFor[policy.Document]().Fields() {
		parts = append(parts, field.Name)
	}
	require.Equal(t, []string{"Version", "Attributes", "Roles", "Entitlements", "Rules", "Accounts", "Denies", "Exceptions", "Separation", "BridgeDays"}, parts)
}

// A rule with days of overlap makes the policy look at what was, and then all that it
// reads there counts, not only what that rule reads.
func TestWhoseHistoryIsLookedAtAnewIsNotSkipped(t *testing.T) {
	t.Parallel()
	doc := withCondition("level > 0")
	doc.Rules[0].OverlapDays = 20 // it holds now, so that nobody looks at what was
	doc.Rules = append(doc.Rules, policy.Rule{Name: "s", When: `department == "Sales"`, Grants: []string{"app:role/y"}})
	plain, err := policy.Compile(doc)
	require.NoError(t, err)
	doc.Rules[1].OverlapDays = 20
	looks, err := policy.Compile(doc)
	require.NoError(t, err)

	past := func(level string) policy.Subject {
		s := person(nil)
		s.Relationships[0].Spans = []policy.Span{
			{Attributes: policy.Attributes{"department": {"Ops"}, "level": {level}}},
			{From: now.AddDate(0, 0, -3), Attributes: policy.Attributes{"department": {"Ops"}, "level": {"1"}}},
		}
		return s
	}
	evaluate(t, plain, past("three"))
	_, err = looks.Evaluate(t.Context(), past("three"))
	require.ErrorContains(t, err, `value "three"`)
	require.True(t, policy.Compare(plain, looks).Concerns(past("three")))
	require.True(t, policy.Compare(looks, plain).Concerns(past("three")))

	require.Equal(t, evaluate(t, plain, past("3")), evaluate(t, looks, past("3")))
	require.False(t, policy.Compare(plain, looks).Concerns(past("3")), "nothing is wrong with what was")
}

// Who answers for what, and why, is for people: nobody has to be looked at anew.
func TestNobodyIsConcernedByAnOwner(t *testing.T) {
	t.Parallel()
	before := load(t, complete)
	for old, other := range map[string]string{
		"owner: Carol": "owner: Mallory", "reviewDays: 1,": "reviewDays: 100,", "owner: Grace": "owner: Mallory", "owner: Heidi": "owner: Mallory",
		"owner: Ivan": "owner: Mallory", "reason: why, owner": "reason: so, owner", "owner: Judy": "owner: Mallory", "reviewDays: 365": "reviewDays: 100",
	} {
		after := load(t, replace(complete, old, other))
		require.NotEqual(t, before.Version(), after.Version())
		s := person(policy.Attributes{"primary": {"true"}, "clearance": {"none"}})
		s.Person = "p"
		d := policy.Compare(before, after)
		require.False(t, d.Concerns(s), other)
	}
	s := person(nil)
	require.True(t, policy.Compare(before, load(t, replace(complete, "reason: watched", "reason: seen"))).Concerns(s), "the reason of a mitigation is told")
	require.True(t, policy.Compare(before, load(t, replace(complete, "owner: Dave", "owner: Mallory"))).Concerns(s), "as the owner of an entitlement is")
}

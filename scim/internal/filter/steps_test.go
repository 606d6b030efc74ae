package filter_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/internal/filter"
)

// group has n members, which no comparison of these tests selects.
func group(n int) map[string]any {
	members := make([]any, n)
	for i := range members {
		members[i] = map[string]any{"value": "somebody", "type": "User"}
	}
	return map[string]any{"members": members}
}

// longest repeats term as often as a filter may have it.
func longest(t *testing.T, before, term, joint, after string) string {
	t.Helper()
	text := before + term
	for {
		longer := text + joint + term
		if _, err := filter.Parse(longer + after); err != nil {
			_, err = filter.Parse(text + after)
			require.NoError(t, err)
			return text + after
		}
		text = longer
	}
}

func steps(t *testing.T, text string, resource map[string]any) int {
	t.Helper()
	e, err := filter.Parse(text)
	require.NoError(t, err)
	budget := filter.Budget{Limit: 1 << 40}
	_, err = filter.Evaluate(e, resource, rules{}, &budget)
	require.NoError(t, err)
	return budget.Spent
}

// The worst that a filter of 8 KiB can do to a group of 1000: its terms, of which
// there are 500 at most, look at each member once.
func TestWorstFilterTakesBoundedSteps(t *testing.T) {
	t.Parallel()
	const members = 1000
	worst := 0
	for name, text := range map[string]string{
		"terms on a list":         longest(t, "", `members eq "x"`, " or ", ""),
		"terms in brackets":       longest(t, "members[", `value eq "x"`, " or ", "]"),
		"brackets":                longest(t, "", `members[a eq 1]`, " or ", ""),
		"negations":               longest(t, "not (", `members co "x"`, " or ", ")"),
		"long texts":              longest(t, "members[", `value eq "`+strings.Repeat("x", 4000)+`"`, " or ", "]"),
		"brackets and comparison": longest(t, "", `members[a pr].b eq 1`, " or ", ""),
	} {
		require.LessOrEqual(t, len(text), filter.MaxLength, name)
		got := steps(t, text, group(members))
		t.Logf("%s: %d bytes, %d steps", name, len(text), got)
		worst = max(worst, got)
	}
	// A term takes a step for itself, and one for the element and the value each.
	require.LessOrEqual(t, worst, filter.MaxNodes*(1+2*members))
	require.Greater(t, worst, filter.MaxNodes*members)
}

// Twice the resource or twice the terms is twice the steps, not more.
func TestStepsGrowInProportion(t *testing.T) {
	t.Parallel()
	text := func(terms int) string {
		return "members[" + strings.Repeat(`not (value eq "x" and type eq "User") and `, terms) + `value eq "x"]`
	}
	once := steps(t, text(10), group(100))
	require.InEpsilon(t, 2*once, steps(t, text(20), group(100)), 0.1)
	require.InEpsilon(t, 2*once, steps(t, text(10), group(200)), 0.1)
}

func TestLongTextsAndLargeObjectsCostSteps(t *testing.T) {
	t.Parallel()
	require.Less(t, steps(t, `a eq "x"`, map[string]any{"a": "y"}), 10)
	require.Greater(t, steps(t, `a eq "x"`, map[string]any{"a": strings.Repeat("y", 64_000)}), 1000)
	large := map[string]any{}
	for n := range 1600 {
		large[strings.Repeat("y", n)] = true
	}
	require.Greater(t, steps(t, `a eq "x"`, large), 100)
}

// A budget that is used up gives no answer, neither yes nor no.
func TestBudget(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`members eq "x"`, `not (members eq "x")`, `members ne "x"`, `members.display eq null`, `members[value pr]`} {
		e, err := filter.Parse(text)
		require.NoError(t, err)
		needed := steps(t, text, group(3))
		for limit := range needed {
			matches, err := filter.Evaluate(e, group(3), rules{}, &filter.Budget{Limit: limit})
			require.ErrorIs(t, err, filter.ErrBudget, text)
			require.False(t, matches, text)
		}
		budget := filter.Budget{Limit: 2*needed - 1}
		_, err = filter.Evaluate(e, group(3), rules{}, &budget)
		require.NoError(t, err)
		_, err = filter.Evaluate(e, group(3), rules{}, &budget)
		require.ErrorIs(t, err, filter.ErrBudget, "one budget for both")
	}
}

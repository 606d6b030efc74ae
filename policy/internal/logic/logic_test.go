package logic_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy/internal/logic"
)

func space() *logic.Space {
	return logic.NewSpace(map[string]logic.Attribute{
		"department": {Kind: logic.Text}, "location": {Kind: logic.Text}, "grade": {Kind: logic.Text, Values: []string{"a", "b"}},
		"level": {Kind: logic.Number}, "hireDate": {Kind: logic.Date}, "oncall": {Kind: logic.Bool}, "tags": {Kind: logic.List},
	})
}

func parse(t *testing.T, s *logic.Space, text string) *logic.Formula {
	t.Helper()
	f, err := s.Parse(text)
	require.NoError(t, err, text)
	return f
}

func steps() *logic.Steps {
	n := logic.Steps(100_000)
	return &n
}

func TestWhatNeverHolds(t *testing.T) {
	t.Parallel()
	for text, never := range map[string]bool{
		`department == "A" && department == "B"`:                                             true,
		`department == "A" && department in ["B", "C"]`:                                      true,
		`department == "A" && department != "A"`:                                             true,
		`department == "A" && (department == "B" || department == "C" || !oncall && oncall)`: true,
		`department == "A" && department contains "B"`:                                       true,
		`department == "A" && lower(department) == "b"`:                                      true,
		`department startsWith "A" && department startsWith "B"`:                             true,
		`department startsWith "Sales" && department == "sales"`:                             true,
		`department < "B" && department > "C"`:                                               true,
		`department == "" && len(department) > 0`:                                            true,
		`department contains "A" && !(department contains "A")`:                              true,
		`department == location && department != location`:                                   false, // the opposite is written in another way
		`department == location && !(department == location)`:                                true,
		`grade != "a" && grade != "b" && grade != ""`:                                        true,
		`grade != "a" && grade != "b"`:                                                       false,
		`level > 3 && level < 3`:                                                             true,
		`level > 3 && level <= 3`:                                                            true,
		`level > 3 && level < 4`:                                                             false,
		`level == nil && level > 3`:                                                          true,
		`level == nil && !(level > 3)`:                                                       true,
		`level in [1, 2] && level > 2`:                                                       true,
		`level != nil && !(level > 3) && !(level <= 3)`:                                      true,
		`hireDate > "2026-01-01" && hireDate < "2026-01-02"`:                                 true,
		`hireDate > "2026-01-01" && hireDate < "2026-01-03"`:                                 false,
		`oncall && !oncall`:                                                                  true,
		`oncall == true && oncall == false`:                                                  true,
		`"x" in tags && !("x" in tags)`:                                                      true,
		`"x" in tags && "y" in tags`:                                                         false,
		`false || department == "A" && false`:                                                true,
		`department > "A" && department < "B"`:                                               false,
		`upper(department) == "A" && department matches "^a$"`:                               false,
	} {
		s := space()
		f := parse(t, s, text)
		require.Equal(t, never, s.Never(f, steps()), text)
		require.False(t, never && s.Always(f, steps()), text)
	}
}

func TestWhatAlwaysHoldsAndWhatFollows(t *testing.T) {
	t.Parallel()
	s := space()
	for text, always := range map[string]bool{
		`department != "A" || department != "B"`:  true,
		`true`:                                    true,
		`oncall || !oncall`:                       true,
		`level > 3 || level <= 3`:                 false, // not for whom there is no level
		`level > 3 || level <= 3 || level == nil`: true,
		`!(level > 3)`:                            false,
	} {
		require.Equal(t, always, s.Always(parse(t, s, text), steps()), text)
	}
	for _, c := range []struct {
		premise, then string
		follows       bool
	}{
		{`department == "A" && oncall`, `department == "A"`, true},
		{`department == "A"`, `department in ["A", "B"]`, true},
		{`level > 3`, `level > 2`, true},
		{`level > 2`, `level > 3`, false},
		{`!(level > 3)`, `level <= 3`, true},
		{`department == "A"`, `department startsWith "A"`, true},
		{`department == "A" || department == "B"`, `department in ["A", "B"]`, true},
		{`"x" in tags && "y" in tags`, `"y" in tags`, true},
	} {
		require.Equal(t, c.follows, s.Implies(parse(t, s, c.premise), parse(t, s, c.then), steps()), "%s => %s", c.premise, c.then)
	}
}

func TestWithoutStepsNothingIsProven(t *testing.T) {
	t.Parallel()
	s := space()
	n := logic.Steps(1)
	require.False(t, s.Never(parse(t, s, `oncall && !oncall`), &n))
	require.False(t, s.Never(parse(t, s, `oncall && !oncall`), &n))
}

// Alternatives without anything to compare multiply like others; before they counted
// as steps, this took 2^60 of them.
func TestAlternativesWithoutComparisonsAreSteps(t *testing.T) {
	t.Parallel()
	s, n := space(), steps()
	require.False(t, s.Never(parse(t, s, "false && "+strings.Repeat("(true || true) && ", 60)+"oncall"), n), "though it never holds")
	require.LessOrEqual(t, *n, logic.Steps(0))
}

// The more values there are to try, and the more is asked of each, the more steps it
// is; before, one that took a millisecond counted as one.
func TestManyValuesAreManySteps(t *testing.T) {
	t.Parallel()
	values := make([]string, 1000)
	for i := range values {
		values[i] = fmt.Sprint(i)
	}
	s := logic.NewSpace(map[string]logic.Attribute{"few": {Kind: logic.Text, Values: values[:3]}, "many": {Kind: logic.Text, Values: values}, "any": {Kind: logic.Text}})
	spent := func(condition string) logic.Steps {
		n := *steps()
		require.False(t, s.Never(parse(t, s, condition), &n))
		return *steps() - n
	}
	few := spent(`few != "0" && few != "1"`)
	require.Greater(t, spent(`many != "0" && many != "1"`), 10*few)
	require.Greater(t, spent(`any in ["`+strings.Join(values[:100], `", "`)+`"] && any != "1"`), 100*few)
}

func TestScopesHaveNothingToDoWithEachOther(t *testing.T) {
	t.Parallel()
	s := space()
	a, b := parse(t, s, `department == "A"`), parse(t, s, `department == "B"`)
	require.True(t, s.Never(logic.And(a.In(1), b.In(1)), steps()))
	require.False(t, s.Never(logic.And(a.In(1), b.In(2)), steps()))
}

func TestTheSmallestPartsThatFail(t *testing.T) {
	t.Parallel()
	s := space()
	values := func(v logic.Var) any {
		return map[string]any{"department": "Sales", "oncall": false, "location": "", "level": nil, "grade": "", "tags": []string{}}[v.Name]
	}
	for text, want := range map[string][]string{
		`department == "A" && !oncall`:                       {`department == "A"`},
		`department == "A" && oncall`:                        {`department == "A"`, `oncall`},
		`!(department == "Sales" || oncall)`:                 {`!(department == "Sales")`},
		`(department == "A" || oncall) && location == ""`:    {`department == "A" || oncall`},
		`!(level > 3) && department == "Sales"`:              {`!(level > 3)`},
		`!(department == "Sales" && !oncall) && grade == ""`: {`!(department == "Sales" && !oncall)`},
		`false`: {`false`},
	} {
		var got []string
		for _, f := range s.Failing(parse(t, s, text), values) {
			got = append(got, f.String())
		}
		require.Equal(t, want, got, text)
	}
}

func TestTheSmallestChanges(t *testing.T) {
	t.Parallel()
	s := space()
	values := func(v logic.Var) any {
		return map[string]any{"department": "Sales", "oncall": false, "location": "HQ", "level": 2.0, "tags": []string{"x"}}[v.Name]
	}
	for text, want := range map[string]string{
		`department == "A"`:                                 "[department]",
		`department == "A" && location == "B"`:              "[department location]",
		`department == "A" && location == "B" || level > 3`: "[level]",
		`department == "Sales" && (oncall || level < 1)`:    "[oncall] [level]",
		`department == "A" && department == "B"`:            "",
	} {
		var got []string
		require.True(t, s.Changes(parse(t, s, text), values, 3, steps(), func(needs []logic.Need) bool {
			if len(got) > 0 && len(needs) > strings.Count(got[0], " ")+1 {
				return false
			}
			var names []string
			for _, n := range needs {
				names = append(names, n.Name)
				require.False(t, n.Met(values(n.Var)), text)
			}
			got = append(got, fmt.Sprint(names))
			return true
		}), text)
		require.Equal(t, want, strings.Join(got, " "), text)
	}
	require.False(t, s.Changes(parse(t, s, `department == location`), values, 3, steps(), func([]logic.Need) bool { return true }))
}

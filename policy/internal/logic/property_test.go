package logic_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy/internal/logic"
)

// domain is small, and such that conditions of conditions() can tell apart
// everything that they can at all.
var domain = map[string][]any{
	"department": {"", "A", "AB", "B", "Z"}, "grade": {"", "a", "b"}, "level": {nil, 0.0, 1.0, 1.5, 2.0, 3.0},
	"hireDate": {nil, "2026-01-01", "2026-01-02", "2026-01-03"}, "oncall": {false, true},
	"tags": {[]string{}, []string{"x"}, []string{"y"}, []string{"x", "y"}}, "location": {"", "A", "B"},
}

// condition makes a random one.
func condition(r *rand.Rand, depth int) string {
	if depth > 0 {
		switch r.IntN(4) {
		case 0:
			return "(" + condition(r, depth-1) + " && " + condition(r, depth-1) + ")"
		case 1:
			return "(" + condition(r, depth-1) + " || " + condition(r, depth-1) + ")"
		case 2:
			return "!(" + condition(r, depth-1) + ")"
		}
	}
	list := []string{
		`department == "A"`, `department != "B"`, `department in ["A", "B"]`, `department startsWith "A"`, `department contains "B"`, `department < "B"`,
		`"A" == department`, `lower(department) == "a"`, `department == location`, `location == "A"`, `grade == "a"`, `grade != "b"`, `grade endsWith "b"`,
		`level > 1`, `level <= 1`, `level == 2`, `level != 2`, `level in [1, 2]`, `level == nil`, `level != nil`, `1 < level`, `oncall`, `oncall == false`,
		`hireDate > "2026-01-01"`, `hireDate <= "2026-01-02"`, `hireDate == nil`, `hireDate == "2026-01-02"`, `hireDate startsWith "2026"`,
		`"x" in tags`, `"y" in tags`, `len(tags) > 0`, `true`, `false`,
	}
	return list[r.IntN(len(list))]
}

// everybody calls visit with all values of the attributes that formulas read.
func everybody(formulas []*logic.Formula, visit func(func(logic.Var) any) bool) {
	var names []string
	for _, f := range formulas {
		for _, v := range f.Reads() {
			if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+v.Name+" ") {
				names = append(names, v.Name)
			}
		}
	}
	values := map[string]any{}
	var assign func(i int) bool
	assign = func(i int) bool {
		if i == len(names) {
			return visit(func(v logic.Var) any { return values[v.Name] })
		}
		for _, x := range domain[names[i]] {
			if values[names[i]] = x; !assign(i + 1) {
				return false
			}
		}
		return true
	}
	assign(0)
}

// Whatever is said to be never, or to follow, is so for everybody of a small world.
func TestWhatIsProvenIsTrue(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	s := space()
	never, follows := 0, 0
	for range 1500 {
		a, b := condition(r, 3), condition(r, 2)
		f, g := parse(t, s, a), parse(t, s, b)
		isNever, isFollowing := s.Never(f, steps()), s.Implies(f, g, steps())
		if isNever {
			never++
		}
		if isFollowing && !isNever {
			follows++
		}
		if !isNever && !isFollowing {
			continue
		}
		everybody([]*logic.Formula{f, g}, func(values func(logic.Var) any) bool {
			require.False(t, isNever && s.Holds(f, values), a)
			require.False(t, isFollowing && s.Holds(f, values) && !s.Holds(g, values), "%s => %s", a, b)
			return true
		})
	}
	require.Greater(t, never, 20)
	require.Greater(t, follows, 20)
}

// Among comparisons of one attribute with values, nothing that never holds goes
// unseen.
func TestWhatIsTrueOfComparisonsIsProven(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	s := space()
	never := 0
	for range 1500 {
		text := condition(r, 3)
		if strings.Contains(text, "== location") || strings.Contains(text, "len(") || strings.Contains(text, "lower(") || strings.Contains(text, "contains") || strings.Contains(text, "2026\"") {
			continue
		}
		f := parse(t, s, text)
		found := false
		everybody([]*logic.Formula{f}, func(values func(logic.Var) any) bool {
			found = s.Holds(f, values)
			return !found
		})
		if !found {
			never++
			require.True(t, s.Never(f, steps()), text)
		}
	}
	require.Greater(t, never, 20)
}

func TestNotHoldsExactlyWhereTheOtherDoesNot(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	s := space()
	for range 300 {
		text := condition(r, 2)
		f := parse(t, s, text)
		not := logic.Not(f)
		everybody([]*logic.Formula{f}, func(values func(logic.Var) any) bool {
			require.NotEqual(t, s.Holds(f, values), s.Holds(not, values), text)
			return true
		})
	}
}

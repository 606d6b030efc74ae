package policy_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

// truth is one of three: no, unknown, yes.
type truth int

const (
	no truth = iota
	unknown
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// formula returns a random condition, and its truth by the tables of Kleene's
// logic, computed without the help of the package: and is the least of two, or
// the greatest, not turns around.
func formula(r *rand.Rand, depth int, level *int, oncall bool) (text string, value truth) {
	if depth == 0 {
		limit := r.IntN(5)
		compare := func(holds func(int) bool) truth {
			if level == nil {
				return unknown
			}
			return truthOf(holds(*level))
		}
		switch r.IntN(7) {
		case 0:
			return fmt.Sprintf("level > %d", limit), compare(func(l int) bool { return l > limit })
		case 1:
			return fmt.Sprintf("%d != level", limit), compare(func(l int) bool { return l != limit })
		case 2:
			return fmt.Sprintf("level not in [%d, 2]", limit), compare(func(l int) bool { return l != limit && l != 2 })
		case 3:
			return fmt.Sprintf("1 < level <= %d", limit), compare(func(l int) bool { return 1 < l && l <= limit })
		case 4:
			return "level == nil", truthOf(level == nil)
		case 5:
			return fmt.Sprintf("oncall == (level < %d)", limit), compare(func(l int) bool { return oncall == (l < limit) })
		default:
			return "oncall", truthOf(oncall)
		}
	}
	a, x := formula(r, depth-1, level, oncall)
	b, y := formula(r, depth-1, level, oncall)
	switch r.IntN(5) {
	case 0:
		return "!(" + a + ")", yes - x
	case 1:
		return "(" + a + ") and (" + b + ")", min(x, y)
	case 2:
		return "(" + a + ") && !(" + b + ")", min(x, yes-y)
	case 3:
		return "(" + a + ") or (" + b + ")", max(x, y)
	default:
		return "not (" + a + ") || (" + b + ")", max(yes-x, y)
	}
}

func TestConditionsFollowKleenesLogic(t *testing.T) {
	t.Parallel()
	seen := map[truth]int{}
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 2))
		facts := policy.Attributes{"oncall": {fmt.Sprint(seed%2 == 0)}}
		var level *int
		if l := r.IntN(8); l < 5 {
			level, facts["level"] = &l, []string{fmt.Sprint(l)}
		}
		when, want := formula(r, r.IntN(4), level, seed%2 == 0)
		seen[want]++
		p, err := policy.Compile(withCondition(when))
		require.NoError(t, err, when)
		require.Equal(t, want == yes, len(evaluate(t, p, person(facts)).Grants) == 1, "%s with %v", when, facts)
	}
	require.Greater(t, min(seen[no], seen[unknown], seen[yes]), 200, "the formulas are too dull to prove anything")
}

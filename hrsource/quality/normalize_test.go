package quality_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/quality"
)

func TestNormalizeReplacesWhatTablesName(t *testing.T) {
	t.Parallel()
	c := checker(t, demands)
	w := worker("1", set("department", " ENG"), since("2026-09-01", "2"), badge("Rot", "blue", "NONE", "red"), set("contractEndDate", "9999-12-31"), set("workerType", "TEMP"))
	w.Assignments[0].Department = " ENG " // as a source that does not trim
	w.Assignments[1].Department = "n/a"

	want := worker("1", since("2026-09-01", "2"), badge("red", "blue", "red"), set("workerType", "contingentWorker"))
	want.Assignments[1].Department = ""
	require.Equal(t, want, c.Normalize(w))
}

func TestNormalizeLeavesTheRest(t *testing.T) {
	t.Parallel()
	w := worker("1", set("division", "Eng"), set("department", "Engineer"), badge("green"), since("2026-09-01", "2"))
	require.Equal(t, w, checker(t, demands).Normalize(w))
}

func TestNormalizeEmptiesAnAttributeThatStandsForNothing(t *testing.T) {
	t.Parallel()
	require.NotContains(t, checker(t, demands).Normalize(worker("1", badge("none", "NONE"))).Custom, "badge")
}

func TestNormalizeReturnsACopy(t *testing.T) {
	t.Parallel()
	for _, cfg := range []quality.Config{{}, demands} {
		fresh := func() hrsource.Worker { return worker("1", set("department", "Eng"), badge("none", "rot", "blue")) }
		w := fresh()
		got := checker(t, cfg).Normalize(w)
		got.Assignments[0].JobTitle = "overwritten"
		got.Custom["badge"][0] = "overwritten"
		got.Custom["site"] = []string{"overwritten"}
		require.Equal(t, fresh(), w)
	}
}

// TestNormalizingTwiceIsNormalizingOnce makes sure that a source may be wrapped
// twice, and that nothing is left that a table replaces.
func TestNormalizingTwiceIsNormalizingOnce(t *testing.T) {
	t.Parallel()
	c := checker(t, demands)
	for _, w := range crowd(rand.New(rand.NewPCG(3, 3)), 300) {
		once := c.Normalize(w)
		require.Equal(t, once, c.Normalize(once))
		for _, f := range findings(t, demands, once) {
			require.NotEqual(t, quality.ValueReplaced, f.Rule)
		}
	}
}

package hrsource_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
)

// jobs makes assignments of days and departments.
func jobs(pairs ...any) []hrsource.Assignment {
	var out []hrsource.Assignment
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, hrsource.Assignment{EffectiveFrom: pairs[i].(hrsource.Date), Department: pairs[i+1].(string)})
	}
	return out
}

func TestOverlay(t *testing.T) {
	t.Parallel()
	none, jan, today, june := hrsource.Date{}, day(t, "2026-01-01"), day(t, "2026-03-02"), day(t, "2026-06-01")
	for name, c := range map[string]struct{ last, told, want []hrsource.Assignment }{
		"nothing new":                {jobs(none, "Wood"), jobs(none, "Wood"), jobs(none, "Wood")},
		"a transfer":                 {jobs(none, "Wood"), jobs(none, "Stone"), jobs(none, "Wood", today, "Stone")},
		"the second one of a day":    {jobs(none, "Wood", today, "Stone"), jobs(none, "Glass"), jobs(none, "Wood", today, "Glass")},
		"taken back the same day":    {jobs(none, "Wood", today, "Stone"), jobs(none, "Wood"), jobs(none, "Wood", today, "Wood")},
		"what is to come stays":      {jobs(jan, "Wood", june, "Stone"), jobs(none, "Wood"), jobs(jan, "Wood", june, "Stone")},
		"and stays after a transfer": {jobs(jan, "Wood", june, "Stone"), jobs(none, "Glass"), jobs(jan, "Wood", today, "Glass", june, "Stone")},
		"nothing was known":          {nil, jobs(none, "Wood"), jobs(none, "", today, "Wood")},
		"only the future was":        {jobs(june, "Stone"), jobs(none, "Wood"), jobs(today, "Wood", june, "Stone")},
		"no job any more":            {jobs(jan, "Wood"), nil, jobs(jan, "Wood", today, "")},
		"it tells of days itself":    {jobs(jan, "Wood", june, "Stone"), jobs(jan, "Glass"), jobs(jan, "Glass")},
		"several":                    {jobs(jan, "Wood"), jobs(none, "A", june, "B"), jobs(none, "A", june, "B")},
	} {
		got := hrsource.Record{Worker: hrsource.Worker{Assignments: c.told}}.Over(hrsource.Worker{Assignments: c.last}, today)
		require.Equal(t, c.want, got.Assignments, name)
		again := hrsource.Record{Worker: hrsource.Worker{Assignments: c.told}}.Over(got, today)
		require.Equal(t, got.Assignments, again.Assignments, "%s: told twice", name)
	}
}

package hrsource_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
)

func TestKeepOfEachField(t *testing.T) {
	t.Parallel()
	last, lastA := build(t, sample)
	for name := range sample {
		kept := hrsource.Worker{Assignments: []hrsource.Assignment{{EffectiveFrom: lastA.EffectiveFrom}}}.Keep(last, name)
		require.Len(t, kept.Assignments, 1, name)
		require.Equal(t, sample[name], kept.Text(kept.Assignments[0], name), name)
		for other := range sample {
			if other != name && other != "effectiveFrom" && name != "effectiveFrom" {
				require.Empty(t, kept.Text(kept.Assignments[0], other), "%s with %s", other, name)
			}
		}
	}
}

func TestKeepByDay(t *testing.T) {
	t.Parallel()
	job := func(from, department string) hrsource.Assignment {
		a := hrsource.Assignment{Department: department}
		if from != "" {
			a.EffectiveFrom = day(t, from)
		}
		return a
	}
	last := hrsource.Worker{Assignments: []hrsource.Assignment{job("2025-01-01", "A"), job("2026-01-01", "B"), job("2027-01-01", "C")}}
	for name, c := range map[string]struct{ now, want []hrsource.Assignment }{
		"the same day":             {[]hrsource.Assignment{job("2026-01-01", "")}, []hrsource.Assignment{job("2026-01-01", "B")}},
		"the one in effect":        {[]hrsource.Assignment{job("2026-06-01", "")}, []hrsource.Assignment{job("2026-06-01", "B")}},
		"nothing was in effect":    {[]hrsource.Assignment{job("2024-06-01", "")}, []hrsource.Assignment{job("2024-06-01", "")}},
		"what was understood":      {[]hrsource.Assignment{job("2026-01-01", "new"), job("2027-01-01", "")}, []hrsource.Assignment{job("2026-01-01", "new"), job("2027-01-01", "C")}},
		"no assignments take days": {nil, last.Assignments},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := hrsource.Worker{Assignments: c.now}.Keep(last, "department")
			require.Equal(t, c.want, got.Assignments)
		})
	}

	now := hrsource.Worker{Email: "new@example.com", Assignments: []hrsource.Assignment{job("", "guess")}}
	kept := now.Keep(last, "effectiveFrom")
	require.Equal(t, last.Assignments, kept.Assignments, "without a day no assignment can be placed")
	require.Equal(t, "new@example.com", kept.Email)
}

func TestKeepTheWholeRecord(t *testing.T) {
	t.Parallel()
	last, _ := build(t, sample)
	require.Equal(t, last, hrsource.Worker{Email: "new@example.com"}.Keep(last, "email", ""))
}

func TestKeepCustomSharesNothing(t *testing.T) {
	t.Parallel()
	last, _ := build(t, sample)
	last.Custom = map[string][]string{"badge": {"blue"}, "other": {"x"}}
	now := hrsource.Worker{Custom: map[string][]string{"gone": {"1"}, "stays": {"2"}}, Assignments: []hrsource.Assignment{{}}}
	kept := now.Keep(last, "badge", "gone")
	require.Equal(t, map[string][]string{"badge": {"blue"}, "stays": {"2"}}, kept.Custom)

	kept.Custom["badge"][0], kept.Custom["stays"][0], kept.Assignments[0].Department = "changed", "changed", "changed"
	require.Equal(t, "blue", last.Custom["badge"][0])
	require.Equal(t, "2", now.Custom["stays"][0])
	require.Empty(t, now.Assignments[0].Department)
	require.Contains(t, now.Custom, "gone")

	fresh := hrsource.Worker{}.Keep(last, "badge")
	require.Equal(t, map[string][]string{"badge": {"blue"}}, fresh.Custom)
}

func TestDigest(t *testing.T) {
	t.Parallel()
	full, _ := build(t, sample)
	for name := range sample {
		less, _ := build(t, sample)
		if f, _ := hrsource.FieldOf(name); f.Assignment {
			require.Nil(t, less.Set(&less.Assignments[0], name, ""))
		} else {
			require.Nil(t, less.Set(nil, name, ""))
		}
		require.NotEqual(t, full.Digest(), less.Digest(), name)
	}

	same, _ := build(t, sample)
	same.SourceVersion = "7"
	same.AccessEnd = same.AccessEnd.In(time.FixedZone("far", 3600))
	same.Custom = map[string][]string{"none": nil}
	require.Equal(t, full.Digest(), same.Digest())
	require.Contains(t, same.Custom, "none", "the worker itself is left alone")

	a := hrsource.Worker{Custom: map[string][]string{"a": {"1", "2"}, "b": {"3"}}}
	b := hrsource.Worker{Custom: map[string][]string{"b": {"3"}, "a": {"1", "2"}}}
	require.Equal(t, a.Digest(), b.Digest())
	b.Custom["a"] = []string{"2", "1"}
	require.NotEqual(t, a.Digest(), b.Digest(), "the order of values is theirs")
}

func TestWorkerSurvivesJSON(t *testing.T) {
	t.Parallel()
	w, _ := build(t, sample)
	body, err := json.Marshal(w)
	require.NoError(t, err)
	var back hrsource.Worker
	require.NoError(t, json.Unmarshal(body, &back))
	require.Equal(t, w.Digest(), back.Digest())
	require.Equal(t, w, back)
}

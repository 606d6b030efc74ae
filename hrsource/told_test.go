package hrsource_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
)

// telling returns a record with some values; "-" names a field that has none.
func telling(t *testing.T, named bool, values map[string]string) hrsource.Record {
	t.Helper()
	var r hrsource.Record
	var a hrsource.Assignment
	for name, text := range values {
		if named {
			r.Fields = append(r.Fields, name)
		}
		if text != "-" {
			require.Nil(t, r.Worker.Set(&a, name, text), name)
		}
	}
	if a != (hrsource.Assignment{}) {
		r.Worker.Assignments = []hrsource.Assignment{a}
	}
	return r
}

// text returns a field of a worker, of the last assignment if it is one of those.
func text(w hrsource.Worker, field string) string {
	a := hrsource.Assignment{}
	if n := len(w.Assignments); n > 0 {
		a = w.Assignments[n-1]
	}
	return w.Text(a, field)
}

func TestARecordReplacesTheFieldsThatItNames(t *testing.T) {
	t.Parallel()
	last, _ := build(t, sample)
	last.Custom = map[string][]string{"badge": {"blue"}, "other": {"x"}}
	for _, today := range []hrsource.Date{{}, day(t, "2026-03-02")} {
		for name := range sample {
			if name == "source" || name == "workerId" || name == "effectiveFrom" {
				continue
			}
			got := telling(t, true, map[string]string{name: "-"}).Over(last, today)
			require.Empty(t, text(got, name), "%s is taken back", name)
			for other := range sample {
				goes := other == "source" || other == "workerId" // with the record, which has none here
				goes = goes || name == "terminationDate" && other == "involuntary" || !today.IsZero() && other == "effectiveFrom"
				if other != name && !goes {
					require.Equal(t, sample[other], text(got, other), "%s, where %s is told", other, name)
				}
			}
			require.Equal(t, last.Custom, got.Custom)
		}
		badge := hrsource.Record{Fields: []string{"badge"}, Worker: hrsource.Worker{Custom: map[string][]string{"badge": {"red"}, "unnamed": {"y"}}}}
		require.Equal(t, map[string][]string{"badge": {"red"}, "other": {"x"}}, badge.Over(last, today).Custom)
		require.Equal(t, map[string][]string{"other": {"x"}}, hrsource.Record{Fields: []string{"badge"}}.Over(last, today).Custom)
	}
}

func TestARecordThatDoesNotSayWhatItTells(t *testing.T) {
	t.Parallel()
	last, _ := build(t, sample)
	today := day(t, "2026-03-02")
	for name := range sample {
		f, _ := hrsource.FieldOf(name)
		if f.Assignment {
			continue // see TestOverlay
		}
		all := hrsource.Record{Worker: hrsource.Worker{Key: last.Key, TerminationDate: last.TerminationDate}}
		if name == "terminationDate" {
			all.Worker.TerminationDate = hrsource.Date{}
		}
		order := name == "accessEnd" || name == "involuntary"
		key := name == "source" || name == "workerId"
		require.Equal(t, order || key, text(all.Over(last, hrsource.Date{}), name) != "", "%s of all days", name)
		lasting := f.Kind == hrsource.KindDate || name == "personKey"
		require.Equal(t, order || key || lasting, text(all.Over(last, today), name) != "", "%s of today", name)
	}
	moved := telling(t, false, map[string]string{"accessEnd": "2027-01-01T10:00:00Z", "terminationDate": "2027-01-01", "hireDate": "2020-02-01"})
	for _, day := range []hrsource.Date{{}, today} {
		got := moved.Over(last, day)
		require.Equal(t, "2027-01-01T10:00:00Z", text(got, "accessEnd"), "what has a value is told")
		require.Equal(t, "2027-01-01", text(got, "terminationDate"))
		require.Equal(t, "true", text(got, "involuntary"))
	}
}

// Whose last day was taken back would be thrown out in the morning, by the next one.
func TestInvoluntaryGoesWithTheDayThatItWasToldOf(t *testing.T) {
	t.Parallel()
	last, _ := build(t, map[string]string{"terminationDate": "2026-05-31", "involuntary": "true"})
	for name, r := range map[string]hrsource.Record{
		"all": {}, "named": {Fields: []string{"terminationDate"}},
	} {
		require.False(t, r.Over(last, hrsource.Date{}).Involuntary, name)
	}
	require.True(t, hrsource.Record{Fields: []string{"email"}}.Over(last, hrsource.Date{}).Involuntary)
}

func TestEachDayKeepsWhatIsNotToldOfIt(t *testing.T) {
	t.Parallel()
	jan, june, today := day(t, "2026-01-01"), day(t, "2026-06-01"), day(t, "2026-03-02")
	job := func(from hrsource.Date, department, manager string) hrsource.Assignment {
		return hrsource.Assignment{EffectiveFrom: from, Department: department, Manager: manager}
	}
	last := []hrsource.Assignment{job(jan, "Wood", "m1"), job(june, "Stone", "m2")}
	for name, c := range map[string]struct {
		fields     []string
		told, want []hrsource.Assignment
		today      hrsource.Date
	}{
		"of no job":               {[]string{"email"}, nil, last, hrsource.Date{}},
		"of no job, today":        {[]string{"email"}, nil, last, today},
		"no job any more":         {[]string{"department"}, nil, []hrsource.Assignment{job(jan, "", "m1"), job(june, "", "m2")}, hrsource.Date{}},
		"of all days":             {[]string{"manager"}, []hrsource.Assignment{job(hrsource.Date{}, "unnamed", "m9")}, []hrsource.Assignment{job(jan, "Wood", "m9"), job(june, "Stone", "m9")}, hrsource.Date{}},
		"of today":                {[]string{"manager"}, []hrsource.Assignment{job(hrsource.Date{}, "", "m9")}, []hrsource.Assignment{job(jan, "Wood", "m1"), job(today, "Wood", "m9"), job(june, "Stone", "m2")}, today},
		"of today, and no news":   {[]string{"manager"}, []hrsource.Assignment{job(hrsource.Date{}, "", "m1")}, last, today},
		"of days":                 {[]string{"effectiveFrom", "manager"}, []hrsource.Assignment{job(jan, "", "m8"), job(today, "", "m9")}, []hrsource.Assignment{job(jan, "Wood", "m8"), job(today, "Wood", "m9")}, hrsource.Date{}},
		"of days without a first": {[]string{"effectiveFrom", "department"}, []hrsource.Assignment{job(hrsource.Date{}, "A", "")}, []hrsource.Assignment{job(hrsource.Date{}, "A", "")}, hrsource.Date{}},
	} {
		r := hrsource.Record{Fields: c.fields, Worker: hrsource.Worker{Assignments: c.told}}
		got := r.Over(hrsource.Worker{Assignments: last}, c.today)
		require.Equal(t, c.want, got.Assignments, name)
		require.Equal(t, got, r.Over(got, c.today), "%s: told twice", name)
	}
}

// A kill switch of years ago kept whoever was employed again, under the same id.
func TestWhoBeginsAnewDoesSoWithoutTheEndOfBefore(t *testing.T) {
	t.Parallel()
	ends := map[string]string{"contractEndDate": "2025-12-31", "terminationDate": "2025-06-30", "lastDayOfWork": "2025-06-01", "accessEnd": "2025-03-01T10:00:00Z", "involuntary": "true"}
	for name, c := range map[string]struct {
		was, is string
		dropped bool
	}{
		"a later first day":        {"2020-01-01", "2026-05-01", true},
		"the same":                 {"2020-01-01", "2020-01-01", false},
		"another, before the end":  {"2020-01-01", "2021-01-01", false},
		"who never began is moved": {"2026-04-01", "2026-05-01", false},
		"none was known":           {"", "2026-05-01", false},
	} {
		last, _ := build(t, ends)
		require.Nil(t, last.Set(nil, "hireDate", c.was))
		got := telling(t, true, map[string]string{"hireDate": c.is}).Over(last, hrsource.Date{})
		for end, value := range ends {
			if c.dropped {
				value = ""
			}
			require.Equal(t, value, got.Text(hrsource.Assignment{}, end), "%s: %s", name, end)
		}
		again := telling(t, false, map[string]string{"hireDate": c.is}).Over(last, day(t, "2026-05-02"))
		require.Equal(t, got.AccessEnd, again.AccessEnd, name)
	}
	last, _ := build(t, map[string]string{"hireDate": "2020-01-01", "accessEnd": "2026-04-30T20:00:00Z"})
	got := telling(t, true, map[string]string{"hireDate": "2026-05-01"}).Over(last, hrsource.Date{})
	require.False(t, got.AccessEnd.IsZero(), "in Auckland it is an order of that very day")
	named := telling(t, true, map[string]string{"hireDate": "2026-05-03", "accessEnd": "2026-04-30T20:00:00Z"}).Over(last, hrsource.Date{})
	require.False(t, named.AccessEnd.IsZero(), "it is told")
}

func TestOverSharesNothing(t *testing.T) {
	t.Parallel()
	last, _ := build(t, sample)
	last.Custom = map[string][]string{"badge": {"blue"}}
	got := hrsource.Record{Fields: []string{"email"}}.Over(last, hrsource.Date{})
	got.Custom["badge"][0], got.Assignments[0].Department, got.AccessEnd = "changed", "changed", time.Time{}
	require.Equal(t, "blue", last.Custom["badge"][0])
	require.Equal(t, sample["department"], last.Assignments[0].Department)
}

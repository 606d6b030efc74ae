package policy_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

// Whatever the text, loading ends with a policy or an error. A policy that loads
// can be stored, loaded again and evaluated.
func FuzzLoad(f *testing.F) {
	f.Add(company)
	f.Add(mixed)
	f.Add(ruled())
	f.Add(complete)
	f.Add(governed)
	f.Add(teams)
	f.Add("version: 1\nrules:\n- {name: a, when: >-\n   level >\n   x, grants: [a:b/c]}\n")
	f.Add("version: 1\naccounts: {a: {name: b, candidates: ['{{x}}{email|first:1}{n}']}}\n")
	f.Add("version: &a 1\nroles: *a\n---\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := policy.Load("p.yaml", strings.NewReader(text))
		if err != nil {
			if p != nil || err.Error() == "" {
				t.Fatal("want either a policy or an error")
			}
			return
		}
		again, err := policy.Compile(p.Document())
		if err != nil || again.Version() != p.Version() {
			t.Fatalf("the document compiles to another policy: %v", err)
		}
		stored, err := policy.Load("stored", bytes.NewReader(again.Source()))
		if err != nil || stored.Version() != p.Version() {
			t.Fatalf("the source loads as another policy: %v\n%s", err, again.Source())
		}
		if _, err := p.Evaluate(t.Context(), person(nil)); err != nil {
			t.Fatalf("nobody's attributes are wrong: %v", err)
		}
	})
}

// A condition that compiles has an answer for all facts that fit their types.
func FuzzCondition(f *testing.F) {
	for _, when := range []string{
		`level > 3 && department in ["a", "b"]`, `!(reviewed < "2026-01-01") || "x" in projects`, `1 < level <= 5 != oncall`,
		`lower(department) matches "^a+$" and len(projects) > 1`, `reviewed == nil or not (level == nil)`, `department | upper() contains "X"`,
		`level in [1, -2.5]`, `(oncall == primary) == (level > score)`, `projects == projects`, `department not endsWith email`,
	} {
		f.Add(when, "3", "2026-01-01", "apollo")
	}
	f.Fuzz(func(t *testing.T, when, level, reviewed, text string) {
		p, err := policy.Compile(withCondition(when))
		if err != nil {
			return
		}
		for _, facts := range []policy.Attributes{
			nil,
			{"level": {"3"}, "score": {"-0.5"}, "reviewed": {"2026-01-01"}, "projects": {text, "b"}, "oncall": {"true"}, "department": {text}},
			{"level": {"0"}, "clearance": {"none"}, "projects": {""}, "email": {text}, "hireDate": {"1999-12-31"}},
		} {
			if _, err := p.Evaluate(t.Context(), person(facts)); err != nil && len(text) <= 4096 {
				t.Fatalf("%q compiles, but has no answer: %v", when, err)
			}
		}
		// With other facts there may be none, but never a panic.
		_, _ = p.Evaluate(t.Context(), person(policy.Attributes{"level": {level}, "reviewed": {reviewed}, "clearance": {text}}))
	})
}

// A candidate or value never holds a mark that the template does not hold.
func FuzzTemplate(f *testing.F) {
	f.Add("{jobTitle|ascii|lower|first:3}{n}", "Éa {n}")
	f.Add("{{{jobTitle|slug}}}-{department|default:x}", "{name}")
	f.Add("{{na{jobTitle|trim}}}", "me")
	f.Fuzz(func(t *testing.T, template, value string) {
		p, err := policy.Compile(mapping(policy.AccountMapping{Attributes: map[string][]string{"x": {template}}}))
		if err != nil {
			return
		}
		d, err := p.Evaluate(t.Context(), person(policy.Attributes{"jobTitle": {value}, "department": {value}, "employeeNumber": {"1"}}))
		if err != nil {
			if len(value) <= 4096 {
				t.Fatal(err)
			}
			return
		}
		for _, v := range d.Accounts[0].Attributes["x"] {
			if strings.Count(v, policy.NamePlaceholder) > strings.Count(template, policy.NamePlaceholder) || strings.Contains(v, policy.Counter) {
				text, _ := json.Marshal(v)
				t.Fatalf("%q with %q gives %s", template, value, text)
			}
		}
	})
}

// wholes are policies that have everything.
func wholes() []string { return []string{ruled(), complete, governed, teams, diamond(true, "")} }

// somebodies are people for whom conditions of those policies hold, or do not, with
// values that fuzzing chooses.
func somebodies(level, text string) []policy.Subject {
	now := person(policy.Attributes{"level": {level}, "department": {text}, "projects": {text, "x"}, "reviewed": {"2026-05-01"}, "oncall": {"true"}, "primary": {"true"}})
	then := person(policy.Attributes{"department": {"Engines"}, "hireDate": {"2026-04-01"}, "team": {text}, "clearance": {"none"}})
	then.Person, then.Relationships[0].End = "p", at("2026-05-03T00:00:00Z")
	next := now.Relationships[0]
	next.ID, next.Start = "2", then.Relationships[0].End
	then.Relationships = append(then.Relationships, next)
	return []policy.Subject{person(nil), now, then}
}

// What is explained is what was decided.
func FuzzExplain(f *testing.F) {
	for _, text := range wholes() {
		f.Add(text, "3", "Sales")
	}
	f.Fuzz(func(t *testing.T, text, level, value string) {
		p, err := policy.Load("p.yaml", strings.NewReader(text))
		if err != nil {
			return
		}
		for _, s := range somebodies(level, value) {
			d, err := p.Evaluate(t.Context(), s)
			asked := []policy.Entitlement{git("team", "dev")}
			for _, g := range d.Grants[:min(2, len(d.Grants))] {
				asked = append(asked, g.Entitlement)
			}
			for _, x := range d.Denied[:min(2, len(d.Denied))] {
				asked = append(asked, x.Entitlement)
			}
			for _, e := range asked {
				x, wrong := p.Explain(t.Context(), s, e)
				require.Equal(t, err == nil, wrong == nil)
				require.Equal(t, slices.ContainsFunc(d.Grants, func(g policy.Grant) bool { return g.Entitlement == e }), x.Given)
				if wrong == nil && len(x.Change.Attributes) > 0 {
					require.NotEqual(t, x.Given, holdsOne(t, p, changed(s, x.Change.Attributes), e))
				}
			}
		}
	})
}

// Whatever loads can be looked through, with the same findings each time, all of which
// stand somewhere.
func FuzzLint(f *testing.F) {
	for _, text := range append(wholes(), tidy) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := policy.Load("p.yaml", strings.NewReader(text))
		if err != nil {
			return
		}
		o := policy.LintOptions{At: now, People: slices.Values(somebodies("2", "Sales"))}
		found, err := p.Lint(t.Context(), o)
		require.NoError(t, err)
		again, err := p.Lint(t.Context(), o)
		require.NoError(t, err)
		require.Equal(t, found, again)
		for _, one := range found {
			require.Positive(t, one.Line, one.Path)
			require.NotEmpty(t, one.Fix)
		}
	})
}

// Whom a difference does not concern, it does not concern.
func FuzzCompare(f *testing.F) {
	for _, text := range wholes() {
		f.Add(text, strings.ReplaceAll(text, "level", "score"), "3", "Sales")
		f.Add(text, strings.ReplaceAll(text, "overlapDays: 5", "overlapDays: 6"), "3", "Sales")
	}
	f.Fuzz(func(t *testing.T, text, other, level, value string) {
		p, err := policy.Load("p.yaml", strings.NewReader(text))
		if err != nil {
			return
		}
		q, err := policy.Load("q.yaml", strings.NewReader(other))
		if err != nil {
			return
		}
		difference := policy.Compare(p, q)
		for _, s := range somebodies(level, value) {
			if difference.Concerns(s) {
				continue
			}
			was, wasErr := p.Evaluate(t.Context(), s)
			is, isErr := q.Evaluate(t.Context(), s)
			require.Equal(t, wasErr == nil, isErr == nil)
			require.Equal(t, was, is)
		}
	})
}

// FuzzIndexOfAll is FuzzIndex for everything that a policy can have.
func FuzzIndexOfAll(f *testing.F) {
	for _, text := range wholes() {
		f.Add(text, "3", "Sales")
	}
	f.Fuzz(func(t *testing.T, text, level, value string) {
		p, err := policy.Load("p.yaml", strings.NewReader(text))
		if err != nil {
			return
		}
		plain, err := p.Plain()
		require.NoError(t, err)
		for _, s := range somebodies(level, value) {
			_, _ = agree(t, p, plain, s)
		}
	})
}

package policy_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

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

package policy_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

func witnesses(t *testing.T, p *policy.Policy) []policy.Witness {
	t.Helper()
	out, err := p.Witnesses(t.Context())
	require.NoError(t, err)
	return out
}

func violates(t *testing.T, p *policy.Policy, w policy.Witness) bool {
	t.Helper()
	for _, v := range evaluate(t, p, w.Subject).Violations {
		if v.Separation == w.Separation {
			return true
		}
	}
	return false
}

const accused = `version: 1
attributes:
  level: {type: number}
  duties: {type: list}
  probationEnd: {type: date}
  grade: {type: string, values: [a, b, c]}
roles:
  payer: {grants: ["bank:role/payer"]}
  approver: {when: level >= 3, addOns: [{when: country == "AT", grants: ["bank:role/approver"]}]}
  desk: {parameters: [name], grants: ["bank:desk/{name}"]}
entitlements: {"bank:role/vault": {approval: true}}
separation:
  - {name: s, between: [{roles: [payer]}, {grants: ["bank:role/a*", "bank:role/vault", "bank:desk/red"]}], action: record}
accounts: {bank: {name: n, candidates: [x]}}
rules:
  - {name: pay, when: RULE1, roles: [payer]WINDOW1}
  - {name: check, when: RULE2, GIVES2}
`

func TestWitnesses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pay, window, check, gives string
		verdict                   policy.Verdict
		doubt                     string
	}{
		"two that can hold":         {`department == "A"`, "", `country == "AT" || level > 7`, "", policy.Possible, ""},
		"the role's conditions":     {`level < 3`, "", `"true"`, "", policy.Impossible, ""},
		"between two numbers":       {`level > 3 && level < 3.5`, "", `"true"`, "", policy.Possible, ""},
		"two values of one":         {`department == "A"`, "", `department in ["B", "C"]`, "", policy.Impossible, ""},
		"neither":                   {`department != "A"`, "", `department not in ["B", "C"]`, "", policy.Possible, ""},
		"all that are allowed":      {`grade != "a" && grade != ""`, "", `grade not in ["b", "c"]`, "", policy.Impossible, ""},
		"a list holds both":         {`'"pay" in duties'`, "", `'"check" in duties && !("x" in duties)'`, "", policy.Possible, ""},
		"a missing number":          {`"!(level > 3)"`, "", `level == nil`, `grants: ["bank:role/auditor"]`, policy.Impossible, ""},
		"a day":                     {`hireDate > "2026-01-01"`, "", `hireDate < "2026-01-03"`, "", policy.Possible, ""},
		"no day":                    {`hireDate > "2026-01-02"`, "", `hireDate <= "2026-01-02"`, "", policy.Impossible, ""},
		"windows that meet":         {`"true"`, ", from: 2026-06-01, until: 2026-06-30", `"true"`, `roles: [approver], from: 2026-06-30`, policy.Possible, ""},
		"windows that do not":       {`"true"`, ", from: 2026-06-01, until: 2026-06-30", `"true"`, `roles: [approver], from: 2026-07-01`, policy.Impossible, ""},
		"a window around a date":    {`"true"`, ", from: hireDate, until: hireDate + 9d", `"true"`, `roles: [approver], from: probationEnd + 1d`, policy.Possible, ""},
		"a window that is not":      {`department == "A"`, ", until: hireDate", `department == "B"`, "", policy.Unclear, "the window of rule pay depends on a date"},
		"a pattern that fits":       {`department startsWith "Sal"`, "", `"true"`, "", policy.Possible, ""},
		"a pattern nobody knows":    {`department matches "^[xyz]{3}$"`, "", `"true"`, "", policy.Unclear, "the condition of rule pay is more than comparisons with values"},
		"two attributes":            {`department == division`, "", `department == "A"`, "", policy.Unclear, "the condition of rule pay is more than comparisons with values"},
		"with an approval":          {`"true"`, "", `"true"`, `grants: ["bank:role/vault"]`, policy.Possible, ""},
		"a value of a parameter":    {`"true"`, "", `"true"`, `roles: [desk], with: {name: "{location}"}`, policy.Possible, ""},
		"another parameter":         {`"true"`, "", `"true"`, `roles: [desk], with: {name: "green-{location}"}`, policy.Unclear, "rule check gives what depends on parameters"},
		"neither gives it":          {`"true"`, "", `"true"`, `grants: ["bank:role/other"]`, policy.Impossible, ""},
		"one rule for both":         {`"true"`, "", `country == "AT"`, `roles: [payer], grants: ["bank:role/auditor"]`, policy.Possible, ""},
		"a flag":                    {`primary`, "", `"!primary"`, "", policy.Impossible, ""},
		"a number that cannot be":   {`level > 100 && level < 100`, "", `"true"`, "", policy.Impossible, ""},
		"a value in another case":   {`lower(department) == "sales"`, "", `"true"`, "", policy.Possible, ""},
		"as many as nobody can try": {manyTexts("department"), "", manyTexts("department"), "", policy.Possible, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.gives == "" {
				c.gives = "roles: [approver]"
			}
			quote := func(s string) string {
				if strings.HasPrefix(s, `"`) || strings.HasPrefix(s, `'`) {
					return s
				}
				return "'" + s + "'"
			}
			p := load(t, strings.NewReplacer("RULE1", quote(c.pay), "WINDOW1", c.window, "RULE2", quote(c.check), "GIVES2", c.gives).Replace(accused))
			w := witnesses(t, p)[0]
			require.Equal(t, c.verdict, w.Verdict, "%+v", w)
			require.Equal(t, c.doubt, w.Doubt)
			if c.verdict != policy.Possible {
				require.Empty(t, w.Subject.Relationships)
				return
			}
			require.True(t, violates(t, p, w), "%+v", w)
			require.Contains(t, []string{"check", "check pay", "check pay pay"}, strings.Join(w.Rules, " "))
			require.Equal(t, w, witnesses(t, p)[0], "the search is deterministic")
		})
	}
}

// manyTexts is a condition that compares with more texts than are tried.
func manyTexts(attribute string) string {
	var names []string
	for i := range 150 {
		names = append(names, fmt.Sprintf(`"d%03d"`, i))
	}
	return attribute + " in [" + strings.Join(names, ", ") + "]"
}

func TestWhoeverIsDeniedIsNoWitness(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("RULE1", "primary", "WINDOW1", "", "RULE2", `"true"`, "GIVES2", "roles: [approver]").Replace(accused)
	for deny, verdict := range map[string]policy.Verdict{
		`{name: d, when: 'level > 3', grants: ["bank:role/approver"]}`:        policy.Possible,
		`{name: d, when: 'level > 2', grants: ["bank:role/approver"]}`:        policy.Impossible,
		`{name: d, when: 'country != "DE"', roles: [approver]}`:               policy.Impossible,
		`{name: d, when: 'primary', roles: [payer], until: 2026-01-31}`:       policy.Possible,
		`{name: d, when: 'department matches "^.*$"', grants: ["bank:*"]}`:    policy.Unclear,
		`{name: d, when: "true", grants: ["bank:*"], until: hireDate + 100d}`: policy.Possible,
	} {
		p := load(t, text+"denies: ["+deny+"]\n")
		w := witnesses(t, p)[0]
		require.Equal(t, verdict, w.Verdict, "%s: %+v", deny, w)
		require.Equal(t, verdict == policy.Possible, violates(t, p, w), deny)
	}
}

func TestMoreSidesThanMayBeHeld(t *testing.T) {
	t.Parallel()
	for atMost, verdict := range map[int]policy.Verdict{1: policy.Possible, 2: policy.Impossible} {
		p := load(t, fmt.Sprintf(`version: 1
attributes: {level: {type: number}}
rules:
  - {name: a, when: level < 3, grants: [app:r/a]}
  - {name: b, when: level > 1, grants: [app:r/b]}
  - {name: c, when: level > 5 || level < 1, grants: [app:r/c]}
separation:
  - {name: s, between: [{grants: [app:r/a]}, {grants: [app:r/b]}, {grants: [app:r/c]}], atMost: %d, action: refuse}
accounts: {app: {name: n, candidates: [x]}}
`, atMost))
		require.Equal(t, verdict, witnesses(t, p)[0].Verdict, atMost)
	}
}

// A witness violates, and where there can be none, nobody does whom chance finds.
func TestWitnessesAreSound(t *testing.T) {
	t.Parallel()
	seen := map[policy.Verdict]int{}
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 6))
		atom := func() string {
			return []string{
				`department == "%s"`, `department != "%s"`, `department in ["%s", "A"]`, `"%s" in duties`, `!("%s" in duties)`,
			}[r.IntN(5)]
		}
		condition := func() string {
			var parts []string
			for range 1 + r.IntN(3) {
				switch r.IntN(5) {
				case 0:
					parts = append(parts, fmt.Sprintf("level %s %d", []string{"<", ">", "==", "!="}[r.IntN(4)], r.IntN(4)))
				case 1:
					parts = append(parts, []string{"oncall", "!oncall", "level == nil", `reviewed > "2026-01-01"`}[r.IntN(4)])
				case 2:
					parts = append(parts, []string{`clearance == "secret"`, `department startsWith "A"`, `!(reviewed > "2025-12-31")`}[r.IntN(3)])
				default:
					parts = append(parts, fmt.Sprintf(atom(), string(rune('A'+r.IntN(3)))))
				}
			}
			return strings.Join(parts, []string{" && ", " && ", " || "}[r.IntN(3)])
		}
		doc := withCondition("false")
		doc.Attributes["duties"] = policy.Attribute{Type: policy.TypeList}
		doc.Attributes["reviewed"] = policy.Attribute{Type: policy.TypeDate}
		doc.Roles = map[string]policy.Role{"r": {When: condition(), Grants: []string{"app:role/a"}, AddOns: []policy.AddOn{{When: condition(), Grants: []string{"app:role/b"}}}}}
		for i := range 3 {
			rule := policy.Rule{Name: fmt.Sprint(i), When: condition()}
			if r.IntN(2) == 0 {
				rule.Roles = []string{"r"}
			} else {
				rule.Grants = []string{"app:role/" + string(rune('a'+r.IntN(3)))}
			}
			doc.Rules = append(doc.Rules, rule)
		}
		if r.IntN(2) == 0 {
			doc.Denies = []policy.Deny{{Name: "d", When: condition(), Grants: []string{"app:role/a"}}}
		}
		doc.Separation = []policy.Separation{{Name: "s", Action: policy.Refuse, Between: []policy.Side{{Grants: []string{"app:role/a"}}, {Grants: []string{"app:role/b", "app:role/c"}}}}}
		p, err := policy.Compile(doc)
		require.NoError(t, err)
		w := witnesses(t, p)[0]
		seen[w.Verdict]++
		require.Equal(t, w.Verdict == policy.Possible, violates(t, p, w), "seed %d: %+v", seed, w)
		if w.Verdict != policy.Impossible {
			continue
		}
		h := histories{Rand: r}
		for range 300 {
			s := person(h.attributes())
			facts := s.Relationships[0].Spans[0].Attributes
			facts["department"], facts["level"] = h.pick("A", "B", "C", "D"), h.pick("0", "1", "2", "3", "4", "1.5")
			facts["duties"] = [][]string{nil, {"A"}, {"B", "C"}, {"A", "B", "C"}}[r.IntN(4)]
			require.Empty(t, evaluate(t, p, s).Violations, "seed %d: %v", seed, facts)
		}
	}
	require.Greater(t, min(seen[policy.Possible], seen[policy.Impossible], seen[policy.Unclear]), 10, "%v", seen)
}

func TestTheSearchForAWitnessEnds(t *testing.T) {
	t.Parallel()
	doc := withCondition("false")
	var a, b []string
	for i := range 24 {
		name := fmt.Sprintf("x%d", i)
		doc.Attributes[name] = policy.Attribute{Type: policy.TypeNumber}
		a, b = append(a, fmt.Sprintf("(%s > 1 || x0 == 99)", name)), append(b, fmt.Sprintf("%s > 5", name))
	}
	a = append(a, "(x23 < 0)")
	doc.Rules = append(doc.Rules, policy.Rule{Name: "a", When: strings.Join(a[1:], " && "), Grants: []string{"app:role/a"}},
		policy.Rule{Name: "b", When: strings.Join(b[:23], " && ") + " && x1 != x2", Grants: []string{"app:role/b"}})
	doc.Separation = []policy.Separation{{Name: "s", Action: policy.Refuse, Between: []policy.Side{{Grants: []string{"app:role/a"}}, {Grants: []string{"app:role/b"}}}}}
	p, err := policy.Compile(doc)
	require.NoError(t, err)
	w := witnesses(t, p)[0]
	require.Equal(t, policy.Unclear, w.Verdict)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = p.Witnesses(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

package policy_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

// randomDocument makes a policy with much that repeats and overlaps.
func randomDocument(r *rand.Rand) policy.Document {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	some := func(most int, list ...string) (out []string) {
		for range r.IntN(most + 1) {
			if one := pick(list...); !slices.Contains(out, one) {
				out = append(out, one)
			}
		}
		return out
	}
	condition := func() string {
		return pick("true", `department == "A"`, `department in ["A", "B"]`, `department == "A" && oncall`, `department == "A" && department == "B"`,
			"level > 1", "level > 2", "!(level > 2)", "oncall", "oncall && !oncall", `department != "A"`, `level > 1 || department == "B"`)
	}
	grants := []string{"app:g/1", "app:g/2", "app:g/3", "app:g/4"}
	d := policy.Document{
		Version:    1,
		Attributes: map[string]policy.Attribute{"level": {Type: policy.TypeNumber}, "oncall": {Type: policy.TypeBool}},
		Roles: map[string]policy.Role{
			"a": {Grants: []string{"app:g/1", "app:g/2"}}, "b": {Inherits: []string{"a"}, Grants: []string{"app:g/3"}}, "c": {Grants: []string{"app:g/1"}},
			"v": {When: condition(), Grants: []string{"app:g/4"}},
			// The same by several ways: whatever is said of e, i or j says nothing of the others.
			"e": {Inherits: []string{"a"}}, "i": {Inherits: []string{"a"}, Approval: r.IntN(3) == 0}, "j": {Inherits: []string{"e", "i"}},
			"w": {AddOns: []policy.AddOn{{When: condition(), Roles: []string{"i"}}, {Roles: []string{"e"}}}},
		},
		Accounts: map[string]policy.AccountMapping{"app": {Name: "login", Candidates: []string{"x"}}},
	}
	for i := range 2 + r.IntN(5) {
		one := policy.Rule{Name: fmt.Sprint(i), When: condition(), Roles: some(2, "a", "b", "c", "v", "j", "w"), Grants: some(2, grants...), OverlapDays: r.IntN(2) * 30}
		if r.IntN(4) == 0 {
			one.Until = pick("2026-01-31", "2026-06-30")
		}
		if len(one.Roles)+len(one.Grants) == 0 {
			one.Grants = []string{"app:g/1"}
		}
		d.Rules = append(d.Rules, one)
	}
	if r.IntN(2) == 0 {
		d.Denies = []policy.Deny{{Name: "d", When: condition(), Roles: some(2, "a", "c", "e", "i"), Grants: []string{pick(grants...)}}}
	}
	if r.IntN(2) == 0 {
		d.Separation = []policy.Separation{{Name: "s", Between: []policy.Side{{Roles: []string{pick("b", "i", "e")}}, {Grants: []string{"app:g/4"}}}, Action: policy.Refuse}}
	}
	return d
}

// everyKind returns a person of each kind that the conditions of randomDocument tell
// apart, with attributes that changed lately.
func everyKind() []policy.Subject {
	var kinds []policy.Attributes
	for _, department := range []string{"", "A", "B", "C"} {
		for _, level := range []string{"", "1", "1.5", "2", "3"} {
			for _, oncall := range []string{"", "true"} {
				kinds = append(kinds, policy.Attributes{"department": {department}, "level": {level}, "oncall": {oncall}})
			}
		}
	}
	var out []policy.Subject
	for i, now := range kinds {
		for _, day := range []string{"2026-01-15T00:00:00Z", "2026-03-01T00:00:00Z", "2026-08-01T00:00:00Z"} {
			before := kinds[(i*7+3)%len(kinds)]
			out = append(out, policy.Subject{At: at(day), Relationships: []policy.Relationship{{ID: "1", Spans: []policy.Span{
				{Attributes: before}, {From: at(day).Add(-240 * time.Hour), Attributes: now},
			}}}})
		}
	}
	return out
}

var rulePath = regexp.MustCompile(`^rules\[(\d+)\](?:\.(grants|roles)\[(\d+)\])?(\.when)?$`)

// without returns the document without what was found to be of no use.
func without(t *testing.T, d policy.Document, found []policy.Finding) (policy.Document, int) {
	t.Helper()
	gone := map[string]bool{}
	for _, f := range found {
		switch m := rulePath.FindStringSubmatch(f.Path); {
		case m == nil || !slices.Contains([]string{"never", "duplicate-rule", "subsumed-rule", "overlapping-grant", "denied-rule"}, f.Check):
		case m[2] == "":
			gone[m[1]] = true
		default:
			i, err := strconv.Atoi(m[1])
			require.NoError(t, err)
			k, err := strconv.Atoi(m[3])
			require.NoError(t, err)
			if m[2] == "grants" {
				gone[m[1]+" grant "+d.Rules[i].Grants[k]] = true
			} else {
				gone[m[1]+" role "+d.Rules[i].Roles[k]] = true
			}
		}
	}
	out := d
	out.Rules = nil
	for i, r := range d.Rules {
		n := strconv.Itoa(i)
		r.Grants = slices.DeleteFunc(slices.Clone(r.Grants), func(s string) bool { return gone[n+" grant "+s] })
		r.Roles = slices.DeleteFunc(slices.Clone(r.Roles), func(s string) bool { return gone[n+" role "+s] })
		if !gone[n] && len(r.Grants)+len(r.Roles) > 0 {
			out.Rules = append(out.Rules, r)
		}
	}
	return out, len(gone)
}

func heldBy(t *testing.T, p *policy.Policy, s policy.Subject) string {
	t.Helper()
	var out []string
	for _, g := range evaluate(t, p, s).Grants {
		out = append(out, g.Entitlement.String())
	}
	return strings.Join(out, " ")
}

// What never matches and what is superfluous can go, all of it, and nobody loses or
// gains anything.
func TestWhatIsFoundToBeOfNoUseIsOfNone(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 12))
	people := everyKind()
	total, always, denied := 0, 0, 0
	for range 200 {
		d := randomDocument(r)
		p, err := policy.Compile(d)
		require.NoError(t, err)
		found, err := p.Lint(t.Context(), policy.LintOptions{})
		require.NoError(t, err)
		less, n := without(t, d, found)
		total += n
		q, err := policy.Compile(less)
		require.NoError(t, err)
		for _, s := range people {
			require.Equal(t, heldBy(t, p, s), heldBy(t, q, s), "%v\n%+v\n%+v", found, d.Rules, s)
		}
		for _, f := range found {
			require.NotEqual(t, "incomplete", f.Check)
			if f.Check == "always" {
				always++
			}
			if f.Check == "denied-rule" {
				denied++
			}
		}
	}
	require.Greater(t, total, 100)
	require.Positive(t, denied)
	require.Zero(t, always) // none of the conditions is always true but "true"
}

func TestFindingsAreTheSameEachTime(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(13, 14))
	for range 20 {
		d := randomDocument(r)
		var before []policy.Finding
		for i := range 3 {
			p, err := policy.Compile(d)
			require.NoError(t, err)
			found, err := p.Lint(t.Context(), policy.LintOptions{People: slices.Values(everyKind())})
			require.NoError(t, err)
			if i > 0 {
				require.Equal(t, before, found)
			}
			before = found
		}
	}
}

// Every check has something that it finds.
func TestNoCheckIsWithoutACase(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{"incomplete": true} // tried below
	for _, c := range untidy {
		for _, w := range c.want {
			tried[strings.Fields(w)[0]] = true
		}
	}
	for _, c := range policy.Checks() {
		require.True(t, tried[c.ID], c.ID)
		require.NotEmpty(t, c.About)
	}
}

// A policy from somebody else cannot keep the analysis busy, and is told so.
func TestTheAnalysisIsBounded(t *testing.T) {
	t.Parallel()
	d := policy.Document{Version: 1, Accounts: map[string]policy.AccountMapping{"app": {Name: "login", Candidates: []string{"x"}}}}
	for i := range 300 {
		var parts []string
		for k := range 12 {
			parts = append(parts, fmt.Sprintf(`(department contains "%d-%d" || location contains "%d-%d" || division contains "%d")`, i, k, k, i, k))
		}
		d.Rules = append(d.Rules, policy.Rule{Name: fmt.Sprint(i), When: strings.Join(parts, " && "), Grants: []string{"app:g/1"}})
	}
	p, err := policy.Compile(d)
	require.NoError(t, err)
	found, err := p.Lint(t.Context(), policy.LintOptions{})
	require.NoError(t, err)
	require.Equal(t, []string{"incomplete "}, brief(found))
	require.Equal(t, "incomplete", found[0].Check)
	require.Empty(t, found[0].File)
}

package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

// hostile returns a policy with rules that have the given conditions.
func hostile(conditions ...string) string {
	var b strings.Builder
	b.WriteString("version: 1\nrules:\n")
	for i, when := range conditions {
		fmt.Fprintf(&b, "  - {name: r%d, when: %q, grants: [app:group/a]}\n", i, when)
	}
	b.WriteString("accounts:\n  app: {name: login, candidates: [\"{email}\"]}\n")
	return b.String()
}

func nested(open, middle, end string, n int) string {
	return strings.Repeat(open, n) + middle + strings.Repeat(end, n)
}

func times(n int, condition func(i int) string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = condition(i)
	}
	return out
}

// What kills a process that hands conditions to an expression library as they are, or
// keeps it busy or its memory full, is refused with a reason when the policy is loaded.
func TestHostilePoliciesAreRefused(t *testing.T) {
	t.Parallel()
	const deep = 1_000_000
	for name, c := range map[string]struct{ text, want string }{
		// The parser recurses, and a stack that overflows cannot be recovered from.
		"a million parentheses":      {hostile(nested("(", "true", ")", deep)), "the policy is longer than 1048576 bytes"},
		"as many as a document has":  {hostile(nested("(", "true", ")", 500_000)), "the condition is 1000004 bytes long, the limit is 8192"},
		"a million negations":        {hostile(nested("not ", "true", "", deep/8)), "bytes long, the limit is 8192"},
		"a million lists":            {hostile("len(" + nested("[", "1", "]", deep/4) + ") > 0"), "bytes long, the limit is 8192"},
		"as many as a condition has": {hostile(nested("(", "true", ")", 4_000)), ""},
		"negations in a condition":   {hostile(nested("!", "true", "", 8_000)), "the condition has more than 200 parts"},
		"a million levels of YAML":   {"version: 1\nrules: " + nested("[", "", "]", deep/2), "exceeded max depth"},
		"aliases that multiply": {`version: 1
x: &a [1,1,1,1,1,1,1,1,1,1]
y: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]
z: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]
`, "alias"},
		// Loops: there is no limit of steps or time in the library.
		"a loop over a range":      {hostile(`all(1..300, {# > 0})`), "not allowed"},
		"loops in loops":           {hostile(`let a = 1..300; all(a, {all(a, {all(a, {true})})})`), "not allowed"},
		"a filter":                 {hostile(`len(filter([1, 2], {# > 1})) > 0`), "not allowed"},
		"a reduction":              {hostile(`reduce([1, 2], {# + #acc}) > 0`), "not allowed"},
		"a range":                  {hostile(`5 in 1..100000000`), "in wants a list to its right"},
		"a variable":               {hostile(`let a = email; a == "x"`), "not allowed"},
		"a text that doubles":      {hostile(`email + email == "x"`), "there is no arithmetic in a condition"},
		"a text that is repeated":  {hostile(`repeat(email, 1000000000) == "x"`), "function repeat is not allowed"},
		"a list that is joined":    {hostile(`join(split(email, ""), email) == "x"`), "is not allowed"},
		"a power":                  {hostile(`10 ** 400 > 1`), "there is no arithmetic in a condition"},
		"the environment":          {hostile(`$env["email"] == "x"`), "attributes have no members"},
		"a member":                 {hostile(`email.x.y == "x"`), "attributes have no members"},
		"a clock":                  {hostile(`now() > date("2026-01-01")`), "a condition has no clock"},
		"an unknown function":      {hostile(`exit(1)`), "is not allowed"},
		"a pattern made of values": {hostile(`email matches displayName`), "the pattern to the right of matches must be a text in quotes"},
		"a long pattern":           {hostile(`email matches "` + strings.Repeat("a", 300) + `"`), "the pattern is 300 bytes long, the limit is 256"},
		"a pattern that unfolds":   {hostile(`email matches "((a?){30}){30}"`), "the pattern is too complex"},
		"patterns that add up": {
			hostile(times(9000, func(i int) string { return fmt.Sprintf(`email matches "(a?){%d}b%d$"`, 200+i%45, i) })...),
			"all patterns of the policy together are too complex",
		},
		// Each pattern of a side is held against those of all others.
		"sides that have much": {
			"version: 1\nseparation:\n  - {name: s, action: refuse, between: [" + counted(20, "#", "{grants: ["+counted(1900, "@", "'app:g/#x@y*'", ",")+"]}", ",") +
				"]}\naccounts: {app: {name: login, candidates: [x]}}\n", "",
		},
		"calls that add up": {
			hostile(times(2000, func(i int) string { return nested("lower(", "email", ")", 50) + fmt.Sprintf(` == "%d"`, i) })...),
			"the conditions of the policy call functions more than 20000 times in all",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.Load("hostile.yaml", strings.NewReader(c.text))
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			require.Less(t, len(err.Error()), 100_000, "an error is to be read")
		})
	}
}

// The most that a policy may ask of one decision is done before a test gives up; before
// there was a limit to all patterns together, one person took two minutes.
func TestTheCostliestPolicyStillDecides(t *testing.T) {
	t.Parallel()
	conditions := times(21, func(i int) string { return fmt.Sprintf(`email matches "(a?){%d}b$"`, 225-i) })
	conditions = append(conditions, times(130, func(i int) string { return nested("lower(", "email", ")", 150) + fmt.Sprintf(` == "%d"`, i) })...)
	conditions = append(conditions, times(5000, func(i int) string { return fmt.Sprintf(`displayName contains "ab%d"`, i) })...)
	p, err := policy.Load("costly.yaml", strings.NewReader(hostile(conditions...)))
	require.NoError(t, err)
	d, err := p.Evaluate(t.Context(), policy.Subject{At: time.Unix(0, 0), Relationships: []policy.Relationship{{
		ID: "hr/1", Zone: time.UTC, Spans: []policy.Span{{Attributes: policy.Attributes{
			"email": {strings.Repeat("a", 4096)}, "displayName": {strings.Repeat("ab", 2048)},
		}}},
	}}})
	require.NoError(t, err)
	require.Empty(t, d.Grants)
}

// What rules give and denies take back multiplies: a person for whom that would be
// millions of ways is not decided about. Before, it took gigabytes, or no end.
func TestADecisionThatIsTooMuchIsRefused(t *testing.T) {
	t.Parallel()
	const app = "accounts: {app: {name: login, candidates: [x]}}\n"
	roles := "roles:\n" + counted(10, "#", "  b#: {grants: ["+counted(2000, "@", "app:g/#x@", ",")+"]}\n", "") +
		"  big: {inherits: [b0, b1, b2, b3, b4, b5, b6, b7, b8, b9]}\n"
	for name, c := range map[string]struct{ text, want string }{
		"many rules that give much": {
			roles + "rules:\n" + counted(3000, "#", "  - {name: r#, when: 'true', roles: [big]}\n", ""), "in more than 200000 ways in all",
		},
		"many denies of much": {
			roles + "rules: [{name: r, when: 'true', roles: [big]}]\ndenies:\n" + counted(1000, "#", "  - {name: d#, when: 'true', grants: ['app:*']}\n", ""),
			"denies take back what is given more than 1000000 times in all",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := policy.Load("hostile.yaml", strings.NewReader("version: 1\n"+c.text+app))
			require.NoError(t, err)
			_, err = p.Evaluate(t.Context(), policy.Subject{At: time.Unix(0, 0), Relationships: []policy.Relationship{{ID: "hr/1"}}})
			require.ErrorContains(t, err, c.want)
		})
	}
}

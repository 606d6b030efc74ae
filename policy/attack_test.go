package policy_test

import (
	"context"
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
			"denies take back what is given, or are lifted, more than 1000000 times in all",
		},
		"many exceptions to one of much": {
			roles + "rules: [{name: r, when: 'true', roles: [big]}]\ndenies: [{name: d, when: 'true', grants: ['app:*']}]\nexceptions:\n" +
				counted(5000, "#", "  - {name: e#, person: p, lifts: [d], until: 2027-01-01, reason: r}\n", ""),
			"denies take back what is given, or are lifted, more than 1000000 times in all",
		},
		"many causes of one loss": {
			"roles:\n" + counted(300, "#", "  t#: {grants: [app:g/x]}\n", "") + "rules:\n" + counted(300, "#", "  - {name: r#, when: 'true', roles: [t#]}\n", "") +
				"denies:\n" + counted(1000, "#", "  - {name: d#, when: 'true', grants: ['app:*']}\n", ""), "",
		},
		"denies that name much": {
			roles + "rules: [{name: r, when: 'true', roles: [big]}]\ndenies:\n" +
				counted(15, "#", "  - {name: d#, when: 'true', grants: ["+counted(1800, "@", "'app:x/#@*'", ",")+"]}\n", ""), "compared with denies and separations of duties more than 20000000 times",
		},
		"many sides": {
			roles + "rules: [{name: r, when: 'true', roles: [big]}]\nseparation:\n" +
				counted(1000, "#", "  - {name: s#, action: refuse, between: [{grants: ['app:x/1*']}, {grants: ['app:x/2*']}]}\n", ""),
			"compared with denies and separations of duties more than 20000000 times",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := policy.Load("hostile.yaml", strings.NewReader("version: 1\n"+c.text+app))
			require.NoError(t, err)
			d, err := p.Evaluate(t.Context(), policy.Subject{At: time.Unix(0, 0), Person: "p", Relationships: []policy.Relationship{{ID: "hr/1"}}})
			if c.want == "" {
				require.NoError(t, err)
				require.Len(t, d.Denied, 1)
				require.Len(t, d.Denied[0].Causes, 1000)
				return
			}
			require.ErrorContains(t, err, c.want)
		})
	}
}

// Whatever templates read, and whatever comes of it, a decision is made or refused in
// no time, and nothing goes on for which nobody waits. Before, some of these took
// hours.
func TestTemplatesCannotStallADecision(t *testing.T) {
	t.Parallel()
	const (
		head   = "version: 1\nattributes: {projects: {type: list}, picked: {type: list, values: [" + "VALUES" + "]}}\n"
		rule   = "rules: [{name: r, when: 'true', grants: [app:g/a]}]\n"
		much   = "templates read more than 16777216 bytes in all"
		result = "names and attributes of accounts come to more than 8388608 bytes in all"
	)
	app := func(candidates, attributes string) string {
		return rule + "accounts: {app: {name: login, candidates: [" + candidates + "], attributes: {" + attributes + "}}}\n"
	}
	addOns := func(n int, with string) string {
		return "roles: {t: {parameters: [n], grants: ['app:g/{n}']}}\nrules:\n" +
			counted(n/2000, "#", "  - {name: r#, when: 'true', addOns: ["+counted(2000, "@", "{roles: [t], with: {n: '"+with+"'}}", ",")+"]}\n", "") +
			"accounts: {app: {name: login, candidates: [x]}}\n"
	}
	list := func(v func(i int) string) []string { return times(1000, v) }
	long := func(i int) string { return fmt.Sprintf("%04d%s", i, strings.Repeat("x", 4000)) }
	for name, c := range map[string]struct {
		text, want string
		facts      policy.Attributes
	}{
		"a list again and again":     {app("x", "a: ["+counted(2000, "#", "'{projects}'", ",")+"]"), much, policy.Attributes{"projects": list(long)}},
		"a list changed":             {app("x", "a: ["+counted(500, "#", "'{projects|ascii|lower|ascii|lower}'", ",")+"]"), much, policy.Attributes{"projects": list(long)}},
		"a list for many attributes": {app("x", counted(3, "#", "a#: ['{projects}']", ",")), result, policy.Attributes{"projects": list(long)}},
		"a name put together": {
			app("x", "a: ["+counted(1000, "#", "'"+strings.Repeat("{familyName|ascii|upper|ascii|upper}", 25)+"'", ",")+"]"), much, policy.Attributes{"familyName": {strings.Repeat("é", 2000)}},
		},
		"names to choose from":   {app(counted(900, "#", "'"+strings.Repeat("{familyName}", 80)+"#'", ","), ""), much, policy.Attributes{"familyName": {strings.Repeat("x", 4000)}}},
		"braces in braces":       {app("x", "a: ['"+strings.Repeat("{familyName}", 40)+"n"+strings.Repeat("{givenName}", 40)+"']"), "", policy.Attributes{"familyName": {strings.Repeat("{", 4000)}, "givenName": {strings.Repeat("}", 4000)}}},
		"values with braces":     {app("x", "a: ['{projects}']"), "", policy.Attributes{"projects": list(func(int) string { return nested("{", "n", "}", 2000) })}},
		"parameters that vanish": {addOns(10_000, "{projects|ascii|upper|ascii|digits}"), much, policy.Attributes{"projects": list(func(int) string { return strings.Repeat("x", 4000) })}},
		"parameters of nothing":  {addOns(10_000, "{projects|ascii|upper|ascii|digits}"), much, policy.Attributes{"projects": list(func(int) string { return "" })}},
		"parameters to look up":  {addOns(10_000, "{picked|digits}"), much, policy.Attributes{"picked": list(func(int) string { return "picked" })}},
		"combinations of none": {
			"roles: {t: {parameters: [a, b, c, d], grants: ['app:g/{a}{b}{c}{d}']}}\nrules: [{name: r, when: 'true', addOns: [" +
				counted(1000, "#", "{roles: [t], with: {a: '{projects}', b: '{projects}', c: '{projects}', d: '{email}'}}", ",") + "]}]\n" +
				"accounts: {app: {name: login, candidates: [x]}}\n", "", policy.Attributes{"projects": times(27, func(i int) string { return fmt.Sprint(i) })},
		},
		"names that vanish": {
			"roles: {t: {parameters: [a], grants: [" + counted(1000, "#", "'app:g/{a|digits|ascii|lower}"+strings.Repeat("#", 50)+"'", ",") +
				"]}}\nrules: [{name: r, when: 'true', roles: [t], with: {a: '{projects}'}}]\naccounts: {app: {name: login, candidates: [x]}}\n", much,
			policy.Attributes{"projects": list(long)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values := counted(1500, "#", "p#"+strings.Repeat("x", 50), ",") + ", picked"
			p, err := policy.Load("hostile.yaml", strings.NewReader(strings.ReplaceAll(head, "VALUES", values)+c.text))
			require.NoError(t, err)
			s := policy.Subject{At: time.Unix(0, 0), Relationships: []policy.Relationship{{ID: "hr/1", Spans: []policy.Span{{Attributes: c.facts}}}}}
			d, err := p.Evaluate(t.Context(), s)
			if c.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.want)
				require.Empty(t, d)
			}
			_, err = p.Explain(t.Context(), s, policy.Entitlement{System: "app", Kind: "g", Name: "b"})
			require.Equal(t, c.want != "", err != nil)
			if c.want == much {
				_, err = p.Evaluate(&impatient{Context: t.Context(), asked: 20}, s)
				require.ErrorIs(t, err, context.Canceled, "while it reads templates, it is seen that nobody waits")
			}
		})
	}
}

// impatient is a context that ends when it has been asked so often.
type impatient struct {
	context.Context
	asked int
}

func (c *impatient) Err() error {
	if c.asked--; c.asked < 0 {
		return context.Canceled
	}
	return c.Context.Err()
}

package policy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

func TestAppendRulesNamesWhatHolds(t *testing.T) {
	t.Parallel()
	doc := withCondition(`department == "Sales" && level > 3`)
	doc.Rules = append(doc.Rules,
		policy.Rule{Name: "everybody", When: "true", Grants: []string{"app:role/a"}, From: "2999-01-01"},
		policy.Rule{Name: "nobody", When: "false", Grants: []string{"app:role/a"}})
	p, err := policy.Compile(doc)
	require.NoError(t, err)
	names, err := p.AppendRules([]string{"first"}, policy.Attributes{"department": {"Sales"}, "level": {"4"}})
	require.NoError(t, err)
	require.Equal(t, []string{"first", "r", "everybody"}, names)
	names, err = p.AppendRules(nil, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"everybody"}, names)
	_, err = p.AppendRules(nil, policy.Attributes{"level": {"four"}})
	require.EqualError(t, err, `attribute level: value "four": want a decimal number such as 12 or 0.5`)
}

// FuzzDay holds the reading of days to that of the standard library: the only
// values of a date are those that it takes.
func FuzzDay(f *testing.F) {
	p, err := policy.Compile(withCondition("reviewed == nil"))
	if err != nil {
		f.Fatal(err)
	}
	for _, day := range []string{"2026-02-29", "2024-02-29", "1900-02-29", "2000-02-29", "2026-13-01", "2026-00-10", "2026-1-01", "+026-01-01", "2026-04-31", "0000-01-01", "2026-01-0１"} {
		f.Add(day)
	}
	f.Fuzz(func(t *testing.T, day string) {
		_, want := time.Parse(time.DateOnly, day)
		_, got := p.AppendRules(nil, policy.Attributes{"reviewed": {day}})
		require.Equal(t, day == "" || want == nil, got == nil, "%q: %v", day, want)
	})
}

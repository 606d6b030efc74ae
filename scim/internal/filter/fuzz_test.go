package filter_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/internal/filter"
)

// What identity providers send, and what breaks parsers.
var filterSeeds = []string{
	`userName eq "bjensen"`, `externalId eq "e-1"`, `id eq "g" and members eq "u"`,
	`emails[type eq "work"].value eq "b@example.com"`, `emails[type eq "work" and value eq "b@example.com"]`,
	`emails[primary eq "True"].value eq "x"`, `members[value eq "U1"]`, `meta.lastModified gt "2011-05-13T04:42:34Z"`,
	enterprise + `:department eq "Tour" or ` + enterprise + `:manager.value eq "m1"`,
	`userName eq "a\u00e9"`, `a eq "q\"q\\"`, `a ge -1.5e3 and ((d ne null))`, `e[a eq 1 or (b eq 2)]`,
	`emails[type eq "work" and not (value co "@")].value eq "x" or a.b pr`, `not pr`, `and pr and or pr`,
	`a[b[c eq true]]`, `NOT(a Eq TRUE)`, `tags eq "red"`, `big eq 9007199254740993`, `a eq "\ud83d\ude00"`, `age lt 1e999999999`,
}

// Whatever the text, it is refused with a place or read; what is read prints as a
// text that reads the same, and evaluating it stays within the bound.
func FuzzFilter(f *testing.F) {
	for _, seed := range filterSeeds {
		f.Add(seed)
	}
	wide := filter.Limits{Length: 4 * filter.MaxLength} // white space may be added
	f.Fuzz(func(t *testing.T, text string) {
		e, err := filter.Parse(text)
		if err != nil {
			refused, ok := errors.AsType[*filter.SyntaxError](err)
			require.True(t, ok)
			require.True(t, refused.Offset >= 0 && refused.Offset <= len(text))
			return
		}
		again, err := wide.Parse(e.String())
		require.NoError(t, err, e.String())
		require.Equal(t, e, again, e.String())
		budget := filter.Budget{Limit: filter.MaxNodes*100 + len(text)*10}
		matches, err := filter.Evaluate(e, resource(t), rules{}, &budget)
		require.NoError(t, err)
		opposite, err := filter.Evaluate(filter.Not{Operand: e}, resource(t), rules{}, &filter.Budget{Limit: 2 * budget.Limit})
		require.NoError(t, err)
		require.NotEqual(t, matches, opposite)
	})
}

// A path that is read prints as one that reads the same.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{
		"userName", "name.familyName", "members.$ref", enterprise + ":manager", enterprise + ":manager.value", enterprise,
		`members[value eq "2819c223"]`, `emails[type eq "work"].value`, `emails[primary eq "True"].value`,
		`addresses[type eq "work" and not (country eq "US")].street`, `roles[primary eq true].display`, `a[b pr].c`, ":", "a.", "a[", "a[b[c pr]]",
		"http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group:x",
	} {
		f.Add(seed)
	}
	wide := filter.Limits{Length: 4 * filter.MaxLength}
	f.Fuzz(func(t *testing.T, text string) {
		path, err := filter.ParsePath(text)
		if err != nil {
			require.Equal(t, filter.Path{}, path)
			return
		}
		again, err := wide.ParsePath(path.String())
		require.NoError(t, err, path.String())
		require.Equal(t, path, again)
		for element := range 2 {
			value := []any{map[string]any{"value": "x", "type": "work"}, "x"}[element]
			selects, err := filter.Selects(path, value, rules{}, &filter.Budget{Limit: filter.MaxNodes*100 + len(text)})
			require.NoError(t, err)
			require.True(t, selects || path.Filter != nil)
		}
	})
}

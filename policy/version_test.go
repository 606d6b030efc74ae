package policy_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

func TestVersionIsOfTheDocumentNotOfItsLayout(t *testing.T) {
	t.Parallel()
	text := company + "rules:\n  - {name: r, when: \"level > 3\", roles: [employee]}\n"
	p := load(t, text)
	require.Regexp(t, "^[0-9a-f]{32}$", p.Version())
	// Stored versions refer to stored policies, so the same document has to keep
	// its version from release to release.
	require.Equal(t, "461fd36a0ae9f8b758235b6345abecba", p.Version())
	for name, same := range map[string]string{
		"comments": "# a comment\n" + strings.ReplaceAll(text, "\n", " # x\n"),
		"layout":   strings.ReplaceAll(text, "  - {name: r, when: \"level > 3\", roles: [employee]}\n", "- name: r\n  roles:\n  - employee\n  when: |-\n    level > 3\n"),
		"empty":    text + "  # nothing\n",
	} {
		require.Equal(t, p.Version(), load(t, same).Version(), name)
	}
	for name, other := range map[string]string{
		"condition": strings.Replace(text, "level > 3", "level > 4", 1),
		"role":      strings.Replace(text, "git:team/dev", "git:team/ops", 1),
		"template":  strings.Replace(text, "{name}@example.com", "{name}@example.org", 1),
		"type":      strings.Replace(text, "{type: bool}", "{type: string}", 1),
	} {
		require.NotEqual(t, p.Version(), load(t, other).Version(), name)
	}
}

func TestSourceLoadsAgain(t *testing.T) {
	t.Parallel()
	text := company + "rules:\n  - {name: \"r <&> é\\\"\", when: \"department == \\\"a\\\\n\\\" || " + strings.Repeat("oncall || ", 60) + "oncall\", roles: [employee]} # kept\n"
	p := load(t, text)
	require.Equal(t, text, string(p.Source()))
	doc := p.Document()
	doc.Accounts["directory"].Attributes["x"] = []string{}
	compiled, err := policy.Compile(doc)
	require.NoError(t, err)
	doc.Accounts["directory"].Attributes["x"] = nil
	again, err := policy.Compile(doc)
	require.NoError(t, err)
	require.Equal(t, again.Version(), compiled.Version())
	require.NotEqual(t, text, string(compiled.Source()))
	loaded, err := policy.Load("stored", bytes.NewReader(compiled.Source()))
	require.NoError(t, err)
	require.Equal(t, compiled.Version(), loaded.Version())
	require.Equal(t, compiled.Document(), loaded.Document())
}

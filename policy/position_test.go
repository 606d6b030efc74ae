package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A mistake in a condition is reported where it stands in the file, however the
// condition is written. Each text holds one unknown name, oops, and the test finds
// its position by looking for it.
func TestPositionsInsideScalars(t *testing.T) {
	t.Parallel()
	for name, when := range map[string]string{
		"plain":               `department == "a" && oops == "b"`,
		"plain, two lines":    "department == \"a\" &&\n      oops == \"b\"",
		"single quoted":       `'department == "it''s" && oops == "b"'`,
		"single, two lines":   "'department == \"it''s\"\n\n      && oops == \"b\"'",
		"double quoted":       `"department == \"a\" && oops == \"b\""`,
		"double with escapes": `"\x64epartment\t== \"\u00e9\\\\\" \U00000026& oops == \"b\""`,
		"double, two lines":   "\"department == \\\"a\\\" \\\n      && oops\"",
		"literal":             "|\n      department == \"a\" &&\n        oops == \"b\"",
		"literal, indicator":  "|2-  # comment\n        department == \"é\" &&\n        oops == \"b\"",
		"literal, blank":      "|\n\n\n      department == \"a\" && oops == \"b\"",
		"folded":              ">-\n      department == \"a\"\n      &&\n\n      oops == \"b\"",
		"beyond ASCII":        `department == "éß漢" && oops == "b"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, breaks := range []string{"\n", "\r\n"} {
				text := "version: 1\nrules:\n  - name: r\n    grants: [directory:group/x]\n    when: " + when + "\naccounts: {directory: {name: n, candidates: [\"{email}\"]}}\n"
				before, _, _ := strings.Cut(text, "oops")
				line := strings.Count(before, "\n") + 1
				column := len([]rune(before[strings.LastIndex(before, "\n")+1:])) + 1
				want := fmt.Sprintf(`policy.yaml:%d:%d: unknown attribute "oops"`, line, column)
				require.Equal(t, []string{want}, loadError(t, strings.ReplaceAll(text, "\n", breaks)))
			}
		})
	}
}

func TestPositionOfAnUnfinishedCondition(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ when, want string }{
		"plain":   {`department ==`, "policy.yaml:5:24: "},
		"quoted":  {`'department == '`, "policy.yaml:5:25: "},
		"literal": {"|\n      department ==\n", "policy.yaml:6:20: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := "version: 1\nrules:\n  - name: r\n    grants: [directory:group/x]\n    when: " + c.when + "\naccounts: {directory: {name: n, candidates: [\"{email}\"]}}\n"
			lines := loadError(t, text)
			require.Equal(t, []string{c.want + "the condition ends too early"}, lines)
		})
	}
}

func TestPositionInsideATemplate(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		`policy.yaml:5:23: unknown attribute "oops"`,
		`policy.yaml:8:9: { without }; write {{ for a brace`,
	}, loadError(t, `version: 1
accounts:
  directory:
    name: userName
    candidates: ["é{{x{oops}"]
    attributes:
      mail: >-
        {email
`))
}

package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

// counted joins texts in which numbers stand in the place of a mark.
func counted(n int, mark, format, separator string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.ReplaceAll(format, mark, fmt.Sprint(i))
	}
	return strings.Join(list, separator)
}

// What a hostile policy can make Lint compare is bounded: each of these took half a
// minute, gigabytes, or longer than anybody waited.
func TestLintOfHostilePoliciesEnds(t *testing.T) {
	t.Parallel()
	const app = "\naccounts: {app: {name: login, candidates: [x]}}\n"
	// Roles that together give 20,000 entitlements.
	much := "roles:\n" + counted(10, "#", "  b#: {grants: ["+counted(2000, "@", "app:g/#x@", ",")+"]}\n", "")
	const all = "inherits: [b0, b1, b2, b3, b4, b5, b6, b7, b8, b9]"
	for name, c := range map[string]struct {
		text       string
		incomplete bool
	}{
		"alternatives that multiply": {"rules: [{name: r, when: 'false && " + counted(40, "#", "(true || true)", " && ") + "', grants: [app:g/a]}]", true},
		"an attribute with many values": {
			"attributes: {site: {type: string, values: [" + counted(2000, "#", "s#", ", ") + "]}}\nrules:\n" +
				counted(1000, "#", "  - {name: r#, when: 'site != \"s#\" && site != \"s1#\"', grants: [app:g/a]}\n", ""), true,
		},
		"conditions with long lists": {
			"rules:\n" + counted(400, "#", "  - {name: r#, when: 'department in ["+counted(90, "@", "\"#x@\"", ",")+"]', grants: [app:g/a]}\n", ""), true,
		},
		"rules that give the same much": {much + "  big: {" + all + "}\nrules:\n" + counted(3000, "#", "  - {name: r#, when: 'department == \"#\"', roles: [big]}\n", ""), true},
		"roles that inherit much":       {much + counted(3000, "#", "  r#: {"+all+", grants: [app:h/#]}\n", "") + "rules: [{name: r, when: 'true', roles: [b0]}]", true},
		"roles that are a little alike": {
			much + counted(2000, "#", "  r#: {inherits: [b0], grants: [app:h/#]}\n", "") + "rules: [{name: r, when: 'true', roles: [b0]}]", true,
		},
		"separations of much": {
			"rules:\n" + counted(4000, "#", "  - {name: r#, when: 'department == \"#\"', grants: [app:g/#]}\n", "") +
				"separation:\n" + counted(900, "#", "  - {name: s#, action: refuse, between: ["+counted(20, "@", "{grants: [app:g/@]}", ",")+"]}\n", ""), true,
		},
		"denies of much that is not had": {
			"rules:\n" + counted(20, "#", "  - {name: r#, when: 'department == \"#\"', grants: ["+counted(900, "@", "app:g/#y@", ",")+"]}\n", "") +
				"denies:\n" + counted(20, "#", "  - {name: r#, when: 'true', grants: ["+counted(900, "@", "'app:h/#y@*'", ",")+"]}\n", ""), false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := policy.Load("hostile.yaml", strings.NewReader("version: 1\n"+c.text+app))
			require.NoError(t, err)
			found, err := p.Lint(t.Context(), policy.LintOptions{})
			require.NoError(t, err)
			incomplete := false
			for _, f := range found {
				incomplete = incomplete || f.Check == "incomplete"
			}
			require.Equal(t, c.incomplete, incomplete)
		})
	}
}

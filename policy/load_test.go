package policy_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

func load(t *testing.T, text string) *policy.Policy {
	t.Helper()
	p, err := policy.Load("policy.yaml", strings.NewReader(text))
	require.NoError(t, err)
	return p
}

// loadError returns the lines of the error that text gives.
func loadError(t *testing.T, text string) []string {
	t.Helper()
	p, err := policy.Load("policy.yaml", strings.NewReader(text))
	require.Error(t, err)
	require.Nil(t, p)
	return strings.Split(err.Error(), "\n")
}

// company is a policy without mistakes, to which tests add.
const company = `version: 1
attributes:
  clearance: {type: string, values: [none, secret]}
  level: {type: number}
  projects: {type: list}
  reviewed: {type: date}
  oncall: {type: bool}
roles:
  employee:
    grants: [directory:group/staff]
  engineer:
    inherits: [employee]
    grants: [directory:group/engineering, git:team/dev]
accounts:
  directory:
    name: userName
    candidates: ["{givenName|slug|first:1}{familyName|slug}", "{givenName|slug}.{familyName|slug}{n}"]
    attributes:
      displayName: "{displayName}"
      email: "{name}@example.com"
      department: "{department}"
  git:
    name: userName
    candidates: ["{accounts.directory.userName}"]
`

func TestLoadReportsEverythingAtOnceWithPositions(t *testing.T) {
	t.Parallel()
	lines := loadError(t, `version: 2
attributes:
  department: {type: string}
  grade: {type: strng}
  in: {type: list}
  due: {type: date, values: [a]}
roles:
  staff:
    grants: [directory:group/staff, directory, gti:team/x]
    inherit: [x]
  dev:
    inherits: [stff]
rules:
  - name: one
    when: departmnet == "Engineering"
    roles: [dve]
  - name: one
    when: "true"
    from: 2026-13-01
  - name: two
    when: "true"
    roles: [staff]
    from: 2026-03-02
    until: 2026-03-01
  - roles: [staff]
accounts:
  directory:
    candidates: ["{givenNam}", "{givenName|uper}", "{name}"]
    attributes:
      mail: "{name}{n}"
    after: [gitt]
  git:
    name: login
    candidates: []
`)
	require.Equal(t, []string{
		`policy.yaml:1:10: want version: 1, the only version of the format`,
		`policy.yaml:3:3: attribute "department" is built in`,
		`policy.yaml:4:17: unknown type "strng", did you mean "string"?; want one of string, list, bool, number, date`,
		`policy.yaml:5:3: attribute "in": the word is reserved`,
		`policy.yaml:6:21: values can be listed for texts and lists only, not for a date`,
		`policy.yaml:9:37: grant "directory": want system:kind/name, such as directory:group/engineering`,
		`policy.yaml:9:48: system "gti" has no entry under accounts, did you mean "git"?`,
		`policy.yaml:10:5: unknown key "inherit", did you mean "inherits"?`,
		`policy.yaml:12:16: unknown role "stff", did you mean "staff"?`,
		`policy.yaml:15:11: unknown attribute "departmnet", did you mean "department"?`,
		`policy.yaml:16:13: unknown role "dve", did you mean "dev"?`,
		`policy.yaml:17:5: the rule gives nothing; want roles or grants`,
		`policy.yaml:17:11: rule "one" stands here a second time; the first is policy.yaml:14:5`,
		`policy.yaml:19:11: "2026-13-01" is not a day; want one such as 2026-01-31`,
		`policy.yaml:24:12: the rule ends on 2026-03-01, before it begins on 2026-03-02`,
		`policy.yaml:25:5: the rule has no name`,
		`policy.yaml:25:5: the rule has no condition; "true" holds for everybody`,
		`policy.yaml:27:3: name is missing: the attribute of the account that holds the login name`,
		`policy.yaml:28:19: unknown attribute "givenNam", did you mean "givenName"?`,
		`policy.yaml:28:33: unknown filter "uper", did you mean "upper"? (there are ascii, default:text, digits, first:2, last:2, lower, slug, trim, upper)`,
		`policy.yaml:28:53: {name} can only stand in attributes; it is what the candidates are for`,
		`policy.yaml:30:20: {n} can only stand in candidates`,
		`policy.yaml:31:13: unknown system "gitt", did you mean "git"?`,
		`policy.yaml:34:5: candidates are missing: templates of login names, such as ["{employeeNumber}"]`,
	}, lines)
}

func TestLoadRefusesWhatIsNotAPolicy(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	for name, c := range map[string]struct{ text, want string }{
		"empty":             {"", "policy.yaml:1:1: the policy is empty; it begins with version: 1"},
		"a list":            {"[a]", "policy.yaml:1:1: want a mapping (key: value), not a list"},
		"broken":            {"version: 1\nroles: [a", "policy.yaml:1:1: not YAML: did not find expected ',' or ']'"},
		"two documents":     {"version: 1\n---\nversion: 1\n", "policy.yaml:2:1: a second document begins here; a policy is one document"},
		"anchor":            {"version: &v 1\n", "policy.yaml:1:10: anchors and aliases are not allowed; use roles to share grants"},
		"tag":               {"version: !!int 1\n", "policy.yaml:1:10: tags such as !!int are not allowed"},
		"depth":             {"version: 1\nrules: " + deep, "policy.yaml:2:40: nested more than 32 levels deep"},
		"key twice":         {"version: 1\nroles:\n  a: {}\n  a: {}\n", `policy.yaml:4:3: key "a" stands here a second time; the first is in line 3`},
		"key of a list":     {"version: 1\n? [a]\n: b\n", "policy.yaml:2:3: a key must be a text"},
		"unknown key":       {"version: 1\nrule: []\n", `policy.yaml:2:1: unknown key "rule", did you mean "rules"?`},
		"a key of nobody's": {"version: 1\nroles: {a: {grants: [], privileges: []}}\n", "policy.yaml:2:25: unknown key \"privileges\"; want one of kind, parameters, when, inherits, grants, addOns, sensitivity, requestable, approval, owner, reviewDays, description"},
		"text for list":     {"version: 1\nroles: {a: {grants: x}}\n", `policy.yaml:2:21: want a list, such as [a, b], not "x"`},
		"list for text":     {"version: 1\nroles: {a: {description: [x]}}\n", `policy.yaml:2:13: want a text, not a list`},
		"no number":         {"version: one\n", `policy.yaml:1:10: want a number, not "one"`},
		"not UTF-8":         {"version: \xff", "policy.yaml: the policy is not UTF-8"},
		"too long":          {"version: 1 #" + strings.Repeat("x", 1<<20), "policy.yaml: the policy is longer than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, loadError(t, c.text), c.want)
		})
	}
}

func TestLoadRefusesAliasesThatMultiply(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("version: 1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 20; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	lines := loadError(t, b.String())
	require.Len(t, lines, 20)
	require.Equal(t, "policy.yaml:2:5: anchors and aliases are not allowed; use roles to share grants", lines[0])
}

func TestLoadNamesCircles(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		`policy.yaml:3:7: roles inherit in a circle: "a" > "b" > "c" > "a"`,
		`policy.yaml:6:7: roles inherit in a circle: "d" > "d"`,
		`policy.yaml:8:3: accounts wait for each other in a circle: "x" > "y" > "x"`,
		`policy.yaml:10:3: accounts wait for each other in a circle: "z" > "z"`,
	}, loadError(t, `version: 1
roles:
  a: {inherits: [b]}
  b: {inherits: [c]}
  c: {inherits: [a]}
  d: {inherits: [d]}
accounts:
  x: {name: n, candidates: ["{employeeNumber}"], attributes: {mail: ["{email}", "{accounts.y.mail}"]}}
  y: {name: n, candidates: ["{employeeNumber}"], after: [x]}
  z: {name: n, candidates: ["{accounts.z.n}"]}
`))
}

func TestLoadErrorsCanBeTakenApart(t *testing.T) {
	t.Parallel()
	_, err := policy.Load("p.yaml", strings.NewReader("version: 1\nrules:\n- {name: a, when: x, roles: [r]}\n"))
	joined, ok := err.(interface{ Unwrap() []error })
	require.True(t, ok)
	require.Len(t, joined.Unwrap(), 2)
	first, ok := errors.AsType[*policy.LoadError](err)
	require.True(t, ok)
	require.Equal(t, policy.LoadError{File: "p.yaml", Line: 3, Column: 19, Path: "rules[0].when", Msg: `unknown attribute "x"`}, *first)
}

func TestLoadStopsAtAHundredProblems(t *testing.T) {
	t.Parallel()
	lines := loadError(t, "version: 1\nrules:\n"+strings.Repeat("- {}\n", 300))
	require.Len(t, lines, 101)
	require.Equal(t, "policy.yaml: and 800 more problems", lines[100])
}

func TestLoadPassesOnErrorsOfTheReader(t *testing.T) {
	t.Parallel()
	_, err := policy.Load("policy.yaml", iotest.ErrReader(io.ErrClosedPipe))
	require.ErrorIs(t, err, io.ErrClosedPipe)
	_, err = policy.LoadFile(filepath.Join(t.TempDir(), "none.yaml"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestCompileReportsPaths(t *testing.T) {
	t.Parallel()
	_, err := policy.Compile(policy.Document{Version: 1, Rules: []policy.Rule{{Name: "a\x00", When: "departmnet == 'x'", Grants: []string{"git:a/b"}}}})
	require.EqualError(t, err, `rules[0].name: "a\x00" holds control characters
rules[0].when: unknown attribute "departmnet", did you mean "department"?
rules[0].grants[0]: system "git" has no entry under accounts`)
}

func TestLoadBoundsRoles(t *testing.T) {
	t.Parallel()
	accounts := "accounts: {d: {name: n, candidates: [\"{email}\"]}}\nrules: [{name: r, when: \"true\", roles: [r0]}]\nroles:\n"
	var chain, wide strings.Builder
	for i := range 20 {
		fmt.Fprintf(&chain, "  r%d: {inherits: [r%d]}\n", i, i+1)
	}
	require.Contains(t, loadError(t, "version: 1\n"+accounts+chain.String()+"  r20: {}\n")[0], "roles inherit more than 16 levels deep")
	// Fifteen layers of sixty roles, each with all of the next, have 60^15 paths.
	for layer := range 15 {
		for i := range 60 {
			fmt.Fprintf(&wide, "  r%d: {grants: [\"d:g/%d\"], inherits: [", layer*60+i, layer*60+i)
			for k := range 60 {
				if layer < 14 {
					fmt.Fprintf(&wide, "r%d, ", (layer+1)*60+k)
				}
			}
			wide.WriteString("]}\n")
		}
	}
	p := load(t, "version: 1\n"+accounts+wide.String())
	d, err := p.Evaluate(t.Context(), person(nil))
	require.NoError(t, err)
	require.Len(t, d.Grants, 1+14*60)
	require.Len(t, d.Grants[len(d.Grants)-1].Reasons, 1)
}

package policy_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

func files(named ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for i := 0; i < len(named); i += 2 {
		out[named[i]] = &fstest.MapFile{Data: []byte(named[i+1])}
	}
	return out
}

const (
	base = `version: 1
bridgeDays: 3
attributes: {level: {type: number}}
roles:
  staff: {grants: [directory:group/staff]}
accounts:
  directory: {name: n, candidates: [x]}
`
	sales = `version: 1
roles:
  seller: {inherits: [staff], grants: [crm:role/user]}
rules:
  - {name: sales, when: department == "Sales", roles: [seller]}
accounts:
  crm: {name: n, candidates: [x]}
`
	limits = `version: 1
attributes: {level: {type: number}}
denies:
  - {name: junior, when: level < 2, grants: ["crm:*"]}
separation:
  - {name: s, between: [{grants: [crm:role/user]}, {grants: [directory:group/board]}], action: refuse}
exceptions:
  - {name: e, person: p, lifts: [junior], until: 2026-12-31, reason: x}
entitlements: {crm:role/user: {owner: Carol}}
`
)

func TestFilesUnite(t *testing.T) {
	t.Parallel()
	fsys := files("policy/a.yaml", base, "policy/b.yaml", sales, "policy/c.yaml", limits, "policy/readme.md", "x")
	p, err := policy.LoadFS(fsys, "policy/*.yaml")
	require.NoError(t, err)
	d := evaluate(t, p, person(policy.Attributes{"department": {"Sales"}}))
	require.Equal(t, []string{"crm:role/user", "directory:group/staff"}, held(d))
	require.Equal(t, 3, p.Document().BridgeDays)

	again, err := policy.LoadFS(fsys, "policy/c*", "policy/b*", "policy/[ab].yaml")
	require.NoError(t, err)
	require.Equal(t, p.Version(), again.Version(), "neither order nor repetition counts")
	stored, err := policy.Load("stored", bytes.NewReader(p.Source()))
	require.NoError(t, err)
	require.Equal(t, p.Version(), stored.Version())
	require.Equal(t, p.Document(), stored.Document())

	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, fsys))
	read, err := policy.LoadFiles(filepath.Join(dir, "policy/c.yaml"), filepath.Join(dir, "policy/a.yaml"), filepath.Join(dir, "policy/b.yaml"))
	require.NoError(t, err)
	require.Equal(t, p.Version(), read.Version())
}

func fsError(t *testing.T, fsys fs.FS, patterns ...string) []string {
	t.Helper()
	p, err := policy.LoadFS(fsys, patterns...)
	require.Error(t, err)
	require.Nil(t, p)
	return strings.Split(err.Error(), "\n")
}

func TestConflictsNameBothPlaces(t *testing.T) {
	t.Parallel()
	other := `version: 1
bridgeDays: 4
attributes:
  level: {type: string}
roles:
  staff: {grants: [directory:group/all]}
rules:
  - {name: other, when: "true", roles: [staff]}
  - {name: sales, when: department == "Selling", roles: [seller]}
denies:
  - {name: junior, when: level < 3, grants: ["crm:*"]}
entitlements: {crm:role/user: {owner: Dave}}
accounts:
  crm: {name: login, candidates: [x]}
`
	require.Equal(t, []string{
		`d.yaml:2:13: bridgeDays is said in another way at a.yaml:2:13`,
		`d.yaml:4:3: attribute "level" is said in another way at a.yaml:3:14`,
		`d.yaml:6:3: role "staff" is said in another way at a.yaml:5:3`,
		`d.yaml:9:5: rule "sales" is said in another way at b.yaml:5:5`,
		`d.yaml:11:5: deny "junior" is said in another way at c.yaml:4:5`,
		`d.yaml:12:16: entitlement "crm:role/user" is said in another way at c.yaml:9:16`,
		`d.yaml:14:3: account "crm" is said in another way at b.yaml:7:3`,
	}, fsError(t, files("a.yaml", base, "b.yaml", sales, "c.yaml", limits, "d.yaml", other), "*"))
}

func TestMistakesAreToldInTheirFile(t *testing.T) {
	t.Parallel()
	bad := `version: 2
rulse: []
rules:
  - {name: x, when: departmnt == "a", roles: [stff]}
  - {name: y, when: "true", roles: [staff], from: monday}
  - {name: y, when: "true", roles: [staff]}
roles: {"odd one": {inherits: [none]}, a: {inherits: [b]}}
`
	require.Equal(t, []string{
		`b.yaml:1:10: want version: 1, the only version of the format`,
		`b.yaml:2:1: unknown key "rulse", did you mean "rules"?`,
		`b.yaml:4:21: unknown attribute "departmnt", did you mean "department"?`,
		`b.yaml:4:47: unknown role "stff", did you mean "staff"?`,
		`b.yaml:5:51: unknown attribute "monday"`,
		`b.yaml:6:12: rule "y" stands here a second time; the first is b.yaml:5:5`,
		`b.yaml:7:32: unknown role "none"`,
		`b.yaml:7:44: roles inherit in a circle: "a" > "b" > "a"`,
	}, fsError(t, files("a.yaml", base+"rules: [{name: z, when: \"true\", roles: [staff]}]\n", "b.yaml", bad, "c.yaml", "{version: 1,  roles: {b: {inherits: [a]}}}"), "*"))
	require.Equal(t, []string{
		`b.yaml:1:1: the policy is empty; it begins with version: 1`, `c.yaml: the policy is not UTF-8`,
	}, fsError(t, files("a.yaml", base, "b.yaml", "", "c.yaml", "\xff"), "*"))
	require.Equal(t, []string{`b.yaml: the policy is longer than 1048576 bytes`},
		fsError(t, files("a.yaml", base+strings.Repeat("#", 1<<19), "b.yaml", base+strings.Repeat("#", 1<<19)), "*"))
	require.Equal(t, []string{`policy x*: file does not exist`}, fsError(t, files("a.yaml", base), "*", "x*"))
	require.Equal(t, []string{`policy [: syntax error in pattern`}, fsError(t, files(), "["))
	require.Equal(t, []string{`policy: no files`}, fsError(t, files()))
	_, err := policy.LoadFiles(filepath.Join(t.TempDir(), "none"), filepath.Join(t.TempDir(), "nothing"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.Len(t, strings.Split(err.Error(), "\n"), 2)
}

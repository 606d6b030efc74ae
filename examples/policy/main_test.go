package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

var update = flag.Bool("update", false, "write the golden files")

// try runs the program and returns what it wrote and its exit code.
func try(t *testing.T, args ...string) (code int, out, diag string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	now := func() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }
	code = program{out: &stdout, diag: &stderr, now: now}.run(t.Context(), args)
	return code, stdout.String(), stderr.String()
}

// TestOutputs holds all that is printed to golden files.
func TestOutputs(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"tour":  "",
		"usage": "-h", "check-help": "check -h", "test-help": "test -h", "diff-help": "diff -h", "schema-help": "schema -h",
		"command-unknown": "chek",

		"check":               "check sample/policy.yaml",
		"check-json":          "check -json sample/policy.yaml",
		"check-at":            "check sample/policy.yaml -at 2026-02-28",
		"check-nothing":       "check testdata/clean.yaml",
		"check-nothing-json":  "check testdata/clean.yaml -json",
		"check-warning":       "check -fail-on warning sample/next-policy.yaml",
		"check-warning-fine":  "check sample/next-policy.yaml",
		"check-broken":        "check testdata/broken.yaml",
		"check-broken-json":   "check -json testdata/broken.yaml",
		"check-conflict":      "check sample/policy.yaml testdata/part.yaml",
		"check-comma":         "check sample/policy.yaml,testdata/part.yaml",
		"check-people":        "check testdata/clean.yaml -people testdata/people.csv -custom level",
		"check-people-json":   "check testdata/clean.yaml -people testdata/people.csv -custom level -json",
		"check-people-skip":   "check testdata/clean.yaml -people testdata/people.csv -custom level -skip-wrong -fail-on note",
		"check-people-unread": "check testdata/clean.yaml -people sample/people.csv",
		"check-missing":       "check testdata/none.yaml",
		"check-missing-json":  "check testdata/none.yaml -json",

		"test":        "test -policy sample/policy.yaml sample/cases.yaml",
		"test-json":   "test -policy sample/policy.yaml sample/cases.yaml -json",
		"test-passed": "test -policy sample/next-policy.yaml testdata/good-cases.yaml",
		"test-odd":    "test -policy testdata/clean.yaml testdata/odd-cases.yaml",
		"test-at":     "test -policy testdata/clean.yaml testdata/odd-cases.yaml -at 2027-02-01",
		"test-wrong":  "test -policy testdata/clean.yaml testdata/wrong-cases.yaml testdata/torn-cases.yaml sample/people.csv",
		"test-broken": "test -policy testdata/broken.yaml sample/cases.yaml",

		"why":                 "why -policy sample/policy.yaml -people sample/people.csv 1001 git:team/dev",
		"why-json":            "why -policy sample/policy.yaml -people sample/people.csv 1001 git:team/dev -json",
		"why-not":             "why -policy sample/policy.yaml -people sample/people.csv 1006 directory",
		"why-not-json":        "why -policy sample/policy.yaml -people sample/people.csv 1006 directory -json",
		"why-denied":          "why -policy sample/policy.yaml -people sample/people.csv 1004 git:team/dev",
		"why-unreadable":      "why -policy testdata/clean.yaml -people testdata/people.csv -custom level 4 app:group/staff",
		"why-unreadable-json": "why -policy testdata/clean.yaml -people testdata/people.csv -custom level 4 app:group/staff -json",
		"why-left-out":        "why -policy testdata/clean.yaml -people testdata/people.csv -custom level 3 app:group/staff",
		"why-nobody":          "why -policy sample/policy.yaml -people sample/people.csv 9 git:team/dev",
		"why-what":            "why -policy sample/policy.yaml -people sample/people.csv 1001 gti",
		"why-help":            "why -h",

		"diff":              "diff sample/policy.yaml sample/next-policy.yaml -people sample/people.csv",
		"diff-json":         "diff sample/policy.yaml sample/next-policy.yaml -people sample/people.csv -json",
		"diff-back":         "diff sample/next-policy.yaml sample/policy.yaml -people sample/people.csv -at 2026-02-15T00:00:00+01:00",
		"diff-nothing":      "diff sample/policy.yaml sample/policy.yaml -people sample/people.csv",
		"diff-nothing-json": "diff sample/policy.yaml sample/policy.yaml -people sample/people.csv -json",
		"diff-undecided":    "diff testdata/clean.yaml testdata/stricter.yaml -people testdata/people.csv -custom level -source hr",
		"diff-skip":         "diff testdata/clean.yaml testdata/clean.yaml -people testdata/people.csv -custom level -skip-wrong",
		"diff-wrong-file":   "diff testdata/clean.yaml testdata/broken.yaml -people testdata/people.csv",
		"diff-no-people":    "diff sample/policy.yaml sample/next-policy.yaml -people testdata/none.csv",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, diag := try(t, strings.Fields(line)...)
			got := fmt.Sprintf("$ policy %s\n%s--- standard error\n%s--- exit code %d\n", line, out, diag, code)
			golden := filepath.Join("testdata", "golden", name+".txt")
			if *update {
				require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o750))
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

func TestRefusesWrongUse(t *testing.T) {
	t.Parallel()
	for line, why := range map[string]string{
		"check":                  "FILE: wanted",
		"check x -fail-on fatal": "want error, warning or note",
		"check x -at 3.4.2026":   `-at: "3.4.2026": want a day such as 2026-01-31`,
		"check x -zone Mars":     "-zone: ",
		"check x -columns y":     "want HEADER=FIELD",
		"check x -y":             "not defined: -y",
		"test x":                 "-policy: wanted",
		"test -policy x":         "CASES.yaml: wanted",
		"diff x":                 "want OLD and NEW, not 1 argument",
		"diff sample/policy.yaml sample/policy.yaml":                                            "-people: wanted",
		"diff sample/policy.yaml sample/policy.yaml -people sample/people.csv -dates 1.1.":      "-dates",
		"diff sample/policy.yaml sample/policy.yaml -people sample/people.csv -custom hireDate": "-custom",
		"schema x": `"x": no argument is expected`,
	} {
		code, out, diag := try(t, strings.Fields(line)...)
		require.Equal(t, exitTrouble, code, line)
		require.Contains(t, diag, why, line)
		require.Empty(t, out, line)
	}
}

func TestPrintsTheSchema(t *testing.T) {
	t.Parallel()
	code, out, diag := try(t, "schema")
	require.Equal(t, exitFine, code)
	require.Equal(t, string(policy.Schema()), out)
	require.Empty(t, diag)
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/scimtest"
)

const (
	secret = "tok-7d0f3a91c4"
	header = "Worker ID,First Name,Last Name,Work Email,Department,Start Date,Last Day"
	rules  = `version: 1
roles:
  staff:
    grants: [directory:group/staff]
rules:
  - name: everybody
    when: "true"
    roles: [staff]
  - name: engineers
    when: department == "Engineering"
    grants: [directory:group/engineering]
accounts:
  directory:
    name: userName
    candidates: ["{givenName|ascii|lower}", "{givenName|ascii|lower}{n}"]
    attributes:
      displayName: "{displayName}"
`
)

var (
	alice = "1,Alice,Almond,alice@example.com,Engineering,2024-01-08,"
	bob   = "2,Bob,Birch,bob@example.com,Engineering,2024-01-08,"
	carol = "3,Carol,Cedar,carol@example.com,Sales,2024-01-08,"
	dave  = "4,Dave,Dogwood,dave@example.com,Sales,2024-01-08,"
)

// bench is a directory with all the files, and a server.
type bench struct {
	*testing.T
	server *scimtest.Server
	url    string
	dir    string
	said   bytes.Buffer // by all runs so far
}

// result is what one run left behind.
type result struct {
	code      int
	out, diag string
}

func newBench(t *testing.T, config scimtest.Config) *bench {
	t.Helper()
	config.Token = secret
	server, err := scimtest.New(config)
	require.NoError(t, err)
	for _, name := range []string{"staff", "engineering"} {
		_, err := server.AddGroup(scimtest.Group{DisplayName: name})
		require.NoError(t, err)
	}
	url, err := server.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	b := &bench{T: t, server: server, url: url + scimtest.BasePath, dir: t.TempDir()}
	b.write("policy.yaml", rules)
	b.write("token", secret+"\n")
	t.Cleanup(b.keepsTheSecret)
	return b
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *bench) write(name, content string) {
	b.Helper()
	require.NoError(b, os.WriteFile(b.path(name), []byte(content), 0o600))
}

// people writes the people file with a trailer that is right.
func (b *bench) people(rows ...string) {
	b.Helper()
	b.write("people.csv", fmt.Sprintf("%s\n%s\n#rows,%d\n", header, strings.Join(rows, "\n"), len(rows)))
}

// crowd returns the rows of n more people.
func crowd(n int) []string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf("%d,Zoe,Fir%d,zoe%d@example.com,Sales,2024-01-08,", 100+i, i, i)
	}
	return rows
}

// args are the flags of an ordinary run, and more.
func (b *bench) args(more ...string) []string {
	return append([]string{
		"-people", b.path("people.csv"), "-policy", b.path("policy.yaml"), "-url", b.url, "-token-file", b.path("token"),
		"-db", b.path("joinery.db"), "-audit", b.path("audit.jsonl"), "-evidence", "trailer", "-progress", "0", "-patience", "30s",
	}, more...)
}

func (b *bench) run(more ...string) result {
	b.Helper()
	return b.runWith(b.Context(), b.args(more...))
}

func (b *bench) runWith(ctx context.Context, args []string) result {
	b.Helper()
	var out, diag bytes.Buffer
	code := run(ctx, args, &out, &diag)
	b.said.Write(out.Bytes())
	b.said.Write(diag.Bytes())
	return result{code, out.String(), diag.String()}
}

// done runs and wants everything to be done.
func (b *bench) done(more ...string) result {
	b.Helper()
	r := b.run(more...)
	require.Equal(b, exitDone, r.code, "%s%s", r.out, r.diag)
	require.Empty(b, r.diag)
	return r
}

// names returns the user names on the server, oldest first.
func (b *bench) names() []string {
	var names []string
	for _, u := range b.server.Users() {
		names = append(names, u.UserName)
	}
	return names
}

// members returns how many belong to a group.
func (b *bench) members(group string) int {
	b.Helper()
	for _, g := range b.server.Groups() {
		if g.DisplayName == group {
			return len(g.Members)
		}
	}
	b.Fatalf("no group %s", group)
	return 0
}

// keepsTheSecret looks for the token in everything that was written and said.
func (b *bench) keepsTheSecret() {
	require.NotContains(b, b.said.String(), secret)
	entries, err := os.ReadDir(b.dir)
	require.NoError(b, err)
	for _, e := range entries {
		if e.Name() == "token" {
			continue
		}
		content, err := os.ReadFile(b.path(e.Name()))
		require.NoError(b, err)
		require.NotContains(b, string(content), secret, e.Name())
	}
}

// printed is a command that answers a question.
var printed = regexp.MustCompile(`(?m)^  \S.* (-people .*-answer '?([^ ']+)'?)`)

// command returns the arguments of the printed command with a choice that begins
// like this.
func (b *bench) command(r result, choice string) []string {
	b.Helper()
	for _, m := range printed.FindAllStringSubmatch(r.out, -1) {
		if _, given, _ := strings.Cut(m[2], "="); strings.HasPrefix(given, choice) {
			return strings.Fields(m[1]) // the paths of a test need no quotes
		}
	}
	b.Fatalf("no command answers %s:\n%s", choice, r.out)
	return nil
}

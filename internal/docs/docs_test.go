// Package docs holds the documentation to the code: what the README shows
// compiles, loads, and is what is really printed.
package docs

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/joinery-iam/joinery/policy"
	"github.com/stretchr/testify/require"
)

const root = "../.."

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	return string(text)
}

// blocks returns the fenced blocks of a language.
func blocks(text, language string) []string {
	var out []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```").FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// header is what the snippets may take for granted.
const header = `package snippets

import (
	"context"
	"testing"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

var _ = time.Hour
`

func TestReadmeSnippetsCompile(t *testing.T) {
	t.Parallel()
	code := blocks(readme(t), "go")
	require.Len(t, code, 2, "say here what the snippets are")
	text := header +
		"func embed(ctx context.Context, people hrsource.Source, directory connector.Connector) error {\n" + code[0] + "}\n" +
		"func inMemory(t *testing.T, text string) {\n" + code[1] + "}\n" +
		"var _, _ = embed, inMemory\n"
	dir := t.TempDir()
	source := filepath.Join(dir, "snippets.go")
	require.NoError(t, os.WriteFile(source, []byte(text), 0o600))
	place, err := filepath.Abs("snippets/snippets.go")
	require.NoError(t, err)
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {place: source}})
	require.NoError(t, err)
	file := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(file, overlay, 0o600))
	out, err := exec.CommandContext(t.Context(), "go", "build", "-overlay", file, "./snippets").CombinedOutput()
	require.NoError(t, err, "%s", out)
}

func TestReadmePolicyLoads(t *testing.T) {
	t.Parallel()
	yaml := blocks(readme(t), "yaml")
	require.NotEmpty(t, yaml)
	for _, text := range yaml {
		_, err := policy.Load("README.md", strings.NewReader(text))
		require.NoError(t, err)
	}
}

// TestReadmeShowsWhatQuickstartPrints compares the lines in the README with the
// output, which another test holds to a golden file.
func TestReadmeShowsWhatQuickstartPrints(t *testing.T) {
	t.Parallel()
	printed, err := os.ReadFile(filepath.Join(root, "examples/quickstart/testdata/timeline.txt"))
	require.NoError(t, err)
	shown := blocks(readme(t), "text")
	require.NotEmpty(t, shown)
	for line := range strings.SplitSeq(strings.TrimSpace(shown[0]), "\n") {
		require.Contains(t, string(printed), line)
	}
}

// TestReadmeLinksExist finds links to files that are not there.
func TestReadmeLinksExist(t *testing.T) {
	t.Parallel()
	for _, m := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(readme(t), -1) {
		_, err := os.Stat(filepath.Join(root, m[1]))
		require.NoError(t, err)
	}
}

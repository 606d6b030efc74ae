package apilist_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/joinery-iam/joinery/internal/apilist"
	"github.com/stretchr/testify/require"
)

const (
	root   = "../.."
	stored = root + "/api/v0.txt"
)

var update = flag.Bool("update", false, "write the exported API to api/v0.txt")

// TestExportedAPI compares what is exported with the reviewed list. After an
// intended change: go test ./internal/apilist -update.
func TestExportedAPI(t *testing.T) {
	t.Parallel()
	list, err := apilist.Read(root)
	require.NoError(t, err)
	now := strings.Join(list.Lines, "\n") + "\n"
	if *update {
		require.NoError(t, os.WriteFile(stored, []byte(now), 0o600))
	}
	before, err := os.ReadFile(stored)
	require.NoError(t, err)
	old := strings.Split(strings.TrimSpace(string(before)), "\n")
	for _, line := range old {
		if !slices.Contains(list.Lines, line) {
			t.Errorf("gone:  %s", line)
		}
	}
	for _, line := range list.Lines {
		if !slices.Contains(old, line) {
			t.Errorf("new:   %s", line)
		}
	}
	if t.Failed() {
		t.Log("if this is meant: go test ./internal/apilist -update")
	}
}

// TestEverythingExportedIsDocumented finds exported names without a comment.
func TestEverythingExportedIsDocumented(t *testing.T) {
	t.Parallel()
	list, err := apilist.Read(root)
	require.NoError(t, err)
	for _, name := range list.Undocumented {
		t.Errorf("no comment: %s", name)
	}
	require.NotEmpty(t, list.Lines)
}

package translog_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
)

// goldenEntries reads three entries that an earlier release sealed: salts are
// random, so they cannot be sealed anew. Their digests still have to be right.
func goldenEntries(t *testing.T) []audit.Sealed {
	t.Helper()
	var entries []audit.Sealed
	for line := range bytes.Lines(readTestdata(t, "entries.jsonl")) {
		var s audit.Sealed
		require.NoError(t, json.Unmarshal(line, &s))
		require.NoError(t, s.Check())
		entries = append(entries, s)
	}
	require.Len(t, entries, 3)
	return entries
}

func readTestdata(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return text
}

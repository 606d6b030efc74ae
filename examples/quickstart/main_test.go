package main

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden file")

// TestYear holds the whole year to a golden file.
func TestYear(t *testing.T) {
	t.Parallel()
	const golden = "testdata/timeline.txt"
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o750))
		require.NoError(t, os.WriteFile(golden, out.Bytes(), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	// How many runs follow up on new accounts depends on how quickly those are made.
	count := regexp.MustCompile(`audit log: \d+ entries, \d+ `)
	require.Equal(t, count.ReplaceAllString(string(want), ""), count.ReplaceAllString(out.String(), ""))
}

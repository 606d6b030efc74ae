package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files")

// TestMain lets the test binary be the example, for the processes that are killed.
func TestMain(m *testing.M) {
	if os.Getenv("LIFECYCLE") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	killed := 0
	for _, s := range scenarios() {
		killed += s.processes - 1
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			ok, err := s.run(t.Context(), setting{}, &out)
			require.NoError(t, err, out.String())
			require.True(t, ok, out.String())
			golden := filepath.Join("testdata", s.name+".txt")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o750))
				require.NoError(t, os.WriteFile(golden, out.Bytes(), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), out.String())
			require.Contains(t, out.String(), "   plan  ")
			require.Equal(t, s.processes-1, strings.Count(out.String(), andAnother))
		})
	}
	require.GreaterOrEqual(t, killed, 5)
}

func TestFlags(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	ok, err := run(t.Context(), []string{"-list"}, &out)
	require.NoError(t, err)
	require.True(t, ok)
	require.Contains(t, out.String(), "leave-of-absence")
	_, err = run(t.Context(), []string{"-only"}, &out)
	require.Error(t, err)
	_, err = run(t.Context(), []string{"-only", "nothing like it"}, &out)
	require.ErrorContains(t, err, "there is no scenario")
}

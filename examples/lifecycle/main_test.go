package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files")

// TestMain lets the test binary be the example, for the test of restarts.
func TestMain(m *testing.M) {
	if os.Getenv("LIFECYCLE") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios() {
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
		})
	}
}

// TestProcessIsKilledInTheMiddle plays those scenarios that have a restart in two
// processes: the first is killed there, and the second goes on.
func TestProcessIsKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	restarts := 0
	for _, s := range scenarios() {
		golden, err := os.ReadFile(filepath.Join("testdata", s.name+".txt"))
		require.NoError(t, err)
		if !bytes.Contains(golden, []byte("another begins")) {
			continue
		}
		restarts++
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			args := []string{"-only", s.name, "-db", filepath.Join(t.TempDir(), "joinery.db")}
			for _, system := range []string{"directory", "code"} {
				server, url, err := startServer()
				require.NoError(t, err)
				t.Cleanup(func() { require.NoError(t, server.Close()) })
				args = append(args, "-"+system, url)
			}
			first := child(t, append(args, "-dies")...)
			said, err := first.CombinedOutput()
			require.Error(t, err, "%s", said)
			require.Equal(t, "signal: killed", err.Error(), "%s", said)
			second := child(t, append(args, "-revived")...)
			said, err = second.CombinedOutput()
			require.NoError(t, err, "%s", said)
			require.Contains(t, string(said), "✓")
		})
	}
	require.GreaterOrEqual(t, restarts, 5)
}

func child(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), "LIFECYCLE=1")
	return cmd
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

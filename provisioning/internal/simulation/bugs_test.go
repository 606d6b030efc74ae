package simulation

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

var bugs = flag.Bool("bugs", false, "plant errors in the engine, one at a time, and see that each is found")

// TestPlantedErrorsAreFound runs the simulation on an engine with each of the errors. One is
// found if the simulation says what is wrong, in a history in which it finds nothing wrong
// with the engine as it is.
func TestPlantedErrorsAreFound(t *testing.T) {
	if !*bugs {
		t.Skip("only with -bugs: each error needs an engine built with it")
	}
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	control := &control{binary: build(t, nil), said: map[history]string{}}
	for name, bug := range planted {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // the simulation waits as much as it works
			file := filepath.Join(root, filepath.FromSlash(bug.file))
			text := bug.place(t, file)
			mutant := filepath.Join(t.TempDir(), "mutant.go")
			require.NoError(t, os.WriteFile(mutant, []byte(strings.Replace(text, bug.right, bug.wrong, 1)), 0o600))
			verdict, shows := regexp.MustCompile(`seed \d+, .*`), regexp.MustCompile(`seed \d+, .*(`+bug.shows+`).*`)
			binary := build(t, map[string]string{file: mutant})
			for seed := range 8 {
				h := history{seed + 1, bug.late}
				said, ok := h.live(t.Context(), binary)
				if shown := shows.FindString(said); !ok && shown != "" {
					control.passes(t, h)
					t.Log("found with ", shown)
					return
				}
				if !ok {
					t.Log("not what was expected: ", verdict.FindString(said))
				}
			}
			t.Fatal("eight histories do not show it")
		})
	}
}

// TestErrorsHaveAPlaceToBePlanted finds out in no time what the test above would after long.
func TestErrorsHaveAPlaceToBePlanted(t *testing.T) {
	t.Parallel()
	for name, bug := range planted {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bug.place(t, filepath.Join("../../..", filepath.FromSlash(bug.file)))
		})
	}
}

// place returns the text of the file in which the error is planted.
func (b bug) place(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(text), b.right), "%s is not what it was when the error was thought of", b.file)
	return string(text)
}

// build builds the simulation with other text in place of some files.
func build(t *testing.T, instead map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": instead})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600))
	binary := filepath.Join(dir, "simulation.test")
	said, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", binary, "-overlay", filepath.Join(dir, "overlay.json"), ".").CombinedOutput()
	require.NoError(t, err, "%s", said)
	return binary
}

// history is one to live through.
type history struct {
	seed int
	late bool
}

// live returns what a simulation says, and whether it found nothing.
func (h history) live(ctx context.Context, binary string) (said string, ok bool) {
	run := exec.CommandContext(ctx, binary, "-test.run", "TestSimulation", "-seed", fmt.Sprint(h.seed), "-days", "60", "-late="+fmt.Sprint(h.late))
	out, err := run.CombinedOutput()
	return string(out), err == nil
}

// control is the engine as it is.
type control struct {
	binary string
	mu     sync.Mutex
	said   map[history]string // what it was told in each; empty if nothing is wrong
}

// passes makes sure that nothing is found in a history with the engine as it is.
func (c *control) passes(t *testing.T, h history) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	said, known := c.said[h]
	if !known {
		var ok bool
		if said, ok = h.live(t.Context(), c.binary); ok {
			said = ""
		}
		c.said[h] = said
	}
	require.Empty(t, said, "the engine as it is does not pass %+v", h)
}

package simulation

import (
	"flag"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	seed   = flag.Uint64("seed", 1, "seed of the first history")
	number = flag.Int("histories", 1, "how many histories")
	people = flag.Int("people", 60, "who work here on the first day")
	late   = flag.Bool("late", false, "let calls arrive long after their lease")
	days   = flag.Int("days", 35, "how long a history is")
)

func TestSimulation(t *testing.T) {
	t.Parallel()
	for i := range uint64(*number) {
		t.Run(fmt.Sprint("seed", *seed+i), func(t *testing.T) {
			t.Parallel()
			cfg := Config{Seed: *seed + i, People: *people, Days: *days, Dir: t.TempDir(), Late: *late}
			cfg.Log = t.Logf
			require.NoError(t, Run(t.Context(), cfg))
		})
	}
}

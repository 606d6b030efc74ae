package simulation

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var bugs = flag.Bool("bugs", false, "plant errors in the engine, one at a time, and see that each is found")

// planted are errors of the kind that engines like this one have had, each as a change
// of one place.
var planted = map[string]struct {
	file, right, wrong string
	late               bool // it takes late calls to show
}{
	"a wake-up is lost": {
		"provisioning/wake.go", "if own {", "if own && j == nil {", false,
	},
	"what was claimed is done, although it was decided anew": {
		"provisioning/act.go", "it, err := tx.Item(claimed.Person, claimed.System, claimed.Kind, claimed.Key)", "it, err := claimed, error(nil)", true,
	},
	"the guard forgets what was taken away before": {
		"provisioning/guard.go", "if n+b.InWindow > b.Limit {", "if n > b.Limit {", false,
	},
	"nobody looks after a write that came too late": {
		"provisioning/late.go", `if last.op.Key == "" || last.look {`, `if last.op.Key != "!" {`, true,
	},
	"the same address is the same person": {
		"provisioning/correlate.go", "	switch {\n	case len(same) == 1:", "	if len(same) == 0 && len(maybe) == 1 {\n		same = maybe\n	}\n	switch {\n	case len(same) == 1 && same[0] != \"\":", false,
	},
	"a feed that was cut off counts as whole": {
		"provisioning/accept.go", "r.report.Complete, r.report.Basis = proof.Covers(r.report.Records), proof.Basis", "r.report.Complete, r.report.Basis = true, proof.Basis", false,
	},
	"a feed that knows only today erases what is to come": {
		"hrsource/overlay.go", "if a.EffectiveFrom.Compare(today) > 0 && a.EffectiveFrom != since {", "if a.EffectiveFrom.Compare(today) > 0 && today.IsZero() {", false,
	},
	"an account is deleted for having been disabled in an earlier life": {
		"provisioning/retention.go", "at := latest(d.person.LeftAt, latest(it.DecidedAt, it.VerifiedAt)).Add", "at := latest(it.DecidedAt, it.VerifiedAt).Add", false,
	},
	"a deletion does not wait for the handover": {
		"provisioning/retention.go", "case !d.owedToNobody(system):", "case !d.owedToNobody(system) && d.now.IsZero():", false,
	},
	"the guard judges each claim by itself": {
		"provisioning/judge.go", "	run.SealedAt = t.now()\n	counts, err := t.counts(tx, run.ID)\n", "	run.SealedAt = t.now()\n	counts, err := t.counts(tx, run.ID)\n	for i := range counts {\n		counts[i].N = min(counts[i].N, 1)\n	}\n", false,
	},
	"an unknown outcome counts as done": {
		"provisioning/readback.go", "if effective, known := hasEffect(a.op, account); !known || !effective {", "if effective, known := hasEffect(a.op, account); !known && !effective {", false,
	},
}

// TestPlantedErrorsAreFound runs the simulation on an engine with each of the errors.
func TestPlantedErrorsAreFound(t *testing.T) {
	if !*bugs {
		t.Skip("only with -bugs: each error needs an engine built with it")
	}
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	for name, bug := range planted {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(root, filepath.FromSlash(bug.file))
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, 1, strings.Count(string(text), bug.right), "%s is not what it was when the error was thought of", bug.file)
			dir := t.TempDir()
			mutant := filepath.Join(dir, "mutant.go")
			require.NoError(t, os.WriteFile(mutant, []byte(strings.Replace(string(text), bug.right, bug.wrong, 1)), 0o600))
			overlay, err := json.Marshal(map[string]map[string]string{"Replace": {file: mutant}})
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600))
			binary := filepath.Join(dir, "mutant.test")
			build := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", binary, "-overlay", filepath.Join(dir, "overlay.json"), ".")
			said, err := build.CombinedOutput()
			require.NoError(t, err, "%s", said)
			for seed := range 8 {
				run := exec.CommandContext(t.Context(), binary, "-test.run", "TestSimulation", "-seed", fmt.Sprint(seed+1), "-days", "60", "-late="+fmt.Sprint(bug.late))
				said, err = run.CombinedOutput()
				if err != nil {
					t.Logf("found with seed %d: %s", seed+1, first(string(said), ", day "))
					return
				}
			}
			t.Fatal("eight histories do not show it")
		})
	}
}

// first returns what stands in the first line with a mark.
func first(text, mark string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, mark) {
			return strings.TrimSpace(line)
		}
	}
	return text
}

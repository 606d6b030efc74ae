package provisioning_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

var (
	histories = flag.Int("histories", 12, "how many random histories are lived through")
	firstSeed = flag.Uint64("history", 1, "seed of the first history")
)

// TestAnyHistoryEndsAsHRTellsIt lives through random histories of people, with
// systems that fail in every way the fake knows, and compares the end with what an
// oracle makes of the last HR facts alone.
func TestAnyHistoryEndsAsHRTellsIt(t *testing.T) {
	t.Parallel()
	for i := range uint64(*histories) {
		seed := *firstSeed + i
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			t.Parallel()
			h := &history{Bench: bench(t, provisioningtest.Config{
				Tenant: func(c *provisioning.TenantConfig) {
					c.Guard = provisioning.Guard{Percent: 100, MinPopulation: 10_000}
				},
				Engine: func(c *provisioning.Config) { c.Retry.Attempts = 1000 },
			}), random: rand.New(rand.NewPCG(seed, 0)), workers: map[string]hrsource.Worker{}}
			h.HR.Tells(hrsource.FieldNames()...)
			for range 60 {
				h.step()
			}
			h.rest(t)
			h.judge(t)
			before := h.Target("directory").Writes() + h.Target("git").Writes()
			h.Sync()
			require.Equal(t, before, h.Target("directory").Writes()+h.Target("git").Writes(), "a run with nothing to do writes nothing")
			_, err := verify(t, h.Bench, export(t, h.Bench))
			require.NoError(t, err)
		})
	}
}

// history is a random sequence of events. workers is what HR says in the end.
type history struct {
	*provisioningtest.Bench
	random  *rand.Rand
	workers map[string]hrsource.Worker
}

var departments = []string{"Engineering", "Sales", "Finance"}

// step lets one thing happen, and perhaps some time pass.
func (h *history) step() {
	today := hrsource.DateOf(h.Clock.Now())
	day := func(spread int) hrsource.Date { return today.AddDays(h.random.IntN(2*spread+1) - spread) }
	switch n := h.random.IntN(10); {
	case n < 4 || len(h.workers) == 0:
		id := fmt.Sprintf("%03d", len(h.workers))
		w := provisioningtest.Worker(id, "N"+fmt.Sprint(h.random.IntN(5)), h.department(), day(10).String())
		h.put(w)
	case n < 6:
		w := h.any()
		w.Assignments = append(slices.Clone(w.Assignments), hrsource.Assignment{EffectiveFrom: day(15), Department: h.department()})
		slices.SortStableFunc(w.Assignments, func(a, b hrsource.Assignment) int { return a.EffectiveFrom.Compare(b.EffectiveFrom) })
		h.put(w)
	case n < 8:
		w := h.any()
		w.TerminationDate = day(10)
		h.put(w)
	case n < 9:
		w := h.any()
		w.AccessEnd = h.Clock.Now()
		h.put(w)
	default: // it was a mistake
		w := h.any()
		w.AccessEnd, w.TerminationDate = time.Time{}, hrsource.Date{}
		h.put(w)
	}
	if h.random.IntN(3) == 0 {
		effects := []memory.Effect{memory.Fail, memory.LoseReply, memory.Throttle, memory.Down, memory.Conflict, memory.Deny}
		h.Target([]string{"directory", "git"}[h.random.IntN(2)]).Fault(memory.Fault{
			Do: effects[h.random.IntN(len(effects))], Times: 1 + h.random.IntN(4), After: h.random.IntN(4),
		})
	}
	if h.random.IntN(2) == 0 {
		h.GoTo(h.Clock.Now().Add(time.Duration(h.random.IntN(72)) * time.Hour).Format(time.RFC3339Nano))
	}
}

func (h *history) department() string { return departments[h.random.IntN(len(departments))] }

func (h *history) any() hrsource.Worker {
	return h.workers[fmt.Sprintf("%03d", h.random.IntN(len(h.workers)))]
}

func (h *history) put(w hrsource.Worker) {
	h.workers[w.Key.ID] = w
	h.HR.Put(w)
}

// rest mends the systems and lets the engine finish.
func (h *history) rest(t *testing.T) {
	t.Helper()
	for _, name := range []string{"directory", "git"} {
		h.Target(name).Clear()
		h.Target(name).Reveal()
	}
	h.Sync()
	for _, name := range []string{"directory", "git"} {
		_, err := h.Retry(t.Context(), name, "") // what a system had denied
		require.NoError(t, err)
		h.Settle()
	}
}

// judge compares the systems with the last facts.
func (h *history) judge(t *testing.T) {
	t.Helper()
	byOwner := func(system string) map[string]connector.Account {
		out := map[string]connector.Account{}
		for _, a := range h.Target(system).Accounts() {
			require.NotContains(t, out, a.ExternalID, "a second account in %s", system)
			out[a.ExternalID] = a
		}
		return out
	}
	directory, git := byOwner("directory"), byOwner("git")
	for id, w := range h.workers {
		live, department := truth(w, h.Clock.Now())
		person := h.Person(id)
		want := []string{}
		if live {
			if group := map[string]string{"Engineering": "group/engineering", "Sales": "group/sales"}[department]; group != "" {
				want = append(want, group)
			}
			want = append(want, "group/staff")
		}
		require.Equal(t, live, directory[person].Active, "worker %s in the directory", id)
		require.Equal(t, want, entitlements(directory[person]), "worker %s", id)
		require.Equal(t, live && department == "Engineering", git[person].Active, "worker %s in git", id)
		require.Equal(t, live && department == "Engineering", len(git[person].Entitlements) == 1, "worker %s in git", id)
		if live {
			require.Equal(t, fmt.Sprintf("%q", department), directory[person].Attributes["department"].String(), "worker %s", id)
		}
	}
}

// truth says what is so of a worker at an instant, in UTC, without asking anything
// that is under test.
func truth(w hrsource.Worker, at time.Time) (live bool, department string) {
	today := at.Format(time.DateOnly)
	for i, a := range w.Assignments {
		if i == 0 || a.EffectiveFrom.String() <= today {
			department = a.Department
		}
	}
	start, end := w.HireDate.String(), w.TerminationDate.String()
	live = start <= today && (end == "" || today <= end) && (w.AccessEnd.IsZero() || at.Before(w.AccessEnd))
	return live && (end == "" || start <= end), department
}

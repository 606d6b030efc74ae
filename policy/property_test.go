package policy_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

const mixed = company + `
rules:
  - {name: all, when: "true", roles: [employee]}
  - {name: eng, when: department == "Engines" || level > 3, roles: [engineer], from: 2026-02-28, until: 2026-03-01}
  - {name: calm, when: "!(level > 2) && !oncall", grants: [git:team/calm], until: 2026-10-25}
  - {name: sales, when: department != "Engines" && clearance == "", grants: [git:team/sales], from: 2026-03-29}
`

// timed is mixed with everything that depends on the days around a change.
func timed() string {
	text := strings.NewReplacer(
		"version: 1\n", "version: 1\nbridgeDays: 9\n",
		"    attributes:\n      displayName", "    aheadDays: 10\n    suspend: oncall || level > 5\n    attributes:\n      displayName",
		"  git:\n", "  git:\n    aheadDays: 3\n",
		"roles: [engineer], from", "roles: [engineer], overlapDays: 12, from",
		`grants: [git:team/calm]`, `grants: [git:team/calm], overlapDays: 1`,
	).Replace(mixed)
	return text
}

// histories makes random people, with zones in which days begin at odd times.
type histories struct {
	*rand.Rand
	zones []*time.Location
}

func newHistories(t *testing.T, seed uint64) histories {
	t.Helper()
	h := histories{Rand: rand.New(rand.NewPCG(seed, 1)), zones: []*time.Location{nil}}
	for _, name := range []string{"Europe/Vienna", "America/Santiago", "Pacific/Apia", "Asia/Kathmandu"} {
		h.zones = append(h.zones, zone(t, name))
	}
	return h
}

func (h histories) instant() time.Time {
	base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return base.Add(time.Duration(h.IntN(400*24)) * time.Hour)
}

func (h histories) pick(list ...string) []string {
	if i := h.IntN(len(list) + 1); i < len(list) {
		return []string{list[i]}
	}
	return nil
}

func (h histories) attributes() policy.Attributes {
	return policy.Attributes{
		"department": h.pick("Engines", "Sales"), "level": h.pick("1", "3", "5.5"), "oncall": h.pick("true", "false"),
		"clearance": h.pick("none", "secret"), "givenName": h.pick("Ada", "Émile"), "familyName": h.pick("Byron", "Жуков"),
	}
}

func (h histories) subject() policy.Subject {
	s := policy.Subject{At: h.instant(), Person: "p"}
	for i := range h.IntN(4) {
		r := policy.Relationship{ID: fmt.Sprint(i), Primary: h.IntN(3) == 0, Zone: h.zones[h.IntN(len(h.zones))]}
		if h.IntN(4) > 0 {
			r.Start = h.instant()
		}
		if h.IntN(3) > 0 {
			r.End = h.instant()
		}
		from := h.instant()
		for range h.IntN(4) {
			r.Spans = append(r.Spans, policy.Span{From: from, Attributes: h.attributes()})
			from = from.Add(time.Duration(1+h.IntN(2000)) * time.Hour)
		}
		s.Relationships = append(s.Relationships, r)
	}
	if h.IntN(2) == 0 {
		s.Accounts = map[string]policy.Account{"directory": {ID: "1", Attributes: policy.Attributes{"userName": {"x"}}}}
	}
	return s
}

// Until the instant that a decision names, nothing changes: whoever sleeps until
// then misses nothing.
func TestNothingChangesBeforeNextChange(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]*policy.Policy{"plain": load(t, mixed), "timed": load(t, timed())} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			nothingChangesBeforeNextChange(t, p)
		})
	}
}

func nothingChangesBeforeNextChange(t *testing.T, p *policy.Policy) {
	t.Helper()
	changed := 0
	for seed := range uint64(1500) {
		h := newHistories(t, seed)
		s := h.subject()
		for range 12 {
			d := evaluate(t, p, s)
			next, until := d.NextChange, d.NextChange
			if next.IsZero() {
				until = s.At.AddDate(5, 0, 0)
			}
			require.True(t, until.After(s.At))
			for range 3 {
				later := s
				later.At = s.At.Add(time.Duration(h.Int64N(int64(until.Sub(s.At)))))
				require.Equal(t, d, evaluate(t, p, later), "seed %d: %s is between %s and %s", seed, later.At, s.At, until)
			}
			later := s
			later.At = until.Add(-time.Nanosecond)
			require.Equal(t, d, evaluate(t, p, later), "seed %d", seed)
			if next.IsZero() {
				break
			}
			s.At = next
			if after := evaluate(t, p, s); len(after.Grants) != len(d.Grants) {
				changed++
			}
		}
	}
	require.Greater(t, changed, 500, "the histories are too dull to prove anything")
}

func TestEqualSubjectsGiveEqualDecisionsEverywhere(t *testing.T) {
	t.Parallel()
	p, again := load(t, timed()), load(t, timed())
	h := newHistories(t, 7)
	subjects := make([]policy.Subject, 200)
	for i := range subjects {
		subjects[i] = h.subject()
	}
	want := make([]string, len(subjects))
	for i, s := range subjects {
		text, err := json.Marshal(evaluate(t, again, s))
		require.NoError(t, err)
		want[i] = string(text)
	}
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for i, s := range subjects {
				d, err := p.Evaluate(t.Context(), s)
				text, _ := json.Marshal(d)
				if err != nil || string(text) != want[i] {
					t.Errorf("subject %d: %v: got %s, want %s", i, err, text, want[i])
				}
			}
		})
	}
	workers.Wait()
}

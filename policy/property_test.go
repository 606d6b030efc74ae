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
		"    attributes:\n      displayName", "    aheadDays: 10\n    suspend: oncall || level > 5\n    suspendUrgently: level == 3\n    attributes:\n      displayName",
		"  git:\n", "  git:\n    aheadDays: 3\n",
		"roles: [engineer], from", "roles: [engineer], overlapDays: 12, from",
		`grants: [git:team/calm]`, `grants: [git:team/calm], overlapDays: 1`,
	).Replace(mixed)
	return text
}

// ruled is timed with everything that is about the person or about a date of
// theirs.
func ruled() string {
	return replace(replace(timed(), "rules:\n", `rules:
  - {name: probation, when: "true", grants: [git:team/probation], from: hireDate - 3d, until: hireDate + 90d}
  - {name: reviewed, when: level > 0, grants: [git:team/reviewed], until: reviewed, overlapDays: 20}
  - {name: leads, when: level > 2, roles: [lead], overlapDays: 3}
  - {name: teams, when: "true", roles: [team], with: {name: "{department}"}, overlapDays: 7}
  - {name: guests, when: level > 1, overlapDays: 5, addOns: [{roles: [guest], from: 2026-02-10}, {grants: [git:team/desk], from: hireDate + 2d, until: hireDate + 20d}]}
`), "roles:\n", `denies:
  - {name: secret, when: clearance == "secret", grants: ["git:*"], from: 2026-02-01, until: 2026-09-01, urgent: true}
  - {name: mentors, when: clearance == "none", roles: [mentor], until: 2026-08-01}
  - {name: late, when: oncall, roles: [engineer], from: reviewed + 10d}
exceptions:
  - {name: p, person: p, lifts: [secret], grants: [git:team/x], from: reviewed - 60d, until: reviewed + 200d, reason: r}
  - {name: "1", relationship: "1", roles: [engineer], until: 2026-04-01, reason: r}
entitlements:
  "git:team/reviewed": {approval: true, sensitivity: sensitive}
  "git:team/extra": {requestable: true}
  "git:team/of-s*": {sensitivity: privileged}
separation:
  - name: money
    between: [{grants: [git:team/calm]}, {grants: [git:team/probation]}, {roles: [engineer, helper]}]
    action: requireApproval
    mitigations: [{person: p, from: 2026-05-01, until: hireDate + 100d, reason: r}]
  - {name: teams, between: [{roles: [team]}, {grants: ["git:team/s*"]}], action: record}
roles:
  lead: {inherits: [engineer, mentor, helper]}
  mentor: {inherits: [calmer]}
  helper: {inherits: [calmer], approval: true}
  calmer: {grants: ["git:team/mentors"]}
  guest: {addOns: [{grants: [git:team/guests], until: reviewed + 5d}]}
  team: {parameters: [name], when: "!(level > 4)", grants: ["git:team/of-{name|slug}"], addOns: [{when: oncall, grants: ["git:team/on-call"]}]}
`)
}

// histories makes random people, with zones in which days begin at odd times.
type histories struct {
	*rand.Rand
	zones []*time.Location
	// dense is for people to whom everything happens within 40 days, most of it at
	// midnight: jobs that follow each other, and transfers just before an end.
	dense bool
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
	if h.dense {
		at := base.AddDate(0, 0, 25+h.IntN(40)).Add(-time.Hour) // midnight in Vienna
		return at.Add(time.Duration(h.IntN(4)/3*h.IntN(24)) * time.Hour)
	}
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
		"reviewed": h.day(), "hireDate": h.day(),
		"clearance": h.pick("none", "secret"), "givenName": h.pick("Ada", "Émile"), "familyName": h.pick("Byron", "Жуков"),
	}
}

// day returns a date, or none.
func (h histories) day() []string {
	return h.pick(h.instant().Format(time.DateOnly), h.instant().Format(time.DateOnly))
}

func (h histories) team() string { return []string{"calm", "probation", "dev"}[h.IntN(3)] }

func (h histories) subject() policy.Subject {
	s := policy.Subject{At: h.instant(), Person: []string{"p", "q"}[h.IntN(2)], HeldKnown: h.IntN(2) == 0}
	for i := range h.IntN(4) {
		r := policy.Relationship{ID: fmt.Sprint(i), Primary: h.IntN(3) == 0, Zone: h.zones[h.IntN(len(h.zones))]}
		if h.IntN(4) > 0 {
			r.Start = h.instant()
		}
		if h.IntN(3) > 0 {
			r.End, r.Abrupt = h.instant(), h.IntN(2) == 0
		}
		from := h.instant()
		for range h.IntN(4) {
			r.Spans = append(r.Spans, policy.Span{From: from, Attributes: h.attributes()})
			if h.dense {
				from = from.AddDate(0, 0, 1+h.IntN(10))
				continue
			}
			from = from.Add(time.Duration(1+h.IntN(2000)) * time.Hour)
		}
		s.Relationships = append(s.Relationships, r)
	}
	for range h.IntN(3) {
		q := policy.Request{ID: "q", Entitlement: policy.Entitlement{System: "git", Kind: "team", Name: []string{"extra", "calm"}[h.IntN(2)]}, From: h.instant()}
		if h.IntN(2) == 0 {
			q.Until = h.instant()
		}
		s.Requests = append(s.Requests, q)
	}
	for range h.IntN(3) {
		a := policy.Approval{ID: "a", Separation: "money", From: h.instant()}
		if h.IntN(2) == 0 {
			a.Separation, a.Entitlement = "", policy.Entitlement{System: "git", Kind: "team", Name: "reviewed"}
			if h.IntN(2) == 0 {
				a.Entitlement, a.Role = policy.Entitlement{}, "helper"
			}
		}
		if h.IntN(2) == 0 {
			a.Until = h.instant()
		}
		s.Approvals = append(s.Approvals, a)
		s.Held = append(s.Held, policy.Holding{Entitlement: policy.Entitlement{System: "git", Kind: "team", Name: h.team()}, Since: h.instant()})
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
	for name, p := range map[string]*policy.Policy{"plain": load(t, mixed), "timed": load(t, timed()), "ruled": load(t, ruled())} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := nothingChangesBeforeNextChange(t, p, false)
			nothingChangesBeforeNextChange(t, p, true)
			if name == "ruled" {
				require.Greater(t, min(seen.denied, seen.violations, seen.lifted, seen.urgent), 200, "%+v", seen)
			}
		})
	}
}

// sights are how often something was seen in decisions.
type sights struct{ denied, violations, lifted, urgent int }

func nothingChangesBeforeNextChange(t *testing.T, p *policy.Policy, dense bool) (seen sights) {
	t.Helper()
	changed := 0
	for seed := range uint64(1500) {
		h := newHistories(t, seed)
		h.dense = dense
		s := h.subject()
		for range 12 {
			d := evaluate(t, p, s)
			seen.denied, seen.violations = seen.denied+len(d.Denied), seen.violations+len(d.Violations)
			seen.urgent += len(d.Urgent.Accounts) + len(d.Urgent.Grants)
			for _, g := range d.Grants {
				seen.lifted += len(g.Lifted)
			}
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
	return seen
}

func TestEqualSubjectsGiveEqualDecisionsEverywhere(t *testing.T) {
	t.Parallel()
	p, again := load(t, ruled()), load(t, ruled())
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

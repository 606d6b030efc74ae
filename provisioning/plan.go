package provisioning

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// planFormat is the version of a stored plan.
const planFormat = 1

// Plan is what is to be done, line by line, as a value: it can be printed,
// stored, approved, and handed to [Tenant.Apply].
type Plan struct {
	Format int       `json:"format"` // version of this format: 1
	Tenant string    `json:"tenant"`
	Policy string    `json:"policy"` // version of the policy it follows
	At     time.Time `json:"at"`
	Lines  []Line    `json:"lines"` // sorted by person, system and what
	// Notes say what else is to be known: what the guard would hold and why,
	// questions that are open, sources that could not be read.
	Notes []string `json:"notes,omitempty"`
	// Digest identifies what the lines want done: the Merkle root over them. It
	// does not cover how far they have come.
	Digest string `json:"digest"`
}

// PlanRequest says what a plan is to be made of. The zero value asks for what
// is due or open as things stand.
type PlanRequest struct {
	// Read names sources to be read first, as if by [Tenant.Read].
	Read []string
	// Person limits the plan to one person.
	Person string
}

// Plan computes what would be done, on the same path as it would be done, and
// changes nothing: neither systems nor store.
func (t *Tenant) Plan(ctx context.Context, req PlanRequest) (Plan, error) {
	sources, err := t.prefetch(ctx, req.Read)
	if err != nil {
		return Plan{}, err
	}
	var plan Plan
	err = t.backend.Rehearse(ctx, func(b state.Backend) error {
		stage := *t
		stage.backend, stage.rules = b, &atomic.Pointer[rules]{}
		stage.rules.Store(t.rules.Load())
		var notes []string
		for _, src := range sources {
			if _, err := stage.read(ctx, src); err != nil {
				notes = append(notes, err.Error())
			}
		}
		if err := stage.enforce(ctx); err != nil {
			return err
		}
		for more := true; more; {
			if _, more, err = stage.decideDue(ctx); err != nil {
				return err
			}
		}
		if _, err := stage.judge(ctx); err != nil {
			return err
		}
		plan, err = stage.openPlan(ctx, req.Person)
		plan.Notes = append(notes, plan.Notes...)
		return err
	})
	return plan, err
}

// prefetch reads sources into memory, since nothing may be read over a network
// while the store is held still for a rehearsal.
func (t *Tenant) prefetch(ctx context.Context, names []string) ([]Source, error) {
	var out []Source
	for _, name := range names {
		i := slices.IndexFunc(t.cfg.Sources, func(s Source) bool { return s.Name() == name })
		if i < 0 {
			return nil, fmt.Errorf("source %q: this tenant has no such source", name)
		}
		src := t.cfg.Sources[i]
		var previous int
		if err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
			row, err := tx.Source(name)
			previous = row.Records
			if errors.Is(err, state.ErrNotFound) {
				return nil
			}
			return err
		}); err != nil {
			return nil, err
		}
		replay := replaySource{name: name}
		replay.proof, replay.err = src.Snapshot(ctx, src.request(previous), func(r hrsource.Record) error {
			replay.records = append(replay.records, r)
			return nil
		})
		src.Source = replay
		out = append(out, src)
	}
	return out, nil
}

// replaySource tells again what a source told.
type replaySource struct {
	name    string
	records []hrsource.Record
	proof   hrsource.Proof
	err     error
}

func (s replaySource) Name() string { return s.name }

func (s replaySource) Snapshot(_ context.Context, _ hrsource.SnapshotRequest, yield func(hrsource.Record) error) (hrsource.Proof, error) {
	for _, r := range s.records {
		if err := yield(r); err != nil {
			return hrsource.Proof{}, err
		}
	}
	return s.proof, s.err
}

// openPlan returns everything that is not settled as a plan.
func (t *Tenant) openPlan(ctx context.Context, person string) (Plan, error) {
	plan := Plan{Format: planFormat, Tenant: t.id, Policy: t.version(), At: t.now()}
	err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
		plan.Lines, plan.Notes = nil, nil
		b := planner{Tenant: t, tx: tx, runs: map[string]state.Run{}}
		err := eachOpenItem(tx, "", func(it state.Item) error {
			if person != "" && it.Person != person {
				return nil
			}
			line, ok, err := b.line(it)
			if ok {
				plan.Lines = append(plan.Lines, line)
			}
			return err
		})
		if err != nil {
			return err
		}
		cases, err := tx.Cases(false)
		for _, c := range cases {
			plan.Notes = append(plan.Notes, c.Question)
		}
		return err
	})
	if err != nil {
		return Plan{}, err
	}
	slices.SortFunc(plan.Lines, Line.compare)
	plan.Digest, err = digestLines(ctx, plan.Lines)
	return plan, err
}

// digestLines returns the Merkle root over the lines.
func digestLines(ctx context.Context, lines []Line) (string, error) {
	lines = slices.SortedFunc(slices.Values(lines), Line.compareID)
	leaves := make([]audit.Digest, len(lines))
	for i, l := range lines {
		l.State, l.Note, l.Name = "", "", ""
		body, err := json.Marshal(l)
		if err != nil {
			return "", err
		}
		leaves[i] = audit.Digest(sum(body))
	}
	hashes, err := translog.Append(ctx, 0, leaves, translog.MemoryHashes{})
	if err != nil {
		return "", err
	}
	root, err := translog.Root(ctx, int64(len(leaves)), translog.MemoryHashes(hashes))
	return hex.EncodeToString(root[:]), err
}

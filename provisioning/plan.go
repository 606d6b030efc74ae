package provisioning

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
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

// Line is one change in a plan.
type Line struct {
	Kind   connector.Kind `json:"kind"`
	Person string         `json:"person"`
	// Name is what the person is called, for people.
	Name        string                     `json:"name,omitempty"`
	System      string                     `json:"system"`
	Entitlement string                     `json:"entitlement,omitempty"` // kind/name
	Login       string                     `json:"login,omitempty"`       // of a new account: "jdoe or the next free"
	Attributes  map[string]connector.Value `json:"attributes,omitempty"`  // that change
	Reasons     []policy.Reason            `json:"reasons,omitempty"`
	// PersonRevision and Revision are those of the person and of the item when
	// the plan was made.
	PersonRevision int64  `json:"personRevision"`
	Revision       int64  `json:"revision"`
	Policy         string `json:"policy"`
	// State is due, held (by the guard or for review), waiting, sending or parked;
	// Note says for what, or why.
	State string `json:"state"`
	Note  string `json:"note,omitempty"`
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
		stage.backend = b
		var notes []string
		for _, src := range sources {
			if _, err := stage.read(ctx, src); err != nil {
				notes = append(notes, err.Error())
			}
		}
		if err := stage.activatePolicy(ctx); err != nil {
			return err
		}
		if _, err := stage.decideDue(ctx); err != nil {
			return err
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
		b := planner{tx: tx, runs: map[string]state.Run{}}
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

// planner turns items into lines.
type planner struct {
	tx     state.Tx
	runs   map[string]state.Run
	person state.Person
	name   string
	items  []state.Item
}

// line returns an item as a line of a plan. The attributes of an account that is
// still to be made are part of that line, and none of their own.
func (b *planner) line(it state.Item) (Line, bool, error) {
	if b.person.ID != it.Person {
		if err := b.meet(it.Person); err != nil {
			return Line{}, false, err
		}
	}
	account, err := b.tx.Account(it.Person, it.System)
	if err != nil && !errors.Is(err, state.ErrNotFound) {
		return Line{}, false, err
	}
	kind := planKind(account, it)
	if kind == "" {
		return Line{}, false, nil
	}
	line := Line{
		Kind: kind, Person: it.Person, Name: b.name, System: it.System, Reasons: reasonsOf(it),
		PersonRevision: b.person.Revision, Revision: it.Revision, Policy: it.Policy, State: string(it.State), Note: it.Problem,
	}
	switch kind {
	case connector.Create:
		p := b.profile(it.System)
		line.Attributes, line.Login = p.Attributes, "a name that is not known yet"
		if len(p.Candidates) > 0 {
			line.Login = p.Candidates[0] + " or the next free"
		}
	case connector.Update:
		line.Attributes = difference(profileOf(it.Desired).Attributes, profileOf(it.Known).Attributes)
	case connector.Grant, connector.Revoke:
		line.Entitlement = it.Key
	}
	return line, true, b.hold(&line, it)
}

// hold says whether an item may act yet.
func (b *planner) hold(line *Line, it state.Item) error {
	if it.Released || (it.State != state.ItemDue && it.State != state.ItemSending) {
		return nil
	}
	run, ok := b.runs[it.Run]
	if !ok {
		var err error
		if run, err = b.tx.Run(it.Run); err != nil && !errors.Is(err, state.ErrNotFound) {
			return err
		}
		b.runs[it.Run] = run
	}
	if run.State != state.RunReleased {
		line.State, line.Note = "held", cmp.Or(run.Note, "its run is not judged yet")
	}
	return nil
}

func (b *planner) meet(person string) (err error) {
	if b.person, err = b.tx.Person(person); err != nil {
		return err
	}
	if b.items, err = b.tx.ItemsOf(person); err != nil {
		return err
	}
	b.name, err = nameOf(b.tx, person)
	return err
}

func (b *planner) profile(system string) profile {
	for _, it := range b.items {
		if it.System == system && it.Kind == state.ItemProfile {
			return profileOf(it.Desired)
		}
	}
	return profile{}
}

// planKind is kindOf for an account that may not be there yet.
func planKind(account state.Account, it state.Item) connector.Kind {
	if it.Kind == state.ItemGrant && it.Desired == held && it.Known != held {
		return connector.Grant
	}
	return kindOf(account, it)
}

// nameOf returns what a person is called.
func nameOf(tx state.Tx, person string) (string, error) {
	workers, err := workersOf(tx, person)
	if err != nil || len(workers) == 0 {
		return "", err
	}
	return displayName(workers[len(workers)-1]), nil
}

func displayName(w hrsource.Worker) string {
	return strings.Join(w.Attributes(hrsource.Assignment{})["displayName"], "")
}

// compare orders lines for people: by name, and then as they would be done.
func (l Line) compare(m Line) int {
	return cmp.Or(cmp.Compare(l.Name, m.Name), l.compareID(m))
}

// order is the place of a kind among the operations on one account.
func order(k connector.Kind) int {
	return slices.Index([]connector.Kind{connector.Disable, connector.Revoke, connector.Create, connector.Update, connector.Enable, connector.Grant}, k)
}

// compareID orders lines by what they are about, whatever anybody is called.
func (l Line) compareID(m Line) int {
	return cmp.Or(cmp.Compare(l.Person, m.Person), cmp.Compare(l.System, m.System), cmp.Compare(order(l.Kind), order(m.Kind)), cmp.Compare(l.Entitlement, m.Entitlement))
}

// matches reports whether an item still wants what a line says.
func (l Line) matches(it state.Item, m Line) bool {
	return l.Revision == it.Revision && l.Kind == m.Kind && l.Policy == it.Policy && it.State != state.ItemSettled
}

// String returns the line for people: the change, whose, and why.
func (l Line) String() string {
	sign := map[bool]string{true: "-", false: "+"}[l.Kind.Removes()]
	if l.Kind == connector.Update {
		sign = "~"
	}
	what := l.Entitlement
	switch l.Kind {
	case connector.Create:
		what = l.Login
	case connector.Update:
		parts := make([]string, 0, len(l.Attributes))
		for name, v := range l.Attributes {
			parts = append(parts, name+"="+v.String())
		}
		slices.Sort(parts)
		what = strings.Join(parts, " ")
	}
	text := fmt.Sprintf("%s %-7s %-10s %-18s %-30s %s", sign, l.Kind, l.System, cmp.Or(l.Name, l.Person), what, l.why())
	if l.State != string(state.ItemDue) {
		text += " (" + l.State + ": " + l.Note + ")"
	}
	return text
}

// why returns the reasons of a line: each way to a grant, but only the rules for
// what the grants imply.
func (l Line) why() string {
	if len(l.Reasons) == 0 {
		if l.Entitlement == "" {
			return "nothing gives an account here any more"
		}
		return "nothing gives it any more"
	}
	var words []string
	for _, r := range l.Reasons {
		text := "rule " + r.Rule
		if l.Entitlement != "" {
			text = reasonText(r)
		}
		if !slices.Contains(words, text) {
			words = append(words, text)
		}
	}
	return strings.Join(words, "; ")
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

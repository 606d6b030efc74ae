package translog

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/joinery-iam/joinery/audit"
)

// Defaults of [VerifyOptions].
const (
	DefaultMaxProblems  = 100
	DefaultMaxUnmatched = 10_000_000
)

// VerifyOptions are what a log is held to beyond itself.
type VerifyOptions struct {
	// Origin is the log that it has to be. Empty means any: compare Report.Origin.
	Origin string
	// Extends is a checkpoint that was kept outside, from [Open] or an earlier
	// Report: the log must have its leaves, unchanged. Without one, a log whose end
	// was cut off together with its checkpoints and witnesses looks whole. The zero
	// value demands nothing.
	Extends Checkpoint
	// Retired are keys that signed earlier checkpoints.
	Retired []Verifier
	// MaxProblems bounds Report.Problems; zero means [DefaultMaxProblems].
	MaxProblems int
	// MaxUnmatched bounds the memory: how many checkpoints may wait for their leaf,
	// and how many entries and witnesses for each other, at about 150 bytes each.
	// Zero means [DefaultMaxUnmatched].
	MaxUnmatched int
}

// Verify reads a bundle and checks the whole log offline:
//
//   - each entry against its digest, unless it is erased, and against the tenant;
//   - leaf numbers: 0, 1, 2 and so on, and ids rise among entries without one;
//   - that each checkpoint is signed by v or a retired key, is of the bundle's
//     origin, and has the root of the log's first leaves, which also proves that
//     the checkpoints extend each other; entries with leaves need at least one;
//   - witnesses: numbered 1, 2, 3 and so on, one for each entry with the same id
//     and digest, and none without an entry.
//
// Verify reads line by line, at most one MiB each. Its memory does not grow with
// the log but with the distance between entries and their witnesses; see
// [VerifyOptions].
//
// If the log has problems, they are in the report and the error wraps
// [ErrTampered]. If r is no whole bundle or asks for too much memory, the error
// wraps [ErrBundle]; if r fails, it wraps that error. Then the report says what
// was seen up to there.
func Verify(r io.Reader, v Verifier, opts VerifyOptions) (Report, error) {
	if v == nil {
		return Report{}, errors.New("translog: verify: no verifier given")
	}
	a := newAuditor(v, opts)
	err := a.read(r)
	if err != nil {
		err = fmt.Errorf("translog: verify: %w", err)
	} else {
		a.finish()
	}
	if a.report.Found > 0 {
		tampered := fmt.Errorf("translog: %w: %d problems, the first: %s", ErrTampered, a.report.Found, a.first)
		err = errors.Join(tampered, err)
	}
	return a.report, err
}

// auditor is the state of one Verify.
type auditor struct {
	keys   []Verifier
	opts   VerifyOptions
	report Report
	first  string // problem

	number   int64 // of the current line
	started  bool  // with entries or witnesses
	expected []expectation
	tree     frontier
	nextLeaf int64
	lastID   string // of the entries without leaf
	pairs    pairing
}

func newAuditor(v Verifier, opts VerifyOptions) *auditor {
	if opts.MaxProblems <= 0 {
		opts.MaxProblems = DefaultMaxProblems
	}
	if opts.MaxUnmatched <= 0 {
		opts.MaxUnmatched = DefaultMaxUnmatched
	}
	a := &auditor{keys: []Verifier{v}, opts: opts, pairs: newPairing()}
	for _, key := range opts.Retired {
		same := func(k Verifier) bool { return k.Name() == key.Name() && k.KeyHash() == key.KeyHash() }
		if !slices.ContainsFunc(a.keys, same) {
			a.keys = append(a.keys, key)
		}
	}
	return a
}

func (a *auditor) problem(line int64, entry, format string, args ...any) {
	p := Problem{Line: line, Entry: entry, What: fmt.Sprintf(format, args...)}
	if a.report.Found == 0 {
		a.first = p.String()
	}
	a.report.Found++
	if len(a.report.Problems) < a.opts.MaxProblems {
		a.report.Problems = append(a.report.Problems, p)
	}
}

func (a *auditor) read(r io.Reader) error {
	lines := bufio.NewReaderSize(r, maxLine)
	ended := false
	for {
		text, err := lines.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF) && len(text) == 0 && ended:
			return nil
		case errors.Is(err, io.EOF):
			return fmt.Errorf("%w: it ends early", ErrBundle)
		case errors.Is(err, bufio.ErrBufferFull):
			return fmt.Errorf("%w: line %d is longer than %d bytes", ErrBundle, a.number+1, maxLine)
		case err != nil:
			return err
		case ended:
			return fmt.Errorf("%w: something follows its end", ErrBundle)
		}
		a.number++
		l, err := parseLine(text)
		if err == nil {
			ended, err = a.take(l)
		}
		if err != nil {
			return fmt.Errorf("%w: line %d: %w", ErrBundle, a.number, err)
		}
	}
}

// take takes one line and reports whether it was the last.
func (a *auditor) take(l line) (end bool, err error) {
	if (a.number == 1) != (l.Header != nil) {
		return false, errors.New("a bundle has one header, as its first line")
	}
	switch {
	case l.Header != nil:
		return false, a.header(*l.Header)
	case l.Checkpoint != nil:
		return false, a.checkpoint(*l.Checkpoint)
	case l.End != nil:
		return true, nil
	}
	if !a.started {
		a.start()
	}
	if l.Entry != nil {
		return false, a.entry(*l.Entry)
	}
	return false, a.witness(*l.Witness)
}

func (a *auditor) header(h header) error {
	if h.Version != BundleVersion {
		return fmt.Errorf("its version is %d, this verifier reads %d", h.Version, BundleVersion)
	}
	a.report.Tenant, a.report.Origin = h.Tenant, h.Origin
	if a.opts.Origin != "" && h.Origin != a.opts.Origin {
		a.problem(a.number, "", "the origin is %q instead of %q", h.Origin, a.opts.Origin)
	}
	return nil
}

func (a *auditor) entry(e audit.Sealed) error {
	if e.ID == "" || len(e.ID) > audit.MaxID {
		return fmt.Errorf("an id has 1 to %d bytes", audit.MaxID)
	}
	a.report.Entries++
	content, err := e.Entry()
	switch {
	case errors.Is(err, audit.ErrErased):
		a.report.Erased++
	case err != nil:
		a.problem(a.number, e.ID, "%v", err)
	case content.Tenant != a.report.Tenant:
		a.problem(a.number, e.ID, "it is of another tenant")
	}
	if e.Leaf < 0 {
		a.unsequenced(e)
	} else {
		a.sequenced(e)
	}
	what := a.pairs.entry(e.ID, half{digest: e.Digest, line: a.number})
	if what != "" {
		a.problem(a.number, e.ID, "%s", what)
	}
	return a.memory(a.pairs.waiting())
}

func (a *auditor) unsequenced(e audit.Sealed) {
	a.report.Unsequenced++
	if e.Leaf != -1 {
		a.problem(a.number, e.ID, "there is no leaf %d", e.Leaf)
	}
	if e.ID <= a.lastID {
		a.problem(a.number, e.ID, "ids of entries without a leaf do not rise")
	}
	a.lastID = e.ID
}

func (a *auditor) sequenced(e audit.Sealed) {
	a.report.Sequenced++
	switch {
	case a.report.Unsequenced > 0:
		a.problem(a.number, e.ID, "leaf %d comes after entries without a leaf", e.Leaf)
	case e.Leaf != a.nextLeaf:
		a.problem(a.number, e.ID, "leaf %d stands where %d was due", e.Leaf, a.nextLeaf)
	}
	if e.Leaf < MaxSize {
		a.nextLeaf = e.Leaf + 1
	}
	a.tree.add(LeafHash(e.Digest), nil)
	a.meet()
}

func (a *auditor) witness(w audit.Witness) error {
	if w.Entry == "" || len(w.Entry) > audit.MaxID {
		return fmt.Errorf("an id has 1 to %d bytes", audit.MaxID)
	}
	a.report.Witnesses++
	what := a.pairs.witness(w.Entry, w.Seq, half{digest: w.Digest, line: a.number})
	if what != "" {
		a.problem(a.number, w.Entry, "%s", what)
	}
	return a.memory(a.pairs.waiting())
}

func (a *auditor) memory(waiting int) error {
	if waiting > a.opts.MaxUnmatched {
		return fmt.Errorf("more than %d lines wait for others", a.opts.MaxUnmatched)
	}
	return nil
}

// finish looks for what is missing.
func (a *auditor) finish() {
	if !a.started {
		a.start()
	}
	for _, cp := range a.expected {
		a.problem(cp.line, "", "%s has %d leaves, the log %d: its end is missing", cp, cp.Size, a.tree.size)
	}
	if a.report.Sequenced > 0 && a.report.Latest.Size == 0 {
		a.problem(0, "", "no good checkpoint covers any of the %d leaves", a.report.Sequenced)
	}
	a.pairs.unmatched(func(id string, line int64, what string) { a.problem(line, id, "%s", what) })
}

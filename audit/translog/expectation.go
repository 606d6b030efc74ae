package translog

import (
	"cmp"
	"errors"
	"slices"
)

// expectation is a checkpoint that waits for the tree to reach its size.
type expectation struct {
	Checkpoint
	line int64 // of the bundle; 0 for the one from outside
}

// String names the checkpoint in a problem.
func (e expectation) String() string {
	if e.line == 0 {
		return "the checkpoint from outside"
	}
	return "the checkpoint"
}

// checkpoint takes a signed checkpoint of the bundle.
func (a *auditor) checkpoint(signed string) error {
	if a.started {
		return errors.New("checkpoints come before entries and witnesses")
	}
	a.report.Checkpoints++
	cp, err := openAny([]byte(signed), a.keys)
	switch {
	case err != nil:
		a.problem(a.number, "", "the checkpoint cannot be relied on: %v", err)
		return nil
	case cp.Origin != a.report.Origin:
		a.problem(a.number, "", "the checkpoint is of another log")
		return nil
	}
	a.expected = append(a.expected, expectation{Checkpoint: cp, line: a.number})
	return a.memory(len(a.expected))
}

// start is called once all checkpoints are known and before the first leaf.
func (a *auditor) start() {
	a.started = true
	if outside := a.opts.Extends; outside != (Checkpoint{}) {
		if outside.Origin != a.report.Origin {
			a.problem(0, "", "the checkpoint from outside is of another log")
		} else {
			a.expected = append(a.expected, expectation{Checkpoint: outside})
		}
	}
	slices.SortStableFunc(a.expected, func(x, y expectation) int { return cmp.Compare(x.Size, y.Size) })
	a.meet()
}

// meet compares the tree with the checkpoints of its size.
func (a *auditor) meet() {
	for len(a.expected) > 0 && a.expected[0].Size <= a.tree.size {
		cp := a.expected[0]
		a.expected = a.expected[1:]
		switch {
		case a.tree.root() != cp.Root:
			a.problem(cp.line, "", "%s of %d leaves has another root than the log", cp, cp.Size)
		case cp.line > 0:
			a.report.Latest = cp.Checkpoint
		}
	}
}

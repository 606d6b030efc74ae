package translog

import (
	"fmt"
	"maps"
	"slices"

	"github.com/joinery-iam/joinery/audit"
)

// pairing finds the witness of each entry. It forgets both when they met, so it
// holds no more than what is between them in the bundle. A second copy of either
// finds no other half.
type pairing struct {
	entries   map[string]half
	witnesses map[string]half
	lastSeq   int64
}

// half is an entry or a witness that waits for the other.
type half struct {
	digest audit.Digest
	line   int64
}

func newPairing() pairing {
	return pairing{entries: map[string]half{}, witnesses: map[string]half{}}
}

func (p *pairing) waiting() int { return len(p.entries) + len(p.witnesses) }

// entry takes an entry and says what is wrong, or "".
func (p *pairing) entry(id string, h half) string {
	return meetHalf(id, h, p.entries, p.witnesses, "entry")
}

// witness takes a witness and says what is wrong, or "".
func (p *pairing) witness(id string, seq int64, h half) string {
	what := meetHalf(id, h, p.witnesses, p.entries, "witness")
	if what == "" && seq != p.lastSeq+1 {
		what = fmt.Sprintf("witness %d follows %d", seq, p.lastSeq)
	}
	p.lastSeq = seq
	return what
}

func meetHalf(id string, h half, own, others map[string]half, kind string) string {
	if other, ok := others[id]; ok {
		delete(others, id)
		if other.digest != h.digest {
			return "entry and witness have different digests"
		}
		return ""
	}
	if _, ok := own[id]; ok {
		return "there is a second " + kind
	}
	own[id] = h
	return ""
}

// unmatched calls report for each half that found no other, by line.
func (p *pairing) unmatched(report func(id string, line int64, what string)) {
	for _, side := range []struct {
		halves map[string]half
		what   string
	}{
		{p.entries, "it has no witness: it was inserted, or its witness dropped"},
		{p.witnesses, "it is missing: a witness vouches for it"},
	} {
		byLine := func(x, y string) int { return int(side.halves[x].line - side.halves[y].line) }
		for _, id := range slices.SortedFunc(maps.Keys(side.halves), byLine) {
			report(id, side.halves[id].line, side.what)
		}
	}
}

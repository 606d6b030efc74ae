package scim

import (
	"fmt"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/profile"
)

// evidence is what a walk noticed.
type evidence struct {
	seen        map[string]bool
	second      string // the id that came second
	last        string // the greatest id, where ids order the walk
	unsorted    bool   // an id came that was not greater than the last
	total       int    // of the first page, -1 if not told
	steady      bool   // total was the same on every page
	repeated    bool   // an id came twice
	startedOver bool   // an id came twice, but only beyond the total
	byCursor    bool
	byID        bool
}

// fresh takes note of the page at a position and returns what is new on it.
func (w *evidence) fresh(p page, at position) []object {
	first := len(w.seen) == 0 && at.after == "" && at.cursor == "" && at.start == 1
	switch {
	case first:
		w.total = p.total
	case at.after != "" || at.byCursor && p.total < 0: // what is told there is of the rest, or nothing
	case p.total != w.total:
		w.steady = false
	}
	beyond := at.start > w.total && len(w.seen) == w.total
	var fresh []object
	for _, r := range p.resources {
		id := r.text("id")
		w.unsorted = w.unsorted || id <= w.last
		w.last = max(w.last, id)
		switch {
		case !w.seen[id]:
			fresh = append(fresh, r)
			w.seen[id] = true
			if len(w.seen) == 2 {
				w.second = id
			}
		case beyond:
			w.startedOver = true
		default:
			w.repeated = true
		}
	}
	return fresh
}

// next returns where the page after p begins, if there is more to see.
func (w *evidence) next(found facts, l listing, at position, p page, news bool) (position, bool) {
	switch {
	case found.Paging.Method == profile.AtOnce:
		return at, false
	case at.byCursor || p.cursor != "": // some answer with cursors without having been asked
		w.byCursor = true
		return position{start: at.start + p.length, byCursor: true, cursor: p.cursor}, p.cursor != "" && news
	case !news, w.growing():
		return at, false
	case found.Paging.Method == profile.ByID:
		w.byID = true
		return position{start: 1, after: w.last}, true
	}
	at.start += p.length
	if limit := found.Paging.MaxStart; limit > 0 && at.start > limit {
		return at, false // the total tells what was missed
	}
	return at, l.thorough || p.total < 0 || at.start <= p.total
}

// growing reports whether so much more came than the total of the first page
// announced that the walk may never reach an end.
func (w *evidence) growing() bool {
	return !w.steady && w.total >= 0 && len(w.seen) > 2*w.total+200
}

func (w *evidence) proof() connector.Proof {
	n := len(w.seen)
	proof := connector.Proof{Count: n}
	switch {
	case w.repeated:
		proof.Basis = fmt.Sprintf("%d seen, but the server repeated some: its paging cannot be relied on", n)
	case w.byID && w.unsorted:
		proof.Basis = fmt.Sprintf("%d seen, but not in the order of their ids: some may have been passed over", n)
	case !w.steady:
		proof.Basis = fmt.Sprintf("%d seen, but totalResults changed on the way", n)
	case w.byCursor && w.total < 0:
		proof.Complete = true
		proof.Basis = fmt.Sprintf("%d seen, and after them came no further cursor", n)
	case w.total != n:
		proof.Basis = fmt.Sprintf("%d seen, but totalResults said %d", n, w.total)
	default:
		proof.Complete = true
		proof.Basis = fmt.Sprintf("totalResults said %d on every page, and as many different ids were seen", n)
	}
	return proof
}

package memory

import (
	"slices"

	"github.com/joinery-iam/joinery/connector"
)

// stale is what reads still see of an account.
type stale struct {
	before *record // nil if they see none
	reads  int     // how many calls do; 0 until it is revealed
}

// Reveal makes all changes visible which a [Delay] still hides.
func (s *System) Reveal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.stale)
}

// replace puts next in place of the record of id, or removes that if next is nil.
func (s *System) replace(v visit, id string, next *record) {
	if v.delay != nil {
		if s.stale[id] == nil {
			s.stale[id] = &stale{before: s.accounts.byID[id]}
		}
		s.stale[id].reads = v.delay.Reads
	}
	if next == nil {
		s.accounts.remove(id)
		s.lose(id)
		return
	}
	s.accounts.put(next)
}

// look returns what a read sees that matches, in order of creation, and counts
// the read. A nil request matches all.
func (s *System) look(req *connector.FindRequest) []*record {
	var records []*record
	switch {
	case req != nil && len(s.stale) == 0:
		records = s.accounts.candidates(*req)
	default:
		for id, r := range s.accounts.byID {
			if s.stale[id] == nil {
				records = append(records, r)
			}
		}
		for id, old := range s.stale {
			if old.before != nil {
				records = append(records, old.before)
			}
			if old.reads--; old.reads == 0 {
				delete(s.stale, id)
			}
		}
	}
	if req != nil {
		records = slices.DeleteFunc(records, func(r *record) bool { return !s.accounts.matches(r, *req) })
	}
	return sorted(records)
}

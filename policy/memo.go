package policy

import (
	"maps"
	"sync"
	"sync/atomic"
)

const (
	maxMemo     = 1_024 // texts of one attribute that are remembered
	maxMemoText = 128   // bytes of such a text
)

// memo remembers a row for each of the first texts that it meets. Reading takes no
// lock. It is safe for concurrent use.
type memo struct {
	settled atomic.Pointer[map[string]bitset] // never changed
	mu      sync.Mutex
	fresh   map[string]bitset // all of settled, and more
	misses  int               // of settled since it was made
	full    atomic.Bool
}

func (m *memo) get(text string) (bitset, bool) {
	if rows := m.settled.Load(); rows != nil {
		if hold, ok := (*rows)[text]; ok {
			return hold, true
		}
	}
	return nil, false
}

// put returns the row for a text that get did not find, and nil if there is no
// room for it.
func (m *memo) put(text string, left *budget, compute func() bitset) bitset {
	if len(text) > maxMemoText || m.full.Load() {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	hold, ok := m.fresh[text]
	if !ok {
		if hold = compute(); !left.take(len(hold)) {
			m.full.Store(true)
			return nil
		}
		if m.fresh == nil {
			m.fresh = map[string]bitset{}
		}
		m.fresh[text] = hold
	}
	m.misses++
	// All are copied as often as they double, or are missed as often as there are.
	if len(m.fresh) >= maxMemo {
		m.full.Store(true)
	}
	if m.full.Load() || m.misses >= len(m.fresh) {
		rows := maps.Clone(m.fresh)
		m.settled.Store(&rows)
		m.misses = 0
	}
	return hold
}

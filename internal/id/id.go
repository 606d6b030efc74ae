// Package id makes unique identifiers that sort by the time they were made.
package id

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"sync"
	"time"
)

// alphabet is in the order of its bytes, so that identifiers sort as numbers do.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// Source makes identifiers that rise strictly within one process. The zero
// value is ready to use, and safe for concurrent use.
type Source struct {
	mu   sync.Mutex
	last uint64
}

// New returns an identifier of 26 lower-case letters and digits: 64 bits of wall
// time in nanoseconds, which is what makes index pages fill in order, and 64
// random bits.
func (s *Source) New() string {
	var raw [16]byte
	s.mu.Lock()
	now := uint64(time.Now().UnixNano())
	if now <= s.last {
		now = s.last + 1
	}
	s.last = now
	s.mu.Unlock()
	binary.BigEndian.PutUint64(raw[:8], now)
	_, _ = rand.Read(raw[8:]) // never fails: see crypto/rand
	return base32.NewEncoding(alphabet).WithPadding(base32.NoPadding).EncodeToString(raw[:])
}

package audit

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
)

// Limits of an entry.
const (
	// MaxBody is the largest body of an entry in bytes. It leaves room for the
	// rest of a line of one MiB in an export.
	MaxBody = 1<<20 - 4<<10
	// MaxID is the longest identifier of an entry in bytes.
	MaxID = 256
)

const saltSize = 16

var (
	// ErrErased says that an entry's salt and body are gone, so that there is
	// nothing to check or to read. Its digest still proves its place in the log.
	ErrErased = errors.New("entry was erased")
	// ErrMismatch says that an entry is not what its digest was made of.
	ErrMismatch = errors.New("entry does not match its digest")
	// ErrTooLarge says that an entry exceeds [MaxBody] or [MaxID].
	ErrTooLarge = errors.New("entry is too large")
)

// Seal returns e as it is to be stored: its body as compact JSON with the fields
// in the order of the type and all instants in UTC, 16 random bytes of salt, and
// the digest of both. Its leaf is -1. It fails if e has no ID, is larger than
// [MaxBody], or holds an instant that RFC 3339 cannot write.
//
// The digest is made of the body's exact bytes: a store must give them back
// unchanged, so the column for them is bytes or text, not a JSON type that
// orders keys anew.
func (e Entry) Seal() (Sealed, error) {
	if e.ID == "" {
		return Sealed{}, errors.New("audit: seal: entry has no id")
	}
	e.At = e.At.UTC()
	e.Trigger.Effective = e.Trigger.Effective.UTC()
	e.Trigger.Recorded = e.Trigger.Recorded.UTC()
	body, err := json.Marshal(e)
	if err != nil {
		return Sealed{}, fmt.Errorf("audit: seal: %w", err)
	}
	if len(body) > MaxBody || len(e.ID) > MaxID {
		return Sealed{}, fmt.Errorf("audit: seal: %w: body of %d bytes", ErrTooLarge, len(body))
	}
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails: see crypto/rand
	return Sealed{ID: e.ID, Digest: digestOf(salt, body), Salt: salt, Body: body, Leaf: -1}, nil
}

// Erased reports whether salt and body are gone.
func (s Sealed) Erased() bool { return len(s.Salt) == 0 && len(s.Body) == 0 }

// Check reports whether s is as it was sealed: nil if the digest is that of salt
// and body and the body's id is s.ID, [ErrErased] if nothing is left to check,
// an error wrapping [ErrMismatch] if s was changed. It says nothing about the
// leaf, which only the tree can prove.
func (s Sealed) Check() error {
	if s.Erased() {
		return ErrErased
	}
	if digestOf(s.Salt, s.Body) != s.Digest {
		return fmt.Errorf("%w: salt or body differ", ErrMismatch)
	}
	var body struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(s.Body, &body); err != nil {
		return fmt.Errorf("%w: its body is no JSON object", ErrMismatch)
	}
	if body.ID != s.ID {
		return fmt.Errorf("%w: its body has another id", ErrMismatch)
	}
	return nil
}

// Entry returns the entry that was sealed, after [Sealed.Check]. Fields that a
// newer release wrote and this one does not know are left out.
func (s Sealed) Entry() (Entry, error) {
	if err := s.Check(); err != nil {
		return Entry{}, err
	}
	var e Entry
	if err := json.Unmarshal(s.Body, &e); err != nil {
		return Entry{}, fmt.Errorf("audit: read entry: %w", err)
	}
	return e, nil
}

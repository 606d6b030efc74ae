package state

import "time"

// PersonFacts is the part of a [Tx] about what somebody else than HR told of a person.
// A fact is appended and never altered, but that it is withdrawn, once, or found to be
// about somebody else.
type PersonFacts interface {
	// Fact returns a row or ErrNotFound.
	Fact(id string) (Fact, error)
	// AddFact appends a row. It fails if there is one with its ID.
	AddFact(Fact) error
	// WithdrawFact sets when a fact was withdrawn. It does nothing to one that was before.
	WithdrawFact(id string, at time.Time) error
	// GiveFact says whom, and which of their employments, a fact is about.
	GiveFact(id, person string, spell int64) error
	// FactsOf returns the facts about a person that count at an instant or later, by ID:
	// those that were not withdrawn and do not end at the instant or before. With the zero
	// instant it returns all.
	FactsOf(person string, at time.Time) ([]Fact, error)
	// FactsOfKind returns the facts of a kind, about anybody, that count at an instant or
	// later, by ID.
	FactsOfKind(kind string, at time.Time) ([]Fact, error)
	// EraseFacts deletes the facts about a person that count neither at an instant nor
	// later, and returns how many.
	EraseFacts(person string, at time.Time) (int, error)
}

// Fact is what was told of a person.
type Fact struct {
	ID, Person, Kind string
	// Spell is the employment in which it was told, or which comes next.
	Spell int64
	Body  []byte // JSON: as it was told
	// EndsAt is when it ceases to count, whatever becomes of it; zero if it does not.
	RecordedAt, EndsAt, WithdrawnAt time.Time
}

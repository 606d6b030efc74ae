package state

import "time"

// Answers is the part of a [Tx] about questions to people.
type Answers interface {
	// Case returns a row or ErrNotFound.
	Case(id string) (Case, error)
	PutCase(Case) error
	// OpenCase returns the open case of a kind about a subject or ErrNotFound.
	OpenCase(kind, subject string) (Case, error)
	// OpenCasesOf returns the open cases of a kind about things of a person, by subject:
	// those whose subject is the person, a space and something more.
	OpenCasesOf(kind, person string) ([]Case, error)
	// Cases returns the open cases, or all, oldest first.
	Cases(all bool) ([]Case, error)
}

// Case is a question to a person.
type Case struct {
	ID, Kind, Subject string
	Question          string
	Digest            string // of what is asked
	Body              []byte // JSON: what it is about
	Choices           []string
	Default           string // the choice that stands when nobody answers
	State             string // open, answered, closed
	OpenedAt          time.Time
	Expires           time.Time
	Run               string
	Answer            string
	Actor             string
	Note              string
	AnsweredAt        time.Time
}

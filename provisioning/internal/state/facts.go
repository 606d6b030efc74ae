package state

import "time"

// Facts is the part of a [Tx] about what HR told.
type Facts interface {
	// Source returns the row of a source, ErrNotFound if it was never read.
	Source(name string) (Source, error)
	PutSource(Source) error

	// Worker returns the current row of a work relationship or ErrNotFound.
	Worker(source, id string) (Worker, error)
	// PutWorker inserts or replaces the current row.
	PutWorker(Worker) error
	// WorkersOf returns the relationships of a person, ordered by source and id.
	WorkersOf(person string) ([]Worker, error)
	// WorkersLike returns the workers, of any source, that share the non-empty
	// person key or one of the e-mail addresses (compared in lower case, work and
	// private alike), ordered by source and id.
	WorkersLike(personKey string, emails []string) ([]Worker, error)
	// WorkersOfSource returns up to limit rows with id > after, ordered by id.
	WorkersOfSource(source, after string, limit int) ([]Worker, error)
	// Reports returns the persons who have a worker of that source with that
	// manager, sorted, each once.
	Reports(source, manager string) ([]string, error)

	// AddVersion appends to a worker's history. The pair of worker and Seq is
	// unique.
	AddVersion(Version) error
	// Versions returns the history of a worker up to the recorded instant known
	// (zero: all of it), by Seq.
	Versions(source, id string, known time.Time) ([]Version, error)

	// Stage keeps rows of a read that is not accepted yet. N is unique in a run.
	Stage(run string, rows []Staged) error
	// Staged returns up to limit rows of a run with N > after, by N.
	Staged(run string, after int64, limit int) ([]Staged, error)
	// DropStaged forgets the rows of a run.
	DropStaged(run string) error

	// ReserveName reserves a name in a namespace for a person, for ever. It
	// returns the person who has it, which is the caller's only if it was free or
	// already theirs; then at becomes when it was reserved. Names are compared as they
	// are given.
	ReserveName(namespace, name, person string, at time.Time) (owner string, err error)
	// Names returns what a person has reserved in a namespace since an instant (zero:
	// all of it), oldest first.
	Names(namespace, person string, since time.Time) ([]string, error)
	// GiveNames gives all that one person has reserved in a namespace to another.
	GiveNames(namespace, from, to string) error
	// NameOwner returns who has a name, "" if nobody. It reserves nothing.
	NameOwner(namespace, name string) (string, error)
}

// Source is what is known of a source's reads.
type Source struct {
	Name    string
	Records int // of the last accepted read
	ReadAt  time.Time
	Run     string // of the last accepted read
}

// Worker is the current row of one work relationship.
type Worker struct {
	Source, ID string
	// Person is empty while it is not known whose relationship this is.
	Person    string
	PersonKey string
	Emails    []string // lower case; kept in a table of their own to be found by
	Manager   string   // id of the manager's worker in the same source
	// Seq numbers the versions from 1; Digest and Body are those of the latest.
	Seq        int64
	Digest     []byte
	Body       []byte
	RecordedAt time.Time
	// StatusSince is when the worker was first told with the status of the latest version,
	// whatever else has changed since.
	StatusSince time.Time
	// MissingSince is when the worker was first absent from a complete read.
	MissingSince time.Time
}

// Version is one state of a work relationship, as it was told.
type Version struct {
	Source, ID string
	Seq        int64
	RecordedAt time.Time
	Run        string
	Digest     []byte
	Body       []byte
}

// Staged is one row of a read that waits to be accepted.
type Staged struct {
	N    int64
	Body []byte
}

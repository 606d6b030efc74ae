package state

import "time"

// People is the part of a [Tx] about persons and when to look at them.
type People interface {
	// Person returns a row or ErrNotFound.
	Person(id string) (Person, error)
	// LockPerson is Person, and nobody else can change the row before this
	// transaction ends.
	LockPerson(id string) (Person, error)
	PutPerson(Person) error
	// PeopleAfter returns up to limit rows with ID > after, by ID.
	PeopleAfter(after string, limit int) ([]Person, error)
	// DuePeople returns up to limit persons with a DueAt at or before now, the
	// earliest first, and skips those locked by somebody else.
	DuePeople(now time.Time, limit int) ([]Person, error)
	// CountDue counts the persons whose look is owed to a run.
	CountDue(run string) (int, error)
	// NextDue returns the earliest DueAt of all persons, zero if none.
	NextDue() (time.Time, error)
	// TouchAll makes every person due at an instant, for a run, because of event,
	// and raises their revisions. Who had been decided about, and was due for nothing,
	// is resting.
	TouchAll(run string, at time.Time, event string) (int, error)
	// TakeTimers gives a run every person who is due at or before now and whom no
	// run wants, and returns how many that are.
	TakeTimers(run string, now time.Time) (int, error)
	// Undecided counts the persons whose last look gave no decision.
	Undecided() (int, error)
}

// Person is one human.
type Person struct {
	ID string
	// Revision rises by one with each change of facts or decision.
	Revision int64
	// Spell numbers the employments, from 1; 0 before the first.
	Spell int64
	Live  bool
	// LeftAt is since when they are known to have left for good: no relationship gives
	// access, nor is one known that will. Zero if they have not, or were never there.
	LeftAt time.Time
	// DueAt is when to decide next (business time); zero means not by the clock.
	DueAt time.Time
	// Run is the run that wants the look at DueAt; empty for a timer.
	Run string
	// Event is why: the fact's own words for the audit.
	Event string
	// EventAt and ReceivedAt belong to the fact that made the person due.
	EventAt, ReceivedAt time.Time

	DecidedAt time.Time
	Policy    string // version of the policy of the last decision
	// Problem says why the last look gave no decision; empty if it did.
	Problem string

	// Resting says that nobody but TouchAll wants the look, and RestsUntil is DueAt as it
	// was before. Whoever makes the person due for another reason ends it.
	Resting    bool
	RestsUntil time.Time
}

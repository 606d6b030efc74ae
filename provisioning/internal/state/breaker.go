package state

import "time"

// Breakers is the part of a [Tx] about systems in which nothing works, or too little.
type Breakers interface {
	// Breaker returns a row or ErrNotFound.
	Breaker(system string) (Breaker, error)
	// LockBreaker is Breaker, and nobody else can change the row before this
	// transaction ends.
	LockBreaker(system string) (Breaker, error)
	PutBreaker(Breaker) error
	// Breakers returns all rows, by system.
	Breakers() ([]Breaker, error)
}

// Breaker is what is remembered of how a system fails. While it is open, nothing is
// sent there but probes.
type Breaker struct {
	System   string
	Failures int      // in a row
	Denials  int      // of those
	Accounts []string // whose accounts failed: the first few persons
	// OpenedAt is zero while it is closed. Wall time, as all instants here.
	OpenedAt time.Time
	Probes   int    // that failed since
	Probing  string // the person whose account may be tried by whoever has its lease
	// ProbeAt is when the next probe may begin, UrgentAt when one of the immediate
	// lane may.
	ProbeAt, UrgentAt time.Time
	Error             string // the last one

	Refusals
}

// Refusals are what is remembered of how much a system refuses that answers.
type Refusals struct {
	// Refused rises with what the system refuses and falls with what it takes, RefusedBy
	// are the first few persons of whom something was refused, and Refusal is the last one.
	Refused   int
	RefusedBy []string
	Refusal   string
	// RefusedAt is zero while not too much is refused. TryAt is when something that is
	// parked is tried next, Tried where that stood last, and Tries how often.
	RefusedAt, TryAt time.Time
	Tries            int
	Tried            string
}

package policy

import "time"

// Holding is an entitlement that a person holds.
type Holding struct {
	Entitlement Entitlement
	// Since is when it was given; zero if that is not known.
	Since time.Time
}

// Approval is a fact: somebody who may has agreed to something. It approves one
// thing.
type Approval struct {
	// ID identifies the approval in decisions.
	ID string
	// Separation is the name of the [Separation] that may be violated.
	Separation string
	// From and Until bound the time in which it counts: from From on, until before
	// Until. A zero From means always, a zero Until never ends.
	From, Until time.Time
	// Origin says where the approval comes from, and Evidence what shows it, for
	// people.
	Origin, Evidence string
}

func (a Approval) inForce(at time.Time) bool { return within(at, a.From, a.Until) }

// within reports whether an instant lies between two others, of which either may
// be zero.
func within(at, from, until time.Time) bool {
	return !at.Before(from) && (until.IsZero() || at.Before(until))
}

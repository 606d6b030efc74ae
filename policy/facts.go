package policy

import "time"

// Holding is an entitlement that a person holds.
type Holding struct {
	Entitlement Entitlement
	// Since is when it was given; zero if that is not known.
	Since time.Time
}

// Request is a fact: something that was asked for. It is given if policy lets it
// be asked for, and still subject to approvals, denies and separations of duties.
// It begins and ends with the person's access, and with its own time.
type Request struct {
	// ID identifies the request in reasons.
	ID string
	// Entitlement or Role is what is asked for. With holds the values of the role's
	// parameters.
	Entitlement Entitlement
	Role        string
	With        map[string]string
	// From and Until bound the time for which it is asked: from From on, until
	// before Until. A zero From means always, a zero Until never ends.
	From, Until time.Time
	// Origin says where the request comes from, and Evidence what shows it, for
	// people.
	Origin, Evidence string
}

// Approval is a fact: somebody who may has agreed to something. It approves one
// thing.
type Approval struct {
	// ID identifies the approval in decisions.
	ID string
	// Entitlement, Role or Separation is what is approved: that it is given, that
	// something is given through the role, or that the separation is violated.
	Entitlement Entitlement
	Role        string
	Separation  string
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

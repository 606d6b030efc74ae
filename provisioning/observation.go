package provisioning

import (
	"fmt"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// ObserveRequest says how to look at a system.
type ObserveRequest struct {
	System string
	// Entitlements asks for what each of our accounts holds even where the listing
	// does not tell it, which is one more question to the system for each.
	Entitlements bool
	// Each is called for each finding, in the order in which they are met. An error of
	// it ends the look. Nil collects them in the Observation instead.
	Each func(Finding) error
}

// Observation is what came of looking at all accounts of a system.
type Observation struct {
	System string
	// Accounts is how many were seen; Ours how many of them belong to people.
	Accounts, Ours int
	// Complete says that the system proved that these are all; Basis is the proof, or
	// why it is none. Otherwise nothing is concluded from what was not seen.
	Complete bool
	Basis    string
	// Busy is how many of ours were being worked on, and left alone.
	Busy int
	// Counts is how often each situation was met.
	Counts map[Situation]int
	// Findings are those, if the request has no Each.
	Findings []Finding
}

// Finding is one thing in a system that is not as it is known or wanted to be.
type Finding struct {
	Situation Situation     `json:"situation"`
	Account   connector.Ref `json:"account"`
	// Person is whose the account is, or may be; empty if nobody is known.
	Person string `json:"person,omitempty"`
	// What is "sign-in", "login name", the name of an attribute, an entitlement as
	// kind/name, or "external id" if the account says that it is somebody else's, when
	// nothing else is told of it and nothing is done; empty if the finding is about the
	// account itself. Want is what should be so, or is known, and Have what was seen.
	What string `json:"what,omitempty"`
	Want string `json:"want,omitempty"`
	Have string `json:"have,omitempty"`
	// Repairs says that it is going to be put right, as far as the guard lets it, and
	// Adopted that it was taken over as it is: see [Drift].
	Repairs bool `json:"repairs,omitempty"`
	Adopted bool `json:"adopted,omitempty"`

	kind state.ItemKind // of what it is about
}

// String returns the finding for people, in one line.
func (f Finding) String() string {
	text := fmt.Sprintf("%-12s account %s (%s)", f.Situation, f.Account.ID, f.Account.Name)
	if f.Person != "" {
		text += " of " + f.Person
	}
	if f.What != "" {
		text += fmt.Sprintf(": %s is %s; want %s", f.What, f.Have, f.Want)
	}
	if f.Repairs {
		text += " (will be repaired)"
	}
	if f.Adopted {
		text += " (was taken over)"
	}
	return text
}

// Situation is how an account, and who it belongs to, stand to each other.
type Situation string

// The situations, beside that of an account which is as it should be.
const (
	// Drifted: it is ours, and somebody has changed it since we saw it.
	Drifted Situation = "drifted"
	// Ghost: it is ours, nobody is to sign in with it, and somebody can.
	Ghost Situation = "ghost"
	// Unexplained: it is ours, and holds something that nothing gives and that we did
	// not give. It is never taken away, and told until it is adopted: see [AdoptDrift].
	Unexplained Situation = "unexplained"
	// Found: it carries the identifier of a person who has no account there as far as
	// is known, as after a lost database. It is taken over once policy wants one.
	Found Situation = "found"
	// Duplicate: it carries the identifier of a person whose account is another one, or
	// for whom another one was found before it.
	Duplicate Situation = "duplicate"
	// Candidate: nobody's, under a login name that is reserved or wanted for a person.
	// That is no proof: see [Tenant.Adopt].
	Candidate Situation = "candidate"
	// Orphan: nobody's, and active. Dormant is the same, disabled.
	Orphan  Situation = "orphan"
	Dormant Situation = "dormant"
	// Missing: an account of ours that a complete listing does not have, nor the
	// system when it is asked for it.
	Missing Situation = "missing"
)

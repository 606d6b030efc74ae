package state

import "time"

// Policies is the part of a [Tx] about policies: their texts, and which was in force
// when.
type Policies interface {
	// InForce returns the activation that was added last, or ErrNotFound.
	InForce() (Activation, error)
	// Activate adds an activation. It fails if there is one with its Seq.
	Activate(Activation) error
	// Activations returns up to limit activations, newest first.
	Activations(limit int) ([]Activation, error)

	// PolicySource returns the text of a policy by its version, or ErrNotFound.
	PolicySource(policy string) ([]byte, error)
	// KeepPolicy keeps the text of a policy for ever. It does nothing if there is one
	// by its version, since a version is that of one text.
	KeepPolicy(policy string, source []byte) error
}

// Activation is that a policy was put in force, or that something else changed on which
// all decisions depend.
type Activation struct {
	Seq     int64  // from 1, without gaps
	Version string // of everything that decisions depend on but the facts
	Policy  string // the policy's own version
	At      time.Time
	Run     string
	Actor   string // empty if a configuration said so
	Note    string
}

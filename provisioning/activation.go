package provisioning

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// ActivateRequest says which policy is to be in force. Actor, and either Policy or
// Version, are required.
type ActivateRequest struct {
	Policy *policy.Policy
	// Version rolls back: it names a policy that was in force before, by its own
	// version.
	Version string
	// InPlaceOf, if set, is the version of the policy that must be in force until then,
	// such as the one that a simulation compared with.
	InPlaceOf string
	// Review keeps everything that would change from being done, until a plan with it is
	// applied, or another policy is activated. What is urgent passes as it does with the
	// guard.
	Review bool
	Actor  Actor
	Note   string // why, for the audit
}

// Activation is that a policy came into force.
type Activation struct {
	Version string // the policy's own
	At      time.Time
	Actor   Actor // empty if a configuration said so
	Note    string
	// Run is the look at everybody that followed.
	Run RunStatus
}

// ActivatePolicy puts a policy in force, in all processes and until further notice, of a
// tenant whose configuration names none. Everybody is decided about anew whom it may
// concern ([policy.Compare]), as one run, which the guard judges before any of it acts;
// what was decided by an older policy and is not done yet is not done, unless it is still
// wanted. If the policy is in force already, nothing happens.
//
// To see what it would change, simulate it before ([Tenant.Simulate]) or let it be
// reviewed (Review, [Tenant.Plan], [Tenant.Apply]). To take it back, activate the one
// before by its version: what was not done yet will not be, and what was is undone, as a
// run that the guard judges as well.
//
// The error is [ErrMoved] if InPlaceOf is not what is in force.
func (t *Tenant) ActivatePolicy(ctx context.Context, req ActivateRequest) (Activation, error) {
	if err := req.Actor.check(); err != nil {
		return Activation{}, err
	}
	switch {
	case t.cfg.Policy != nil:
		return Activation{}, fmt.Errorf("tenant %s: its configuration names a policy: want none there, to activate one", t.id)
	case (req.Policy == nil) == (req.Version == ""):
		return Activation{}, errors.New("activate: want either Policy or Version")
	}
	p := req.Policy
	if p == nil {
		var err error
		if p, err = t.loadPolicy(ctx, req.Version); err != nil {
			return Activation{}, err
		}
	}
	var now Activation
	err := t.backend.Update(ctx, t.id, func(tx state.Tx) error {
		last, err := lastActivation(tx)
		if err != nil {
			return err
		}
		if req.InPlaceOf != "" && req.InPlaceOf != last.Policy {
			return fmt.Errorf("policy %s is in force, and not %s: %w", last.Policy, req.InPlaceOf, ErrMoved)
		}
		if last.Version != t.versionWith(p.Version()) {
			if last, err = t.activate(tx, last, p, req); err != nil {
				return err
			}
		}
		now, err = activationOf(tx, last)
		return err
	})
	t.tell()
	return now, err
}

// mostActivations is how many are told of.
const mostActivations = 1000

// Activations returns the policies that were in force, the latest first, 1000 at most. A
// policy is there twice in a row if something else was configured on which decisions
// depend.
func (t *Tenant) Activations(ctx context.Context) ([]Activation, error) {
	var out []Activation
	err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
		out = nil
		all, err := tx.Activations(mostActivations)
		for i := 0; i < len(all) && err == nil; i++ {
			var a Activation
			a, err = activationOf(tx, all[i])
			out = append(out, a)
		}
		return err
	})
	return out, err
}

// PolicySource returns the text of a policy that is or was in force, by its own version.
// A policy of the host's own kind has none.
func (t *Tenant) PolicySource(ctx context.Context, version string) (source []byte, err error) {
	err = t.backend.View(ctx, t.id, func(tx state.Tx) error {
		source, err = tx.PolicySource(version)
		return err
	})
	if errors.Is(err, state.ErrNotFound) {
		return nil, fmt.Errorf("policy %s: there is no text of it", version)
	}
	return source, err
}

func activationOf(tx state.Tx, a state.Activation) (Activation, error) {
	run, err := tx.Run(a.Run)
	return Activation{Version: a.Policy, At: a.At, Actor: Actor(a.Actor), Note: a.Note, Run: statusOf(run)}, err
}

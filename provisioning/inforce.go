package provisioning

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// ErrNoPolicy says that nobody is decided about, since the tenant has no policy yet.
var ErrNoPolicy = errors.New("no policy is in force")

// ErrSuperseded says that what this process was configured with is not in force any
// more, since another one put something else in force. It does nothing until it is
// configured anew: see [Engine.Reload].
var ErrSuperseded = errors.New("the configuration was superseded")

// errMoved says that another policy has come into force since it was looked last.
var errMoved = errors.New("another policy has come into force")

// rules are what this process decides by, as they were last known to be in force.
type rules struct {
	policy  policy.Evaluator
	version string // of policy and configuration
	seq     int64  // of the activation

	differences differences
}

// evaluator returns the policy that decides. It is called when one is known to be in
// force.
func (t *Tenant) evaluator() policy.Evaluator { return t.rules.Load().policy }

// version identifies everything that decisions depend on but the facts. It is called
// when a policy is known to be in force.
func (t *Tenant) version() string { return t.rules.Load().version }

// enforce finds out which policy is in force. A configuration is put in force once, when
// it is first used: what changed after that was meant to.
func (t *Tenant) enforce(ctx context.Context) error {
	known := t.rules.Load()
	var last state.Activation
	err := t.backend.View(ctx, t.id, func(tx state.Tx) (err error) {
		last, err = lastActivation(tx)
		return err
	})
	if err != nil || known != nil && known.seq == last.Seq {
		return err
	}
	if t.cfg.Policy == nil && last.Seq == 0 {
		return ErrNoPolicy
	}
	e, err := t.load(ctx, last.Policy)
	if err != nil {
		return err
	}
	switch version := t.versionWith(e.Version()); {
	case last.Version == version:
		t.rules.Store(&rules{policy: e, version: version, seq: last.Seq})
		return nil
	case known != nil:
		return fmt.Errorf("%w: %s was put in force %s, in place of %s", ErrSuperseded, last.Version, last.At.Format(time.RFC3339), known.version)
	}
	var now state.Activation
	err = t.backend.Update(ctx, t.id, func(tx state.Tx) error {
		again, err := lastActivation(tx)
		if err == nil && again.Seq != last.Seq {
			return errMoved
		}
		if err == nil {
			now, err = t.activate(tx, last, e, ActivateRequest{Note: "as configured"})
		}
		return err
	})
	if errors.Is(err, errMoved) {
		return t.enforce(ctx)
	}
	if err == nil {
		t.rules.Store(&rules{policy: e, version: now.Version, seq: now.Seq})
	}
	return err
}

// load returns the policy of the configuration or, if that leaves it open, one that was
// put in force.
func (t *Tenant) load(ctx context.Context, version string) (policy.Evaluator, error) {
	if t.cfg.Policy != nil {
		return t.cfg.Policy, nil
	}
	if known := t.rules.Load(); known != nil && known.policy.Version() == version {
		return known.policy, nil
	}
	return t.loadPolicy(ctx, version)
}

// loadPolicy returns a policy that is or was in force.
func (t *Tenant) loadPolicy(ctx context.Context, version string) (*policy.Policy, error) {
	source, err := t.PolicySource(ctx, version)
	if err != nil {
		return nil, err
	}
	return keptPolicy(version, source)
}

// keptPolicy makes a policy of the text that is kept of it.
func keptPolicy(version string, source []byte) (*policy.Policy, error) {
	p, err := policy.Load("policy "+version, bytes.NewReader(source))
	if err != nil {
		return nil, fmt.Errorf("the policy cannot be loaded, so that nothing is decided here: %w", err)
	}
	if p.Version() != version {
		return nil, fmt.Errorf("policy %s: its text is that of %s, so that nothing is decided here", version, p.Version())
	}
	return p, nil
}

// decider returns the policy that decides, for whoever only wants to know what it would
// say.
func (t *Tenant) decider(ctx context.Context) (policy.Evaluator, error) {
	if t.cfg.Policy != nil {
		return t.cfg.Policy, nil
	}
	var last state.Activation
	err := t.backend.View(ctx, t.id, func(tx state.Tx) (err error) {
		last, err = lastActivation(tx)
		return err
	})
	if err == nil && last.Seq == 0 {
		err = ErrNoPolicy
	}
	if err != nil {
		return nil, err
	}
	return t.load(ctx, last.Policy)
}

// stillInForce returns errMoved if decisions of this process are not what is wanted any
// more.
func (t *Tenant) stillInForce(tx state.Tx) error {
	last, err := lastActivation(tx)
	if err == nil && last.Seq != t.rules.Load().seq {
		return errMoved
	}
	return err
}

// lastActivation returns what is in force, the zero Activation if nothing is.
func lastActivation(tx state.Tx) (state.Activation, error) {
	last, err := tx.InForce()
	if errors.Is(err, state.ErrNotFound) {
		return state.Activation{}, nil
	}
	return last, err
}

// activate puts a policy in force, with what else is configured, in place of the last
// one. Everybody is looked at again, as one run.
func (t *Tenant) activate(tx state.Tx, last state.Activation, e policy.Evaluator, req ActivateRequest) (state.Activation, error) {
	version := t.versionWith(e.Version())
	run, err := t.openRun(tx, "policy", version, state.RunDeciding)
	if err != nil {
		return state.Activation{}, err
	}
	if req.Review {
		run.Review = true
		if err := tx.PutRun(run); err != nil {
			return state.Activation{}, err
		}
	}
	if last.Seq > 0 { // before the first policy nobody was decided about
		if _, err := tx.TouchAll(run.ID, run.OpenedAt, "policy "+version); err != nil {
			return state.Activation{}, err
		}
	}
	if p, ok := e.(interface{ Source() []byte }); ok {
		if err := tx.KeepPolicy(e.Version(), p.Source()); err != nil {
			return state.Activation{}, err
		}
	}
	now := state.Activation{
		Seq: last.Seq + 1, Version: version, Policy: e.Version(), At: run.OpenedAt, Run: run.ID, Actor: string(req.Actor), Note: req.Note,
	}
	if err := tx.Activate(now); err != nil {
		return state.Activation{}, err
	}
	return now, t.write(tx, audit.Entry{
		Event: audit.EventPolicy, Run: run.ID, Policy: version, Before: last.Version, After: version, Actor: now.Actor, Note: now.Note,
		Trigger: audit.Trigger{Source: "policy", Event: "activated", Recorded: run.OpenedAt},
	})
}

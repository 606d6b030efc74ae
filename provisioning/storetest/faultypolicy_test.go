package storetest

import (
	"errors"
	"slices"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func policyFaults() []mutant {
	return []mutant{
		{fault: "who activated a policy is forgotten", fails: []string{"in_force", "activations", "activation_seq"}, tx: func(tx state.Tx) state.Tx { return anonymous{tx} }},
		{fault: "in force is what was activated at the latest instant", fails: []string{"in_force"}, tx: func(tx state.Tx) state.Tx { return byInstant{tx} }},
		{fault: "activations come oldest first", fails: []string{"activations"}, tx: func(tx state.Tx) state.Tx { return oldestActivation{tx} }},
		{fault: "the second of two activations counts", fails: []string{"activation_seq"}, tx: func(tx state.Tx) state.Tx { return renumbering{tx} }},
		{fault: "a policy that is not kept is an empty one", fails: []string{"policy_source"}, tx: func(tx state.Tx) state.Tx { return emptyPolicy{tx} }},
		{fault: "the text of a policy is replaced", fails: []string{"policy_source_once"}, tx: func(tx state.Tx) state.Tx { return rewriting{tx} }},
	}
}

type anonymous struct{ state.Tx }

func (t anonymous) Activate(a state.Activation) error {
	a.Actor = ""
	return t.Tx.Activate(a)
}

type byInstant struct{ state.Tx }

func (t byInstant) InForce() (state.Activation, error) {
	all, err := t.Activations(100)
	if err != nil || len(all) == 0 {
		return state.Activation{}, state.ErrNotFound
	}
	return slices.MaxFunc(all, func(a, b state.Activation) int { return a.At.Compare(b.At) }), nil
}

type oldestActivation struct{ state.Tx }

func (t oldestActivation) Activations(limit int) ([]state.Activation, error) {
	all, err := t.Tx.Activations(limit)
	slices.Reverse(all)
	return all, err
}

type renumbering struct{ state.Tx }

func (t renumbering) Activate(a state.Activation) error {
	if last, err := t.InForce(); err == nil && last.Seq >= a.Seq {
		a.Seq = last.Seq + 1
	}
	return t.Tx.Activate(a)
}

type emptyPolicy struct{ state.Tx }

func (t emptyPolicy) PolicySource(version string) ([]byte, error) {
	source, err := t.Tx.PolicySource(version)
	if errors.Is(err, state.ErrNotFound) {
		return []byte{}, nil
	}
	return source, err
}

// rewriting keeps a second text beside the first, and returns that.
type rewriting struct{ state.Tx }

func (t rewriting) KeepPolicy(version string, source []byte) error {
	if _, err := t.Tx.PolicySource(version); err == nil {
		version += "'"
	}
	return t.Tx.KeepPolicy(version, source)
}

func (t rewriting) PolicySource(version string) ([]byte, error) {
	if source, err := t.Tx.PolicySource(version + "'"); err == nil {
		return source, nil
	}
	return t.Tx.PolicySource(version)
}

package storetest

import (
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func policyCases() []testCase {
	return []testCase{
		{name: "in_force", clause: "InForce is the activation that was added last; ErrNotFound before", check: inForce},
		{name: "activations", clause: "Activations returns up to limit, newest first", check: activations},
		{name: "activation_seq", clause: "Activate fails if there is an activation with its Seq", check: activationSeq},
		{name: "policy_source", clause: "the text of a policy is kept by its version; ErrNotFound before", check: policySource},
		{name: "policy_source_once", clause: "KeepPolicy leaves the text that is there", check: policySourceOnce},
	}
}

func dataActivation(mark string) state.Activation {
	return state.Activation{Seq: 1, Version: "v1+zone", Policy: "v1", At: day(1), Run: "r1", Actor: "ada" + mark, Note: "for the new team"}
}

func inForce(f *fixture) {
	f.update(func(tx state.Tx) {
		_, err := tx.InForce()
		is("nothing in force", err, state.ErrNotFound)
		for _, a := range []state.Activation{dataActivation(""), {Seq: 2, Version: "b"}, {Seq: 3, Version: "a", At: day(0)}} {
			ok(tx.Activate(a))
			same("in force", must(tx.InForce()), a)
		}
	})
}

func activations(f *fixture) {
	f.update(func(tx state.Tx) {
		same("of none", must(tx.Activations(5)), []state.Activation{})
		first, second, third := dataActivation(""), state.Activation{Seq: 2, Version: "b", At: day(9)}, state.Activation{Seq: 3, Version: "a", At: day(0)}
		for _, a := range []state.Activation{first, second, third} {
			ok(tx.Activate(a))
		}
		same("all", must(tx.Activations(5)), []state.Activation{third, second, first})
		same("two of three", must(tx.Activations(2)), []state.Activation{third, second})
	})
}

func activationSeq(f *fixture) {
	f.update(func(tx state.Tx) { ok(tx.Activate(dataActivation(""))) })
	if f.try(func(tx state.Tx) { ok(tx.Activate(dataActivation(" again"))) }) == nil {
		fail("two activations have one number")
	}
	f.view(func(tx state.Tx) { same("in force", must(tx.InForce()), dataActivation("")) })
}

func policySource(f *fixture) {
	f.update(func(tx state.Tx) {
		_, err := tx.PolicySource("v1")
		is("a policy that is not kept", err, state.ErrNotFound)
		ok(tx.KeepPolicy("v1", []byte("rules: []")))
		ok(tx.KeepPolicy("v2", []byte("rules: [x]")))
		same("text", string(must(tx.PolicySource("v1"))), "rules: []")
		same("another's", string(must(tx.PolicySource("v2"))), "rules: [x]")
		_, err = tx.PolicySource("V1")
		is("a version in other letters", err, state.ErrNotFound)
	})
}

func policySourceOnce(f *fixture) {
	for _, text := range []string{"rules: []", "rules: [x]"} {
		f.update(func(tx state.Tx) { ok(tx.KeepPolicy("v1", []byte(text))) })
	}
	f.view(func(tx state.Tx) { same("text", string(must(tx.PolicySource("v1"))), "rules: []") })
}

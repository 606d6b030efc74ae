// Package policytest tests policies with tables of people: who they are, and
// what they should and should not get.
//
//	policytest.Run(t, p, []policytest.Case{{
//		Name:       "engineers can push",
//		Attributes: map[string]string{"department": "Engineering"},
//		Want:       []string{"git:team/dev"},
//		WantNot:    []string{"finance:*"},
//	}})
//
// A failing case tells everything that differs, with the rules and roles that
// led to what nobody wanted, and what keeps back what is missing. The tables work
// for every [policy.Evaluator], not only for a [policy.Policy].
package policytest

package main

import (
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

var (
	// exprTyped is expr as our policies write it: a missing level is told apart by
	// the engine. exprGuarded says it with a flag.
	exprTyped = language{
		and: "&&", or: "||", not: "!", attribute: dotted(""), in: bracketed, has: within, date: quote,
		contains: infix("contains"), starts: infix("startsWith"), ends: infix("endsWith"), present: func(name string) string { return name + " != nil" },
	}
	exprGuarded = func() language {
		l := exprTyped
		l.present = func(string) string { return "hasLevel" }
		return l
	}()
)

func programs(list []rule, env any) ([]*vm.Program, error) {
	out := make([]*vm.Program, len(list))
	for i, r := range list {
		var err error
		if out[i], err = expr.Compile(exprGuarded.write(r.when), expr.Env(env), expr.AsBool()); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// exprNaive is expr.Run with a struct, as the first page of its documentation has it.
func exprNaive(list []rule) (matcher, error) {
	compiled, err := programs(list, person{})
	if err != nil {
		return matcher{}, err
	}
	return matcher{
		prepare: func(p person) any { return p },
		match: func(prepared any, yield func(int)) error {
			for i, program := range compiled {
				out, err := expr.Run(program, prepared)
				if err != nil {
					return err
				}
				if out.(bool) {
					yield(i)
				}
			}
			return nil
		},
	}, nil
}

// exprBest is expr with a typed map that is there already, and one machine.
func exprBest(list []rule) (matcher, error) {
	compiled, err := programs(list, person{}.object())
	if err != nil {
		return matcher{}, err
	}
	machine := &vm.VM{}
	return matcher{
		prepare: func(p person) any { return p.object() },
		match: func(prepared any, yield func(int)) error {
			for i, program := range compiled {
				out, err := machine.Run(program, prepared)
				if err != nil {
					return err
				}
				if out.(bool) {
					yield(i)
				}
			}
			return nil
		},
	}, nil
}

package main

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

var celLanguage = language{
	and: "&&", or: "||", not: "!", attribute: dotted(""), in: bracketed, has: within, date: quote,
	contains: method("contains"), starts: method("startsWith"), ends: method("endsWith"), present: func(string) string { return "hasLevel" },
}

func method(name string) func(a, text string) string {
	return func(a, text string) string { return fmt.Sprintf("%s.%s(%q)", a, name, text) }
}

// celEach evaluates each rule with an activation that is there already.
func celEach(list []rule) (matcher, error) {
	options := []cel.EnvOption{cel.Variable("hasLevel", cel.BoolType)}
	for name, kind := range kinds {
		t := map[string]*cel.Type{"number": cel.IntType, "flag": cel.BoolType, "list": cel.ListType(cel.StringType)}[kind]
		if t == nil {
			t = cel.StringType
		}
		options = append(options, cel.Variable(name, t))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		return matcher{}, err
	}
	compiled := make([]cel.Program, len(list))
	for i, r := range list {
		tree, issues := env.Compile(celLanguage.write(r.when))
		if issues.Err() != nil {
			return matcher{}, issues.Err()
		}
		if compiled[i], err = env.Program(tree, cel.EvalOptions(cel.OptOptimize)); err != nil {
			return matcher{}, err
		}
	}
	return matcher{
		prepare: func(p person) any {
			activation, err := cel.NewActivation(p.object())
			if err != nil {
				panic(err)
			}
			return activation
		},
		match: func(prepared any, yield func(int)) error {
			for i, program := range compiled {
				out, _, err := program.Eval(prepared)
				if err != nil {
					return err
				}
				if out == types.True {
					yield(i)
				}
			}
			return nil
		},
	}, nil
}

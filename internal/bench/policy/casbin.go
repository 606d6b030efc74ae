package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
)

const casbinModel = `
[request_definition]
r = sub, obj
[policy_definition]
p = rule, obj
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.obj == p.obj && eval(p.rule)
`

// casbinLanguage asks functions for what its expressions do not have. Texts that
// look like dates would be read as such, so days are numbers.
var casbinLanguage = language{
	and: "&&", or: "||", not: "!", attribute: func(name string) string {
		if name == "hireDate" {
			name = "hireDay"
		}
		return "r.sub." + strings.ToUpper(name[:1]) + name[1:]
	},
	in:       func(a string, quoted []string) string { return "oneOf(" + a + ", " + strings.Join(quoted, ", ") + ")" },
	has:      func(a, quoted string) string { return "has(" + a + ", " + quoted + ")" },
	date:     func(day string) string { return strings.ReplaceAll(day, "-", "") },
	contains: call("textHas"), starts: call("textStarts"), ends: call("textEnds"), present: func(string) string { return "r.sub.HasLevel" },
}

// casbinBatch asks for every rule by its name as the object.
func casbinBatch(list []rule) (matcher, error) {
	m, err := model.NewModelFromString(casbinModel)
	if err != nil {
		return matcher{}, err
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return matcher{}, err
	}
	e.AddFunction("oneOf", func(args ...any) (any, error) { return slices.Contains(args[1:], args[0]), nil })
	e.AddFunction("has", func(args ...any) (any, error) { return slices.Contains(args[0].([]string), args[1].(string)), nil })
	e.AddFunction("textHas", func(args ...any) (any, error) { return strings.Contains(args[0].(string), args[1].(string)), nil })
	e.AddFunction("textStarts", func(args ...any) (any, error) { return strings.HasPrefix(args[0].(string), args[1].(string)), nil })
	e.AddFunction("textEnds", func(args ...any) (any, error) { return strings.HasSuffix(args[0].(string), args[1].(string)), nil })
	for _, r := range list {
		if _, err := e.AddPolicy(casbinLanguage.write(r.when), r.name); err != nil {
			return matcher{}, fmt.Errorf("casbin: %w", err)
		}
	}
	return matcher{
		prepare: func(p person) any { return p },
		match: func(prepared any, yield func(int)) error {
			requests := make([][]any, len(list))
			for i, r := range list {
				requests[i] = []any{prepared, r.name}
			}
			allowed, err := e.BatchEnforce(requests)
			for i, ok := range allowed {
				if ok {
					yield(i)
				}
			}
			return err
		},
	}, nil
}

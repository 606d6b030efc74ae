package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// regoLanguage writes a conjunction as the lines of a rule. What is nested becomes
// helper rules, which is how Rego says "or" and "not".
type regoWriter struct {
	helpers strings.Builder
	n       int
}

var regoLanguage = language{
	attribute: dotted("input."), date: quote, contains: call("contains"), starts: call("startswith"), ends: call("endswith"),
	in: func(a string, quoted []string) string {
		return a + " in {" + strings.Join(quoted, ", ") + "}"
	},
	has: within, present: func(string) string { return "input.hasLevel" }, and: ";",
}

func (w *regoWriter) body(c condition) string {
	switch c.op {
	case "and":
		lines := make([]string, len(c.parts))
		for i, p := range c.parts {
			lines[i] = w.body(p)
		}
		return strings.Join(lines, "\n")
	case "or":
		w.n++
		name := fmt.Sprintf("h%d", w.n)
		for _, p := range c.parts {
			fmt.Fprintf(&w.helpers, "%s if {\n%s\n}\n", name, w.body(p))
		}
		return name
	case "not":
		w.n++
		name := fmt.Sprintf("h%d", w.n)
		fmt.Fprintf(&w.helpers, "%s if {\n%s\n}\n", name, w.body(c.parts[0]))
		return "not " + name
	}
	text := regoLanguage.write(c)
	if inner, ok := strings.CutPrefix(text, "("); ok {
		text = strings.TrimSuffix(inner, ")") // lines are not in parentheses
	}
	return text
}

// opaPartial asks for a partial set of rules, prepared, with the input parsed.
func opaPartial(list []rule) (matcher, error) {
	var w regoWriter
	var text strings.Builder
	text.WriteString("package bench\n")
	for i, r := range list {
		fmt.Fprintf(&text, "matched contains %d if {\n%s\n}\n", i, w.body(r.when))
	}
	ctx := context.Background()
	query, err := rego.New(rego.Query("data.bench.matched"), rego.Module("bench.rego", text.String()+w.helpers.String())).PrepareForEval(ctx)
	if err != nil {
		return matcher{}, err
	}
	return matcher{
		prepare: func(p person) any {
			input, err := ast.InterfaceToValue(p.object())
			if err != nil {
				panic(err)
			}
			return input
		},
		match: func(prepared any, yield func(int)) error {
			results, err := query.Eval(ctx, rego.EvalParsedInput(prepared.(ast.Value)))
			if err != nil {
				return err
			}
			if len(results) != 1 {
				return errors.New("opa: no result")
			}
			for _, one := range results[0].Expressions[0].Value.([]any) {
				yield(number(fmt.Sprint(one)))
			}
			return nil
		},
	}, nil
}

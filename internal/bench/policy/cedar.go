package main

import (
	"fmt"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
)

// cedarLanguage has no order of texts, so dates are numbers.
var cedarLanguage = language{
	and: "&&", or: "||", not: "!", attribute: func(name string) string {
		if name == "hireDate" {
			name = "hireDay"
		}
		return "context." + name
	},
	in: func(a string, quoted []string) string {
		return "[" + strings.Join(quoted, ", ") + "].contains(" + a + ")"
	},
	has:      func(a, quoted string) string { return a + ".contains(" + quoted + ")" },
	date:     func(day string) string { return strings.ReplaceAll(day, "-", "") },
	contains: func(a, text string) string { return fmt.Sprintf("%s like \"*%s*\"", a, text) },
	starts:   func(a, text string) string { return fmt.Sprintf("%s like \"%s*\"", a, text) },
	ends:     func(a, text string) string { return fmt.Sprintf("%s like \"*%s\"", a, text) },
	present:  func(string) string { return "context.hasLevel" },
}

// cedarOnce authorizes once and reads which policies were the reasons.
func cedarOnce(list []rule) (matcher, error) {
	set := cedar.NewPolicySet()
	for _, r := range list {
		var p cedar.Policy
		text := "permit (principal, action, resource) when { " + cedarLanguage.write(r.when) + " };"
		if err := p.UnmarshalCedar([]byte(text)); err != nil {
			return matcher{}, fmt.Errorf("%w: %s", err, text)
		}
		set.Add(cedar.PolicyID(r.name), &p)
	}
	return matcher{
		prepare: func(p person) any {
			record := types.RecordMap{"hireDay": types.Long(p.HireDay)}
			for name, v := range p.object() {
				switch v := v.(type) {
				case string:
					record[types.String(name)] = types.String(v)
				case bool:
					record[types.String(name)] = types.Boolean(v)
				case int:
					record[types.String(name)] = types.Long(v)
				case []string:
					var entries []types.Value
					for _, one := range v {
						entries = append(entries, types.String(one))
					}
					record[types.String(name)] = types.NewSet(entries...)
				}
			}
			return cedar.Request{
				Principal: types.NewEntityUID("User", "u"), Action: types.NewEntityUID("Action", "have"), Resource: types.NewEntityUID("System", "s"),
				Context: types.NewRecord(record),
			}
		},
		match: func(prepared any, yield func(int)) error {
			_, diagnostic := cedar.Authorize(set, types.EntityMap{}, prepared.(cedar.Request))
			if len(diagnostic.Errors) > 0 {
				return fmt.Errorf("cedar: %v", diagnostic.Errors[0])
			}
			for _, reason := range diagnostic.Reasons {
				yield(number(string(reason.PolicyID)))
			}
			return nil
		},
	}, nil
}

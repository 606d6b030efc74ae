package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

func TestCompileRefusesTooMuch(t *testing.T) {
	t.Parallel()
	names := func(n int) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = fmt.Sprintf("n%d", i)
		}
		return out
	}
	long := strings.Repeat("x", 201)
	for want, change := range map[string]func(d *policy.Document){
		"attributes: 501 entries, the limit is 500": func(d *policy.Document) {
			for _, n := range names(495) {
				d.Attributes[n] = policy.Attribute{Type: policy.TypeString}
			}
		},
		"attributes.a.values: 2001 entries, the limit is 2000": func(d *policy.Document) {
			d.Attributes["a"] = policy.Attribute{Type: policy.TypeString, Values: names(2001)}
		},
		"roles: 5001 entries, the limit is 5000": func(d *policy.Document) {
			for _, n := range names(5001) {
				d.Roles[n] = policy.Role{}
			}
		},
		"roles.a.inherits: 2001 entries, the limit is 2000": func(d *policy.Document) { d.Roles["a"] = policy.Role{Inherits: names(2001)} },
		"roles.a.grants: 2001 entries, the limit is 2000":   func(d *policy.Document) { d.Roles["a"] = policy.Role{Grants: names(2001)} },
		"rules: 10001 entries, the limit is 10000":          func(d *policy.Document) { d.Rules = make([]policy.Rule, 10001) },
		"rules[0].roles: 2001 entries, the limit is 2000":   func(d *policy.Document) { d.Rules[0].Roles = names(2001) },
		"rules[0].grants: 2001 entries, the limit is 2000":  func(d *policy.Document) { d.Rules[0].Grants = names(2001) },
		"accounts: 501 entries, the limit is 500": func(d *policy.Document) {
			for _, n := range names(500) {
				d.Accounts[n] = d.Accounts["app"]
			}
		},
		"accounts.app.candidates: 2001 entries, the limit is 2000": func(d *policy.Document) {
			d.Accounts["app"] = policy.AccountMapping{Candidates: names(2001)}
		},
		"accounts.app.after: 2001 entries, the limit is 2000": func(d *policy.Document) {
			d.Accounts["app"] = policy.AccountMapping{After: names(2001)}
		},
		"accounts.app.attributes: 2001 entries, the limit is 2000": func(d *policy.Document) {
			a := policy.AccountMapping{Attributes: map[string][]string{}}
			for _, n := range names(2001) {
				a.Attributes[n] = nil
			}
			d.Accounts["app"] = a
		},
		"accounts.app.attributes.x: 2001 entries, the limit is 2000": func(d *policy.Document) {
			d.Accounts["app"] = policy.AccountMapping{Attributes: map[string][]string{"x": names(2001)}}
		},
		"rules[0].name: 201 bytes, the limit is 200":                                            func(d *policy.Document) { d.Rules[0].Name = long },
		"roles." + long + ": 201 bytes, the limit is 200":                                       func(d *policy.Document) { d.Roles[long] = policy.Role{} },
		`roles[" a"]: " a" begins or ends with white space`:                                     func(d *policy.Document) { d.Roles[" a"] = policy.Role{} },
		`rules[0].description: the text is not UTF-8`:                                           func(d *policy.Document) { d.Rules[0].Description = "\xff" },
		`rules[0].description: the text holds control characters`:                               func(d *policy.Document) { d.Rules[0].Description = "\a" },
		`rules[0].name: the text is not UTF-8`:                                                  func(d *policy.Document) { d.Rules[0].Name = "\xff" },
		`attributes.a: attribute "a" has no type; want one of string, list, bool, number, date`: func(d *policy.Document) { d.Attributes["a"] = policy.Attribute{} },
		`: the policy is longer than 1048576 bytes as JSON`:                                     func(d *policy.Document) { d.Rules[0].Description = strings.Repeat("x", 1<<20) },
		`attributes.a-b: attribute "a-b": a name is made of letters, digits and _ and does not begin with a digit`: func(d *policy.Document) {
			d.Attributes["a-b"] = policy.Attribute{Type: policy.TypeString}
		},
		`accounts["a b"]: system "a b": a name is made of letters, digits, - and _ and begins with a letter or digit`: func(d *policy.Document) {
			d.Accounts["a b"] = d.Accounts["app"]
		},
		`accounts.app.attributes.login: login holds the login name, which the candidates give`: func(d *policy.Document) {
			a := d.Accounts["app"]
			a.Attributes = map[string][]string{"login": {"{email}"}}
			d.Accounts["app"] = a
		},
	} {
		t.Run(want[:min(len(want), 60)], func(t *testing.T) {
			t.Parallel()
			doc := withCondition("true")
			doc.Roles = map[string]policy.Role{}
			change(&doc)
			_, err := policy.Compile(doc)
			require.EqualError(t, err, strings.TrimPrefix(want, ": "))
		})
	}
}

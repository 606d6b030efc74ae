package policytest

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/policy"
)

// misspelled returns what a case names that its policy does not know: such a case
// would pass, or fail, for the wrong reason. Of other evaluators nothing is known.
func misspelled(e policy.Evaluator, c Case) report {
	p, ok := e.(*policy.Policy)
	if !ok {
		return nil
	}
	var r report
	document := p.Document()
	attributes := map[string]bool{}
	for _, a := range policy.BuiltIn() {
		attributes[a.Name] = true
	}
	for name := range document.Attributes {
		attributes[name] = true
	}
	for _, name := range slices.Concat(slices.Sorted(maps.Keys(c.Attributes)), slices.Sorted(maps.Keys(c.Lists))) {
		if !attributes[name] {
			r.add("the case is wrong: the policy knows no attribute %q", name)
		}
	}
	system := func(name string) {
		if _, ok := document.Accounts[name]; !ok {
			r.add("the case is wrong: the policy knows no system %q", name)
		}
	}
	for _, name := range slices.Concat(slices.Sorted(maps.Keys(c.Accounts)), slices.Sorted(maps.Keys(c.ManagerAccounts)),
		slices.Sorted(maps.Keys(c.WantAccounts)), c.WantNoAccounts) {
		system(name)
	}
	given := grants(document)
	for _, name := range c.WantNot {
		if !strings.HasSuffix(name, "*") && !slices.Contains(given, name) {
			r.add("the case is wrong: the policy grants %s to nobody; a pattern with * may match nothing", name)
		}
	}
	return r
}

// grants returns every entitlement that a policy names.
func grants(d policy.Document) (all []string) {
	for _, role := range d.Roles {
		all = append(all, role.Grants...)
	}
	for _, rule := range d.Rules {
		all = append(all, rule.Grants...)
	}
	return all
}

func (r report) err() error {
	if len(r) == 0 {
		return nil
	}
	return errors.New(strings.Join(r, "\n"))
}

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
	for _, name := range c.WantViolations {
		if !slices.ContainsFunc(document.Separation, func(s policy.Separation) bool { return s.Name == name }) {
			r.add("the case is wrong: the policy knows no separation %q", name)
		}
	}
	given := grants(document)
	for _, name := range c.WantNot {
		if !strings.HasSuffix(name, "*") && !slices.ContainsFunc(given, func(g string) bool { return matches(g, name) }) {
			r.add("the case is wrong: the policy grants %s to nobody; a pattern with * may match nothing", name)
		}
	}
	return r
}

// grants returns every entitlement that a policy names. The name of one that
// depends on parameters ends in *.
func grants(d policy.Document) (all []string) {
	addOns := func(list []policy.AddOn) {
		for _, a := range list {
			all = append(all, a.Grants...)
		}
	}
	for _, rule := range d.Rules {
		all = append(all, rule.Grants...)
		addOns(rule.AddOns)
	}
	for name, e := range d.Entitlements {
		if e.Requestable {
			all = append(all, name)
		}
	}
	for _, e := range d.Exceptions {
		all = append(all, e.Grants...)
	}
	for _, role := range d.Roles {
		before := len(all)
		all = append(all, role.Grants...)
		addOns(role.AddOns)
		if len(role.Parameters) == 0 {
			continue
		}
		for i := before; i < len(all); i++ {
			if fixed, _, varies := strings.Cut(all[i], "{"); varies {
				all[i] = fixed + "*"
			}
		}
	}
	return all
}

func (r report) err() error {
	if len(r) == 0 {
		return nil
	}
	return errors.New(strings.Join(r, "\n"))
}

package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/policy"
)

// engine answers which rules hold for prepared people.
type engine struct {
	name string
	// make compiles the rules.
	make func(rules []rule) (matcher, error)
	// most is how many rules can be waited for; zero for all.
	most int
}

// matcher takes people in its own form, prepared before the clock runs, and calls
// yield with the index of each rule that holds. The index may be repeated.
type matcher struct {
	prepare func(p person) any
	match   func(prepared any, yield func(rule int)) error
}

// number returns the index in the name of a rule.
func number(name string) int {
	i, err := strconv.Atoi(strings.TrimPrefix(name, "r"))
	if err != nil {
		panic(err)
	}
	return i
}

// document is the policy of the rules, of which each gives one of 530 entitlements.
func document(list []rule) policy.Document {
	doc := policy.Document{
		Version: 1,
		Attributes: map[string]policy.Attribute{
			"level": {Type: policy.TypeNumber}, "oncall": {Type: policy.TypeBool}, "projects": {Type: policy.TypeList},
		},
		Accounts: map[string]policy.AccountMapping{},
	}
	for app := range 106 {
		doc.Accounts[fmt.Sprintf("app%d", app)] = policy.AccountMapping{Name: "userName", Candidates: []string{"{email}"}}
	}
	for i, r := range list {
		doc.Rules = append(doc.Rules, policy.Rule{Name: r.name, When: exprTyped.write(r.when), Grants: []string{fmt.Sprintf("app%d:role/%d", i%106, i%530)}})
	}
	return doc
}

// decided asks for the whole decision: entitlements with their reasons, and accounts.
func decided(list []rule) (matcher, error) {
	p, err := policy.Compile(document(list))
	if err != nil {
		return matcher{}, err
	}
	return matcher{
		prepare: func(p person) any { return subject("1", p) },
		match: func(prepared any, yield func(int)) error {
			d, err := p.Evaluate(context.Background(), prepared.(policy.Subject))
			for _, g := range d.Grants {
				for _, why := range g.Reasons {
					yield(number(why.Rule))
				}
			}
			return err
		},
	}, nil
}

// subject is a person with one relationship.
func subject(id string, p person) policy.Subject {
	return policy.Subject{At: time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC), Person: id, Relationships: []policy.Relationship{{
		ID: "hr/1", Primary: true, Spans: []policy.Span{{Attributes: p.attributes()}},
	}}}
}

// ours asks for the names of the rules.
func ours(list []rule) (matcher, error) {
	p, err := policy.Compile(document(list))
	if err != nil {
		return matcher{}, err
	}
	var found []string
	return matcher{
		prepare: func(p person) any { return p.attributes() },
		match: func(prepared any, yield func(int)) error {
			found, err = p.AppendRules(found[:0], prepared.(policy.Attributes))
			for _, name := range found {
				yield(number(name))
			}
			return err
		},
	}, nil
}

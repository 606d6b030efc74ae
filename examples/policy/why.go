package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/policy"
)

func whyCommand() command {
	return command{
		name: "why", arguments: "PERSON ENTITLEMENT|SYSTEM -policy FILE -people FILE",
		about: "say why somebody has something, or what keeps it back",
		help: `Says why somebody has an entitlement, such as git:team/dev, or an account in a system,
or what keeps it back, until when that is so, and what would have to be otherwise.
PERSON is an ID in the people file. Accounts are not known here; csv-to-scim -explain,
which knows them, says the same of entitlements. Requests and approvals are known to
neither yet, so that what needs an approval is never given.

exit codes:
  0  the person has it
  1  the person does not
  2  the policy does not load, a flag is wrong, there is no decision about the person,
     or people could not be read
`,
		prepare: func(c *call) func(context.Context) (int, error) {
			c.policyFlag()
			c.peopleFlags("the people `file`, delimited text with a header")
			c.timeFlags("the day or instant of the decision (default now)")
			return c.why
		},
	}
}

func (c *call) why(ctx context.Context) (int, error) {
	if len(c.args) != 2 {
		return 0, wrong("want PERSON and ENTITLEMENT or SYSTEM, not %s", count(len(c.args), "argument", "arguments"))
	}
	at, zone, err := c.instant(c.now())
	if err != nil {
		return 0, err
	}
	p, err := c.load("-policy", c.policy)
	if err != nil {
		return 0, err
	}
	all, err := c.readPeople(ctx, at, zone, p)
	if err != nil {
		return 0, err
	}
	i, known := all.byID[c.args[0]]
	if !known {
		return 0, fmt.Errorf("nobody in %s has the ID %s", c.people.file, c.args[0])
	}
	e, err := explain(ctx, p, all.subjects[i], c.args[1])
	if err != nil {
		return 0, err
	}
	code := exitFound
	if e.Given {
		code = exitFine
	}
	if c.json {
		return code, c.print(struct {
			policy.Explanation
			Skipped []problem `json:"skipped,omitempty"`
		}{e, c.skipped})
	}
	_, err = fmt.Fprint(c.out, e)
	return code, err
}

// explain explains an entitlement, or an account if what names a system.
func explain(ctx context.Context, p *policy.Policy, s policy.Subject, what string) (policy.Explanation, error) {
	if slices.Contains(p.Systems(), what) {
		return p.ExplainAccount(ctx, s, what)
	}
	e, err := policy.ParseEntitlement(what)
	if err != nil {
		return policy.Explanation{}, wrong("%w, or one of the systems %s", err, strings.Join(p.Systems(), ", "))
	}
	return p.Explain(ctx, s, e)
}

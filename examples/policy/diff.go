package main

import (
	"context"
	"slices"

	"github.com/joinery-iam/joinery/policy"
)

func diffCommand() command {
	return command{
		name: "diff", arguments: "OLD NEW -people FILE", about: "say who gains and loses what with another policy",
		help: `Decides about everybody by two policies, and says who gains and loses what, why, and
whose accounts look different. Nothing is asked or changed anywhere: what the people
hold, and their accounts, is not known here, and csv-to-scim -simulate knows it.

exit codes:
  0  nothing differs for anybody
  1  something does
  2  a policy does not load, a flag is wrong, there is no decision about somebody,
     or people could not be read
`,
		prepare: func(c *call) func(context.Context) (int, error) {
			c.peopleFlags("the people `file`, delimited text with a header")
			c.timeFlags("the day or instant of the decisions (default now)")
			return c.diff
		},
	}
}

func (c *call) diff(ctx context.Context) (int, error) {
	if len(c.args) != 2 {
		return 0, wrong("want OLD and NEW, not %s", count(len(c.args), "argument", "arguments"))
	}
	at, zone, err := c.instant(c.now())
	if err != nil {
		return 0, err
	}
	before, err := c.load("OLD", c.args[0])
	if err != nil {
		return 0, err
	}
	after, err := c.load("NEW", c.args[1])
	if err != nil {
		return 0, err
	}
	all, err := c.readPeople(ctx, at, zone, before, after)
	if err != nil {
		return 0, err
	}
	d := difference{People: len(all.subjects), Systems: map[string]*tally{}, Changes: []change{}}
	for _, system := range slices.Concat(before.Systems(), after.Systems()) {
		d.Systems[system] = &tally{}
	}
	if err := d.compare(ctx, before, after, all); err != nil {
		return 0, err
	}
	d.Skipped = c.skipped
	if c.json {
		err = c.print(d)
	} else {
		d.write(c.out)
	}
	switch {
	case d.Undecided > 0:
		return exitTrouble, err
	case len(d.Changes) > 0:
		return exitFound, err
	}
	return exitFine, err
}

// compare looks at everybody, in the order of the file.
func (d *difference) compare(ctx context.Context, before, after *policy.Policy, all crowd) error {
	impacts := map[string]policy.Impact{}
	people := func(yield func(policy.Subject, error) bool) {
		for _, s := range all.subjects {
			if !yield(s, nil) {
				return
			}
		}
	}
	for i, err := range policy.Impacts(ctx, before, after, people) {
		if err != nil {
			return err
		}
		impacts[i.Person] = i
	}
	concerns := policy.Compare(before, after).Concerns
	for _, s := range all.subjects {
		if !concerns(s) {
			continue
		}
		one := change{Person: s.Person, Name: all.names[s.Person]}
		i := impacts[s.Person]
		if i.Err != nil {
			one.Error = i.Err.Error()
		} else if err := one.fill(ctx, i, before, after, s); err != nil {
			return err
		}
		d.add(one)
	}
	return nil
}

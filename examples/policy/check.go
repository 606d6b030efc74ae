package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/policy"
)

func checkCommand() command {
	return command{
		name: "check", arguments: "FILE...", about: "load a policy, and look for what may not be meant",
		help: `Loads a policy from one or several files, named FILE FILE or FILE,FILE, and says all
that is wrong with it at once. If it loads, it looks for what may not be meant and what
could be simpler or safer. The check "over" finds windows that have ended at -at, so that a
policy can pass today and not tomorrow; CI that is not to fail by itself names a day. With
-people it also says what nobody, hardly anybody or not everybody gets.

exit codes:
  0  nothing was found that -fail-on asks for
  1  something was
  2  the policy does not load, a flag is wrong, or people could not be read
`,
		prepare: func(c *call) func(context.Context) (int, error) {
			o := &checking{call: c, failOn: policy.SeverityError}
			c.peopleFlags("the people `file`, delimited text with a header, to judge the policy by")
			c.timeFlags("the day or instant by which windows are judged (default now)")
			c.flags.Func("fail-on", "the least `severity` for which to exit with 1: error, warning or note (default error, so that a better check does not break your CI)", func(text string) error {
				if o.failOn = policy.Severity(text); !slices.Contains(severities(), o.failOn) {
					return fmt.Errorf("want error, warning or note")
				}
				return nil
			})
			return o.run
		},
	}
}

// checking is a look at one policy.
type checking struct {
	*call
	failOn policy.Severity
}

// severities are all of them, the highest first.
func severities() []policy.Severity {
	return []policy.Severity{policy.SeverityError, policy.SeverityWarning, policy.SeverityNote}
}

func (o *checking) run(ctx context.Context) (int, error) {
	at, zone, err := o.instant(o.now())
	if err != nil {
		return 0, err
	}
	p, err := o.load("FILE", strings.Join(o.args, ","))
	if err != nil {
		return 0, err
	}
	options := policy.LintOptions{At: at}
	if o.people.file != "" {
		crowd, err := o.readPeople(ctx, at, zone, p)
		if err != nil {
			return 0, err
		}
		options.People = slices.Values(crowd.subjects)
	}
	found, err := p.Lint(ctx, options)
	if err != nil {
		return 0, err
	}
	if err := o.show(found); err != nil {
		return 0, err
	}
	if slices.ContainsFunc(found, o.fails) {
		return exitFound, nil
	}
	return exitFine, nil
}

func (o *checking) fails(f policy.Finding) bool {
	return slices.Index(severities(), f.Severity) <= slices.Index(severities(), o.failOn)
}

func (o *checking) show(found []policy.Finding) error {
	if o.json {
		return o.print(struct {
			Findings []policy.Finding `json:"findings"`
			Skipped  []problem        `json:"skipped,omitempty"`
		}{append([]policy.Finding{}, found...), o.skipped})
	}
	counts := map[policy.Severity]int{}
	for _, severity := range severities() {
		for _, check := range policy.Checks() {
			if check.Severity == severity {
				counts[severity] += o.group(check, found)
			}
		}
	}
	if len(found) == 0 {
		fmt.Fprintln(o.out, "the policy loads, and nothing was found")
		return nil
	}
	fmt.Fprintf(o.out, "%s, %s, %s\n", count(counts[policy.SeverityError], "error", "errors"),
		count(counts[policy.SeverityWarning], "warning", "warnings"), count(counts[policy.SeverityNote], "note", "notes"))
	return nil
}

// group prints what one check found, and returns how much that is.
func (o *checking) group(check policy.Check, found []policy.Finding) int {
	n := 0
	for _, f := range found {
		if f.Check != check.ID {
			continue
		}
		if n++; n == 1 {
			fmt.Fprintf(o.out, "%s %s: %s\n", check.Severity, check.ID, check.About)
		}
		fmt.Fprintf(o.out, "  %s\n    fix: %s\n", problem{f.File, f.Line, f.Column, f.Message}, f.Fix)
	}
	if n > 0 {
		fmt.Fprintln(o.out)
	}
	return n
}

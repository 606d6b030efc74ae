package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/policy/policytest"
)

func testCommand() command {
	return command{
		name: "test", arguments: "-policy FILE CASES.yaml...", about: "hold a policy to cases: who should and should not get what",
		help: `Decides about the person of each case, and says what is not as the case wants it.
A file of cases is a list, with the fields of policytest.Case:

  - name: engineers can push
    attributes: {department: Engineering}
    want: [git:team/dev]
    wantNot: ["finance:*"]
  - name: a contractor loses everything after the last day
    at: 2026-04-01
    zone: Europe/Vienna
    attributes: {employmentType: contractor}
    end: 2026-04-01
    wantNot: ["*"]
    wantNoAccounts: [git]

Only what a case says is checked, and a case that expects nothing fails. A day is its
beginning in the zone of the case, and noon if it is that of the decision: at. What a case
names and the policy does not know is an error, and so is a field that is not known.

exit codes:
  0  every case passed
  1  a case failed
  2  the policy or the cases do not load, or a flag is wrong
`,
		prepare: func(c *call) func(context.Context) (int, error) {
			c.policyFlag()
			c.timeFlags("the day or instant of cases that name none (default noon on 2026-01-01 UTC, so that nothing changes by itself)")
			return c.test
		},
	}
}

// result is what came of a case.
type result struct {
	File   string   `json:"file"`
	Line   int      `json:"line"`
	Name   string   `json:"name"`
	Passed bool     `json:"passed"`
	Differ []string `json:"differs,omitempty"`
}

func (c *call) test(ctx context.Context) (int, error) {
	if len(c.args) == 0 {
		return 0, wrong("CASES.yaml: wanted")
	}
	at, zone, err := c.instant(policytest.DefaultAt())
	if err != nil {
		return 0, err
	}
	p, err := c.load("-policy", c.policy)
	if err != nil {
		return 0, err
	}
	cases, err := c.readCases(zone)
	if err != nil {
		return 0, err
	}
	results := make([]result, 0, len(cases))
	failed := 0
	for _, one := range cases {
		if one.At.IsZero() {
			one.At = at
		}
		r := result{File: one.file, Line: one.line, Name: one.Name}
		if err := policytest.Check(ctx, p, one.Case); err != nil {
			if ctx.Err() != nil {
				return 0, ctx.Err()
			}
			failed++
			r.Differ = differences(err.Error())
		}
		r.Passed = r.Differ == nil
		results = append(results, r)
	}
	code := exitFine
	if failed > 0 {
		code = exitFound
	}
	if c.json {
		return code, c.print(struct {
			Cases  []result `json:"cases"`
			Failed int      `json:"failed"`
		}{results, failed})
	}
	for _, r := range results {
		if !r.Passed {
			fmt.Fprintf(c.out, "%s:%d: failed: %s\n  %s\n", r.File, r.Line, r.Name, strings.ReplaceAll(strings.Join(r.Differ, "\n"), "\n", "\n  "))
		}
	}
	fmt.Fprintf(c.out, "%s, %d failed\n", count(len(results), "case", "cases"), failed)
	return code, nil
}

// differences takes lines apart, and leaves those that are indented with what they
// belong to.
func differences(lines string) (out []string) {
	for line := range strings.SplitSeq(lines, "\n") {
		if last := len(out) - 1; last >= 0 && strings.HasPrefix(line, " ") {
			out[last] += "\n" + line
			continue
		}
		out = append(out, line)
	}
	return out
}

// readCases reads the files of cases.
func (c *call) readCases(zone *time.Location) ([]placedCase, error) {
	r := caseReader{zone: zone}
	for _, file := range c.args {
		text, err := c.files.read(file)
		if err != nil {
			return nil, err
		}
		r.read(file, text)
	}
	return r.cases, r.err()
}

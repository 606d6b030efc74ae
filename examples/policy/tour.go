package main

import (
	"context"
	"fmt"
	"strings"
)

// tour runs the commands on the sample.
func (p program) tour(ctx context.Context) int {
	p.files.fsys = sample
	p.diag = p.out
	for _, line := range []string{
		"check sample/policy.yaml -people sample/people.csv -at 2026-03-02",
		"test -policy sample/policy.yaml sample/cases.yaml",
		"why 1004 git:team/dev -policy sample/policy.yaml -people sample/people.csv -at 2026-03-02",
		"diff sample/policy.yaml sample/next-policy.yaml -people sample/people.csv -at 2026-03-02",
	} {
		fmt.Fprintf(p.out, "$ policy %s\n", line)
		args := strings.Fields(line)
		code := p.run(ctx, args)
		fmt.Fprintf(p.out, "(exit code %d)\n\n", code)
		if code == exitTrouble {
			return code
		}
	}
	fmt.Fprintln(p.out, "policy -h explains")
	return exitFine
}

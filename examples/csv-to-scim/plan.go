package main

import (
	"context"
	"fmt"
	"io"

	"github.com/joinery-iam/joinery/provisioning"
)

// show prints the plan and changes nothing.
func (o options) show(ctx context.Context, tenant *provisioning.Tenant, out io.Writer) (int, error) {
	plan, err := tenant.Plan(ctx, provisioning.PlanRequest{Read: []string{sourceName}})
	if err != nil {
		return exitFailed, err
	}
	for _, line := range plan.Lines {
		fmt.Fprintln(out, line)
	}
	for _, note := range plan.Notes {
		fmt.Fprintln(out, "!", note)
	}
	fmt.Fprintf(out, "plan %.12s: %d changes with policy %s; nothing was changed\n", plan.Digest, len(plan.Lines), plan.Policy)
	if len(plan.Notes) > 0 {
		return exitAttention, nil
	}
	return exitDone, nil
}

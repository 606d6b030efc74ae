package main

import (
	"context"
	"fmt"
	"io"

	"github.com/joinery-iam/joinery/provisioning"
)

// observe prints what is at the server that should not be, or not be so.
func observe(ctx context.Context, tenant *provisioning.Tenant, system string, out io.Writer) (int, error) {
	seen, err := tenant.Observe(ctx, provisioning.ObserveRequest{
		System: system, Entitlements: true,
		Each: func(f provisioning.Finding) error {
			_, err := fmt.Fprintln(out, f)
			return err
		},
	})
	if err != nil {
		return exitFailed, err
	}
	whole := "all there are"
	if !seen.Complete {
		whole = "not known to be all"
	}
	fmt.Fprintf(out, "%d accounts, %d of them of people in the database; %s: %s\n", seen.Accounts, seen.Ours, whole, seen.Basis)
	if len(seen.Counts) > 0 || !seen.Complete {
		return exitAttention, nil
	}
	return exitDone, nil
}

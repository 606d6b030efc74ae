package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
)

// forecast prints what the clock alone will bring.
func forecast(ctx context.Context, tenant *provisioning.Tenant, days int, out io.Writer) error {
	turns, err := tenant.Forecast(ctx, time.Now().AddDate(0, 0, days))
	if err != nil {
		return err
	}
	for _, turn := range turns {
		fmt.Fprintln(out, turn)
	}
	fmt.Fprintf(out, "%d changes in the next %d days, as far as is known today\n", len(turns), days)
	return nil
}

// simulate prints what another policy would change.
func simulate(ctx context.Context, tenant *provisioning.Tenant, file string, out io.Writer) error {
	other, err := policy.LoadFile(file)
	if err != nil {
		return fmt.Errorf("-simulate: %w", err)
	}
	s, err := tenant.Simulate(ctx, provisioning.SimulateRequest{Policy: other, Each: func(i provisioning.Impact) error {
		_, err := fmt.Fprintln(out, i)
		return err
	}})
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(s.Systems)) {
		n := s.Systems[name]
		fmt.Fprintf(out, "%s: %d gains, %d losses, %d of %d could not sign in any more", name, n.Gains, n.Losses, n.Leavers, n.Population)
		if n.OverGuardLimit {
			fmt.Fprint(out, "; the guard would hold that")
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintf(out, "of %d people %d would gain or lose something; nothing was changed\n", s.People, s.Affected)
	return nil
}

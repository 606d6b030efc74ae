package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/provisioning"
)

// progress says every so often how much is done, until it is stopped.
func progress(ctx context.Context, tenant *provisioning.Tenant, diag io.Writer, every time.Duration) (stop func()) {
	if every <= 0 {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if s, err := tenant.Status(ctx); err == nil {
					for _, name := range slices.Sorted(maps.Keys(s.Systems)) {
						fmt.Fprintf(diag, "… %s: %d of %d done\n", name, s.Systems[name]["settled"], total(s.Systems[name]))
					}
				}
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

func total(states map[string]int) int {
	n := 0
	for _, count := range states {
		n += count
	}
	return n
}

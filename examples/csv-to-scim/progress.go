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

// summary prints where everything stands, and what needs somebody.
func summary(ctx context.Context, tenant *provisioning.Tenant, out io.Writer) (attention bool, err error) {
	s, err := tenant.Status(ctx)
	if err != nil {
		return false, err
	}
	for _, name := range slices.Sorted(maps.Keys(s.Systems)) {
		states := s.Systems[name]
		fmt.Fprintf(out, "%s: %d active accounts; of %d things that should be so %d are", name, s.Active[name], total(states), states["settled"])
		for _, state := range []string{"due", "sending", "waiting", "parked"} {
			if states[state] > 0 {
				attention = true
				fmt.Fprintf(out, ", %d %s", states[state], state)
			}
		}
		fmt.Fprintln(out)
	}
	if s.Undecided > 0 {
		attention = true
		fmt.Fprintf(out, "policy gave no answer about %d people; nothing of theirs was changed\n", s.Undecided)
	}
	for _, run := range s.Held {
		attention = true
		fmt.Fprintf(out, "held: %s %s: %s\n", run.Kind, run.Cause, run.Note)
	}
	cases, err := tenant.Cases(ctx)
	for _, c := range cases {
		attention = true
		fmt.Fprintf(out, "question %s: %s\n", c.ID, c.Question)
	}
	return attention, err
}

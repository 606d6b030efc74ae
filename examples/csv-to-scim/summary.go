package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/provisioning"
)

// summary prints where everything stands, and what needs somebody.
func (o options) summary(ctx context.Context, tenant *provisioning.Tenant, out io.Writer) (attention bool, err error) {
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
	for _, outage := range s.Outages {
		attention = true
		fmt.Fprintf(out, "%s: nothing has worked there since %s: %s; it is tried again at %s, or at once with -retry\n", outage.System,
			outage.Since.Local().Format(time.DateTime), outage.Error, outage.NextProbe.Local().Format(time.DateTime))
	}
	for _, q := range s.Quarantines {
		attention = true
		fmt.Fprintf(out, "%s: refuses much of what it is asked for since %s: %s; something is tried again at %s, and all of it with -retry\n", q.System,
			q.Since.Local().Format(time.DateTime), q.Error, q.NextTry.Local().Format(time.DateTime))
	}
	if attention {
		if err := reasons(ctx, tenant, out); err != nil {
			return attention, err
		}
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
		o.ask(ctx, tenant, c, out)
	}
	return attention, err
}

// maxReasons is how many different reasons are printed.
const maxReasons = 10

// reasons prints why things are not done, the most frequent reason first.
func reasons(ctx context.Context, tenant *provisioning.Tenant, out io.Writer) error {
	plan, err := tenant.Plan(ctx, provisioning.PlanRequest{})
	if err != nil {
		return err
	}
	type reason struct{ state, system, note string }
	found := map[reason][]provisioning.Line{}
	for _, line := range plan.Lines {
		r := reason{line.State, line.System, cmp.Or(line.Note, "nothing failed so far")}
		if _, cause, ok := strings.Cut(r.note, ": "); ok {
			r.note = cause // what comes before names the account
		}
		found[r] = append(found[r], line)
	}
	sorted := slices.SortedFunc(maps.Keys(found), func(a, b reason) int {
		return cmp.Or(cmp.Compare(len(found[b]), len(found[a])), cmp.Compare(a.state, b.state), cmp.Compare(a.note, b.note))
	})
	for i, r := range sorted {
		if i == maxReasons {
			fmt.Fprintf(out, "  and %d more reasons; -plan shows every line\n", len(sorted)-i)
			break
		}
		first := found[r][0]
		fmt.Fprintf(out, "  %d %s in %s, such as to %s for %s: %s\n", len(found[r]), r.state, r.system, first.Kind, cmp.Or(first.Name, first.Person), r.note)
	}
	return nil
}

package simulation

import (
	"context"
	"slices"

	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/internal/simulation/oracle"
)

// reacts makes sure that nobody keeps anything for longer than the reaction time, unless
// whoever runs the engine can see why: it is held, parked, waiting, or in a system where
// nothing works. What somebody has enabled by hand is not known before a look, and neither is
// what a call has done that came late from a process which is dead by then.
func (w *world) reacts(ctx context.Context) error {
	all := slices.DeleteFunc(w.oracle.Overdue(w.scene(), reaction), func(s oracle.Surplus) bool { return w.enabled[s.Human.Badge] })
	if len(all) == 0 || w.Late {
		return nil
	}
	status, err := w.nodes[1].Status(ctx)
	if err != nil {
		return err
	}
	people, err := w.people(ctx)
	if err != nil {
		return err
	}
	for _, kept := range all {
		listed := slices.ContainsFunc(status.Outages, func(o provisioning.Outage) bool { return o.System == kept.System })
		for _, j := range kept.Human.Jobs {
			person := people[source(j)+"/"+j.ID]
			if person == "" || listed {
				continue
			}
			if listed, err = w.listed(ctx, person, kept); err != nil {
				return err
			}
		}
		if !listed {
			return w.told(ctx, &oracle.Problem{Human: kept.Human, What: kept.String() + ", and nothing says why"})
		}
	}
	return nil
}

// listed reports whether the report on a person says why they keep something.
func (w *world) listed(ctx context.Context, person string, kept oracle.Surplus) (bool, error) {
	leaving, err := w.nodes[1].Leaving(ctx, person)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(leaving.Remains(), func(step provisioning.LeavingStep) bool {
		return step.System == kept.System && step.What == kept.What && slices.Contains([]string{"held", "parked", "waiting"}, step.State)
	}), nil
}

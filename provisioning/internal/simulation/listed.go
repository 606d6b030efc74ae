package simulation

import (
	"context"
	"slices"

	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/internal/simulation/oracle"
)

// listed reports whether whoever runs the engine can see why somebody keeps something: it is
// held, parked, waiting, or in a system where nothing works. What somebody has enabled by
// hand is not known before a look, and neither is what a call has done that came late from
// a process which is dead by then.
func (w *world) listed(ctx context.Context, kept oracle.Surplus) (bool, error) {
	if w.Late || w.enabled[kept.Human.Badge] {
		return true, nil
	}
	node := w.nodes[1]
	status, err := node.Status(ctx)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(status.Outages, func(o provisioning.Outage) bool { return o.System == kept.System }) {
		return true, nil
	}
	people, err := w.people(ctx)
	if err != nil {
		return false, err
	}
	for _, j := range kept.Human.Jobs {
		person := people[source(j)+"/"+j.ID]
		if person == "" {
			continue // it is asked whose the job is, and nobody has it meanwhile
		}
		leaving, err := node.Leaving(ctx, person)
		if err != nil {
			return false, err
		}
		for _, step := range leaving.Remains() {
			if step.System == kept.System && step.What == kept.What && slices.Contains([]string{"held", "parked", "waiting"}, step.State) {
				return true, nil
			}
			w.Log("%s: %s %s in %s %s", kept, step.What, step.State, step.System, step.Problem)
		}
	}
	return false, nil
}

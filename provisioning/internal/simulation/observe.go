package simulation

import (
	"context"
	"fmt"
	"slices"

	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/internal/simulation/oracle"
)

// observe lets a node look at a system, and looks at what it concludes.
func (w *world) observe(ctx context.Context, system string) error {
	found, err := one(w, w.nodes).Observe(ctx, provisioning.ObserveRequest{System: system})
	log := w.systems[system].Log()
	slices.Reverse(log)
	list := log[slices.IndexFunc(log, func(c memory.Call) bool { return c.Kind == memory.List })]
	if found.Complete && slices.Contains(list.Faults, memory.PartialPage) {
		return fmt.Errorf("a listing of %s was cut off, and counts as whole: %d accounts", system, found.Accounts)
	}
	if err != nil {
		if len(list.Faults) > 0 || w.troubled {
			return nil
		}
		return err
	}
	if !found.Complete {
		return nil
	}
	for _, a := range w.systems[system].Accounts() {
		if oracle.Badge(a) == "" && !slices.ContainsFunc(found.Findings, func(f provisioning.Finding) bool { return f.Account.ID == a.ID }) {
			return fmt.Errorf("account %s (%s) in %s is nobody's, and a look at all of them does not tell", a.ID, a.Name, system)
		}
	}
	return nil
}

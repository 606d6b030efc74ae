package provisioning

import (
	"maps"
	"slices"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// kindUpdate counts, in the guard's window, accounts of which something is changed.
const kindUpdate = "update"

// counts counts what a run takes away, by people and of each entitlement, what it changes
// if that is limited, and what is sensitive of what it gives, by grants.
func (t *Tenant) counts(tx state.Tx, run string) ([]state.Count, error) {
	counts, err := tx.Removals(run)
	if err != nil {
		return nil, err
	}
	revokes, err := tx.Revoking(run)
	if err != nil {
		return nil, err
	}
	for _, r := range revokes {
		counts = append(counts, state.Count{System: r.System, Kind: string(connector.Revoke), Key: r.Key, Lane: state.LaneNormal, N: r.N})
	}
	if slices.ContainsFunc(slices.Collect(maps.Keys(t.cfg.Systems)), t.limitsUpdates) {
		updates, err := tx.Updating(run)
		if err != nil {
			return nil, err
		}
		for _, u := range updates {
			if t.limitsUpdates(u.System) {
				counts = append(counts, state.Count{System: u.System, Kind: kindUpdate, Lane: state.LaneNormal, N: u.N})
			}
		}
	}
	if len(t.cfg.Guard.Sensitive) == 0 {
		return counts, nil
	}
	grants, err := tx.Granting(run)
	if err != nil {
		return nil, err
	}
	given := map[string]int{}
	for _, g := range grants {
		if t.cfg.Guard.sensitive(g.System, g.Key) && t.forbids(t.cfg.Systems[g.System].Mode, false) == "" {
			given[g.System] += g.N
		}
	}
	for _, system := range slices.Sorted(maps.Keys(given)) {
		counts = append(counts, state.Count{System: system, Kind: kindSensitive, Lane: state.LaneNormal, N: given[system]})
	}
	return counts, nil
}

// weigh counts what items that are let through by themselves take away, change, and give
// that is sensitive, as the guard does: people, and grants of what is sensitive. What is
// released already has been counted.
func (t *Tenant) weigh(items []state.Item) []state.Count {
	type somebody struct {
		counted
		person string
	}
	var counts []state.Count
	at, seen := map[counted]int{}, map[somebody]bool{}
	for _, it := range items {
		count := func(kind, key string) {
			k := counted{it.System, kind, key}
			if kind != kindSensitive && seen[somebody{k, it.Person}] {
				return
			}
			seen[somebody{k, it.Person}] = true
			if _, ok := at[k]; !ok {
				at[k], counts = len(counts), append(counts, state.Count{System: it.System, Kind: kind, Key: key, Lane: it.Lane})
			}
			counts[at[k]].N++
		}
		switch {
		case it.Released:
		case t.givesSensitive(it):
			count(kindSensitive, "")
		case it.Removes != "":
			if count(it.Removes, ""); it.Kind == state.ItemGrant {
				count(it.Removes, it.Key)
			}
		case t.isUpdate(it):
			count(kindUpdate, "")
		}
	}
	return counts
}

// limitsUpdates reports whether a guard limits how many accounts of a system are changed.
func (t *Tenant) limitsUpdates(system string) bool {
	return slices.ContainsFunc(t.guardsOf(system), func(g Guard) bool { return g.UpdatePercent > 0 })
}

// isUpdate reports whether an item is a change of an account, and counts.
func (t *Tenant) isUpdate(it state.Item) bool {
	return (it.Kind == state.ItemProfile || it.Kind == state.ItemName) && it.Known != "" && t.limitsUpdates(it.System)
}

package provisioning

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// kindSensitive counts, in the guard's window, grants of sensitive entitlements.
const kindSensitive = "grant of sensitive entitlements"

// sensitive reports whether an entitlement, kind/name, of a system is listed.
func (g Guard) sensitive(system, key string) bool {
	name := system + ":" + key
	return slices.ContainsFunc(g.Sensitive, func(listed string) bool {
		prefix, open := strings.CutSuffix(listed, "*")
		return listed == name || open && strings.HasPrefix(name, prefix)
	})
}

// checkSensitive makes sure that what is listed can be meant: a slip of the pen would
// leave an entitlement unguarded without a word.
func (g Guard) checkSensitive(systems map[string]System) error {
	for _, listed := range g.Sensitive {
		system, key, ok := strings.Cut(listed, ":")
		if _, known := systems[system]; !ok || !known {
			return fmt.Errorf("guard: sensitive entitlement %q: want system:kind/name, with one of the systems", listed)
		}
		if prefix, open := strings.CutSuffix(key, "*"); open && !strings.Contains(prefix, "*") {
			continue
		}
		if _, err := connector.ParseEntitlement(key); err != nil {
			return fmt.Errorf("guard: sensitive %w", err)
		}
	}
	return nil
}

// givesSensitive reports whether an item is the grant of a sensitive entitlement.
func (t *Tenant) givesSensitive(it state.Item) bool {
	return it.Kind == state.ItemGrant && it.Desired == held && t.cfg.Guard.sensitive(it.System, it.Key)
}

// counts counts what a run takes away, by people, and what is sensitive of what it
// gives, by grants.
func (t *Tenant) counts(tx state.Tx, run string) ([]state.Count, error) {
	counts, err := tx.Removals(run)
	if err != nil || len(t.cfg.Guard.Sensitive) == 0 {
		return counts, err
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

// weigh counts what items that are let through by themselves take away, and what is
// sensitive of what they give, as the guard does: people, and each of those grants. What
// is released already has been counted.
func (t *Tenant) weigh(items []state.Item) []state.Count {
	var counts []state.Count
	type loss struct{ person, system, kind string }
	hit := map[loss]bool{}
	for _, it := range items {
		kind := it.Removes
		if t.givesSensitive(it) {
			kind = kindSensitive
		}
		if kind == "" || it.Released || hit[loss{it.Person, it.System, kind}] {
			continue
		}
		hit[loss{it.Person, it.System, kind}] = kind != kindSensitive
		at := slices.IndexFunc(counts, func(c state.Count) bool { return c.System == it.System && c.Kind == kind })
		if at < 0 {
			at, counts = len(counts), append(counts, state.Count{System: it.System, Kind: kind, Lane: it.Lane})
		}
		counts[at].N++
	}
	return counts
}

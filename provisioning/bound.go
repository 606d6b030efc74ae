package provisioning

import (
	"context"
	"maps"
	"slices"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// takeBeyond takes away what somebody cannot be meant to have, such as what a job gave that
// has ended, although policy has no answer because of another one. What they may be meant to
// have stays as it is, nothing is given, handed over or deleted, and the guard judges it.
func (d *decision) takeBeyond(ctx context.Context, s subject) error {
	bounder, ok := d.evaluator().(policy.Bounder)
	if !ok || !d.known {
		return nil
	}
	bound, err := bounder.Bound(ctx, s.Subject)
	if err != nil {
		return ctx.Err() // otherwise nothing is known
	}
	d.Live, d.expected = d.was.Live, true // as far as is known
	keys := slices.SortedFunc(maps.Keys(d.items), compareKeys)
	d.hurry(s.urgent && !slices.ContainsFunc(keys, func(k itemKey) bool { return bound.CoversAccount(k.system) }))
	for _, key := range keys {
		it := d.items[key]
		switch {
		case key.kind == state.ItemAccount && it.Desired != disabled && !bound.CoversAccount(key.system):
			err = d.compareAccount(key.system, policy.DesiredAccount{}, false)
		case key.kind == state.ItemGrant && it.Desired == held && !bound.Covers(entitlementIn(key)):
			err = d.want(key.system, key.kind, key.key, absent, nil, "")
		}
		if err != nil {
			return err
		}
	}
	if err := d.askKept(); err != nil || len(d.changed) == 0 {
		return err
	}
	e := d.entry(s)
	e.Outcome, e.Error = "unknown", d.person.Problem
	d.changed = nil
	return d.write(d.tx, e)
}

// entitlementIn returns what a grant item is about, as policy calls it.
func entitlementIn(key itemKey) policy.Entitlement {
	e, err := connector.ParseEntitlement(key.key)
	if err != nil {
		return policy.Entitlement{} // keys are made of entitlements
	}
	return policy.Entitlement{System: key.system, Kind: e.Kind, Name: e.Name}
}

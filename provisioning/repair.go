package provisioning

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// treat takes over what was seen of accounts that drifted: what is repaired is due again,
// in a run of its own, and what is adopted stays as it is.
func (o *observing) treat(tx state.Tx, accounts []connector.Account, findings []Finding) error {
	byID := map[string]connector.Account{}
	for _, a := range accounts {
		byID[a.ID] = a
	}
	drifted := map[string][]Finding{}
	for _, f := range findings {
		if f.Repairs || f.Adopted {
			drifted[f.Account.ID] = append(drifted[f.Account.ID], f)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(drifted)) {
		if err := o.open(tx); err != nil {
			return err
		}
		if err := o.treatOne(tx, byID[id], drifted[id]); err != nil {
			return err
		}
	}
	return nil
}

func (o *observing) treatOne(tx state.Tx, a connector.Account, findings []Finding) error {
	row, err := tx.AccountByRemote(o.req.System, a.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(findings, func(f Finding) bool { return f.kind == state.ItemName }) {
		a.Name = row.Name // it is only reported, and that is to be told again
	}
	o.observe(&row, a, o.began)
	if err := tx.PutAccount(row); err != nil {
		return err
	}
	for _, f := range findings {
		treat := o.repair
		if f.Adopted {
			treat = o.adoptOne
		}
		if err := treat(tx, row, a, f); err != nil {
			return err
		}
	}
	if err := o.touch(tx, row.Person, o.run.ID, fmt.Sprintf("their account in %s was seen to have been changed", o.req.System), false); err != nil {
		return err
	}
	return (&job{Tenant: o.Tenant, target: o.target}).wake(tx, row.Person)
}

// repair makes something due that was changed.
func (o *observing) repair(tx state.Tx, row state.Account, a connector.Account, f Finding) error {
	if f.kind == state.ItemName {
		return nil // it is the account's by now; whether it may be is decided
	}
	it, err := driftedItem(tx, row, f)
	if err != nil {
		return err
	}
	learn(&it, connector.Operation{Attributes: map[string]connector.Value{f.What: {}}, Entitlement: entitlementOf(it.Key)}, a)
	if f.kind == state.ItemProfile { // it may be all that the system will show
		it.Known = profileOf(it.Known).showing(f.What, a.Attributes[f.What]).String()
	}
	it.Origin, it.Removes, it.Lane = byPolicy, "", state.LaneNormal
	if f.Situation == Ghost {
		it.Removes = string(connector.Disable)
	}
	it.Run, it.Released, it.Cleared = o.run.ID, false, ""
	it.DecidedAt, it.EventAt, it.ReceivedAt = o.began, o.began, o.began
	it.Revision++
	if it.State == state.ItemSettled && !satisfied(it) {
		it.State, it.Problem, it.Attempts, it.OpKey, it.OpKind = state.ItemDue, "", 0, "", ""
	}
	if why := o.forbids(o.target.Mode, it.Removes != ""); why != "" {
		it.State, it.Problem = state.ItemWaiting, why
	}
	return tx.PutItem(it)
}

// driftedItem returns the item that a finding is about, or a new one.
func driftedItem(tx state.Tx, row state.Account, f Finding) (state.Item, error) {
	key := ""
	if f.kind == state.ItemGrant {
		key = f.What
	}
	it, err := tx.Item(row.Person, row.System, f.kind, key)
	if errors.Is(err, state.ErrNotFound) {
		it, err = state.Item{Person: row.Person, System: row.System, Kind: f.kind, Key: key, State: state.ItemSettled, Lane: state.LaneNormal}, nil
		if f.kind == state.ItemGrant {
			it.Desired = absent
		}
	}
	return it, err
}

func entitlementOf(key string) connector.Entitlement {
	e, err := connector.ParseEntitlement(key)
	if err != nil {
		return connector.Entitlement{}
	}
	return e
}

package provisioning

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// drift returns in what an account of ours differs from what is known and wanted. What
// a system makes of a value when it is written is no drift: only what has changed since
// it was last seen.
func (o *observing) drift(row state.Account, items []state.Item, a connector.Account) []Finding {
	var findings []Finding
	add := func(s Situation, what, want, have string, repairs bool) {
		findings = append(findings, Finding{s, a.Ref, row.Person, what, want, have, repairs && o.repairs()})
	}
	if a.Name != row.Name {
		add(Drifted, "login name", row.Name, a.Name, true)
	}
	last, given := attributesOf(row), map[string]bool{}
	for _, it := range items {
		switch it.Kind {
		case state.ItemAccount:
			switch {
			case a.Active && it.Desired != active:
				if it.State != state.ItemDue { // else it is about to be disabled
					add(Ghost, "sign-in", disabled, active, it.State == state.ItemSettled && o.target.Mode == Managed)
				}
			case !a.Active && it.Desired == active && it.Known == active:
				add(Drifted, "sign-in", active, disabled, false) // somebody had a reason
			}
		case state.ItemProfile:
			if it.State != state.ItemSettled {
				continue
			}
			want := profileOf(it.Desired).Attributes
			for _, name := range slices.Sorted(maps.Keys(want)) {
				have, seen := a.Attributes[name]
				if seen && !have.Equal(want[name]) && !have.Equal(last[name]) {
					add(Drifted, name, want[name].String(), have.String(), true)
				}
			}
		case state.ItemGrant:
			if !a.EntitlementsKnown {
				continue
			}
			holds := slices.ContainsFunc(a.Entitlements, func(e connector.Entitlement) bool { return e.String() == it.Key })
			given[it.Key] = it.Desired == held || it.State != state.ItemSettled
			if !holds && it.Desired == held && it.Known == held {
				add(Drifted, it.Key, held, absent, true)
			}
		}
	}
	for _, e := range a.Entitlements {
		if a.EntitlementsKnown && !given[e.String()] {
			add(Unexplained, e.String(), absent, held, false)
		}
	}
	return findings
}

// repair takes over what was seen of accounts that drifted, so that what policy wants
// is due again, in a run of its own.
func (o *observing) repair(tx state.Tx, accounts []connector.Account, findings []Finding) error {
	byID := map[string]connector.Account{}
	for _, a := range accounts {
		byID[a.ID] = a
	}
	drifted := map[string][]Finding{}
	for _, f := range findings {
		if f.Repairs {
			drifted[f.Account.ID] = append(drifted[f.Account.ID], f)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(drifted)) {
		if err := o.open(tx); err != nil {
			return err
		}
		if err := o.repairOne(tx, byID[id], drifted[id]); err != nil {
			return err
		}
	}
	return nil
}

func (o *observing) repairOne(tx state.Tx, a connector.Account, findings []Finding) error {
	row, err := tx.AccountByRemote(o.req.System, a.ID)
	if err != nil {
		return err
	}
	o.observe(&row, a, o.began)
	if err := tx.PutAccount(row); err != nil {
		return err
	}
	for _, f := range findings {
		kind, key := state.ItemProfile, ""
		switch {
		case f.What == "login name":
			continue // it is the account's by now; whether it may be is decided
		case f.What == "sign-in":
			kind = state.ItemAccount
		case strings.Contains(f.What, "/") && f.Want == held:
			kind, key = state.ItemGrant, f.What
		}
		it, err := tx.Item(row.Person, o.req.System, kind, key)
		if err != nil {
			return err
		}
		learn(&it, connector.Operation{Attributes: map[string]connector.Value{f.What: {}}, Entitlement: entitlementOf(key)}, a)
		it.Removes, it.Lane = "", state.LaneNormal
		if f.Situation == Ghost {
			it.Removes = string(connector.Disable)
		}
		it.Run, it.Released, it.Cleared = o.run.ID, false, ""
		it.DecidedAt, it.EventAt, it.ReceivedAt = o.began, o.began, o.began
		it.Revision++
		if it.State == state.ItemSettled {
			it.State, it.Problem, it.Attempts, it.OpKey, it.OpKind = state.ItemDue, "", 0, "", ""
		}
		if why := o.forbids(o.target.Mode, it.Removes != ""); why != "" {
			it.State, it.Problem = state.ItemWaiting, why
		}
		if err := tx.PutItem(it); err != nil {
			return err
		}
	}
	return o.touch(tx, row.Person, o.run.ID, fmt.Sprintf("their account in %s was seen to have been changed", o.req.System), false)
}

func entitlementOf(key string) connector.Entitlement {
	e, err := connector.ParseEntitlement(key)
	if err != nil {
		return connector.Entitlement{}
	}
	return e
}

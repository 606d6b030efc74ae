package provisioning

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// The states of an account item, and of a grant item. An account that is wanted
// dormant has to be there, and disabled; one that is wanted disabled need not be
// there.
const (
	absent   = "absent"
	disabled = "disabled"
	dormant  = "dormant"
	active   = "active"
	held     = "held"
)

// compare finds the items in which what should be differs from what is known,
// and stores them.
func (d *decision) compare() error {
	wanted := map[string]policy.DesiredAccount{}
	for _, a := range d.Accounts {
		wanted[a.System] = a
	}
	systems := slices.Collect(maps.Keys(wanted))
	for key := range d.items {
		systems = append(systems, key.system)
	}
	slices.Sort(systems)
	for _, system := range slices.Compact(systems) {
		account, want := wanted[system]
		if err := d.compareAccount(system, account, want); err != nil {
			return err
		}
	}
	if err := d.compareGrants(); err != nil {
		return err
	}
	return d.askKept()
}

// askKept asks about what waits since its account is protected.
func (d *decision) askKept() error {
	slices.Sort(d.kept)
	for _, system := range slices.Compact(d.kept) {
		if err := d.askProtected(d.tx, d.person.ID, system); err != nil {
			return err
		}
	}
	return nil
}

// compareAccount is about the account itself, its attributes and who is signed in. An
// account that policy no longer wants is disabled, and not deleted unless
// [System.DeleteAfter] says so; what it owns goes first.
func (d *decision) compareAccount(system string, want policy.DesiredAccount, wanted bool) error {
	known := d.accounts[system]
	item, seen := d.items[itemKey{system, state.ItemAccount, ""}]
	if !wanted {
		if !seen {
			return nil
		}
		if err := d.compareName(system, policy.DesiredAccount{}); err != nil {
			return err
		}
		if !known.Exists && item.State != state.ItemSending {
			if err := d.want(system, state.ItemProfile, "", "", nil, ""); err != nil {
				return err
			}
		}
		if err := d.compareSessions(system, true); err != nil {
			return err
		}
		if err := d.compareOwnership(system, false); err != nil {
			return err
		}
		if err := d.compareDeletion(system, false); err != nil {
			return err
		}
		return d.want(system, state.ItemAccount, "", disabled, nil, "")
	}
	if err := d.compareOwnership(system, true); err != nil {
		return err
	}
	if err := d.compareDeletion(system, true); err != nil {
		return err
	}
	if err := d.compareSessions(system, want.Disabled != policy.Enabled); err != nil {
		return err
	}
	waits, goal := d.waitsFor(want), active
	if want.Disabled != policy.Enabled {
		goal = dormant
	}
	if err := d.want(system, state.ItemAccount, "", goal, want.Reasons, waits); err != nil {
		return err
	}
	p := profile{NameAttribute: want.NameAttribute, Attributes: map[string]connector.Value{}}
	for name, values := range want.Attributes {
		if name != want.NameAttribute {
			p.Attributes[name] = valueOf(values)
		}
	}
	if known.Exists {
		p = p.named(known.Name, known.Former)
	} else {
		p.Candidates = want.Candidates
	}
	waits = ""
	if !known.Exists {
		waits = waitsForAccount
	}
	if err := d.want(system, state.ItemProfile, "", p.String(), want.Reasons, waits); err != nil {
		return err
	}
	return d.compareName(system, want)
}

// waitsForAccount is the problem of items whose account is not there yet.
const waitsForAccount = "needs the account"

// waitsFor returns why an account cannot be made yet, or "".
func (d *decision) waitsFor(want policy.DesiredAccount) string {
	if d.accounts[want.System].Exists {
		return ""
	}
	for _, system := range want.After {
		if !d.accounts[system].Exists {
			return "needs the account in " + system
		}
	}
	switch {
	case len(want.Candidates) > 0:
		return ""
	case len(want.Waiting) > 0:
		return "needs " + strings.Join(want.Waiting, ", ")
	}
	return "policy finds no login name for this person"
}

func valueOf(values []string) connector.Value {
	if len(values) == 1 {
		return connector.String(values[0])
	}
	return connector.Strings(values...)
}

// compareGrants is about entitlements. One that policy no longer gives is
// revoked, as far as nobody else gave it.
func (d *decision) compareGrants() error {
	given := map[itemKey]bool{}
	for _, g := range d.Grants {
		key := itemKey{g.Entitlement.System, state.ItemGrant, g.Entitlement.Kind + "/" + g.Entitlement.Name}
		given[key] = true
		waits := d.lockout
		if waits == "" && !d.accounts[key.system].Exists {
			waits = waitsForAccount
		}
		if err := d.want(key.system, key.kind, key.key, held, g.Reasons, waits); err != nil {
			return err
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(d.items), compareKeys) {
		if key.kind == state.ItemGrant && !given[key] {
			if err := d.want(key.system, key.kind, key.key, absent, nil, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

func compareKeys(a, b itemKey) int {
	return strings.Compare(a.system+"\x00"+string(a.kind)+"\x00"+a.key, b.system+"\x00"+string(b.kind)+"\x00"+b.key)
}

// note remembers a change for the audit entry of the decision.
func (d *decision) note(was, it state.Item, reasons []policy.Reason) {
	what, before, after := string(it.Kind), was.Desired, it.Desired
	switch it.Kind {
	case state.ItemGrant:
		what = it.Key
	case state.ItemName:
		before, after = was.Known, strings.Join(profileOf(after).Candidates, ", ")
		if after == "" || it.Origin == byOthers {
			return
		}
	case state.ItemProfile:
		changed := difference(profileOf(after).Attributes, profileOf(was.Known).Attributes)
		if len(changed) == 0 {
			return
		}
		before, after = "", fmt.Sprint(slices.Sorted(maps.Keys(changed)))
	}
	if before == "" {
		before = was.Known
	}
	d.changed = append(d.changed, change{it.System, what, before, after, reasons})
}

package provisioning

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// observe takes over what was seen of an account. What was not shown this time
// is kept as it was last seen.
func (t *Tenant) observe(account *state.Account, seen connector.Account, now time.Time) {
	if seen.ID == "" {
		return
	}
	values := attributesOf(*account)
	maps.Copy(values, seen.Attributes)
	account.RemoteID, account.Name, account.Exists, account.Active = seen.ID, seen.Name, true, seen.Active
	account.ETag, account.SeenAt = seen.ETag, now
	if seen.EntitlementsKnown {
		account.Holds = t.cfg.Systems[account.System].protectedOf(seen)
	}
	if out, err := json.Marshal(values); err == nil {
		account.Observed = out
	}
}

// learn takes over what an account shows of the thing that an item is about.
func learn(it *state.Item, op connector.Operation, seen connector.Account) {
	switch it.Kind {
	case state.ItemAccount:
		it.Known = activity(seen.Active)
	case state.ItemProfile:
		it.Known = profileOf(it.Known).with(pick(seen.Attributes, op.Attributes)).String()
	case state.ItemName:
		it.Known = seen.Name
	case state.ItemGrant:
		if seen.EntitlementsKnown {
			it.Known = absent
			if slices.Contains(seen.Entitlements, op.Entitlement) {
				it.Known = held
			}
		}
	}
}

// accountMade records that an account is there: what waited for it is due, and
// the attributes it was made with are known.
func (j *job) accountMade(tx state.Tx, account *state.Account, it *state.Item, a attempt, o outcome) error {
	it.Known = activity(account.Active)
	account.Origin = created
	if o.how == adopted || (o.how == string(connector.AlreadyInState) && a.item.Attempts == 1) {
		account.Origin = adopted
	}
	items, err := tx.ItemsOf(it.Person)
	if err != nil {
		return err
	}
	for _, other := range items {
		if other.System != it.System || other.Kind == state.ItemAccount {
			continue
		}
		if other.Kind == state.ItemProfile {
			known := profile{}.wrote(a.op.Attributes, o.account.Attributes)
			if o.how != string(connector.Applied) {
				known = profile{Attributes: attributesOf(*account)} // only what was seen is known
			}
			other.Known = known.String()
			other.Desired = profileOf(other.Desired).named(account.Name, account.Former).String()
		}
		if other.Kind == state.ItemDeletion && other.Known == deleted && !other.VerifiedAt.IsZero() {
			if err := j.backAfterDeletion(tx, other, *account); err != nil {
				return err
			}
		}
		if other.Kind == state.ItemName {
			continue // what comes of it is decided once the account was seen
		}
		if other.Kind != state.ItemProfile && (other.State != state.ItemWaiting || other.Problem != waitsForAccount) {
			continue
		}
		other.State, other.Problem = state.ItemDue, ""
		if satisfied(other) {
			other.State, other.VerifiedAt = state.ItemSettled, it.VerifiedAt
		}
		if err := tx.PutItem(other); err != nil {
			return err
		}
	}
	return nil
}

// vanished records that an account is gone.
func vanished(tx state.Tx, account *state.Account) error {
	account.Exists, account.Active, account.RemoteID, account.ETag, account.Holds = false, false, "", "", nil
	if err := tx.PutAccount(*account); err != nil {
		return err
	}
	items, err := tx.ItemsOf(account.Person)
	if err != nil {
		return err
	}
	for _, it := range items {
		if it.System != account.System {
			continue
		}
		it.Known, it.Origin = absent, byPolicy
		switch it.Kind {
		case state.ItemProfile, state.ItemName:
			it.Known = ""
		case state.ItemSessions:
			it.Known = ended
		case state.ItemOwnership:
			it.Known = wentWithAccount
		case state.ItemDeletion:
			it.Known = deleted
		}
		it.State, it.Problem = state.ItemWaiting, waitsForAccount
		switch {
		case satisfied(it):
			it.State, it.Problem = state.ItemSettled, ""
		case it.Kind == state.ItemAccount && account.Origin == created:
			it.State, it.Problem = state.ItemDue, ""
		case it.Kind == state.ItemAccount:
			it.State, it.Problem = state.ItemParked, "an account that we did not make has vanished"
		}
		if err := tx.PutItem(it); err != nil {
			return err
		}
	}
	return nil
}

// nothingThere is what becomes of an item of an account that is gone.
func nothingThere(it state.Item) state.Item {
	it.OpKey, it.OpKind, it.Attempts, it.RetryAt = "", "", 0, time.Time{}
	it.State, it.Problem = state.ItemWaiting, waitsForAccount
	if satisfied(it) {
		it.State, it.Problem = state.ItemSettled, ""
	}
	return it
}

func activity(on bool) string {
	if on {
		return active
	}
	return disabled
}

// pick returns those of values that like names.
func pick(values, like map[string]connector.Value) map[string]connector.Value {
	out := map[string]connector.Value{}
	for name := range like {
		if v, ok := values[name]; ok {
			out[name] = v
		}
	}
	return out
}

// describeAttributes returns attributes, and the login name if there is one, as
// JSON for the audit.
func describeAttributes(name string, values map[string]connector.Value) string {
	shown := maps.Clone(values)
	if name != "" {
		if shown == nil {
			shown = map[string]connector.Value{}
		}
		shown["login name"] = connector.String(name)
	}
	if len(shown) == 0 {
		return ""
	}
	out, err := json.Marshal(shown)
	if err != nil {
		return "" // strings and lists of strings always marshal
	}
	return string(out)
}

package provisioning

import (
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// ended is what the sessions of an account are to be once nobody may sign in with it.
const ended = "ended"

// waitsForDisable is the problem of sessions that would only be begun again.
const waitsForDisable = "needs the sign-in to be disabled"

// compareSessions is about whoever is signed in already. Where somebody could sign in
// until now and is not to any more, their sessions are ended after that, if the
// connector can: when the account is disabled, or that of the provider through which
// alone people sign in.
func (d *decision) compareSessions(system string, end bool) error {
	key := itemKey{system, state.ItemSessions, ""}
	it, seen := d.items[key]
	switch known := d.accounts[system]; {
	case !seen && (!end || !known.Active):
		return nil
	case !end:
		it.Known = "" // others are begun
		d.items[key] = it
		return d.want(system, key.kind, "", "", nil, "")
	case !seen && !d.endsSessions(system):
		return nil // Leaving says so
	case known.Active && (d.provider(system) == "" || d.accounts[d.provider(system)].Active):
		if it.Known == ended { // somebody enabled it by hand, and may have signed in
			it.Known = ""
			d.items[key] = it
		}
		return d.want(system, key.kind, "", ended, nil, waitsForDisable)
	case !known.Exists:
		it.Known = ended // with the account
		d.items[key] = it
	}
	return d.want(system, key.kind, "", ended, nil, "")
}

// endsSessions reports whether the connector of a system can end sessions, as far as its
// type says.
func (t *Tenant) endsSessions(system string) bool {
	return connector.Supports(t.cfg.Systems[system].Connector, connector.EndSessions)
}

// provider returns the system through which alone people sign in to another one, "" if
// there is none or it is not known.
func (t *Tenant) provider(system string) string {
	teller, ok := t.evaluator().(policy.SignInTeller)
	if !ok {
		return ""
	}
	if how := teller.SignIn(system); how != policy.SignInOwn && how != policy.SignInProvider {
		return how
	}
	return ""
}

// disabledNow begins what comes after a disable, with the same leave: its sessions are
// ended, as urgently, and those in systems to which people sign in through it; what it owns
// is handed over; and the account is thought of again when it may be deleted.
func (j *job) disabledNow(tx state.Tx, disable state.Item) error {
	if after := j.target.DeleteAfter; after > 0 {
		if err := j.wakeAt(tx, disable.Person, j.now().Add(after)); err != nil {
			return err
		}
	}
	items, err := tx.ItemsOf(disable.Person)
	if err != nil {
		return err
	}
	for _, it := range items {
		elsewhere := it.Kind == state.ItemSessions && j.provider(it.System) == disable.System
		if it.System != disable.System && !elsewhere {
			continue
		}
		if it.State != state.ItemWaiting || it.Problem != waitsForDisable {
			continue
		}
		it.State, it.Problem, it.Run, it.Released = state.ItemDue, "", disable.Run, disable.Released
		if it.Kind == state.ItemSessions {
			it.Lane = disable.Lane
		}
		if err := tx.PutItem(it); err != nil {
			return err
		}
	}
	return nil
}

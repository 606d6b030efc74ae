package provisioning

import (
	"maps"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// want states what one item should be. If that is news, the item is due and
// belongs to the decision's run; if it is what was wanted already, the item stays
// with the run it has, so that another look cannot carry it past a guard that
// holds it.
func (d *decision) want(system string, kind state.ItemKind, key, desired string, reasons []policy.Reason, waits string) error {
	it, seen := d.items[itemKey{system, kind, key}]
	if !seen {
		it = state.Item{Person: d.person.ID, System: system, Kind: kind, Key: key, Known: absent, State: state.ItemSettled, Origin: byPolicy}
		switch kind {
		case state.ItemProfile, state.ItemSessions, state.ItemOwnership, state.ItemDeletion:
			it.Known = ""
		case state.ItemName:
			it.Known = d.accounts[system].Name
		}
		if desired == it.Known {
			return nil
		}
	}
	was := it
	text, err := marshalReasons(reasons)
	if err != nil {
		return err
	}
	it.Reasons, it.Policy = text, d.person.Policy
	if it.Desired != desired || d.moreUrgent(it) {
		d.renew(&it, desired)
	}
	if it.State != state.ItemSending && it.State != state.ItemParked {
		if err := d.place(&it, waits); err != nil {
			return err
		}
	}
	if isKeptBack(was) || isKeptBack(it) {
		d.kept = append(d.kept, system)
	}
	if it.Revision != was.Revision {
		d.note(was, it, reasons)
	}
	if it == was {
		return nil
	}
	d.items[itemKey{system, kind, key}] = it
	return d.tx.PutItem(it)
}

// renew gives an item another goal.
func (d *decision) renew(it *state.Item, desired string) {
	endManual(it, desired)
	it.Desired = desired
	it.Revision++
	it.Run, it.Released, it.Cleared = d.run, false, ""
	it.Spell = d.person.Spell
	it.EventAt, it.ReceivedAt, it.DecidedAt = d.was.EventAt, d.was.ReceivedAt, d.now
	if it.EventAt.IsZero() {
		it.EventAt, it.ReceivedAt = d.was.DueAt, d.was.DueAt
	}
	it.Removes, it.Lane = "", state.LaneNormal
	// What came of the last attempt may not be known: then it may be there.
	unknown := it.State == state.ItemSending || it.State == state.ItemParked && it.OpKey != ""
	switch {
	case it.Kind == state.ItemAccount && (desired == disabled || desired == dormant) && (it.Known == active || unknown):
		it.Removes = string(connector.Disable)
	case it.Kind == state.ItemDeletion && desired == deleted:
		it.Removes = string(connector.Delete)
	case it.Kind == state.ItemGrant && desired == absent && it.Origin != byOthers && (it.Known == held || unknown):
		it.Removes = string(connector.Revoke)
	}
	if d.hurries(*it) {
		it.Lane = state.LaneImmediate
	}
	switch {
	case it.State == state.ItemSending: // it keeps its key and count until it is resolved
		if it.Removes != "" {
			it.RetryAt = time.Time{} // taking away waits for no back-off of giving
		}
	case it.State == state.ItemParked && it.OpKey != "":
		// What came of the last attempt may not be known: look before anything else.
		it.State, it.Attempts, it.RetryAt = state.ItemSending, 0, time.Time{}
	default:
		it.State, it.Attempts, it.OpKey, it.OpKind, it.RetryAt = state.ItemDue, 0, "", "", time.Time{}
	}
}

// hurries reports whether what an item is to do cannot wait. A lockout takes away the
// sign-in alone.
func (d *decision) hurries(it state.Item) bool {
	return (it.Removes != "" || it.Desired == ended) && d.isUrgent(it) ||
		d.lockout != "" && (it.Removes == string(connector.Disable) || it.Desired == ended)
}

// moreUrgent reports whether an item which takes access away, and may wait with
// its run, has to be judged again because it cannot wait.
func (d *decision) moreUrgent(it state.Item) bool {
	return it.Removes != "" && d.hurries(it) && it.State != state.ItemSettled && it.Lane != state.LaneImmediate
}

// place says whether an item is settled, due, waiting or batched.
func (d *decision) place(it *state.Item, waits string) error {
	kept, err := d.keptBack(d.tx, d.accounts[it.System], *it, func() ([]state.Item, error) {
		return slices.Collect(maps.Values(d.items)), nil
	})
	if err != nil {
		return err
	}
	forbidden, sensitive := d.forbidden(*it), d.givesSensitive(*it)
	if sensitive && forbidden == "" && it.State == state.ItemWaiting && it.Problem == onlyReported {
		it.Run = d.run // it could not be given when its run was judged
	}
	switch {
	case satisfied(*it):
		it.State, it.Problem = state.ItemSettled, ""
	case sensitive && forbidden != "":
		it.State, it.Problem = state.ItemWaiting, forbidden
	case it.Removes == "" && waits != "":
		it.State, it.Problem = state.ItemWaiting, waits
	case forbidden != "":
		it.State, it.Problem = state.ItemWaiting, forbidden
	case kept != "":
		it.State, it.Problem = state.ItemWaiting, kept
	case it.State == state.ItemWaiting || it.State == state.ItemSettled:
		if it.Removes != "" || d.isUpdate(*it) {
			it.Run = d.run // what was forbidden when its run was judged is judged now
		}
		it.State, it.Problem = state.ItemDue, ""
	}
	if it.State == state.ItemDue || it.State == state.ItemBatched {
		until := d.inLane(d.accounts[it.System], it)
		switch {
		case !until.IsZero():
			shelve(it, until)
			d.opens = sooner(d.opens, until)
		case it.State == state.ItemBatched:
			it.State, it.Problem = state.ItemDue, ""
		}
	}
	return nil
}

// forbidden returns why the system's mode does not let an item act, or "".
func (d *decision) forbidden(it state.Item) string {
	return d.forbids(d.cfg.Systems[it.System].Mode, it.Removes != "")
}

// onlyReported is the problem of items in a system where nothing is done.
const onlyReported = "the system is only reported on"

// forbids returns why a mode does not let anything be done, or be taken away, or "".
func (t *Tenant) forbids(mode Mode, removes bool) string {
	switch {
	case mode == ReportOnly:
		return onlyReported
	case mode == AddOnly && removes:
		return "nothing is taken away in this system"
	}
	return ""
}

// satisfied reports whether what is known of an item is what is wanted.
func satisfied(it state.Item) bool {
	switch {
	case it.Origin == byOthers && (it.Kind != state.ItemAccount || it.Desired == active):
		return true // it is left as others have made it
	case it.Kind == state.ItemAccount && it.Desired == disabled:
		return it.Known != active // where there is no account, nothing is to be disabled
	case it.Kind == state.ItemAccount && it.Desired == dormant:
		return it.Known == disabled
	case it.Kind == state.ItemSessions, it.Kind == state.ItemDeletion:
		return it.Desired == "" || it.Known == it.Desired
	case it.Kind == state.ItemOwnership:
		return it.Desired == "" || it.Known != ""
	case it.Kind == state.ItemName:
		return it.Desired == "" || among(it.Known, profileOf(it.Desired).Candidates)
	case it.Kind != state.ItemProfile:
		return it.Known == it.Desired
	case it.Desired == "":
		return true
	}
	want, have := profileOf(it.Desired), profileOf(it.Known)
	return len(want.Candidates) == 0 && len(difference(want.Attributes, have.Attributes)) == 0
}

// difference returns the attributes of want which have lacks or holds otherwise.
// What have does not tell of counts as different.
func difference(want, have map[string]connector.Value) map[string]connector.Value {
	out := map[string]connector.Value{}
	for name, v := range want {
		if old, ok := have[name]; !ok || !old.Equal(v) {
			out[name] = v
		}
	}
	return out
}

package provisioning

import (
	"strings"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Who has the say about an item: policy, or others, who have changed it and were followed.
const (
	byPolicy = "policy"
	byOthers = "manual"
)

// adoptOne takes over one thing that others have changed. Of an attribute what was written
// last stays known, which is what policy still wants, so that nothing is due before it
// wants something else.
func (o *observing) adoptOne(tx state.Tx, row state.Account, a connector.Account, f Finding) error {
	it, err := driftedItem(tx, row, f)
	if err != nil {
		return err
	}
	switch f.kind {
	case state.ItemProfile:
		it.Known = profileOf(it.Known).showing(f.What, a.Attributes[f.What]).String()
	case state.ItemName:
		if _, err := tx.ReserveName(namespace(row.System), strings.ToLower(a.Name), row.Person, o.now()); err != nil {
			return err
		}
		it.Known, it.Origin = f.Have, byOthers
	default:
		it.Known, it.Origin = f.Have, byOthers
		if it.Known == it.Desired {
			it.Origin = byPolicy // others are of its opinion by now
		}
	}
	it.Run, it.VerifiedAt = o.run.ID, o.began
	it.Revision++
	if err := tx.PutItem(it); err != nil {
		return err
	}
	e := audit.Entry{
		Event: audit.EventDrift, Person: row.Person, System: row.System, Account: row.RemoteID, Run: o.run.ID, Outcome: "adopted",
		Before: compact(map[string]string{f.What: f.Want}), After: compact(map[string]string{f.What: f.Have}),
		Trigger: audit.Trigger{Source: "observe", Event: row.System, Recorded: o.began},
	}
	if f.kind == state.ItemGrant {
		e.Entitlement = f.What
	}
	return o.write(tx, e)
}

// endManual ends the say of others about an item that is wanted otherwise than it was when
// they were followed.
func endManual(it *state.Item, desired string) {
	switch {
	case it.Origin != byOthers:
	case it.Kind == state.ItemGrant && it.Known == held: // what they gave stays theirs
	case it.Kind == state.ItemName && it.Desired == "": // only now is told what was wanted then
	default:
		it.Origin = byPolicy
		if it.Kind == state.ItemAccount && desired != active {
			it.Known = active // they may have enabled it again
		}
	}
}

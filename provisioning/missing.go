package provisioning

import (
	"context"
	"fmt"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// mayBeMissing is how many of our accounts may be missing from a system before it is more
// likely another system: a fifth, or one, but never all, so that something of ours has
// to have been seen in any system.
func mayBeMissing(known int) int { return min(max(known/5, 1), known-1) }

// missing asks for those of our accounts that a complete listing does not have.
func (o *observing) missing(ctx context.Context) error {
	var gone []state.Account
	known := 0
	for after, more := "", true; more; {
		var page []state.Account
		err := o.backend.View(ctx, o.id, func(tx state.Tx) (err error) {
			page, err = tx.AccountsIn(o.req.System, after, batch)
			return err
		})
		if err != nil {
			return err
		}
		for _, row := range page {
			after = row.RemoteID
			switch {
			case !row.Exists:
			case o.seen[row.RemoteID]:
				known++
			case !row.SeenAt.After(o.began): // else it was made after the listing
				known++
				gone = append(gone, row)
			}
		}
		more = len(page) == batch
	}
	if limit := mayBeMissing(known); len(gone) > 0 && len(gone) > limit {
		o.report.Complete = false
		o.report.Basis = fmt.Sprintf("%d of our %d accounts are not there, %d at most may be missing: is it another system? Nothing was concluded from it", len(gone), known, limit)
		return nil
	}
	for _, row := range gone {
		if err := o.gone(ctx, row); err != nil {
			return err
		}
	}
	return nil
}

// gone makes sure that one of our accounts is not there, by two more questions.
func (o *observing) gone(ctx context.Context, row state.Account) error {
	ask := []connector.FindRequest{{ID: row.RemoteID}, {ExternalID: row.Person}}
	if row.Origin == adopted || o.target.describe(ctx).NoSearch {
		ask[1] = connector.FindRequest{Name: row.Name}
	}
	for _, req := range ask {
		found, err := o.target.Connector.Find(ctx, req)
		if err != nil {
			return fmt.Errorf("system %s: looking for account %s: %w", o.req.System, row.RemoteID, err)
		}
		if len(found) > 0 {
			return nil // the listing was wrong
		}
	}
	f := Finding{Situation: Missing, Account: connector.Ref{ID: row.RemoteID, Name: row.Name}, Person: row.Person}
	f.Repairs = o.target.Drift == RepairDrift && o.target.Mode != ReportOnly
	if !f.Repairs {
		return o.tellOf([]Finding{f})
	}
	err := o.backend.Update(ctx, o.id, func(tx state.Tx) error {
		now, err := tx.Account(row.Person, row.System)
		if err != nil {
			return err
		}
		items, err := tx.ItemsOf(row.Person)
		if err != nil || now.RemoteID != row.RemoteID || o.busy(now, itemsOf(items, row.System)) {
			f.Repairs = false
			return err
		}
		if err := o.open(tx); err != nil {
			return err
		}
		if err := vanished(tx, &now); err != nil {
			return err
		}
		return o.touch(tx, row.Person, o.run.ID, "their account in "+row.System+" is gone", false)
	})
	if err != nil {
		return err
	}
	return o.tellOf([]Finding{f})
}

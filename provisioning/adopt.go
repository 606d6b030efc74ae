package provisioning

import (
	"context"
	"errors"
	"fmt"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// AdoptRequest says whose an account is that was there before us.
type AdoptRequest struct {
	System  string
	Account string // its identifier in the system
	Person  string
	Actor   Actor
	Note    string // why, for the audit
}

// Adopt makes an account that nobody has the one of a person, as a named person says:
// the link is recorded, and nothing is written to the system by it. From then on the
// account is what policy wants of that person: made right, or disabled if they have
// left. What it holds already is kept as theirs where policy gives it, and left alone
// where it does not.
//
// An account that is not there, or somebody's, or a person who has another one there,
// is an error: connector.ErrNotFound, or connector.ErrAlreadyExists.
func (t *Tenant) Adopt(ctx context.Context, req AdoptRequest) error {
	if err := req.Actor.check(); err != nil {
		return err
	}
	target := t.targets[req.System]
	if target == nil {
		return fmt.Errorf("system %q: it is not configured", req.System)
	}
	found, err := target.Connector.Find(ctx, connector.FindRequest{ID: req.Account, Entitlements: true})
	switch {
	case err != nil:
		return fmt.Errorf("system %s: account %s: %w", req.System, req.Account, err)
	case len(found) != 1:
		return fmt.Errorf("system %s: account %s: %w", req.System, req.Account, connector.ErrNotFound)
	}
	defer t.tell()
	return t.backend.Update(ctx, t.id, func(tx state.Tx) error { return t.adopt(tx, req, found[0]) })
}

func (t *Tenant) adopt(tx state.Tx, req AdoptRequest, a connector.Account) error {
	if err := known(tx, req.Person); err != nil {
		return err
	}
	if other, err := tx.AccountByRemote(req.System, a.ID); err == nil {
		return fmt.Errorf("account %s is that of person %s: %w", a.ID, other.Person, connector.ErrAlreadyExists)
	} else if !errors.Is(err, state.ErrNotFound) {
		return err
	}
	if a.ExternalID != "" && a.ExternalID != req.Person {
		return fmt.Errorf("account %s carries the identifier %s: %w", a.ID, a.ExternalID, connector.ErrAlreadyExists)
	}
	row, err := tx.Account(req.Person, req.System)
	switch {
	case errors.Is(err, state.ErrNotFound):
		row = state.Account{Person: req.Person, System: req.System}
	case err != nil:
		return err
	case row.Exists:
		return fmt.Errorf("person %s has account %s there: %w", req.Person, row.RemoteID, connector.ErrAlreadyExists)
	case row.LeaseUntil.After(wall()):
		return fmt.Errorf("system %s: %w", req.System, ErrBusy)
	}
	items, err := itemsIn(tx, req.System, req.Person)
	if err != nil {
		return err
	}
	run, err := t.openRun(tx, "adopt", req.System+" "+a.ID, state.RunDeciding)
	if err != nil {
		return err
	}
	t.observe(&row, a, t.now())
	row.Origin = adopted
	if err := tx.PutAccount(row); err != nil {
		return err
	}
	key := itemKey{req.System, state.ItemAccount, ""}
	if _, ok := items[key]; !ok { // as it is, until policy is asked
		items[key] = state.Item{
			Person: req.Person, System: req.System, Kind: state.ItemAccount, State: state.ItemSettled,
			Desired: activity(a.Active), Origin: byPolicy, Lane: state.LaneNormal, Run: run.ID,
		}
	}
	for _, it := range items {
		learn(&it, connector.Operation{Attributes: a.Attributes, Entitlement: entitlementOf(it.Key)}, a)
		it.Attempts, it.OpKey, it.OpKind = 0, "", ""
		if it.State == state.ItemParked || it.State == state.ItemWaiting {
			it.State, it.Problem = state.ItemDue, ""
		}
		if satisfied(it) {
			it.State, it.VerifiedAt = state.ItemSettled, t.now()
		}
		if err := tx.PutItem(it); err != nil {
			return err
		}
	}
	if err := t.write(tx, audit.Entry{
		Event: audit.EventLink, Person: req.Person, System: req.System, Account: a.ID, Run: run.ID, Actor: string(req.Actor),
		Note: "adopted: " + req.Note, Trigger: audit.Trigger{Source: "adopt", Event: "account " + a.Name, Recorded: t.now()},
	}); err != nil {
		return err
	}
	return t.touch(tx, req.Person, run.ID, fmt.Sprintf("account %s was adopted by %s", a.ID, req.Actor), false)
}

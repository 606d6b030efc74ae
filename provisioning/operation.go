package provisioning

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// kindOf returns the operation that brings an item from what is known to what is
// wanted, or "" if nothing is to be done.
func kindOf(account state.Account, it state.Item) connector.Kind {
	switch {
	case it.Kind == state.ItemAccount && (it.Desired == active || it.Desired == dormant) && !account.Exists:
		return connector.Create
	case satisfied(it) || !account.Exists:
		return ""
	}
	return goalKind(it)
}

// goalKind returns the operation that leads to what is wanted of an item, whatever is
// known of it.
func goalKind(it state.Item) connector.Kind {
	switch {
	case it.Kind == state.ItemAccount && it.Desired == active:
		return connector.Enable
	case it.Kind == state.ItemSessions:
		return connector.EndSessions
	case it.Kind == state.ItemOwnership:
		return connector.Transfer
	case it.Kind == state.ItemDeletion:
		return connector.Delete
	case it.Kind == state.ItemAccount:
		return connector.Disable
	case it.Kind == state.ItemProfile:
		return connector.Update
	case it.Kind == state.ItemName:
		return connector.Rename
	case it.Desired == held:
		return connector.Grant
	}
	return connector.Revoke
}

// operation makes the operation of a kind for an item.
func (t *Tenant) operation(tx state.Tx, account state.Account, it state.Item, kind connector.Kind) (connector.Operation, error) {
	op := connector.Operation{
		Key: it.OpKey, Kind: kind, System: it.System, ExternalID: it.Person,
		Ref: connector.Ref{ID: account.RemoteID, Name: account.Name}, ETag: account.ETag,
	}
	switch kind {
	case connector.Create:
		row, err := tx.Item(it.Person, it.System, state.ItemProfile, "")
		if err != nil {
			return op, err
		}
		p := profileOf(row.Desired)
		if op.Name, err = t.reserve(tx, it, p.Candidates); err != nil {
			return op, err
		}
		op.Ref, op.ETag, op.Active = connector.Ref{}, "", it.Desired == active
		op.Attributes = p.named(op.Name, account.Former).Attributes
	case connector.Update:
		p := profileOf(it.Desired).named(account.Name, account.Former)
		op.Attributes = difference(p.Attributes, profileOf(it.Known).Attributes)
	case connector.Rename:
		var err error
		if op.Name, err = t.reserve(tx, it, profileOf(it.Desired).Candidates); err != nil && (it.State != state.ItemSending || !errors.Is(err, errNoName)) {
			return op, err // what was sent is looked at, whatever is wanted by now
		}
	case connector.EndSessions:
		op.ETag = ""
	case connector.Transfer:
		op.ETag = ""
		var err error
		if op.To, err = t.heir(tx, it.Person, it.System); err != nil && (it.State != state.ItemSending || !errors.Is(err, errNoHeir)) {
			return op, err // what was sent is looked at, whoever there is now
		}
	case connector.Grant, connector.Revoke:
		var err error
		if op.Entitlement, err = connector.ParseEntitlement(it.Key); err != nil {
			return op, err
		}
		op.ETag = ""
	}
	return op, nil
}

// jitter takes a random part of up to a quarter off a wait, so that what failed
// together does not come back together.
func jitter(d time.Duration) time.Duration {
	if d < 4 {
		return d
	}
	return d - time.Duration(rand.Int64N(int64(d)/4))
}

package provisioning

import (
	"context"
	"errors"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// fenced deals with a call that ended after somebody else had got the account: its
// effect may have come after theirs, so that what they have seen need not be so any
// more.
func (j *job) fenced(ctx context.Context, last attempt, o outcome) error {
	if last.op.Key == "" || last.look {
		return nil // nothing was sent
	}
	return j.backend.Update(ctx, j.id, func(tx state.Tx) error {
		it, err := tx.Item(last.item.Person, last.item.System, last.item.Kind, last.item.Key)
		if err != nil {
			return err
		}
		account, err := tx.Account(it.Person, it.System)
		if err != nil {
			return err
		}
		// Whoever is looking, or gives it another goal, will see that there is more to
		// look at than they knew.
		it.OpKey = j.engine.ids.New()
		forget(&it, last.op.Attributes)
		note := "the call ended after its lease; what it has done is looked at"
		made, err := j.madeLate(tx, &account, &it, last, o)
		switch {
		case err != nil:
			return err
		case made:
			note = "the call ended after its lease, and has made the account"
		case givesAgain(last.op.Kind) && mayBeThere(&account, &it):
			note = "the call ended after its lease; what it may have given is taken away"
		case it.State != state.ItemSending && it.State != state.ItemParked:
			it.State, it.OpKind, it.Attempts, it.RetryAt = state.ItemSending, string(goalKind(it)), 0, time.Time{}
			if last.op.Kind == connector.Create {
				it.OpKind = string(connector.Create) // there may be two by now
			}
		}
		if err := tx.PutAccount(account); err != nil {
			return err
		}
		if err := tx.PutItem(it); err != nil {
			return err
		}
		e := j.entry(audit.EventOutcome, it, last.op)
		e.Key, e.Outcome, e.Error = last.op.Key, "late", note
		return j.write(tx, e)
	})
}

// madeLate takes over an account that a call has made after its lease, and that nobody
// has seen: a look could miss it where changes take a while to be seen.
func (j *job) madeLate(tx state.Tx, account *state.Account, it *state.Item, last attempt, o outcome) (bool, error) {
	if last.op.Kind != connector.Create || o.verdict != verdictDone || o.pending || o.account.ID == "" || account.Exists {
		return false, nil
	}
	_, err := tx.AccountByRemote(it.System, o.account.ID)
	if !errors.Is(err, state.ErrNotFound) {
		return false, err
	}
	j.observe(account, o.account, j.now())
	it.OpKind, it.Attempts, it.RetryAt, it.VerifiedAt = "", 0, time.Time{}, j.now()
	if err := j.accountMade(tx, account, it, last, o); err != nil {
		return false, err
	}
	it.State = state.ItemDue
	if satisfied(*it) {
		it.State = state.ItemSettled
	}
	return true, j.wake(tx, it.Person)
}

// givesAgain reports whether an operation may be followed by its opposite without
// knowing what came of it.
func givesAgain(kind connector.Kind) bool { return kind == connector.Grant || kind == connector.Enable }

// mayBeThere makes an item due that is to take something away which a call may have
// given, or may give yet. No look would tell: it can come too early, and a system may
// show late what it has done.
func mayBeThere(account *state.Account, it *state.Item) bool {
	switch {
	case !account.Exists:
		return false
	case it.Kind == state.ItemGrant && it.Desired == absent:
		it.Known = held
	case it.Kind == state.ItemAccount && (it.Desired == disabled || it.Desired == dormant):
		it.Known, account.Active = active, true
	default:
		return false
	}
	account.ETag = "" // it is that of before the call
	it.State, it.OpKind, it.Attempts, it.RetryAt, it.Problem = state.ItemDue, "", 0, time.Time{}, ""
	return true
}

// overtake ends the wait for what came of a call that was to give something which is to
// be taken away by now: whatever came of it, that is done next.
func (j *job) overtake(tx state.Tx, account *state.Account, it *state.Item) error {
	kind, was := connector.Kind(it.OpKind), *it
	if it.State != state.ItemSending || !givesAgain(kind) || !mayBeThere(account, it) {
		return nil
	}
	it.OpKey = ""
	if err := tx.PutAccount(*account); err != nil {
		return err
	}
	if err := tx.PutItem(*it); err != nil {
		return err
	}
	e := j.entry(audit.EventOutcome, was, connector.Operation{Key: was.OpKey, Kind: kind, Ref: connector.Ref{ID: account.RemoteID}})
	e.Entitlement, e.Outcome, e.Error = was.Key, "overtaken", "what came of it is not known, and is taken away"
	return j.write(tx, e)
}

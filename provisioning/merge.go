package provisioning

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// MergeRequest says that two people whom the engine took for different ones are one
// and the same.
type MergeRequest struct {
	// Person is taken up into Into, whose identifier stays. Person is kept, without
	// any relationship.
	Person, Into string
	Actor        Actor
	Note         string // why, for the audit
}

// SplitRequest says that a work relationship is not that of the person it was taken
// for.
type SplitRequest struct {
	Worker hrsource.WorkerKey
	// Facts are those recorded about the person, by ID, that go with the relationship. A
	// lockout that does not is in force for both: who is meant is not known.
	Facts []string
	Actor Actor
	Note  string // why, for the audit
}

// ErrBusy says that something is being done to an account, so that it cannot be told
// whose it will be. Drain, and try again.
var ErrBusy = errors.New("an operation is under way")

// Merge gives the relationships of one person to another. An account in a system in
// which the other has none goes with them, with all that it holds and with its login
// name, so that nobody gets a second one. What was recorded goes with them. What policy does not give the person whom
// they are now is taken away by the next Drain, as anything else is. Where both have
// an account, the one of the person who is taken up is disabled.
func (t *Tenant) Merge(ctx context.Context, req MergeRequest) error {
	if err := req.Actor.check(); err != nil {
		return err
	}
	if req.Person == req.Into {
		return fmt.Errorf("person %s cannot be merged with themselves", req.Person)
	}
	defer t.tell()
	return t.backend.Update(ctx, t.id, func(tx state.Tx) error {
		for _, id := range []string{req.Person, req.Into} {
			if err := known(tx, id); err != nil {
				return err
			}
		}
		run, err := t.openRun(tx, "merge", req.Person+" into "+req.Into, state.RunDeciding)
		if err != nil {
			return err
		}
		workers, err := tx.WorkersOf(req.Person)
		if err != nil {
			return err
		}
		why := fmt.Sprintf("merged from %s", req.Person)
		if req.Note != "" {
			why += ": " + req.Note
		}
		for _, w := range workers {
			w.Person = req.Into
			if err := tx.PutWorker(w); err != nil {
				return err
			}
			if err := t.linked(tx, run.ID, hrsource.WorkerKey{Source: w.Source, ID: w.ID}, req.Into, why, req.Actor); err != nil {
				return err
			}
		}
		if err := t.moveAccounts(tx, req.Person, req.Into); err != nil {
			return err
		}
		if err := t.mergeFacts(tx, run.ID, req); err != nil {
			return err
		}
		for _, id := range []string{req.Person, req.Into} {
			if err := t.touch(tx, id, run.ID, fmt.Sprintf("%s was merged into %s by %s", req.Person, req.Into, req.Actor), false); err != nil {
				return err
			}
		}
		return t.askAgain(tx, run, "")
	})
}

// Split makes a person of their own of somebody whose relationship was taken for
// another's. The accounts stay with whom they are: what the relationship gave there is
// taken away, and the new person gets accounts of their own.
func (t *Tenant) Split(ctx context.Context, req SplitRequest) (person string, err error) {
	if err := req.Actor.check(); err != nil {
		return "", err
	}
	defer t.tell()
	err = t.backend.Update(ctx, t.id, func(tx state.Tx) error {
		row, err := tx.Worker(req.Worker.Source, req.Worker.ID)
		switch {
		case errors.Is(err, state.ErrNotFound) || err == nil && row.Person == "":
			return fmt.Errorf("worker %s: %w", req.Worker, ErrNoPerson)
		case err != nil:
			return err
		}
		was := row.Person
		run, err := t.openRun(tx, "split", req.Worker.String(), state.RunDeciding)
		if err != nil {
			return err
		}
		why := fmt.Sprintf("split from %s", was)
		if req.Note != "" {
			why += ": " + req.Note
		}
		if person, err = t.newPerson(tx, run.ID, req.Worker, why, req.Actor); err != nil {
			return err
		}
		row.Person = person
		if err := tx.PutWorker(row); err != nil {
			return err
		}
		if err := t.splitFacts(tx, run.ID, was, person, req); err != nil {
			return err
		}
		for _, id := range []string{was, person} {
			if err := t.touch(tx, id, run.ID, fmt.Sprintf("worker %s was split from %s by %s", req.Worker, was, req.Actor), false); err != nil {
				return err
			}
		}
		return nil
	})
	return person, err
}

// known makes sure that there is such a person.
func known(tx state.Tx, person string) error {
	_, err := tx.Person(person)
	if errors.Is(err, state.ErrNotFound) {
		return fmt.Errorf("person %s: %w", person, ErrNoPerson)
	}
	return err
}

// moveAccounts gives the accounts of one person to another who has none there.
func (t *Tenant) moveAccounts(tx state.Tx, from, into string) error {
	theirs, err := accountsOf(tx, into)
	if err != nil {
		return err
	}
	accounts, err := tx.AccountsOf(from)
	if err != nil {
		return err
	}
	for _, account := range accounts {
		other := theirs[account.System]
		if !account.Exists || other.Exists {
			continue
		}
		if account.LeaseUntil.After(wall()) || other.LeaseUntil.After(wall()) {
			return fmt.Errorf("system %s: %w", account.System, ErrBusy)
		}
		if err := moveItems(tx, account.System, from, into); err != nil {
			return err
		}
		if err := tx.GiveNames(namespace(account.System), from, into); err != nil {
			return err
		}
		if account.Name != "" { // it is the last that was given, whatever the other was to be called
			if _, err := tx.ReserveName(namespace(account.System), strings.ToLower(account.Name), into, t.now()); err != nil {
				return err
			}
		}
		if err := tx.PutAccount(state.Account{Person: from, System: account.System}); err != nil {
			return err
		}
		account.Person, account.Origin = into, adopted // it carries the identifier of the other
		if err := tx.PutAccount(account); err != nil {
			return err
		}
	}
	return nil
}

// moveItems tells the items of one person in a system what is known of those of
// another, who knows nothing any more. What is wanted of either is decided next.
func moveItems(tx state.Tx, system, from, into string) error {
	own, err := itemsIn(tx, system, into)
	if err != nil {
		return err
	}
	others, err := itemsIn(tx, system, from)
	if err != nil {
		return err
	}
	for key, it := range others {
		moved, ok := own[key]
		if !ok {
			moved = it
			moved.Person, moved.OpKey, moved.OpKind = into, "", ""
		}
		moved.Known, moved.Origin, moved.VerifiedAt = it.Known, it.Origin, it.VerifiedAt
		if moved.State == state.ItemParked || moved.State == state.ItemWaiting {
			moved.State, moved.Problem = state.ItemDue, ""
		}
		it.Known, it.Origin = absent, byPolicy
		if key.kind == state.ItemProfile || key.kind == state.ItemName {
			it.Known = ""
		}
		for _, changed := range []state.Item{moved, it} {
			if err := tx.PutItem(changed); err != nil {
				return err
			}
		}
	}
	return nil
}

// itemsIn returns the items of a person in a system, unless something is being done
// there.
func itemsIn(tx state.Tx, system, person string) (map[itemKey]state.Item, error) {
	all, err := tx.ItemsOf(person)
	if err != nil {
		return nil, err
	}
	items := map[itemKey]state.Item{}
	for _, it := range all {
		if it.System != system {
			continue
		}
		if it.State == state.ItemSending {
			return nil, fmt.Errorf("person %s, system %s: %w", person, system, ErrBusy)
		}
		items[keyOf(it)] = it
	}
	return items, nil
}

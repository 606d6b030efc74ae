package provisioning

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// deleted is what becomes of an account that was disabled for long enough.
const deleted = "deleted"

// compareDeletion is about the account of somebody who has left for good.
func (d *decision) compareDeletion(system string, wanted bool) error {
	key := itemKey{system, state.ItemDeletion, ""}
	it, seen := d.items[key]
	if seen && d.accounts[system].Exists {
		it.Known = "" // whatever became of another one
		d.items[key] = it
	}
	due := false
	if !wanted {
		var err error
		if due, err = d.keptLongEnough(system, it); err != nil {
			return err
		}
	}
	switch {
	case due:
		return d.want(system, key.kind, "", deleted, nil, "")
	case !seen || !wanted && !d.accounts[system].Exists:
		return nil
	}
	return d.want(system, key.kind, "", "", nil, "")
}

// keptLongEnough reports whether an account that policy does not want is to be deleted,
// and makes sure that it is asked again when it will be.
func (d *decision) keptLongEnough(system string, deletion state.Item) (bool, error) {
	s, known, it := d.cfg.Systems[system], d.accounts[system], d.items[itemKey{system, state.ItemAccount, ""}]
	switch {
	case s.DeleteAfter == 0 || d.Live || d.expected || d.lockout != "":
		return false, nil
	case !known.Exists || known.Active || known.Origin != created || !connector.Supports(s.Connector, connector.Delete):
		return false, nil
	case !d.owedToNobody(system):
		return false, nil // whoever hands it over thinks of the account again
	case it.Desired != disabled || it.State != state.ItemSettled:
		return false, nil
	case deletion.Desired == deleted:
		return true, nil
	}
	// It may have been disabled by hand before: then it is kept from when that was to be.
	at := latest(d.person.LeftAt, latest(it.DecidedAt, it.VerifiedAt)).Add(s.DeleteAfter)
	if at.After(d.now) {
		d.opens = sooner(d.opens, at)
		return false, nil
	}
	asked, err := d.mayBeBack()
	if err == nil && asked {
		d.opens = sooner(d.opens, d.now.Add(lookAgain))
	}
	return !asked, err
}

// lookAgain is when it is looked again whether what nothing tells of has come to be.
const lookAgain = 24 * time.Hour

// mayBeBack reports whether somebody has come of whom it is not known yet whether it is
// this person.
func (d *decision) mayBeBack() (bool, error) {
	workers, err := d.tx.WorkersOf(d.person.ID)
	if err != nil {
		return false, err
	}
	for _, w := range workers {
		alike, err := d.tx.WorkersLike(w.PersonKey, w.Emails)
		if err != nil || slices.ContainsFunc(alike, func(other state.Worker) bool { return other.Person == "" }) {
			return true, err
		}
	}
	return false, nil
}

// begins reports whether somebody is known to have a relationship from some later day on.
func (s subject) begins() bool {
	for _, r := range s.Relationships {
		if r.Start.After(s.At) {
			return true
		}
	}
	return false
}

// accountDeleted records that an account was deleted as it was to be. Its login name
// stays reserved for the person.
func (j *job) accountDeleted(tx state.Tx, account *state.Account, it *state.Item) error {
	at := it.VerifiedAt
	if err := tx.PutItem(*it); err != nil {
		return err
	}
	if err := vanished(tx, account); err != nil {
		return err
	}
	var err error
	if *it, err = tx.Item(it.Person, it.System, it.Kind, it.Key); err != nil {
		return err
	}
	it.VerifiedAt = at
	return j.gone(tx, it.Person)
}

// backAfterDeletion asks a person to see to somebody whose account was deleted, and who has
// got a new one.
func (j *job) backAfterDeletion(tx state.Tx, deletion state.Item, account state.Account) error {
	body, err := json.Marshal(struct {
		Person  string    `json:"person"`
		System  string    `json:"system"`
		Login   string    `json:"login"`
		Deleted time.Time `json:"deleted"`
	}{deletion.Person, deletion.System, account.Name, deletion.VerifiedAt})
	if err != nil {
		return err
	}
	name, err := nameOf(tx, deletion.Person)
	if err != nil {
		return err
	}
	return j.ask(tx, state.Case{
		Kind: CaseDeleted, Subject: deletion.Person + " " + deletion.System, Body: body, Choices: []string{ChoiceSeen},
		Question: fmt.Sprintf("%s is back in %s, with a new account %s: the one before was deleted at %s. What was in it?",
			cmp.Or(name, deletion.Person), deletion.System, account.Name, deletion.VerifiedAt.Format(time.RFC3339)),
	})
}

// lookBeforeDeletion makes sure that nobody uses the account: somebody may have enabled it
// by hand. If it must not be deleted, ok is true.
func (j *job) lookBeforeDeletion(ctx context.Context, a attempt) (o outcome, ok bool) {
	found, err := j.target.Connector.Find(ctx, connector.FindRequest{ID: a.op.Ref.ID})
	switch {
	case err != nil:
		return outcome{verdict: connector.VerdictRetry, sign: signOf(err), after: connector.VerdictOf(err).After, err: fmt.Errorf("looking whether it is used: %w", err)}, true
	case len(found) == 1 && found[0].Active:
		return outcome{verdict: connector.VerdictPermanent, sign: works, account: found[0], err: errors.New("somebody has enabled the account: it is not deleted")}, true
	case len(found) == 1 && j.target.protectsLogin(found[0].Name) && len(remaining([]string{groundLogin}, a.cleared)) > 0:
		return outcome{verdict: connector.VerdictPermanent, sign: works, err: errors.New("the login name is protected by now: it is not deleted")}, true
	}
	return outcome{}, false
}

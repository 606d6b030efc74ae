package provisioning

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// How an account came to be ours.
const (
	created = "created" // we made it
	adopted = "adopted" // it was there
)

// believed is how often in a row an account must have been looked for in vain, by
// two questions each time, before it counts as gone; missedFor is the first wait in
// between, which grows fourfold each time: an outage that answers so should be over
// by then.
const (
	believed  = 4
	missedFor = time.Minute
)

// record stores what came of an attempt: the account as observed, the item's
// state, and the audit entry. The item may have been given another goal
// meanwhile; then what came of it is recorded all the same, and it is due again.
func (j *job) record(tx state.Tx, account *state.Account, a attempt, o outcome) error {
	it, err := tx.Item(a.item.Person, a.item.System, a.item.Kind, a.item.Key)
	if err != nil {
		return err
	}
	undone := it.OpKey != a.op.Key
	if undone {
		o = outcome{verdict: connector.VerdictUnknown, sign: o.sign, account: o.account, err: errors.New("a late call of somebody else may have undone it")}
	}
	if a.look {
		it.Attempts++
	}
	before, breaker, err := j.note(tx, a, it, o)
	if err != nil {
		return err
	}
	o = j.judgeDenial(o, it, before, breaker)
	if err := j.noteRefusal(tx, it, o); err != nil {
		return err
	}
	if errors.Is(o.err, connector.ErrNotFound) && o.verdict == connector.VerdictPermanent && a.op.Kind != connector.Create {
		if it.Missed++; it.Missed < believed {
			wait := missedFor << (2 * (it.Missed - 1))
			o.verdict, o.after = connector.VerdictRetry, max(o.after, min(wait, j.engine.cfg.Retry.Max))
		}
	} else {
		it.Missed = 0
	}
	if o.verdict == verdictDone && !o.pending {
		if effective, known := hasEffect(a.op, o.account); known && !effective && a.op.Kind != connector.Update {
			o = outcome{verdict: connector.VerdictUnknown, err: fmt.Errorf("the system reported %s, but the account does not show it", o.how), account: o.account}
		}
	}
	switch {
	case o.verdict == verdictDone && a.op.Kind == connector.Create && !o.pending && o.account.ID == "":
		o = outcome{verdict: connector.VerdictUnknown, err: fmt.Errorf("the system reported %s, but not which account", o.how)}
	case o.verdict == verdictDone && a.op.Kind != connector.Create && o.account.ID != "" && o.account.ID != a.op.Ref.ID:
		o = outcome{verdict: connector.VerdictPermanent, err: fmt.Errorf("the system showed account %s instead of %s", o.account.ID, a.op.Ref.ID)}
	case o.verdict == verdictDone && a.op.Kind == connector.Create:
		if o, err = j.notSomebodyElses(tx, o, it.Person); err != nil {
			return err
		}
	}
	e := j.entry(audit.EventOutcome, it, a.op)
	e.Outcome = string(o.verdict)
	if o.err != nil {
		e.Error, it.Problem = shorten(o.err.Error()), shorten(o.err.Error())
	}
	switch o.verdict {
	case verdictDone:
		e.Outcome = o.how
		if err := j.done(tx, account, &it, a, o, &e); err != nil {
			return err
		}
	case verdictTaken:
		if err := j.takeNextName(tx, &it, a.op.Name, o.unseen); err != nil {
			return err
		}
	case verdictUndone, connector.VerdictRetry:
		it.State, it.RetryAt = state.ItemDue, wall().Add(max(o.after, j.backoff(it.Attempts)))
		if o.account.ID != "" && a.op.Kind != connector.Create {
			if o.verdict == verdictUndone {
				name := account.Name
				j.observe(account, o.account, j.now())
				learn(&it, a.op, o.account)
				if account.Name != name { // an earlier change of it has had its effect, whatever is wanted by now
					if err := j.touch(tx, it.Person, "", eventAccount, false); err != nil {
						return err
					}
				}
			}
			account.ETag = o.account.ETag
			if err := tx.PutAccount(*account); err != nil {
				return err
			}
		}
	case verdictProtected:
		j.observe(account, o.account, j.now())
		if err := tx.PutAccount(*account); err != nil {
			return err
		}
		it.State, it.RetryAt = state.ItemDue, wall().Add(j.backoff(it.Attempts))
		why, err := j.keptBack(tx, *account, it, func() ([]state.Item, error) { return tx.ItemsOf(it.Person) })
		if err != nil {
			return err
		}
		if why != "" {
			it.State, it.Problem, it.Attempts, it.OpKey, it.OpKind, it.RetryAt = state.ItemWaiting, why, 0, "", "", time.Time{}
		}
	case connector.VerdictPermanent:
		if err := j.refused(tx, account, &it, a, o, &e); err != nil {
			return err
		}
	default:
		it.State, it.RetryAt = state.ItemSending, wall().Add(max(o.after, j.backoff(it.Attempts)))
	}
	if undone && mayBeThere(account, &it) {
		if err := tx.PutAccount(*account); err != nil {
			return err
		}
	}
	if open := it.State == state.ItemDue || it.State == state.ItemSending; open && isOpen(breaker) && o.sign.bad() {
		// It is the system's failure, and the breaker says when the next attempt is.
		it.Attempts, it.RetryAt = max(it.Attempts-1, 0), wall()
	}
	if limit := j.engine.cfg.Retry.Attempts; it.Attempts >= limit && (it.State == state.ItemDue || it.State == state.ItemSending) {
		it.State = state.ItemParked
		it.Problem = fmt.Sprintf("given up after %d attempts: %s", it.Attempts, it.Problem)
		e.Outcome = "parked"
	}
	if err := tx.PutItem(it); err != nil {
		return err
	}
	if isKeptBack(it) {
		if err := j.askProtected(tx, it.Person, it.System); err != nil {
			return err
		}
	}
	return j.write(tx, e)
}

// notSomebodyElses makes sure that an account which was found or made is not the
// one of another person.
func (j *job) notSomebodyElses(tx state.Tx, o outcome, person string) (outcome, error) {
	other, err := tx.AccountByRemote(j.target.name, o.account.ID)
	if errors.Is(err, state.ErrNotFound) || (err == nil && other.Person == person) {
		return o, nil
	}
	if err != nil {
		return o, err
	}
	return outcome{verdict: connector.VerdictPermanent, err: fmt.Errorf("account %s is that of person %s: %w", o.account.ID, other.Person, connector.ErrAmbiguous)}, nil
}

// done records an operation that is known to have its effect.
func (j *job) done(tx state.Tx, account *state.Account, it *state.Item, a attempt, o outcome, e *audit.Entry) error {
	if o.pending {
		it.State, it.RetryAt = state.ItemSending, wall().Add(j.backoff(it.Attempts))
		return nil
	}
	was := *account
	j.observe(account, o.account, j.now())
	if account.RemoteID != "" {
		e.Account = account.RemoteID
	}
	it.Attempts, it.OpKey, it.RetryAt, it.Problem, it.VerifiedAt = 0, "", time.Time{}, "", j.now()
	switch a.op.Kind {
	case connector.Create:
		if err := j.accountMade(tx, account, it, a, o); err != nil {
			return err
		}
		e.After = describeAttributes(a.op.Name, a.op.Attributes)
	case connector.Enable, connector.Disable:
		it.Known = activity(account.Active)
		if it.Known == disabled {
			if err := j.disabledNow(tx, *it); err != nil {
				return err
			}
		}
	case connector.EndSessions:
		it.Known = ended
	case connector.Transfer:
		it.Known, e.After = owns(a.op.To), "owned by "+cmp.Or(a.op.To.Name, a.op.To.ID)
		if j.target.DeleteAfter > 0 { // which had to wait for it
			if err := j.wakeAt(tx, it.Person, j.now()); err != nil {
				return err
			}
		}
	case connector.Delete:
		return j.accountDeleted(tx, account, it)
	case connector.Update:
		e.Before, e.After = describeAttributes("", pick(attributesOf(was), a.op.Attributes)), describeAttributes("", a.op.Attributes)
		it.Known = profileOf(it.Known).wrote(a.op.Attributes, o.account.Attributes).String()
		if odd := difference(pick(attributesOf(*account), a.op.Attributes), a.op.Attributes); len(odd) > 0 {
			it.Problem = "the system shows something else for " + strings.Join(slices.Sorted(maps.Keys(odd)), ", ")
		}
	case connector.Rename:
		it.Known = account.Name
		e.Before, e.After = describeAttributes(was.Name, nil), describeAttributes(account.Name, nil)
	case connector.Grant:
		it.Known = held
	case connector.Revoke:
		it.Known = absent
	}
	it.State = state.ItemDue
	if satisfied(*it) {
		it.State = state.ItemSettled
	}
	if err := j.keepFormer(tx, account, was); err != nil {
		return err
	}
	if err := tx.PutAccount(*account); err != nil {
		return err
	}
	if was.Exists && was.Name != account.Name { // what is made of the name changes as well
		if err := j.touch(tx, account.Person, "", eventAccount, false); err != nil {
			return err
		}
	}
	heir := account.Active && !was.Active && j.handsOver(account.System)
	if string(was.Observed) != string(account.Observed) || was.Exists != account.Exists || was.Name != account.Name || heir {
		return j.wake(tx, account.Person)
	}
	return nil
}

// refused records an operation that a system will never carry out like this.
func (j *job) refused(tx state.Tx, account *state.Account, it *state.Item, a attempt, o outcome, e *audit.Entry) error {
	if !errors.Is(o.err, connector.ErrNotFound) || a.op.Kind == connector.Create {
		it.State, e.Outcome = state.ItemParked, "parked"
		if a.op.Kind == connector.Delete && o.account.Active { // what is not deleted may be in use
			j.observe(account, o.account, j.now())
			return tx.PutAccount(*account)
		}
		return nil
	}
	// The account is gone. Nothing is left to be taken away from it; what is to be
	// added needs it to be made again, which is only right if we made it.
	e.Outcome = "vanished"
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
	return j.gone(tx, it.Person)
}

// gone makes a person due whose account is gone: the name and the attributes that it is to
// be made with have to be found again, or nothing is to be made any more.
func (j *job) gone(tx state.Tx, person string) error {
	if err := j.touch(tx, person, "", eventAccount, false); err != nil {
		return err
	}
	return j.wake(tx, person)
}

// mostUnseen is how many names are tried if nobody is seen to have them.
const mostUnseen = 3

// takeNextName reserves the next candidate after a name that turned out to be
// somebody else's in the system.
//
// If nobody could be seen who has it, the conflict may be about something else,
// which no other name would mend, so that only a few are tried.
func (j *job) takeNextName(tx state.Tx, it *state.Item, taken string, unseen bool) error {
	wish := *it
	if it.Kind != state.ItemName {
		var err error
		if wish, err = tx.Item(it.Person, it.System, state.ItemProfile, ""); err != nil {
			return err
		}
	}
	tried, err := j.tried(tx, *it)
	if err != nil {
		return err
	}
	if unseen && len(tried) >= mostUnseen {
		it.State = state.ItemParked
		it.Problem = fmt.Sprintf("the system says that %s is taken, but nobody is seen to have it, nor any other name that was tried", taken)
		return nil
	}
	_, err = j.reserveNext(tx, *it, profileOf(wish.Desired).Candidates, tried)
	if errors.Is(err, errNoName) {
		it.State, it.Problem = state.ItemParked, err.Error()
		return nil
	}
	if err != nil {
		return err
	}
	it.State, it.Problem, it.RetryAt, it.Attempts = state.ItemDue, fmt.Sprintf("the name %s is taken", taken), time.Time{}, it.Attempts-1
	return nil
}

// shorten keeps what a server says from filling the store.
func shorten(s string) string {
	const limit = 500
	s = strings.ToValidUTF8(s, "?")
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return s
}

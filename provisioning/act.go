package provisioning

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// job is the work on one account under a lease.
type job struct {
	*Tenant
	target *target
	claim  state.Claimed
	had    map[itemKey]int64 // revisions of items that had their turn
	// turned says what became of the breaker in the last step, if anything.
	turned string
}

// attempt is one call that is about to be made, or was.
type attempt struct {
	item state.Item
	op   connector.Operation
	// look says that the outcome of an earlier call is not known, so that the
	// system is read instead of written.
	look bool
	// cleared are the grounds of its account's protection in spite of which a person
	// let the operation pass.
	cleared []string
	// probe says that the system's breaker is open, and breaker how it was.
	probe   bool
	breaker state.Breaker
}

// work takes the items of an account through one attempt each: first what is urgent by
// now, then the most important. Between two calls there is one transaction: it records
// what came of the last and the intent of the next.
func (t *Tenant) work(ctx context.Context, target *target, claim state.Claimed) error {
	j := &job{Tenant: t, target: target, claim: claim, had: map[itemKey]int64{}}
	var (
		last   attempt
		result outcome
	)
	// An impatient caller ends the calls, and not the record of what was sent.
	steady := context.WithoutCancel(ctx)
	for {
		next, more, err := j.step(steady, last, result, j.leaseLasts() && ctx.Err() == nil)
		if errors.Is(err, state.ErrFenced) {
			return j.fenced(steady, last, result)
		}
		if err != nil || !more {
			return err
		}
		if last = next; next.op.Key == "" {
			continue
		}
		result = j.call(ctx, next)
		if next.probe && next.look && result.verdict == verdictUndone {
			// The system is back, and this has waited for it.
			delete(j.had, keyOf(next.item))
			j.claim.Items = append([]state.Item{next.item}, j.claim.Items...)
		}
	}
}

// next returns the item whose turn it is. What is urgent and was released since the claim,
// by whomever, comes before what was claimed.
func (j *job) next(tx state.Tx) (it state.Item, ok bool, err error) {
	urgent, err := tx.UrgentItems(j.claim.Account.Person, j.target.name, wall())
	if err != nil {
		return state.Item{}, false, err
	}
	for _, items := range [][]state.Item{urgent, j.claim.Items} {
		for _, other := range items {
			revision, had := j.had[keyOf(other)]
			if (!had || revision < other.Revision) && (!ok || rank(other) < rank(it)) {
				it, ok = other, true
			}
		}
		if ok {
			break
		}
	}
	return it, ok, nil
}

// rank orders the items of one account: what takes access away comes first.
func rank(it state.Item) int {
	switch {
	case it.Kind == state.ItemAccount && (it.Desired == disabled || it.Desired == dormant && it.Known == active):
		return 0
	case it.Kind == state.ItemSessions:
		return 1
	case it.Kind == state.ItemGrant && it.Desired == absent:
		return 2
	case it.Kind == state.ItemDeletion:
		return 8
	case it.Kind == state.ItemAccount && it.Known == absent:
		return 3
	case it.Kind == state.ItemName:
		return 4
	case it.Kind == state.ItemProfile:
		return 5
	case it.Kind == state.ItemAccount:
		return 6
	}
	return 7
}

// leaseLasts reports whether there is time for one more call under the lease.
func (j *job) leaseLasts() bool {
	return wall().Add(j.target.Timeout).Before(j.claim.Account.LeaseUntil)
}

// step records what came of the last attempt, if there was one, and prepares the next
// one, or ends the lease if there is nothing more to be tried, or nothing may be begun. If
// the item whose turn it is needs no call, next is the zero attempt.
func (j *job) step(ctx context.Context, last attempt, result outcome, begin bool) (next attempt, more bool, err error) {
	var it state.Item
	err = j.backend.Update(ctx, j.id, func(tx state.Tx) error {
		next, more, j.turned = attempt{}, false, ""
		account, err := tx.Lock(j.claim.Account.Person, j.claim.Account.System, j.claim.Account.Owner, j.claim.Account.Epoch)
		if err != nil {
			return err
		}
		if last.op.Key != "" {
			if err := j.record(tx, &account, last, result); err != nil {
				return err
			}
		}
		if begin {
			if it, more, err = j.next(tx); err != nil {
				return err
			}
		}
		if !more {
			if err := j.endProbe(tx); err != nil {
				return err
			}
			return tx.Unclaim(account.Person, account.System, account.Owner, account.Epoch)
		}
		next, err = j.prepare(ctx, tx, account, it)
		return err
	})
	if err == nil && more {
		j.had[keyOf(it)] = it.Revision
	}
	if err == nil && j.turned != "" {
		j.engine.cfg.Logger.WarnContext(ctx, "the breaker of a system was "+j.turned,
			"event", "system", "tenant", j.id, "system", j.target.name, "error", result.err)
	}
	return next, more, err
}

// prepare reads the item again and journals what is about to be tried. An item
// that was decided anew meanwhile is taken as it is now, or left alone if it may
// not act any more: then it returns the zero attempt.
func (j *job) prepare(ctx context.Context, tx state.Tx, account state.Account, claimed state.Item) (attempt, error) {
	it, err := j.asDecided(ctx, tx, &account, claimed)
	if errors.Is(err, errMoved) {
		return attempt{}, nil // whoever knows that policy decides first
	}
	if err != nil {
		return attempt{}, err
	}
	if it.Revision != claimed.Revision || it.State == state.ItemDue { // a release may have ended
		if free, err := released(tx, it); err != nil || !free {
			return attempt{}, err
		}
	}
	switch it.State {
	case state.ItemSending:
		if account.RemoteID == "" && it.OpKind != string(connector.Create) {
			return attempt{}, tx.PutItem(nothingThere(it)) // to be looked at
		}
		breaker, may, err := j.mayCall(tx, it)
		if err != nil || !may {
			return attempt{}, err
		}
		op, err := j.operation(tx, account, it, connector.Kind(it.OpKind))
		if err != nil {
			return attempt{}, err
		}
		probe, err := takeProbe(tx, breaker)
		return attempt{item: it, op: op, look: true, probe: probe, breaker: breaker}, err
	case state.ItemDue:
	default:
		return attempt{}, nil
	}
	kind := kindOf(account, it)
	if kind == "" {
		it.State = state.ItemSettled
		if err := tx.PutItem(it); err != nil || account.Exists {
			return attempt{}, err
		}
		// What was to be made is not wanted any more: the rest of it neither.
		return attempt{}, j.touch(tx, it.Person, "", eventAccount, false)
	}
	if why := j.forbids(j.target.Mode, kind.Removes()); why != "" {
		it.State, it.Problem = state.ItemWaiting, why
		return attempt{}, tx.PutItem(it)
	}
	if givesAgain(kind) || kind == connector.Create {
		lockout, err := j.lockoutOf(tx, it.Person)
		if err != nil {
			return attempt{}, err
		}
		if lockout != "" { // it was parked when that was decided, and is tried again
			it.State, it.Problem = state.ItemWaiting, lockout
			return attempt{}, tx.PutItem(it)
		}
	}
	why, err := j.keptBack(tx, account, it, func() ([]state.Item, error) { return tx.ItemsOf(it.Person) })
	if err != nil {
		return attempt{}, err
	}
	if why != "" {
		it.State, it.Problem = state.ItemWaiting, why
		if err := tx.PutItem(it); err != nil {
			return attempt{}, err
		}
		return attempt{}, j.askProtected(tx, it.Person, it.System)
	}
	lane := it.Lane
	if until := j.inLane(account, &it); !until.IsZero() { // its window has closed since
		shelve(&it, until)
		if err := tx.PutItem(it); err != nil {
			return attempt{}, err
		}
		return attempt{}, j.wakeAt(tx, it.Person, until)
	}
	it.Lane = lane // which it was claimed in
	cleared, err := j.cleared(tx, it)
	if err != nil {
		return attempt{}, err
	}
	if !j.target.supports(kind) {
		return attempt{}, j.park(tx, it, cannot(kind))
	}
	breaker, may, err := j.mayCall(tx, it)
	if err != nil || !may {
		return attempt{}, err
	}
	op, err := j.operation(tx, account, it, kind)
	if errors.Is(err, errNoHeir) {
		return attempt{}, j.waitForHeir(tx, it)
	}
	if errors.Is(err, errNoName) {
		return attempt{}, j.park(tx, it, err.Error())
	}
	if err != nil {
		return attempt{}, err
	}
	if it.OpKey == "" {
		it.OpKey = j.engine.ids.New()
	}
	op.Key = it.OpKey
	it.State, it.OpKind, it.SentAt = state.ItemSending, string(kind), j.now()
	it.Attempts++
	forget(&it, op.Attributes)
	if err := tx.PutItem(it); err != nil {
		return attempt{}, err
	}
	probe, err := takeProbe(tx, breaker)
	if err != nil {
		return attempt{}, err
	}
	return attempt{item: it, op: op, cleared: cleared, probe: probe, breaker: breaker}, j.write(tx, j.entry(audit.EventIntent, it, op))
}

// asDecided returns an item as it is wanted by now: if the look at its person is owed to
// a fact, or to another policy, they are decided about first.
func (j *job) asDecided(ctx context.Context, tx state.Tx, account *state.Account, claimed state.Item) (state.Item, error) {
	it, err := tx.Item(claimed.Person, claimed.System, claimed.Kind, claimed.Key)
	if err != nil {
		return it, err
	}
	if err := j.overtake(tx, account, &it); err != nil || it.State != state.ItemDue {
		return it, err // what was sent is looked at, whatever is wanted
	}
	if err := j.stillInForce(tx); err != nil {
		return it, err
	}
	owed := func(p state.Person) bool { return p.Run != "" && !p.DueAt.After(j.now()) }
	p, err := tx.Person(it.Person)
	if err != nil || !owed(p) {
		return it, err
	}
	if p, err = tx.LockPerson(it.Person); err != nil || !owed(p) {
		return it, err
	}
	if err := j.decide(ctx, tx, p); err != nil {
		return it, err
	}
	return tx.Item(it.Person, it.System, it.Kind, it.Key)
}

// released reports whether an item may be acted on.
func released(tx state.Tx, it state.Item) (bool, error) {
	if it.Released {
		return true, nil
	}
	run, err := tx.Run(it.Run)
	return err == nil && run.State == state.RunReleased, err
}

// cannot is the problem of an item whose operation the connector does not know.
func cannot(kind connector.Kind) string { return fmt.Sprintf("the connector cannot %s", kind) }

// park gives an item up until somebody or something changes.
func (j *job) park(tx state.Tx, it state.Item, why string) error {
	it.State, it.Problem = state.ItemParked, why
	if err := tx.PutItem(it); err != nil {
		return err
	}
	e := j.entry(audit.EventOutcome, it, connector.Operation{Key: it.OpKey, Kind: connector.Kind(it.OpKind)})
	e.Outcome, e.Error = "parked", why
	return j.write(tx, e)
}

// call makes one call, or looks what became of an earlier one, and finds out what that
// tells of the system.
func (j *job) call(ctx context.Context, a attempt) outcome {
	o := j.try(ctx, a)
	if o.sign.bad() && ctx.Err() != nil {
		o.sign = silent // the caller had enough
	}
	o.check = j.checkUp(ctx, a, o)
	return o
}

func (j *job) try(ctx context.Context, a attempt) outcome {
	if !a.look {
		// What others take for theirs is not of this operation's time.
		release := j.target.serialise(ctx, a.op)
		defer release()
		if !j.leaseLasts() {
			return outcome{verdict: connector.VerdictRetry, err: errors.New("the lease would have ended before the call")}
		}
	}
	if a.item.Lane == state.LaneImmediate {
		ctx = connector.WithUrgency(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, j.target.Timeout)
	defer cancel()
	if a.look {
		return j.readBack(ctx, a)
	}
	if o, ok := j.lookFirst(ctx, a); ok {
		return o
	}
	var seen connector.Account
	result, err := j.target.apply(ctx, a.op)
	if errors.Is(err, connector.ErrConflict) && a.op.ETag != "" {
		// Somebody else has changed it since it was seen last. What a read shows now may
		// be older than that, so that it is written again even if it looks right.
		seen = j.readBack(ctx, a).account
		if seen.ID == a.op.Ref.ID && seen.ETag != a.op.ETag {
			a.op.ETag = seen.ETag
			result, err = j.target.apply(ctx, a.op)
		}
	}
	if err == nil {
		return outcome{verdict: verdictDone, sign: works, how: string(result.Outcome), account: result.Account, pending: result.Outcome == connector.Pending}
	}
	judged := connector.VerdictOf(err)
	o := outcome{verdict: judged.Verdict, sign: signOf(err), after: judged.After, err: err, account: seen}
	switch {
	case judged.Verdict == connector.VerdictUnknown:
		seen := j.readBack(ctx, a)
		o.after = max(o.after, seen.after)
		if seen.verdict != connector.VerdictUnknown {
			seen.err = errors.Join(err, seen.err)
			if seen.verdict != verdictDone {
				seen.sign = o.sign // it answers, and does nothing
			}
			return seen
		}
	case a.op.Name != "" && errors.Is(err, connector.ErrAlreadyExists):
		return j.nameTaken(ctx, a, o)
	case a.op.Kind != connector.Create && errors.Is(err, connector.ErrNotFound):
		return j.confirmGone(ctx, a)
	}
	return o
}

// entry is the audit entry of an attempt.
func (t *Tenant) entry(event audit.Event, it state.Item, op connector.Operation) audit.Entry {
	e := audit.Entry{
		Event: event, Person: it.Person, System: it.System, Operation: string(op.Kind), Account: op.Ref.ID,
		Key: op.Key, Attempt: it.Attempts, Run: it.Run, Policy: it.Policy,
		Trigger: audit.Trigger{Source: "decision", Effective: it.EventAt, Recorded: it.ReceivedAt},
	}
	if op.Entitlement.Kind != "" {
		e.Entitlement = op.Entitlement.String()
	}
	for _, r := range reasonsOf(it) {
		e.Reasons = append(e.Reasons, r.String())
	}
	return e
}

// backoff is how long to wait after a number of attempts.
func (t *Tenant) backoff(attempts int) time.Duration {
	r := t.engine.cfg.Retry
	wait := r.First
	for i := 1; i < attempts && wait < r.Max; i++ {
		wait *= 2
	}
	return jitter(min(wait, r.Max))
}

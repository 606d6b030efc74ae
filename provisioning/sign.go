package provisioning

import (
	"context"
	"errors"
	"time"

	"github.com/joinery-iam/joinery/connector"
)

// sign is what an outcome tells of a system as a whole.
type sign int

const (
	silent sign = iota // nothing
	works              // it did what it was asked, or said what is wrong with one thing
	fails              // it may be down
	denies             // it may not let us in
)

// signOf returns what an error tells of the system that it comes from.
func signOf(err error) sign {
	is := func(target error) bool { return errors.Is(err, target) }
	verdict := connector.VerdictOf(err).Verdict
	switch {
	case verdict == connector.VerdictUnknown:
		return fails
	case is(connector.ErrDenied):
		return denies
	case is(connector.ErrConflict):
		return works
	case verdict == connector.VerdictRetry:
		return fails
	case is(connector.ErrInvalid), is(connector.ErrAlreadyExists), is(connector.ErrAmbiguous), is(connector.ErrUnknownEntitlement):
		return works
	}
	// Not found is also what a proxy says that knows nothing of the system, and what
	// is not supported may never have been asked for.
	return silent
}

// bad reports whether an outcome counts against the system.
func (s sign) bad() bool { return s == fails || s == denies }

// check is what a system answered when it was asked how it is.
type check int

const (
	unasked check = iota
	well
	unwell
)

// checkUp asks a system how it is, if what came of an attempt may as well be about the
// account alone: it was denied, or so little is due that nobody else's would tell.
func (j *job) checkUp(ctx context.Context, a attempt, o outcome) check {
	b := failed(a.breaker, a.item.Person, o)
	doubtful := o.sign == denies || o.sign == fails && b.Failures >= manyFailures && len(b.Accounts) < manyAccounts
	if !doubtful || isOpen(b) || !j.leaseLasts() {
		return unasked
	}
	return j.target.checkUp(ctx)
}

// checkedFor is how long the answer to a check is good for others who have the same
// question: they failed together.
const checkedFor = time.Second

func (t *target) checkUp(ctx context.Context) check {
	checker, ok := t.Connector.(connector.Checker)
	if !ok {
		return unasked
	}
	t.checking.Lock()
	defer t.checking.Unlock()
	if time.Since(t.checkedAt) < checkedFor {
		return t.checked
	}
	ctx, cancel := context.WithTimeout(ctx, t.Timeout)
	defer cancel()
	err := checker.Check(ctx)
	t.checkedAt, t.checked = time.Now(), unasked
	if err == nil {
		t.checked = well
	} else if signOf(err).bad() {
		t.checked = unwell
	}
	return t.checked
}

package connector

import (
	"context"
	"errors"
	"time"
)

// The kinds of failure a connector tells apart. Each means that the operation
// had no effect. A missing capability is [errors.ErrUnsupported].
var (
	ErrNotFound           = errors.New("not found")
	ErrAlreadyExists      = errors.New("already exists")
	ErrAmbiguous          = errors.New("more than one matches")
	ErrDenied             = errors.New("denied")
	ErrInvalid            = errors.New("invalid")
	ErrConflict           = errors.New("changed by somebody else")
	ErrUnknownEntitlement = errors.New("no such entitlement")
)

// Verdict is what an error means for the operation that met it. It is stored,
// so its values never change.
type Verdict string

// The verdicts.
const (
	// VerdictUnknown: the operation may have had an effect. Read back first.
	VerdictUnknown Verdict = "unknown"
	// VerdictPermanent: no effect, and the same operation will fail again.
	VerdictPermanent Verdict = "permanent"
	// VerdictRetry: no effect, and the same operation may work later.
	VerdictRetry Verdict = "retry"
)

// Judgement is what [VerdictOf] found in an error.
type Judgement struct {
	Verdict Verdict
	// After is how long the system asked us to wait; 0 if it did not say.
	After time.Duration
}

type verdictError struct {
	err       error
	judgement Judgement
}

func (e *verdictError) Error() string { return e.err.Error() }
func (e *verdictError) Unwrap() error { return e.err }

// Permanent marks err as final: no effect, and repeating is useless.
func Permanent(err error) error {
	return &verdictError{err, Judgement{Verdict: VerdictPermanent}}
}

// RetryAfter marks err as temporary and without effect, such as a rate limit.
// Zero means that the system named no time.
func RetryAfter(d time.Duration, err error) error {
	return &verdictError{err, Judgement{Verdict: VerdictRetry, After: max(d, 0)}}
}

// NotSent marks err as one that was met before anything reached the system, so
// that the operation surely had no effect: a refused connection, a failed lookup.
func NotSent(err error) error {
	return &verdictError{err, Judgement{Verdict: VerdictRetry}}
}

// VerdictOf tells what err means. The outermost mark counts. Without a mark, the
// sentinels of this package and errors.ErrUnsupported are permanent, but for
// ErrConflict, which may be retried after a fresh read. Everything else,
// a cancelled or expired context included, is unknown.
func VerdictOf(err error) Judgement {
	if marked, ok := errors.AsType[*verdictError](err); ok {
		return marked.judgement
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return Judgement{Verdict: VerdictUnknown}
	}
	if errors.Is(err, ErrConflict) {
		return Judgement{Verdict: VerdictRetry}
	}
	for _, final := range []error{ErrNotFound, ErrAlreadyExists, ErrAmbiguous, ErrDenied, ErrInvalid, ErrUnknownEntitlement, errors.ErrUnsupported} {
		if errors.Is(err, final) {
			return Judgement{Verdict: VerdictPermanent}
		}
	}
	return Judgement{Verdict: VerdictUnknown}
}

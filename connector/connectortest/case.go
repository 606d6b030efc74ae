package connectortest

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// ErrSetup is wrapped by the error of a case that could not be judged, since
// something went wrong before which other cases judge.
var ErrSetup = errors.New("not judged")

// ErrSkip is wrapped by the error of a case that found nothing to judge, such as
// entity tags where the system has none.
var ErrSkip = errors.New("skipped")

// Case proves one clause of the contract.
type Case struct {
	// Name is short and unique, such as create/twice.
	Name string
	// Clause is the sentence which the case proves.
	Clause string
	// Needs says what must be there for the case to be tried.
	Needs []Need
	// Check tries it on a bench that no other case has used. The error is nil if
	// the clause holds, wraps ErrSetup or ErrSkip if that cannot be said, and tells
	// otherwise how the clause is broken.
	Check func(ctx context.Context, b *Bench) error
}

// Cases returns all cases, in the order in which Run tries them.
func Cases() []Case {
	return slices.Concat(
		findCases(), createCases(), updateCases(), renameCases(), suspendCases(), sessionCases(), transferCases(),
		deleteCases(), grantCases(), revokeCases(), listCases(), resultCases(), cancelCases(), replyCases(), concurrentCases(),
	)
}

// setup marks what went wrong on the way.
func setup(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrSetup, fmt.Errorf(format, args...))
}

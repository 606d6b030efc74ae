package connector_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/stretchr/testify/require"
)

func TestVerdictOf(t *testing.T) {
	t.Parallel()
	plain := errors.New("connection reset")
	unknown := connector.Judgement{Verdict: connector.VerdictUnknown}
	permanent := connector.Judgement{Verdict: connector.VerdictPermanent}
	retry := connector.Judgement{Verdict: connector.VerdictRetry}
	for _, c := range []struct {
		name string
		err  error
		want connector.Judgement
	}{
		{"no mark", plain, unknown},
		{"cancelled", fmt.Errorf("create: %w", context.Canceled), unknown},
		{"expired", context.DeadlineExceeded, unknown},
		{"expired, whatever else it says", errors.Join(connector.ErrNotFound, context.DeadlineExceeded), unknown},
		{"not found", fmt.Errorf("create: %w", connector.ErrNotFound), permanent},
		{"already exists", connector.ErrAlreadyExists, permanent},
		{"ambiguous", connector.ErrAmbiguous, permanent},
		{"denied", connector.ErrDenied, permanent},
		{"invalid", connector.ErrInvalid, permanent},
		{"unknown entitlement", connector.ErrUnknownEntitlement, permanent},
		{"unsupported", fmt.Errorf("grant: %w", errors.ErrUnsupported), permanent},
		{"conflict", fmt.Errorf("update: %w", connector.ErrConflict), retry},
		{"marked final", connector.Permanent(plain), permanent},
		{"marked, and wrapped", fmt.Errorf("create: %w", connector.Permanent(plain)), permanent},
		{"not sent", connector.NotSent(plain), retry},
		{"not sent, as the context was done", connector.NotSent(context.Canceled), retry},
		{"throttled", connector.RetryAfter(time.Minute, plain), connector.Judgement{Verdict: connector.VerdictRetry, After: time.Minute}},
		{"throttled, no time", connector.RetryAfter(0, plain), retry},
		{"throttled, nonsense", connector.RetryAfter(-time.Minute, plain), retry},
		{"a mark overrules a sentinel", connector.RetryAfter(time.Second, connector.ErrDenied), connector.Judgement{Verdict: connector.VerdictRetry, After: time.Second}},
		{"the outermost mark counts", connector.Permanent(connector.NotSent(plain)), permanent},
	} {
		require.Equal(t, c.want, connector.VerdictOf(c.err), c.name)
	}
}

func TestMarksKeepTheError(t *testing.T) {
	t.Parallel()
	inner := fmt.Errorf("account 7: %w", connector.ErrDenied)
	for _, err := range []error{connector.Permanent(inner), connector.NotSent(inner), connector.RetryAfter(time.Second, inner)} {
		require.EqualError(t, err, "account 7: denied")
		require.ErrorIs(t, err, connector.ErrDenied)
	}
}

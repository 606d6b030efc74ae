package provisioning_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// mass is a bench of 60 people of whom n are ended, which is held. Policy is plain.
func mass(t *testing.T, n int, cfg provisioningtest.Config) *provisioningtest.Bench {
	t.Helper()
	cfg.Policy = plain
	b := crowd(t, 60, cfg)
	for i := range n {
		b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
	}
	b.Sync()
	require.Equal(t, 60, activeIn(b, "directory"))
	return b
}

// refusing makes an engine refuse the first n operations of a kind, each for itself, so
// that they are parked and nothing says that the system does not work.
func refusing(kind connector.Kind, n int64) func(*provisioning.Config) {
	var left atomic.Int64
	left.Store(n)
	return func(c *provisioning.Config) {
		c.Interceptors = []connector.Interceptor{func(next connector.Handler) connector.Handler {
			return func(ctx context.Context, op connector.Operation) (connector.Result, error) {
				if op.Kind == kind && left.Add(-1) >= 0 {
					return connector.Result{}, connector.Permanent(connector.ErrInvalid)
				}
				return next(ctx, op)
			}
		}}
	}
}

func TestReleaseThatCouldNotActInTimeAsksAgain(t *testing.T) {
	t.Parallel()
	b := mass(t, 20, provisioningtest.Config{})
	d := b.Target("directory")
	d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Disable, connector.Revoke}, Do: memory.Down})
	first := b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	_, err := b.Drain(t.Context())
	require.NoError(t, err)
	require.NotZero(t, d.Calls(connector.Disable))
	b.Clock.Set(b.Clock.Now().Add(24 * time.Hour))
	d.Clear()
	b.Settle()
	require.Equal(t, 60, activeIn(b, "directory"))
	again := openCase(t, b)
	require.NotEqual(t, first.ID, again.ID)
	require.Contains(t, again.Question, "20 of 60 would be hit by disable; 6 may")

	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	require.Equal(t, 40, activeIn(b, "directory"))

	var notes []string
	for _, e := range b.Sink.Entries(audit.EventCase) {
		if e.Outcome == provisioning.ChoiceRelease {
			notes = append(notes, e.Actor+" "+e.Note)
		}
	}
	require.Equal(t, []string{"test until 2026-01-02T00:00:00Z", "test until 2026-01-03T00:00:00Z"}, notes)
	var outcomes []string
	for _, e := range b.Sink.Entries(audit.EventRun) {
		if e.Outcome == "expired" {
			outcomes = append(outcomes, e.Note)
		}
	}
	require.Equal(t, []string{"released by test until 2026-01-02T00:00:00Z"}, outcomes)
}

func TestReleaseOfWhichLittleIsLeftGoesOnByItself(t *testing.T) {
	t.Parallel()
	b := mass(t, 20, provisioningtest.Config{Engine: refusing(connector.Disable, 3)})
	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	require.Equal(t, 43, activeIn(b, "directory"))
	until := b.Clock.Now().Add(24 * time.Hour)
	next, err := b.Drain(t.Context())
	require.NoError(t, err)
	require.Equal(t, until, next, "it is judged again as soon as it has run out")
	b.Clock.Set(until)
	b.Settle()
	n, err := b.Retry(t.Context(), "directory", "")
	require.NoError(t, err)
	require.Equal(t, 3, n)
	b.Settle()
	require.Equal(t, 40, activeIn(b, "directory"))
}

// A release of long ago went on when somebody made what had been given up due again.
func TestRetryDoesNotWakeAReleaseThatHasRunOut(t *testing.T) {
	t.Parallel()
	b := mass(t, 20, provisioningtest.Config{Engine: refusing(connector.Disable, 20)})
	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	b.Clock.Set(b.Clock.Now().Add(7 * 24 * time.Hour))
	n, err := b.Retry(t.Context(), "directory", "")
	require.NoError(t, err)
	require.Equal(t, 20, n)
	b.Settle()
	require.Equal(t, 60, activeIn(b, "directory"))
	require.Contains(t, openCase(t, b).Question, "20 of 60")
}

func TestReleaseLastsAsLongAsTheGuardSays(t *testing.T) {
	t.Parallel()
	b := mass(t, 20, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) { c.Guard.ReleaseFor = time.Hour }})
	d := b.Target("directory")
	d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Disable}, Do: memory.Down})
	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	_, err := b.Drain(t.Context())
	require.NoError(t, err)
	b.Clock.Set(b.Clock.Now().Add(time.Hour - time.Second))
	_, err = b.Drain(t.Context())
	require.NoError(t, err)
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Empty(t, status.Held)
	b.Clock.Set(b.Clock.Now().Add(time.Second))
	d.Clear()
	b.Settle()
	require.Equal(t, 60, activeIn(b, "directory"))
	require.Contains(t, openCase(t, b).Question, "after 20 already in the window")
}

// What was claimed when the release ran out acted all the same.
func TestNothingThatIsClaimedActsOnceTheReleaseHasRunOut(t *testing.T) {
	t.Parallel()
	var (
		b    *provisioningtest.Bench
		once sync.Once
	)
	b = mass(t, 20, provisioningtest.Config{
		Tenant: func(c *provisioning.TenantConfig) {
			s := c.Systems["directory"]
			s.Concurrency = 1
			c.Systems["directory"] = s
		},
		Engine: func(c *provisioning.Config) {
			c.Interceptors = []connector.Interceptor{func(next connector.Handler) connector.Handler {
				return func(ctx context.Context, op connector.Operation) (connector.Result, error) {
					var err error
					if op.Kind == connector.Disable {
						once.Do(func() {
							b.Clock.Set(b.Clock.Now().Add(24 * time.Hour))
							_, err = b.Drain(ctx)
						})
					}
					result, called := next(ctx, op)
					return result, errors.Join(err, called)
				}
			}}
		},
	})
	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	require.Equal(t, 59, activeIn(b, "directory"), "the one that was being sent")
	require.Contains(t, openCase(t, b).Question, "may")
}

func TestReleaseThatIsDoneAsksNothingWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	b := mass(t, 20, provisioningtest.Config{})
	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	require.Equal(t, 40, activeIn(b, "directory"))
	b.Clock.Set(b.Clock.Now().Add(24 * time.Hour))
	b.Settle()
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Zero(t, status.Cases)
	for _, e := range b.Sink.Entries(audit.EventRun) {
		require.NotEqual(t, "expired", e.Outcome)
	}
	next, err := b.Drain(t.Context())
	require.NoError(t, err)
	require.True(t, next.IsZero(), "nothing is left to be judged")
}

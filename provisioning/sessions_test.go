package provisioning_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// signedIn is a bench with Ada at work, who has signed in.
func signedIn(t *testing.T, cfg provisioningtest.Config) (*provisioningtest.Bench, *memory.Session) {
	t.Helper()
	cfg.Policy = plain
	b := bench(t, cfg)
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	b.Sync()
	session, err := b.Target("directory").Open("ada")
	require.NoError(t, err)
	return b, session
}

func fireNow(b *provisioningtest.Bench) {
	b.HR.Change("1", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
	b.Sync()
}

func TestTerminationEndsWhatSomebodyIsSignedInWith(t *testing.T) {
	t.Parallel()
	b, session := signedIn(t, provisioningtest.Config{})
	require.NoError(t, session.Use())
	fireNow(b)
	require.ErrorIs(t, session.Use(), connector.ErrDenied)
	leaving, err := b.Leaving(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.Empty(t, leaving.Remains())
	require.Contains(t, leaving.String(), "sessions                 ended at ")
	require.False(t, leaving.Contained.IsZero())
}

func TestSessionsAreEndedAfterTheDisable(t *testing.T) {
	t.Parallel()
	b, _ := signedIn(t, provisioningtest.Config{})
	before := len(b.Target("directory").Log())
	fireNow(b)
	var kinds []connector.Kind
	for _, c := range b.Target("directory").Log()[before:] {
		if c.Kind.Removes() {
			kinds = append(kinds, c.Kind)
		}
	}
	require.Equal(t, connector.Disable, kinds[0])
	require.ElementsMatch(t, []connector.Kind{connector.EndSessions, connector.Revoke}, kinds[1:])
}

func TestSessionsGoOnWhileTheGuardHoldsTheDisable(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, provisioningtest.Config{Policy: plain})
	session, err := b.Target("directory").Open("p0")
	require.NoError(t, err)
	for i := range 30 {
		b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
	}
	b.Sync()
	require.NoError(t, session.Use())
	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	require.Error(t, session.Use())
}

func TestSessionsThatWereLostSightOfAreEndedAgain(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]memory.Effect{"no answer": memory.LoseReply, "an error": memory.Fail, "too much": memory.Throttle} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, session := signedIn(t, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) {
				s := c.Systems["directory"]
				s.Timeout = 50 * time.Millisecond
				c.Systems["directory"] = s
			}})
			b.Target("directory").Fault(memory.Fault{Kinds: []connector.Kind{connector.EndSessions}, Do: fault, Times: 1})
			fireNow(b)
			require.Error(t, session.Use())
			leaving, err := b.Leaving(t.Context(), b.Person("1"))
			require.NoError(t, err)
			require.Empty(t, leaving.Remains())
		})
	}
}

func TestWhoComesBackMaySignInAndIsSignedOutAgainWithTheNextEnd(t *testing.T) {
	t.Parallel()
	b, _ := signedIn(t, provisioningtest.Config{})
	b.HR.Tells(hrsource.FieldNames()...)
	fireNow(b)
	b.HR.Change("1", func(w *hrsource.Worker) { w.AccessEnd = time.Time{} })
	b.Sync()
	session, err := b.Target("directory").Open("ada")
	require.NoError(t, err)
	b.Sync()
	require.NoError(t, session.Use())
	b.Clock.Set(b.Clock.Now().Add(time.Hour))
	fireNow(b)
	require.Error(t, session.Use())
}

func TestAReportSaysWhereSessionsCannotBeEnded(t *testing.T) {
	t.Parallel()
	for name, system := range map[string]connector.Connector{
		"its type cannot":   sessionless{memory.New(memory.Config{})},
		"this one does not": memory.New(memory.Config{Without: []connector.Kind{connector.EndSessions}}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) {
				c.Systems["directory"] = provisioning.System{Connector: system, Mode: provisioning.Managed}
			}})
			b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
			b.Sync()
			fireNow(b)
			leaving, err := b.Leaving(t.Context(), b.Person("1"))
			require.NoError(t, err)
			remains := leaving.Remains()
			require.NotEmpty(t, remains, leaving.String())
			require.Equal(t, "sessions", remains[0].What)
			require.Equal(t, "unsupported", remains[0].State)
			require.False(t, leaving.Contained.IsZero(), "nobody can sign in")
		})
	}
}

// sessionless is a system that knows of no sessions.
type sessionless struct{ connector.Connector }

func (s sessionless) Disable(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	return s.Connector.(connector.Suspender).Disable(ctx, req)
}

func (s sessionless) Enable(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	return s.Connector.(connector.Suspender).Enable(ctx, req)
}

func (s sessionless) Grant(ctx context.Context, req connector.GrantRequest) (connector.Result, error) {
	return s.Connector.(connector.Entitler).Grant(ctx, req)
}

func (s sessionless) Revoke(ctx context.Context, req connector.GrantRequest) (connector.Result, error) {
	return s.Connector.(connector.Entitler).Revoke(ctx, req)
}

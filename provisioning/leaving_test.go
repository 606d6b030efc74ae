package provisioning_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

func TestLeavingTellsWhatIsDoneAndWhatRemains(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.Sync()
	l, err := b.Leaving(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.True(t, l.Live)
	require.Empty(t, l.Steps)
	require.Zero(t, l.Contained)

	b.Target("git").Fault(memory.Fault{Kinds: []connector.Kind{connector.Disable}, Do: memory.Deny})
	b.Clock.Set(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC))
	b.HR.Change("1", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
	b.Sync()
	l, err = b.Leaving(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.False(t, l.Live)
	require.Zero(t, l.Contained, "git may still let them in")
	require.Zero(t, l.TimeToContain())
	remains := l.Remains()
	require.Len(t, remains, 2)
	require.Equal(t, "sessions", remains[1].What)
	require.Equal(t, "git", remains[0].System)
	require.Equal(t, "sign-in", remains[0].What)
	require.Equal(t, "parked", remains[0].State)
	require.Len(t, l.Steps, 9, "two of them nobody asked for")

	b.Target("git").Clear()
	b.Clock.Set(time.Date(2026, 3, 2, 10, 7, 0, 0, time.UTC))
	_, err = b.Retry(t.Context(), "git", b.Person("1"))
	require.NoError(t, err)
	b.Settle()
	l, err = b.Leaving(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.Empty(t, l.Remains())
	require.Equal(t, 7*time.Minute, l.TimeToContain())
	require.Contains(t, l.String(), "7 of 7 steps done, no sign-in since 2026-03-02T10:07:00Z, 7m0s after it was known")

	_, err = b.Leaving(t.Context(), "p-nobody")
	require.ErrorIs(t, err, provisioning.ErrNoPerson)
}

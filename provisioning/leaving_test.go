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

// It was counted from a leave of absence, weeks before the end was told.
func TestWhoCouldNotSignInBeforeIsContainedAtOnce(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain + "    suspend: status == \"onLeave\"\n"})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	b.HR.Change("1", func(w *hrsource.Worker) { w.Status = "onLeave" })
	b.Sync()
	require.Error(t, b.Target("directory").SignIn("ada"))
	b.GoTo("2026-03-01")
	b.HR.Change("1", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
	b.Sync()
	l, err := b.Leaving(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), l.Known)
	require.Equal(t, l.Known, l.Contained)
	require.Contains(t, l.String(), "0s after it was known")
}

// The report on the second leaving had the steps of the first one.
func TestAReportIsAboutOneLeaving(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: `version: 1
rules:
  - {name: everybody, when: workerType == "employee", grants: ["directory:group/staff"]}
  - {name: engineers, when: department == "Eng", grants: ["directory:group/eng", "git:team/dev"]}
accounts:
  directory: {name: userName, candidates: ["{givenName|ascii|lower}"]}
  git: {name: login, candidates: ["{givenName|ascii|lower}"]}
`})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	b.HR.End("1", "2026-01-31")
	b.Sync()
	b.GoTo("2026-02-01")
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01"))
	b.Sync()
	require.NoError(t, b.Target("directory").SignIn("ada"))
	b.HR.End("1", "2026-06-30")
	b.Sync()
	b.GoTo("2026-07-01")
	l, err := b.Leaving(t.Context(), b.Person("1"))
	require.NoError(t, err)
	var steps []string
	for _, s := range l.Steps {
		if s.State != provisioning.Unasked {
			steps = append(steps, s.System+" "+s.What)
		}
	}
	require.Equal(t, []string{"directory sign-in", "directory sessions", "directory group/staff"}, steps)
	require.Equal(t, time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), l.Contained)
}

func TestNobodyIsContainedAsLongAsTheyCanSignInSomewhere(t *testing.T) {
	t.Parallel()
	for how, contained := range map[string]bool{"": false, "signIn: own": false, "signIn: directory": true} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			b := bench(t, provisioningtest.Config{Policy: `version: 1
rules:
  - {name: everybody, when: workerType == "employee", grants: ["directory:group/staff", "git:team/dev"]}
accounts:
  directory: {name: userName, candidates: ["{givenName|ascii|lower}"], signIn: identityProvider}
  git:
    name: login
    candidates: ["{givenName|ascii|lower}"]
    ` + how + "\n"})
			b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
			b.HR.Put(provisioningtest.Worker("2", "Bea", "Eng", "2025-01-01"))
			b.Sync()
			session, err := b.Target("git").Open("ada")
			require.NoError(t, err)
			b.Target("git").Fault(memory.Fault{Kinds: []connector.Kind{connector.Disable}, Do: memory.Deny})
			b.HR.Change("1", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
			b.Sync()
			var reports []provisioning.Leaving
			for l, err := range b.Leavers(t.Context(), b.Clock.Now()) {
				require.NoError(t, err)
				reports = append(reports, l)
			}
			require.Len(t, reports, 1, "Bea has not left")
			require.Equal(t, b.Person("1"), reports[0].Person)
			require.Equal(t, contained, !reports[0].Contained.IsZero())
			require.Equal(t, contained, session.Use() != nil, "who cannot sign in there again is signed out")
			require.NotEmpty(t, reports[0].Remains(), "the account goes on being there")
			for _, err := range b.Leavers(t.Context(), b.Clock.Now().Add(time.Second)) {
				require.NoError(t, err)
				t.Error("nobody has left since")
			}
		})
	}
}

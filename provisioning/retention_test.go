package provisioning_test

import (
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

// keeping is a bench that deletes accounts after ten days, with some people of whom the
// first has left on 1 January.
func keeping(t *testing.T, people int) *provisioningtest.Bench {
	t.Helper()
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		s.DeleteAfter, s.Handover.To = 10*24*time.Hour, provisioning.ToWaste
		c.Systems["directory"] = s
	}, Engine: func(c *provisioning.Config) {
		c.Retry = provisioning.Retry{First: time.Millisecond, Max: time.Millisecond}
	}})
	for i := range people {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Eng", "2025-01-01"))
	}
	b.HR.End("0", "2026-01-01")
	b.Sync()
	b.GoTo("2026-01-02")
	require.Error(t, b.Target("directory").SignIn("p0"))
	return b
}

func logins(b *provisioningtest.Bench) []string {
	names := []string{}
	for _, a := range b.Target("directory").Accounts() {
		names = append(names, a.Name)
	}
	return names
}

func TestTheAccountOfALeaverIsDeletedWhenItWasKeptForLongEnough(t *testing.T) {
	t.Parallel()
	b := keeping(t, 2)
	b.GoTo("2026-01-11T23:59:59Z")
	require.Equal(t, []string{"p0", "p1"}, logins(b))
	next, err := b.Drain(t.Context())
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 1, 12, 0, 0, 0, 0, time.UTC), next)
	b.GoTo("2026-01-12")
	require.Equal(t, []string{"p1"}, logins(b))
	for name := range statusOf(t, b).Systems["directory"] {
		require.Equal(t, "settled", name, "nothing waits for an account that is not to come")
	}

	leaving, err := b.Leaving(t.Context(), b.Person("0"))
	require.NoError(t, err)
	require.Empty(t, leaving.Remains())
	require.Contains(t, leaving.String(), "account                  deleted at 2026-01-12T00:00:00Z")
	require.Equal(t, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), leaving.Contained)
	writes := b.Target("directory").Writes()
	b.GoTo("2026-03-01")
	require.Equal(t, writes, b.Target("directory").Writes(), "and that is all")
}

func TestTheAccountOfWhoComesBackIsNotDeleted(t *testing.T) {
	t.Parallel()
	back := provisioningtest.Worker("0", "P0", "Eng", "2025-01-01")
	for name, tell := range map[string]func(b *provisioningtest.Bench){
		"the end was a mistake": func(b *provisioningtest.Bench) { b.HR.Put(back) },
		"they begin later": func(b *provisioningtest.Bench) {
			next := provisioningtest.Worker("0b", "P0", "Eng", "2026-06-01")
			next.PersonKey = "same"
			b.HR.Change("0", func(w *hrsource.Worker) { w.PersonKey = "same" })
			b.Sync()
			b.HR.Put(next)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := keeping(t, 2)
			b.GoTo("2026-01-11")
			tell(b)
			b.Sync()
			b.GoTo("2026-05-01")
			require.Contains(t, logins(b), "p0")
			require.NotContains(t, logins(b), "p02")
			b.GoTo("2026-06-02")
			require.NoError(t, b.Target("directory").SignIn("p0"))
		})
	}
}

func TestWhoComesBackAfterADeletionGetsTheirNameAgain(t *testing.T) {
	t.Parallel()
	b := keeping(t, 2)
	b.GoTo("2026-01-20")
	require.Equal(t, []string{"p1"}, logins(b))
	b.HR.Put(provisioningtest.Worker("0", "P0", "Eng", "2025-01-01"))
	b.Sync()
	require.NoError(t, b.Target("directory").SignIn("p0"))
	require.Equal(t, []string{"group/staff"}, entitlements(account(t, b, "directory", "0")))
	asked := b.AnswerCase(provisioning.CaseDeleted, provisioning.ChoiceSeen)
	require.Contains(t, asked.Question, "with a new account p0: the one before was deleted at 2026-01-12T00:00:00Z")
	b.HR.End("0", "2026-01-25")
	b.GoTo("2026-01-27")
	require.Error(t, b.Target("directory").SignIn("p0"))
	require.Contains(t, logins(b), "p0", "kept from the second end on")
	b.GoTo("2026-02-10")
	require.NotContains(t, logins(b), "p0")
}

func TestWhatIsNotALeaversOwnAccountIsNeverDeleted(t *testing.T) {
	t.Parallel()
	for name, alter := range map[string]func(b *provisioningtest.Bench){
		"somebody enabled it by hand": func(b *provisioningtest.Bench) {
			tamper(b, "p0", func(a *connector.Account) { a.Active = true })
			_, err := b.Observe(t.Context(), provisioning.ObserveRequest{System: "directory"})
			require.NoError(t, err)
		},
		"it is gone and another one has its name": func(b *provisioningtest.Bench) {
			b.Target("directory").Remove(account(t, b, "directory", "0").ID)
			b.Target("directory").Put(connector.Account{Ref: connector.Ref{Name: "p0"}, Active: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := keeping(t, 2)
			alter(b)
			b.GoTo("2026-03-01")
			require.Contains(t, logins(b), "p0")
		})
	}
}

func TestAnAdoptedAccountIsKept(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		s.DeleteAfter, s.AdoptByName, s.Handover.To = time.Hour, true, provisioning.ToWaste
		c.Systems["directory"] = s
	}})
	b.Target("directory").Put(connector.Account{Ref: connector.Ref{Name: "p0"}, Active: true})
	b.HR.Put(provisioningtest.Worker("0", "P0", "Eng", "2025-01-01"))
	b.Sync()
	b.HR.End("0", "2025-12-31")
	b.Sync()
	b.GoTo("2026-03-01")
	require.Error(t, b.Target("directory").SignIn("p0"))
	require.Equal(t, []string{"p0"}, logins(b))
}

// Ten days after a mass termination that somebody released, all of them would go at once.
func TestMassDeletionIsHeldLikeAnyOther(t *testing.T) {
	t.Parallel()
	b := keeping(t, 60)
	for i := range 20 {
		b.HR.End(fmt.Sprint(10+i), "2026-01-01")
	}
	b.Sync()
	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	require.Equal(t, 39, activeIn(b, "directory"))
	b.GoTo("2026-02-01")
	require.Len(t, logins(b), 60)
	require.Contains(t, openCase(t, b).Question, "21 of 39 would be hit by delete")
	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	require.Len(t, logins(b), 39)
}

func TestADeletionOfWhichNothingWasHeardIsLookedAt(t *testing.T) {
	t.Parallel()
	b := keeping(t, 2)
	b.Target("directory").Fault(memory.Fault{Kinds: []connector.Kind{connector.Delete}, Do: memory.LoseReply, Times: 1})
	b.GoTo("2026-02-01")
	require.Equal(t, []string{"p1"}, logins(b))
	leaving, err := b.Leaving(t.Context(), b.Person("0"))
	require.NoError(t, err)
	require.Empty(t, leaving.Remains())
}

// Whoever had lost their account, came back and left again before they had another one
// had sessions to be ended of an account that was not there, again and again.
func TestWhoLeavesAgainBeforeThereIsAnAccountAgainIsDoneWith(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) {
		s := c.Systems["git"]
		s.DeleteAfter, s.Handover.To = 24*time.Hour, provisioning.ToWaste
		c.Systems["git"] = s
	}})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2025-01-01"))
	b.Sync()
	b.HR.End("1", "2026-01-01")
	b.GoTo("2026-01-05")
	require.Empty(t, b.Target("git").Accounts())
	b.Target("git").Fault(memory.Fault{Kinds: []connector.Kind{connector.Create}, Do: memory.Deny})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2025-01-01"))
	b.Sync()
	require.Equal(t, 1, activeIn(b, "directory"))
	require.Empty(t, b.Target("git").Accounts())
	b.HR.End("1", "2026-01-06")
	b.GoTo("2026-01-08")
	require.Zero(t, activeIn(b, "directory"))
	leaving, err := b.Leaving(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.Empty(t, leaving.Remains())
}

// An account that was made anew after somebody had deleted the one before counted as
// deleted already, and was kept for ever.
func TestAnAccountThatWasMadeAnewIsDeletedAsWell(t *testing.T) {
	t.Parallel()
	b := keeping(t, 2)
	b.GoTo("2026-01-20")
	b.HR.Put(provisioningtest.Worker("0", "P0", "Eng", "2025-01-01"))
	b.Sync()
	first := account(t, b, "directory", "0").ID
	require.True(t, b.Target("directory").Remove(first))
	b.HR.Change("0", func(w *hrsource.Worker) { w.Assignments[0].Department = "Legal" })
	b.Sync()
	require.Eventually(t, func() bool {
		b.Settle()
		return b.Target("directory").SignIn("p0") == nil
	}, 30*time.Second, time.Millisecond)
	b.HR.End("0", "2026-01-25")
	b.GoTo("2026-02-10")
	require.NotContains(t, logins(b), "p0")
}

// It was counted from the disable, whatever had happened since.
func TestAnAccountIsKeptFromWhenItsPersonLeft(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		live  func(b *provisioningtest.Bench)
		left  string
		until string
	}{
		"a transfer had disabled it before": {func(b *provisioningtest.Bench) {
			b.HR.Change("1", func(w *hrsource.Worker) { w.Type = "contractor" })
			b.Sync()
			b.HR.End("1", "2026-06-30")
			b.Sync()
		}, "2026-07-01", "2026-07-11"},
		"an earlier working life had": {func(b *provisioningtest.Bench) {
			b.HR.End("1", "2026-01-31")
			b.Sync()
			b.GoTo("2026-02-03")
			b.HR.Change("1", func(w *hrsource.Worker) { w.Type, w.TerminationDate = "contractor", hrsource.Date{} })
			b.Sync()
			b.HR.End("1", "2026-06-30")
			b.Sync()
		}, "2026-07-01", "2026-07-11"},
		"who was to begin anew is not": {func(b *provisioningtest.Bench) {
			next := provisioningtest.Worker("next", "P1", "Eng", "2026-09-01")
			next.PersonKey = "same"
			b.HR.Change("1", func(w *hrsource.Worker) { w.PersonKey = "same" })
			b.Sync()
			b.HR.Put(next)
			b.HR.End("1", "2026-01-31")
			b.Sync()
			b.GoTo("2026-06-01")
			b.HR.Change("next", func(w *hrsource.Worker) { w.Status = hrsource.StatusNoShow })
			b.Sync()
		}, "2026-06-01", "2026-06-11"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := keeping(t, 2)
			c.live(b)
			b.GoTo(c.left)
			require.Error(t, b.Target("directory").SignIn("p1"))
			require.Contains(t, logins(b), "p1")
			day, err := time.Parse(time.DateOnly, c.until)
			require.NoError(t, err)
			b.GoTo(day.Add(-time.Minute).Format(time.RFC3339))
			require.Contains(t, logins(b), "p1", "the day before")
			b.GoTo(c.until)
			require.NotContains(t, logins(b), "p1")
		})
	}
}

// The answer "the same" made a second account.
func TestNoAccountIsDeletedWhileItIsAskedWhetherItsPersonIsBack(t *testing.T) {
	t.Parallel()
	for choice, there := range map[string]bool{"same:": true, provisioning.ChoiceNew: false} {
		t.Run(choice, func(t *testing.T) {
			t.Parallel()
			b := keeping(t, 2)
			back := provisioningtest.Worker("back", "P0", "Eng", "2026-01-05")
			back.Email = "p0@example.com"
			b.HR.Change("0", func(w *hrsource.Worker) { w.Email = "p0@example.com" })
			b.Sync()
			b.HR.Put(back)
			b.Sync()
			b.GoTo("2026-02-01")
			require.Contains(t, logins(b), "p0")
			if there {
				choice += b.Person("0")
			}
			b.AnswerCase(provisioning.CaseCorrelation, choice)
			b.GoTo("2026-02-03")
			first := ""
			for _, a := range b.Target("directory").Accounts() {
				if a.ExternalID == b.Person("0") {
					first = a.Name
				}
			}
			require.Equal(t, map[bool]string{true: "p0", false: ""}[there], first)
			if there {
				require.NoError(t, b.Target("directory").SignIn("p0"))
				require.Len(t, logins(b), 2, "and there is no second account")
			}
		})
	}
}

// The report went on saying that nobody could sign in.
func TestALeaversAccountThatIsSeenInUseIsNotContained(t *testing.T) {
	t.Parallel()
	b := keeping(t, 2)
	tamper(b, "p0", func(a *connector.Account) { a.Active = true })
	b.GoTo("2026-02-01")
	require.Contains(t, logins(b), "p0")
	leaving, err := b.Leaving(t.Context(), b.Person("0"))
	require.NoError(t, err)
	require.Zero(t, leaving.Contained)
	require.Contains(t, leaving.String(), "ghost: somebody has enabled the account")
}

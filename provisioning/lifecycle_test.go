package provisioning_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// office is a small policy: everybody has a directory account, engineering and
// sales have groups of their own, engineers have an account in git, too, whose
// name is the one that the directory gave.
const office = `
version: 1
roles:
  employee:
    grants: [directory:group/staff]
  engineer:
    inherits: [employee]
    grants: [directory:group/engineering, git:team/dev]
rules:
  - name: staff
    when: workerType in ["employee", "contingentWorker"]
    roles: [employee]
  - name: engineers
    when: department == "Engineering"
    roles: [engineer]
  - name: sales
    when: department == "Sales"
    grants: [directory:group/sales]
accounts:
  directory:
    name: userName
    candidates:
      - "{givenName|ascii|lower}"
      - "{givenName|ascii|lower}{n}"
    attributes:
      displayName: "{displayName}"
      department: "{department}"
      email: "{name}@example.com"
  git:
    name: userName
    candidates: ["{accounts.directory.userName}"]
    attributes:
      displayName: "{displayName}"
`

func bench(t *testing.T, cfg provisioningtest.Config) *provisioningtest.Bench {
	t.Helper()
	if cfg.Policy == "" && cfg.Evaluator == nil {
		cfg.Policy = office
	}
	return provisioningtest.New(t, cfg)
}

// account returns the one account of a person in a system.
func account(t *testing.T, b *provisioningtest.Bench, system, worker string) connector.Account {
	t.Helper()
	found, err := b.Target(system).Find(t.Context(), connector.FindRequest{ExternalID: b.Person(worker), Entitlements: true})
	require.NoError(t, err)
	require.Len(t, found, 1, "accounts of %s in %s", worker, system)
	return found[0]
}

func entitlements(a connector.Account) []string {
	out := []string{}
	for _, e := range a.Entitlements {
		out = append(out, e.String())
	}
	return out
}

func accounts(b *provisioningtest.Bench, system string) int { return len(b.Target(system).Accounts()) }

func TestHireIsReadyOnDayOneAndNotBefore(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	w := provisioningtest.Worker("1", "Ada", "Engineering", "2026-03-02")
	w.Timezone = "Asia/Tokyo"
	b.HR.Put(w)

	b.GoTo("2026-03-01T14:59:59Z") // 23:59:59 of the day before, in Tokyo
	require.Zero(t, accounts(b, "directory"))
	b.GoTo("2026-03-01T15:00:00Z")

	a := account(t, b, "directory", "1")
	require.True(t, a.Active)
	require.Equal(t, "ada", a.Name)
	require.Equal(t, `"ada@example.com"`, a.Attributes["email"].String())
	require.Equal(t, []string{"group/engineering", "group/staff"}, entitlements(a))
	git := account(t, b, "git", "1")
	require.Equal(t, "ada", git.Name, "the name that the directory gave")
	require.Equal(t, []string{"team/dev"}, entitlements(git))
}

func TestSecondRunWritesNothing(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.Sync()
	before := b.Target("directory").Writes() + b.Target("git").Writes()
	require.Positive(t, before)

	report := b.Sync()
	require.Zero(t, report.Changed)
	require.Equal(t, before, b.Target("directory").Writes()+b.Target("git").Writes())
	plan, err := b.Plan(t.Context(), provisioning.PlanRequest{Read: []string{provisioningtest.SourceName}})
	require.NoError(t, err)
	require.Empty(t, plan.Lines)
}

func TestTransferRevokesWhatTheOldDepartmentGave(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.GoTo("2026-02-01")
	b.HR.Change("1", func(w *hrsource.Worker) {
		w.Assignments = append(w.Assignments, hrsource.Assignment{EffectiveFrom: hrsource.Date{Year: 2026, Month: 4, Day: 1}, Department: "Sales"})
	})
	b.GoTo("2026-03-31T23:59:59Z")
	require.Contains(t, entitlements(account(t, b, "directory", "1")), "group/engineering", "a future change must not act early")

	b.GoTo("2026-04-01")
	a := account(t, b, "directory", "1")
	require.Equal(t, []string{"group/sales", "group/staff"}, entitlements(a))
	require.Equal(t, `"Sales"`, a.Attributes["department"].String())
	git := account(t, b, "git", "1")
	require.False(t, git.Active, "nothing gives an account in git any more")
	require.Empty(t, git.Entitlements)
}

func TestLeaverIsDisabledAtTheEndOfTheLastDayThere(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	w := provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01")
	w.Timezone = "America/Los_Angeles"
	b.HR.Put(w)
	b.GoTo("2026-02-01")
	b.HR.End("1", "2026-06-30")
	b.GoTo("2026-07-01T06:59:59Z")
	require.True(t, account(t, b, "directory", "1").Active)
	b.GoTo("2026-07-01T07:00:00Z")

	a := account(t, b, "directory", "1")
	require.False(t, a.Active, "disabled, not deleted")
	require.Empty(t, a.Entitlements)
}

func TestContractorExpiresByTheClockAlone(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	w := provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01")
	w.Type, w.ContractEndDate = hrsource.ContingentWorker, hrsource.Date{Year: 2026, Month: 1, Day: 31}
	b.HR.Put(w)
	b.Sync()
	require.True(t, account(t, b, "directory", "1").Active)

	next, err := b.Drain(t.Context())
	require.NoError(t, err)
	require.Equal(t, "2026-02-01T00:00:00Z", next.Format("2006-01-02T15:04:05Z07:00"), "the engine knows when to wake")
	b.Clock.Set(next)
	b.Settle() // no read: HR says nothing on that day
	require.False(t, account(t, b, "directory", "1").Active)
}

func TestImmediateTerminationActsAtOnce(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.GoTo("2026-05-05T10:00:00Z")
	b.HR.Change("1", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
	b.Sync()
	require.False(t, account(t, b, "directory", "1").Active)
	require.False(t, account(t, b, "git", "1").Active)
	intents := b.Sink.Entries(audit.EventIntent)
	last := intents[len(intents)-1]
	require.Equal(t, "2026-05-05T10:00:00Z", last.At.Format("2006-01-02T15:04:05Z07:00"))
}

func TestRehireWithoutPersonKeyAsksAndThenEnablesTheSameAccount(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	w := provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01")
	w.Email = "ada@example.com"
	b.HR.Put(w)
	b.GoTo("2026-02-01")
	b.HR.End("1", "2026-02-28")
	b.GoTo("2026-03-15")
	old := account(t, b, "directory", "1")
	require.False(t, old.Active)

	again := provisioningtest.Worker("77", "Ada", "Sales", "2026-09-01")
	again.Email = "Ada@Example.com"
	b.HR.Put(again)
	b.GoTo("2026-09-02")
	require.Equal(t, 1, accounts(b, "directory"), "nothing is made before somebody has answered")
	require.False(t, account(t, b, "directory", "1").Active)

	asked := b.AnswerCase(provisioning.CaseCorrelation, "same:"+b.Person("1"))
	require.Equal(t, "hr/77", asked.Subject)
	b.Settle()
	a := account(t, b, "directory", "77")
	require.Equal(t, old.ID, a.ID, "the same account")
	require.True(t, a.Active)
	require.Equal(t, []string{"group/sales", "group/staff"}, entitlements(a), "what the old job gave does not come back")
	require.Equal(t, 1, accounts(b, "directory"))
	require.False(t, account(t, b, "git", "77").Active)
}

func TestRehireWithPersonKeyNeedsNoAnswer(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	w := provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01")
	w.PersonKey = "human-1"
	b.HR.Put(w)
	b.GoTo("2026-02-01")
	b.HR.End("1", "2026-02-28")
	b.GoTo("2026-03-15")
	again := provisioningtest.Worker("77", "Ada", "Engineering", "2026-09-01")
	again.PersonKey = "human-1"
	b.HR.Put(again)
	b.GoTo("2026-09-01")
	require.Equal(t, b.Person("1"), b.Person("77"))
	require.True(t, account(t, b, "directory", "77").Active)
	require.Equal(t, 1, accounts(b, "directory"))
}

func TestReusedEmailOfSomebodyElseNeverEnablesTheOldAccount(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	w := provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01")
	w.Email, w.PersonKey = "ada@example.com", "human-1"
	b.HR.Put(w)
	b.GoTo("2026-02-01")
	b.HR.End("1", "2026-02-28")
	other := provisioningtest.Worker("2", "Ada", "Sales", "2026-06-01")
	other.Email, other.PersonKey = "ada@example.com", "human-2"
	b.HR.Put(other)
	b.GoTo("2026-06-01")
	require.NotEqual(t, b.Person("1"), b.Person("2"))
	require.False(t, account(t, b, "directory", "1").Active)
	require.Equal(t, "ada2", account(t, b, "directory", "2").Name, "names are never given again")
}

func TestNameTakenInTheSystemTakesTheNextCandidate(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.Target("directory").Put(connector.Account{Ref: connector.Ref{Name: "ada"}, Active: true})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01"))
	b.Sync()
	require.Equal(t, "ada2", account(t, b, "directory", "1").Name)
}

func TestTwoJobsUniteAndTheLastEndIsTheLeaver(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	one := provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01")
	two := provisioningtest.Worker("2", "Ada", "Sales", "2026-01-01")
	one.PersonKey, two.PersonKey = "human-1", "human-1"
	b.HR.Put(one)
	b.HR.Put(two)
	b.Sync()
	require.Equal(t, []string{"group/engineering", "group/sales", "group/staff"}, entitlements(account(t, b, "directory", "1")))
	b.HR.End("1", "2026-01-31")
	b.GoTo("2026-02-01")
	a := account(t, b, "directory", "1")
	require.True(t, a.Active)
	require.Equal(t, []string{"group/sales", "group/staff"}, entitlements(a))
	b.HR.End("2", "2026-02-28")
	b.GoTo("2026-03-01")
	require.False(t, account(t, b, "directory", "1").Active)
}

func TestRescindedHireIsNeverProvisioned(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-03-01"))
	b.GoTo("2026-02-01")
	b.HR.Change("1", func(w *hrsource.Worker) { w.Status = hrsource.StatusNoShow })
	b.GoTo("2026-04-01")
	require.Zero(t, accounts(b, "directory"))
}

func TestCorrectedTerminationEnablesAgain(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.GoTo("2026-02-01")
	b.HR.End("1", "2026-01-15") // backdated: it acts from now on
	b.Sync()
	require.False(t, account(t, b, "directory", "1").Active)
	b.HR.Change("1", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
	b.Sync()
	a := account(t, b, "directory", "1")
	require.True(t, a.Active)
	require.Contains(t, entitlements(a), "group/engineering")
	require.Equal(t, 1, accounts(b, "directory"))
}

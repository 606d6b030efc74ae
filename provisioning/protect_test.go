package provisioning_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// guarded is a policy with administrators, and a second system.
const guarded = `version: 1
rules:
  - name: everybody
    when: workerType == "employee"
    grants: [directory:group/staff, git:team/all]
  - name: admins
    when: department == "IT"
    grants: [directory:group/admins]
  - name: sales
    when: department == "Sales"
    grants: [directory:group/sales]
accounts:
  directory:
    name: userName
    rename: true
    candidates: ["{givenName|ascii|lower}", "{givenName|ascii|lower}{n}"]
    attributes:
      department: "{department}"
  git:
    name: userName
    candidates: ["{givenName|ascii|lower}"]
`

// shielded is a bench on which the login name ada, and administrators, are protected
// in the directory.
func shielded(t *testing.T, alter func(*provisioning.TenantConfig)) *provisioningtest.Bench {
	t.Helper()
	return bench(t, provisioningtest.Config{Policy: guarded, Tenant: func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		s.Protected, s.ProtectedEntitlements = []string{"ADA"}, []string{"group/admins"}
		c.Systems["directory"] = s
		if alter != nil {
			alter(c)
		}
	}})
}

func hire(b *provisioningtest.Bench, id, name, department string) {
	b.HR.Put(provisioningtest.Worker(id, name, department, "2025-01-01"))
}

// openCase returns the one open case.
func openCase(t *testing.T, b *provisioningtest.Bench) provisioning.Case {
	t.Helper()
	cases, err := b.Cases(t.Context())
	require.NoError(t, err)
	require.Len(t, cases, 1)
	return cases[0]
}

func TestProtectedLoginOutlivesItsOwnerUntilSomebodyLetsExactlyThatPass(t *testing.T) {
	t.Parallel()
	b := shielded(t, nil)
	hire(b, "1", "Ada", "Eng")
	b.Sync()
	b.HR.Change("1", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() }) // as urgent as can be
	b.Sync()
	a := account(t, b, "directory", "1")
	require.True(t, a.Active)
	require.Equal(t, []string{"group/staff"}, entitlements(a))
	require.False(t, account(t, b, "git", "1").Active, "nothing else waits")
	require.Empty(t, account(t, b, "git", "1").Entitlements)

	leaving, err := b.Leaving(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.Zero(t, leaving.Contained)
	for _, step := range leaving.Remains() {
		require.Equal(t, "waiting", step.State)
		if step.What == "sessions" {
			require.Equal(t, "needs the sign-in to be disabled", step.Problem)
			continue
		}
		require.Contains(t, step.Problem, "protected: its login name")
	}
	require.Len(t, leaving.Remains(), 3)

	c := openCase(t, b)
	require.Equal(t, provisioning.CaseProtected, c.Kind)
	require.Equal(t, provisioning.ChoiceHold, c.Default)
	require.Contains(t, c.Question, "It would be disabled, lose group/staff.")
	b.GoTo("2026-03-01")
	require.True(t, account(t, b, "directory", "1").Active, "time lets nothing pass")
	b.AnswerCase(provisioning.CaseProtected, provisioning.ChoiceHold)
	b.Settle()
	require.True(t, account(t, b, "directory", "1").Active)
	b.AnswerCase(provisioning.CaseProtected, provisioning.ChoiceRelease)
	b.Settle()
	require.False(t, account(t, b, "directory", "1").Active)
	require.Empty(t, account(t, b, "directory", "1").Entitlements)

	answered, err := b.Case(t.Context(), c.ID)
	require.NoError(t, err)
	require.Equal(t, b.Clock.Now().Add(24*time.Hour), answered.Expires)
	var entry audit.Entry
	for _, e := range b.Sink.Entries(audit.EventCase) {
		if e.Case == c.ID && e.Outcome == provisioning.ChoiceRelease {
			entry = e
		}
	}
	require.Equal(t, []string{"test", b.Person("1"), "directory", "until 2026-03-02T00:00:00Z"}, []string{entry.Actor, entry.Person, entry.System, entry.Note})
}

func TestProtectedLoginIsNotChangedOrRenamedOrRevokedFromButGrantedTo(t *testing.T) {
	t.Parallel()
	b := shielded(t, nil)
	hire(b, "1", "Ada", "Eng")
	b.Sync()
	b.HR.Change("1", func(w *hrsource.Worker) { w.Name.Given, w.Assignments[0].Department = "Zoe", "Sales" })
	b.Sync()
	a := account(t, b, "directory", "1")
	require.Equal(t, "ada", a.Name)
	require.Equal(t, "Eng", a.Attributes["department"].All()[0])
	require.Equal(t, []string{"group/sales", "group/staff"}, entitlements(a))
	require.Contains(t, openCase(t, b).Question, "be renamed to zoe or zoe{n}, get another department")
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Eng" })
	b.Sync()
	a = account(t, b, "directory", "1")
	require.Equal(t, []string{"group/sales", "group/staff"}, entitlements(a), "what was given is not taken either")
	b.AnswerCase(provisioning.CaseProtected, provisioning.ChoiceRelease)
	b.Settle()
	a = account(t, b, "directory", "1")
	require.Equal(t, "zoe", a.Name)
	require.Equal(t, []string{"group/staff"}, entitlements(a))
}

func TestReleaseOfAProtectedAccountIsForWhatWasAsked(t *testing.T) {
	t.Parallel()
	b := shielded(t, nil)
	hire(b, "1", "Ada", "Eng")
	b.Sync()
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Sales" })
	b.Sync()
	asked := openCase(t, b)
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Legal" })
	b.Sync()
	err := b.Answer(t.Context(), provisioning.AnswerRequest{Case: asked.ID, Digest: asked.Digest, Choice: provisioning.ChoiceRelease, Actor: "boss"})
	require.ErrorIs(t, err, provisioning.ErrMoved)
	b.AnswerCase(provisioning.CaseProtected, provisioning.ChoiceRelease)
	b.HR.End("1", "2025-12-31") // before it acts
	b.Sync()
	require.True(t, account(t, b, "directory", "1").Active)
	require.Contains(t, openCase(t, b).Question, "be disabled")
}

func TestAdministratorsAreNeitherDisabledNorRevoked(t *testing.T) {
	t.Parallel()
	b := shielded(t, nil)
	hire(b, "1", "Bob", "IT")
	hire(b, "2", "Eve", "IT")
	hire(b, "3", "Sam", "IT")
	b.Sync()
	b.HR.End("1", "2025-12-31")
	b.HR.Change("2", func(w *hrsource.Worker) { w.Assignments[0].Department = "Sales" })
	b.Sync()
	a := account(t, b, "directory", "1")
	require.True(t, a.Active)
	require.Equal(t, []string{"group/admins"}, entitlements(a), "the rest goes")
	a = account(t, b, "directory", "2")
	require.Equal(t, []string{"group/admins", "group/sales", "group/staff"}, entitlements(a))
	require.Equal(t, "Sales", a.Attributes["department"].All()[0], "attributes make nobody an administrator")
	cases, err := b.Cases(t.Context())
	require.NoError(t, err)
	require.Len(t, cases, 2)
	for _, c := range cases {
		require.Contains(t, c.Question, "it holds group/admins")
	}
}

// Two releases, each given when there was another administrator, left none.
func TestLastAdministratorIsLetGoOnlyBySomebodyWhoWasTold(t *testing.T) {
	t.Parallel()
	b := shielded(t, nil)
	hire(b, "1", "Bob", "IT")
	hire(b, "2", "Eve", "IT")
	b.Sync()
	b.HR.End("1", "2025-12-31")
	b.HR.End("2", "2025-12-31")
	b.Sync()
	cases, err := b.Cases(t.Context())
	require.NoError(t, err)
	require.Len(t, cases, 2)
	for _, c := range cases {
		require.Contains(t, c.Question, "it holds group/admins")
		require.NoError(t, b.Answer(t.Context(), provisioning.AnswerRequest{Case: c.ID, Choice: provisioning.ChoiceRelease, Actor: "boss"}))
	}
	b.Settle()
	require.Equal(t, 1, activeIn(b, "directory"))
	require.Contains(t, openCase(t, b).Question, "nobody else is known to hold group/admins")
	b.AnswerCase(provisioning.CaseProtected, provisioning.ChoiceRelease)
	b.Settle()
	require.Zero(t, activeIn(b, "directory"))
}

func TestWhoWasMadeAdministratorByHandIsSeenToBeOne(t *testing.T) {
	t.Parallel()
	b := shielded(t, nil)
	hire(b, "1", "Bob", "Eng")
	b.Sync()
	d := b.Target("directory")
	byHand := account(t, b, "directory", "1")
	byHand.Entitlements = append(byHand.Entitlements, connector.Entitlement{Kind: "group", Name: "admins"})
	d.Put(byHand)
	b.HR.End("1", "2025-12-31")
	b.Sync()
	require.True(t, account(t, b, "directory", "1").Active)
	c := openCase(t, b)
	require.Contains(t, c.Question, "group/admins")
	b.HR.Change("1", func(w *hrsource.Worker) { w.Phone = "1" })
	b.Sync()
	require.Equal(t, c.ID, openCase(t, b).ID, "another look does not ask again")
	require.Zero(t, d.Calls(connector.Disable))
	b.AnswerCase(provisioning.CaseProtected, provisioning.ChoiceRelease)
	b.Settle()
	require.False(t, account(t, b, "directory", "1").Active)
}

func TestWhoseAccountGotAProtectedNameByHandIsSeenToHaveIt(t *testing.T) {
	t.Parallel()
	b := shielded(t, nil)
	hire(b, "1", "Bob", "Eng")
	b.Sync()
	byHand := account(t, b, "directory", "1")
	byHand.Name = "Ada"
	b.Target("directory").Put(byHand)
	b.HR.End("1", "2025-12-31")
	b.Sync()
	require.True(t, account(t, b, "directory", "1").Active)
	require.Contains(t, openCase(t, b).Question, "its login name")
}

func TestWhoCannotBeLookedAtIsNotDisabled(t *testing.T) {
	t.Parallel()
	b := shielded(t, nil)
	hire(b, "1", "Bob", "Eng")
	b.Sync()
	d := b.Target("directory")
	d.Fault(memory.Fault{Kinds: []connector.Kind{memory.Find}, Do: memory.Down})
	b.HR.End("1", "2025-12-31")
	readAndDrain(t, b)
	require.Zero(t, d.Calls(connector.Disable))
	d.Clear()
	b.Settle()
	require.False(t, account(t, b, "directory", "1").Active)
}

func TestQuestionAboutAProtectedAccountClosesWhenHRTakesItBack(t *testing.T) {
	t.Parallel()
	b := shielded(t, nil)
	hire(b, "1", "Bob", "IT")
	b.Sync()
	b.HR.End("1", "2025-12-31")
	b.Sync()
	openCase(t, b)
	b.HR.Change("1", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
	b.Sync()
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Zero(t, status.Cases, "nothing of it is wanted any more")
	require.Zero(t, status.Systems["directory"]["waiting"])
	require.True(t, account(t, b, "directory", "1").Active)
}

func TestProtectedAccountIsNeverAdopted(t *testing.T) {
	t.Parallel()
	b := shielded(t, func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		s.AdoptByName = true
		c.Systems["directory"] = s
	})
	d := b.Target("directory")
	d.Put(connector.Account{Ref: connector.Ref{Name: "ada"}, Active: true})
	d.Put(connector.Account{Ref: connector.Ref{Name: "bob"}, Active: true})
	hire(b, "1", "Ada", "Eng")
	hire(b, "2", "Bob", "Eng")
	b.Sync()
	require.Equal(t, "ada2", account(t, b, "directory", "1").Name)
	require.Len(t, d.Accounts(), 3, "bob's is adopted")
}

// What others did to a protected account is put back by nobody but a person.
func TestDriftOfAProtectedAccountIsNotRepaired(t *testing.T) {
	t.Parallel()
	b := shielded(t, func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		s.Drift = provisioning.RepairDrift
		c.Systems["directory"] = s
	})
	hire(b, "1", "Ada", "Eng")
	b.Sync()
	tamper(b, "ada", func(a *connector.Account) { a.Attributes["department"] = connector.String("Board") })
	look(t, b)
	require.Equal(t, "Board", account(t, b, "directory", "1").Attributes["department"].All()[0])
	require.Contains(t, openCase(t, b).Question, "get another department")
	b.AnswerCase(provisioning.CaseProtected, provisioning.ChoiceRelease)
	b.Settle()
	require.Equal(t, "Eng", account(t, b, "directory", "1").Attributes["department"].All()[0])

	b.HR.End("1", "2025-12-31")
	b.Sync()
	b.AnswerCase(provisioning.CaseProtected, provisioning.ChoiceRelease)
	b.Settle()
	require.False(t, account(t, b, "directory", "1").Active)
	tamper(b, "ada", func(a *connector.Account) { a.Active = true }) // an emergency
	b.Clock.Set(b.Clock.Now().Add(time.Hour))
	require.Equal(t, 1, look(t, b).Counts[provisioning.Ghost])
	require.True(t, account(t, b, "directory", "1").Active)
	require.Contains(t, openCase(t, b).Question, "be disabled")
}

func TestProtectedAccountsDoNotHoldTheRunTheyAreIn(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		s.Protected = []string{"p0", "p1", "p2"}
		c.Systems["directory"] = s
	}})
	for i := range 60 {
		hire(b, fmt.Sprintf("%04d", i), fmt.Sprint("P", i), "Eng")
	}
	b.Sync()
	for i := range 9 { // three of them protected; 6 may
		b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
	}
	b.Sync()
	require.Equal(t, 54, activeIn(b, "directory"))
	cases, err := b.Cases(t.Context())
	require.NoError(t, err)
	for _, c := range cases {
		require.Equal(t, provisioning.CaseProtected, c.Kind, c.Question)
	}
	require.Len(t, cases, 3)
}

func TestReleaseOfAProtectedAccountRunsOut(t *testing.T) {
	t.Parallel()
	b := shielded(t, func(c *provisioning.TenantConfig) { c.Guard.ReleaseFor = time.Hour })
	hire(b, "1", "Ada", "Eng")
	b.Sync()
	b.HR.End("1", "2025-12-31")
	b.Sync()
	d := b.Target("directory")
	d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Disable}, Do: memory.Down})
	b.AnswerCase(provisioning.CaseProtected, provisioning.ChoiceRelease)
	_, err := b.Drain(t.Context())
	require.NoError(t, err)
	require.NotZero(t, d.Calls(connector.Disable))
	require.Empty(t, account(t, b, "directory", "1").Entitlements)
	b.Clock.Set(b.Clock.Now().Add(time.Hour))
	d.Clear()
	b.Settle()
	require.True(t, account(t, b, "directory", "1").Active)
	require.Contains(t, openCase(t, b).Question, "It would be disabled.")
}

func TestProtectionThatIsAddedOrLiftedCountsForEverybody(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(t.Context(), ":memory:")
	require.NoError(t, err)
	defer store.Close()
	d, hr := memory.New(memory.Config{}), provisioningtest.NewSource()
	with := func(logins ...string) *provisioningtest.Bench {
		return bench(t, provisioningtest.Config{Policy: plain, Store: store, Tenant: func(c *provisioning.TenantConfig) {
			c.Systems["directory"] = provisioning.System{Connector: d, Mode: provisioning.Managed, Protected: logins}
			c.Sources = []provisioning.Source{{Source: hr}}
		}})
	}
	hr.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	b := with()
	b.Sync()
	d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Disable}, Do: memory.Down})
	hr.End("1", "2025-12-31")
	readAndDrain(t, b)
	d.Clear()
	b = with("ada")
	b.Sync()
	require.Equal(t, 1, activeAt(d))
	openCase(t, b)
	b = with("bob")
	b.Sync()
	require.Zero(t, activeAt(d))
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Zero(t, status.Cases)
}

func TestProtectionThatCannotBeMeantIsRefused(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]provisioning.System{
		`protected login name " ada"`:  {Protected: []string{" ada"}},
		`protected login name ""`:      {Protected: []string{""}},
		`protected entitlement "root"`: {ProtectedEntitlements: []string{"root"}},
	} {
		s.Connector = memory.New(memory.Config{})
		require.ErrorContains(t, configured(t, provisioning.TenantConfig{Systems: map[string]provisioning.System{"directory": s}}), want)
	}
}

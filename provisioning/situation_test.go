package provisioning_test

import (
	"context"
	"testing"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/stretchr/testify/require"
)

// situation is a directory in which Ada, and Bea who begins in 2027, are known, and that
// is only reported on until it is managed.
type situation struct {
	*provisioningtest.Bench
	d    *memory.System
	mode provisioning.Mode
	is   provisioning.System
}

func inSituation(t *testing.T, is provisioning.System) *situation {
	t.Helper()
	s := &situation{d: memory.New(memory.Config{}), is: is}
	s.Bench = bench(t, provisioningtest.Config{Policy: plain, Engine: func(c *provisioning.Config) {
		first := c.Tenant
		c.Tenant = func(ctx context.Context, id string) (provisioning.TenantConfig, error) {
			cfg, err := first(ctx, id)
			system := s.is
			system.Connector, system.Mode = s.d, s.mode
			cfg.Systems = map[string]provisioning.System{"directory": system}
			return cfg, err
		}
	}})
	s.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	s.HR.Put(provisioningtest.Worker("2", "Bea", "Eng", "2027-01-01"))
	s.Sync()
	return s
}

// manage lets the engine do what policy wants.
func (s *situation) manage(t *testing.T) {
	t.Helper()
	s.reload(t, func() { s.mode = provisioning.Managed })
}

// repair lets it put right what a look finds.
func (s *situation) repair(t *testing.T) {
	t.Helper()
	s.reload(t, func() { s.is.Drift = provisioning.RepairDrift })
}

func (s *situation) reload(t *testing.T, change func()) {
	t.Helper()
	change()
	s.Engine.Reload(s.ID())
	var err error
	s.Tenant, err = s.Engine.Tenant(t.Context(), s.ID())
	require.NoError(t, err)
	s.Settle()
	s.Clock.Set(s.Clock.Now().Add(time.Hour))
}

// finds looks, and wants exactly these findings and nothing to be changed by the look.
func (s *situation) finds(t *testing.T, want map[string]provisioning.Situation) {
	t.Helper()
	before := s.d.Accounts()
	if want == nil {
		want = map[string]provisioning.Situation{}
	}
	require.Equal(t, want, situations(look(t, s.Bench)))
	if s.is.Drift == provisioning.ReportDrift {
		require.Equal(t, before, s.d.Accounts())
	}
}

func (s *situation) put(name, externalID string) connector.Account {
	return s.d.Put(connector.Account{Ref: connector.Ref{Name: name}, ExternalID: externalID, Active: true})
}

func (s *situation) change(login string, fn func(*connector.Account)) {
	for _, a := range s.d.Accounts() {
		if a.Name == login {
			fn(&a)
			s.d.Put(a)
		}
	}
}

func (s *situation) lose(login string) {
	for _, a := range s.d.Accounts() {
		if a.Name == login {
			s.d.Remove(a.ID)
		}
	}
}

// The rows of the table in docs/design.md, in its words.
var reconciliation = map[string]func(t *testing.T, s *situation){
	"CONFIRMED": func(t *testing.T, s *situation) {
		s.manage(t)
		writes := s.d.Writes()
		s.finds(t, nil)
		require.Equal(t, writes, s.d.Writes())
		require.NoError(t, s.d.SignIn("ada"))
	},
	"FOUND": func(t *testing.T, s *situation) {
		s.put("ada.old", s.Person("1"))
		s.finds(t, map[string]provisioning.Situation{"ada.old ": provisioning.Found})
		s.manage(t)
		require.Len(t, s.d.Accounts(), 1)
		require.Equal(t, []string{"group/staff"}, entitlements(s.d.Accounts()[0]))
		s.finds(t, nil)
	},
	"ABSENT": func(t *testing.T, s *situation) {
		s.finds(t, nil)
		require.Empty(t, s.d.Accounts())
		s.manage(t)
		require.NoError(t, s.d.SignIn("ada"))
	},
	"AMBIGUOUS": func(t *testing.T, s *situation) {
		s.put("ada.old", s.Person("1"))
		s.put("ada.new", s.Person("1"))
		before := s.d.Accounts()
		s.finds(t, map[string]provisioning.Situation{"ada.old ": provisioning.Found, "ada.new ": provisioning.Duplicate})
		s.manage(t)
		require.Equal(t, before, s.d.Accounts(), "neither is touched, and there is no third")
		status, err := s.Status(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, status.Systems["directory"]["parked"])
	},
	"FOUND_ALREADY_LINKED": func(t *testing.T, s *situation) {
		s.manage(t)
		s.change("ada", func(a *connector.Account) { a.ExternalID = s.Person("2") })
		before := s.d.Accounts()
		s.finds(t, map[string]provisioning.Situation{"ada external id": provisioning.Drifted})
		err := s.Adopt(t.Context(), provisioning.AdoptRequest{System: "directory", Account: before[0].ID, Person: s.Person("2"), Actor: "me"})
		require.ErrorIs(t, err, connector.ErrAlreadyExists)
		s.HR.Change("2", func(w *hrsource.Worker) { w.HireDate = date(2025, 1, 1) })
		s.Sync()
		require.Equal(t, before, s.d.Accounts(), "Bea does not get Ada's, nor another one")
		s.put("bea.old", s.Person("1"))
		s.finds(t, map[string]provisioning.Situation{"ada external id": provisioning.Drifted, "bea.old ": provisioning.Duplicate})
	},
	"MISSING": func(t *testing.T, s *situation) {
		s.HR.Put(provisioningtest.Worker("3", "Cid", "Eng", "2025-01-01"))
		s.Sync()
		s.manage(t)
		s.lose("ada")
		s.finds(t, map[string]provisioning.Situation{"ada ": provisioning.Missing})
		require.Error(t, s.d.SignIn("ada"))
		s.repair(t)
		s.finds(t, map[string]provisioning.Situation{"ada ": provisioning.Missing})
		require.NoError(t, s.d.SignIn("ada"))
	},
	"UNQUALIFIED": func(t *testing.T, s *situation) {
		s.manage(t)
		s.HR.End("1", "2025-12-31")
		s.Sync()
		require.Len(t, s.d.Accounts(), 1, "disabled, and not deleted")
		require.Error(t, s.d.SignIn("ada"))
		s.Clock.Set(s.Clock.Now().Add(time.Hour))
		s.finds(t, nil)
		s.change("ada", func(a *connector.Account) { a.Active = true })
		s.finds(t, map[string]provisioning.Situation{"ada sign-in": provisioning.Ghost})
		require.NoError(t, s.d.SignIn("ada"))
		s.repair(t)
		s.finds(t, map[string]provisioning.Situation{"ada sign-in": provisioning.Ghost})
		require.Error(t, s.d.SignIn("ada"))
		require.Len(t, s.d.Accounts(), 1)
	},
	"SOURCE_IGNORED": func(t *testing.T, s *situation) {
		s.HR.Change("1", func(w *hrsource.Worker) { w.Type = hrsource.ContingentWorker })
		s.Sync()
		s.manage(t)
		s.finds(t, nil)
		require.Empty(t, s.d.Accounts())
	},
	"TARGET_IGNORED": func(t *testing.T, s *situation) {
		s.is.AdoptByName, s.is.Protected = true, []string{"bea"}
		s.put("bea", "")
		before := s.d.Accounts()
		s.finds(t, map[string]provisioning.Situation{"bea ": provisioning.Orphan})
		s.manage(t)
		s.HR.Change("2", func(w *hrsource.Worker) { w.HireDate = date(2025, 1, 1) })
		s.Sync()
		require.Equal(t, before[0], s.d.Accounts()[0])
		require.NoError(t, s.d.SignIn("bea2"), "hers is another one")
	},
	"UNASSIGNED": func(t *testing.T, s *situation) {
		s.put("ada", "")
		s.put("root", "")
		s.put("old", "")
		s.change("old", func(a *connector.Account) { a.Active = false })
		before := s.d.Accounts()
		s.finds(t, map[string]provisioning.Situation{"ada ": provisioning.Candidate, "root ": provisioning.Orphan, "old ": provisioning.Dormant})
		s.manage(t)
		require.Equal(t, before, s.d.Accounts()[:3])
		require.NoError(t, s.d.SignIn("ada2"), "a name alone proves nothing")
	},
	"SOURCE_MISSING": func(t *testing.T, s *situation) {
		for _, name := range []string{"Cid", "Dan", "Eve", "Fay", "Gil"} {
			s.HR.Put(provisioningtest.Worker(name, name, "Eng", "2025-01-01"))
		}
		s.manage(t)
		s.Sync()
		s.HR.Remove("Cid")
		require.Equal(t, 1, s.Sync().Missing)
		s.Clock.Set(s.Clock.Now().Add(1000 * time.Hour))
		s.finds(t, nil)
		require.NoError(t, s.d.SignIn("cid"))
	},
	"LINK_ONLY": func(t *testing.T, s *situation) {
		leaveAndLose(t, s)
		s.finds(t, map[string]provisioning.Situation{"ada ": provisioning.Missing})
		s.repair(t)
		s.finds(t, map[string]provisioning.Situation{"ada ": provisioning.Missing})
		require.Len(t, s.d.Accounts(), 1, "nothing is made for a leaver")
	},
	"ALL_GONE": func(t *testing.T, s *situation) {
		leaveAndLose(t, s)
		s.repair(t)
		look(t, s.Bench)
		writes := s.d.Writes()
		s.finds(t, nil)
		require.Equal(t, writes, s.d.Writes())
		require.Len(t, s.d.Accounts(), 1)
	},
}

// leaveAndLose lets Ada leave and somebody delete her account, with Cid's beside it.
func leaveAndLose(t *testing.T, s *situation) {
	t.Helper()
	s.HR.Put(provisioningtest.Worker("3", "Cid", "Eng", "2025-01-01"))
	s.Sync()
	s.manage(t)
	s.HR.End("1", "2025-12-31")
	s.Sync()
	s.Clock.Set(s.Clock.Now().Add(time.Hour))
	s.lose("ada")
}

func TestEverySituationHasASafeDefault(t *testing.T) {
	t.Parallel()
	require.Len(t, reconciliation, 13)
	for name, row := range reconciliation {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row(t, inSituation(t, provisioning.System{}))
		})
	}
}

package provisioning_test

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/stretchr/testify/require"
)

// titled is a policy of two attributes.
const titled = plain + `      title: "{jobTitle}"
`

// handled is a bench with Ada, an engineer, in a directory that is handled as alter says.
func handled(t *testing.T, rules string, alter func(*provisioning.System)) *provisioningtest.Bench {
	t.Helper()
	b := bench(t, provisioningtest.Config{Policy: rules, Tenant: func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		alter(&s)
		c.Systems["directory"] = s
	}})
	ada := provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01")
	ada.Assignments[0].JobTitle = "Engineer"
	b.HR.Put(ada)
	b.Sync()
	b.Clock.Set(b.Clock.Now().Add(time.Hour))
	return b
}

// shows returns the only value of an attribute of Ada's account.
func shows(t *testing.T, b *provisioningtest.Bench, attribute string) string {
	t.Helper()
	values := account(t, b, "directory", "1").Attributes[attribute].All()
	require.Len(t, values, 1)
	return values[0]
}

// A lost reply once wrote every attribute again, and undid what somebody had changed.
func TestALostReplyWritesWhatWasSentAlone(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]memory.Effect{"reply": memory.LoseReply, "request": memory.Fail} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := handled(t, titled, func(*provisioning.System) {})
			tamper(b, "ada", func(a *connector.Account) { a.Attributes["title"] = connector.String("Chair") })
			b.Target("directory").Fault(memory.Fault{Kinds: []connector.Kind{connector.Update}, Times: 1, Do: do})
			b.Target("directory").Fault(memory.Fault{Kinds: []connector.Kind{memory.Find}, Times: 2, Do: memory.Fail})
			b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Ops" })
			b.Sync()
			require.Equal(t, "Ops", shows(t, b, "department"))
			require.Equal(t, "Chair", shows(t, b, "title"))
		})
	}
}

func adopts(s *provisioning.System) { s.Drift = provisioning.AdoptDrift }

func department(to string) func(*hrsource.Worker) {
	return func(w *hrsource.Worker) { w.Assignments[0].Department = to }
}

func TestAttributeChangedByHandIsLeftUntilHRChangesIt(t *testing.T) {
	t.Parallel()
	b := handled(t, titled, adopts)
	tamper(b, "ada", func(a *connector.Account) { a.Attributes["department"] = connector.String("Board") })
	o := look(t, b)
	require.Len(t, o.Findings, 1)
	require.True(t, o.Findings[0].Adopted)
	require.False(t, o.Findings[0].Repairs)
	require.Equal(t, "Board", shows(t, b, "department"))
	require.Empty(t, look(t, b).Findings, "it is how it is by now")
	entries := b.Sink.Entries(audit.EventDrift)
	require.Len(t, entries, 1)
	require.Equal(t, b.Person("1"), entries[0].Person)
	require.Contains(t, entries[0].Before, "Eng")
	require.Contains(t, entries[0].After, "Board")

	b.Target("directory").Fault(memory.Fault{Kinds: []connector.Kind{connector.Update}, Times: 1, Do: memory.LoseReply})
	b.Target("directory").Fault(memory.Fault{Kinds: []connector.Kind{memory.Find}, Times: 2, Do: memory.Fail})
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].JobTitle = "Chair" })
	b.Sync()
	require.Equal(t, "Chair", shows(t, b, "title"))
	require.Equal(t, "Board", shows(t, b, "department"), "HR changed something else")

	b.HR.Change("1", department("Ops"))
	b.Sync()
	require.Equal(t, "Ops", shows(t, b, "department"))
	b.HR.Change("1", department("Eng"))
	b.Sync()
	require.Equal(t, "Eng", shows(t, b, "department"))
}

func TestDriftIsTreatedByAttributeAndSystem(t *testing.T) {
	t.Parallel()
	const rules = titled + `      city: "{location}"
`
	b := handled(t, rules, func(s *provisioning.System) {
		s.Drift = provisioning.RepairDrift
		s.DriftOf = map[string]provisioning.Drift{"department": provisioning.AdoptDrift, "group": provisioning.ReportDrift, "city": provisioning.ReportDrift}
	})
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Location = "Graz" })
	b.Sync()
	b.Clock.Set(b.Clock.Now().Add(time.Hour))
	tamper(b, "ada", func(a *connector.Account) {
		a.Attributes["department"], a.Attributes["title"], a.Attributes["city"] = connector.String("Board"), connector.String("Boss"), connector.String("Wien")
		a.Entitlements = nil
	})
	look(t, b)
	require.Equal(t, "Board", shows(t, b, "department"), "adopted")
	require.Equal(t, "Engineer", shows(t, b, "title"), "repaired")
	require.Equal(t, "Wien", shows(t, b, "city"), "reported")
	require.Empty(t, account(t, b, "directory", "1").Entitlements, "reported")
	b.Clock.Set(b.Clock.Now().Add(time.Hour))
	require.Equal(t, map[string]provisioning.Situation{"ada city": provisioning.Drifted, "ada group/staff": provisioning.Drifted}, situations(look(t, b)),
		"what is only reported is told again")
}

func TestAccountSwitchedOffByHandIsAdoptedAndDisabledAgainWhenItsPersonLeaves(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]bool{"stays off": false, "is switched on again unseen": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := handled(t, titled, adopts)
			switchTo := func(on bool) { tamper(b, "ada", func(a *connector.Account) { a.Active = on }) }
			switchTo(false)
			require.True(t, look(t, b).Findings[0].Adopted)
			require.Empty(t, look(t, b).Findings)
			b.HR.Change("1", department("Ops"))
			b.Sync()
			require.Error(t, b.Target("directory").SignIn("ada"), "nobody wants that otherwise")
			switchTo(again)
			b.HR.End("1", "2025-12-31")
			b.Sync()
			require.Error(t, b.Target("directory").SignIn("ada"), "she has left")
			b.HR.Change("1", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
			b.Sync()
			require.NoError(t, b.Target("directory").SignIn("ada"), "HR has changed it")
		})
	}
}

func TestAccountSwitchedOnAgainByHandIsAsPolicyWantsIt(t *testing.T) {
	t.Parallel()
	b := handled(t, titled, adopts)
	for _, on := range []bool{false, true, false} {
		tamper(b, "ada", func(a *connector.Account) { a.Active = on })
		require.Equal(t, map[string]provisioning.Situation{"ada sign-in": provisioning.Drifted}, situations(look(t, b)))
		require.Empty(t, look(t, b).Findings)
		require.Equal(t, on, b.Target("directory").SignIn("ada") == nil)
	}
}

func TestNothingOfAnAccountThatNobodyIsToSignInWithIsAdopted(t *testing.T) {
	t.Parallel()
	b := handled(t, titled, adopts)
	b.HR.End("1", "2025-12-31")
	b.Sync()
	b.Clock.Set(b.Clock.Now().Add(time.Hour))
	tamper(b, "ada", func(a *connector.Account) {
		a.Active = true
		a.Entitlements = []connector.Entitlement{{Kind: "group", Name: "admins"}}
	})
	for range 2 {
		o := look(t, b)
		require.Equal(t, map[string]provisioning.Situation{"ada sign-in": provisioning.Ghost, "ada group/admins": provisioning.Unexplained}, situations(o))
		for _, f := range o.Findings {
			require.False(t, f.Adopted)
		}
	}
	require.Empty(t, b.Sink.Entries(audit.EventDrift))
}

func TestLoginNameChangedByHandIsLeftUntilTheNameChanges(t *testing.T) {
	t.Parallel()
	const renames = plain + `    rename: true
`
	for name, c := range map[string]struct{ to, after string }{"another name": {"boss", "boss"}, "one of her names": {"ada7", "ada7"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := handled(t, renames, adopts)
			tamper(b, "ada", func(a *connector.Account) { a.Name = c.to })
			require.Equal(t, map[string]provisioning.Situation{c.to + " login name": provisioning.Drifted}, situations(look(t, b)))
			require.Empty(t, look(t, b).Findings)
			b.HR.Change("1", department("Ops"))
			b.Sync()
			require.NoError(t, b.Target("directory").SignIn(c.after))
			b.HR.Change("1", func(w *hrsource.Worker) { w.Name.Given = "Eva" })
			b.Sync()
			require.NoError(t, b.Target("directory").SignIn("eva"))
		})
	}
	t.Run("the name of somebody else", func(t *testing.T) {
		t.Parallel()
		b := handled(t, plain, adopts)
		b.HR.Put(provisioningtest.Worker("2", "Bea", "Eng", "2025-01-01"))
		b.Sync()
		b.Clock.Set(b.Clock.Now().Add(time.Hour))
		tamper(b, "bea", func(a *connector.Account) { a.Name = "bea.old" })
		tamper(b, "ada", func(a *connector.Account) { a.Name = "bea" })
		for _, f := range look(t, b).Findings {
			require.Equal(t, f.Account.Name == "bea.old", f.Adopted)
		}
	})
}

func TestDriftOfWhatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	for _, s := range []provisioning.System{
		{Drift: "adapt"},
		{DriftOf: map[string]provisioning.Drift{"title": "adapt"}},
		{DriftOf: map[string]provisioning.Drift{"": provisioning.AdoptDrift}},
		{DriftOf: map[string]provisioning.Drift{"group/staff": provisioning.AdoptDrift}},
	} {
		s.Connector = memory.New(memory.Config{})
		require.ErrorContains(t, configured(t, provisioning.TenantConfig{Systems: map[string]provisioning.System{"directory": s}}), "drift")
	}
}

// An operation on the account once made the engine take what it was shown for known.
func TestDriftIsSeenThoughTheAccountWasWorkedOnSince(t *testing.T) {
	t.Parallel()
	b := handled(t, titled, func(s *provisioning.System) { s.Drift = provisioning.RepairDrift })
	tamper(b, "ada", func(a *connector.Account) { a.Attributes["department"] = connector.String("Board") })
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].JobTitle = "Chair" })
	b.Sync()
	require.Equal(t, "Chair", shows(t, b, "title"))
	b.Clock.Set(b.Clock.Now().Add(time.Hour))
	require.Equal(t, map[string]provisioning.Situation{"ada department": provisioning.Drifted}, situations(look(t, b)))
	require.Equal(t, "Eng", shows(t, b, "department"))
}

func TestWhatASystemMakesOfAValueIsNoDrift(t *testing.T) {
	t.Parallel()
	for name, quiet := range map[string]bool{"shown after a write": false, "shown by a listing alone": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := bench(t, provisioningtest.Config{Policy: plain, Engine: func(c *provisioning.Config) {
				c.Interceptors = []connector.Interceptor{func(next connector.Handler) connector.Handler {
					return func(ctx context.Context, op connector.Operation) (connector.Result, error) {
						op.Attributes = maps.Clone(op.Attributes)
						for name, v := range op.Attributes {
							op.Attributes[name] = connector.String(strings.ToUpper(v.All()[0]))
						}
						result, err := next(ctx, op)
						if quiet && op.Kind == connector.Update {
							result.Account = connector.Account{}
						}
						return result, err
					}
				}}
			}, Tenant: func(c *provisioning.TenantConfig) {
				s := c.Systems["directory"]
				s.Drift = provisioning.RepairDrift
				c.Systems["directory"] = s
			}})
			b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
			b.Sync()
			b.HR.Change("1", department("Ops"))
			b.Sync()
			if quiet { // it cannot be told from a change by hand, once
				b.Clock.Set(b.Clock.Now().Add(time.Hour))
				look(t, b)
			}
			for range 2 {
				b.Clock.Set(b.Clock.Now().Add(time.Hour))
				writes := b.Target("directory").Writes()
				require.Empty(t, look(t, b).Findings)
				require.Equal(t, writes, b.Target("directory").Writes())
			}
			require.Equal(t, "OPS", shows(t, b, "department"))
		})
	}
}

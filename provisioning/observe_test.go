package provisioning_test

import (
	"context"
	"errors"
	"fmt"
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

// drifting is a bench with three people in the directory, of whom one has left.
func drifting(t *testing.T, drift provisioning.Drift) *provisioningtest.Bench {
	t.Helper()
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		s.Drift = drift
		c.Systems["directory"] = s
	}})
	for i, name := range []string{"Ada", "Bea", "Cid"} {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint(i+1), name, "Eng", "2025-01-01"))
	}
	b.Sync()
	b.HR.End("3", "2025-12-31")
	b.Sync()
	require.Equal(t, 2, activeIn(b, "directory"))
	b.Clock.Set(b.Clock.Now().Add(time.Hour))
	return b
}

func look(t *testing.T, b *provisioningtest.Bench) provisioning.Observation {
	t.Helper()
	o, err := b.Observe(t.Context(), provisioning.ObserveRequest{System: "directory"})
	require.NoError(t, err)
	b.Settle()
	return o
}

// tamper lets somebody change an account by hand.
func tamper(b *provisioningtest.Bench, login string, change func(*connector.Account)) {
	for _, a := range b.Target("directory").Accounts() {
		if a.Name == login {
			change(&a)
			b.Target("directory").Put(a)
		}
	}
}

func situations(o provisioning.Observation) map[string]provisioning.Situation {
	out := map[string]provisioning.Situation{}
	for _, f := range o.Findings {
		out[f.Account.Name+" "+f.What] = f.Situation
	}
	return out
}

func TestObserveFindsNothingWhereEverythingIsAsItShouldBe(t *testing.T) {
	t.Parallel()
	b := drifting(t, provisioning.RepairDrift)
	writes := b.Target("directory").Writes()
	o := look(t, b)
	require.Empty(t, o.Findings)
	require.True(t, o.Complete)
	require.Equal(t, 3, o.Accounts)
	require.Equal(t, 3, o.Ours)
	require.Equal(t, writes, b.Target("directory").Writes())
}

// byHand is what people do in a system behind the engine's back.
func byHand(b *provisioningtest.Bench) {
	tamper(b, "ada", func(a *connector.Account) {
		a.Attributes["department"] = connector.String("Board")
		a.Entitlements = append(a.Entitlements, connector.Entitlement{Kind: "group", Name: "admins"})
	})
	tamper(b, "bea", func(a *connector.Account) { a.Entitlements = nil })
	tamper(b, "cid", func(a *connector.Account) { a.Active = true })
	b.Target("directory").Put(connector.Account{Ref: connector.Ref{Name: "root"}, Active: true})
	b.Target("directory").Put(connector.Account{Ref: connector.Ref{Name: "old"}})
}

func TestObserveReportsAndChangesNothingUnlessToldTo(t *testing.T) {
	t.Parallel()
	b := drifting(t, provisioning.ReportDrift)
	byHand(b)
	writes := b.Target("directory").Writes()
	for range 2 { // the second report tells the same
		o := look(t, b)
		require.Equal(t, map[string]provisioning.Situation{
			"ada department": provisioning.Drifted, "ada group/admins": provisioning.Unexplained, "bea group/staff": provisioning.Drifted,
			"cid sign-in": provisioning.Ghost, "root ": provisioning.Orphan, "old ": provisioning.Dormant,
		}, situations(o))
		for _, f := range o.Findings {
			require.False(t, f.Repairs)
		}
	}
	require.Equal(t, writes, b.Target("directory").Writes())
	entries := b.Sink.Entries(audit.EventRun)
	require.Equal(t, "observed", entries[len(entries)-1].Outcome)
	require.Contains(t, entries[len(entries)-1].Note, "1 ghost")
}

func TestDriftIsRepaired(t *testing.T) {
	t.Parallel()
	b := drifting(t, provisioning.RepairDrift)
	byHand(b)
	look(t, b)
	d := b.Target("directory")
	for _, a := range d.Accounts() {
		switch a.Name {
		case "ada":
			require.True(t, a.Attributes["department"].Equal(connector.String("Eng")))
			require.Contains(t, a.Entitlements, connector.Entitlement{Kind: "group", Name: "admins"}, "we did not give it")
		case "bea":
			require.Equal(t, []connector.Entitlement{{Kind: "group", Name: "staff"}}, a.Entitlements)
		case "cid":
			require.False(t, a.Active)
		case "root":
			require.True(t, a.Active, "nobody's")
		}
	}
	again := look(t, b)
	require.Equal(t, map[string]provisioning.Situation{
		"ada group/admins": provisioning.Unexplained, "root ": provisioning.Orphan, "old ": provisioning.Dormant,
	}, situations(again))
}

// What somebody switched off by hand may be an answer to an attack.
func TestAccountDisabledByHandStaysDisabled(t *testing.T) {
	t.Parallel()
	b := drifting(t, provisioning.RepairDrift)
	tamper(b, "ada", func(a *connector.Account) { a.Active = false })
	o := look(t, b)
	require.Equal(t, map[string]provisioning.Situation{"ada sign-in": provisioning.Drifted}, situations(o))
	require.Error(t, b.Target("directory").SignIn("ada"))
}

func TestGhostsInMassAreHeldByTheGuard(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		s.Drift = provisioning.RepairDrift
		c.Systems["directory"] = s
	}})
	for i := range 30 {
		b.HR.End(fmt.Sprintf("%04d", i), "2025-12-31")
	}
	b.Sync()
	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	require.Equal(t, 30, activeIn(b, "directory"))
	b.Clock.Set(b.Clock.Now().Add(48 * time.Hour))
	for _, a := range b.Target("directory").Accounts() {
		tamper(b, a.Name, func(a *connector.Account) { a.Active = true })
	}
	require.Equal(t, 30, look(t, b).Counts[provisioning.Ghost])
	require.Equal(t, 60, activeIn(b, "directory"), "as a whole, until somebody says so")
	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	require.Equal(t, 30, activeIn(b, "directory"))
}

func TestIncompleteListingConcludesNothing(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]memory.Fault{
		"cut off":      {Kinds: []connector.Kind{memory.List}, Do: memory.PartialPage, Accounts: 1},
		"not answered": {Kinds: []connector.Kind{memory.List}, Do: memory.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := drifting(t, provisioning.RepairDrift)
			before := b.Target("directory").Accounts()
			b.Target("directory").Fault(fault)
			o, err := b.Observe(t.Context(), provisioning.ObserveRequest{System: "directory"})
			require.Equal(t, name == "not answered", err != nil)
			require.False(t, o.Complete)
			require.Zero(t, o.Counts[provisioning.Missing])
			b.Target("directory").Clear()
			b.Settle()
			require.Equal(t, before, b.Target("directory").Accounts())
		})
	}
}

// Five accounts were once believed to be missing however many there were.
func TestAnotherSystemUnderTheSameAddressIsNotBelieved(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 5, 60} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			other := memory.New(memory.Config{}) // and empty
			var wrong bool
			b := crowd(t, n, provisioningtest.Config{Policy: plain, Engine: func(c *provisioning.Config) {
				first := c.Tenant
				c.Tenant = func(ctx context.Context, id string) (provisioning.TenantConfig, error) {
					cfg, err := first(ctx, id)
					s := cfg.Systems["directory"]
					s.Drift = provisioning.RepairDrift
					if wrong {
						s.Connector = other
					}
					cfg.Systems = map[string]provisioning.System{"directory": s}
					return cfg, err
				}
			}})
			wrong = true
			b.Engine.Reload(b.ID())
			var err error
			b.Tenant, err = b.Engine.Tenant(t.Context(), b.ID())
			require.NoError(t, err)
			b.Clock.Set(b.Clock.Now().Add(time.Hour))
			o := look(t, b)
			require.False(t, o.Complete)
			require.Contains(t, o.Basis, fmt.Sprintf("%d of our %d accounts are not there", n, n))
			require.Zero(t, o.Counts[provisioning.Missing])
			require.Empty(t, other.Accounts(), "nobody is made anew there")
		})
	}
}

// Some systems number their accounts, and another one has the same numbers.
func TestAccountThatSaysItIsSomebodyElsesIsNotRepaired(t *testing.T) {
	t.Parallel()
	b := drifting(t, provisioning.RepairDrift)
	for _, login := range []string{"ada", "bea", "cid"} {
		tamper(b, login, func(a *connector.Account) {
			*a = connector.Account{Ref: connector.Ref{ID: a.ID, Name: "zoe." + login}, ExternalID: "p-of-others-" + login, Active: true}
		})
	}
	before := b.Target("directory").Accounts()
	o := look(t, b)
	require.Equal(t, map[string]provisioning.Situation{
		"zoe.ada external id": provisioning.Drifted, "zoe.bea external id": provisioning.Drifted, "zoe.cid external id": provisioning.Drifted,
	}, situations(o))
	require.Equal(t, before, b.Target("directory").Accounts())
}

func TestAFifthOfTheAccountsMayBeMissingOrOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ people, gone, believed int }{{1, 1, 0}, {2, 1, 1}, {2, 2, 0}, {5, 1, 1}, {5, 2, 0}, {10, 2, 2}, {10, 3, 0}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			t.Parallel()
			b := crowd(t, c.people, provisioningtest.Config{Policy: plain, Tenant: func(cfg *provisioning.TenantConfig) {
				s := cfg.Systems["directory"]
				s.Drift = provisioning.RepairDrift
				cfg.Systems["directory"] = s
			}})
			b.Clock.Set(b.Clock.Now().Add(time.Hour))
			for _, a := range b.Target("directory").Accounts()[:c.gone] {
				b.Target("directory").Remove(a.ID)
			}
			o := look(t, b)
			require.Equal(t, c.believed, o.Counts[provisioning.Missing])
			require.Equal(t, c.believed > 0, o.Complete)
			require.Equal(t, c.people-c.gone+c.believed, activeIn(b, "directory"))
		})
	}
}

func TestMissingAccountIsMadeAgainWithItsName(t *testing.T) {
	t.Parallel()
	b := drifting(t, provisioning.RepairDrift)
	b.Target("directory").Remove(account(t, b, "directory", "1").ID)
	o := look(t, b)
	require.Equal(t, map[string]provisioning.Situation{"ada ": provisioning.Missing}, situations(o))
	require.NoError(t, b.Target("directory").SignIn("ada"))
	require.Equal(t, []string{"group/staff"}, entitlements(account(t, b, "directory", "1")))
	require.Empty(t, look(t, b).Findings)
}

func TestAccountThatIsBeingWorkedOnIsLeftAlone(t *testing.T) {
	t.Parallel()
	b := drifting(t, provisioning.RepairDrift)
	d := b.Target("directory")
	d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Update}, Times: 1, Do: memory.LoseReply})
	d.Fault(memory.Fault{Kinds: []connector.Kind{memory.Find}, Do: memory.Fail})
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Ops" })
	readAndDrain(t, b)
	o, err := b.Observe(t.Context(), provisioning.ObserveRequest{System: "directory"})
	require.NoError(t, err)
	require.Equal(t, 1, o.Busy)
	require.Empty(t, o.Findings)
	d.Clear()
	b.Settle()
	require.Empty(t, look(t, b).Findings)
}

// Both were called found, and the first look at either would have been believed.
func TestOfTwoAccountsWithOneIdentifierTheSecondIsADuplicate(t *testing.T) {
	t.Parallel()
	for name, between := range map[string]int{"in one batch": 0, "in two batches": 250} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) {
				s := c.Systems["directory"]
				s.Mode = provisioning.ReportOnly
				c.Systems["directory"] = s
			}})
			b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
			b.Sync()
			d := b.Target("directory")
			d.Put(connector.Account{Ref: connector.Ref{Name: "ada"}, ExternalID: b.Person("1"), Active: true})
			for i := range between {
				d.Put(connector.Account{Ref: connector.Ref{Name: fmt.Sprint("lab", i)}})
			}
			d.Put(connector.Account{Ref: connector.Ref{Name: "ada2"}, ExternalID: b.Person("1"), Active: true})
			for range 2 {
				o := look(t, b)
				require.Equal(t, 1, o.Counts[provisioning.Found])
				require.Equal(t, 1, o.Counts[provisioning.Duplicate])
				require.Equal(t, provisioning.Found, situations(o)["ada "])
				require.Equal(t, provisioning.Duplicate, situations(o)["ada2 "])
			}
		})
	}
}

func TestBrownfieldGoesFromReportToAdoptionToManagement(t *testing.T) {
	t.Parallel()
	d := memory.New(memory.Config{})
	var mode provisioning.Mode
	b := bench(t, provisioningtest.Config{Policy: plain, Engine: func(c *provisioning.Config) {
		first := c.Tenant
		c.Tenant = func(ctx context.Context, id string) (provisioning.TenantConfig, error) {
			cfg, err := first(ctx, id)
			cfg.Systems = map[string]provisioning.System{"directory": {Connector: d, Mode: mode}}
			return cfg, err
		}
	}})
	ada := d.Put(connector.Account{Ref: connector.Ref{Name: "Ada"}, Active: true, Attributes: map[string]connector.Value{"department": connector.String("?")}})
	lab := d.Put(connector.Account{Ref: connector.Ref{Name: "lab"}, Active: true})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	b.HR.Put(provisioningtest.Worker("2", "Gus", "Eng", "2025-01-01"))
	b.HR.End("2", "2025-06-30")
	b.Sync()
	require.Zero(t, d.Writes())
	o := look(t, b)
	require.Equal(t, map[string]provisioning.Situation{"Ada ": provisioning.Candidate, "lab ": provisioning.Orphan}, situations(o))
	require.Equal(t, b.Person("1"), o.Findings[0].Person)

	adopt := func(account, worker string) error {
		return b.Adopt(t.Context(), provisioning.AdoptRequest{System: "directory", Account: account, Person: b.Person(worker), Actor: "it-desk", Note: "checked by phone"})
	}
	require.NoError(t, adopt(ada.ID, "1"))
	require.ErrorIs(t, adopt(ada.ID, "2"), connector.ErrAlreadyExists)
	require.ErrorIs(t, adopt("nowhere", "2"), connector.ErrNotFound)
	require.NoError(t, adopt(lab.ID, "2"), "Gus had the account of the lab")
	b.Settle()
	require.Zero(t, d.Writes(), "it is still only reported on")
	require.Equal(t, map[string]provisioning.Situation{"lab sign-in": provisioning.Ghost}, situations(look(t, b)))

	for _, m := range []provisioning.Mode{provisioning.AddOnly, provisioning.Managed} {
		mode = m
		b.Engine.Reload(b.ID())
		var err error
		b.Tenant, err = b.Engine.Tenant(t.Context(), b.ID())
		require.NoError(t, err)
		b.Settle()
		require.Len(t, d.Accounts(), 2, "nobody got a second account")
		require.NoError(t, d.SignIn("ada"))
		require.Equal(t, m == provisioning.Managed, d.SignIn("lab") != nil)
	}
	require.Equal(t, []connector.Entitlement{{Kind: "group", Name: "staff"}}, d.Accounts()[0].Entitlements)
}

func TestWhatCannotBeListedIsNotObserved(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) {
		c.Systems["directory"] = provisioning.System{Connector: struct{ connector.Connector }{memory.New(memory.Config{})}}
	}})
	_, err := b.Observe(t.Context(), provisioning.ObserveRequest{System: "directory"})
	require.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = b.Observe(t.Context(), provisioning.ObserveRequest{System: "elsewhere"})
	require.ErrorContains(t, err, "not configured")
}

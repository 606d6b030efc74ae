package provisioning_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
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

// inBubble runs a test whose engine waits as long as it does by default, by the clock
// of the bubble.
func inBubble(t *testing.T, test func(*testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, test)
}

// outage is a bench by the bubble's clock, in which the one system is connected as told.
func outage(t *testing.T, cfg provisioningtest.Config, system provisioning.System) *provisioningtest.Bench {
	t.Helper()
	cfg.Policy, cfg.Start = cmp.Or(cfg.Policy, plain), time.Now()
	alter := cfg.Engine
	cfg.Engine = func(c *provisioning.Config) {
		c.Now, c.Retry = time.Now, provisioning.Retry{}
		if alter != nil {
			alter(c)
		}
	}
	system.Mode = provisioning.Managed
	cfg.Tenant = func(c *provisioning.TenantConfig) { c.Systems["directory"] = system }
	return bench(t, cfg)
}

// staff puts people into the HR system and reads it. The bubble's clock begins in 2000.
func staff(t *testing.T, b *provisioningtest.Bench, n int) {
	t.Helper()
	for i := range n {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprintf("P%03d", i), "Eng", "1999-01-01"))
	}
	_, err := b.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
}

// waitUntil waits by the bubble's clock.
func waitUntil(at time.Time) { <-time.After(time.Until(at)) }

// pass lets time pass, in which what comes due is done.
func pass(t *testing.T, b *provisioningtest.Bench, d time.Duration) {
	t.Helper()
	defer func() { b.Clock.Set(time.Now()) }()
	for end := time.Now().Add(d); ; {
		next, err := b.Drain(t.Context())
		require.NoError(t, err)
		if next.IsZero() || next.After(end) {
			waitUntil(end)
			return
		}
		waitUntil(next)
	}
}

func statusOf(t *testing.T, b *provisioningtest.Bench) provisioning.Status {
	t.Helper()
	s, err := b.Status(t.Context())
	require.NoError(t, err)
	return s
}

func TestOutageOfADayParksNobodyAndSendsLittle(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]memory.Fault{
		"errors":      {Do: memory.Fail},
		"no line":     {Do: memory.Down},
		"throttled":   {Do: memory.Throttle, Wait: time.Minute},
		"denied":      {Do: memory.Deny},
		"writes only": {Kinds: []connector.Kind{connector.Create}, Do: memory.Fail},
		"no replies":  {Do: memory.LoseReply},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				d := memory.New(memory.Config{})
				b := outage(t, provisioningtest.Config{}, provisioning.System{Connector: d})
				d.Fault(fault)
				if fault.Do == memory.LoseReply {
					d.Fault(memory.Fault{Kinds: []connector.Kind{memory.Find}, Do: memory.Fail})
				}
				people, hours := 30, 3 // for the others it is not as long, to save time
				if name == "errors" {
					people, hours = 200, 24
				}
				staff(t, b, people)
				pass(t, b, time.Duration(hours)*time.Hour)
				// Ten and those on the way, a dozen probes until they come each quarter of
				// an hour less the jitter, each of them a write and perhaps a look.
				require.LessOrEqual(t, len(d.Log()), 2*(18+12+hours*5))
				require.GreaterOrEqual(t, len(d.Log()), hours*4)
				s := statusOf(t, b)
				require.Zero(t, s.Systems["directory"]["parked"])
				require.Len(t, s.Outages, 1)

				d.Clear()
				pass(t, b, 20*time.Minute)
				require.Equal(t, people, activeAt(d))
				s = statusOf(t, b)
				require.Empty(t, s.Outages)
				require.Equal(t, map[string]int{"settled": 3 * people}, s.Systems["directory"])
				require.Len(t, d.Accounts(), people)
				if fault.Do == memory.LoseReply {
					require.Equal(t, people, d.Calls(connector.Create), "what was lost is read back and not sent again")
				}
			})
		})
	}
}

// broken fails for one account, whatever is asked of it.
type broken struct {
	*memory.System
	name string
}

func (s *broken) Update(ctx context.Context, r connector.UpdateRequest) (connector.Result, error) {
	if r.Ref.Name == s.name {
		return connector.Result{}, connector.NotSent(errors.New("503: it is locked by somebody"))
	}
	return s.System.Update(ctx, r)
}

func (s *broken) Disable(ctx context.Context, r connector.AccountRequest) (connector.Result, error) {
	if r.Ref.Name == s.name {
		return connector.Result{}, connector.NotSent(errors.New("503: it is locked by somebody"))
	}
	return s.System.Disable(ctx, r)
}

func TestOneBrokenAccountIsNoOutage(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := &broken{memory.New(memory.Config{}), "p003"}
		b := outage(t, provisioningtest.Config{}, provisioning.System{Connector: d})
		staff(t, b, 20)
		pass(t, b, time.Hour)
		changeAll(t, b, 20)
		pass(t, b, 24*time.Hour)
		require.Empty(t, b.Sink.Entries(audit.EventSystem), "nothing else is done for hours, but the system is well")
		s := statusOf(t, b)
		require.Equal(t, 1, s.Systems["directory"]["parked"])
		require.Equal(t, 59, s.Systems["directory"]["settled"])
	})
}

func TestOutageIsNoticedWhereOneThingIsDue(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := memory.New(memory.Config{})
		b := outage(t, provisioningtest.Config{}, provisioning.System{Connector: d})
		staff(t, b, 2)
		pass(t, b, time.Minute)
		d.Fault(memory.Fault{Do: memory.Down})
		b.HR.End("1", "1999-12-30")
		_, err := b.Read(t.Context(), provisioningtest.SourceName)
		require.NoError(t, err)
		pass(t, b, 14*time.Hour)
		s := statusOf(t, b)
		require.Len(t, s.Outages, 1)
		require.Zero(t, s.Systems["directory"]["parked"], "it would be more than fifty attempts")
		d.Clear()
		pass(t, b, 16*time.Minute)
		require.Error(t, d.SignIn("p001"))
		require.Empty(t, statusOf(t, b).Outages)
	})
}

// A system of which the technical account is locked after some attempts.
func TestDeniedOpensQuicklyAndIsAskedSeldom(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := memory.New(memory.Config{})
		b := outage(t, provisioningtest.Config{}, provisioning.System{Connector: d, Concurrency: 1})
		staff(t, b, 60)
		pass(t, b, time.Minute)
		d.Fault(memory.Fault{Do: memory.Deny})
		before := len(d.Log())
		changeAll(t, b, 60)
		pass(t, b, time.Minute)
		require.Len(t, d.Log(), before+2, "an attempt, and a question whether it is about all")
		require.True(t, statusOf(t, b).Outages[0].Denied)
		terminate(t, b, "7")
		pass(t, b, 2*time.Hour)
		require.LessOrEqual(t, len(d.Log()), before+2+2*10, "something urgent is not tried more often, for it would not get in either")
		d.Clear()
		pass(t, b, 15*time.Minute)
		require.Error(t, d.SignIn("p007"))
		require.Equal(t, map[string]int{"settled": 181}, statusOf(t, b).Systems["directory"])
	})
}

func TestDenialOfOneThingIsBelievedWhereTheSystemIsWell(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := memory.New(memory.Config{})
		b := outage(t, provisioningtest.Config{}, provisioning.System{Connector: d})
		staff(t, b, 1)
		d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Create}, Do: memory.Deny})
		_, err := b.Drain(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, statusOf(t, b).Systems["directory"]["parked"])
		require.Equal(t, 1, d.Calls(connector.Create))
	})
}

func TestDenialOfWhatFailedBeforeMayBeAboutEverything(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := memory.New(memory.Config{})
		b := outage(t, provisioningtest.Config{}, provisioning.System{Connector: d, Concurrency: 1})
		d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Create}, Times: 1, Do: memory.Down})
		staff(t, b, 2) // what fails for one works for the other after it
		_, err := b.Drain(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, activeAt(d))
		d.Fault(memory.Fault{Do: memory.Deny})
		pass(t, b, time.Hour)
		s := statusOf(t, b)
		require.Zero(t, s.Systems["directory"]["parked"])
		require.Len(t, s.Outages, 1)
	})
}

// unchecked is a system that cannot say how it is.
type unchecked struct {
	connector.Connector
	connector.Suspender
	connector.Entitler
}

func TestDeniedIsToldFromDeniedOnceWhereNothingCanBeChecked(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := memory.New(memory.Config{})
		b := outage(t, provisioningtest.Config{}, provisioning.System{Connector: unchecked{d, d, d}, Concurrency: 1})
		staff(t, b, 40)
		pass(t, b, time.Minute)
		d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Update}, Times: 2, Do: memory.Deny})
		b.HR.Change("0", func(w *hrsource.Worker) { w.Assignments[0].Department = "Sales" })
		_, err := b.Read(t.Context(), provisioningtest.SourceName)
		require.NoError(t, err)
		_, err = b.Drain(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, statusOf(t, b).Systems["directory"]["due"], "it may be about everything")
		b.HR.Put(provisioningtest.Worker("new", "New", "Eng", "1999-01-01"))
		_, err = b.Read(t.Context(), provisioningtest.SourceName)
		require.NoError(t, err)
		pass(t, b, time.Hour)
		require.Equal(t, 1, statusOf(t, b).Systems["directory"]["parked"], "somebody else got an account meanwhile")
		require.NoError(t, d.SignIn("new"))
		require.Empty(t, b.Sink.Entries(audit.EventSystem))

		d.Fault(memory.Fault{Do: memory.Deny})
		before := len(d.Log())
		changeAll(t, b, 40)
		pass(t, b, time.Minute)
		require.Len(t, d.Log(), before+3)
		require.Len(t, statusOf(t, b).Outages, 1)
		require.Equal(t, 1, statusOf(t, b).Systems["directory"]["parked"])
		pass(t, b, 5*time.Hour)
		d.Clear()
		pass(t, b, 16*time.Minute)
		require.GreaterOrEqual(t, inSales(d), 39)
		require.Empty(t, statusOf(t, b).Outages)
	})
}

func TestWhatIsWrongWithOneThingIsNoOutage(t *testing.T) {
	t.Parallel()
	for name, system := range map[string]connector.Connector{
		"no such group":  memory.New(memory.Config{Entitlements: []connector.Entitlement{{Kind: "group", Name: "other"}}}),
		"all names gone": &conflicting{System: memory.New(memory.Config{})},
		"invalid":        faulty(memory.Fault{Kinds: []connector.Kind{connector.Create}, Do: memory.Refuse}),
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				b := outage(t, provisioningtest.Config{}, provisioning.System{Connector: system})
				staff(t, b, 50)
				pass(t, b, time.Hour)
				s := statusOf(t, b)
				for _, e := range b.Sink.Entries(audit.EventSystem) {
					require.Equal(t, "quarantined", e.Outcome)
				}
				require.Empty(t, s.Outages)
				require.Equal(t, name == "invalid", len(s.Quarantines) > 0)
				require.Equal(t, 50, s.Systems["directory"]["parked"])
			})
		})
	}
}

func faulty(f memory.Fault) *memory.System {
	d := memory.New(memory.Config{})
	d.Fault(f)
	return d
}

func TestBreakerIsSharedAndSurvivesARestart(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		store, err := sqlite.Open(t.Context(), ":memory:")
		require.NoError(t, err)
		defer store.Close()
		d := memory.New(memory.Config{})
		node := func(name string) *provisioningtest.Bench {
			return outage(t, provisioningtest.Config{Store: store, Engine: func(c *provisioning.Config) { c.Node = name }}, provisioning.System{Connector: d})
		}
		a := node("a")
		d.Fault(memory.Fault{Do: memory.Down})
		staff(t, a, 100)
		next, err := a.Drain(t.Context())
		require.NoError(t, err)
		sent := len(d.Log())
		require.LessOrEqual(t, sent, 18)

		b := node("b") // another process, or the same one after a restart
		opened := statusOf(t, b).Outages
		require.Len(t, opened, 1)
		require.Equal(t, opened, statusOf(t, a).Outages)
		again, err := b.Drain(t.Context())
		require.NoError(t, err)
		require.Equal(t, next, again)
		require.Len(t, d.Log(), sent, "the other one sends nothing either")

		for range 5 {
			waitUntil(next)
			results := make(chan error, 2)
			for _, n := range []*provisioningtest.Bench{a, b} {
				go func() {
					_, err := n.Drain(t.Context())
					results <- err
				}()
			}
			require.NoError(t, errors.Join(<-results, <-results))
			sent++
			require.Len(t, d.Log(), sent, "one probe for both")
			next, err = a.Drain(t.Context())
			require.NoError(t, err)
		}
		d.Clear()
		waitUntil(next)
		_, err = b.Drain(t.Context())
		require.NoError(t, err)
		require.Empty(t, statusOf(t, a).Outages)
		pass(t, a, time.Minute)
		require.Equal(t, 100, activeAt(d))
	})
}

func TestDrainThatIsInterruptedIsNoOutage(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := memory.New(memory.Config{})
		b := outage(t, provisioningtest.Config{}, provisioning.System{Connector: d})
		d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Create}, Do: memory.Slow})
		staff(t, b, 50)
		for range 5 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, err := b.Drain(ctx)
			cancel()
			require.ErrorIs(t, err, context.DeadlineExceeded)
			waitUntil(time.Now().Add(time.Minute))
		}
		require.GreaterOrEqual(t, d.Calls(connector.Create), 30)
		require.Empty(t, statusOf(t, b).Outages, "it was the caller who had enough")
	})
}

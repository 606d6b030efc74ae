package provisioning_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/internal/calendar"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

const nights = "mon-fri 20:00-06:00; sat,sun 00:00-24:00 Europe/Vienna"

// quiet is a bench whose directory is changed at night, on a Wednesday at 12:00 in
// Vienna.
func quiet(t *testing.T, batch provisioning.Batch, cfg provisioningtest.Config) *provisioningtest.Bench {
	t.Helper()
	cfg.Policy, cfg.Start = plain, time.Date(2026, 1, 14, 11, 0, 0, 0, time.UTC)
	alter := cfg.Tenant
	cfg.Tenant = func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		s.Batch = batch
		c.Systems["directory"] = s
		if alter != nil {
			alter(c)
		}
	}
	return bench(t, cfg)
}

func batched(t *testing.T, b *provisioningtest.Bench) int {
	t.Helper()
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	return status.Systems["directory"]["batched"]
}

func TestBatchWaitsForItsWindow(t *testing.T) {
	t.Parallel()
	b := quiet(t, provisioning.Batch{Windows: nights, Kinds: []connector.Kind{connector.Update}}, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	b.Sync()
	require.NoError(t, b.Target("directory").SignIn("ada"), "only updates wait")
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Sales" })
	b.Sync()
	department := func() string { return b.Target("directory").Accounts()[0].Attributes["department"].Text() }
	require.Equal(t, "Eng", department())
	require.Equal(t, 1, batched(t, b))
	plan, err := b.Plan(t.Context(), provisioning.PlanRequest{})
	require.NoError(t, err)
	require.Len(t, plan.Lines, 1)
	require.Contains(t, plan.Lines[0].String(), "batched: waits for its window until 2026-01-14T19:00:00Z")

	next, err := b.Drain(t.Context())
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 1, 14, 19, 0, 0, 0, time.UTC), next)
	b.Clock.Set(next.Add(-time.Second))
	b.Settle()
	require.Equal(t, "Eng", department())
	b.Clock.Set(next)
	b.Settle()
	require.Equal(t, "Sales", department())
	require.Zero(t, batched(t, b))
}

func TestWhatIsNotWantedAnyMoreWhenTheWindowOpensIsNotDone(t *testing.T) {
	t.Parallel()
	b := quiet(t, provisioning.Batch{Windows: nights, Kinds: []connector.Kind{connector.Disable, connector.Revoke}}, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	b.HR.Put(provisioningtest.Worker("2", "Bob", "Eng", "2025-01-01"))
	b.Sync()
	b.HR.End("1", "2026-01-13")
	b.HR.End("2", "2026-01-13")
	b.Sync()
	d := b.Target("directory")
	writes := d.Writes()
	require.NoError(t, d.SignIn("ada"))
	b.HR.Change("1", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} }) // rehired
	b.Sync()
	b.Clock.Set(time.Date(2026, 1, 14, 19, 0, 0, 0, time.UTC))
	b.Settle()
	require.NoError(t, d.SignIn("ada"))
	require.Error(t, d.SignIn("bob"))
	require.Equal(t, writes+3, d.Writes(), "one account, its sessions, one group")
}

func TestWhatIsUrgentWaitsForNoWindow(t *testing.T) {
	t.Parallel()
	b := quiet(t, provisioning.Batch{Windows: nights, Kinds: []connector.Kind{connector.Disable, connector.Revoke}}, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	b.Sync()
	b.HR.End("1", "2026-01-13")
	b.Sync()
	require.Equal(t, 2, batched(t, b))
	b.HR.Change("1", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() }) // thrown out, by now
	b.Sync()
	require.Error(t, b.Target("directory").SignIn("ada"))
	require.Zero(t, batched(t, b))
}

func TestRemovalsWaitNoLongerThanTheirCeiling(t *testing.T) {
	t.Parallel()
	b := quiet(t, provisioning.Batch{
		Windows: "sun 02:00-03:00 UTC", Kinds: []connector.Kind{connector.Disable, connector.Revoke, connector.Update}, Ceiling: 5 * time.Hour,
	}, provisioningtest.Config{})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	b.HR.Put(provisioningtest.Worker("2", "Bob", "Eng", "2025-01-01"))
	b.Sync()
	b.HR.End("1", "2026-01-13")
	b.HR.Change("2", func(w *hrsource.Worker) { w.Assignments[0].Department = "Sales" })
	b.Sync()
	next, err := b.Drain(t.Context())
	require.NoError(t, err)
	require.Equal(t, b.Clock.Now().Add(5*time.Hour), next)
	b.Clock.Set(next)
	b.Settle()
	require.Error(t, b.Target("directory").SignIn("ada"))
	require.Equal(t, 1, batched(t, b), "the update")
	next, err = b.Drain(t.Context())
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 1, 18, 2, 0, 0, 0, time.UTC), next)
}

func TestBatchedRemovalsAreJudgedWhenTheyAreDecided(t *testing.T) {
	t.Parallel()
	b := quiet(t, provisioning.Batch{Windows: nights, Kinds: []connector.Kind{connector.Disable, connector.Revoke}}, provisioningtest.Config{})
	for i := range 60 {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Eng", "2025-01-01"))
	}
	b.Sync()
	for i := range 20 {
		b.HR.End(fmt.Sprint(i), "2026-01-13")
	}
	b.Sync()
	require.Contains(t, openCase(t, b).Question, "20 of 60", "not at night, when nobody is there")
	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	require.Equal(t, 60, activeIn(b, "directory"), "released in the day, done at night")
	b.Clock.Set(time.Date(2026, 1, 14, 19, 0, 0, 0, time.UTC))
	b.Settle()
	require.Equal(t, 40, activeIn(b, "directory"))
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Zero(t, status.Cases)
}

func TestReleaseThatRunsOutBeforeTheWindowOpensIsJudgedAgain(t *testing.T) {
	t.Parallel()
	b := quiet(t, provisioning.Batch{Windows: nights, Kinds: []connector.Kind{connector.Disable, connector.Revoke}},
		provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) { c.Guard.ReleaseFor = time.Hour }})
	for i := range 60 {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Eng", "2025-01-01"))
	}
	b.Sync()
	for i := range 20 {
		b.HR.End(fmt.Sprint(i), "2026-01-13")
	}
	b.Sync()
	first := b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	b.Clock.Set(b.Clock.Now().Add(2 * time.Hour))
	b.Settle()
	require.NotEqual(t, first.ID, openCase(t, b).ID)
	b.Clock.Set(time.Date(2026, 1, 14, 19, 0, 0, 0, time.UTC))
	b.Settle()
	require.Equal(t, 60, activeIn(b, "directory"), "nobody has answered")
	b.AnswerCase(provisioning.CaseGuard, provisioning.ChoiceRelease)
	b.Settle()
	require.Equal(t, 40, activeIn(b, "directory"))
}

func TestNothingIsBegunOnceTheWindowHasClosed(t *testing.T) {
	t.Parallel()
	var b *provisioningtest.Bench
	calls := 0
	b = quiet(t, provisioning.Batch{Windows: nights, Kinds: []connector.Kind{connector.Grant}}, provisioningtest.Config{
		Tenant: func(c *provisioning.TenantConfig) {
			s := c.Systems["directory"]
			s.Concurrency = 1
			c.Systems["directory"] = s
		},
		Engine: func(c *provisioning.Config) {
			c.Interceptors = []connector.Interceptor{func(next connector.Handler) connector.Handler {
				return func(ctx context.Context, op connector.Operation) (connector.Result, error) {
					if op.Kind == connector.Grant {
						if calls++; calls == 5 {
							b.Clock.Set(time.Date(2026, 1, 15, 5, 0, 0, 0, time.UTC)) // 06:00 in Vienna
						}
					}
					return next(ctx, op)
				}
			}}
		},
	})
	for i := range 20 {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Eng", "2025-01-01"))
	}
	b.Sync()
	require.Equal(t, 20, batched(t, b))
	b.Clock.Set(time.Date(2026, 1, 15, 4, 59, 0, 0, time.UTC))
	b.Settle()
	require.Equal(t, 5, calls)
	require.Equal(t, 15, batched(t, b))
	next, err := b.Drain(t.Context())
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 1, 15, 19, 0, 0, 0, time.UTC), next)
	b.Clock.Set(next)
	b.Settle()
	require.Equal(t, 20, calls)
}

func TestWhatWaitsForAWindowThatIsTakenAwayIsDone(t *testing.T) {
	t.Parallel()
	batch := provisioning.Batch{Windows: nights, Kinds: []connector.Kind{connector.Grant}}
	var cfg *provisioning.TenantConfig
	b := quiet(t, batch, provisioningtest.Config{
		Tenant: func(c *provisioning.TenantConfig) { cfg = c },
		Engine: func(c *provisioning.Config) {
			c.Tenant = func(context.Context, string) (provisioning.TenantConfig, error) { return *cfg, nil }
		},
	})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	b.Sync()
	require.Equal(t, 1, batched(t, b))
	s := cfg.Systems["directory"]
	s.Batch = provisioning.Batch{}
	cfg.Systems = map[string]provisioning.System{"directory": s}
	b.Engine.Reload(b.ID())
	now, err := b.Engine.Tenant(t.Context(), b.ID())
	require.NoError(t, err)
	_, err = now.Drain(t.Context())
	require.NoError(t, err)
	require.Zero(t, batched(t, b))
	require.NotEmpty(t, b.Target("directory").Accounts()[0].Entitlements)
}

func TestBatchesThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	kinds := []connector.Kind{connector.Grant}
	for want, batch := range map[string]provisioning.Batch{
		"Windows is missing":   {Kinds: kinds},
		"Kinds is missing":     {Windows: nights},
		"batch: Windows: ":     {Windows: "mon-fri 20:00-06:00", Kinds: kinds},
		`kind "endSessions"`:   {Windows: nights, Kinds: []connector.Kind{connector.EndSessions}},
		"Ceiling 200h0m0s":     {Windows: nights, Kinds: kinds, Ceiling: 200 * time.Hour},
		"system directory: ba": {Windows: nights, Kinds: kinds, Ceiling: -1},
	} {
		err := configured(t, provisioning.TenantConfig{Systems: map[string]provisioning.System{
			"directory": {Connector: memory.New(memory.Config{}), Batch: batch},
		}})
		require.ErrorContains(t, err, want)
	}
}

// TestBatchedChangesKeepToTheirWindows lives through days of a company and looks at when
// each operation was sent.
func TestBatchedChangesKeepToTheirWindows(t *testing.T) {
	t.Parallel()
	const ceiling = 4 * time.Hour
	window, err := calendar.Parse(nights)
	require.NoError(t, err)
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 0))
			kinds := []connector.Kind{connector.Update, connector.Disable, connector.Revoke, connector.Grant}
			var b *provisioningtest.Bench
			decided := map[string]time.Time{} // when somebody's end was told
			within, over, early := 0, 0, 0
			var mu sync.Mutex
			b = quiet(t, provisioning.Batch{Windows: nights, Kinds: kinds, Ceiling: ceiling}, provisioningtest.Config{
				Tenant: func(c *provisioning.TenantConfig) { c.Guard = provisioning.Guard{Percent: 100} },
				Engine: func(c *provisioning.Config) {
					c.Interceptors = []connector.Interceptor{func(next connector.Handler) connector.Handler {
						return func(ctx context.Context, op connector.Operation) (connector.Result, error) {
							mu.Lock()
							defer mu.Unlock()
							open, _ := window.Open(b.Clock.Now())
							switch at := decided[op.ExternalID]; {
							case op.Kind == connector.Create || op.Kind == connector.Enable:
							case open:
								within++
							case op.Kind.Removes() && !b.Clock.Now().Before(at.Add(ceiling)):
								over++
							default:
								early++
							}
							return next(ctx, op)
						}
					}}
				},
			})
			for i := range 12 {
				b.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Eng", "2025-01-01"))
			}
			for range 60 {
				id := fmt.Sprint(random.IntN(12))
				person, err := b.PersonOf(t.Context(), hrsource.WorkerKey{Source: provisioningtest.SourceName, ID: id})
				switch {
				case err != nil:
				case random.IntN(2) == 0:
					b.HR.Change(id, func(w *hrsource.Worker) { w.Assignments[0].Department = fmt.Sprint(random.IntN(3)) })
				case random.IntN(2) == 0 && decided[person].IsZero():
					decided[person] = b.Clock.Now()
					b.HR.Change(id, func(w *hrsource.Worker) {
						w.TerminationDate = hrsource.DateOf(b.Clock.Now()).AddDays(-1)
					})
				default:
					delete(decided, person)
					b.HR.Change(id, func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
				}
				b.Sync()
				until := b.Clock.Now().Add(time.Duration(random.IntN(600)) * time.Minute)
				for {
					next, err := b.Drain(t.Context())
					require.NoError(t, err)
					if next.IsZero() || next.After(until) {
						break
					}
					b.Clock.Set(next)
				}
				b.Clock.Set(until)
			}
			require.Zero(t, early)
			require.NotZero(t, within)
			require.NotZero(t, over, "a ceiling was reached")
		})
	}
}

package provisioning_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// running starts an engine that reads its sources by itself, and stops it when the
// test ends.
func running(t *testing.T, more ...provisioning.Source) *provisioningtest.Bench {
	t.Helper()
	return runningWith(t, func(c *provisioning.TenantConfig) { c.Sources = append(c.Sources, more...) })
}

func runningWith(t *testing.T, alter func(*provisioning.TenantConfig)) *provisioningtest.Bench {
	t.Helper()
	b := bench(t, provisioningtest.Config{
		Tenant: func(c *provisioning.TenantConfig) {
			c.Sources[0].Every = time.Millisecond
			alter(c)
		},
		Engine: func(c *provisioning.Config) { c.Poll = time.Millisecond },
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.Engine.Run(ctx, b.ID()) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
	})
	return b
}

// eventually waits until something is so.
func eventually(t *testing.T, so func() bool) {
	t.Helper()
	require.Eventually(t, so, 30*time.Second, time.Millisecond)
}

func TestRunReadsAndProvisionsByItself(t *testing.T) {
	t.Parallel()
	b := running(t)
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	b.HR.Put(provisioningtest.Worker("2", "Bea", "Engineering", "2026-02-01"))
	eventually(t, func() bool { return activeIn(b, "git") == 1 })
	b.Clock.Set(time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)) // no event comes, only time passes
	eventually(t, func() bool { return activeIn(b, "git") == 2 })
	b.HR.Change("1", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
	eventually(t, func() bool { return activeIn(b, "git") == 1 && activeIn(b, "directory") == 1 })
}

func TestWhatIsKnownComesToPassWhileHRIsAway(t *testing.T) {
	t.Parallel()
	b := running(t)
	leaver := provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01")
	leaver.TerminationDate = hrsource.Date{Year: 2026, Month: 1, Day: 5}
	b.HR.Put(leaver)
	eventually(t, func() bool { return activeIn(b, "git") == 1 })
	b.HR.FailAfter(0, errors.New("HR is away"))
	b.Clock.Set(time.Date(2026, 1, 6, 0, 0, 0, 0, time.UTC))
	eventually(t, func() bool { return activeIn(b, "directory") == 0 && activeIn(b, "git") == 0 })
	b.HR.Put(provisioningtest.Worker("2", "Bea", "Engineering", "2026-01-01"))
	b.HR.FailAfter(0, nil)
	eventually(t, func() bool { return activeIn(b, "git") == 1 })
}

// brittle is a source that never answers, or answers with an error.
type brittle struct {
	reads atomic.Int32
	err   error
}

func (s *brittle) Name() string { return "brittle" }

func (s *brittle) Snapshot(ctx context.Context, _ hrsource.SnapshotRequest, _ func(hrsource.Record) error) (hrsource.Proof, error) {
	s.reads.Add(1)
	if s.err != nil {
		return hrsource.Proof{}, s.err
	}
	<-ctx.Done()
	return hrsource.Proof{}, ctx.Err()
}

// A source that hangs kept the engine from doing anything.
func TestSourceThatHangsHoldsUpNoTermination(t *testing.T) {
	t.Parallel()
	hangs := &brittle{}
	b := running(t, provisioning.Source{Source: hangs, Every: time.Hour})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	eventually(t, func() bool { return activeIn(b, "git") == 1 && hangs.reads.Load() == 1 })
	b.HR.Change("1", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
	eventually(t, func() bool { return activeIn(b, "git") == 0 && activeIn(b, "directory") == 0 })
}

// What is read once a day was read again a day after it had failed.
func TestReadThatFailedIsNotPutOffToTheNextDay(t *testing.T) {
	t.Parallel()
	fails := &brittle{err: errors.New("HR is away")}
	running(t, provisioning.Source{Source: fails, Every: 24 * time.Hour})
	eventually(t, func() bool { return fails.reads.Load() > 2 })
}

func TestRunObservesSystemsByItself(t *testing.T) {
	t.Parallel()
	seen := make(chan provisioning.Observation, 1000)
	b := runningWith(t, func(c *provisioning.TenantConfig) {
		directory := c.Systems["directory"]
		directory.Drift = provisioning.RepairDrift
		directory.Watch = provisioning.Watch{Every: time.Millisecond, Done: func(_ context.Context, o provisioning.Observation, err error) {
			if err == nil {
				select {
				case seen <- o:
				default:
				}
			}
		}}
		c.Systems["directory"] = directory
	})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Engineering", "2026-01-01"))
	eventually(t, func() bool { return activeIn(b, "git") == 1 })
	department := func() string {
		for _, a := range b.Target("directory").Accounts() {
			return a.Attributes["department"].String()
		}
		return ""
	}
	right := department()
	for _, a := range b.Target("directory").Accounts() {
		tamper(b, a.Name, func(a *connector.Account) { a.Attributes["department"] = connector.String("Sales") })
	}
	eventually(t, func() bool { return department() == right })
	eventually(t, func() bool {
		o := <-seen
		return o.Counts[provisioning.Drifted] > 0 && len(o.Findings) > 0
	})
}

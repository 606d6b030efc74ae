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

// What had been given up with an unknown outcome was not counted.
func TestAccountsThatMayBeThereCountAsTakenAway(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain, Engine: func(c *provisioning.Config) { c.Retry.Attempts = 3 }})
	d := b.Target("directory")
	b.HR.Put(provisioningtest.Worker("stays", "Stays", "Eng", "2025-01-01"))
	b.Sync()
	d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Create}, Do: memory.LoseReply})
	d.Fault(memory.Fault{Kinds: []connector.Kind{memory.Find}, Do: memory.Fail})
	for i := range 30 {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Eng", "2025-01-01"))
		// What works shows that the system is not down, so that others are given up.
		b.HR.Change("stays", func(w *hrsource.Worker) { w.Assignments[0].Department = fmt.Sprint(i) })
		b.Sync()
	}
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, 30, status.Systems["directory"]["parked"])
	require.Equal(t, 31, activeAt(d))
	d.Clear()
	for i := range 30 {
		b.HR.End(fmt.Sprint(i), "2025-12-01")
	}
	b.Sync()
	b.Settle()
	require.Equal(t, 31, activeAt(d), "the guard lets 5 of 31 be disabled")
}

func TestRemovalsThatAreStillToComeDoNotMakeTheSystemLarger(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain})
	for i := range 100 {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Eng", "2025-01-01"))
	}
	b.Sync()
	b.Target("directory").Fault(memory.Fault{Kinds: []connector.Kind{connector.Disable, connector.Revoke}, Do: memory.Down})
	for i := range 10 {
		b.HR.End(fmt.Sprint(i), "2025-12-01")
	}
	readAndDrain(t, b)
	b.HR.End("10", "2025-12-01")
	readAndDrain(t, b)
	b.Target("directory").Clear()
	b.Settle()
	b.Settle()
	require.Equal(t, 90, activeAt(b.Target("directory")), "10%% of 100")
}

func TestAnEndLongAgoDoesNotMakeALeaverUrgent(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) { c.Guard = provisioning.Guard{Max: 1} }})
	for i := range 5 {
		old := provisioningtest.Worker(fmt.Sprint("old", i), fmt.Sprint("P", i), "Eng", "2020-01-01")
		old.PersonKey = fmt.Sprint("K", i)
		old.TerminationDate, old.Involuntary = hrsource.Date{Year: 2021, Month: 1, Day: 1}, true
		w := provisioningtest.Worker(fmt.Sprint("z", i), fmt.Sprint("P", i), "Eng", "2024-01-01")
		w.PersonKey = fmt.Sprint("K", i)
		b.HR.Put(old)
		b.HR.Put(w)
	}
	b.Sync()
	require.Equal(t, 5, activeAt(b.Target("directory")))
	for i := range 5 {
		b.HR.End(fmt.Sprint("z", i), "2025-12-31")
	}
	b.Sync()
	require.Equal(t, 5, activeAt(b.Target("directory")), "5 ordinary leavers, Max is 1")
}

func TestTerminationPassesWhileTheRunItWasPartOfIsHeld(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain})
	for i := range 50 {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Eng", "2025-01-01"))
	}
	b.Sync()
	for i := range 20 {
		b.HR.End(fmt.Sprint(i), "2025-12-31")
	}
	b.Sync()
	require.Equal(t, 50, activeAt(b.Target("directory")))
	// now one of the held leavers is to be locked out at once
	b.HR.Change("0", func(w *hrsource.Worker) { w.AccessEnd = time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC) })
	b.Sync()
	require.Equal(t, 49, activeAt(b.Target("directory")))
}

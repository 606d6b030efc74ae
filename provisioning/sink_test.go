package provisioning_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

func TestASinkIsCalledByOneGoroutineAtATime(t *testing.T) {
	t.Parallel()
	o := &counting{}
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) { c.Sinks = []audit.Sink{o} }})
	for i := range 30 {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint(i), fmt.Sprint("P", i), "Eng", "2025-01-01"))
	}
	_, err := b.Read(t.Context(), "hr")
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { _, _ = b.Drain(t.Context()) })
	}
	wg.Wait()
	back := 0
	for i := 1; i < len(o.leaves); i++ {
		if o.leaves[i] <= o.leaves[i-1] {
			back++
		}
	}
	require.Zero(t, o.overlaps, "overlapping Writes; the leaves went back %d times", back)
}

// counting notices when it is called twice at a time.
type counting struct {
	mu       sync.Mutex
	busy     bool
	overlaps int
	leaves   []int64
}

func (c *counting) Name() string { return "counting" }

func (c *counting) Write(_ context.Context, _ string, entries []audit.Sealed) error {
	c.mu.Lock()
	if c.busy {
		c.overlaps++
	}
	c.busy = true
	c.mu.Unlock()
	runtime.Gosched()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy = false
	for _, e := range entries {
		c.leaves = append(c.leaves, e.Leaf)
	}
	return nil
}

package provisioning

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/joinery-iam/joinery/connector"
)

// target is a connected system as the engine works with it.
type target struct {
	System
	name    string
	apply   connector.Handler
	backlog *backlog

	mu        sync.Mutex
	described time.Time // when description was asked for, wall time
	limits    connector.Description
	locks     map[string]*entitlementLock

	checking  sync.Mutex // held while the system is asked how it is
	checkedAt time.Time
	checked   check
}

// describedFor is how long a description is trusted before it is asked for anew.
const describedFor = 10 * time.Minute

// describe returns what the connector says of itself. A connector that cannot
// say it now is taken as it was last described; that is no reason not to try.
func (t *target) describe(ctx context.Context) connector.Description {
	d, ok := t.Connector.(connector.Describer)
	if !ok {
		return connector.Description{}
	}
	t.mu.Lock()
	fresh, limits := time.Since(t.described) < describedFor && !t.described.IsZero(), t.limits
	t.mu.Unlock()
	if fresh {
		return limits
	}
	ctx, cancel := context.WithTimeout(ctx, t.Timeout)
	defer cancel()
	now, err := d.Describe(ctx)
	if err != nil {
		return limits
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.limits, t.described = now, time.Now()
	return now
}

// supports reports whether the connector can carry out a kind of operation, by
// its last description: this is asked inside transactions, where no system may be
// spoken to.
func (t *target) supports(k connector.Kind) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return connector.Supports(t.Connector, k) && !slices.Contains(t.limits.Without, k)
}

// concurrency is the number of accounts worked on at a time.
func (t *target) concurrency(ctx context.Context) int {
	return cmp.Or(t.Concurrency, t.describe(ctx).Concurrency, 8)
}

// entitlementLock keeps operations on one entitlement apart.
type entitlementLock struct {
	sync.Mutex
	users int
}

// serialise waits until no other operation of this process touches the same
// entitlement, if the system needs that, and returns how to let the next one go.
func (t *target) serialise(ctx context.Context, op connector.Operation) (release func()) {
	if op.Entitlement.Kind == "" || t.describe(ctx).Scope != connector.ScopeEntitlement {
		return func() {}
	}
	key := op.Entitlement.String()
	t.mu.Lock()
	lock := t.locks[key]
	if lock == nil {
		lock = new(entitlementLock)
		t.locks[key] = lock
	}
	lock.users++
	t.mu.Unlock()
	lock.Lock()
	return func() {
		lock.Unlock()
		t.mu.Lock()
		defer t.mu.Unlock()
		if lock.users--; lock.users == 0 {
			delete(t.locks, key)
		}
	}
}

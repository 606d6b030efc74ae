package provisioning

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// backlog holds what this process has claimed in a system, by person: what is not
// begun, and what is being worked on.
type backlog struct {
	mu      sync.Mutex
	claimed map[string]state.Claimed
	begun   map[string]state.Claimed
	freed   chan struct{} // an account was finished with
	hurried int           // how many want to be before what is begun next
	claims  int           // how many are claiming
	waiting int           // how many wait until nobody hurries
	turns   int           // how many of those go before whoever hurries next
	calm    sync.Cond     // one of these has changed
}

func newBacklog() *backlog {
	b := &backlog{claimed: map[string]state.Claimed{}, begun: map[string]state.Claimed{}, freed: make(chan struct{}, 1)}
	b.calm.L = &b.mu
	return b
}

// hurry says that there may be urgent work, before which nothing more is to be begun or
// claimed. Who has waited for an earlier one goes first, so that news without end keep
// nobody from working.
func (b *backlog) hurry() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.turns > 0 {
		b.calm.Wait()
	}
	b.hurried++
	for b.claims > 0 {
		b.calm.Wait()
	}
}

// relax says that there is no urgent work any longer.
func (b *backlog) relax() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.hurried--; b.hurried == 0 {
		b.turns = b.waiting
		b.calm.Broadcast()
	}
}

// wayGiven waits as long as anybody hurries. The lock is held.
func (b *backlog) wayGiven() {
	if b.hurried == 0 {
		return
	}
	b.waiting++
	for b.hurried > 0 {
		b.calm.Wait()
	}
	b.waiting--
	if b.turns--; b.turns == 0 {
		b.calm.Broadcast()
	}
}

// giveWay waits as long as anybody hurries.
func (b *backlog) giveWay() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wayGiven()
}

// claim takes in what is claimed, once nobody hurries: who does sees all that this
// process has under lease.
func (b *backlog) claim(claim func() ([]state.Claimed, error)) ([]state.Claimed, error) {
	b.mu.Lock()
	b.wayGiven()
	b.claims++
	b.mu.Unlock()
	claimed, err := claim()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range claimed {
		b.claimed[c.Account.Person] = c
	}
	if b.claims--; b.claims == 0 {
		b.calm.Broadcast()
	}
	return claimed, err
}

// start begins with an account, and reports whether it was still to be begun under
// this lease: if not, somebody else works on it.
func (b *backlog) start(c state.Claimed) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	waiting, ok := b.claimed[c.Account.Person]
	if !ok || waiting.Account.Epoch != c.Account.Epoch {
		return false
	}
	delete(b.claimed, c.Account.Person)
	b.begun[c.Account.Person] = c
	return true
}

func (b *backlog) finish(c state.Claimed) {
	b.mu.Lock()
	delete(b.begun, c.Account.Person)
	b.mu.Unlock()
	select {
	case b.freed <- struct{}{}:
	default:
	}
}

// all returns what is claimed, begun or not.
func (b *backlog) all() []state.Claimed {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.AppendSeq(slices.Collect(maps.Values(b.claimed)), maps.Values(b.begun))
}

// wait waits until an account is finished with, but not for long, and reports
// whether it is worth going on.
func (b *backlog) wait(ctx context.Context) bool {
	timer := time.NewTimer(100 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-b.freed:
	case <-timer.C:
	}
	return true
}

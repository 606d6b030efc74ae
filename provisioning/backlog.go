package provisioning

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// backlog says which accounts of a system this process works on, and who goes first.
type backlog struct {
	mu      sync.Mutex
	begun   map[string]bool // by person
	freed   chan struct{}   // an account was finished with
	hurried int             // how many want to be before what is begun next
	waiting int             // how many wait until nobody hurries
	turns   int             // how many of those go before whoever hurries next
	calm    sync.Cond       // one of these has changed
}

func newBacklog() *backlog {
	b := &backlog{begun: map[string]bool{}, freed: make(chan struct{}, 1)}
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

// giveWay waits as long as anybody hurries.
func (b *backlog) giveWay() {
	b.mu.Lock()
	defer b.mu.Unlock()
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

func (b *backlog) begin(person string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begun[person] = true
}

func (b *backlog) finish(person string) {
	b.mu.Lock()
	delete(b.begun, person)
	b.mu.Unlock()
	select {
	case b.freed <- struct{}{}:
	default:
	}
}

// people returns those whose accounts are being worked on.
func (b *backlog) people() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Keys(b.begun))
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

package provisioning

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Watch says how [Engine.Run] observes a system by itself, as [Tenant.Observe] does. The
// zero Watch leaves it to the host.
type Watch struct {
	// Every is how often, counted from the start of one look to that of the next, however
	// it ended. The first comes at once. Set it in one process only. Wall time.
	Every time.Duration
	// Entitlements asks for what each account holds; see [ObserveRequest].
	Entitlements bool
	// Done is told what came of each look, with its error. It is called by one goroutine
	// at a time. Nil leaves it at the audit log, which has the counts, and at what
	// [System.Drift] says is to be done.
	Done func(context.Context, Observation, error)
}

func (w Watch) check() error {
	switch {
	case w.Every < 0:
		return fmt.Errorf("watch: every %s: want zero or more", w.Every)
	case w.Every == 0 && (w.Entitlements || w.Done != nil):
		return errors.New("watch: Every is missing")
	}
	return nil
}

// lookAgain observes a system as its Watch says.
func (t *Tenant) lookAgain(ctx context.Context, system string) error {
	w, req := t.targets[system].Watch, ObserveRequest{System: system}
	if req.Entitlements = w.Entitlements; w.Done == nil {
		req.Each = func(Finding) error { return nil } // nobody would read them
	}
	seen, err := t.Observe(ctx, req)
	if w.Done != nil {
		w.Done(ctx, seen, err)
	}
	return err
}

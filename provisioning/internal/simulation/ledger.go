package simulation

import (
	"context"
	"fmt"
	"sync"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// ledger counts the entries of the audit log as they are committed, by the keys of their
// operations, to be held against what the systems log of the calls they got.
type ledger struct {
	mu       sync.Mutex
	intents  map[string]int
	outcomes map[string]int
	unsaid   error // the first call of which the log did not tell before
}

func newLedger() *ledger { return &ledger{intents: map[string]int{}, outcomes: map[string]int{}} }

// scribe is a transaction that remembers which entries were written in it.
type scribe struct {
	state.Tx
	wrote []audit.Sealed
}

func (s *scribe) Write(entry audit.Sealed, subject string) error {
	s.wrote = append(s.wrote, entry)
	return s.Tx.Write(entry, subject)
}

// committed takes over what was written in a transaction.
func (l *ledger) committed(entries []audit.Sealed) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, sealed := range entries {
		e, err := sealed.Entry()
		if err != nil {
			return err
		}
		switch e.Event {
		case audit.EventIntent:
			l.intents[e.Key]++
		case audit.EventOutcome:
			l.outcomes[e.Key]++
		}
	}
	return nil
}

// announced makes sure that the log tells of an operation before it is sent.
func (l *ledger) announced(next connector.Handler) connector.Handler {
	return func(ctx context.Context, op connector.Operation) (connector.Result, error) {
		l.mu.Lock()
		if l.intents[op.Key] == 0 && l.unsaid == nil {
			l.unsaid = fmt.Errorf("%s of %s in %s was sent under key %q, of which no entry tells", op.Kind, op.ExternalID, op.System, op.Key)
		}
		l.mu.Unlock()
		return next(ctx, op)
	}
}

// settle makes sure that the log tells of each write that a system got what was meant and
// what came of it, and of each attempt that it was made: a conflict alone is answered by
// another call within one.
func (l *ledger) settle(system string, calls []memory.Call) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range calls {
		switch {
		case c.Kind == memory.Find || c.Kind == memory.List || c.Kind == memory.Catalog || c.Kind == memory.Check:
		case l.intents[c.Key] == 0:
			return fmt.Errorf("%s got %s of account %s, and no entry tells of it", system, c.Kind, c.Ref.ID)
		case c.Attempt > 2*l.intents[c.Key]:
			return fmt.Errorf("%s got %s of account %s %d times, and %d entries tell of it", system, c.Kind, c.Ref.ID, c.Attempt, l.intents[c.Key])
		case l.outcomes[c.Key] == 0:
			return fmt.Errorf("%s got %s of account %s, and no entry tells what came of it", system, c.Kind, c.Ref.ID)
		}
	}
	return l.unsaid
}

package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// errRehearsed rolls a rehearsal back that went well.
var errRehearsed = errors.New("sqlstore: rehearsed")

// Rehearse implements [state.Backend].
func (b *backend) Rehearse(ctx context.Context, fn func(state.Backend) error) error {
	err := b.run(ctx, b.writer, true, func(s *session) error {
		r := &rehearsal{session: s}
		defer r.end()
		if err := fn(r); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}

// rehearsal is a [state.Backend] whose transactions are parts of one transaction
// that is never committed. They take turns.
type rehearsal struct {
	mu      sync.Mutex
	session *session
	ended   bool
}

func (r *rehearsal) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
}

// Update implements [state.Backend].
func (r *rehearsal) Update(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	return r.nest(ctx, func() error { return r.session.as(tenant, fn) })
}

// View implements [state.Backend].
func (r *rehearsal) View(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.usable(ctx); err != nil {
		return err
	}
	reading := *r.session
	reading.write = false
	err := reading.as(tenant, fn)
	if reading.failed != nil {
		r.session.failed = reading.failed
	}
	return err
}

// Join implements [state.Backend]: nobody's transaction can be part of this one.
func (r *rehearsal) Join(context.Context, *sql.Tx, string) (state.Tx, error) {
	return nil, errors.New("sqlstore: a rehearsal cannot join a transaction")
}

// Rehearse implements [state.Backend].
func (r *rehearsal) Rehearse(ctx context.Context, fn func(state.Backend) error) error {
	err := r.nest(ctx, func() error {
		inner := &rehearsal{session: r.session}
		defer inner.end()
		if err := fn(inner); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}

// Tenants implements [state.Backend].
func (r *rehearsal) Tenants(ctx context.Context) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.usable(ctx); err != nil {
		return nil, err
	}
	return r.session.tenants()
}

// Close implements [state.Backend]. There is nothing to release.
func (r *rehearsal) Close() error { return nil }

func (r *rehearsal) usable(ctx context.Context) error {
	if r.ended {
		return errEnded
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return r.session.usable()
}

// nest runs fn and undoes what it did if it fails.
func (r *rehearsal) nest(ctx context.Context, fn func() error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.usable(ctx); err != nil {
		return err
	}
	if err := r.control("SAVEPOINT joinery"); err != nil {
		return err
	}
	err := fn()
	if err == nil {
		err = r.session.failed
	}
	if err != nil {
		// Undone, the transaction is as good as before: the failure is forgotten.
		r.session.failed = nil
		if undoErr := r.control("ROLLBACK TO joinery"); undoErr != nil {
			return errors.Join(err, undoErr)
		}
	}
	if releaseErr := r.control("RELEASE joinery"); releaseErr != nil {
		return errors.Join(err, releaseErr)
	}
	return err
}

func (r *rehearsal) control(statement string) error {
	if _, err := r.session.sql.ExecContext(r.session.calm, statement); err != nil {
		return r.session.fail("savepoint", err)
	}
	return nil
}

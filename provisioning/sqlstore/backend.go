package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// attempts is how often a transaction is run before a serialisation failure is
// the caller's.
const attempts = 5

var (
	errClosed   = errors.New("sqlstore: it is closed")
	errNoTenant = errors.New("sqlstore: the tenant has no name")
)

// backend is what an engine sees of a Store.
type backend Store

// Update implements [state.Backend].
func (b *backend) Update(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	var err error
	for range attempts {
		err = b.run(ctx, b.writer, true, func(s *session) error { return s.as(tenant, fn) })
		if err == nil || !b.def.Retryable(err) {
			break
		}
	}
	return err
}

// View implements [state.Backend].
func (b *backend) View(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	return b.run(ctx, b.reader, false, func(s *session) error { return s.as(tenant, fn) })
}

// Join implements [state.Backend]. The transaction must be on the store's
// database; there is no way to check that.
func (b *backend) Join(ctx context.Context, tx *sql.Tx, tenant string) (state.Tx, error) {
	if tenant == "" {
		return nil, errNoTenant
	}
	s := b.session(ctx, tx, true)
	s.prepare = b.writer.inForeign // it may have been begun on a pool of the host's
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	return &transaction{session: s, tenant: tenant}, nil
}

// Tenants implements [state.Backend].
func (b *backend) Tenants(ctx context.Context) (tenants []string, err error) {
	err = b.run(ctx, b.reader, false, func(s *session) error {
		tenants, err = s.tenants()
		return err
	})
	return tenants, err
}

// Close implements [state.Backend].
func (b *backend) Close() error { return (*Store)(b).Close() }

// run runs fn in a transaction of its own and commits if it returns nil.
//
// The context is heeded while waiting for a connection and for the turn to
// write, and looked at between statements. It cannot break a statement off, and
// not the commit, of which one could not know then whether it happened.
func (b *backend) run(ctx context.Context, p *statements, write bool, fn func(*session) error) (err error) {
	leave, err := (*Store)(b).enter()
	if err != nil {
		return err
	}
	defer leave()
	if err := p.warm(ctx); err != nil {
		return b.explain(err)
	}
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return b.explain(err)
	}
	defer func() {
		if closeErr := conn.Close(); closeErr != nil && err == nil {
			err = b.explain(closeErr)
		}
	}()
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{ReadOnly: !write})
	if err != nil {
		return b.explain(err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	s := b.session(ctx, tx, write)
	s.prepare = p.in
	if err := s.begin(ctx); err != nil {
		return err
	}
	if err := fn(s); err != nil {
		return err
	}
	if err := s.usable(); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("sqlstore: commit: %w", b.def.Explain(err))
	}
	return nil
}

func (b *backend) explain(err error) error {
	return fmt.Errorf("sqlstore: begin: %w", b.def.Explain(err))
}

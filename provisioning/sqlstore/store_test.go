package sqlstore_test

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
	"github.com/joinery-iam/joinery/provisioning/sqlstore"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/internal/dialect"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

func TestNewNamesAllThatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := sqlstore.New(t.Context(), sqlstore.Config{})
	require.ErrorContains(t, err, "DB is missing")
	require.ErrorContains(t, err, "Dialect is missing")
}

// conflicting is SQLite, but its transactions end in conflicts as those of other
// databases may.
type conflicting struct {
	sqlite.Dialect
	left *atomic.Int64
}

var errConflict = errors.New("conflict")

func (d conflicting) Definition() dialect.Definition {
	def := d.Dialect.Definition()
	def.Retryable = func(err error) bool { return errors.Is(err, errConflict) && d.left.Add(-1) >= 0 }
	return def
}

func openConflicting(t *testing.T, conflicts int64) state.Backend {
	db, err := sql.Open("sqlite", sqlite.Memory)
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	left := new(atomic.Int64)
	left.Store(conflicts)
	store, err := sqlstore.New(t.Context(), sqlstore.Config{DB: db, Dialect: conflicting{left: left}, Owned: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store.Backend()
}

func TestUpdateRunsAgainAfterConflict(t *testing.T) {
	t.Parallel()
	b := openConflicting(t, 2)
	runs := 0
	require.NoError(t, b.Update(t.Context(), "t", func(tx state.Tx) error {
		if runs++; runs <= 2 {
			require.NoError(t, tx.PutCursor("a", 1))
			return errConflict
		}
		return tx.PutCursor("b", 2)
	}))
	require.Equal(t, 3, runs)
	require.NoError(t, b.View(t.Context(), "t", func(tx state.Tx) error {
		a, err := tx.Cursor("a")
		require.Zero(t, a, "what was done before the conflict is undone")
		return err
	}))
}

func TestUpdateGivesUp(t *testing.T) {
	t.Parallel()
	b := openConflicting(t, 1000)
	runs := 0
	err := b.Update(t.Context(), "t", func(state.Tx) error {
		runs++
		return errConflict
	})
	require.ErrorIs(t, err, errConflict)
	require.Equal(t, 5, runs)
}

func TestTenantNeedsName(t *testing.T) {
	t.Parallel()
	b := openConflicting(t, 0)
	nothing := func(state.Tx) error { return nil }
	require.ErrorContains(t, b.Update(t.Context(), "", nothing), "no name")
	require.ErrorContains(t, b.View(t.Context(), "", nothing), "no name")
	_, err := b.Join(t.Context(), nil, "")
	require.ErrorContains(t, err, "no name")
}

func TestCancelledContextDoesNothing(t *testing.T) {
	t.Parallel()
	b := openConflicting(t, 0)
	cause := errors.New("the shift is over")
	ctx, cancel := context.WithCancelCause(t.Context())
	err := b.Update(ctx, "t", func(tx state.Tx) error {
		require.NoError(t, tx.PutCursor("a", 1))
		cancel(cause)
		return nil
	})
	require.ErrorIs(t, err, cause)
	require.Error(t, b.View(ctx, "t", func(state.Tx) error { return nil }))
	tenants, err := b.Tenants(t.Context())
	require.NoError(t, err)
	require.Empty(t, tenants)
}

// TestCloseWaits proves that whoever is in the midst of a transaction may end it.
func TestCloseWaits(t *testing.T) {
	t.Parallel()
	b := openConflicting(t, 0)
	closed := make(chan error, 1)
	require.NoError(t, b.Update(t.Context(), "t", func(tx state.Tx) error {
		go func() { closed <- b.Close() }()
		select {
		case err := <-closed:
			return errors.Join(errors.New("closed under a transaction"), err)
		case <-refused(t.Context(), b):
		}
		return tx.PutCursor("a", 1)
	}))
	require.NoError(t, <-closed)
}

// refused tells when a store has begun to turn callers away.
func refused(ctx context.Context, b state.Backend) <-chan struct{} {
	done := make(chan struct{})
	ended, cancel := context.WithCancel(ctx)
	cancel()
	go func() {
		defer close(done)
		for {
			// A store that is open turns to the context, one that is closing does not.
			if _, err := b.Tenants(ended); err != nil && !errors.Is(err, context.Canceled) {
				return
			}
			runtime.Gosched()
		}
	}()
	return done
}

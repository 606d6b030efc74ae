package sqlite_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
	"github.com/joinery-iam/joinery/provisioning/sqlstore"
	joinerysqlite "github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

func schemaOf(t *testing.T, db *sql.DB) string {
	rows, err := db.QueryContext(t.Context(), "SELECT name, sql FROM sqlite_schema WHERE name LIKE 'joinery%' ORDER BY name")
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var out strings.Builder
	for rows.Next() {
		var name string
		var text sql.NullString
		require.NoError(t, rows.Scan(&name, &text))
		// Who creates the table of versions first does so on one line.
		out.WriteString(name + ": " + strings.Join(strings.Fields(text.String), "") + "\n")
	}
	require.NoError(t, rows.Err())
	return out.String()
}

func TestHostMayApplyMigrations(t *testing.T) {
	t.Parallel()
	byHand, byItself := raw(t, filepath.Join(t.TempDir(), "hand.db")), raw(t, filepath.Join(t.TempDir(), "self.db"))
	cfg := sqlstore.Config{DB: byHand, Dialect: joinerysqlite.Dialect{}, SkipMigration: true}
	_, err := sqlstore.New(t.Context(), cfg)
	require.ErrorContains(t, err, "schema")
	steps := sqlstore.Migrations(cfg.Dialect)
	for i, step := range steps {
		require.Equal(t, i+1, step.Version)
		_, err := byHand.ExecContext(t.Context(), step.SQL)
		require.NoError(t, err)
	}
	store, err := sqlstore.New(t.Context(), cfg)
	require.NoError(t, err)
	require.NoError(t, store.Backend().Update(t.Context(), "t", func(tx state.Tx) error { return tx.PutCursor("s", 1) }))
	_, err = sqlstore.New(t.Context(), sqlstore.Config{DB: byItself, Dialect: cfg.Dialect})
	require.NoError(t, err)
	require.Equal(t, schemaOf(t, byItself), schemaOf(t, byHand))

	_, err = byHand.ExecContext(t.Context(), "DELETE FROM joinery_schema")
	require.NoError(t, err)
	_, err = sqlstore.New(t.Context(), cfg)
	require.ErrorContains(t, err, "apply the migrations")
	_, err = byHand.ExecContext(t.Context(), "INSERT INTO joinery_schema (version) VALUES (99)")
	require.NoError(t, err)
	_, err = sqlstore.New(t.Context(), cfg)
	require.ErrorIs(t, err, sqlstore.ErrNewerSchema)
}

func TestManyMayOpenAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "joinery.db")
	errs := make(chan error)
	for range 8 {
		go func() {
			store, err := joinerysqlite.Open(t.Context(), path)
			if err == nil {
				err = store.Close()
			}
			errs <- err
		}()
	}
	for range 8 {
		require.NoError(t, <-errs)
	}
}

// TestWritersTakeTurns proves that a transaction has the lock for writing before
// it has read anything, for which it waits, instead of failing later.
func TestWritersTakeTurns(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "joinery.db")
	b := openFile(t, path).Backend()
	other := raw(t, path+"?_pragma=busy_timeout(0)")
	require.NoError(t, b.Update(t.Context(), "t", func(state.Tx) error {
		_, err := other.ExecContext(t.Context(), "INSERT INTO joinery_cursor (tenant, sink, next) VALUES ('t', 's', 1)")
		var busy *sqlite.Error
		require.ErrorAs(t, err, &busy)
		require.Equal(t, sqlite3.SQLITE_BUSY, busy.Code())
		return nil
	}))
	host, err := other.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = b.Join(t.Context(), host, "t")
	require.NoError(t, err)
	_, err = raw(t, path+"?_pragma=busy_timeout(0)").ExecContext(t.Context(), "DELETE FROM joinery_cursor")
	require.Error(t, err, "a joined transaction has the lock too")
	require.NoError(t, host.Rollback())
}

// TestReadersDoNotWait proves that a long transaction for writing keeps nobody
// from reading what was committed before.
func TestReadersDoNotWait(t *testing.T) {
	t.Parallel()
	b := openFile(t, filepath.Join(t.TempDir(), "joinery.db")).Backend()
	require.NoError(t, b.Update(t.Context(), "t", func(tx state.Tx) error {
		require.NoError(t, tx.PutCursor("s", 1))
		return b.View(t.Context(), "t", func(tx state.Tx) error {
			next, err := tx.Cursor("s")
			require.Zero(t, next)
			return err
		})
	}))
}

// TestBusyHeedsContext proves that whoever waits for another process can give up.
func TestBusyHeedsContext(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "joinery.db")
	b := openFile(t, path).Backend()
	holder, err := raw(t, path+"?_txlock=immediate").BeginTx(t.Context(), nil)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		done <- b.Update(ctx, "t", func(tx state.Tx) error { return tx.PutCursor("s", 1) })
	}()
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	require.NoError(t, holder.Rollback())
	require.NoError(t, b.Update(t.Context(), "t", func(tx state.Tx) error { return tx.PutCursor("s", 1) }))
}

package sqlite_test

import (
	"context"
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
	"github.com/joinery-iam/joinery/provisioning/sqlstore"
	joinerysqlite "github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// raw opens a database without a store.
func raw(t *testing.T, path string) *sql.DB {
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func pragma(t *testing.T, db *sql.DB, name string) string {
	var value string
	require.NoError(t, db.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&value))
	return value
}

func TestOpenMakesPrivateDurableFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "joinery.db")
	store := openFile(t, path)
	require.NoError(t, store.Backend().Update(t.Context(), "t", func(tx state.Tx) error { return tx.PutCursor("s", 1) }))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o600), info.Mode().Perm(), suffix)
	}
	require.Equal(t, "wal", pragma(t, raw(t, path), "journal_mode"))
}

func TestOpenTakesAnyFileName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a b.db", "100%.db", "what?.db", "a#b.db", "ünï.db", "file:x.db", "a&mode=memory.db", "%41.db"} {
		openFile(t, filepath.Join(dir, name))
		_, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.db"))
	require.NoError(t, err)
	require.Len(t, files, 8)
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	require.NoError(t, os.WriteFile(text, []byte("this is a text, and a long one: it does not begin like a database does, as anybody can see who reads it to its end"), 0o600))
	for path, want := range map[string]string{
		text:                                "not a SQLite database",
		filepath.Join(dir, "no", "such.db"): "its directory does not exist",
		dir:                                 "is a directory",
		"":                                  "the path is empty",
	} {
		_, err := joinerysqlite.Open(t.Context(), path)
		require.ErrorContains(t, err, want)
	}
	_, err := joinerysqlite.Open(t.Context(), text)
	require.ErrorIs(t, err, joinerysqlite.ErrNotDatabase)
	_, err = joinerysqlite.Open(t.Context(), filepath.Join(dir, "no", "such.db"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = joinerysqlite.Open(ended, filepath.Join(dir, "late.db"))
	require.ErrorIs(t, err, context.Canceled)
}

func TestOpenLeavesLaterSchemaAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "joinery.db")
	openFile(t, path)
	_, err := raw(t, path).ExecContext(t.Context(), "INSERT INTO joinery_schema (version) VALUES (999)")
	require.NoError(t, err)
	_, err = joinerysqlite.Open(t.Context(), path)
	require.ErrorIs(t, err, sqlstore.ErrNewerSchema)
	require.ErrorContains(t, err, "999")
}

func TestFullDatabaseKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	db := raw(t, filepath.Join(t.TempDir(), "small.db"))
	db.SetMaxOpenConns(1)
	store, err := sqlstore.New(t.Context(), sqlstore.Config{DB: db, Dialect: joinerysqlite.Dialect{}})
	require.NoError(t, err)
	b := store.Backend()
	require.NoError(t, b.Update(t.Context(), "t", func(tx state.Tx) error { return tx.PutCursor("s", 7) }))
	_, err = db.ExecContext(t.Context(), "PRAGMA max_page_count = "+pragma(t, db, "page_count"))
	require.NoError(t, err)
	err = b.Update(t.Context(), "t", func(tx state.Tx) error {
		require.NoError(t, tx.PutCursor("s", 8))
		_ = tx.Stage("r", []state.Staged{{N: 1, Body: make([]byte, 1<<20)}})
		return tx.PutCursor("s", 9) // would be committed by itself, if it were done
	})
	require.ErrorContains(t, err, "the disk is full")
	require.NoError(t, b.View(t.Context(), "t", func(tx state.Tx) error {
		next, err := tx.Cursor("s")
		require.Equal(t, int64(7), next)
		return err
	}))
	require.NoError(t, b.Update(t.Context(), "t", func(tx state.Tx) error { return tx.PutCursor("s", 10) }))
	require.NoError(t, store.Close())
}

func TestMemoryIsPrivate(t *testing.T) {
	t.Parallel()
	one, two := openFile(t, joinerysqlite.Memory), openFile(t, joinerysqlite.Memory)
	require.NoError(t, one.Backend().Update(t.Context(), "t", func(tx state.Tx) error { return tx.PutCursor("s", 1) }))
	tenants, err := two.Backend().Tenants(t.Context())
	require.NoError(t, err)
	require.Empty(t, tenants)
	_, err = os.Stat(joinerysqlite.Memory)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// TestMemoryOutlivesCancellation is about a database that is gone with its
// connection: a caller who gives up must not take it along.
func TestMemoryOutlivesCancellation(t *testing.T) {
	t.Parallel()
	b := openFile(t, joinerysqlite.Memory).Backend()
	require.NoError(t, b.Update(t.Context(), "t", func(tx state.Tx) error { return tx.PutCursor("s", 1) }))
	ctx, cancel := context.WithCancel(t.Context())
	err := b.Update(ctx, "t", func(tx state.Tx) error {
		cancel()
		return tx.PutCursor("s", 2)
	})
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, b.View(t.Context(), "t", func(tx state.Tx) error {
		next, err := tx.Cursor("s")
		require.Equal(t, int64(1), next)
		return err
	}))
}

// Opening gave up at once while another process wrote.
func TestOpenWaitsForWhoWrites(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "joinery.db")
	one := openFile(t, path)
	in, opened := make(chan struct{}), make(chan error)
	var writing error
	go func() {
		<-in
		two, err := joinerysqlite.Open(t.Context(), path)
		if err == nil {
			err = two.Close()
		}
		opened <- err
	}()
	writing = one.Backend().Update(t.Context(), "t", func(state.Tx) error {
		close(in)
		select {
		case err := <-opened: // it needed no lock after all
			go func() { opened <- err }()
		case <-time.After(100 * time.Millisecond):
		}
		return nil
	})
	require.NoError(t, writing)
	require.NoError(t, <-opened)
}

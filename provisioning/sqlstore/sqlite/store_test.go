package sqlite_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/sqlstore"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
	"github.com/joinery-iam/joinery/provisioning/storetest"
)

// openFile opens a store that ends with the test.
func openFile(t *testing.T, path string) *sqlstore.Store {
	store, err := sqlite.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

func TestFile(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Instance {
		path := filepath.Join(t.TempDir(), "joinery.db")
		store := openFile(t, path)
		host, err := sql.Open("sqlite", path)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, host.Close()) })
		return storetest.Instance{Store: store, DB: host, Reopen: func(t *testing.T) provisioning.Store {
			require.NoError(t, store.Close())
			return openFile(t, path)
		}}
	})
}

func TestMemory(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Instance {
		return storetest.Instance{Store: openFile(t, sqlite.Memory)}
	})
}

// TestHost proves the store in a database that a host opened its own way: one
// pool for everything, plain transactions.
func TestHost(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Instance {
		path := "file:" + filepath.Join(t.TempDir(), "host.db") + "?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=busy_timeout(10000)"
		open := func(t *testing.T) (*sql.DB, *sqlstore.Store) {
			db, err := sql.Open("sqlite", path)
			require.NoError(t, err)
			store, err := sqlstore.New(t.Context(), sqlstore.Config{DB: db, Dialect: sqlite.Dialect{}})
			require.NoError(t, err)
			t.Cleanup(func() {
				require.NoError(t, store.Close())
				require.NoError(t, db.PingContext(context.WithoutCancel(t.Context())), "the host's database stays open")
				require.NoError(t, db.Close())
			})
			return db, store
		}
		db, store := open(t)
		return storetest.Instance{Store: store, DB: db, Reopen: func(t *testing.T) provisioning.Store {
			require.NoError(t, store.Close())
			_, again := open(t)
			return again
		}}
	})
}

package sqlstore_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/provisioning/sqlstore"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// TestQueriesUseTheirIndex keeps the statements that run all the time from
// walking over all rows of a tenant.
func TestQueriesUseTheirIndex(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "joinery.db")
	store, err := sqlite.Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, store.Close())
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	for query, index := range sqlstore.HotQueries() {
		args := make([]any, 8)
		query = strings.NewReplacer("@update", "", "@skip", "", "@share", "").Replace(query)
		rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
		require.NoError(t, err, query)
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
			plan = append(plan, detail)
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
		require.Contains(t, strings.Join(plan, "\n"), "INDEX "+index+" (", query)
		require.NotContains(t, strings.Join(plan, "\n"), "SCAN", query)
		if index != "sqlite_autoindex_joinery_item_1" { // one account has few items to sort
			require.NotContains(t, strings.Join(plan, "\n"), "TEMP B-TREE FOR ORDER BY", query)
		}
	}
}

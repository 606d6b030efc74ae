package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/joinery-iam/joinery/provisioning/sqlstore"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/internal/dialect"
)

var _ sqlstore.Dialect = Dialect{}

// ErrNotDatabase says that a file is not a SQLite database, or is encrypted.
var ErrNotDatabase = errors.New("file is not a SQLite database")

//go:embed migrations/0001_initial.sql
var initial string

// Dialect is SQLite, from version 3.51.3 on: earlier ones may lose commits when
// there are two writers.
type Dialect struct{}

// Definition implements [sqlstore.Dialect].
func (Dialect) Definition() dialect.Definition {
	// A statement that could write takes the lock for writing, even if there is
	// nothing to write: what BEGIN IMMEDIATE does, and possible also in a
	// transaction that a host began.
	const begin = "UPDATE joinery_schema SET version = version WHERE 0"
	return dialect.Definition{
		Name:      "SQLite",
		Parameter: '?',
		Begin:     begin,
		BeginSchema: []string{
			"CREATE TABLE IF NOT EXISTS joinery_schema (version INTEGER NOT NULL PRIMARY KEY) STRICT", begin,
		},
		Check:     checkVersion,
		Explain:   explain,
		Retryable: func(err error) bool { return codeOf(err) == sqlite3.SQLITE_BUSY_SNAPSHOT },
		Migrations: []dialect.Migration{
			{Version: 1, Name: "initial", SQL: initial},
		},
	}
}

// checkVersion refuses releases of SQLite that may lose commits.
func checkVersion(ctx context.Context, db *sql.DB) error {
	var version string
	if err := db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil {
		return fmt.Errorf("SQLite has version %q, which cannot be read: %w", version, err)
	}
	if (major*1000+minor)*1000+patch < 3_051_003 {
		return fmt.Errorf("SQLite has version %s, which may lose commits; 3.51.3 or later is needed", version)
	}
	return nil
}

// codeOf returns the result code of the driver's error, 0 if there is none.
func codeOf(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}

// explain says what to do about an error.
func explain(err error) error {
	switch codeOf(err) & 0xff {
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", ErrNotDatabase, err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("the disk is full, or the database has reached its limit: %w", err)
	case sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("the database, or a file beside it, cannot be opened: %w", err)
	case sqlite3.SQLITE_READONLY:
		return fmt.Errorf("the database cannot be written: %w", err)
	case sqlite3.SQLITE_BUSY:
		return fmt.Errorf("another process keeps the database locked: %w", err)
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("the database is damaged: restore a backup: %w", err)
	}
	return err
}

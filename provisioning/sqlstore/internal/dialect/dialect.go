// Package dialect says what differs between the databases that package sqlstore
// can use. The logic is written once, in SQL that all of them understand; what
// they do not agree on stands here and nowhere else.
package dialect

import (
	"context"
	"database/sql"
)

// Definition is one dialect. Statements are written with the parameters ?1, ?2
// and so on, and with three markers at the end of a SELECT: @update (nobody else
// may change these rows before the transaction ends), @skip (as @update, and rows
// locked by somebody else are left out) and @share (nobody else may change them,
// others may read them so too).
type Definition struct {
	// Name is for messages.
	Name string
	// Parameter is what stands before the number of a parameter: '?' or '$'.
	Parameter byte
	// Update, Skip and Share replace the markers. They are empty where a
	// transaction for writing has the database to itself.
	Update, Skip, Share string
	// Begin is the first statement of every transaction for writing. Where there
	// can be one writer only, it waits here for its turn: after it has read, it
	// could only fail. Empty means none.
	Begin string
	// BeginSchema are the first statements of the transaction that looks at the
	// schema's version and raises it: they create the table joinery_schema if it
	// is missing, and let nobody else do the same at the same time.
	BeginSchema []string
	// Check reports why a database cannot be used, nil if it can.
	Check func(ctx context.Context, db *sql.DB) error
	// Explain turns an error of the driver into one that says what to do about
	// it, and wraps it; others it returns as they are.
	Explain func(err error) error
	// Retryable reports whether a transaction that ended with err may succeed if
	// it is run again.
	Retryable func(err error) bool
	// Migrations are the steps to the newest schema, the first has version 1.
	Migrations []Migration
}

// Migration is one step of the schema.
type Migration struct {
	Version int
	Name    string
	// SQL holds all statements of the step; the last one records the version in
	// joinery_schema.
	SQL string
}

// Package state says what an engine keeps and how it asks for it: plain rows
// and the transaction that reads and writes them. It holds no logic. Its only
// implementation is sqlstore, in one body of SQL for several dialects; storetest
// holds each dialect to the comments here.
//
// All instants are UTC, kept to the microsecond; the zero time means "none".
// Two clocks meet here and are never mixed: business time says when something is
// due, wall time when a lease or a back-off ends. No statement asks the database
// for the time.
package state

import (
	"context"
	"database/sql"
	"errors"
)

// ErrNotFound says that there is no such row.
var ErrNotFound = errors.New("not found")

// ErrFenced says that a lease was lost to somebody else, so that the write was
// not done.
var ErrFenced = errors.New("lease lost")

// Backend is a store. It is safe for concurrent use.
type Backend interface {
	// Update runs fn in one transaction for writing, of one tenant, and commits if
	// fn returns nil. Otherwise nothing happened, and the error is fn's. It may run
	// fn again after a serialisation failure. fn must not use the Tx afterwards.
	// After a statement that failed nothing can be done in the transaction, and it
	// is not committed even if fn returns nil.
	Update(ctx context.Context, tenant string, fn func(Tx) error) error

	// View is Update for reading alone: one consistent snapshot. Writing fails, and
	// so do the methods that lock.
	View(ctx context.Context, tenant string, fn func(Tx) error) error

	// Join returns a Tx inside a transaction of the caller's own, on the same
	// database. The caller commits.
	Join(ctx context.Context, tx *sql.Tx, tenant string) (Tx, error)

	// Rehearse gives fn a Backend on which everything can be done and nothing
	// stays: its transactions are nested in one that is always rolled back.
	Rehearse(ctx context.Context, fn func(Backend) error) error

	// Tenants lists the tenants that have any row, sorted.
	Tenants(ctx context.Context) ([]string, error)

	// Close releases the database, unless the caller handed it in.
	Close() error
}

// Tx is a transaction of one tenant: no method sees another tenant's rows. A Tx
// is used by one goroutine. Lists are never nil-checked: none is an empty slice.
type Tx interface {
	Facts
	PersonFacts
	People
	Policies
	Runs
	Work
	Breakers
	Answers
	Journal
}

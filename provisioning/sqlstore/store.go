package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/internal/dialect"
)

var _ provisioning.Store = (*Store)(nil)

// ErrNewerSchema says that the database was used by a later release, which
// changed its schema. Nothing was done to it.
var ErrNewerSchema = errors.New("schema is of a later release")

// Config says what a [Store] is made of.
type Config struct {
	// DB is the database. Required.
	DB *sql.DB
	// Dialect is what kind of database it is. Required.
	Dialect Dialect
	// Reader is a pool for the same database that is used for reading alone.
	// Defaults to DB.
	Reader *sql.DB
	// Owned makes Close close DB and Reader as well. By default they are the
	// caller's to close.
	Owned bool
	// SkipMigration leaves the schema alone: the host applies [Migrations]
	// itself. A schema that is not the one this release needs is then an error.
	SkipMigration bool
}

// Store is a [provisioning.Store] in a SQL database. It is safe for concurrent
// use, by any number of processes as far as the database is.
type Store struct {
	def    dialect.Definition
	writer *statements
	reader *statements
	owned  []*sql.DB

	mu       sync.Mutex
	closed   bool
	underWay sync.WaitGroup
	close    sync.Once
	closeErr error
}

// New returns a store in a database that is open already, after it has checked
// the database and brought its schema up to date. The context is for that alone.
// A database that a later release has changed is left alone: the error wraps
// [ErrNewerSchema].
func New(ctx context.Context, cfg Config) (*Store, error) {
	var errs []error
	if cfg.DB == nil {
		errs = append(errs, errors.New("sqlstore: DB is missing"))
	}
	if cfg.Dialect == nil {
		errs = append(errs, errors.New("sqlstore: Dialect is missing"))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	s := &Store{def: cfg.Dialect.Definition()}
	s.writer = newStatements(cfg.DB, s.def)
	s.reader, s.owned = s.writer, []*sql.DB{cfg.DB}
	if cfg.Reader != nil && cfg.Reader != cfg.DB {
		s.reader, s.owned = newStatements(cfg.Reader, s.def), append(s.owned, cfg.Reader)
	}
	if !cfg.Owned {
		s.owned = nil
	}
	if err := s.def.Check(ctx, cfg.DB); err != nil {
		return nil, fmt.Errorf("sqlstore: %w", s.def.Explain(err))
	}
	if err := s.prepareSchema(ctx, cfg.DB, cfg.SkipMigration); err != nil {
		return nil, fmt.Errorf("sqlstore: schema: %w", s.def.Explain(err))
	}
	return s, nil
}

// Backend implements [provisioning.Store].
func (s *Store) Backend() state.Backend { return (*backend)(s) }

// Close waits for transactions under way and releases what the store holds: its
// prepared statements, and the database if it is the store's own. Whoever uses
// the store afterwards gets an error. Only the first call does anything; all
// return its error.
func (s *Store) Close() error {
	s.close.Do(func() {
		s.mu.Lock()
		s.closed = true
		s.mu.Unlock()
		s.underWay.Wait()
		errs := []error{s.writer.close(), s.reader.close()}
		for _, db := range s.owned {
			errs = append(errs, db.Close())
		}
		if err := errors.Join(errs...); err != nil {
			s.closeErr = fmt.Errorf("sqlstore: close: %w", err)
		}
	})
	return s.closeErr
}

// enter counts a transaction in; the caller calls leave when it has ended.
func (s *Store) enter() (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	s.underWay.Add(1)
	return s.underWay.Done, nil
}

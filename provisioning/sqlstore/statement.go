package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"

	"github.com/joinery-iam/joinery/provisioning/sqlstore/internal/dialect"
)

// statements are the prepared statements of one pool. A statement is prepared
// inside the transaction that needs it first, and noted; before the next
// transaction begins it is prepared for the pool, which from then on keeps it
// with each connection. The other way round, preparing for the pool inside a
// transaction, would wait for ever for a second connection where there is one.
type statements struct {
	db    *sql.DB
	words *strings.Replacer

	mu     sync.RWMutex
	ready  map[string]*sql.Stmt
	wanted map[string]bool
}

func newStatements(db *sql.DB, def dialect.Definition) *statements {
	return &statements{
		db:    db,
		ready: map[string]*sql.Stmt{}, wanted: map[string]bool{},
		words: strings.NewReplacer("?", string(rune(def.Parameter)), "@update", def.Update, "@skip", def.Skip, "@share", def.Share),
	}
}

// warm prepares what earlier transactions were missing. It holds no lock while it
// waits for a connection: the transaction that has the connection may need it.
func (s *statements) warm(ctx context.Context) error {
	s.mu.RLock()
	idle := len(s.wanted) == 0
	s.mu.RUnlock()
	if idle {
		return nil
	}
	s.mu.Lock()
	wanted := s.wanted
	s.wanted = map[string]bool{}
	s.mu.Unlock()
	for query := range wanted {
		stmt, err := s.db.PrepareContext(ctx, s.words.Replace(query))
		if err != nil {
			return err // the rest is prepared when it is missed again
		}
		if err := s.keep(query, stmt); err != nil {
			return err
		}
	}
	return nil
}

// keep makes a statement ready, unless another one is already.
func (s *statements) keep(query string, stmt *sql.Stmt) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.ready[query]; ok {
		return stmt.Close()
	}
	s.ready[query] = stmt
	return nil
}

// in returns a statement for use in a transaction of this pool.
func (s *statements) in(ctx context.Context, tx *sql.Tx, query string) (*sql.Stmt, error) {
	s.mu.RLock()
	stmt, ok := s.ready[query]
	s.mu.RUnlock()
	if ok {
		return tx.StmtContext(ctx, stmt), nil
	}
	s.mu.Lock()
	s.wanted[query] = true
	s.mu.Unlock()
	return s.inForeign(ctx, tx, query)
}

// inForeign is in for a transaction that may be of another pool.
func (s *statements) inForeign(ctx context.Context, tx *sql.Tx, query string) (*sql.Stmt, error) {
	return tx.PrepareContext(ctx, s.words.Replace(query))
}

func (s *statements) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for query, stmt := range s.ready {
		errs = append(errs, stmt.Close())
		delete(s.ready, query)
	}
	return errors.Join(errs...)
}

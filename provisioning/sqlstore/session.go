package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/internal/dialect"
)

var errReadOnly = errors.New("sqlstore: write in a transaction for reading")

// session is one transaction of the database. Rehearsals run several of ours in
// one.
type session struct {
	ctx     context.Context // looked at between statements
	calm    context.Context // what statements are given: it never ends
	sql     *sql.Tx
	def     *dialect.Definition
	write   bool
	prepare func(context.Context, *sql.Tx, string) (*sql.Stmt, error)
	stmts   map[string]*sql.Stmt
	// failed is the first error of a statement. Some databases end a transaction
	// by themselves after an error and would commit, one by one, what follows.
	failed error
}

func (b *backend) session(ctx context.Context, tx *sql.Tx, write bool) *session {
	return &session{ctx: ctx, calm: context.WithoutCancel(ctx), sql: tx, def: &b.def, write: write, stmts: map[string]*sql.Stmt{}}
}

// begin waits for the turn to write.
func (s *session) begin(ctx context.Context) error {
	if !s.write || s.def.Begin == "" {
		return nil
	}
	if _, err := s.sql.ExecContext(ctx, s.def.Begin); err != nil {
		return s.fail("begin", err)
	}
	return nil
}

// as runs fn as a transaction of a tenant.
func (s *session) as(tenant string, fn func(state.Tx) error) error {
	if tenant == "" {
		return errNoTenant
	}
	t := &transaction{session: s, tenant: tenant}
	defer func() { t.ended = true }()
	return fn(t)
}

// usable reports why nothing can be done any more, nil if it can.
func (s *session) usable() error {
	if s.failed != nil {
		return s.failed
	}
	return context.Cause(s.ctx)
}

func (s *session) fail(what string, err error) error {
	s.failed = fmt.Errorf("sqlstore: %s: %w", what, s.def.Explain(err))
	return s.failed
}

// stmt returns the prepared form of a query.
func (s *session) stmt(query string) (*sql.Stmt, error) {
	if stmt, ok := s.stmts[query]; ok {
		return stmt, nil
	}
	stmt, err := s.prepare(s.calm, s.sql, query)
	if err != nil {
		return nil, err
	}
	s.stmts[query] = stmt
	return stmt, nil
}

// exec runs a statement that writes and returns how many rows it changed.
func (s *session) exec(query string, args ...any) (int, error) {
	if err := s.usable(); err != nil {
		return 0, err
	}
	if !s.write {
		return 0, errReadOnly
	}
	stmt, err := s.stmt(query)
	if err != nil {
		return 0, s.fail(nameOf(query), err)
	}
	res, err := stmt.ExecContext(s.calm, args...)
	if err != nil {
		return 0, s.fail(nameOf(query), err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, s.fail(nameOf(query), err)
	}
	return int(n), nil
}

// each runs a query and calls scan for each row. scan must not use the session.
func (s *session) each(query string, scan func(row) error, args ...any) (err error) {
	if err := s.usable(); err != nil {
		return err
	}
	stmt, err := s.stmt(query)
	if err != nil {
		return s.fail(nameOf(query), err)
	}
	rows, err := stmt.QueryContext(s.calm, args...)
	if err != nil {
		return s.fail(nameOf(query), err)
	}
	defer func() {
		if closeErr := rows.Close(); closeErr != nil && err == nil {
			err = s.fail(nameOf(query), closeErr)
		}
	}()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return s.fail(nameOf(query), err)
		}
	}
	if err := rows.Err(); err != nil {
		return s.fail(nameOf(query), err)
	}
	return nil
}

// nameOf returns what a query is called: the comment it begins with.
func nameOf(query string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(query, "/* "), " */")
	return name
}

// row is a row of a result.
type row interface{ Scan(...any) error }

// tables are all tables that have a tenant.
var tables = []string{
	"source", "worker", "worker_email", "version", "staged", "name", "fact", "person", "policy", "activation", "run", "reserved",
	"account", "item", "breaker", "case", "entry", "journal", "witness", "hash", "checkpoint", "cursor",
}

// tenants walks the first column of every table's key from one tenant to the
// next, which does not depend on how many rows they have.
func (s *session) tenants() ([]string, error) {
	var query strings.Builder
	query.WriteString("/* tenants */ SELECT tenant FROM (")
	for i, table := range tables {
		if i > 0 {
			query.WriteString(" UNION ")
		}
		fmt.Fprintf(&query, `SELECT tenant FROM (
			WITH RECURSIVE walk(tenant) AS (
				SELECT MIN(tenant) FROM joinery_%[1]s
				UNION ALL
				SELECT (SELECT MIN(t.tenant) FROM joinery_%[1]s t WHERE t.tenant > walk.tenant) FROM walk WHERE walk.tenant IS NOT NULL
			) SELECT tenant FROM walk WHERE tenant IS NOT NULL) AS of_%[1]s`, table)
	}
	query.WriteString(") AS everywhere ORDER BY tenant")
	return listStrings(s, query.String())
}

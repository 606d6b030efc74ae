package sqlstore

import (
	"errors"
	"math"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

var _ state.Tx = (*transaction)(nil)

var errEnded = errors.New("sqlstore: the transaction has ended")

// transaction is a [state.Tx]. The first parameter of each of its statements is
// the tenant; nothing can be asked without it.
type transaction struct {
	*session
	tenant string
	ended  bool
}

// exec runs a statement that writes, with the tenant as ?1 and args from ?2 on.
func (t *transaction) exec(query string, args ...any) (int, error) {
	if t.ended {
		return 0, errEnded
	}
	return t.session.exec(query, t.with(args)...)
}

// each runs a query, with the tenant as ?1 and args from ?2 on.
func (t *transaction) each(query string, scan func(row) error, args ...any) error {
	if t.ended {
		return errEnded
	}
	return t.session.each(query, scan, t.with(args)...)
}

func (t *transaction) with(args []any) []any {
	return append([]any{t.tenant}, args...)
}

// querier is a transaction, or a session, which has no tenant.
type querier interface {
	each(query string, scan func(row) error, args ...any) error
}

// listOf returns all rows of a query.
func listOf[T any](q querier, scan func(row, *T) error, query string, args ...any) ([]T, error) {
	out := []T{}
	err := q.each(query, func(r row) error {
		var v T
		if err := scan(r, &v); err != nil {
			return err
		}
		out = append(out, v)
		return nil
	}, args...)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// oneOf returns the first row of a query, or [state.ErrNotFound].
func oneOf[T any](q querier, scan func(row, *T) error, query string, args ...any) (T, error) {
	var (
		v     T
		found bool
	)
	err := q.each(query, func(r row) error {
		if found {
			return nil
		}
		found = true
		return scan(r, &v)
	}, args...)
	if err == nil && !found {
		err = state.ErrNotFound
	}
	return v, err
}

// scalar scans a row of one column.
func scalar[T any](r row, v *T) error { return r.Scan(v) }

func listStrings(q querier, query string, args ...any) ([]string, error) {
	return listOf(q, scalar[string], query, args...)
}

// count returns the number that a query finds, 0 if it finds none.
func count(q querier, query string, args ...any) (int64, error) {
	n, err := oneOf(q, scalar[int64], query, args...)
	if errors.Is(err, state.ErrNotFound) {
		return 0, nil
	}
	return n, err
}

// atMost returns a limit as it is given to the database; a negative one is none.
func atMost(limit int) int64 {
	if limit < 0 {
		return math.MaxInt64
	}
	return int64(limit)
}

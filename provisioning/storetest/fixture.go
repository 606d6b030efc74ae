package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// fixture is the store under test, as one tenant. Its methods, and must, end the
// case by panicking with a failure, which never crosses the store: every function
// that the store calls, and every goroutine, catches it.
type fixture struct {
	ctx     context.Context
	backend state.Backend
	tenant  string
	db      *sql.DB
	reopen  func() provisioning.Store
}

func newFixture(ctx context.Context, in Instance, t *testing.T) *fixture {
	f := &fixture{ctx: ctx, backend: in.Store.Backend(), tenant: "acme", db: in.DB}
	if in.Reopen != nil {
		f.reopen = func() provisioning.Store { return in.Reopen(t) }
	}
	return f
}

// failure is why a case ends.
type failure struct{ err error }

func fail(format string, args ...any) { panic(failure{fmt.Errorf(format, args...)}) }

// catch turns a failure into an error.
func catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case failure:
		*err = r.err
	default:
		panic(r)
	}
}

// must returns v, and ends the case if there is an error.
func must[T any](v T, err error) T {
	ok(err)
	return v
}

func ok(err error) {
	if err != nil {
		panic(failure{err})
	}
}

// same ends the case unless got is want.
func same[T any](what string, got, want T) {
	if !reflect.DeepEqual(got, want) {
		fail("%s: got %s, want %s", what, brief(got), brief(want))
	}
}

// nth returns an element of a list, and ends the case if there is none.
func nth[T any](what string, list []T, i int) T {
	if i >= len(list) {
		fail("%s: got %d, want more than %d", what, len(list), i)
	}
	return list[i]
}

func brief(v any) string {
	const enough = 600
	text := fmt.Sprintf("%+v", v)
	if len(text) > enough {
		text = text[:enough] + "…"
	}
	return text
}

// is ends the case unless err is target.
func is(what string, err, target error) {
	if !errors.Is(err, target) {
		fail("%s: got error %v, want %v", what, err, target)
	}
}

// refused ends the case unless there is an error.
func refused(what string, err error) {
	if err == nil {
		fail("%s: got no error", what)
	}
}

// as returns the same store as another tenant.
func (f *fixture) as(tenant string) *fixture {
	other := *f
	other.tenant = tenant
	return &other
}

// other returns the same store as a tenant whose name differs in its case alone.
func (f *fixture) other() *fixture { return f.as("A" + f.tenant[1:]) }

// on returns the same tenant of another backend.
func (f *fixture) on(b state.Backend) *fixture {
	other := *f
	other.backend = b
	return &other
}

// try runs fn in a transaction for writing and returns its error.
func (f *fixture) try(fn func(state.Tx)) error {
	return f.backend.Update(f.ctx, f.tenant, func(tx state.Tx) (err error) {
		defer catch(&err)
		runtime.Gosched() // whoever waits for this transaction shall do so
		fn(tx)
		return nil
	})
}

func (f *fixture) update(fn func(state.Tx)) { ok(f.try(fn)) }

func (f *fixture) view(fn func(state.Tx)) {
	ok(f.backend.View(f.ctx, f.tenant, func(tx state.Tx) (err error) {
		defer catch(&err)
		fn(tx)
		return nil
	}))
}

// parallel runs fn n times at once and waits for all.
func (f *fixture) parallel(n int, fn func(i int)) {
	errs := make([]error, n)
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			defer catch(&errs[i])
			<-start
			fn(i)
		})
	}
	close(start)
	all.Wait()
	ok(errors.Join(errs...))
}

// day returns an instant: n days after a Monday, with a fraction of a second.
func day(n int) time.Time {
	return time.Date(2026, 3, 2+n, 9, 30, 15, 123456000, time.UTC)
}

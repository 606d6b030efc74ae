package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func storeFaults() []mutant {
	return []mutant{
		{fault: "one method shows another tenant's rows", fails: []string{"tenant_read"}, file: true, backend: func(b state.Backend) state.Backend { return leaky{b} }},
		{fault: "one method changes another tenant's rows", fails: []string{"tenant_write"}, backend: func(b state.Backend) state.Backend { return spilling{b} }},
		{fault: "tenants are told apart without their capitals", fails: []string{"tenant_read", "tenant_write", "rehearse_tenants", "join_tenant", "value_text"}, backend: func(b state.Backend) state.Backend { return smallTenants{b} }},
		{fault: "a cursor survives the rollback", fails: []string{"update_rollback"}, backend: func(b state.Backend) state.Backend { return halfRollback{b} }},
		{fault: "the error is not fn's own", fails: []string{"update_rollback"}, backend: func(b state.Backend) state.Backend { return wrapping{b} }},
		{fault: "updates work on what was there when they began to wait", fails: []string{"update_isolated", "order_person"}, backend: func(b state.Backend) state.Backend { return stale{b} }},
		{fault: "each statement of a view has its own snapshot", fails: []string{"view_snapshot"}, file: true, backend: func(b state.Backend) state.Backend { return &torn{Backend: b} }},
		{fault: "a view writes", fails: []string{"view_reads"}, backend: func(b state.Backend) state.Backend { return writingView{b} }},
		{fault: "a transaction that has ended says nothing", fails: []string{"tx_ended", "join_ended"}, tx: func(tx state.Tx) state.Tx { return silent{tx} }},
		{fault: "a rehearsal stays", fails: []string{"rehearse_nothing"}, backend: func(b state.Backend) state.Backend { return premiere{b} }},
		{fault: "a joined transaction is another tenant's", fails: []string{"join_commit"}, backend: func(b state.Backend) state.Backend { return misjoined{b} }},
		{fault: "a closed store goes on", fails: []string{"store_closed"}, backend: func(b state.Backend) state.Backend { return restless{b} }},
	}
}

type leaky struct{ state.Backend }

func (b leaky) Update(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	return b.Backend.Update(ctx, tenant, func(tx state.Tx) error { return fn(leakyTx{tx, ctx, b.Backend, tenant}) })
}

type leakyTx struct {
	state.Tx
	ctx     context.Context
	backend state.Backend
	tenant  string
}

func (t leakyTx) NameOwner(namespace, name string) (owner string, err error) {
	if !strings.HasPrefix(t.tenant, "Acme") {
		return t.Tx.NameOwner(namespace, name)
	}
	err = t.backend.View(t.ctx, "a"+t.tenant[1:], func(tx state.Tx) error {
		owner, err = tx.NameOwner(namespace, name)
		return err
	})
	return owner, err
}

type spilling struct{ state.Backend }

func (b spilling) Update(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	dropped := ""
	err := b.Backend.Update(ctx, tenant, func(tx state.Tx) error { return fn(spillingTx{tx, &dropped}) })
	if err != nil || dropped == "" || !strings.HasPrefix(tenant, "Acme") {
		return err
	}
	return b.Backend.Update(ctx, "a"+tenant[1:], func(tx state.Tx) error { return tx.DropStaged(dropped) })
}

type spillingTx struct {
	state.Tx
	dropped *string
}

func (t spillingTx) DropStaged(run string) error {
	*t.dropped = run
	return t.Tx.DropStaged(run)
}

type smallTenants struct{ state.Backend }

func (b smallTenants) Update(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	return b.Backend.Update(ctx, strings.ToLower(tenant), fn)
}

func (b smallTenants) View(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	return b.Backend.View(ctx, strings.ToLower(tenant), fn)
}

func (b smallTenants) Rehearse(ctx context.Context, fn func(state.Backend) error) error {
	return b.Backend.Rehearse(ctx, func(inner state.Backend) error { return fn(smallTenants{inner}) })
}

type halfRollback struct{ state.Backend }

func (b halfRollback) Update(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	cursor := int64(-1)
	err := b.Backend.Update(ctx, tenant, func(tx state.Tx) error { return fn(cursorTx{tx, &cursor}) })
	if err == nil || cursor < 0 {
		return err
	}
	_ = b.Backend.Update(ctx, tenant, func(tx state.Tx) error { return tx.PutCursor("siem", cursor) })
	return err
}

type cursorTx struct {
	state.Tx
	cursor *int64
}

func (t cursorTx) PutCursor(sink string, next int64) error {
	*t.cursor = next
	return t.Tx.PutCursor(sink, next)
}

type wrapping struct{ state.Backend }

func (b wrapping) Update(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	if err := b.Backend.Update(ctx, tenant, fn); err != nil {
		return fmt.Errorf("update: %w", err)
	}
	return nil
}

type stale struct{ state.Backend }

func (b stale) Update(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	before := map[string]state.Person{}
	_ = b.View(ctx, tenant, func(tx state.Tx) error {
		people, err := tx.PeopleAfter("", 10)
		for _, p := range people {
			before[p.ID] = p
		}
		return err
	})
	return b.Backend.Update(ctx, tenant, func(tx state.Tx) error { return fn(staleTx{tx, before}) })
}

type staleTx struct {
	state.Tx
	before map[string]state.Person
}

func (t staleTx) LockPerson(id string) (state.Person, error) {
	if p, ok := t.before[id]; ok && p.DueAt.IsZero() {
		return p, nil
	}
	return t.Tx.LockPerson(id)
}

// torn lets a commit happen between two statements of a view, if one is about to.
type torn struct {
	state.Backend
	commits atomic.Int64
}

func (b *torn) Update(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	defer b.commits.Add(1)
	return b.Backend.Update(ctx, tenant, fn)
}

func (b *torn) View(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	return b.Backend.View(ctx, tenant, func(tx state.Tx) error { return fn(tornTx{tx, ctx, b, tenant}) })
}

type tornTx struct {
	state.Tx
	ctx    context.Context
	b      *torn
	tenant string
}

func (t tornTx) Person(id string) (p state.Person, err error) {
	if id == "b" {
		const patience = 5000
		seen := t.b.commits.Load()
		for i := 0; i < patience && t.b.commits.Load() == seen; i++ {
			runtime.Gosched()
		}
	}
	if _, err := t.Tx.Person(id); err != nil {
		return p, err // an ended transaction stays one
	}
	err = t.b.Backend.View(t.ctx, t.tenant, func(tx state.Tx) error {
		p, err = tx.Person(id)
		return err
	})
	return p, err
}

type writingView struct{ state.Backend }

func (b writingView) View(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	return b.Update(ctx, tenant, fn)
}

type silent struct{ state.Tx }

func (t silent) PutPerson(p state.Person) error {
	if _, err := t.PeopleAfter("", 1); err != nil {
		return nil
	}
	return t.Tx.PutPerson(p)
}

type premiere struct{ state.Backend }

func (b premiere) Rehearse(ctx context.Context, fn func(state.Backend) error) error {
	if err := b.Backend.Rehearse(ctx, fn); err != nil {
		return err
	}
	return fn(b.Backend)
}

type misjoined struct{ state.Backend }

func (b misjoined) Join(ctx context.Context, tx *sql.Tx, tenant string) (state.Tx, error) {
	return b.Backend.Join(ctx, tx, strings.ToUpper(tenant))
}

type restless struct{ state.Backend }

func (b restless) Close() error { return nil }

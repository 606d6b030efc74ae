package connectortest_test

import (
	"context"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
)

type (
	finder   = func(ctx context.Context, req connector.FindRequest) ([]connector.Account, error)
	creator  = func(ctx context.Context, req connector.CreateRequest) (connector.Result, error)
	renamer  = func(ctx context.Context, req connector.RenameRequest) (connector.Result, error)
	updater  = func(ctx context.Context, req connector.UpdateRequest) (connector.Result, error)
	switcher = func(ctx context.Context, req connector.AccountRequest) (connector.Result, error)
	mover    = func(ctx context.Context, req connector.TransferRequest) (connector.Result, error)
	granter  = func(ctx context.Context, req connector.GrantRequest) (connector.Result, error)
	lister   = func(ctx context.Context, yield func(connector.Account) error) (connector.Proof, error)
	catalog  = func(ctx context.Context) ([]connector.Entitlement, error)
	checker  = func(ctx context.Context) error
)

// bent is a good connector of which one method can be bent. The methods of the
// System inside stay straight.
type bent struct {
	*memory.System
	find                    finder
	create                  creator
	update                  updater
	rename                  renamer
	disable, enable, remove switcher
	end                     switcher
	transfer                mover
	grant, revoke           granter
	list                    lister
	catalog                 catalog
	check                   checker
	signIn                  func(ref connector.Ref) (use func() error, err error)
	released                chan struct{} // closed when the test ends
}

func straight() *bent {
	s := memory.New(memory.Config{Entitlements: groups})
	return &bent{
		System: s, find: s.Find, create: s.Create, update: s.Update, rename: s.Rename, disable: s.Disable, enable: s.Enable,
		end: s.EndSessions, transfer: s.Transfer, remove: s.Delete, grant: s.Grant, revoke: s.Revoke, list: s.List, catalog: s.Entitlements, check: s.Check,
		signIn:   func(ref connector.Ref) (func() error, error) { return open(s, ref) },
		released: make(chan struct{}),
	}
}

func (b *bent) Find(ctx context.Context, req connector.FindRequest) ([]connector.Account, error) {
	return b.find(ctx, req)
}

func (b *bent) Create(ctx context.Context, req connector.CreateRequest) (connector.Result, error) {
	return b.create(ctx, req)
}

func (b *bent) Update(ctx context.Context, req connector.UpdateRequest) (connector.Result, error) {
	return b.update(ctx, req)
}

func (b *bent) Rename(ctx context.Context, req connector.RenameRequest) (connector.Result, error) {
	return b.rename(ctx, req)
}

func (b *bent) Disable(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	return b.disable(ctx, req)
}

func (b *bent) Enable(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	return b.enable(ctx, req)
}

func (b *bent) EndSessions(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	return b.end(ctx, req)
}

func (b *bent) Transfer(ctx context.Context, req connector.TransferRequest) (connector.Result, error) {
	return b.transfer(ctx, req)
}

func (b *bent) Delete(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	return b.remove(ctx, req)
}

func (b *bent) Grant(ctx context.Context, req connector.GrantRequest) (connector.Result, error) {
	return b.grant(ctx, req)
}

func (b *bent) Revoke(ctx context.Context, req connector.GrantRequest) (connector.Result, error) {
	return b.revoke(ctx, req)
}

func (b *bent) List(ctx context.Context, yield func(connector.Account) error) (connector.Proof, error) {
	return b.list(ctx, yield)
}

func (b *bent) Entitlements(ctx context.Context) ([]connector.Entitlement, error) {
	return b.catalog(ctx)
}

func (b *bent) Check(ctx context.Context) error { return b.check(ctx) }

// by returns the account with an id by the back door, and whether it is there.
func (b *bent) by(id string) (connector.Account, bool) {
	for _, a := range b.Accounts() {
		if a.ID == id {
			return a, true
		}
	}
	return connector.Account{}, false
}

// change alters an account by the back door.
func (b *bent) change(id string, alter func(a *connector.Account)) {
	if a, there := b.by(id); there {
		alter(&a)
		b.Put(a)
	}
}

// corridor is where two who are under way at a time meet.
type corridor chan string

// moment is how long somebody waits in a corridor.
const moment = 200 * time.Millisecond

// meet waits a moment for somebody else, and returns what that one brought. Of
// two who meet, one is told.
func (c corridor) meet(ctx context.Context, mine string) (theirs string, met bool) {
	ctx, cancel := context.WithTimeout(ctx, moment)
	defer cancel()
	select {
	case c <- mine:
		return "", false
	case theirs = <-c:
		return theirs, true
	case <-ctx.Done():
		return "", false
	}
}

// pass waits a moment for somebody else, and reports whether anybody came. Of two
// who meet, both are told.
func (c corridor) pass(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, moment)
	defer cancel()
	select {
	case c <- "":
		return true
	case <-c:
		return true
	case <-ctx.Done():
		return false
	}
}

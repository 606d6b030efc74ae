package connectortest_test

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/joinery-iam/joinery/connector"
)

func entitlementBends() map[string]func(b *bent) {
	type bend = func(b *bent, req connector.GrantRequest, res *connector.Result, err error) error
	// after bends what came of a call.
	after := func(b *bent, next granter, bend bend) granter {
		return func(ctx context.Context, req connector.GrantRequest) (connector.Result, error) {
			res, err := next(ctx, req)
			return res, bend(b, req, &res, err)
		}
	}
	grant := func(bend bend) func(b *bent) { return func(b *bent) { b.grant = after(b, b.System.Grant, bend) } }
	revoke := func(bend bend) func(b *bent) { return func(b *bent) { b.revoke = after(b, b.System.Revoke, bend) } }
	return map[string]func(b *bent){
		"grant/effect": grant(func(_ *bent, _ connector.GrantRequest, res *connector.Result, err error) error {
			if res.Outcome == connector.Applied {
				res.Outcome = connector.AlreadyInState
			}
			return err
		}),
		"grant/others": grant(func(b *bent, req connector.GrantRequest, _ *connector.Result, err error) error {
			// Puts a list of members read too early: whoever holds something else, too,
			// loses that.
			if a, there := b.by(req.Ref.ID); there && len(a.Entitlements) > 1 && len(b.Accounts()) == 3 {
				b.change(req.Ref.ID, func(a *connector.Account) { a.Entitlements = []connector.Entitlement{req.Entitlement} })
			}
			return err
		}),
		"grant/twice": grant(func(_ *bent, _ connector.GrantRequest, res *connector.Result, err error) error {
			if res.Outcome == connector.AlreadyInState {
				return connector.ErrAlreadyExists
			}
			return err
		}),
		"grant/unknown": grant(func(_ *bent, _ connector.GrantRequest, _ *connector.Result, err error) error {
			if errors.Is(err, connector.ErrUnknownEntitlement) {
				return connector.ErrNotFound
			}
			return err
		}),
		"grant/gone": grant(func(_ *bent, _ connector.GrantRequest, _ *connector.Result, err error) error {
			if errors.Is(err, connector.ErrNotFound) {
				return connector.ErrUnknownEntitlement
			}
			return err
		}),
		"catalog/lists": func(b *bent) {
			b.catalog = func(ctx context.Context) ([]connector.Entitlement, error) {
				listed, err := b.System.Entitlements(ctx)
				return listed[:min(1, len(listed))], err // the first page
			}
		},
		"revoke/effect": revoke(func(_ *bent, _ connector.GrantRequest, res *connector.Result, err error) error {
			if res.Outcome == connector.Applied {
				res.Outcome = connector.AlreadyInState
			}
			return err
		}),
		"revoke/holders": revoke(func(b *bent, req connector.GrantRequest, res *connector.Result, err error) error {
			if res.Outcome != connector.Applied {
				return err
			}
			for _, other := range b.Accounts() { // deletes the group
				b.change(other.ID, func(a *connector.Account) {
					a.Entitlements = slices.DeleteFunc(a.Entitlements, func(e connector.Entitlement) bool { return e == req.Entitlement })
				})
			}
			return err
		}),
		"revoke/others": revoke(func(b *bent, req connector.GrantRequest, res *connector.Result, err error) error {
			if res.Outcome == connector.Applied {
				b.change(req.Ref.ID, func(a *connector.Account) { a.Entitlements = nil })
				res.Account.Entitlements = nil
			}
			return err
		}),
		"revoke/twice": revoke(func(b *bent, req connector.GrantRequest, res *connector.Result, err error) error {
			if _, there := b.by(req.Ref.ID); there && res.Outcome == connector.AlreadyInState {
				return connector.ErrNotFound
			}
			return err
		}),
		"revoke/gone": revoke(func(b *bent, req connector.GrantRequest, _ *connector.Result, err error) error {
			if _, there := b.by(req.Ref.ID); !there && err == nil {
				return connector.ErrNotFound
			}
			return err
		}),
	}
}

func listBends() map[string]func(b *bent) {
	// around bends List.
	around := func(list func(ctx context.Context, b *bent, yield func(connector.Account) error) (connector.Proof, error)) func(b *bent) {
		return func(b *bent) {
			b.list = func(ctx context.Context, yield func(connector.Account) error) (connector.Proof, error) {
				return list(ctx, b, yield)
			}
		}
	}
	return map[string]func(b *bent){
		"list/all": around(func(ctx context.Context, b *bent, yield func(connector.Account) error) (connector.Proof, error) {
			seen, skip := 0, 3 // a page that is lost, and not counted
			proof, err := b.System.List(ctx, func(a connector.Account) error {
				if seen++; seen == skip {
					return nil
				}
				return yield(a)
			})
			if err == nil && seen >= skip {
				proof.Count--
			}
			return proof, err
		}),
		"list/once": around(func(ctx context.Context, b *bent, yield func(connector.Account) error) (connector.Proof, error) {
			var last *connector.Account
			proof, err := b.System.List(ctx, func(a connector.Account) error {
				last = &a
				return yield(a)
			})
			if err == nil && last != nil {
				err = yield(*last) // pages that overlap
			}
			return proof, err
		}),
		"list/stops": around(func(ctx context.Context, b *bent, yield func(connector.Account) error) (connector.Proof, error) {
			var failed error
			proof, err := b.System.List(ctx, func(a connector.Account) error {
				failed = errors.Join(failed, yield(a))
				return nil
			})
			if failed != nil {
				return connector.Proof{}, failed
			}
			return proof, err
		}),
		"list/no-proof": around(func(ctx context.Context, b *bent, yield func(connector.Account) error) (connector.Proof, error) {
			n := 0
			proof, err := b.System.List(ctx, func(a connector.Account) error {
				n++
				return yield(a)
			})
			if err != nil {
				return connector.Proof{Complete: true, Count: n}, err
			}
			return proof, nil
		}),
		"list/count": around(func(ctx context.Context, b *bent, yield func(connector.Account) error) (connector.Proof, error) {
			proof, err := b.System.List(ctx, yield)
			if err == nil {
				proof.Count++
			}
			return proof, err
		}),
		"list/callback": func(b *bent) {
			var mu sync.Mutex
			b.list = func(ctx context.Context, yield func(connector.Account) error) (connector.Proof, error) {
				mu.Lock()
				defer mu.Unlock()
				return b.System.List(ctx, yield)
			}
			b.find = func(ctx context.Context, req connector.FindRequest) ([]connector.Account, error) {
				if !mu.TryLock() {
					<-b.released // waits for the listing, which waits for it
					return nil, ctx.Err()
				}
				mu.Unlock()
				return b.System.Find(ctx, req)
			}
		},
	}
}

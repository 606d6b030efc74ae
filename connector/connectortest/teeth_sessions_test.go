package connectortest_test

import (
	"context"
	"errors"

	"github.com/joinery-iam/joinery/connector"
)

func sessionBends() map[string]func(b *bent) {
	// around bends EndSessions.
	around := func(end func(ctx context.Context, b *bent, req connector.AccountRequest) (connector.Result, error)) func(b *bent) {
		return func(b *bent) {
			b.end = func(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
				return end(ctx, b, req)
			}
		}
	}
	// after bends what came of it, where the account is there.
	after := func(bend func(b *bent, id string, res *connector.Result) error) func(b *bent) {
		return around(func(ctx context.Context, b *bent, req connector.AccountRequest) (connector.Result, error) {
			res, err := b.System.EndSessions(ctx, req)
			if _, there := b.by(req.Ref.ID); there && err == nil {
				err = bend(b, req.Ref.ID, &res)
			}
			return res, err
		})
	}
	// changing alters the account, too, and shows it.
	changing := func(alter func(a *connector.Account)) func(b *bent) {
		return after(func(b *bent, id string, res *connector.Result) error {
			b.change(id, alter)
			res.Account, _ = b.by(id)
			return nil
		})
	}
	// gone bends what is answered where the account is not there.
	gone := func(res connector.Result, err error) func(b *bent) {
		return around(func(ctx context.Context, b *bent, req connector.AccountRequest) (connector.Result, error) {
			if _, there := b.by(req.Ref.ID); !there {
				return res, err
			}
			return b.System.EndSessions(ctx, req)
		})
	}
	// idle bends EndSessions for accounts which are active, or are not: nothing is done.
	idle := func(active bool, answer func(id string) (connector.Outcome, error)) func(b *bent) {
		return around(func(ctx context.Context, b *bent, req connector.AccountRequest) (connector.Result, error) {
			a, there := b.by(req.Ref.ID)
			if !there || a.Active != active || ctx.Err() != nil {
				return b.System.EndSessions(ctx, req)
			}
			outcome, err := answer(a.ID)
			return connector.Result{Outcome: outcome, Account: a}, err
		})
	}
	// barred lets people sign in as bar does, once their sessions were ended.
	barred := func(bar func(use func() error) (func() error, error)) func(b *bent) {
		return func(b *bent) {
			ended := map[string]bool{}
			after(func(_ *bent, id string, _ *connector.Result) error {
				ended[id] = true
				return nil
			})(b)
			b.signIn = func(ref connector.Ref) (func() error, error) {
				use, err := open(b.System, ref)
				if err == nil && ended[ref.ID] {
					return bar(use)
				}
				return use, err
			}
		}
	}
	return map[string]func(b *bent){
		"sessions/effect": func(b *bent) {
			told := map[string]bool{} // who has to sign in again, some day
			idle(true, func(id string) (connector.Outcome, error) {
				if told[id] {
					return connector.AlreadyInState, nil
				}
				told[id] = true
				return connector.Applied, nil
			})(b)
		},
		"sessions/effect untold": after(func(b *bent, id string, res *connector.Result) error {
			if a, _ := b.by(id); a.Active {
				res.Outcome = connector.AlreadyInState
			}
			return nil
		}),
		"sessions/effect last": func(b *bent) {
			opened := map[string]int{}
			b.signIn = func(ref connector.Ref) (func() error, error) {
				use, err := open(b.System, ref)
				opened[ref.ID]++
				if err != nil || opened[ref.ID] > 1 {
					return use, err
				}
				return func() error {
					if opened[ref.ID] > 1 {
						return nil // only the latest is known
					}
					return use()
				}, nil
			}
		},
		"sessions/others": around(func(ctx context.Context, b *bent, req connector.AccountRequest) (connector.Result, error) {
			res, err := b.System.EndSessions(ctx, req)
			if res.Outcome != connector.Applied {
				return res, err
			}
			for _, a := range b.Accounts() { // restarts the server
				if _, err := b.System.EndSessions(ctx, connector.AccountRequest{Ref: a.Ref}); err != nil {
					return res, err
				}
			}
			return res, err
		}),
		"sessions/unchanged":          changing(func(a *connector.Account) { a.Attributes = nil }),
		"sessions/unchanged disables": changing(func(a *connector.Account) { a.Active = false }),
		"sessions/unchanged revokes":  changing(func(a *connector.Account) { a.Entitlements = nil }),
		"sessions/new": barred(func(func() error) (func() error, error) {
			return nil, connector.ErrDenied // locked out, which the account does not show
		}),
		"sessions/new worthless": barred(func(func() error) (func() error, error) {
			return func() error { return connector.ErrDenied }, nil // issued before it is valid
		}),
		"sessions/twice": after(func(_ *bent, _ string, res *connector.Result) error {
			if res.Outcome == connector.AlreadyInState {
				return connector.ErrNotFound
			}
			return nil
		}),
		"sessions/gone":         gone(connector.Result{}, connector.ErrNotFound),
		"sessions/gone applied": gone(connector.Result{Outcome: connector.Applied}, nil),
		"sessions/disabled": idle(false, func(string) (connector.Outcome, error) {
			return connector.Applied, nil
		}),
		"sessions/disabled refuses": idle(false, func(string) (connector.Outcome, error) {
			return "", connector.ErrDenied
		}),
		"sessions/disabled untold": after(func(b *bent, id string, res *connector.Result) error {
			if a, _ := b.by(id); !a.Active {
				res.Outcome = connector.AlreadyInState
			}
			return nil
		}),
		"sessions/disabled enables": changing(func(a *connector.Account) { a.Active = true }),
		"result/observed sessions": after(func(_ *bent, _ string, res *connector.Result) error {
			res.Account.Active = false
			return nil
		}),
		"cancel/effect sessions": around(func(ctx context.Context, b *bent, req connector.AccountRequest) (connector.Result, error) {
			if ctx.Err() == nil {
				return b.System.EndSessions(ctx, req)
			}
			_, err := b.System.EndSessions(context.WithoutCancel(ctx), req)
			return connector.Result{}, connector.NotSent(errors.Join(ctx.Err(), err))
		}),
		"reply/unknown sessions": around(func(ctx context.Context, b *bent, req connector.AccountRequest) (connector.Result, error) {
			res, err := b.System.EndSessions(ctx, req)
			if err != nil && connector.VerdictOf(err).Verdict == connector.VerdictUnknown {
				err = connector.NotSent(err)
			}
			return res, err
		}),
		"reply/once sessions": around(func(ctx context.Context, b *bent, req connector.AccountRequest) (connector.Result, error) {
			res, err := b.System.EndSessions(ctx, req)
			if err != nil && ctx.Err() == nil && connector.VerdictOf(err).Verdict == connector.VerdictUnknown {
				return b.System.EndSessions(ctx, req)
			}
			return res, err
		}),
	}
}

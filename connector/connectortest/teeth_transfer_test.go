package connectortest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/connectortest"
)

// transferring bends Transfer.
func transferring(transfer func(ctx context.Context, b *bent, req connector.TransferRequest) (connector.Result, error)) func(b *bent) {
	return func(b *bent) {
		b.transfer = func(ctx context.Context, req connector.TransferRequest) (connector.Result, error) {
			return transfer(ctx, b, req)
		}
	}
}

// transferred bends what came of a Transfer that had an effect.
func transferred(bend func(b *bent, req connector.TransferRequest, things []string, res *connector.Result)) func(b *bent) {
	return transferring(func(ctx context.Context, b *bent, req connector.TransferRequest) (connector.Result, error) {
		things := b.Owned(req.Ref.ID)
		res, err := b.System.Transfer(ctx, req)
		if err == nil && res.Outcome == connector.Applied {
			bend(b, req, things, &res)
		}
		return res, err
	})
}

// active reports whether an account is there and active.
func (b *bent) active(id string) bool {
	a, there := b.by(id)
	return there && a.Active
}

func transferBends() map[string]func(b *bent) {
	// changing alters an account, too, and shows it.
	changing := func(which func(req connector.TransferRequest) string, alter func(a *connector.Account)) func(b *bent) {
		return transferred(func(b *bent, req connector.TransferRequest, _ []string, res *connector.Result) {
			b.change(which(req), alter)
			res.Account, _ = b.by(req.Ref.ID)
		})
	}
	giver := func(req connector.TransferRequest) string { return req.Ref.ID }
	taker := func(req connector.TransferRequest) string { return req.To.ID }
	// idle answers for accounts which are not active: nothing is done.
	idle := func(outcome connector.Outcome, err error) func(b *bent) {
		return transferring(func(ctx context.Context, b *bent, req connector.TransferRequest) (connector.Result, error) {
			a, there := b.by(req.Ref.ID)
			if !there || a.Active {
				return b.System.Transfer(ctx, req)
			}
			return connector.Result{Outcome: outcome, Account: a}, err
		})
	}
	return map[string]func(b *bent){
		"transfer/effect": func(b *bent) {
			told := map[string]bool{} // who will hand over, some day
			bend := transferred(func(b *bent, req connector.TransferRequest, things []string, _ *connector.Result) {
				if b.active(req.Ref.ID) {
					told[req.Ref.ID] = true
					for _, thing := range things {
						b.Own(req.Ref.ID, thing)
					}
				}
			})
			bend(b)
			straight := b.transfer
			b.transfer = func(ctx context.Context, req connector.TransferRequest) (connector.Result, error) {
				if told[req.Ref.ID] {
					a, _ := b.by(req.Ref.ID)
					return connector.Result{Outcome: connector.AlreadyInState, Account: a}, nil
				}
				return straight(ctx, req)
			}
		},
		"transfer/effect part": transferred(func(b *bent, req connector.TransferRequest, things []string, _ *connector.Result) {
			for _, thing := range things[1:] {
				b.Own(req.Ref.ID, thing) // the second page is never asked for
			}
		}),
		"transfer/effect lost": transferred(func(b *bent, req connector.TransferRequest, things []string, _ *connector.Result) {
			if len(things) > 1 {
				void := b.Put(connector.Account{})
				b.Own(void.ID, things[1])
				b.Remove(void.ID)
			}
		}),
		"transfer/effect untold": transferred(func(b *bent, req connector.TransferRequest, _ []string, res *connector.Result) {
			if b.active(req.Ref.ID) {
				res.Outcome = connector.AlreadyInState
			}
		}),
		"transfer/others": transferred(func(b *bent, req connector.TransferRequest, _ []string, _ *connector.Result) {
			for _, a := range b.Accounts() { // searches for more than the account's own
				for _, thing := range b.Owned(a.ID) {
					b.Own(req.To.ID, thing)
				}
			}
		}),
		"transfer/others swapped": func(b *bent) {
			var before []string
			transferred(func(b *bent, req connector.TransferRequest, _ []string, _ *connector.Result) {
				for _, thing := range before {
					b.Own(req.Ref.ID, thing)
				}
			})(b)
			straight := b.transfer
			b.transfer = func(ctx context.Context, req connector.TransferRequest) (connector.Result, error) {
				before = b.Owned(req.To.ID)
				return straight(ctx, req)
			}
		},
		"transfer/unchanged":         changing(giver, func(a *connector.Account) { a.Attributes = nil }),
		"transfer/unchanged revokes": changing(giver, func(a *connector.Account) { a.Entitlements = nil }),
		"transfer/unchanged disables": changing(giver, func(a *connector.Account) {
			a.Active = false // as if handing over meant leaving
		}),
		"transfer/unchanged grants": changing(taker, func(a *connector.Account) {
			a.Entitlements = append(a.Entitlements, groups[0]) // what the giver held comes along
		}),
		"transfer/unchanged copies": changing(taker, func(a *connector.Account) {
			a.Attributes = map[string]connector.Value{"title": connector.String("Owner")}
		}),
		"transfer/disabled":         idle(connector.Applied, nil),
		"transfer/disabled nothing": idle(connector.AlreadyInState, nil),
		"transfer/disabled refuses": idle("", connector.ErrDenied),
		"transfer/disabled enables": changing(giver, func(a *connector.Account) { a.Active = true }),
		"transfer/disabled untold": transferred(func(b *bent, req connector.TransferRequest, _ []string, res *connector.Result) {
			if !b.active(req.Ref.ID) {
				res.Outcome = connector.AlreadyInState
			}
		}),
		"result/observed transfer": transferred(func(b *bent, req connector.TransferRequest, _ []string, res *connector.Result) {
			res.Account, _ = b.by(req.To.ID)
		}),
		"cancel/effect transfer": transferring(func(ctx context.Context, b *bent, req connector.TransferRequest) (connector.Result, error) {
			if ctx.Err() == nil {
				return b.System.Transfer(ctx, req)
			}
			_, err := b.System.Transfer(context.WithoutCancel(ctx), req)
			return connector.Result{}, connector.NotSent(errors.Join(ctx.Err(), err))
		}),
		"reply/unknown transfer": transferring(func(ctx context.Context, b *bent, req connector.TransferRequest) (connector.Result, error) {
			res, err := b.System.Transfer(ctx, req)
			if err != nil && connector.VerdictOf(err).Verdict == connector.VerdictUnknown {
				err = connector.NotSent(err)
			}
			return res, err
		}),
		"reply/once transfer": transferring(func(ctx context.Context, b *bent, req connector.TransferRequest) (connector.Result, error) {
			res, err := b.System.Transfer(ctx, req)
			if err != nil && ctx.Err() == nil && connector.VerdictOf(err).Verdict == connector.VerdictUnknown {
				return b.System.Transfer(ctx, req)
			}
			return res, err
		}),
	}
}

// partly leaves everything but the first thing undone when a reply is lost.
func partly(b *bent) {
	transferring(func(ctx context.Context, b *bent, req connector.TransferRequest) (connector.Result, error) {
		things := b.Owned(req.Ref.ID)
		res, err := b.System.Transfer(ctx, req)
		if err != nil && connector.VerdictOf(err).Verdict == connector.VerdictUnknown && len(things) > 0 {
			for _, thing := range things[1:] {
				b.Own(req.Ref.ID, thing)
			}
		}
		return res, err
	})(b)
}

// TestPartsMayBeLeftUndone makes sure that a connector passes which hands over one thing
// at a time.
func TestPartsMayBeLeftUndone(t *testing.T) {
	t.Parallel()
	for _, c := range connectortest.Cases() {
		require.NoError(t, try(t, c, partly), c.Name)
	}
}

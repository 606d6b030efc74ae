package connectortest_test

import (
	"context"

	"github.com/joinery-iam/joinery/connector"
)

// transferRefusalBends bend what Transfer answers where there is nothing to be done, or
// where it is not to be done.
func transferRefusalBends() map[string]func(b *bent) {
	// answering does nothing, and answers, where a transfer is of some sort.
	answering := func(sort func(b *bent, req connector.TransferRequest) bool, outcome connector.Outcome, err error) func(b *bent) {
		return transferring(func(ctx context.Context, b *bent, req connector.TransferRequest) (connector.Result, error) {
			if ctx.Err() != nil || !sort(b, req) {
				return b.System.Transfer(ctx, req)
			}
			a, _ := b.by(req.Ref.ID)
			return connector.Result{Outcome: outcome, Account: a}, err
		})
	}
	// emptied answers for accounts that own nothing: those that once handed something over,
	// or those that never had anything.
	emptied := func(handedOver bool, outcome connector.Outcome, err error) func(b *bent) {
		return func(b *bent) {
			given := map[connector.Ref]connector.Ref{} // whose things went to whom, as far as is known
			had := map[connector.Ref]bool{}
			answering(func(b *bent, req connector.TransferRequest) bool {
				_, there := b.by(req.Ref.ID)
				switch {
				case !there:
					return false
				case len(b.Owned(req.Ref.ID)) > 0:
					had[req.Ref] = true
					return false
				case handedOver:
					return given[req.Ref] == req.To
				}
				return !had[req.Ref]
			}, outcome, err)(b)
			straight := b.transfer
			b.transfer = func(ctx context.Context, req connector.TransferRequest) (connector.Result, error) {
				res, err := straight(ctx, req)
				if err == nil && res.Outcome == connector.Applied {
					given[req.Ref] = req.To
				}
				return res, err
			}
		}
	}
	gone := func(b *bent, req connector.TransferRequest) bool {
		_, there := b.by(req.Ref.ID)
		return !there
	}
	toGone := func(b *bent, req connector.TransferRequest) bool {
		_, there := b.by(req.To.ID)
		return !there
	}
	toInactive := func(b *bent, req connector.TransferRequest) bool {
		a, there := b.by(req.To.ID)
		return there && !a.Active
	}
	toItself := func(_ *bent, req connector.TransferRequest) bool { return req.To == req.Ref }
	// refusing does something, and refuses nevertheless.
	refusing := func(sort func(b *bent, req connector.TransferRequest) bool, do func(b *bent, req connector.TransferRequest)) func(b *bent) {
		return transferring(func(ctx context.Context, b *bent, req connector.TransferRequest) (connector.Result, error) {
			if sort(b, req) {
				do(b, req)
				return connector.Result{}, connector.ErrInvalid
			}
			return b.System.Transfer(ctx, req)
		})
	}
	// parked makes somebody else the owner, whom the system has for that.
	parked := func(b *bent, req connector.TransferRequest) {
		admin := b.Put(connector.Account{Ref: connector.Ref{Name: "administrator"}, Active: true})
		for _, thing := range b.Owned(req.Ref.ID) {
			b.Own(admin.ID, thing)
		}
	}
	// interrupted bends what is answered to whoever asks again after an error.
	interrupted := func(outcome connector.Outcome, err error) func(b *bent) {
		return func(b *bent) {
			begun := map[connector.Ref]bool{}
			partly(b)
			straight := b.transfer
			b.transfer = func(ctx context.Context, req connector.TransferRequest) (connector.Result, error) {
				if begun[req.Ref] {
					a, _ := b.by(req.Ref.ID)
					return connector.Result{Outcome: outcome, Account: a}, err
				}
				res, err := straight(ctx, req)
				begun[req.Ref] = err != nil && connector.VerdictOf(err).Verdict == connector.VerdictUnknown
				return res, err
			}
		}
	}
	return map[string]func(b *bent){
		"transfer/nothing":           emptied(false, "", connector.ErrNotFound),
		"transfer/nothing applied":   emptied(false, connector.Applied, nil),
		"transfer/twice":             emptied(true, "", connector.ErrNotFound),
		"transfer/twice applied":     emptied(true, connector.Applied, nil),
		"transfer/gone":              answering(gone, "", connector.ErrNotFound),
		"transfer/gone applied":      answering(gone, connector.Applied, nil),
		"transfer/to-gone":           answering(toGone, connector.Applied, nil),
		"transfer/to-gone nothing":   answering(toGone, connector.AlreadyInState, nil),
		"transfer/to-gone not found": answering(toGone, "", connector.ErrNotFound),
		"transfer/to-gone parks":     refusing(toGone, parked),
		"transfer/to-inactive": transferring(func(ctx context.Context, b *bent, req connector.TransferRequest) (connector.Result, error) {
			if !toInactive(b, req) {
				return b.System.Transfer(ctx, req)
			}
			b.change(req.To.ID, func(a *connector.Account) { a.Active = true })
			defer b.change(req.To.ID, func(a *connector.Account) { a.Active = false })
			return b.System.Transfer(ctx, req)
		}),
		"transfer/to-inactive denied": answering(toInactive, "", connector.ErrDenied),
		"transfer/to-inactive parks":  refusing(toInactive, parked),
		"transfer/to-inactive enables": refusing(toInactive, func(b *bent, req connector.TransferRequest) {
			b.change(req.To.ID, func(a *connector.Account) { a.Active = true })
		}),
		"transfer/to-itself":         answering(toItself, connector.Applied, nil),
		"transfer/to-itself nothing": answering(toItself, connector.AlreadyInState, nil),
		"transfer/to-itself parks":   refusing(toItself, parked),
		"transfer/to-itself disables": refusing(toItself, func(b *bent, req connector.TransferRequest) {
			b.change(req.Ref.ID, func(a *connector.Account) { a.Active = false })
		}),
		"transfer/again":         interrupted(connector.AlreadyInState, nil),
		"transfer/again applied": interrupted(connector.Applied, nil),
		"transfer/again refuses": interrupted("", connector.ErrConflict),
		"transfer/again another": func(b *bent) {
			begun := map[connector.Ref]connector.Ref{}
			partly(b)
			straight := b.transfer
			b.transfer = func(ctx context.Context, req connector.TransferRequest) (connector.Result, error) {
				if to, there := begun[req.Ref]; there && to != req.To {
					return connector.Result{}, connector.ErrConflict // one successor for good
				}
				res, err := straight(ctx, req)
				if err != nil && connector.VerdictOf(err).Verdict == connector.VerdictUnknown {
					begun[req.Ref] = req.To
				}
				return res, err
			}
		},
	}
}

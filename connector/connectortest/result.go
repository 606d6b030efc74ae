package connectortest

import (
	"context"
	"fmt"

	"github.com/joinery-iam/joinery/connector"
)

func resultCases() []Case {
	return []Case{
		{"result/observed", "Result: Account is the account as observed after the operation.", nil, resultObserved},
		{"result/wanted", "Result: Account as observed shows the attributes that were asked for.", []Need{NeedUpdate}, resultWanted},
	}
}

// resultObserved lets every operation there is tell what it observed, and looks.
func resultObserved(ctx context.Context, b *Bench) error {
	for n, k := range b.kinds {
		if k == connector.Delete {
			continue // delete/result is about that
		}
		op, err := b.ready(ctx, n, k)
		if err != nil {
			return err
		}
		if op.Kind == "" {
			continue
		}
		res, err := b.do(ctx, op)
		if err != nil {
			return setup("%w", err)
		}
		id := op.Ref.ID
		if k == connector.Create {
			id = res.Account.ID
		}
		seen, err := b.see(ctx, id)
		if err != nil {
			return err
		}
		if err := same(res.Account, seen); err != nil {
			return fmt.Errorf("the result of %s is not what is found then: %w", k, err)
		}
	}
	return nil
}

func resultWanted(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	change := b.h.Change(0)
	res, err := b.do(ctx, b.update(a, change))
	if err != nil {
		return setup("%w", err)
	}
	if _, known := res.Account.Attributes[keys(change)[0]]; known {
		return nil // result/observed tells whether it is right
	}
	return fmt.Errorf("the result of update does not show %s", keys(change)[0])
}

// ready returns an operation of kind k on account n which will have an effect,
// and makes what it needs. Without entitlements, Grant and Revoke are no
// operation.
func (b *Bench) ready(ctx context.Context, n int, k connector.Kind) (connector.Operation, error) {
	if k == connector.Create {
		return creation(b.account(n)), nil
	}
	if (k == connector.Grant || k == connector.Revoke) && !b.has[NeedEntitlement] {
		return connector.Operation{}, nil
	}
	a, err := b.make(ctx, n)
	if err != nil {
		return connector.Operation{}, err
	}
	op := b.on(k, a)
	switch k {
	case connector.Update:
		op.Attributes = b.h.Change(n)
	case connector.Rename:
		op.Name = b.account(n + len(b.kinds)).Name
	case connector.Grant:
		op.Entitlement = b.h.Entitlements[0]
	case connector.Revoke:
		op.Entitlement = b.h.Entitlements[0]
		if b.can(connector.Grant) {
			err = b.prepare(ctx, b.entitle(connector.Grant, a, op.Entitlement))
		}
	case connector.Enable:
		if b.can(connector.Disable) {
			err = b.prepare(ctx, b.on(connector.Disable, a))
		}
	case connector.EndSessions:
		if b.has[NeedSignIn] {
			_, err = b.signIn(ctx, a)
		}
	case connector.Transfer:
		var to connector.Account
		if to, err = b.make(ctx, n+len(b.kinds)); err != nil {
			return op, err
		}
		op.To = to.Ref
		if b.has[NeedOwn] {
			_, err = b.own(ctx, a)
		}
	}
	return op, err
}

package connectortest

import (
	"context"
	"fmt"

	"github.com/joinery-iam/joinery/connector"
)

func revokeCases() []Case {
	needs := []Need{NeedEntitler, NeedEntitlement}
	return []Case{
		{"revoke/effect", "Entitler: Revoke takes one entitlement.", needs, revokeEffect},
		{"revoke/holders", "Entitler: Revoke takes it from one account: other holders keep it.", needs, revokeHolders},
		{"revoke/others", "Entitler: Revoke takes one entitlement: the account keeps the others.", []Need{NeedEntitler, NeedTwo}, revokeOthers},
		{"revoke/twice", "Entitler: Revoking what is not held answers AlreadyInState.", needs, revokeTwice},
		{"revoke/gone", "Entitler: If the account is gone, it is AlreadyInState for Revoke.", append(needs, NeedGone), revokeGone},
	}
}

func revokeEffect(ctx context.Context, b *Bench) error {
	e := b.h.Entitlements[0]
	a, err := b.granted(ctx, 0, e)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.entitle(connector.Revoke, a, e))
	if err := outcome(connector.Applied, res, err); err != nil {
		return err
	}
	held, err := b.holds(ctx, a.ID, e)
	if err == nil && held {
		err = fmt.Errorf("account %s still holds %s", a.ID, e)
	}
	return err
}

func revokeHolders(ctx context.Context, b *Bench) error {
	e := b.h.Entitlements[0]
	holder, err := b.granted(ctx, 0, e)
	if err != nil {
		return err
	}
	a, err := b.granted(ctx, 1, e)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, b.entitle(connector.Revoke, a, e)); err != nil {
		return err
	}
	after, err := b.see(ctx, holder.ID)
	if err != nil {
		return err
	}
	return unchanged(after, holder)
}

func revokeOthers(ctx context.Context, b *Bench) error {
	one, two := b.h.Entitlements[0], b.h.Entitlements[1]
	a, err := b.granted(ctx, 0, one)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, b.entitle(connector.Grant, a, two)); err != nil {
		return err
	}
	before, err := b.see(ctx, a.ID)
	if err != nil {
		return err
	}
	if len(before.Entitlements) != 2 {
		return setup("account %s holds %s; want two", a.ID, before.Entitlements)
	}
	if err := b.prepare(ctx, b.entitle(connector.Revoke, a, one)); err != nil {
		return err
	}
	held, err := b.holds(ctx, a.ID, two)
	if err == nil && !held {
		err = fmt.Errorf("it lost %s with %s", two, one)
	}
	return err
}

func revokeTwice(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.entitle(connector.Revoke, a, b.h.Entitlements[0]))
	return outcome(connector.AlreadyInState, res, err)
}

func revokeGone(ctx context.Context, b *Bench) error {
	a, err := b.gone(ctx)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.entitle(connector.Revoke, a, b.h.Entitlements[0]))
	return outcome(connector.AlreadyInState, res, err)
}

package connectortest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/joinery-iam/joinery/connector"
)

func grantCases() []Case {
	needs := []Need{NeedEntitler, NeedEntitlement}
	return []Case{
		{"grant/effect", "Entitler: Grant gives one entitlement.", needs, grantEffect},
		{"grant/others", "Entitler: Grant gives one entitlement, to one account.", []Need{NeedEntitler, NeedTwo}, grantOthers},
		{"grant/twice", "Entitler: Granting what is held answers AlreadyInState.", needs, grantTwice},
		{"grant/unknown", "Entitler: If the system does not know the entitlement, the error of Grant is ErrUnknownEntitlement.", []Need{NeedEntitler, NeedUnknown}, grantUnknown},
		{"grant/gone", "Entitler: If the account is gone, it is ErrNotFound for Grant.", append(needs, NeedGone), grantGone},
		{"catalog/lists", "Catalog lists the entitlements that can be granted.", []Need{NeedCatalog, NeedEntitlement}, catalogLists},
	}
}

// granted makes account n, which gets entitlements.
func (b *Bench) granted(ctx context.Context, n int, entitlements ...connector.Entitlement) (connector.Account, error) {
	a, err := b.make(ctx, n)
	if err != nil {
		return a, err
	}
	for _, e := range entitlements {
		if err := b.prepare(ctx, b.entitle(connector.Grant, a, e)); err != nil {
			return a, err
		}
		switch held, err := b.holds(ctx, a.ID, e); {
		case err != nil:
			return a, err
		case !held:
			return a, setup("account %s was given %s and does not hold it", a.ID, e)
		}
	}
	return b.see(ctx, a.ID)
}

func grantEffect(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	e := b.h.Entitlements[0]
	res, err := b.do(ctx, b.entitle(connector.Grant, a, e))
	if err := outcome(connector.Applied, res, err); err != nil {
		return err
	}
	held, err := b.holds(ctx, a.ID, e)
	if err == nil && !held {
		err = fmt.Errorf("account %s does not hold %s", a.ID, e)
	}
	return err
}

func grantOthers(ctx context.Context, b *Bench) error {
	one, two := b.h.Entitlements[0], b.h.Entitlements[1]
	holder, err := b.granted(ctx, 0, one)
	if err != nil {
		return err
	}
	bystander, err := b.make(ctx, 1)
	if err != nil {
		return err
	}
	a, err := b.granted(ctx, 2, two)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, b.entitle(connector.Grant, a, one)); err != nil {
		return err
	}
	for _, before := range []connector.Account{holder, bystander} {
		after, err := b.see(ctx, before.ID)
		if err != nil {
			return err
		}
		if err := unchanged(after, before); err != nil {
			return fmt.Errorf("somebody else was touched: %w", err)
		}
	}
	held, err := b.holds(ctx, a.ID, two)
	if err == nil && !held {
		err = fmt.Errorf("it lost %s when it got %s", two, one)
	}
	return err
}

func grantTwice(ctx context.Context, b *Bench) error {
	e := b.h.Entitlements[0]
	a, err := b.granted(ctx, 0, e)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.entitle(connector.Grant, a, e))
	return outcome(connector.AlreadyInState, res, err)
}

func grantUnknown(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.entitle(connector.Grant, a, b.h.Unknown))
	return refused(connector.ErrUnknownEntitlement, res, err)
}

func grantGone(ctx context.Context, b *Bench) error {
	a, err := b.gone(ctx)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.entitle(connector.Grant, a, b.h.Entitlements[0]))
	return refused(connector.ErrNotFound, res, err)
}

func catalogLists(ctx context.Context, b *Bench) error {
	if b.has[NeedEntitler] {
		// An open catalogue lists what somebody holds.
		if _, err := b.granted(ctx, 0, b.h.Entitlements...); err != nil && !errors.Is(err, ErrSetup) {
			return err
		}
	}
	listed, err := b.c.(connector.Catalog).Entitlements(ctx)
	if err != nil {
		return err
	}
	for _, e := range b.h.Entitlements {
		if !slices.Contains(listed, e) {
			return fmt.Errorf("%s is not among %s", e, listed)
		}
	}
	if b.has[NeedUnknown] && slices.Contains(listed, b.h.Unknown) {
		return fmt.Errorf("%s is listed and does not exist", b.h.Unknown)
	}
	return nil
}

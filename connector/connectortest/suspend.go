package connectortest

import (
	"context"
	"errors"

	"github.com/joinery-iam/joinery/connector"
)

func suspendCases() []Case {
	suspender, gone := []Need{NeedSuspender}, []Need{NeedSuspender, NeedGone}
	return []Case{
		{"disable/effect", "Suspender: After Disable returned Applied, the account observed is not active.", suspender, disableEffect},
		{"disable/twice", "Suspender: Disable answers AlreadyInState if there is nothing to do.", suspender, disableTwice},
		{"disable/gone", "Suspender: Disable answers ErrNotFound if the account is gone.", gone, disableGone},
		{"enable/effect", "Suspender switches sign-in off and on, reversibly.", suspender, enableEffect},
		{"enable/twice", "Suspender: Enable answers AlreadyInState if there is nothing to do.", suspender, enableTwice},
		{"enable/gone", "Suspender: Enable answers ErrNotFound if the account is gone.", gone, enableGone},
	}
}

// disabled makes account 0 and disables it.
func (b *Bench) disabled(ctx context.Context) (connector.Account, error) {
	a, err := b.make(ctx, 0)
	if err != nil {
		return a, err
	}
	if err := b.prepare(ctx, b.on(connector.Disable, a)); err != nil {
		return a, err
	}
	if a, err = b.see(ctx, a.ID); err == nil && a.Active {
		err = setup("a disabled account is active")
	}
	return a, err
}

func disableEffect(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.on(connector.Disable, a))
	if err := outcome(connector.Applied, res, err); err != nil {
		return err
	}
	after, err := b.see(ctx, a.ID)
	if err != nil {
		return err
	}
	if after.Active {
		return errors.New("it is still active")
	}
	after.Active = true
	return unchanged(after, a)
}

func disableTwice(ctx context.Context, b *Bench) error {
	a, err := b.disabled(ctx)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.on(connector.Disable, a))
	return outcome(connector.AlreadyInState, res, err)
}

func disableGone(ctx context.Context, b *Bench) error {
	a, err := b.gone(ctx)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.on(connector.Disable, a))
	return refused(connector.ErrNotFound, res, err)
}

func enableEffect(ctx context.Context, b *Bench) error {
	a, err := b.disabled(ctx)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.on(connector.Enable, a))
	if err := outcome(connector.Applied, res, err); err != nil {
		return err
	}
	after, err := b.see(ctx, a.ID)
	if err != nil {
		return err
	}
	if !after.Active {
		return errors.New("it is still not active")
	}
	after.Active = false
	return unchanged(after, a)
}

func enableTwice(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	if !a.Active {
		return setup("an account made active is not active")
	}
	res, err := b.do(ctx, b.on(connector.Enable, a))
	return outcome(connector.AlreadyInState, res, err)
}

func enableGone(ctx context.Context, b *Bench) error {
	a, err := b.gone(ctx)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.on(connector.Enable, a))
	return refused(connector.ErrNotFound, res, err)
}

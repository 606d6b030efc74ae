package connectortest

import (
	"context"
	"errors"
	"fmt"

	"github.com/joinery-iam/joinery/connector"
)

func transferCases() []Case {
	able, seen := []Need{NeedTransferrer}, []Need{NeedTransferrer, NeedOwn}
	with := func(need Need) []Need { return []Need{NeedTransferrer, NeedOwn, need} }
	return []Case{
		{"transfer/effect", "Transferrer: Transfer makes the account req.To the owner of everything that the account req.Ref owns.", seen, transferEffect},
		{"transfer/others", "Transferrer: Transfer concerns what req.Ref owns alone: what req.To and somebody else own stays theirs.", seen, transferOthers},
		{"transfer/unchanged", "Transferrer: Transfer changes nothing else of either account.", able, transferUnchanged},
		{"transfer/disabled", "Transferrer: It does so whether or not req.Ref may sign in.", with(NeedSuspender), transferDisabled},
		{"transfer/nothing", "Transferrer: If req.Ref owns nothing, the answer is AlreadyInState.", able, transferNothing},
		{"transfer/twice", "Transferrer: If req.Ref owns nothing any more, the answer is AlreadyInState.", seen, transferTwice},
		{"transfer/gone", "Transferrer: If req.Ref is gone, the answer is AlreadyInState.", []Need{NeedTransferrer, NeedGone}, transferGone},
		{"transfer/to-gone", "Transferrer: If req.To is gone, the error is ErrInvalid and nothing was changed.", with(NeedGone), transferToGone},
		{"transfer/to-inactive", "Transferrer: If req.To is not active, the error is ErrInvalid and nothing was changed.", with(NeedSuspender), transferToInactive},
		{"transfer/to-itself", "Transferrer: If req.To is req.Ref itself, the error is ErrInvalid and nothing was changed.", seen, transferToItself},
		{"transfer/again", "Transferrer: After an error, asking again, for the same or another account, hands over the rest.", with(NeedLoseReply), transferAgain},
	}
}

func transferEffect(ctx context.Context, b *Bench) error {
	from, to, first, err := b.pair(ctx)
	if err != nil {
		return err
	}
	second, err := b.own(ctx, from)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.transfer(from, to))
	if err := outcome(connector.Applied, res, err); err != nil {
		return err
	}
	for n, thing := range []owner{first, second} {
		if err := thing.among(to); err != nil {
			return fmt.Errorf("thing %d of 2: %w", n+1, err)
		}
	}
	return nil
}

func transferOthers(ctx context.Context, b *Bench) error {
	from, to, _, err := b.pair(ctx)
	if err != nil {
		return err
	}
	bystander, err := b.make(ctx, 2)
	if err != nil {
		return err
	}
	theirs, err := b.own(ctx, bystander)
	if err != nil {
		return err
	}
	before, err := b.own(ctx, to)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, b.transfer(from, to)); err != nil {
		return err
	}
	if err := theirs.among(bystander); err != nil {
		return fmt.Errorf("what somebody else owned: %w", err)
	}
	if err := before.among(to); err != nil {
		return fmt.Errorf("what the new owner had before: %w", err)
	}
	return nil
}

func transferUnchanged(ctx context.Context, b *Bench) error {
	from, to, _, err := b.pair(ctx)
	if err != nil {
		return err
	}
	if b.has[NeedEntitler] && b.has[NeedEntitlement] {
		if err := b.prepare(ctx, b.entitle(connector.Grant, from, b.h.Entitlements[0])); err != nil {
			return err
		}
	}
	both := []connector.Account{from, to}
	for n := range both {
		if both[n], err = b.see(ctx, both[n].ID); err != nil {
			return err
		}
	}
	if err := b.prepare(ctx, b.transfer(from, to)); err != nil {
		return err
	}
	for _, before := range both {
		after, err := b.see(ctx, before.ID)
		if err != nil {
			return err
		}
		if err := unchanged(after, before); err != nil {
			return err
		}
	}
	return nil
}

func transferDisabled(ctx context.Context, b *Bench) error {
	from, to, thing, err := b.pair(ctx)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, b.on(connector.Disable, from)); err != nil {
		return err
	}
	switch before, err := b.see(ctx, from.ID); {
	case err != nil:
		return err
	case before.Active:
		return setup("a disabled account is active")
	}
	if err := thing.among(from); err != nil {
		return setup("after a disable: %w", err)
	}
	res, err := b.do(ctx, b.transfer(from, to))
	if err := outcome(connector.Applied, res, err); err != nil {
		return err
	}
	if err := thing.among(to); err != nil {
		return fmt.Errorf("what a disabled account owned: %w", err)
	}
	after, err := b.see(ctx, from.ID)
	if err == nil && after.Active {
		err = errors.New("a disabled account is active again")
	}
	return err
}

func transferNothing(ctx context.Context, b *Bench) error {
	from, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	to, err := b.make(ctx, 1)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.transfer(from, to))
	return outcome(connector.AlreadyInState, res, err)
}

func transferTwice(ctx context.Context, b *Bench) error {
	from, to, _, err := b.pair(ctx)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, b.transfer(from, to)); err != nil {
		return err
	}
	res, err := b.do(ctx, b.transfer(from, to))
	return outcome(connector.AlreadyInState, res, err)
}

// transferGone removes an account that owns nothing: not every system lets go of one
// that does.
func transferGone(ctx context.Context, b *Bench) error {
	from, err := b.gone(ctx)
	if err != nil {
		return err
	}
	to, err := b.make(ctx, 1)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.transfer(from, to))
	return outcome(connector.AlreadyInState, res, err)
}

// keeps demands that a Transfer is refused, and that what the account owns stays its own.
func (b *Bench) keeps(ctx context.Context, from, to connector.Account, thing owner) error {
	res, err := b.do(ctx, b.transfer(from, to))
	if err := refused(connector.ErrInvalid, res, err); err != nil {
		return err
	}
	if err := thing.among(from); err != nil {
		return fmt.Errorf("it was refused, and yet: %w", err)
	}
	after, err := b.see(ctx, from.ID)
	if err != nil {
		return err
	}
	return unchanged(after, from)
}

func transferToGone(ctx context.Context, b *Bench) error {
	from, to, thing, err := b.pair(ctx)
	if err != nil {
		return err
	}
	if err := b.remove(ctx, to); err != nil {
		return err
	}
	if err := thing.among(from); err != nil {
		return setup("after somebody else was removed: %w", err)
	}
	return b.keeps(ctx, from, to, thing)
}

func transferToInactive(ctx context.Context, b *Bench) error {
	from, to, thing, err := b.pair(ctx)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, b.on(connector.Disable, to)); err != nil {
		return err
	}
	before, err := b.see(ctx, to.ID)
	switch {
	case err != nil:
		return err
	case before.Active:
		return setup("a disabled account is active")
	}
	if err := b.keeps(ctx, from, to, thing); err != nil {
		return err
	}
	after, err := b.see(ctx, to.ID)
	if err != nil {
		return err
	}
	return unchanged(after, before)
}

func transferToItself(ctx context.Context, b *Bench) error {
	from, _, thing, err := b.pair(ctx)
	if err != nil {
		return err
	}
	return b.keeps(ctx, from, from, thing)
}

// transferAgain allows that a transfer whose reply was lost handed over all, a part or
// nothing.
func transferAgain(ctx context.Context, b *Bench) error {
	from, to, _, err := b.pair(ctx)
	if err != nil {
		return err
	}
	another, err := b.make(ctx, 2)
	if err != nil {
		return err
	}
	for _, next := range []connector.Account{to, another} {
		if err := b.resume(ctx, from, to, next); err != nil {
			return fmt.Errorf("asking for account %s and then for %s: %w", to.ID, next.ID, err)
		}
	}
	return nil
}

// resume loses the reply of a transfer and asks again, for the account next.
func (b *Bench) resume(ctx context.Context, from, to, next connector.Account) error {
	things := make([]owner, 2)
	for n := range things {
		var err error
		if things[n], err = b.own(ctx, from); err != nil {
			return err
		}
	}
	switch _, err := b.h.LoseReply(ctx, b.c, connector.Transfer); {
	case errors.Is(err, errors.ErrUnsupported):
		return fmt.Errorf("%w: the reply of a transfer cannot be lost", ErrSkip)
	case err != nil:
		return setup("lose reply: %w", err)
	}
	if _, err := b.do(ctx, b.transfer(from, to)); errors.Is(err, ErrSetup) {
		return err
	}
	if _, err := b.do(ctx, b.transfer(from, next)); err != nil {
		return err
	}
	for n, thing := range things {
		if err := thing.among(to, next); err != nil {
			return fmt.Errorf("thing %d of 2: %w", n+1, err)
		}
	}
	return nil
}

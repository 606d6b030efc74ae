package connectortest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/connector"
)

func cancelCases() []Case {
	return []Case{
		{"cancel/verdict", "Errors: a cancelled context means that the outcome is unknown, or that nothing was sent; it is never final.", nil, cancelVerdict},
		{"cancel/effect", "NotSent: the operation surely had no effect.", nil, cancelEffect},
		{"cancel/hanging", "Connector: Its methods must return soon after ctx is done.", []Need{NeedHang}, cancelHanging},
	}
}

// cancelled carries out each kind of operation with a context that is done.
func (b *Bench) cancelled(ctx context.Context, judge func(op connector.Operation, before connector.Account, err error) error) error {
	for n, k := range b.kinds {
		op, err := b.ready(ctx, n, k)
		if err != nil {
			return err
		}
		if op.Kind == "" {
			continue
		}
		var before connector.Account
		if k != connector.Create {
			if before, err = b.see(ctx, op.Ref.ID); err != nil {
				return err
			}
		}
		done, cancel := context.WithCancel(ctx)
		cancel()
		err = b.within(done, func(ctx context.Context) error {
			_, err := b.apply(ctx, op)
			return err
		})
		if errors.Is(err, errLate) {
			return fmt.Errorf("%s with a context that is done: %w", k, err)
		}
		if settled := b.settle(ctx); settled != nil {
			return settled
		}
		if err := judge(op, before, err); err != nil {
			return fmt.Errorf("%s with a context that is done: %w", k, err)
		}
	}
	return nil
}

func cancelVerdict(ctx context.Context, b *Bench) error {
	return b.cancelled(ctx, func(_ connector.Operation, _ connector.Account, err error) error {
		if err != nil && connector.VerdictOf(err).Verdict == connector.VerdictPermanent {
			return fmt.Errorf("the error %q is marked as final", err)
		}
		return nil
	})
}

func cancelEffect(ctx context.Context, b *Bench) error {
	return b.cancelled(ctx, func(op connector.Operation, before connector.Account, failure error) error {
		if failure == nil || connector.VerdictOf(failure).Verdict == connector.VerdictUnknown {
			return nil
		}
		if op.Kind == connector.Create {
			found, err := b.c.Find(ctx, connector.FindRequest{Name: op.Name})
			if err != nil {
				return setup("find: %w", err)
			}
			if err := exactly(found); err != nil {
				return fmt.Errorf("the error %q promises no effect: %w", failure, err)
			}
			return nil
		}
		found, err := b.c.Find(ctx, connector.FindRequest{ID: op.Ref.ID, Entitlements: b.has[NeedEntitler]})
		if err != nil {
			return setup("find: %w", err)
		}
		if err = exactly(found, op.Ref.ID); err == nil {
			err = unchanged(found[0], before)
		}
		if use := b.sessions[op.Ref.ID]; use != nil && err == nil {
			err = use()
		}
		if thing := b.things[op.Ref.ID]; thing != nil && err == nil {
			err = thing.among(before)
		}
		if err != nil {
			return fmt.Errorf("the error %q promises no effect: %w", failure, err)
		}
		return nil
	})
}

func cancelHanging(ctx context.Context, b *Bench) error {
	calls := []func(ctx context.Context) error{func(ctx context.Context) error {
		_, err := b.c.Find(ctx, connector.FindRequest{Name: b.account(0).Name})
		return err
	}}
	if lister, ok := b.c.(connector.Lister); ok {
		calls = append(calls, func(ctx context.Context) error {
			_, err := lister.List(ctx, func(connector.Account) error { return nil })
			return err
		})
	}
	for n, k := range b.kinds {
		op, err := b.ready(ctx, n, k)
		if err != nil {
			return err
		}
		if op.Kind != "" {
			calls = append(calls, func(ctx context.Context) error {
				_, err := b.apply(ctx, op)
				return err
			})
		}
	}
	if err := b.h.Hang(ctx, b.c); err != nil {
		return setup("hang: %w", err)
	}
	const moment = 20 * time.Millisecond
	for _, call := range calls {
		brief, cancel := context.WithTimeout(ctx, moment)
		err := b.within(brief, call)
		cancel()
		switch {
		case errors.Is(err, errLate):
			return err
		case err == nil:
			return setup("a call succeeded while the system hangs")
		}
	}
	return nil
}

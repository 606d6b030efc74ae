package connectortest

import (
	"context"
	"errors"
	"fmt"

	"github.com/joinery-iam/joinery/connector"
)

func replyCases() []Case {
	needs := []Need{NeedLoseReply}
	return []Case{
		{"reply/unknown", "Errors: An error without a verdict means that the outcome is unknown: a lost reply promises nothing.", needs, replyUnknown},
		{"reply/once", "Errors: A connector never repeats a call by itself.", needs, replyOnce},
	}
}

// lost carries out each kind of operation and loses the reply.
func (b *Bench) lost(ctx context.Context, judge func(asked int, err error) error) error {
	tried := 0
	for n, k := range b.kinds {
		op, err := b.ready(ctx, n, k)
		if err != nil {
			return err
		}
		if op.Kind == "" {
			continue
		}
		asked, err := b.h.LoseReply(ctx, b.c, k)
		if errors.Is(err, errors.ErrUnsupported) {
			continue
		}
		if err != nil {
			return setup("lose reply: %w", err)
		}
		tried++
		_, err = b.apply(ctx, op)
		if settled := b.settle(ctx); settled != nil {
			return settled
		}
		if err := judge(asked(), err); err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
	}
	if tried == 0 {
		return fmt.Errorf("%w: no reply can be lost", ErrSkip)
	}
	return nil
}

func replyUnknown(ctx context.Context, b *Bench) error {
	return b.lost(ctx, func(_ int, err error) error {
		if err != nil && connector.VerdictOf(err).Verdict != connector.VerdictUnknown {
			return fmt.Errorf("it had an effect, and the error %q promises that it had none", err)
		}
		return nil
	})
}

func replyOnce(ctx context.Context, b *Bench) error {
	return b.lost(ctx, func(asked int, _ error) error {
		if asked > 1 {
			return fmt.Errorf("the system was asked %d times", asked)
		}
		return nil
	})
}

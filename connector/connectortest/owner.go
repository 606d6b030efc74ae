package connectortest

import (
	"context"
	"fmt"

	"github.com/joinery-iam/joinery/connector"
)

// owner tells the id of the account to which something belongs.
type owner func() (id string, err error)

// among demands that something belongs to one of several accounts.
func (o owner) among(accounts ...connector.Account) error {
	id, err := o()
	if err != nil {
		return setup("whose is it: %w", err)
	}
	for _, a := range accounts {
		if id == a.ID {
			return nil
		}
	}
	if id == "" {
		id = "nobody"
	}
	return fmt.Errorf("it belongs to %s; want the account %s", id, names(accounts))
}

// own makes an account the owner of something more.
func (b *Bench) own(ctx context.Context, a connector.Account) (owner, error) {
	tell, err := b.h.Own(ctx, b.c, a.Ref)
	if err != nil {
		return nil, setup("own: %w", err)
	}
	if err := b.settle(ctx); err != nil {
		return nil, err
	}
	if err := owner(tell).among(a); err != nil {
		return nil, setup("what account %s was given: %w", a.ID, err)
	}
	b.things[a.ID] = tell
	return tell, nil
}

// pair makes accounts 0 and 1, and the former the owner of something, if the harness can.
func (b *Bench) pair(ctx context.Context) (from, to connector.Account, thing owner, err error) {
	if from, err = b.make(ctx, 0); err != nil {
		return from, to, nil, err
	}
	if to, err = b.make(ctx, 1); err == nil && b.has[NeedOwn] {
		thing, err = b.own(ctx, from)
	}
	return from, to, thing, err
}

// transfer returns a Transfer.
func (b *Bench) transfer(from, to connector.Account) connector.Operation {
	op := b.on(connector.Transfer, from)
	op.To = to.Ref
	return op
}

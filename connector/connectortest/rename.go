package connectortest

import (
	"context"
	"fmt"

	"github.com/joinery-iam/joinery/connector"
)

func renameCases() []Case {
	renamer := []Need{NeedRenamer}
	return []Case{
		{"rename/effect", "Renamer gives an account another login name and leaves everything else as it is, its ID above all.", renamer, renameEffect},
		{"rename/twice", "Renamer: It answers AlreadyInState if the account has that name.", renamer, renameTwice},
		{"rename/taken", "Renamer: If the name belongs to somebody else, the error is ErrAlreadyExists and nothing was changed.", renamer, renameTaken},
		{"rename/back", "Renamer: A name that was given up can be had again.", renamer, renameBack},
		{"rename/gone", "Renamer: If the account is gone, the error is ErrNotFound.", []Need{NeedRenamer, NeedGone}, renameGone},
	}
}

// rename returns a Rename.
func (b *Bench) rename(a connector.Account, name string) connector.Operation {
	op := b.on(connector.Rename, a)
	op.Name = name
	return op
}

func renameEffect(ctx context.Context, b *Bench) error {
	before, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	name := b.account(1).Name
	res, err := b.do(ctx, b.rename(before, name))
	if err := outcome(connector.Applied, res, err); err != nil {
		return err
	}
	after, err := b.see(ctx, before.ID)
	if err != nil {
		return err
	}
	if after.Name != name {
		return fmt.Errorf("the name is %q; want %q", after.Name, name)
	}
	after.Name = before.Name
	for attribute := range b.account(0).Attributes { // others may show the name
		if want, seen := before.Attributes[attribute]; seen && !after.Attributes[attribute].Equal(want) {
			return fmt.Errorf("with another name, %s is %s; want %s", attribute, after.Attributes[attribute], want)
		}
	}
	before.Attributes = nil
	return same(after, before)
}

func renameTwice(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.rename(a, a.Name))
	return outcome(connector.AlreadyInState, res, err)
}

func renameTaken(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	other, err := b.make(ctx, 1)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.rename(a, other.Name))
	if err := refused(connector.ErrAlreadyExists, res, err); err != nil {
		return err
	}
	after, err := b.see(ctx, a.ID)
	if err != nil {
		return err
	}
	return unchanged(after, a)
}

func renameBack(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, b.rename(a, b.account(1).Name)); err != nil {
		return err
	}
	res, err := b.do(ctx, b.rename(a, a.Name))
	if err := outcome(connector.Applied, res, err); err != nil {
		return err
	}
	after, err := b.see(ctx, a.ID)
	if err != nil {
		return err
	}
	return same(after, a)
}

func renameGone(ctx context.Context, b *Bench) error {
	a, err := b.gone(ctx)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.rename(a, b.account(1).Name))
	return refused(connector.ErrNotFound, res, err)
}

package connectortest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/joinery-iam/joinery/connector"
)

func updateCases() []Case {
	return []Case{
		{"update/sets", "Update sets the named attributes.", []Need{NeedUpdate}, updateSets},
		{"update/others", "Update leaves all other attributes alone.", []Need{NeedUpdate}, updateOthers},
		{"update/clears", "UpdateRequest: Null clears.", []Need{NeedUpdate}, updateClears},
		{"update/twice", "Update: If everything is as wanted already, it answers AlreadyInState.", []Need{NeedUpdate}, updateTwice},
		{"update/list-order", "Value: A list is a set: its order carries no meaning.", []Need{NeedUpdate}, updateListOrder},
		{"update/clear-twice", "Update: Clearing what is not there answers AlreadyInState, too.", []Need{NeedUpdate}, updateClearTwice},
		{"update/disabled", "Update leaves a disabled account disabled.", []Need{NeedUpdate, NeedSuspender}, updateDisabled},
		{"update/gone", "Update: If the account is gone, the error is ErrNotFound.", []Need{NeedUpdate, NeedGone}, updateGone},
		{"update/etag", "UpdateRequest: ETag makes the change conditional, where the connector can.", []Need{NeedUpdate}, updateETag},
	}
}

// updated makes account 0 and carries out its change.
func (b *Bench) updated(ctx context.Context) (connector.Account, map[string]connector.Value, error) {
	change := b.h.Change(0)
	a, err := b.make(ctx, 0)
	if err == nil {
		err = b.prepare(ctx, b.update(a, change))
	}
	return a, change, err
}

func updateSets(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	change := b.h.Change(0)
	res, err := b.do(ctx, b.update(a, change))
	if err := outcome(connector.Applied, res, err); err != nil {
		return err
	}
	if a, err = b.see(ctx, a.ID); err != nil {
		return err
	}
	return shows(a, change)
}

func updateOthers(ctx context.Context, b *Bench) error {
	req := b.account(0)
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	// One attribute at a time, so that one that Account set may be an other, too.
	change := b.h.Change(0)
	name := keys(change)[0]
	if err := b.prepare(ctx, b.update(a, map[string]connector.Value{name: change[name]})); err != nil {
		return err
	}
	after, err := b.see(ctx, a.ID)
	if err != nil {
		return err
	}
	delete(a.Attributes, name)
	for _, other := range keys(req.Attributes) {
		if want, seen := a.Attributes[other]; seen && !after.Attributes[other].Equal(want) {
			return fmt.Errorf("after %s was changed, %s is %s; want %s", name, other, after.Attributes[other], want)
		}
	}
	if after.Name != a.Name || after.ExternalID != a.ExternalID {
		return fmt.Errorf("it is now %q of %q; want %q of %q", after.Name, after.ExternalID, a.Name, a.ExternalID)
	}
	return nil
}

func nulls(attributes map[string]connector.Value) map[string]connector.Value {
	cleared := map[string]connector.Value{}
	for name := range attributes {
		cleared[name] = connector.Null()
	}
	return cleared
}

func updateClears(ctx context.Context, b *Bench) error {
	a, change, err := b.updated(ctx)
	if err != nil {
		return err
	}
	if _, err := b.do(ctx, b.update(a, nulls(change))); err != nil {
		return err
	}
	if a, err = b.see(ctx, a.ID); err != nil {
		return err
	}
	return shows(a, nulls(change))
}

func updateTwice(ctx context.Context, b *Bench) error {
	a, change, err := b.updated(ctx)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.update(a, change))
	return outcome(connector.AlreadyInState, res, err)
}

func updateListOrder(ctx context.Context, b *Bench) error {
	a, change, err := b.updated(ctx)
	if err != nil {
		return err
	}
	turned := map[string]connector.Value{}
	for name, v := range change {
		if list := v.All(); len(list) > 1 {
			slices.Reverse(list)
			turned[name] = connector.Strings(list...)
		}
	}
	if len(turned) == 0 {
		return fmt.Errorf("%w: Harness.Change sets no list of two or more", ErrSkip)
	}
	res, err := b.do(ctx, b.update(a, turned))
	return outcome(connector.AlreadyInState, res, err)
}

func updateClearTwice(ctx context.Context, b *Bench) error {
	a, change, err := b.updated(ctx)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, b.update(a, nulls(change))); err != nil {
		return err
	}
	if seen, err := b.see(ctx, a.ID); err != nil || shows(seen, nulls(change)) != nil {
		return setup("the attributes are not cleared")
	}
	res, err := b.do(ctx, b.update(a, nulls(change)))
	return outcome(connector.AlreadyInState, res, err)
}

func updateDisabled(ctx context.Context, b *Bench) error {
	a, err := b.disabled(ctx)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, b.update(a, b.h.Change(0))); err != nil {
		return err
	}
	if a, err = b.see(ctx, a.ID); err != nil {
		return err
	}
	if a.Active {
		return errors.New("the update made it active")
	}
	return nil
}

func updateGone(ctx context.Context, b *Bench) error {
	a, err := b.gone(ctx)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.update(a, b.h.Change(0)))
	return refused(connector.ErrNotFound, res, err)
}

func updateETag(ctx context.Context, b *Bench) error {
	before, change, err := b.updated(ctx)
	if err != nil {
		return err
	}
	if before.ETag == "" {
		return fmt.Errorf("%w: accounts have no ETag", ErrSkip)
	}
	now, err := b.see(ctx, before.ID)
	if err != nil {
		return err
	}
	op := b.update(before, nulls(change))
	op.ETag = before.ETag
	res, err := b.do(ctx, op)
	if err := refused(connector.ErrConflict, res, err); err != nil {
		return fmt.Errorf("with the ETag of an older read: %w", err)
	}
	after, err := b.see(ctx, before.ID)
	if err != nil {
		return err
	}
	if err := unchanged(after, now); err != nil {
		return err
	}
	op = b.update(before, nulls(change))
	op.ETag = after.ETag
	if _, err := b.do(ctx, op); err != nil {
		return fmt.Errorf("with the ETag of the last read: %w", err)
	}
	return nil
}

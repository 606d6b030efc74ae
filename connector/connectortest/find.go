package connectortest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/joinery-iam/joinery/connector"
)

func findCases() []Case {
	return []Case{
		{"find/nothing-asked", "FindRequest: At least one of its first three fields must be set, or the error is ErrInvalid.", nil, findNothingAsked},
		{"find/none", "Find: No match is no error.", nil, findNone},
		{"find/by-id", "Find returns all accounts that match: by ID.", nil, findByID},
		{"find/by-name", "Find returns all accounts that match: by Name.", nil, findByName},
		{"find/by-external-id", "Find returns all accounts that match: by ExternalID.", []Need{NeedExternalID}, findByExternalID},
		{"find/all-criteria", "FindRequest: an account matches if it agrees with every one that is set.", nil, findAllCriteria},
		{"find/many", "Find returns all accounts that match, which may be many. It never chooses among several.", []Need{NeedExternalID, NeedDuplicate}, findMany},
		{"find/entitlements", "FindRequest: Entitlements asks that the accounts returned have EntitlementsKnown.", []Need{NeedEntitler}, findEntitlements},
		{"find/renamed", "Ref: the identifier the target gave it, which never changes; the name is for people.", []Need{NeedUpdate, NeedRename}, findRenamed},
	}
}

func findNothingAsked(ctx context.Context, b *Bench) error {
	if _, err := b.make(ctx, 0); err != nil {
		return err
	}
	for _, req := range []connector.FindRequest{{}, {Entitlements: true}} {
		found, err := b.c.Find(ctx, req)
		if !errors.Is(err, connector.ErrInvalid) {
			return fmt.Errorf("found %s with error %v; want the error %q", names(found), err, connector.ErrInvalid)
		}
	}
	return nil
}

func findNone(ctx context.Context, b *Bench) error {
	if _, err := b.make(ctx, 0); err != nil {
		return err
	}
	absent := b.account(1)
	requests := []connector.FindRequest{{Name: absent.Name}}
	if b.has[NeedExternalID] {
		requests = append(requests, connector.FindRequest{ExternalID: absent.ExternalID})
	}
	for _, req := range requests {
		found, err := b.c.Find(ctx, req)
		if err != nil {
			return fmt.Errorf("find %+v: %w", req, err)
		}
		if err := exactly(found); err != nil {
			return fmt.Errorf("find %+v: %w", req, err)
		}
	}
	return nil
}

// findOne makes three accounts and looks for the one in the middle.
func findOne(ctx context.Context, b *Bench, req func(connector.Account) connector.FindRequest) error {
	var made [3]string
	for n := range made {
		res, err := b.do(ctx, creation(b.account(n)))
		if err != nil {
			return setup("%w", err)
		}
		made[n] = res.Account.ID
	}
	wanted := b.account(1)
	r := req(connector.Account{Ref: connector.Ref{ID: made[1], Name: wanted.Name}, ExternalID: wanted.ExternalID})
	found, err := b.c.Find(ctx, r)
	if err != nil {
		return fmt.Errorf("find %+v: %w", r, err)
	}
	return exactly(found, made[1])
}

func findByID(ctx context.Context, b *Bench) error {
	return findOne(ctx, b, func(a connector.Account) connector.FindRequest { return connector.FindRequest{ID: a.ID} })
}

func findByName(ctx context.Context, b *Bench) error {
	return findOne(ctx, b, func(a connector.Account) connector.FindRequest { return connector.FindRequest{Name: a.Name} })
}

func findByExternalID(ctx context.Context, b *Bench) error {
	return findOne(ctx, b, func(a connector.Account) connector.FindRequest {
		return connector.FindRequest{ExternalID: a.ExternalID}
	})
}

func findAllCriteria(ctx context.Context, b *Bench) error {
	one, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	other, err := b.make(ctx, 1)
	if err != nil {
		return err
	}
	type want struct {
		req connector.FindRequest
		ids []string
	}
	wants := []want{
		{connector.FindRequest{ID: one.ID, Name: one.Name}, []string{one.ID}},
		{connector.FindRequest{ID: one.ID, Name: other.Name}, nil},
	}
	if b.has[NeedExternalID] {
		wants = append(wants,
			want{connector.FindRequest{ID: one.ID, ExternalID: b.account(1).ExternalID}, nil},
			want{connector.FindRequest{Name: one.Name, ExternalID: b.account(1).ExternalID}, nil},
		)
	}
	for _, w := range wants {
		found, err := b.c.Find(ctx, w.req)
		if err != nil {
			return setup("find %+v: %w", w.req, err)
		}
		if err := exactly(found, w.ids...); err != nil {
			return fmt.Errorf("find %+v: %w", w.req, err)
		}
	}
	return nil
}

func findMany(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	if err := b.h.Duplicate(ctx, b.c, a); err != nil {
		return setup("duplicate: %w", err)
	}
	if err := b.settle(ctx); err != nil {
		return err
	}
	found, err := b.c.Find(ctx, connector.FindRequest{ExternalID: a.ExternalID})
	if err != nil {
		return fmt.Errorf("find: %w", err)
	}
	if len(found) == 0 {
		return setup("no account is found by external id %s", a.ExternalID)
	}
	if len(found) != 2 || found[0].ID == found[1].ID {
		return fmt.Errorf("found %s; want two accounts", names(found))
	}
	return nil
}

func findEntitlements(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	// In reverse, so that sorting is somebody's doing.
	for _, e := range slices.Backward(b.h.Entitlements) {
		if err := b.prepare(ctx, b.entitle(connector.Grant, a, e)); err != nil {
			return err
		}
	}
	found, err := b.c.Find(ctx, connector.FindRequest{ID: a.ID, Entitlements: true})
	if err != nil {
		return fmt.Errorf("find: %w", err)
	}
	switch {
	case len(found) != 1:
		return setup("found %s", names(found))
	case !found[0].EntitlementsKnown:
		return errors.New("it was asked for, but EntitlementsKnown is false")
	case !slices.IsSortedFunc(found[0].Entitlements, connector.Entitlement.Compare):
		return fmt.Errorf("%s is not sorted", found[0].Entitlements)
	}
	return nil
}

func findRenamed(ctx context.Context, b *Bench) error {
	before, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	name := b.account(1).Name
	if err := b.h.Rename(ctx, b.c, before.Ref, name); err != nil {
		return setup("rename: %w", err)
	}
	// Somebody else gets the old name, so that working by name is found out.
	again := b.account(2)
	again.Name = b.account(0).Name
	if err := b.prepare(ctx, creation(again)); err != nil {
		return err
	}
	change := b.h.Change(0)
	if _, err := b.do(ctx, b.update(before, change)); err != nil {
		return fmt.Errorf("with the reference from before the change of name: %w", err)
	}
	after, err := b.see(ctx, before.ID)
	if err != nil {
		return err
	}
	if after.Name != name {
		return fmt.Errorf("the name is %q; want the new one, %q", after.Name, name)
	}
	return shows(after, change)
}

package connectortest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/joinery-iam/joinery/connector"
)

func createCases() []Case {
	return []Case{
		{"create/find", "Create makes one account, with what was asked for.", nil, createFind},
		{"create/null", "CreateRequest: Null is left out.", nil, createNull},
		{"create/inactive", "CreateRequest: Active says whether the account can be used from the start.", []Need{NeedSuspender}, createInactive},
		{"create/twice", "Create: If an account with req.ExternalID exists, it answers AlreadyInState and that account.", []Need{NeedExternalID}, createTwice},
		{"create/same-owner", "Create: If an account with req.ExternalID exists, it must not make a second one.", []Need{NeedExternalID}, createSameOwner},
		{"create/name-taken", "Create: If the name belongs to somebody else, the error is ErrAlreadyExists and nothing was changed.", nil, createNameTaken},
		{"check/ok", "Checker: A nil error means that operations can be tried.", []Need{NeedChecker}, checkOK},
	}
}

func createFind(ctx context.Context, b *Bench) error {
	req := b.account(0)
	res, err := b.do(ctx, creation(req))
	if err := outcome(connector.Applied, res, err); err != nil {
		return err
	}
	a, err := b.see(ctx, res.Account.ID)
	if err != nil {
		return err
	}
	switch {
	case a.Name != req.Name:
		return fmt.Errorf("the name is %q; want %q", a.Name, req.Name)
	case b.has[NeedExternalID] && a.ExternalID != req.ExternalID:
		return fmt.Errorf("the external id is %q; want %q", a.ExternalID, req.ExternalID)
	case !a.Active:
		return errors.New("it is not active; want it active")
	}
	return shows(a, req.Attributes)
}

func createNull(ctx context.Context, b *Bench) error {
	req := b.account(0)
	optional := map[string]connector.Value{}
	for name := range b.h.Change(0) {
		optional[name] = connector.Null()
	}
	req.Attributes = maps.Clone(req.Attributes)
	if req.Attributes == nil {
		req.Attributes = map[string]connector.Value{}
	}
	maps.Copy(req.Attributes, optional)
	res, err := b.do(ctx, creation(req))
	if err != nil {
		return err
	}
	a, err := b.see(ctx, res.Account.ID)
	if err != nil {
		return err
	}
	return shows(a, optional)
}

func createInactive(ctx context.Context, b *Bench) error {
	req := b.account(0)
	req.Active = false
	res, err := b.do(ctx, creation(req))
	if err != nil {
		return err
	}
	a, err := b.see(ctx, res.Account.ID)
	if err != nil {
		return err
	}
	if a.Active {
		return errors.New("it is active; want it inactive")
	}
	return nil
}

func createTwice(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, creation(b.account(0)))
	if err := outcome(connector.AlreadyInState, res, err); err != nil {
		return err
	}
	return same(res.Account, a)
}

func createSameOwner(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	other := b.account(1)
	other.ExternalID = b.account(0).ExternalID
	res, err := b.do(ctx, creation(other))
	if err != nil {
		return err
	}
	if res.Account.ID != a.ID {
		return fmt.Errorf("it answers with account %s; want %s, which has the external id", res.Account.ID, a.ID)
	}
	return b.one(ctx, other.ExternalID, a.ID)
}

// one demands that one account has an external id.
func (b *Bench) one(ctx context.Context, externalID, id string) error {
	found, err := b.c.Find(ctx, connector.FindRequest{ExternalID: externalID})
	switch {
	case err != nil:
		return setup("find: %w", err)
	case len(found) == 0:
		return setup("no account is found by external id %s", externalID)
	}
	return exactly(found, id)
}

func createNameTaken(ctx context.Context, b *Bench) error {
	before, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	req := b.account(1)
	req.Name = b.account(0).Name
	res, err := b.do(ctx, creation(req))
	if err := refused(connector.ErrAlreadyExists, res, err); err != nil {
		return err
	}
	if b.has[NeedExternalID] {
		found, err := b.c.Find(ctx, connector.FindRequest{ExternalID: req.ExternalID})
		if err != nil {
			return setup("find: %w", err)
		}
		if err := exactly(found); err != nil {
			return err
		}
	}
	after, err := b.see(ctx, before.ID)
	if err != nil {
		return err
	}
	return unchanged(after, before)
}

func checkOK(ctx context.Context, b *Bench) error {
	return b.c.(connector.Checker).Check(ctx)
}

// keys returns the names of attributes, sorted.
func keys(attributes map[string]connector.Value) []string {
	return slices.Sorted(maps.Keys(attributes))
}

package connectortest

import (
	"context"
	"fmt"

	"github.com/joinery-iam/joinery/connector"
)

func deleteCases() []Case {
	deleter := []Need{NeedDeleter}
	return []Case{
		{"delete/effect", "Deleter removes an account for good.", deleter, deleteEffect},
		{"delete/twice", "Deleter: Deleting one that is gone answers AlreadyInState.", deleter, deleteTwice},
		{"delete/result", "Result: After a deletion Account holds the reference alone.", deleter, deleteResult},
	}
}

func deleteEffect(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	bystander, err := b.make(ctx, 1)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.on(connector.Delete, a))
	if err := outcome(connector.Applied, res, err); err != nil {
		return err
	}
	requests := []connector.FindRequest{{ID: a.ID}, {Name: a.Name}}
	if b.has[NeedExternalID] {
		requests = append(requests, connector.FindRequest{ExternalID: b.account(0).ExternalID})
	}
	for _, req := range requests {
		found, err := b.c.Find(ctx, req)
		if err != nil {
			return setup("find: %w", err)
		}
		if err := exactly(found); err != nil {
			return fmt.Errorf("find %+v: %w", req, err)
		}
	}
	found, err := b.c.Find(ctx, connector.FindRequest{ID: bystander.ID})
	if err != nil {
		return setup("find: %w", err)
	}
	if err := exactly(found, bystander.ID); err != nil {
		return fmt.Errorf("somebody else was touched: %w", err)
	}
	return unchanged(found[0], bystander)
}

func deleteTwice(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, b.on(connector.Delete, a)); err != nil {
		return err
	}
	if found, err := b.c.Find(ctx, connector.FindRequest{ID: a.ID}); err != nil || len(found) > 0 {
		return setup("the account is still there: %v", err)
	}
	res, err := b.do(ctx, b.on(connector.Delete, a))
	return outcome(connector.AlreadyInState, res, err)
}

func deleteResult(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.on(connector.Delete, a))
	if err != nil {
		return setup("%w", err)
	}
	got := res.Account
	if got.ID != a.ID || got.ExternalID != "" || got.Active || len(got.Attributes) > 0 || len(got.Entitlements) > 0 || got.ETag != "" {
		return fmt.Errorf("it answers with %+v; want the reference %s alone", got, a.ID)
	}
	return nil
}

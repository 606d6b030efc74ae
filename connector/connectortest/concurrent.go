package connectortest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/joinery-iam/joinery/connector"
)

// crowd is how many goroutines call a connector at a time.
const crowd = 8

func concurrentCases() []Case {
	return []Case{
		{"concurrent/calls", "Connector: Its methods must be safe for concurrent use.", []Need{NeedUpdate}, concurrentCalls},
		{"concurrent/creates", "Create: If an account with req.ExternalID exists, it must not make a second one, even at a time.", []Need{NeedExternalID}, concurrentCreates},
		{"concurrent/grants", "Description: different accounts never disturb each other, unless Scope says so.", []Need{NeedEntitler, NeedEntitlement}, concurrentGrants},
	}
}

// together runs a function in a crowd of goroutines and joins their errors.
func together(run func(n int) error) error {
	errs := make([]error, crowd)
	start := make(chan struct{})
	var all sync.WaitGroup
	for n := range crowd {
		all.Go(func() {
			<-start
			errs[n] = run(n)
		})
	}
	close(start)
	all.Wait()
	return errors.Join(errs...)
}

func concurrentCalls(ctx context.Context, b *Bench) error {
	accounts := make([]connector.Account, crowd)
	for n := range accounts {
		var err error
		if accounts[n], err = b.make(ctx, n); err != nil {
			return err
		}
	}
	err := together(func(n int) error {
		a := accounts[n]
		if _, err := b.apply(ctx, b.update(a, b.h.Change(n))); err != nil {
			return err
		}
		found, err := b.c.Find(ctx, connector.FindRequest{ID: a.ID})
		if err != nil {
			return err
		}
		return exactly(found, a.ID)
	})
	if err != nil {
		return err
	}
	if err := b.settle(ctx); err != nil {
		return err
	}
	for n, a := range accounts {
		after, err := b.see(ctx, a.ID)
		if err != nil {
			return err
		}
		if err := shows(after, b.h.Change(n)); err != nil {
			return err
		}
	}
	return nil
}

func concurrentCreates(ctx context.Context, b *Bench) error {
	ids := make([]string, crowd)
	err := together(func(n int) error {
		res, err := b.apply(ctx, creation(b.account(0)))
		if err != nil && connector.VerdictOf(err).Verdict != connector.VerdictPermanent {
			return nil // whoever lost the race may have to come again
		}
		ids[n] = res.Account.ID
		return err
	})
	if err != nil {
		return err
	}
	if err := b.settle(ctx); err != nil {
		return err
	}
	found, err := b.c.Find(ctx, connector.FindRequest{ExternalID: b.account(0).ExternalID})
	switch {
	case err != nil || len(found) == 0:
		return setup("%d accounts are found by external id: %v", len(found), err)
	case len(found) > 1:
		return fmt.Errorf("there are %d accounts: %s", len(found), names(found))
	}
	for _, id := range ids {
		if id != "" && id != found[0].ID {
			return fmt.Errorf("somebody was told of account %s; there is only %s", id, found[0].ID)
		}
	}
	return nil
}

func concurrentGrants(ctx context.Context, b *Bench) error {
	if d, ok := b.c.(connector.Describer); ok {
		switch d, err := d.Describe(ctx); {
		case err != nil:
			return setup("describe: %w", err)
		case d.Scope == connector.ScopeEntitlement:
			return fmt.Errorf("%w: Scope says that one entitlement is changed by one operation at a time", ErrSkip)
		}
	}
	e := b.h.Entitlements[0]
	accounts := make([]connector.Account, crowd)
	for n := range accounts {
		var err error
		if accounts[n], err = b.make(ctx, n); err != nil {
			return err
		}
	}
	err := together(func(n int) error {
		_, err := b.apply(ctx, b.entitle(connector.Grant, accounts[n], e))
		if err != nil {
			return setup("%w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := b.settle(ctx); err != nil {
		return err
	}
	for _, a := range accounts {
		switch held, err := b.holds(ctx, a.ID, e); {
		case err != nil:
			return err
		case !held:
			return fmt.Errorf("account %s was given %s, and lost it again", a.ID, e)
		}
	}
	return nil
}

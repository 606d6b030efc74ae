package connectortest

import (
	"context"
	"errors"
	"fmt"

	"github.com/joinery-iam/joinery/connector"
)

func listCases() []Case {
	lister := []Need{NeedLister}
	return []Case{
		{"list/all", "Lister walks all accounts.", lister, listAll},
		{"list/once", "Lister: It calls yield once for each.", lister, listOnce},
		{"list/stops", "Lister: It stops at yield's first error, which it returns.", lister, listStops},
		{"list/no-proof", "Lister: With an error the Proof is the zero Proof.", lister, listNoProof},
		{"list/count", "Proof: Count is how many accounts the evidence speaks of.", lister, listCount},
		{"list/callback", "Connector: Its methods must be safe for concurrent use: yield may call them.", lister, listCallback},
	}
}

// listed makes accounts and lists what there is.
func (b *Bench) listed(ctx context.Context) (made map[string]bool, listed []connector.Account, proof connector.Proof, err error) {
	made = map[string]bool{}
	for n := range 5 {
		a, err := b.make(ctx, n)
		if err != nil {
			return nil, nil, proof, err
		}
		made[a.ID] = true
	}
	proof, err = b.c.(connector.Lister).List(ctx, func(a connector.Account) error {
		listed = append(listed, a)
		return nil
	})
	return made, listed, proof, err
}

func listAll(ctx context.Context, b *Bench) error {
	made, listed, _, err := b.listed(ctx)
	if err != nil {
		return err
	}
	for _, a := range listed {
		delete(made, a.ID)
	}
	if len(made) > 0 {
		return fmt.Errorf("%d of 5 accounts were not listed", len(made))
	}
	return nil
}

func listOnce(ctx context.Context, b *Bench) error {
	_, listed, _, err := b.listed(ctx)
	if err != nil {
		return setup("%w", err)
	}
	seen := map[string]bool{}
	for _, a := range listed {
		if seen[a.ID] {
			return fmt.Errorf("account %s was listed twice", a.ID)
		}
		seen[a.ID] = true
	}
	return nil
}

// stopped lists until yield refuses the second account.
func (b *Bench) stopped(ctx context.Context) (calls int, enough error, proof connector.Proof, err error) {
	if _, _, _, err := b.listed(ctx); err != nil {
		return 0, nil, proof, setup("%w", err)
	}
	enough = errors.New("enough")
	proof, err = b.c.(connector.Lister).List(ctx, func(connector.Account) error {
		if calls++; calls >= 2 {
			return enough
		}
		return nil
	})
	if calls < 2 {
		return calls, enough, proof, setup("%d accounts were listed", calls)
	}
	return calls, enough, proof, err
}

func listStops(ctx context.Context, b *Bench) error {
	calls, enough, _, err := b.stopped(ctx)
	switch {
	case errors.Is(err, ErrSetup):
		return err
	case calls != 2:
		return fmt.Errorf("yield was called %d times more after its error", calls-2)
	case !errors.Is(err, enough):
		return fmt.Errorf("it returned the error %v; want the error of yield", err)
	}
	return nil
}

func listNoProof(ctx context.Context, b *Bench) error {
	_, _, proof, err := b.stopped(ctx)
	switch {
	case errors.Is(err, ErrSetup):
		return err
	case err == nil:
		return setup("the error of yield was not returned")
	case proof != connector.Proof{}:
		return fmt.Errorf("got %+v with an error; want none", proof)
	}
	return nil
}

func listCount(ctx context.Context, b *Bench) error {
	_, listed, proof, err := b.listed(ctx)
	switch {
	case err != nil:
		return setup("%w", err)
	case !proof.Complete:
		return fmt.Errorf("%w: no listing is proved complete", ErrSkip)
	}
	distinct := map[string]bool{}
	for _, a := range listed {
		distinct[a.ID] = true
	}
	if proof.Count != len(distinct) {
		return fmt.Errorf("the proof counts %d accounts, and %d were listed", proof.Count, len(distinct))
	}
	return nil
}

func listCallback(ctx context.Context, b *Bench) error {
	a, err := b.make(ctx, 0)
	if err != nil {
		return err
	}
	return b.within(ctx, func(ctx context.Context) error {
		_, err := b.c.(connector.Lister).List(ctx, func(connector.Account) error {
			_, err := b.c.Find(ctx, connector.FindRequest{ID: a.ID})
			return err
		})
		return err
	})
}

// within runs a call for as long as the harness has patience.
func (b *Bench) within(ctx context.Context, call func(ctx context.Context) error) error {
	done := make(chan error, 1)
	go func() { done <- call(ctx) }()
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.h.Patience)
	defer cancel()
	select {
	case err := <-done:
		return err
	case <-late.Done():
		return fmt.Errorf("%w: it did not return within %v", errLate, b.h.Patience)
	}
}

var errLate = errors.New("too late")

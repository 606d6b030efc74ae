package memory

import (
	"context"
	"fmt"
	"slices"

	"github.com/joinery-iam/joinery/connector"
)

// Find returns the accounts that match, oldest first. See [connector.Connector].
func (s *System) Find(ctx context.Context, req connector.FindRequest) ([]connector.Account, error) {
	_, err := s.enter(ctx, Call{Kind: Find, Ref: connector.Ref{ID: req.ID, Name: req.Name}, ExternalID: req.ExternalID})
	if err != nil {
		return nil, err
	}
	if req.ID == "" && req.ExternalID == "" && req.Name == "" {
		return nil, fmt.Errorf("memory: find: nothing to look for: %w", connector.ErrInvalid)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []connector.Account
	for _, r := range s.look(&req) {
		found = append(found, r.account(req.Entitlements))
	}
	return found, nil
}

// List walks all accounts as they are when it begins, oldest first, with what
// they hold. See [connector.Lister].
func (s *System) List(ctx context.Context, yield func(connector.Account) error) (connector.Proof, error) {
	v, err := s.enter(ctx, Call{Kind: List})
	if err != nil {
		return connector.Proof{}, err
	}
	s.mu.Lock()
	records := s.look(nil)
	s.mu.Unlock()
	proof := connector.Proof{Complete: true, Count: len(records), Basis: "one look at all accounts"}
	if v.decided != nil {
		records = records[:min(max(v.decided.Accounts, 0), len(records))]
		proof = connector.Proof{Count: len(records), Basis: "the listing ended early"}
	}
	for _, r := range records {
		if err := ctx.Err(); err != nil {
			return connector.Proof{}, fmt.Errorf("memory: list: %w", err)
		}
		if err := yield(r.account(true)); err != nil {
			return connector.Proof{}, err
		}
	}
	return proof, nil
}

// Entitlements returns the catalogue, sorted: the one of the configuration, or
// what is held. See [connector.Catalog].
func (s *System) Entitlements(ctx context.Context) ([]connector.Entitlement, error) {
	if _, err := s.enter(ctx, Call{Kind: Catalog}); err != nil {
		return nil, err
	}
	if len(s.config.Entitlements) > 0 {
		return slices.Clone(s.config.Entitlements), nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var held []connector.Entitlement
	for _, r := range s.accounts.byID {
		held = append(held, r.Entitlements...)
	}
	slices.SortFunc(held, connector.Entitlement.Compare)
	return slices.Compact(held), nil
}

// Check returns an error only if a [Fault] says so. See [connector.Checker].
func (s *System) Check(ctx context.Context) error {
	_, err := s.enter(ctx, Call{Kind: Check})
	return err
}

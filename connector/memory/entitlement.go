package memory

import (
	"context"
	"fmt"
	"slices"

	"github.com/joinery-iam/joinery/connector"
)

// Grant gives an entitlement. See [connector.Entitler].
func (s *System) Grant(ctx context.Context, req connector.GrantRequest) (connector.Result, error) {
	call := Call{Kind: connector.Grant, Key: req.Key, Ref: req.Ref, Entitlement: req.Entitlement}
	return s.write(ctx, call, func(v visit) (connector.Result, error) {
		r := s.accounts.byID[req.Ref.ID]
		switch {
		case !s.knows(req.Entitlement):
			return connector.Result{}, fmt.Errorf("grant %s: %w", req.Entitlement, connector.ErrUnknownEntitlement)
		case r == nil:
			return connector.Result{}, fmt.Errorf("grant %s to %s: %w", req.Entitlement, req.Ref.ID, connector.ErrNotFound)
		}
		at, held := slices.BinarySearchFunc(r.Entitlements, req.Entitlement, connector.Entitlement.Compare)
		if held {
			return unchanged(r), nil
		}
		next := r.clone()
		next.Entitlements = slices.Insert(next.Entitlements, at, req.Entitlement)
		s.replace(v, r.ID, next)
		return connector.Result{Outcome: connector.Applied, Account: next.account(true)}, nil
	})
}

// Revoke takes an entitlement. See [connector.Entitler].
func (s *System) Revoke(ctx context.Context, req connector.GrantRequest) (connector.Result, error) {
	call := Call{Kind: connector.Revoke, Key: req.Key, Ref: req.Ref, Entitlement: req.Entitlement}
	return s.write(ctx, call, func(v visit) (connector.Result, error) {
		r := s.accounts.byID[req.Ref.ID]
		if r == nil {
			return connector.Result{Outcome: connector.AlreadyInState, Account: connector.Account{Ref: req.Ref}}, nil
		}
		at, held := slices.BinarySearchFunc(r.Entitlements, req.Entitlement, connector.Entitlement.Compare)
		if !held {
			return unchanged(r), nil
		}
		next := r.clone()
		next.Entitlements = slices.Delete(next.Entitlements, at, at+1)
		s.replace(v, r.ID, next)
		return connector.Result{Outcome: connector.Applied, Account: next.account(true)}, nil
	})
}

// knows reports whether an entitlement can be granted.
func (s *System) knows(e connector.Entitlement) bool {
	if e.Kind == "" || e.Name == "" {
		return false
	}
	return len(s.config.Entitlements) == 0 || slices.Contains(s.config.Entitlements, e)
}

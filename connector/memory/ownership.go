package memory

import (
	"context"
	"fmt"
	"slices"

	"github.com/joinery-iam/joinery/connector"
)

// Own makes the account with an id the owner of a thing: a document, a project. Whoever
// owned it before does so no more. It reports whether the account is there; if it is not,
// nothing changes.
func (s *System) Own(id, thing string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.accounts.byID[id] == nil {
		return false
	}
	s.owners[thing] = id
	return true
}

// Owner returns the id of the account that owns a thing, and whether there is one.
// What an account owned is lost when the account is deleted, or removed by hand.
func (s *System) Owner(thing string) (id string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok = s.owners[thing]
	return id, ok
}

// Owned returns what the account with an id owns, sorted.
func (s *System) Owned(id string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.owned(id)
}

func (s *System) owned(id string) []string {
	var things []string
	for thing, owner := range s.owners {
		if owner == id {
			things = append(things, thing)
		}
	}
	slices.Sort(things)
	return things
}

// lose forgets what an account owned that is gone: nobody has it any more.
func (s *System) lose(id string) {
	for _, thing := range s.owned(id) {
		delete(s.owners, thing)
	}
}

// Transfer hands over what [System.Own] gave to an account. See [connector.Transferrer].
// Whoever owns nothing has nothing to hand over, so to whom is not looked at. Any account
// that is active can own any thing.
func (s *System) Transfer(ctx context.Context, req connector.TransferRequest) (connector.Result, error) {
	call := Call{Kind: connector.Transfer, Key: req.Key, Ref: req.Ref, To: req.To}
	return s.write(ctx, call, func(visit) (connector.Result, error) {
		r, to, things := s.accounts.byID[req.Ref.ID], s.accounts.byID[req.To.ID], s.owned(req.Ref.ID)
		switch {
		case r == nil:
			return connector.Result{Outcome: connector.AlreadyInState, Account: connector.Account{Ref: req.Ref}}, nil
		case len(things) == 0:
			return unchanged(r), nil
		case to == nil:
			return connector.Result{}, fmt.Errorf("transfer from %s to %s, who is not there: %w", r.ID, req.To.ID, connector.ErrInvalid)
		case to == r:
			return connector.Result{}, fmt.Errorf("transfer from %s to itself: %w", r.ID, connector.ErrInvalid)
		case !to.Active:
			return connector.Result{}, fmt.Errorf("transfer from %s to %s, who is not active: %w", r.ID, to.ID, connector.ErrInvalid)
		}
		for _, thing := range things {
			s.owners[thing] = to.ID
		}
		return connector.Result{Outcome: connector.Applied, Account: r.account(true)}, nil
	})
}

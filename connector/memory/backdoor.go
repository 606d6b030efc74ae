package memory

import (
	"fmt"
	"maps"
	"slices"

	"github.com/joinery-iam/joinery/connector"
)

// Accounts returns all accounts as they really are, whatever reads may still see,
// oldest first and with what they hold.
func (s *System) Accounts() []connector.Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	var accounts []connector.Account
	for _, r := range s.accounts.all() {
		accounts = append(accounts, r.account(true))
	}
	return accounts
}

// Put makes an account by hand, or replaces the one that has the same ID: drift,
// a rename, a duplicate. It checks nothing, so two accounts may come to have one
// name or one external id, as happens. Without an ID it gets the next one. The
// ETag is replaced, Null attributes are left out, and what the account holds is
// what a.Entitlements says. Put returns the account as it is now.
func (s *System) Put(a connector.Account) connector.Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	a.ETag = s.nextTag()
	a.Attributes = maps.Clone(a.Attributes)
	maps.DeleteFunc(a.Attributes, func(_ string, v connector.Value) bool { return v.IsNull() })
	a.Entitlements = slices.Clone(a.Entitlements)
	slices.SortFunc(a.Entitlements, connector.Entitlement.Compare)
	a.Entitlements = slices.Compact(a.Entitlements)
	r := &record{Account: a}
	if before := s.accounts.byID[a.ID]; before != nil {
		r.number = before.number
		s.accounts.put(r)
	} else {
		s.accounts.add(r)
	}
	return r.account(true)
}

// Remove removes an account by hand, and what it owns is lost. It reports whether it was
// there.
func (s *System) Remove(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, there := s.accounts.byID[id]
	s.accounts.remove(id)
	s.lose(id)
	return there
}

// SignIn tries to sign in by name. It returns nil if that works, and otherwise an
// error that wraps connector.ErrNotFound if there is no such account,
// connector.ErrAmbiguous if there are several, or connector.ErrDenied if it is
// not active.
func (s *System) SignIn(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.signIn(name)
	return err
}

// signIn returns the account that somebody has signed in to.
func (s *System) signIn(name string) (*record, error) {
	found := s.accounts.byName[s.accounts.fold(name)]
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("memory: sign in as %s: %w", name, connector.ErrNotFound)
	case len(found) > 1:
		return nil, fmt.Errorf("memory: sign in as %s: %w", name, connector.ErrAmbiguous)
	case !found[0].Active:
		return nil, fmt.Errorf("memory: sign in as %s: %w", name, connector.ErrDenied)
	}
	return found[0], nil
}

// Session is somebody who has signed in.
type Session struct {
	system *System
	id     string // of the account
	ended  int    // how often the sessions of the account had been ended
}

// Open signs in by name, as SignIn does, and stays signed in: until [System.EndSessions],
// and not only until the account is disabled.
func (s *System) Open(name string) (*Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.signIn(name)
	if err != nil {
		return nil, err
	}
	s.sessions[r.ID]++
	return &Session{s, r.ID, s.ended[r.ID]}, nil
}

// Use does something with the session. It returns nil if that works, and an error that
// wraps connector.ErrDenied if it was ended or its account is gone.
func (u *Session) Use() error {
	s := u.system
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.accounts.byID[u.id] == nil || s.ended[u.id] != u.ended {
		return fmt.Errorf("memory: the session of account %s: %w", u.id, connector.ErrDenied)
	}
	return nil
}

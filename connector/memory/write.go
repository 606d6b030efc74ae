package memory

import (
	"context"
	"fmt"
	"maps"
	"strconv"

	"github.com/joinery-iam/joinery/connector"
)

// Create makes an account. See [connector.Connector]. A name is required; without
// an external id the account belongs to nobody.
func (s *System) Create(ctx context.Context, req connector.CreateRequest) (connector.Result, error) {
	call := Call{Kind: connector.Create, Key: req.Key, Ref: connector.Ref{Name: req.Name}, ExternalID: req.ExternalID}
	return s.write(ctx, call, func(v visit) (connector.Result, error) {
		if req.Name == "" {
			return connector.Result{}, fmt.Errorf("create: an account needs a name: %w", connector.ErrInvalid)
		}
		switch own := s.accounts.byExternal[req.ExternalID]; {
		case len(own) > 1:
			return connector.Result{}, fmt.Errorf("create %s: external id %s: %w", req.Name, req.ExternalID, connector.ErrAmbiguous)
		case len(own) == 1:
			return unchanged(own[0]), nil
		}
		if len(s.accounts.byName[s.accounts.fold(req.Name)]) > 0 {
			return connector.Result{}, fmt.Errorf("create %s: %w", req.Name, connector.ErrAlreadyExists)
		}
		r := &record{Account: connector.Account{
			Ref: connector.Ref{Name: req.Name}, ExternalID: req.ExternalID, Active: req.Active, ETag: s.nextTag(),
		}}
		r.Attributes, _ = merge(nil, req.Attributes)
		s.accounts.add(r)
		if v.delay != nil {
			s.stale[r.ID] = &stale{reads: v.delay.Reads}
		}
		return connector.Result{Outcome: connector.Applied, Account: r.account(true)}, nil
	})
}

// Update sets attributes. See [connector.Connector].
func (s *System) Update(ctx context.Context, req connector.UpdateRequest) (connector.Result, error) {
	call := Call{Kind: connector.Update, Key: req.Key, Ref: req.Ref}
	return s.change(ctx, call, req.ETag, func(r *record) bool {
		merged, changed := merge(r.Attributes, req.Attributes)
		r.Attributes = merged
		return changed
	})
}

// Rename gives an account another name. See [connector.Renamer].
func (s *System) Rename(ctx context.Context, req connector.RenameRequest) (connector.Result, error) {
	call := Call{Kind: connector.Rename, Key: req.Key, Ref: req.Ref}
	return s.write(ctx, call, func(v visit) (connector.Result, error) {
		r := s.accounts.byID[req.Ref.ID]
		switch {
		case req.Name == "":
			return connector.Result{}, fmt.Errorf("rename %s: an account needs a name: %w", req.Ref.ID, connector.ErrInvalid)
		case r == nil:
			return connector.Result{}, fmt.Errorf("rename %s: %w", req.Ref.ID, connector.ErrNotFound)
		case req.ETag != "" && req.ETag != r.ETag:
			return connector.Result{}, fmt.Errorf("rename %s: %w", r.ID, connector.ErrConflict)
		case r.Name == req.Name:
			return unchanged(r), nil
		}
		for _, other := range s.accounts.byName[s.accounts.fold(req.Name)] {
			if other != r {
				return connector.Result{}, fmt.Errorf("rename %s to %s: %w", r.ID, req.Name, connector.ErrAlreadyExists)
			}
		}
		next := r.clone()
		next.Name, next.ETag = req.Name, s.nextTag()
		s.replace(v, r.ID, next)
		return connector.Result{Outcome: connector.Applied, Account: next.account(true)}, nil
	})
}

// Disable switches sign-in off. See [connector.Suspender].
func (s *System) Disable(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	return s.setActive(ctx, connector.Disable, req)
}

// Enable switches sign-in on. See [connector.Suspender].
func (s *System) Enable(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	return s.setActive(ctx, connector.Enable, req)
}

func (s *System) setActive(ctx context.Context, k connector.Kind, req connector.AccountRequest) (connector.Result, error) {
	return s.change(ctx, Call{Kind: k, Key: req.Key, Ref: req.Ref}, req.ETag, func(r *record) bool {
		before := r.Active
		r.Active = k == connector.Enable
		return r.Active != before
	})
}

// EndSessions ends every [Session] of an account. See [connector.SessionEnder].
func (s *System) EndSessions(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	call := Call{Kind: connector.EndSessions, Key: req.Key, Ref: req.Ref}
	return s.write(ctx, call, func(visit) (connector.Result, error) {
		outcome := connector.AlreadyInState
		if s.sessions[req.Ref.ID] > 0 {
			outcome = connector.Applied
			s.sessions[req.Ref.ID] = 0
			s.ended[req.Ref.ID]++
		}
		r := s.accounts.byID[req.Ref.ID]
		if r == nil {
			return connector.Result{Outcome: connector.AlreadyInState, Account: connector.Account{Ref: req.Ref}}, nil
		}
		return connector.Result{Outcome: outcome, Account: r.account(true)}, nil
	})
}

// Delete removes an account for good, and what it owns is lost. See [connector.Deleter].
func (s *System) Delete(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	call := Call{Kind: connector.Delete, Key: req.Key, Ref: req.Ref}
	return s.write(ctx, call, func(v visit) (connector.Result, error) {
		r := s.accounts.byID[req.Ref.ID]
		if r == nil {
			return connector.Result{Outcome: connector.AlreadyInState, Account: connector.Account{Ref: req.Ref}}, nil
		}
		if req.ETag != "" && req.ETag != r.ETag {
			return connector.Result{}, fmt.Errorf("delete %s: %w", r.ID, connector.ErrConflict)
		}
		s.replace(v, r.ID, nil)
		return connector.Result{Outcome: connector.Applied, Account: connector.Account{Ref: r.Ref}}, nil
	})
}

// change carries out a call that changes an account which must be there. alter
// gets a copy and reports whether it changed it.
func (s *System) change(ctx context.Context, call Call, tag string, alter func(r *record) bool) (connector.Result, error) {
	return s.write(ctx, call, func(v visit) (connector.Result, error) {
		r := s.accounts.byID[call.Ref.ID]
		switch {
		case r == nil:
			return connector.Result{}, fmt.Errorf("%s %s: %w", call.Kind, call.Ref.ID, connector.ErrNotFound)
		case tag != "" && tag != r.ETag:
			return connector.Result{}, fmt.Errorf("%s %s: %w", call.Kind, r.ID, connector.ErrConflict)
		}
		next := r.clone()
		if !alter(next) {
			return unchanged(r), nil
		}
		next.ETag = s.nextTag()
		s.replace(v, r.ID, next)
		return connector.Result{Outcome: connector.Applied, Account: next.account(true)}, nil
	})
}

// nextTag returns an entity tag that no state of an account has had. Granting and
// revoking keep it: as in most systems, members belong to the group.
func (s *System) nextTag() string {
	s.version++
	return strconv.Itoa(s.version)
}

func unchanged(r *record) connector.Result {
	return connector.Result{Outcome: connector.AlreadyInState, Account: r.account(true)}
}

// merge returns what attributes are after a change, and whether that differs.
func merge(attributes, change map[string]connector.Value) (map[string]connector.Value, bool) {
	merged, changed := maps.Clone(attributes), false
	for name, want := range change {
		if merged[name].Equal(want) {
			continue
		}
		changed = true
		if want.IsNull() {
			delete(merged, name)
			continue
		}
		if merged == nil {
			merged = map[string]connector.Value{}
		}
		merged[name] = want
	}
	return merged, changed
}

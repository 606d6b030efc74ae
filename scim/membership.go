package scim

import (
	"context"
	"errors"
	"fmt"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/profile"
)

// Grant adds the user to the group of that displayName, letter for letter. If
// several groups have it, the error is ErrAmbiguous.
func (t *Target) Grant(ctx context.Context, req connector.GrantRequest) (connector.Result, error) {
	result, err := t.member(ctx, req, true)
	if err != nil {
		return connector.Result{}, fmt.Errorf("granting %s to %s: %w", req.Entitlement, req.Ref.ID, err)
	}
	return result, nil
}

// Revoke takes the user out of the group of that displayName. If several groups
// have it, the error is ErrAmbiguous.
func (t *Target) Revoke(ctx context.Context, req connector.GrantRequest) (connector.Result, error) {
	result, err := t.member(ctx, req, false)
	if err != nil {
		return connector.Result{}, fmt.Errorf("revoking %s from %s: %w", req.Entitlement, req.Ref.ID, err)
	}
	return result, nil
}

// holding is an entitlement as the server keeps it.
type holding interface {
	// held reports whether a user has it.
	held(ctx context.Context, user object) (bool, error)
	// put gives it to a user, or takes it away.
	put(ctx context.Context, user object, wanted bool) error
	// confirm looks whether a change can be seen in a user, read afresh.
	confirm(ctx context.Context, user object, wanted bool) error
}

// member lets the user have the entitlement, or not.
func (t *Target) member(ctx context.Context, req connector.GrantRequest, wanted bool) (connector.Result, error) {
	found, err := t.discovered(ctx)
	if err != nil {
		return connector.Result{}, err
	}
	user, err := t.user(ctx, req.Ref.ID)
	if !wanted && errors.Is(err, connector.ErrNotFound) {
		return connector.Result{Outcome: connector.AlreadyInState, Account: connector.Account{Ref: req.Ref}}, nil
	}
	if err != nil {
		return connector.Result{}, err
	}
	asIs := connector.Result{Outcome: connector.AlreadyInState, Account: found.account(user)}
	h, err := t.holding(ctx, found, req.Entitlement)
	if !wanted && errors.Is(err, connector.ErrUnknownEntitlement) {
		return asIs, nil
	}
	if err != nil {
		return connector.Result{}, err
	}
	has, err := h.held(ctx, user)
	if err != nil {
		return connector.Result{}, err
	}
	if has == wanted {
		return asIs, nil
	}
	if err := h.put(ctx, user, wanted); err != nil {
		return connector.Result{}, err
	}
	err = t.patiently(ctx, func() (bool, error) {
		if user, err = t.user(ctx, req.Ref.ID); err != nil {
			return false, err
		}
		err := h.confirm(ctx, user, wanted)
		return err == nil, err
	})
	if err != nil {
		return connector.Result{}, unsettled("sent", err)
	}
	return connector.Result{Outcome: connector.Applied, Account: found.account(user)}, nil
}

// holding returns what an entitlement is on this server.
func (t *Target) holding(ctx context.Context, found facts, e connector.Entitlement) (holding, error) {
	if attr, ok := found.kinds()[e.Kind]; ok && e.Name != "" {
		return assigned{t, found, attr, e.Name}, nil
	}
	if e.Kind != GroupKind || e.Name == "" {
		return nil, fmt.Errorf("want %s/name: %w", GroupKind, connector.ErrUnknownEntitlement)
	}
	if found.Groups.Absent && len(found.Attributes.Entitlements) > 0 {
		return nil, fmt.Errorf("there are no groups: %w", connector.ErrUnknownEntitlement)
	}
	if found.Groups.Members == profile.Invisible {
		// What cannot be seen to have worked must not count as done, nor what was there
		// before as given by us.
		return nil, fmt.Errorf("this server tells of no members: %w", errors.ErrUnsupported)
	}
	id, err := t.group(ctx, e.Name)
	if err != nil {
		return nil, err
	}
	return group{t, found, id}, nil
}

// vanished is for what was there a moment ago. ErrNotFound would speak of the
// account, and a fresh read will tell.
func vanished(err error) error {
	return fmt.Errorf("%v: %w", err, connector.ErrConflict) //nolint:errorlint // ErrNotFound must not be found
}

// group returns the id of the one group of that name.
func (t *Target) group(ctx context.Context, name string) (string, error) {
	groups, err := t.search(ctx, groupsPath, "displayName", name, false)
	switch {
	case err != nil:
		return "", withoutGroups(err)
	case len(groups) == 0:
		return "", connector.ErrUnknownEntitlement
	case len(groups) > 1:
		return "", fmt.Errorf("%d groups of that name: %w", len(groups), connector.ErrAmbiguous)
	}
	return groups[0].text("id"), nil
}

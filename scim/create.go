package scim

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/joinery-iam/joinery/connector"
)

// Create looks for the ExternalID first, since few servers insist that it be
// unique, and again if the server says that there is a conflict.
func (t *Target) Create(ctx context.Context, req connector.CreateRequest) (connector.Result, error) {
	result, err := t.create(ctx, req)
	if err != nil {
		return connector.Result{}, fmt.Errorf("creating %q: %w", req.Name, err)
	}
	return result, nil
}

func (t *Target) create(ctx context.Context, req connector.CreateRequest) (connector.Result, error) {
	user, err := t.newUser(ctx, req)
	if err != nil {
		return connector.Result{}, err
	}
	found, err := t.discovered(ctx)
	if err != nil {
		return connector.Result{}, err
	}
	if err := found.cannotDisable(); err != nil && !req.Active {
		return connector.Result{}, err
	}
	ours, err := t.ours(ctx, req)
	if err != nil {
		return connector.Result{}, err
	}
	if ours != nil {
		return connector.Result{Outcome: connector.AlreadyInState, Account: found.account(ours)}, nil
	}
	created, err := t.do(ctx, call{method: http.MethodPost, path: usersPath, body: user})
	if errors.Is(err, connector.ErrAlreadyExists) {
		return t.conflict(ctx, found, req, err)
	}
	if err != nil {
		return connector.Result{}, err
	}
	if created.text("id") == "" || created.text("userName") == "" {
		err := t.patiently(ctx, func() (bool, error) {
			created, err = t.made(ctx, req)
			return err == nil, err
		})
		if err != nil {
			return connector.Result{}, unsettled("made", err)
		}
	}
	t.newcomers.add(created.text("id"), found.Lag)
	t.filters.remember(usersPath, "externalId", req.ExternalID)
	result := connector.Result{Outcome: connector.Applied, Account: found.account(created)}
	if active, told := truth(created.get("active")); !req.Active && (active || !told && found.Disable.NotAtCreation) {
		// Some servers make everybody active. Nobody must be let in who should not be.
		disabled, err := t.activate(ctx, connector.AccountRequest{Key: req.Key, Ref: result.Account.Ref}, false)
		if err != nil {
			return connector.Result{}, unsettled("made active", err)
		}
		result.Account = disabled.Account
	}
	return result, nil
}

// conflict finds out who has the name that could not be had, if it is us. The
// refused request had no effect. On a server that is known to be slow, an account
// of ours may be there and not be shown yet: if nobody is seen to have the name, it
// must not count as somebody else's.
func (t *Target) conflict(ctx context.Context, found facts, req connector.CreateRequest, refused error) (connector.Result, error) {
	ours, err := t.ours(ctx, req)
	if err == nil && ours == nil && found.Lag > 0 {
		var theirs []object
		err = t.patiently(ctx, func() (bool, error) {
			if theirs, err = t.users(ctx, connector.FindRequest{Name: req.Name}); err == nil {
				ours, err = t.ours(ctx, req)
			}
			return ours != nil || len(theirs) > 0, err
		})
		if err == nil && ours == nil && len(theirs) == 0 {
			err = connector.RetryAfter(found.Lag, fmt.Errorf("nobody is seen to be in the way: %v", refused)) //nolint:errorlint // the name may be ours
		}
	}
	switch {
	case err != nil:
		return connector.Result{}, err
	case ours != nil:
		return connector.Result{Outcome: connector.AlreadyInState, Account: found.account(ours)}, nil
	default:
		return connector.Result{}, refused
	}
}

// ours returns the account with our identifier, nil if there is none. On a server
// that can only be searched by name, one that was renamed is not found.
func (t *Target) ours(ctx context.Context, req connector.CreateRequest) (object, error) {
	if req.ExternalID == "" {
		return nil, nil
	}
	find := connector.FindRequest{ExternalID: req.ExternalID}
	if t.config.Profile.Paging.Synthetic {
		find.Name = req.Name
	}
	users, err := t.users(ctx, find)
	switch {
	case err != nil || len(users) == 0:
		return nil, err
	case len(users) > 1:
		return nil, fmt.Errorf("%d users with externalId %q: %w", len(users), req.ExternalID, connector.ErrAmbiguous)
	}
	return users[0], nil
}

// made returns the user just made by a server that did not show it.
func (t *Target) made(ctx context.Context, req connector.CreateRequest) (object, error) {
	users, err := t.users(ctx, connector.FindRequest{ExternalID: req.ExternalID, Name: req.Name})
	switch {
	case err == nil && len(users) == 0:
		err = connector.ErrNotFound
	case err == nil && len(users) > 1:
		err = fmt.Errorf("%d users match", len(users))
	}
	if err != nil {
		return nil, err
	}
	return users[0], nil
}

// newUser returns the resource to be sent.
func (t *Target) newUser(ctx context.Context, req connector.CreateRequest) (object, error) {
	if req.Name == "" {
		return nil, fmt.Errorf("no name: %w", connector.ErrInvalid)
	}
	schemas := []any{userSchema}
	user := object{"userName": req.Name, "active": req.Active}
	if req.ExternalID != "" {
		user["externalId"] = req.ExternalID
	}
	wanted := map[string]connector.Value{}
	for name, v := range req.Attributes {
		if !v.IsNull() {
			wanted[name] = v
			continue
		}
		if _, err := lookup(name); err != nil {
			return nil, err
		}
	}
	list, err := t.changes(ctx, wanted)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if fixed := user.text(c.name); (c.name == "userName" || c.name == "externalId") && fixed != "" && c.value.Text() != fixed {
			return nil, fmt.Errorf("attribute %s: is not what was asked for: %w", c.name, connector.ErrInvalid)
		}
		if c.schema != "" && user.object(c.schema) == nil {
			schemas = append(schemas, c.schema)
		}
		c.write(user)
	}
	user["schemas"] = schemas
	return user, nil
}

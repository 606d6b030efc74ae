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
	user, err := newUser(req)
	if err != nil {
		return connector.Result{}, err
	}
	found, err := t.discovered(ctx)
	if err != nil {
		return connector.Result{}, err
	}
	ours, err := t.ours(ctx, req.ExternalID)
	if err != nil {
		return connector.Result{}, err
	}
	if ours != nil {
		return connector.Result{Outcome: connector.AlreadyInState, Account: found.account(ours)}, nil
	}
	created, err := t.do(ctx, call{method: http.MethodPost, path: usersPath, body: user})
	if errors.Is(err, connector.ErrAlreadyExists) {
		ours, lookup := t.ours(ctx, req.ExternalID)
		switch {
		case lookup != nil:
			return connector.Result{}, lookup // the refused request had no effect
		case ours != nil:
			return connector.Result{Outcome: connector.AlreadyInState, Account: found.account(ours)}, nil
		}
	}
	if err != nil {
		return connector.Result{}, err
	}
	if created.text("id") == "" || created.text("userName") == "" {
		if created, err = t.made(ctx, req); err != nil {
			return connector.Result{}, unsettled("made", err)
		}
	}
	return connector.Result{Outcome: connector.Applied, Account: found.account(created)}, nil
}

// ours returns the account with our identifier, nil if there is none.
func (t *Target) ours(ctx context.Context, externalID string) (object, error) {
	if externalID == "" {
		return nil, nil
	}
	users, err := t.users(ctx, connector.FindRequest{ExternalID: externalID})
	switch {
	case err != nil || len(users) == 0:
		return nil, err
	case len(users) > 1:
		return nil, fmt.Errorf("%d users with externalId %q: %w", len(users), externalID, connector.ErrAmbiguous)
	}
	return users[0], nil
}

// made returns the user just made by a server that did not show it.
func (t *Target) made(ctx context.Context, req connector.CreateRequest) (object, error) {
	users, err := t.users(ctx, connector.FindRequest{ExternalID: req.ExternalID, Name: req.Name})
	if err == nil && len(users) != 1 {
		err = fmt.Errorf("%d users match", len(users))
	}
	if err != nil {
		return nil, err
	}
	return users[0], nil
}

// newUser returns the resource to be sent.
func newUser(req connector.CreateRequest) (object, error) {
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
	list, err := changes(wanted)
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

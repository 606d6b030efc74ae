package scim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/connector"
)

// Find asks by id, else by externalId, else by userName, and compares what comes
// with all that was asked for. Names are compared without regard to case. Where
// the server refuses to filter by an attribute, or does not find those who have
// it, all users are looked through.
func (t *Target) Find(ctx context.Context, req connector.FindRequest) ([]connector.Account, error) {
	if req.ID == "" && req.ExternalID == "" && req.Name == "" {
		return nil, fmt.Errorf("finding: nothing to look for: %w", connector.ErrInvalid)
	}
	found, err := t.discovered(ctx)
	if err != nil {
		return nil, fmt.Errorf("finding: %w", err)
	}
	users, err := t.users(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("finding: %w", err)
	}
	var accounts []connector.Account
	for _, user := range users {
		account := found.account(user)
		if req.Entitlements && !account.EntitlementsKnown {
			if err := t.learnEntitlements(ctx, found, user, &account); err != nil {
				return nil, fmt.Errorf("finding: %w", err)
			}
		}
		accounts = append(accounts, account)
	}
	return accounts, nil
}

// users returns the users that match.
func (t *Target) users(ctx context.Context, req connector.FindRequest) ([]object, error) {
	matches := func(user object) bool {
		return (req.ID == "" || user.text("id") == req.ID) &&
			(req.ExternalID == "" || user.text("externalId") == req.ExternalID) &&
			(req.Name == "" || strings.EqualFold(user.text("userName"), req.Name))
	}
	if req.ID != "" {
		user, err := t.user(ctx, req.ID)
		if errors.Is(err, connector.ErrNotFound) {
			return nil, nil
		}
		if err != nil || !matches(user) {
			return nil, err
		}
		return []object{user}, nil
	}
	attr, wanted := "externalId", req.ExternalID
	if wanted == "" || req.Name != "" && t.filters.judged(usersPath, attr) == broken {
		attr, wanted = "userName", req.Name
	}
	users, err := t.search(ctx, usersPath, attr, wanted, attr == "userName")
	return slices.DeleteFunc(users, func(user object) bool { return !matches(user) }), err
}

// resource reads one resource. The error is ErrNotFound if there is none.
func (t *Target) resource(ctx context.Context, path, id string, query url.Values) (object, error) {
	if id == "" || id == "." || id == ".." {
		return nil, fmt.Errorf("id %q: %w", id, connector.ErrInvalid)
	}
	path += "/" + url.PathEscape(id)
	found, err := t.do(ctx, call{method: http.MethodGet, path: path, query: query})
	if err != nil {
		return nil, err
	}
	if found.text("id") != id {
		return nil, connector.RetryAfter(0, fmt.Errorf("get %s: the answer is another resource", path))
	}
	return found, nil
}

package scim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/internal/filter"
)

// Find asks by id, else by externalId, else by userName, and compares what comes
// with all that was asked for. Names are compared without regard to case. Where
// the server refuses to filter by an attribute, all users are looked through.
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
			if err := t.learnEntitlements(ctx, user, &account); err != nil {
				return nil, fmt.Errorf("finding: %w", err)
			}
		}
		accounts = append(accounts, account)
	}
	return accounts, nil
}

// users returns the users that match.
func (t *Target) users(ctx context.Context, req connector.FindRequest) ([]object, error) {
	var matching []object
	match := func(user object) error {
		if (req.ID == "" || user.text("id") == req.ID) &&
			(req.ExternalID == "" || user.text("externalId") == req.ExternalID) &&
			(req.Name == "" || strings.EqualFold(user.text("userName"), req.Name)) {
			matching = append(matching, user)
		}
		return nil
	}
	if req.ID != "" {
		user, err := t.user(ctx, req.ID)
		if errors.Is(err, connector.ErrNotFound) {
			return nil, nil
		}
		if err == nil {
			err = match(user)
		}
		return matching, err
	}
	path := filter.Path{Attr: "userName"}
	wanted := req.Name
	if req.ExternalID != "" {
		path.Attr, wanted = "externalId", req.ExternalID
	}
	_, err := t.walk(ctx, usersPath, equal(path, wanted), false, match)
	if errors.Is(err, connector.ErrInvalid) {
		matching = nil
		_, err = t.walk(ctx, usersPath, nil, true, match)
	}
	return matching, err
}

// equal returns the query for one attribute's value.
func equal(path filter.Path, text string) url.Values {
	e := filter.Compare{Path: path, Op: filter.Equal, Value: filter.Literal{Kind: filter.StringLiteral, Text: text}}
	return url.Values{"filter": {e.String()}}
}

// user reads one user. The error is ErrNotFound if there is none.
func (t *Target) user(ctx context.Context, id string) (object, error) {
	return t.resource(ctx, usersPath, id, nil)
}

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

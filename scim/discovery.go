package scim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/joinery-iam/joinery/connector"
)

// facts are what the server says about itself.
type facts struct {
	patch    bool
	versions bool // meta.version and If-Match can be trusted
}

// discovered returns the facts, from memory if they are known.
func (t *Target) discovered(ctx context.Context) (facts, error) {
	t.mu.Lock()
	known := t.facts
	t.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	return t.discover(ctx)
}

// discover asks for the facts. RFC 7644, section 4, demands the endpoint, but
// not all servers have it or let us in there; then it is as if they had said
// nothing. Only an answer that may change by itself is not remembered.
func (t *Target) discover(ctx context.Context) (facts, error) {
	found := facts{patch: true}
	config, err := t.do(ctx, call{method: http.MethodGet, path: "/ServiceProviderConfig"})
	refused, answered := errors.AsType[*statusError](err)
	switch {
	case err == nil:
	case errors.Is(err, errNoObject):
	case !answered || refused.status == http.StatusTooManyRequests || refused.status == http.StatusServiceUnavailable:
		return facts{}, err
	case refused.status >= 500:
		if refused.status != http.StatusNotImplemented {
			return found, nil
		}
	}
	if supported, told := truth(config.object("patch").get("supported")); told {
		found.patch = supported
	}
	found.versions, _ = truth(config.object("etag").get("supported"))
	t.remember(found)
	return found, nil
}

func (t *Target) remember(found facts) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.facts = &found
}

// Check asks for one user: the server must answer, let us in, and speak SCIM.
func (t *Target) Check(ctx context.Context) error {
	if _, err := t.discover(ctx); err != nil {
		return fmt.Errorf("checking: %w", err)
	}
	_, err := t.page(ctx, usersPath, nil, 1, 1)
	if err != nil {
		return fmt.Errorf("checking: %w", err)
	}
	return nil
}

// Describe asks the server what it can do. Group memberships change by PATCH
// alone: to send a group back as a whole would undo what others do to it.
func (t *Target) Describe(ctx context.Context) (connector.Description, error) {
	description := connector.Description{
		Scope: connector.ScopeEntitlement, Concurrency: t.config.Concurrency, Product: "SCIM 2.0",
	}
	found, err := t.discover(ctx)
	if err != nil {
		return connector.Description{}, fmt.Errorf("describing: %w", err)
	}
	groups, err := t.hasGroups(ctx)
	if err != nil {
		return connector.Description{}, fmt.Errorf("describing: %w", err)
	}
	if !found.patch || !groups {
		description.Without = []connector.Kind{connector.Grant, connector.Revoke}
	}
	return description, nil
}

func (t *Target) hasGroups(ctx context.Context) (bool, error) {
	_, err := t.page(ctx, "/Groups", url.Values{"excludedAttributes": {"members"}}, 1, 1)
	if errors.Is(err, connector.ErrNotFound) || errors.Is(err, errors.ErrUnsupported) {
		return false, nil
	}
	return err == nil, err
}

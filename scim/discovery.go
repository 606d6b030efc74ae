package scim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/profile"
)

// facts are what is known of the server: its profile, and what it says about
// itself where the profile does not know better.
type facts struct {
	profile.Profile
	patch    bool
	versions bool // meta.version and If-Match can be trusted
	cursors  bool // lists are walked by cursor
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
	found := facts{Profile: t.config.Profile}
	found.patch = found.Update.Method != profile.PutAlone
	found.cursors = found.Paging.Method == profile.ByCursor
	if found.Discovery.Absent {
		t.remember(found)
		return found, nil
	}
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
	says := func(feature, field string) (supported, told bool) {
		if slices.Contains(found.Discovery.Distrust, feature) {
			return false, false
		}
		return truth(config.object(feature).get(field))
	}
	if supported, told := says("patch", "supported"); told && found.Update.Method == profile.PatchOrPut {
		found.patch = supported
	}
	if supported, _ := says("etag", "supported"); found.ETag != profile.Untrusted {
		found.versions = supported
	}
	if supported, _ := says("pagination", "cursor"); found.Paging.Method == profile.ByIndex {
		found.cursors = supported // RFC 9865, section 4: what a cursor shows does not shift
	}
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
	found, err := t.discover(ctx)
	if err == nil {
		_, err = t.page(ctx, found, listing{path: usersPath}, position{start: 1, byCursor: found.cursors}, 1)
	}
	if err != nil {
		return fmt.Errorf("checking: %w", err)
	}
	return nil
}

// Describe asks the server what it can do, and tells what the profile knows: where
// active: false would delete an account or hide it, there is no disabling, and
// where members are nowhere to be seen, no granting.
func (t *Target) Describe(ctx context.Context) (connector.Description, error) {
	description := connector.Description{
		Scope: connector.ScopeEntitlement, Concurrency: t.config.Concurrency, Product: "SCIM 2.0",
		VisibilityLag: t.config.Profile.Lag,
	}
	if product := t.config.Profile.Product; product != "" {
		description.Product += ", " + product
	}
	found, err := t.discover(ctx)
	if err != nil {
		return connector.Description{}, fmt.Errorf("describing: %w", err)
	}
	description.NoSearch = found.Paging.Synthetic
	if !found.updates() {
		description.Without = append(description.Without, connector.Update)
	}
	if only := found.Update; only.Method == profile.PatchAlone && len(only.PatchOnly) > 0 && !slices.Contains(only.PatchOnly, "userName") {
		description.Without = append(description.Without, connector.Rename)
	}
	if found.cannotDisable() != nil {
		description.Without = append(description.Without, connector.Disable, connector.Enable)
	}
	if found.Delete.Refused || found.Delete.Disables {
		description.Without = append(description.Without, connector.Delete)
	}
	groups, err := t.hasGroups(ctx, found)
	if err != nil {
		return connector.Description{}, fmt.Errorf("describing: %w", err)
	}
	if (!groups || !found.writesGroups() || found.Groups.Members == profile.Invisible) && len(found.Attributes.Entitlements) == 0 {
		description.Without = append(description.Without, connector.Grant, connector.Revoke)
	}
	return description, nil
}

// updates reports whether there is an attribute that Update can change. Who a user
// is to us and whether the user is active are not among them.
func (f facts) updates() bool {
	if f.Update.Method != profile.PatchAlone || len(f.Update.PatchOnly) == 0 {
		return true
	}
	return slices.ContainsFunc(f.Update.PatchOnly, func(key string) bool {
		return !slices.Contains([]string{"active", "externalId", "id", "password"}, key)
	})
}

// writesGroups reports whether memberships can be changed: by PATCH, or by PUT if
// the profile says so. Otherwise to send a group back as a whole would undo what
// others do to it.
func (f facts) writesGroups() bool { return f.patch || f.Groups.ReplaceMembers }

func (t *Target) hasGroups(ctx context.Context, found facts) (bool, error) {
	if found.Groups.Absent {
		return false, nil
	}
	_, err := t.page(ctx, found, listing{path: groupsPath, bare: true}, position{start: 1, byCursor: found.cursors}, 1)
	if errors.Is(err, connector.ErrNotFound) || errors.Is(err, errors.ErrUnsupported) {
		return false, nil
	}
	return err == nil, err
}

package scim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/internal/patch"
)

// edit is a change of one user, in the forms that the two methods need.
type edit struct {
	operations []any             // for PATCH
	write      func(user object) // for PUT
	// seen reports whether a user is as wanted.
	seen func(user object) bool
	// moved reports whether a user has at least changed; nil means as seen.
	moved func(user object) bool
}

// Update reads the user and sends what differs. If the server makes something
// else of a value, such as another way to write a telephone number, the account
// shows that; if nothing at all has changed, the outcome is unknown.
func (t *Target) Update(ctx context.Context, req connector.UpdateRequest) (connector.Result, error) {
	result, err := t.update(ctx, req)
	if err != nil {
		return connector.Result{}, fmt.Errorf("updating %s: %w", req.Ref.ID, err)
	}
	return result, nil
}

func (t *Target) update(ctx context.Context, req connector.UpdateRequest) (connector.Result, error) {
	wanted, err := changes(req.Attributes)
	if err != nil {
		return connector.Result{}, err
	}
	return t.edit(ctx, connector.AccountRequest{Key: req.Key, Ref: req.Ref, ETag: req.ETag}, func(user object) edit {
		before := make([]connector.Value, len(wanted))
		for i, c := range wanted {
			before[i] = c.read(user)
		}
		return edit{
			operations: operations(user, wanted),
			write: func(user object) {
				for _, c := range wanted {
					c.write(user)
				}
			},
			seen: func(user object) bool { return len(operations(user, wanted)) == 0 },
			moved: func(user object) bool {
				for i, c := range wanted {
					if !c.read(user).Equal(before[i]) {
						return true
					}
				}
				return false
			},
		}
	})
}

// Disable sets active to false.
func (t *Target) Disable(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	result, err := t.edit(ctx, req, activation(false))
	if err != nil {
		return connector.Result{}, fmt.Errorf("disabling %s: %w", req.Ref.ID, err)
	}
	return result, nil
}

// Enable sets active to true.
func (t *Target) Enable(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	result, err := t.edit(ctx, req, activation(true))
	if err != nil {
		return connector.Result{}, fmt.Errorf("enabling %s: %w", req.Ref.ID, err)
	}
	return result, nil
}

func activation(active bool) func(user object) edit {
	return func(user object) edit {
		verb := patch.Replace
		if user.get("active") == nil {
			verb = patch.Add
		}
		return edit{
			operations: []any{operation(verb, "active", active)},
			write:      func(user object) { user.set("active", active) },
			seen:       func(user object) bool { return isActive(user) == active },
		}
	}
}

// edit reads a user, changes it unless it is as wanted, and looks again.
func (t *Target) edit(ctx context.Context, req connector.AccountRequest, plan func(user object) edit) (connector.Result, error) {
	found, err := t.discovered(ctx)
	if err != nil {
		return connector.Result{}, err
	}
	user, err := t.user(ctx, req.Ref.ID)
	if err != nil {
		return connector.Result{}, err
	}
	if err := found.checkVersion(user, req.ETag); err != nil {
		return connector.Result{}, err
	}
	e := plan(user)
	if e.seen(user) {
		return connector.Result{Outcome: connector.AlreadyInState, Account: found.account(user)}, nil
	}
	after, err := t.send(ctx, found, user, e, req.ETag)
	if err != nil {
		return connector.Result{}, err
	}
	if after.text("id") != req.Ref.ID || after.text("userName") == "" || !e.seen(after) {
		if after, err = t.user(ctx, req.Ref.ID); err != nil {
			return connector.Result{}, unsettled("sent", err)
		}
	}
	if !e.seen(after) && (e.moved == nil || !e.moved(after)) {
		return connector.Result{}, unsettled("sent", errors.New("the account is as before"))
	}
	return connector.Result{Outcome: connector.Applied, Account: found.account(after)}, nil
}

// checkVersion compares the version that a request is conditional on.
func (f facts) checkVersion(user object, etag string) error {
	if version := user.object("meta").text("version"); f.versions && etag != "" && version != etag {
		return fmt.Errorf("version is %.40q, not %.40q: %w", version, etag, connector.ErrConflict)
	}
	return nil
}

// send writes an edit by PATCH, or by PUT if the server has no PATCH, and
// returns what the server answered, nil if nothing.
func (t *Target) send(ctx context.Context, found facts, user object, e edit, etag string) (object, error) {
	c := call{method: http.MethodPatch, path: "/Users/" + url.PathEscape(user.text("id")), body: patchBody(e.operations...)}
	if found.versions {
		c.ifMatch = etag
	}
	if found.patch {
		answer, err := t.do(ctx, c)
		if !errors.Is(err, errors.ErrUnsupported) {
			return answer, err
		}
		found.patch = false
		t.remember(found)
	}
	// Whatever the server knows and we do not must survive.
	whole := object(patch.Clone(user))
	whole.remove("meta")
	whole.remove("groups")
	e.write(whole)
	declareExtensions(whole)
	c.method, c.body = http.MethodPut, whole
	if found.versions && c.ifMatch == "" {
		c.ifMatch = user.object("meta").text("version")
	}
	return t.do(ctx, c)
}

// declareExtensions names in schemas every extension that the user has: RFC
// 7643, section 3.
func declareExtensions(user object) {
	schemas, _ := user.get("schemas").([]any)
	for _, key := range slices.Sorted(maps.Keys(user)) {
		named := slices.ContainsFunc(schemas, func(v any) bool {
			s, _ := v.(string)
			return strings.EqualFold(s, key)
		})
		if strings.HasPrefix(key, "urn:") && !named {
			schemas = append(schemas, key)
		}
	}
	user.set("schemas", schemas)
}

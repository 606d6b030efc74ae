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
	"github.com/joinery-iam/joinery/scim/profile"
)

// edit is a change of one user, in the forms that the two methods need.
type edit struct {
	touched    []string          // the attributes that change
	operations []object          // for PATCH
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

// Rename changes userName, as an update does.
func (t *Target) Rename(ctx context.Context, req connector.RenameRequest) (connector.Result, error) {
	result, err := t.update(ctx, connector.UpdateRequest{
		Key: req.Key, Ref: req.Ref, ETag: req.ETag,
		Attributes: map[string]connector.Value{"userName": connector.String(req.Name)},
	})
	if err != nil {
		return connector.Result{}, fmt.Errorf("renaming %s: %w", req.Ref.ID, err)
	}
	return result, nil
}

func (t *Target) update(ctx context.Context, req connector.UpdateRequest) (connector.Result, error) {
	wanted, err := t.changes(ctx, req.Attributes)
	if err != nil {
		return connector.Result{}, err
	}
	return t.edit(ctx, connector.AccountRequest{Key: req.Key, Ref: req.Ref, ETag: req.ETag}, func(found facts, user object) edit {
		before := make([]connector.Value, len(wanted))
		e := edit{operations: found.operations(user, wanted)}
		for i, c := range wanted {
			if before[i] = c.read(user); !c.value.Equal(before[i]) {
				e.touched = append(e.touched, c.key)
			}
		}
		e.write = func(user object) {
			for _, c := range wanted {
				c.write(user)
			}
		}
		e.seen = func(user object) bool {
			return !slices.ContainsFunc(wanted, func(c change) bool { return !c.value.Equal(c.read(user)) })
		}
		e.moved = func(user object) bool {
			for i, c := range wanted {
				if !c.read(user).Equal(before[i]) {
					return true
				}
			}
			return false
		}
		return e
	})
}

// Disable sets active to false. Where the profile says that this would delete the
// account, or hide it, it is refused: the error is errors.ErrUnsupported.
func (t *Target) Disable(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	return t.activate(ctx, req, false)
}

// Enable sets active to true.
func (t *Target) Enable(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	return t.activate(ctx, req, true)
}

func (t *Target) activate(ctx context.Context, req connector.AccountRequest, active bool) (connector.Result, error) {
	if err := (facts{Profile: t.config.Profile}).cannotDisable(); err != nil {
		return connector.Result{}, fmt.Errorf("%s: %w", req.Ref.ID, err)
	}
	result, err := t.edit(ctx, req, func(found facts, user object) edit {
		return edit{
			touched:    []string{"active"},
			operations: []object{found.assign(user, "active", active)},
			write:      func(user object) { user.set("active", active) },
			seen:       func(user object) bool { return isActive(user) == active },
		}
	})
	if err != nil {
		return connector.Result{}, fmt.Errorf("%s %s: %w", map[bool]string{true: "enabling", false: "disabling"}[active], req.Ref.ID, err)
	}
	return result, nil
}

// cannotDisable returns why active: false is not sent: it could not be taken back,
// or could not be seen to have worked, nor ever be found again.
func (f facts) cannotDisable() error {
	switch {
	case f.Disable.Deletes:
		return fmt.Errorf("this server deletes accounts that are not active: %w", errors.ErrUnsupported)
	case f.Disable.Hides:
		return fmt.Errorf("this server hides accounts that are not active: %w", errors.ErrUnsupported)
	default:
		return nil
	}
}

// edit reads a user, changes it unless it is as wanted, and looks again.
func (t *Target) edit(ctx context.Context, req connector.AccountRequest, plan func(found facts, user object) edit) (connector.Result, error) {
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
	e := plan(found, user)
	if e.seen(user) {
		return connector.Result{Outcome: connector.AlreadyInState, Account: found.account(user)}, nil
	}
	after, err := t.send(ctx, found, user, e, req.ETag)
	if err != nil {
		return connector.Result{}, err
	}
	if after.text("id") != req.Ref.ID || after.text("userName") == "" || !e.seen(after) {
		err := t.patiently(ctx, func() (bool, error) {
			after, err = t.user(ctx, req.Ref.ID)
			return err == nil && (e.seen(after) || e.moved != nil && e.moved(after)), err
		})
		if err != nil {
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

// send writes an edit by PATCH, or by PUT where PATCH does not do, and returns
// what the server answered, nil if nothing.
func (t *Target) send(ctx context.Context, found facts, user object, e edit, etag string) (object, error) {
	c := call{method: http.MethodPatch, path: usersPath + "/" + url.PathEscape(user.text("id"))}
	if found.versions {
		c.ifMatch = etag
	}
	if found.patches(e.touched) {
		answer, err := t.patch(ctx, found, c, e.operations...)
		if !errors.Is(err, errors.ErrUnsupported) || found.Update.Method != profile.PatchOrPut {
			return answer, err
		}
		found.patch = false
		t.remember(found)
	}
	if found.Update.Method == profile.PatchAlone {
		return nil, fmt.Errorf("this server changes only %s: %w", strings.Join(found.Update.PatchOnly, ", "), errors.ErrUnsupported)
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

// patches reports whether PATCH changes all these attributes.
func (f facts) patches(touched []string) bool {
	only := f.Update.PatchOnly
	return f.patch && (len(only) == 0 || !slices.ContainsFunc(touched, func(key string) bool { return !slices.Contains(only, key) }))
}

// patch sends operations, in as many requests as the server wants, and returns
// its last answer.
func (t *Target) patch(ctx context.Context, found facts, c call, ops ...object) (answer object, err error) {
	for i, body := range found.bodies(ops...) {
		c.body = body
		if answer, err = t.do(ctx, c); err != nil {
			if i > 0 {
				err = unsettled("sent in part", err)
			}
			return nil, err
		}
		c.ifMatch = "" // the version that was asked for is the one before the first
	}
	return answer, nil
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

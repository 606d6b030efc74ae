package scim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/internal/filter"
	"github.com/joinery-iam/joinery/scim/internal/patch"
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

// member makes the user a member, or none.
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
	group, err := t.group(ctx, req.Entitlement)
	if !wanted && errors.Is(err, connector.ErrUnknownEntitlement) {
		return asIs, nil
	}
	if err != nil {
		return connector.Result{}, err
	}
	is, err := t.isMember(ctx, user, group)
	if err != nil {
		return connector.Result{}, err
	}
	if is == wanted {
		return asIs, nil
	}
	if !found.patch {
		return connector.Result{}, fmt.Errorf("the server has no PATCH: %w", errors.ErrUnsupported)
	}
	op := operation(patch.Add, "members", []any{object{"value": req.Ref.ID}})
	if !wanted {
		op = operation(patch.Remove, "members[value eq "+filter.Quote(req.Ref.ID)+"]", nil)
	}
	_, err = t.do(ctx, call{method: http.MethodPatch, path: "/Groups/" + url.PathEscape(group), body: patchBody(op)})
	if errors.Is(err, connector.ErrNotFound) {
		err = vanished(err)
	}
	if err != nil {
		return connector.Result{}, err
	}
	if user, err = t.user(ctx, req.Ref.ID); err == nil {
		err = t.confirm(ctx, user, group, wanted)
	}
	if err != nil {
		return connector.Result{}, unsettled("sent", err)
	}
	return connector.Result{Outcome: connector.Applied, Account: found.account(user)}, nil
}

// vanished is for what was there a moment ago. ErrNotFound would speak of the
// account, and a fresh read will tell.
func vanished(err error) error {
	return fmt.Errorf("%v: %w", err, connector.ErrConflict) //nolint:errorlint // ErrNotFound must not be found
}

// group returns the id of the one group of that name.
func (t *Target) group(ctx context.Context, e connector.Entitlement) (string, error) {
	if e.Kind != GroupKind || e.Name == "" {
		return "", fmt.Errorf("want %s/name: %w", GroupKind, connector.ErrUnknownEntitlement)
	}
	query := equal(filter.Path{Attr: "displayName"}, e.Name)
	query.Set("excludedAttributes", "members")
	var ids []string
	_, err := t.walk(ctx, "/Groups", query, false, func(group object) error {
		if group.text("displayName") == e.Name {
			ids = append(ids, group.text("id"))
		}
		return nil
	})
	switch {
	case err != nil:
		return "", withoutGroups(err)
	case len(ids) == 0:
		return "", connector.ErrUnknownEntitlement
	case len(ids) > 1:
		return "", fmt.Errorf("%d groups of that name: %w", len(ids), connector.ErrAmbiguous)
	}
	return ids[0], nil
}

// isMember tells from the user if it can, and else from the group, which may be
// large.
func (t *Target) isMember(ctx context.Context, user object, group string) (bool, error) {
	if groups, told := memberships(user); told {
		return slices.ContainsFunc(groups, func(m membership) bool { return m.id == group }), nil
	}
	return t.listsMember(ctx, group, user.text("id"))
}

// listsMember reads a whole group.
func (t *Target) listsMember(ctx context.Context, group, user string) (bool, error) {
	found, err := t.resource(ctx, "/Groups", group, nil)
	if errors.Is(err, connector.ErrNotFound) {
		err = vanished(err)
	}
	if err != nil {
		return false, err
	}
	return lists(found, user), nil
}

func lists(group object, user string) bool {
	return slices.ContainsFunc(group.list("members"), func(m object) bool { return m.text("value") == user })
}

// confirm looks whether a change of membership can be seen: in the user, and if
// not there, in the group, since some servers show users an empty list always.
func (t *Target) confirm(ctx context.Context, user object, group string, wanted bool) error {
	is, err := t.isMember(ctx, user, group)
	if _, told := memberships(user); err == nil && told && is != wanted {
		is, err = t.listsMember(ctx, group, user.text("id"))
	}
	if err == nil && is != wanted {
		err = errors.New("the membership is as before")
	}
	return err
}

// learnEntitlements finds the groups of a user that does not name them.
func (t *Target) learnEntitlements(ctx context.Context, user object, account *connector.Account) error {
	groups, told := memberships(user)
	if !told {
		_, err := t.walk(ctx, "/Groups", nil, true, func(group object) error {
			if lists(group, account.ID) {
				groups = append(groups, membership{id: group.text("id"), name: group.text("displayName")})
			}
			return nil
		})
		if err = withoutGroups(err); err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
		setEntitlements(account, groups)
		return nil
	}
	for i := range groups {
		if !groups[i].nameless() {
			continue
		}
		group, err := t.resource(ctx, "/Groups", groups[i].id, url.Values{"excludedAttributes": {"members"}})
		if errors.Is(err, connector.ErrNotFound) {
			err = vanished(err)
		}
		if err != nil {
			return err
		}
		groups[i].name = group.text("displayName")
	}
	setEntitlements(account, groups)
	return nil
}

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
	"github.com/joinery-iam/joinery/scim/internal/filter"
	"github.com/joinery-iam/joinery/scim/internal/patch"
)

// RFC 7643, section 4.1.2, has two lists of what a user may do beside groups, and
// leaves their values to the server.
var standardKinds = map[string]string{"role": "roles", "entitlement": "entitlements"}

// kinds returns the kinds of entitlements that users hold in an attribute of their
// own, and the attribute, without those that the server does not know.
func (f facts) kinds() map[string]string {
	all := standardKinds
	if len(f.Attributes.Entitlements) > 0 {
		all = f.Attributes.Entitlements
	}
	kinds := maps.Clone(all)
	maps.DeleteFunc(kinds, func(_, attr string) bool { return slices.Contains(f.Attributes.Unknown, attr) })
	return kinds
}

// assigned is a value in such an attribute, say a role or a licence.
type assigned struct {
	t     *Target
	found facts
	attr  string
	value string
}

func (a assigned) held(_ context.Context, user object) (bool, error) {
	return slices.ContainsFunc(user.list(a.attr), a.is), nil
}

func (a assigned) is(one object) bool { return one.text("value") == a.value }

func (a assigned) put(ctx context.Context, user object, wanted bool) error {
	all, _ := user.get(a.attr).([]any)
	after := slices.DeleteFunc(slices.Clone(all), func(v any) bool { return a.is(asObject(v)) })
	op := operation(patch.Remove, a.attr+"[value eq "+filter.Quote(a.value)+"]", nil)
	if wanted {
		added := object{"value": a.value}
		after = append(after, added)
		op = operation(patch.Add, a.attr, []any{added})
	}
	if a.found.Update.NoValuePaths || a.found.Update.NoPath {
		var whole any
		if len(after) > 0 {
			whole = after
		}
		op = a.found.assign(user, a.attr, whole)
	}
	_, err := a.t.send(ctx, a.found, user, edit{
		touched: []string{a.attr}, operations: []object{op},
		write: func(user object) { user.set(a.attr, after) },
	}, "")
	return err
}

func (a assigned) confirm(ctx context.Context, user object, wanted bool) error {
	is, err := a.held(ctx, user)
	if err == nil && is != wanted {
		err = fmt.Errorf("%s are as before", a.attr)
	}
	return err
}

// offered lists what can be assigned, where the server has an endpoint for it, as
// draft-ietf-scim-roles-entitlements proposes.
func (t *Target) offered(ctx context.Context, found facts) ([]connector.Entitlement, error) {
	var all []connector.Entitlement
	for kind, attr := range found.kinds() {
		if strings.Contains(attr, ":") {
			continue
		}
		path := "/" + url.PathEscape(strings.ToUpper(attr[:1])+attr[1:])
		answer, err := t.do(ctx, call{method: http.MethodGet, path: path})
		if errors.Is(err, connector.ErrNotFound) || errors.Is(err, errors.ErrUnsupported) || errors.Is(err, errNoObject) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, one := range answer.list("Resources") {
			if value := one.text("value"); value != "" {
				all = append(all, connector.Entitlement{Kind: kind, Name: value})
			}
		}
	}
	return all, nil
}

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
	"github.com/joinery-iam/joinery/scim/profile"
)

// group is membership of a group.
type group struct {
	t     *Target
	found facts
	id    string
}

// held tells from the user if it can, and else from the group, which may be
// large.
func (g group) held(ctx context.Context, user object) (bool, error) {
	switch where := g.found.Groups.Members; {
	case where == profile.ByFilter:
		return g.filtered(ctx, user.text("id"))
	case where != profile.InGroup:
		if groups, told := memberships(user); told {
			return slices.ContainsFunc(groups, func(m membership) bool { return m.id == g.id }), nil
		}
	}
	return g.listed(ctx, user.text("id"))
}

// listed reads the whole group.
func (g group) listed(ctx context.Context, user string) (bool, error) {
	found, err := g.t.resource(ctx, groupsPath, g.id, nil)
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

// filtered asks whether the group is among those with the member.
func (g group) filtered(ctx context.Context, user string) (is bool, err error) {
	both := filter.And{Left: equal("id", g.id), Right: equal("members", user)}
	_, err = g.t.walk(ctx, listing{path: groupsPath, filter: both, bare: true}, func(r object) error {
		is = is || r.text("id") == g.id
		return nil
	})
	return is, err
}

// put changes the one membership and leaves all others alone. Only where the
// profile demands it is the group sent back as a whole.
func (g group) put(ctx context.Context, user object, wanted bool) error {
	ids := []string{user.text("id")}
	var err error
	switch {
	case g.found.patch && wanted:
		err = g.t.changeMembers(ctx, g.found, g.id, ids, nil)
	case g.found.patch:
		err = g.t.changeMembers(ctx, g.found, g.id, nil, ids)
	case g.found.Groups.ReplaceMembers:
		err = g.replace(ctx, ids[0], wanted)
	default:
		return fmt.Errorf("the server has no PATCH: %w", errors.ErrUnsupported)
	}
	if errors.Is(err, connector.ErrNotFound) {
		return vanished(err)
	}
	return err
}

func (g group) replace(ctx context.Context, user string, wanted bool) error {
	whole, err := g.t.resource(ctx, groupsPath, g.id, nil)
	if err != nil {
		return err
	}
	whole = object(patch.Clone(whole))
	all, _ := whole.get("members").([]any)
	members := slices.DeleteFunc(slices.Clone(all), func(v any) bool { return asObject(v).text("value") == user })
	if wanted {
		members = append(members, object{"value": user})
	}
	c := call{method: http.MethodPut, path: groupsPath + "/" + url.PathEscape(g.id), body: whole}
	if g.found.versions {
		c.ifMatch = whole.object("meta").text("version")
	}
	whole.remove("meta")
	whole.set("members", members)
	_, err = g.t.do(ctx, c)
	return err
}

// confirm looks in the user, and if the change is not there, in the group, since
// some servers show users an empty list always.
func (g group) confirm(ctx context.Context, user object, wanted bool) error {
	is, err := g.held(ctx, user)
	if _, told := memberships(user); err == nil && is != wanted && told && g.found.Groups.Members == profile.InBoth {
		is, err = g.listed(ctx, user.text("id"))
	}
	if err == nil && is != wanted {
		err = errors.New("the membership is as before")
	}
	return err
}

// learnEntitlements finds the groups of a user that does not name them.
func (t *Target) learnEntitlements(ctx context.Context, found facts, user object, account *connector.Account) error {
	if found.Groups.Members == profile.Invisible {
		return nil // an empty list would be no answer
	}
	groups, told := memberships(user)
	if !told || found.Groups.Members == profile.InGroup || found.Groups.Members == profile.ByFilter {
		groups, err := t.groupsOf(ctx, found, account.ID)
		if err != nil {
			return err
		}
		found.setEntitlements(account, user, groups)
		return nil
	}
	for i := range groups {
		if !groups[i].nameless() {
			continue
		}
		var query url.Values
		if !found.Filter.NoProjection {
			query = url.Values{"excludedAttributes": {"members"}}
		}
		group, err := t.resource(ctx, groupsPath, groups[i].id, query)
		if errors.Is(err, connector.ErrNotFound) {
			err = vanished(err)
		}
		if err != nil {
			return err
		}
		groups[i].name = group.text("displayName")
	}
	found.setEntitlements(account, user, groups)
	return nil
}

// groupsOf looks for a user in all groups.
func (t *Target) groupsOf(ctx context.Context, found facts, user string) ([]membership, error) {
	if found.Groups.Absent {
		return nil, nil
	}
	l := listing{path: groupsPath, thorough: true}
	byFilter := found.Groups.Members == profile.ByFilter
	atOnce := byFilter && slices.Contains(found.Filter.Groups, "members.value")
	switch {
	case atOnce:
		byMember := compare("members", filter.Equal, user)
		byMember.Path.Sub = "value"
		l.filter, l.bare = byMember, true
	case byFilter:
		l.bare = true
	}
	var all, of []membership
	_, err := t.walk(ctx, l, func(g object) error {
		m := membership{id: g.text("id"), name: g.text("displayName")}
		if all = append(all, m); atOnce || lists(g, user) {
			of = append(of, m)
		}
		return nil
	})
	if err = withoutGroups(err); errors.Is(err, errors.ErrUnsupported) {
		return nil, nil
	}
	if err != nil || !byFilter || atOnce {
		return of, err
	}
	for _, m := range all {
		is, err := group{t, found, m.id}.filtered(ctx, user)
		if err != nil {
			return nil, err
		}
		if is {
			of = append(of, m)
		}
	}
	return of, nil
}

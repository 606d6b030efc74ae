package scim

import (
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/profile"
)

// account shows a user as an account. Its version counts only if the server
// says that it versions.
func (f facts) account(user object) connector.Account {
	a := connector.Account{
		Ref:        connector.Ref{ID: user.text("id"), Name: user.text("userName")},
		ExternalID: user.text("externalId"),
		Active:     isActive(user),
		Attributes: map[string]connector.Value{},
	}
	for _, known := range table {
		if v := known.read(user); !v.IsNull() {
			a.Attributes[known.name] = v
		}
	}
	for _, one := range elements(user) {
		if v := one.read(user); !v.IsNull() {
			a.Attributes[one.name] = v
		}
	}
	for key, v := range user {
		extension := asObject(v)
		if extension == nil || !strings.HasPrefix(key, "urn:") || strings.EqualFold(key, enterpriseSchema) || strings.EqualFold(key, userSchema) {
			continue
		}
		readExtension(key, extension, a.Attributes)
	}
	if f.versions {
		a.ETag = user.object("meta").text("version")
	}
	where := f.Groups.Members
	if groups, told := memberships(user); told && !slices.ContainsFunc(groups, membership.nameless) && (where == profile.InBoth || where == profile.InUser) {
		f.setEntitlements(&a, user, groups)
	}
	return a
}

// isActive reports whether the user can sign in. One without the attribute can:
// a server need not have it.
func isActive(user object) bool {
	active, ok := truth(user.get("active"))
	return active || !ok
}

// readExtension reads the attributes of an extension that lookup can name.
func readExtension(urn string, extension object, into map[string]connector.Value) {
	for attr, v := range extension {
		if one, ok := value(v); ok {
			into[urn+":"+attr] = one
			continue
		}
		for sub, inner := range asObject(v) {
			if text, ok := scalar(inner); ok {
				into[urn+":"+attr+"."+sub] = connector.String(text)
			}
		}
	}
}

// membership is a group as a user resource names it.
type membership struct {
	id   string
	name string // displayName, if the server tells
}

func (m membership) nameless() bool { return m.name == "" }

// memberships returns the groups that list a user as a member, without those
// inherited from other groups. Without the attribute nothing is known of them.
func memberships(user object) (groups []membership, told bool) {
	if _, told = user.get("groups").([]any); !told {
		return nil, false
	}
	for _, g := range user.list("groups") {
		if !strings.EqualFold(g.text("type"), "indirect") {
			groups = append(groups, membership{id: g.text("value"), name: g.text("display")})
		}
	}
	return groups, true
}

// setEntitlements says that the account has these groups, what the user names of
// other kinds, and nothing else.
func (f facts) setEntitlements(a *connector.Account, user object, groups []membership) {
	a.EntitlementsKnown = true
	a.Entitlements = nil
	for _, g := range groups {
		a.Entitlements = append(a.Entitlements, connector.Entitlement{Kind: GroupKind, Name: g.name})
	}
	for kind, attr := range f.kinds() {
		for _, one := range user.list(attr) {
			if value := one.text("value"); value != "" {
				a.Entitlements = append(a.Entitlements, connector.Entitlement{Kind: kind, Name: value})
			}
		}
	}
	slices.SortFunc(a.Entitlements, connector.Entitlement.Compare)
	a.Entitlements = slices.Compact(a.Entitlements)
}

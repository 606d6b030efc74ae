package scim_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/profile"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

func group(name string) connector.Entitlement {
	return connector.Entitlement{Kind: scim.GroupKind, Name: name}
}

func TestGrantAndRevoke(t *testing.T) {
	t.Parallel()
	server, target := start(t, scimtest.Config{})
	for _, name := range []string{"eng", `of "quotes"`, "a/b"} {
		_, err := server.AddGroup(scimtest.Group{DisplayName: name})
		require.NoError(t, err)
	}
	account := create(t, target, "amy")
	for i, name := range []string{"eng", `of "quotes"`, "a/b"} {
		req := connector.GrantRequest{Ref: account.Ref, Entitlement: group(name)}
		result, err := target.Grant(t.Context(), req)
		require.NoError(t, err)
		require.Equal(t, connector.Applied, result.Outcome)
		require.Contains(t, result.Account.Entitlements, req.Entitlement)
		require.Equal(t, []string{account.ID}, server.Groups()[i].Members)
		server.ResetLog()
		result, err = target.Grant(t.Context(), req)
		require.NoError(t, err)
		require.Equal(t, connector.AlreadyInState, result.Outcome)
		require.Zero(t, server.Writes())
	}
	found, err := target.Find(t.Context(), connector.FindRequest{ID: account.ID, Entitlements: true})
	require.NoError(t, err)
	require.True(t, found[0].EntitlementsKnown)
	require.Equal(t, []connector.Entitlement{group("a/b"), group("eng"), group(`of "quotes"`)}, found[0].Entitlements)

	req := connector.GrantRequest{Ref: account.Ref, Entitlement: group("eng")}
	result, err := target.Revoke(t.Context(), req)
	require.NoError(t, err)
	require.Equal(t, connector.Applied, result.Outcome)
	require.NotContains(t, result.Account.Entitlements, req.Entitlement)
	require.Empty(t, server.Groups()[0].Members)
	server.ResetLog()
	result, err = target.Revoke(t.Context(), req)
	require.NoError(t, err)
	require.Equal(t, connector.AlreadyInState, result.Outcome)
	require.Zero(t, server.Writes())
}

func TestMembershipsThatCannotBe(t *testing.T) {
	t.Parallel()
	server, target := start(t, scimtest.Config{})
	for _, name := range []string{"eng", "twice", "twice"} {
		_, err := server.AddGroup(scimtest.Group{DisplayName: name})
		require.NoError(t, err)
	}
	account := create(t, target, "amy")
	nobody := connector.Ref{ID: "nobody"}
	server.ResetLog()
	for name, c := range map[string]struct {
		req           connector.GrantRequest
		grant, revoke error
	}{
		"unknown group":       {connector.GrantRequest{Ref: account.Ref, Entitlement: group("ops")}, connector.ErrUnknownEntitlement, nil},
		"group in other case": {connector.GrantRequest{Ref: account.Ref, Entitlement: group("ENG")}, connector.ErrUnknownEntitlement, nil},
		"unknown kind": {connector.GrantRequest{Ref: account.Ref, Entitlement: connector.Entitlement{Kind: "badge", Name: "eng"}},
			connector.ErrUnknownEntitlement, nil},
		"two of that name": {connector.GrantRequest{Ref: account.Ref, Entitlement: group("twice")}, connector.ErrAmbiguous, connector.ErrAmbiguous},
		"unknown account":  {connector.GrantRequest{Ref: nobody, Entitlement: group("eng")}, connector.ErrNotFound, nil},
	} {
		_, err := target.Grant(t.Context(), c.req)
		require.ErrorIs(t, err, c.grant, name)
		result, err := target.Revoke(t.Context(), c.req)
		if c.revoke == nil {
			require.NoError(t, err, name)
			require.Equal(t, connector.AlreadyInState, result.Outcome, name)
		} else {
			require.ErrorIs(t, err, c.revoke, name)
		}
	}
	require.Zero(t, server.Writes())
	all, err := target.Entitlements(t.Context())
	require.NoError(t, err)
	require.Equal(t, []connector.Entitlement{group("eng"), group("twice")}, all)
}

func TestLargeGroupsAreNotReadWhenTheUserTells(t *testing.T) {
	t.Parallel()
	server, target := start(t, scimtest.Config{})
	var members []string
	for i := range 300 {
		user, err := server.AddUser(scimtest.User{UserName: fmt.Sprint("user", i), Active: true})
		require.NoError(t, err)
		members = append(members, user.ID)
	}
	_, err := server.AddGroup(scimtest.Group{DisplayName: "all", Members: members})
	require.NoError(t, err)
	account := create(t, target, "amy")
	server.ResetLog()
	_, err = target.Grant(t.Context(), connector.GrantRequest{Ref: account.Ref, Entitlement: group("all")})
	require.NoError(t, err)
	require.Len(t, server.Groups()[0].Members, 301)
	for _, r := range server.Requests() {
		whole := strings.HasPrefix(r.Path, scimtest.BasePath+"/Groups") && !strings.Contains(r.Query, "excludedAttributes=members")
		require.False(t, r.Method == http.MethodGet && whole, "%+v", r)
	}
}

// silent is a server whose users do not show their groups.
func silent(t *testing.T, patched http.HandlerFunc) *scim.Target {
	t.Helper()
	var mu sync.Mutex
	members := ""
	return odd(t, map[string]http.HandlerFunc{
		"GET /Users/1": say(200, `{"id":"1","userName":"amy"}`),
		"GET /Groups": func(w http.ResponseWriter, _ *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			say(200, `{"totalResults":2,"Resources":[{"id":"g","displayName":"eng","members":[`+members+`]},
				{"id":"h","displayName":"ops","members":[{"value":"2"}]}]}`)(w, nil)
		},
		"GET /Groups/g": func(w http.ResponseWriter, _ *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			say(200, `{"id":"g","displayName":"eng","members":[`+members+`]}`)(w, nil)
		},
		"PATCH /Groups/g": func(w http.ResponseWriter, r *http.Request) {
			if patched != nil {
				patched(w, r)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			members = `{"value":"1"}`
			w.WriteHeader(http.StatusNoContent)
		},
	})
}

func TestGroupsAreReadWhenTheUserDoesNotTell(t *testing.T) {
	t.Parallel()
	target := silent(t, nil)
	amy := connector.Ref{ID: "1"}
	for _, want := range []connector.Outcome{connector.Applied, connector.AlreadyInState} {
		result, err := target.Grant(t.Context(), connector.GrantRequest{Ref: amy, Entitlement: group("eng")})
		require.NoError(t, err)
		require.Equal(t, want, result.Outcome)
		require.False(t, result.Account.EntitlementsKnown)
	}
	found, err := target.Find(t.Context(), connector.FindRequest{ID: "1", Entitlements: true})
	require.NoError(t, err)
	require.True(t, found[0].EntitlementsKnown)
	require.Equal(t, []connector.Entitlement{group("eng")}, found[0].Entitlements)
}

func TestAMembershipThatIsDroppedSilentlyIsNoSuccess(t *testing.T) {
	t.Parallel()
	target := silent(t, say(http.StatusOK, `{"id":"g"}`))
	_, err := target.Grant(t.Context(), connector.GrantRequest{Ref: connector.Ref{ID: "1"}, Entitlement: group("eng")})
	require.Equal(t, connector.VerdictUnknown, verdict(t, err))
}

func TestAGroupThatVanishesIsAConflict(t *testing.T) {
	t.Parallel()
	target := silent(t, say(http.StatusNotFound, `{}`))
	_, err := target.Grant(t.Context(), connector.GrantRequest{Ref: connector.Ref{ID: "1"}, Entitlement: group("eng")})
	require.ErrorIs(t, err, connector.ErrConflict)
	require.NotErrorIs(t, err, connector.ErrNotFound, "that would speak of the account")
}

func TestAServerWithoutGroups(t *testing.T) {
	t.Parallel()
	target := odd(t, map[string]http.HandlerFunc{"GET /Users/1": say(200, `{"id":"1","userName":"amy"}`)})
	_, err := target.Grant(t.Context(), connector.GrantRequest{Ref: connector.Ref{ID: "1"}, Entitlement: group("eng")})
	require.ErrorIs(t, err, errors.ErrUnsupported)
	require.NotErrorIs(t, err, connector.ErrNotFound)
	_, err = target.Entitlements(t.Context())
	require.ErrorIs(t, err, errors.ErrUnsupported)
	found, err := target.Find(t.Context(), connector.FindRequest{ID: "1", Entitlements: true})
	require.NoError(t, err)
	require.True(t, found[0].EntitlementsKnown, "there can be none")
	require.Empty(t, found[0].Entitlements)
}

func TestInheritedAndNamelessGroups(t *testing.T) {
	t.Parallel()
	target := odd(t, map[string]http.HandlerFunc{
		"GET /Users/1": say(200, `{"id":"1","userName":"amy","groups":[
			{"value":"g"},{"value":"h","display":"all staff","type":"indirect"}]}`),
		"GET /Groups/g": say(200, `{"id":"g","displayName":"eng"}`),
	})
	found, err := target.Find(t.Context(), connector.FindRequest{ID: "1"})
	require.NoError(t, err)
	require.False(t, found[0].EntitlementsKnown, "a name is missing")
	found, err = target.Find(t.Context(), connector.FindRequest{ID: "1", Entitlements: true})
	require.NoError(t, err)
	require.Equal(t, []connector.Entitlement{group("eng")}, found[0].Entitlements)
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	server, target := start(t, scimtest.Config{})
	_, err := server.AddGroup(scimtest.Group{DisplayName: "eng"})
	require.NoError(t, err)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			name := fmt.Sprint("user", i)
			made, err := target.Create(t.Context(), connector.CreateRequest{ExternalID: name, Name: name, Active: true})
			if err == nil {
				_, err = target.Grant(t.Context(), connector.GrantRequest{Ref: made.Account.Ref, Entitlement: group("eng")})
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.Len(t, server.Groups()[0].Members, 20)
}

// TestGroupsOfAUserAreAskedForAtOnceWhereThatCanBe has servers that show members to
// a filter only.
func TestGroupsOfAUserAreAskedForAtOnceWhereThatCanBe(t *testing.T) {
	t.Parallel()
	aws, err := profile.Get("aws-iam-identity-center")
	require.NoError(t, err)
	one := aws
	one.Filter.Groups = []string{"displayName"}
	for name, c := range map[string]struct {
		is   profile.Profile
		want []string
	}{
		"by member":  {aws, []string{`members.value eq "AMY"`}},
		"one by one": {one, []string{"", `id eq "ENG" and members eq "AMY"`, `id eq "OPS" and members eq "AMY"`}},
	} {
		server, err := scimtest.New(scimtest.Config{Profile: c.is})
		require.NoError(t, err)
		amy, err := server.AddUser(scimtest.User{UserName: "amy", Active: true})
		require.NoError(t, err)
		eng, err := server.AddGroup(scimtest.Group{DisplayName: "eng", Members: []string{amy.ID}})
		require.NoError(t, err)
		ops, err := server.AddGroup(scimtest.Group{DisplayName: "ops"})
		require.NoError(t, err)
		target := beside(t, server, c.is)
		found, err := target.Find(t.Context(), connector.FindRequest{ID: amy.ID, Entitlements: true})
		require.NoError(t, err, name)
		require.True(t, found[0].EntitlementsKnown)
		require.Equal(t, []connector.Entitlement{group("eng")}, found[0].Entitlements, name)
		var filters []string
		for _, r := range server.Requests() {
			if strings.HasSuffix(r.Path, "/Groups") {
				query, err := url.ParseQuery(r.Query)
				require.NoError(t, err)
				filters = append(filters, query.Get("filter"))
			}
		}
		want := strings.NewReplacer("ENG", eng.ID, "OPS", ops.ID, "AMY", amy.ID).Replace(strings.Join(c.want, "\n"))
		require.Equal(t, want, strings.Join(filters, "\n"), name)
	}
}

func TestServerWithRolesAndNoGroupsKnowsNoGroup(t *testing.T) {
	t.Parallel()
	p := profile.Profile{Name: "p", Product: "p", Checked: "2026-11-23", Groups: profile.Groups{Absent: true}}
	p.Attributes.Entitlements = map[string]string{"role": "roles"}
	server, err := scimtest.New(scimtest.Config{Profile: p})
	require.NoError(t, err)
	target := beside(t, server, p)
	req := connector.GrantRequest{Ref: create(t, target, "amy").Ref, Entitlement: group("eng")}
	_, err = target.Grant(t.Context(), req)
	require.ErrorIs(t, err, connector.ErrUnknownEntitlement)
	result, err := target.Revoke(t.Context(), req)
	require.NoError(t, err)
	require.Equal(t, connector.AlreadyInState, result.Outcome)
	all, err := target.Entitlements(t.Context())
	require.NoError(t, err, "there is no list of roles, and none of groups")
	require.Empty(t, all)
}

package scim_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/profile"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

// modes are the kinds of servers on which all must go the same way.
var modes = map[string]scimtest.Config{
	"patch": {}, "put": {NoPatch: true}, "versions": {ETag: true}, "put with versions": {NoPatch: true, ETag: true},
}

func TestALife(t *testing.T) {
	t.Parallel()
	for name, config := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, target := start(t, config)
			account := create(t, target, "amy@example.com")
			require.Equal(t, "ext-amy@example.com", account.ExternalID)
			require.NoError(t, server.SignIn("amy@example.com"))

			whole := connector.AccountRequest{Ref: account.Ref}
			once := func(do func() (connector.Result, error)) connector.Account {
				t.Helper()
				result, err := do()
				require.NoError(t, err)
				require.Equal(t, connector.Applied, result.Outcome)
				server.ResetLog()
				again, err := do()
				require.NoError(t, err)
				require.Equal(t, connector.AlreadyInState, again.Outcome)
				require.Equal(t, result.Account, again.Account)
				require.Zero(t, server.Writes(), "the second time needs no write")
				return again.Account
			}
			require.False(t, once(func() (connector.Result, error) { return target.Disable(t.Context(), whole) }).Active)
			require.ErrorIs(t, server.SignIn("amy@example.com"), scimtest.ErrSignIn)

			update := connector.UpdateRequest{Ref: account.Ref, Attributes: texts("title", "Joiner")}
			changed := once(func() (connector.Result, error) { return target.Update(t.Context(), update) })
			require.False(t, changed.Active, "an update enables nobody")
			require.Equal(t, "Joiner", changed.Attributes["title"].Text())

			require.True(t, once(func() (connector.Result, error) { return target.Enable(t.Context(), whole) }).Active)
			require.NoError(t, server.SignIn("amy@example.com"))

			gone := once(func() (connector.Result, error) { return target.Delete(t.Context(), whole) })
			require.Equal(t, connector.Account{Ref: account.Ref}, gone)
			for _, do := range []func() (connector.Result, error){
				func() (connector.Result, error) { return target.Disable(t.Context(), whole) },
				func() (connector.Result, error) { return target.Enable(t.Context(), whole) },
				func() (connector.Result, error) { return target.Update(t.Context(), update) },
			} {
				_, err := do()
				require.ErrorIs(t, err, connector.ErrNotFound)
			}
		})
	}
}

// everything has a value for each attribute there is.
func everything(manager, mark string) map[string]connector.Value {
	values := texts("manager", manager)
	for _, name := range []string{
		"externalId", "displayName", "nickName", "title", "userType", "preferredLanguage", "locale", "timezone",
		"name.givenName", "name.familyName", "name.middleName", "name.formatted", "email", "phone",
		"employeeNumber", "department", "division", "costCenter", "organization", badge,
	} {
		values[name] = connector.String(fmt.Sprintf("%s %s", mark, name))
	}
	values[tools] = connector.Strings(mark, "saw")
	return values
}

func TestEveryAttributeCanBeSetChangedAndCleared(t *testing.T) {
	t.Parallel()
	for name, config := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, target := start(t, config)
			boss, otherBoss := create(t, target, "boss"), create(t, target, "other")
			account := create(t, target, "amy")
			for _, wanted := range []map[string]connector.Value{everything(boss.ID, "first"), everything(otherBoss.ID, "second")} {
				server.ResetLog()
				result, err := target.Update(t.Context(), connector.UpdateRequest{Ref: account.Ref, Attributes: wanted})
				require.NoError(t, err)
				require.Equal(t, connector.Applied, result.Outcome)
				require.Equal(t, 1, server.Summary().Committed)
				for name, v := range wanted {
					require.True(t, v.Equal(result.Account.Attributes[name]), name)
				}
			}
			cleared := map[string]connector.Value{}
			for name := range everything("", "") {
				cleared[name] = connector.Null()
			}
			result, err := target.Update(t.Context(), connector.UpdateRequest{Ref: account.Ref, Attributes: cleared})
			require.NoError(t, err)
			require.Equal(t, texts("userName", "amy"), result.Account.Attributes)

			renamed, err := target.Update(t.Context(), connector.UpdateRequest{Ref: account.Ref, Attributes: texts("userName", "amy.b")})
			require.NoError(t, err)
			require.Equal(t, "amy.b", renamed.Account.Name)
			_, err = target.Update(t.Context(), connector.UpdateRequest{Ref: account.Ref, Attributes: texts("userName", "BOSS")})
			require.ErrorIs(t, err, connector.ErrAlreadyExists)
		})
	}
}

func TestCreateSetsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	server, target := start(t, scimtest.Config{})
	boss := create(t, target, "boss")
	wanted := everything(boss.ID, "new")
	wanted["externalId"] = connector.String("e1")
	wanted["nickName"] = connector.Null()
	server.ResetLog()
	result, err := target.Create(t.Context(), connector.CreateRequest{ExternalID: "e1", Name: "amy", Attributes: wanted})
	require.NoError(t, err)
	require.False(t, result.Account.Active, "made inactive")
	require.Equal(t, 1, server.Writes())
	delete(wanted, "nickName")
	wanted["userName"] = connector.String("amy")
	wanted["emails[primary eq true].value"] = wanted["email"]
	require.Equal(t, wanted, result.Account.Attributes)
}

func TestUpdateLeavesOtherValuesAlone(t *testing.T) {
	t.Parallel()
	for name, config := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, target := start(t, config)
			user, err := server.AddUser(scimtest.User{UserName: "amy", Active: true, Resource: []byte(`{
				"profileUrl": "https://example.com/amy", "name": {"honorificPrefix": "Dr", "givenName": "Amy"},
				"emails": [{"type":"home","value":"h@example.com","primary":true},{"type":"work","value":"old@example.com"}],
				"phoneNumbers": [{"type":"mobile","value":"1"}]}`)})
			require.NoError(t, err)
			_, err = target.Update(t.Context(), connector.UpdateRequest{
				Ref: connector.Ref{ID: user.ID}, Attributes: texts("email", "new@example.com", "phone", "2", "name.givenName", "Ann"),
			})
			require.NoError(t, err)
			stored := string(server.Users()[0].Resource)
			for _, part := range []string{
				`"profileUrl":"https://example.com/amy"`, `"honorificPrefix":"Dr"`, `"givenName":"Ann"`,
				`{"primary":true,"type":"home","value":"h@example.com"}`, `{"type":"work","value":"new@example.com"}`,
				`{"type":"mobile","value":"1"}`, `{"type":"work","value":"2"}`,
			} {
				require.Contains(t, stored, part)
			}
		})
	}
}

func TestBadRequestsAreInvalidBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	server, target := start(t, scimtest.Config{})
	for name, attributes := range map[string]map[string]connector.Value{
		"unknown":                    texts("shoeSize", "9"),
		"other case":                 texts("Title", "x"),
		"no attribute in the URN":    texts("urn:", "x"),
		"bare URN":                   texts("urn:x", "x"),
		"filter in the URN":          texts(`urn:x:y[a eq 1]`, "x"),
		"two values for one":         {"title": connector.Strings("a", "b")},
		"no userName":                {"userName": connector.Null()},
		"empty userName":             texts("userName", ""),
		"core attribute by URN":      texts("urn:ietf:params:scim:schemas:core:2.0:User:title", "x"),
		"extension attribute by URN": texts("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "x"),
	} {
		_, err := target.Update(t.Context(), connector.UpdateRequest{Ref: connector.Ref{ID: "u1"}, Attributes: attributes})
		require.ErrorIs(t, err, connector.ErrInvalid, name)
		_, err = target.Create(t.Context(), connector.CreateRequest{Name: "n", Attributes: map[string]connector.Value{"shoeSize": connector.Null()}})
		require.ErrorIs(t, err, connector.ErrInvalid)
	}
	_, err := target.Find(t.Context(), connector.FindRequest{Entitlements: true})
	require.ErrorIs(t, err, connector.ErrInvalid)
	_, err = target.Create(t.Context(), connector.CreateRequest{ExternalID: "e"})
	require.ErrorIs(t, err, connector.ErrInvalid)
	_, err = target.Create(t.Context(), connector.CreateRequest{Name: "a", Attributes: texts("userName", "b")})
	require.ErrorIs(t, err, connector.ErrInvalid)
	require.Zero(t, server.Summary())
}

func TestVersionsMakeChangesConditional(t *testing.T) {
	t.Parallel()
	_, target := start(t, scimtest.Config{ETag: true})
	account := create(t, target, "amy")
	require.NotEmpty(t, account.ETag)
	changed, err := target.Update(t.Context(), connector.UpdateRequest{Ref: account.Ref, ETag: account.ETag, Attributes: texts("title", "a")})
	require.NoError(t, err)
	require.NotEqual(t, account.ETag, changed.Account.ETag)
	stale := connector.AccountRequest{Ref: account.Ref, ETag: account.ETag}
	for _, do := range []func() (connector.Result, error){
		func() (connector.Result, error) { return target.Disable(t.Context(), stale) },
		func() (connector.Result, error) { return target.Delete(t.Context(), stale) },
		func() (connector.Result, error) {
			return target.Update(t.Context(), connector.UpdateRequest{Ref: stale.Ref, ETag: stale.ETag, Attributes: texts("title", "b")})
		},
	} {
		_, err := do()
		require.ErrorIs(t, err, connector.ErrConflict)
		require.Equal(t, connector.VerdictRetry, verdict(t, err))
	}
}

func TestFindEscapesAndCompares(t *testing.T) {
	t.Parallel()
	server, target := start(t, scimtest.Config{})
	for _, name := range []string{`a"b\c`, `x" or userName pr or "`, "plus+and & space%20", "ümläut/<tag>", "tab\there"} {
		account := create(t, target, name)
		for what, req := range map[string]connector.FindRequest{
			"name": {Name: name}, "external id": {ExternalID: "ext-" + name}, "id": {ID: account.ID},
			"all": {ID: account.ID, ExternalID: "ext-" + name, Name: name},
		} {
			found, err := target.Find(t.Context(), req)
			require.NoError(t, err)
			require.Equal(t, []connector.Account{account}, found, "%s of %q", what, name)
		}
	}
	amy := create(t, target, "amy")
	for what, req := range map[string]connector.FindRequest{
		"id of nobody": {ID: "nobody"}, "strange id": {ID: "../Groups?x=%2e"}, "another name": {ID: amy.ID, Name: "bob"},
		"another external id": {ID: amy.ID, ExternalID: "x"}, "external id in other case": {ExternalID: "EXT-amy"},
	} {
		found, err := target.Find(t.Context(), req)
		require.NoError(t, err, what)
		require.Empty(t, found, what)
	}
	found, err := target.Find(t.Context(), connector.FindRequest{Name: "AMY"})
	require.NoError(t, err)
	require.Len(t, found, 1, "names are compared as the system does")
	require.Equal(t, 6, server.Writes(), "creations only")
}

// TestWhatAProfileExcludesIsNotSent has a server that would refuse it.
func TestWhatAProfileExcludesIsNotSent(t *testing.T) {
	t.Parallel()
	p := profile.Profile{Name: "p", Product: "p", Checked: "2026-11-23", Attributes: profile.Attributes{
		Single: true, Unknown: []string{"entitlements", "title"},
	}}
	server, err := scimtest.New(scimtest.Config{Profile: p, Extensions: []scimtest.Extension{acme}})
	require.NoError(t, err)
	target := beside(t, server, p)
	amy := create(t, target, "amy")
	server.ResetLog()
	for name, values := range map[string]map[string]connector.Value{
		"two values of one": {tools: connector.Strings("saw", "plane")}, "a title": texts("title", "Joiner"),
	} {
		_, err := target.Update(t.Context(), connector.UpdateRequest{Ref: amy.Ref, Attributes: values})
		require.ErrorIs(t, err, connector.ErrInvalid, name)
	}
	_, err = target.Grant(t.Context(), connector.GrantRequest{Ref: amy.Ref, Entitlement: connector.Entitlement{Kind: "entitlement", Name: "x"}})
	require.ErrorIs(t, err, connector.ErrUnknownEntitlement)
	require.Zero(t, server.Writes())
	for _, do := range []func(context.Context, connector.GrantRequest) (connector.Result, error){target.Grant, target.Revoke} {
		result, err := do(t.Context(), connector.GrantRequest{Ref: amy.Ref, Entitlement: connector.Entitlement{Kind: "role", Name: "x"}})
		require.NoError(t, err)
		require.Equal(t, connector.Applied, result.Outcome)
	}
	_, err = target.Update(t.Context(), connector.UpdateRequest{Ref: amy.Ref, Attributes: map[string]connector.Value{tools: connector.Strings("saw")}})
	require.NoError(t, err)
}

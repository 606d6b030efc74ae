package scim_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/profile"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

func TestNewJudgesTheConfiguration(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config scim.Config
		ok     bool
	}{
		"https":                {scim.Config{BaseURL: "https://example.com/scim/v2/"}, true},
		"loopback name":        {scim.Config{BaseURL: "http://localhost:8080"}, true},
		"loopback address":     {scim.Config{BaseURL: "http://127.3.2.1:8080"}, true},
		"loopback of IPv6":     {scim.Config{BaseURL: "http://[::1]:8080"}, true},
		"http allowed":         {scim.Config{BaseURL: "http://example.com", AllowHTTP: true}, true},
		"http":                 {scim.Config{BaseURL: "http://example.com"}, false},
		"pretended loopback":   {scim.Config{BaseURL: "http://localhost.example.com"}, false},
		"nothing":              {scim.Config{}, false},
		"relative":             {scim.Config{BaseURL: "/scim/v2"}, false},
		"another scheme":       {scim.Config{BaseURL: "ftp://example.com"}, false},
		"no URL":               {scim.Config{BaseURL: "https://exa mple"}, false},
		"credentials":          {scim.Config{BaseURL: "https://u:p@example.com"}, false},
		"query":                {scim.Config{BaseURL: "https://example.com?x=1"}, false},
		"fragment":             {scim.Config{BaseURL: "https://example.com#x"}, false},
		"negative page size":   {scim.Config{BaseURL: "https://example.com", PageSize: -1}, false},
		"negative concurrency": {scim.Config{BaseURL: "https://example.com", Concurrency: -1}, false},
		"two-line user agent":  {scim.Config{BaseURL: "https://example.com", UserAgent: "a\r\nb: c"}, false},
	} {
		_, err := scim.New(c.config)
		require.Equal(t, c.ok, err == nil, "%s: %v", name, err)
		if err != nil {
			require.NotContains(t, err.Error(), "u:p", name)
		}
	}
}

func TestTokenIsAskedForEachRequestAndNeverShown(t *testing.T) {
	t.Parallel()
	server, err := scimtest.New(scimtest.Config{Token: "first-secret"})
	require.NoError(t, err)
	url, err := server.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	token := "first-secret"
	target := connect(t, scim.Config{
		BaseURL: url + scimtest.BasePath,
		Token:   func(context.Context) (string, error) { return token, nil },
	})
	require.NoError(t, target.Check(t.Context()))
	for _, verb := range []string{"%s", "%v", "%+v", "%#v"} {
		require.NotContains(t, fmt.Sprintf(verb, target), "secret")
	}

	server.SetToken("second-secret")
	_, err = target.Find(t.Context(), connector.FindRequest{Name: "x"})
	require.ErrorIs(t, err, connector.ErrDenied)
	require.NotContains(t, err.Error(), "first-secret")

	token = "second-secret"
	require.NoError(t, target.Check(t.Context()), "the rotated token needs no new target")
}

func TestWithoutATokenNothingIsSent(t *testing.T) {
	t.Parallel()
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	t.Cleanup(server.Close)
	for name, token := range map[string]func(context.Context) (string, error){
		"failing":  func(context.Context) (string, error) { return "", errors.New("the vault is sealed") },
		"empty":    func(context.Context) (string, error) { return "", nil },
		"two-line": func(context.Context) (string, error) { return "hush\nX-Evil: 1", nil },
	} {
		target := connect(t, scim.Config{BaseURL: server.URL, Token: token})
		_, err := target.Create(t.Context(), connector.CreateRequest{Name: "a"})
		require.Equal(t, connector.VerdictRetry, verdict(t, err), name)
		require.NotContains(t, err.Error(), "hush")
	}
	require.Zero(t, asked)
}

func TestATokenThatIsToBeHadLaterIsAskedForThen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want connector.Judgement
	}{
		"later":     {connector.RetryAfter(time.Minute, errors.New("too many")), connector.Judgement{Verdict: connector.VerdictRetry, After: time.Minute}},
		"never":     {connector.Permanent(errors.New("no such client")), connector.Judgement{Verdict: connector.VerdictRetry}},
		"who knows": {errors.New("the vault is shut"), connector.Judgement{Verdict: connector.VerdictRetry}},
	} {
		target := connect(t, scim.Config{
			BaseURL: "https://example.com", Token: func(context.Context) (string, error) { return "", c.err },
		})
		_, err := target.Find(t.Context(), connector.FindRequest{ID: "1"})
		require.ErrorIs(t, err, c.err)
		require.Equal(t, c.want, connector.VerdictOf(err), name)
	}
}

func TestDescribeAndCheck(t *testing.T) {
	t.Parallel()
	_, target := start(t, scimtest.Config{})
	require.NoError(t, target.Check(t.Context()))
	d, err := target.Describe(t.Context())
	require.NoError(t, err)
	require.Equal(t, connector.Description{Scope: connector.ScopeEntitlement, Product: "SCIM 2.0"}, d)

	_, target = start(t, scimtest.Config{NoPatch: true})
	d, err = target.Describe(t.Context())
	require.NoError(t, err)
	require.Equal(t, []connector.Kind{connector.Grant, connector.Revoke}, d.Without, "without PATCH")

	target = odd(t, map[string]http.HandlerFunc{"/Users": say(200, `{"totalResults":0}`)})
	require.NoError(t, target.Check(t.Context()), "a server without a ServiceProviderConfig")
	d, err = target.Describe(t.Context())
	require.NoError(t, err)
	require.Equal(t, []connector.Kind{connector.Grant, connector.Revoke}, d.Without, "without groups")

	target = odd(t, map[string]http.HandlerFunc{"/": say(200, `<html>sign in</html>`)})
	require.Error(t, target.Check(t.Context()), "a portal in between")
}

// TestDescribeTellsWhatAProfileMakesImpossible has a server that could do it all.
func TestDescribeTellsWhatAProfileMakesImpossible(t *testing.T) {
	t.Parallel()
	suspend, entitle := []connector.Kind{connector.Disable, connector.Enable}, []connector.Kind{connector.Grant, connector.Revoke}
	for name, c := range map[string]struct {
		is   profile.Profile
		want []connector.Kind
	}{
		"nothing":         {profile.Profile{}, nil},
		"deletes":         {profile.Profile{Disable: profile.Disable{Deletes: true}}, suspend},
		"hides":           {profile.Profile{Disable: profile.Disable{Hides: true}}, suspend},
		"keeps":           {profile.Profile{Delete: profile.Delete{Disables: true}}, []connector.Kind{connector.Delete}},
		"no groups":       {profile.Profile{Groups: profile.Groups{Absent: true}}, entitle},
		"no groups, jobs": {profile.Profile{Groups: profile.Groups{Absent: true}, Attributes: profile.Attributes{Entitlements: map[string]string{"job": "roles"}}}, nil},
		"unseen members":  {profile.Profile{Groups: profile.Groups{Members: profile.Invisible}}, entitle},
		"only active":     {profile.Profile{Update: profile.Update{Method: profile.PatchAlone, PatchOnly: []string{"id", "active"}}}, []connector.Kind{connector.Update, connector.Rename}},
		"a title, too":    {profile.Profile{Update: profile.Update{Method: profile.PatchAlone, PatchOnly: []string{"active", "title"}}}, []connector.Kind{connector.Rename}},
		"others by PUT":   {profile.Profile{Update: profile.Update{PatchOnly: []string{"active"}}}, nil},
	} {
		p := c.is
		p.Name, p.Product, p.Checked = "p", "p", "2026-11-23"
		_, target := nearby(t, p)
		d, err := target.Describe(t.Context())
		require.NoError(t, err, name)
		require.Equal(t, c.want, d.Without, name)
		require.False(t, d.NoSearch)
	}
}

func TestNumbersAsBooleansAreUnderstood(t *testing.T) {
	t.Parallel()
	target := odd(t, map[string]http.HandlerFunc{
		"/ServiceProviderConfig": say(200, `{"patch":{"supported":0},"etag":{"supported":1}}`),
		"GET /Users/1":           say(200, `{"id":"1","userName":"a","active":"True","meta":{"version":"W/\"9\""}}`),
		"/Groups":                say(200, `{"totalResults":0}`),
	})
	d, err := target.Describe(t.Context())
	require.NoError(t, err)
	require.Equal(t, []connector.Kind{connector.Grant, connector.Revoke}, d.Without)
	found, err := target.Find(t.Context(), connector.FindRequest{ID: "1"})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, `W/"9"`, found[0].ETag)
	require.True(t, found[0].Active)
}

package oauth_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/oauth"
)

func TestSecretMethods(t *testing.T) {
	t.Parallel()
	for _, method := range []oauth.Method{"", oauth.ClientSecretBasic, oauth.ClientSecretPost} {
		t.Run(string(method), func(t *testing.T) {
			t.Parallel()
			a, config := newAuthority()
			if config.Method = method; method != "" {
				a.method = method
			}
			want(t, newSource(t, config), "token-1")
		})
	}
}

func TestRequestSaysWhatIsWanted(t *testing.T) {
	t.Parallel()
	a, config := newAuthority()
	var header http.Header
	var query url.Values
	a.answer = func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		header, query = r.Header, r.URL.Query()
		return false
	}
	want(t, newSource(t, config), "token-1")
	require.Equal(t, url.Values{"grant_type": {"client_credentials"}}, a.requests[0])
	require.Contains(t, header.Get("User-Agent"), "joinery")
	require.Equal(t, "application/json", header.Get("Accept"))

	config.TokenURL += "?tenant=7"
	config.Scopes = []string{"scim", "urn:x:y"}
	config.Resource = []string{"https://a.example.com/scim", "urn:b"}
	config.Audience = []string{"one", "two"}
	config.UserAgent = "tester"
	source := newSource(t, config)
	config.Scopes[0] = "changed later"
	want(t, source, "token-2")
	require.Equal(t, url.Values{
		"grant_type": {"client_credentials"},
		"scope":      {"scim urn:x:y"},
		"resource":   {"https://a.example.com/scim", "urn:b"},
		"audience":   {"one", "two"},
	}, a.requests[1])
	require.Equal(t, url.Values{"tenant": {"7"}}, query)
	require.Equal(t, "tester", header.Get("User-Agent"))
}

func TestSecretsCanBeReplaced(t *testing.T) {
	t.Parallel()
	a, config := newAuthority()
	current := secret
	config.Secret = func(context.Context) (string, error) { return current, nil }
	source := newSource(t, config)
	want(t, source, "token-1")
	a.secret, current = "second", "second"
	source.Rejected("token-1")
	want(t, source, "token-2")
}

func TestSecretFunctionThatFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"an error": {io.ErrClosedPipe, "secret: io: read/write on closed pipe"},
		"empty":    {nil, "secret: empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, config := newAuthority()
			config.Secret = func(context.Context) (string, error) { return "", c.err }
			_, err := newSource(t, config).Token(t.Context())
			require.ErrorContains(t, err, c.want)
			if c.err != nil {
				require.ErrorIs(t, err, c.err)
			}
			require.Equal(t, connector.VerdictRetry, connector.VerdictOf(err).Verdict)
			require.Zero(t, a.count())
		})
	}
}

func TestCertificatesAreVerified(t *testing.T) {
	t.Parallel()
	a, config := newAuthority()
	server := httptest.NewUnstartedServer(a)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of our refusal
	server.StartTLS()
	defer server.Close()
	config.TokenURL, config.Client = server.URL, nil
	_, err := newSource(t, config).Token(t.Context())
	require.ErrorAs(t, err, new(x509.UnknownAuthorityError))
	require.Zero(t, a.count())

	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	config.Client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	want(t, newSource(t, config), "token-1")
}

// TestRedirectsAreNotFollowed has one that would repeat the body, secret and all,
// and a client that would follow it.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var elsewhere int
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer thief.Close()
	server := httptest.NewServer(http.RedirectHandler(thief.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	_, config := newAuthority()
	config.Method, config.TokenURL = oauth.ClientSecretPost, server.URL
	config.Client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return nil }}
	_, err := newSource(t, config).Token(t.Context())
	require.ErrorContains(t, err, "status 307: redirects are not followed")
	require.Zero(t, elsewhere)
	require.NoError(t, config.Client.CheckRedirect(nil, nil), "the caller's client was changed")
}

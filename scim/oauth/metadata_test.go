package oauth_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/oauth"
)

// directory serves metadata, and passes other requests on if they are for the
// token endpoint.
type directory struct {
	body     string // of the metadata; empty for status 404
	place    string // where it is
	endpoint string
	tokens   http.Handler
	lookups  int
}

func (d *directory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.String() {
	case d.place:
		d.lookups++
		if r.Method != http.MethodGet || r.Header.Get("Authorization") != "" || d.body == "" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, d.body)
	case d.endpoint:
		d.tokens.ServeHTTP(w, r)
	default:
		http.NotFound(w, r)
	}
}

func describe(issuer, endpoint string) string {
	return fmt.Sprintf(`{"issuer":%q,"token_endpoint":%q,"jwks_uri":"https://login.example.com/keys"}`, issuer, endpoint)
}

func newDirectory() (*directory, *authority, oauth.Config) {
	const issuer = "https://login.example.com"
	a, config := newAuthority()
	d := &directory{body: describe(issuer, tokenURL), place: issuer + "/.well-known/oauth-authorization-server", endpoint: tokenURL, tokens: a}
	config.Issuer, config.TokenURL, config.Client = issuer, "", &http.Client{Transport: inProcess{d}}
	return d, a, config
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	const known = "/.well-known/oauth-authorization-server"
	for _, c := range []struct {
		name, issuer, place string
		says, endpoint      string // the issuer in the metadata, if another; the endpoint, if another
		allowHTTP           bool
		want                string // the error; empty for none
	}{
		{name: "a host", issuer: "https://login.example.com", place: "https://login.example.com" + known},
		{name: "a slash", issuer: "https://login.example.com/", place: "https://login.example.com" + known},
		{name: "a path", issuer: "https://login.example.com/t/1", place: "https://login.example.com" + known + "/t/1"},
		{name: "a path and a slash", issuer: "https://login.example.com/t%2F1/", place: "https://login.example.com" + known + "/t%2F1"},
		{name: "loopback", issuer: "http://127.0.0.1:8080", place: "http://127.0.0.1:8080" + known, endpoint: "http://127.0.0.1:8080/token"},
		{name: "HTTP allowed", issuer: "http://login.example.com", place: "http://login.example.com" + known, endpoint: "http://login.example.com/token", allowHTTP: true},
		{name: "another issuer", issuer: "https://login.example.com", says: "https://evil.example.com", place: "https://login.example.com" + known, want: `issuer: "https://evil.example.com" is not the one asked for`},
		{name: "nearly the issuer", issuer: "https://login.example.com", says: "https://login.example.com/", place: "https://login.example.com" + known, want: `issuer: "https://login.example.com/" is not the one asked for`},
		{name: "an endpoint without TLS", issuer: "https://login.example.com", place: "https://login.example.com" + known, endpoint: "http://login.example.com/token", want: "token_endpoint: http is for loopback addresses"},
		{name: "an endpoint on this machine", issuer: "https://login.example.com", place: "https://login.example.com" + known, endpoint: "http://127.0.0.1:8080/token", want: "token_endpoint: http, but the issuer is https"},
		{name: "an endpoint with a password", issuer: "https://login.example.com", place: "https://login.example.com" + known, endpoint: "https://a:b@login.example.com/token", want: "token_endpoint: must not contain credentials"},
		{name: "an endpoint elsewhere", issuer: "https://login.example.com", place: "https://login.example.com" + known, endpoint: "https://tokens.example.net/"},
		{name: "no metadata", issuer: "https://login.example.com", place: "https://other.example.com/", want: "status 404"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, a, config := newDirectory()
			says := c.says
			if says == "" {
				says = c.issuer
			}
			if c.endpoint != "" {
				d.endpoint = c.endpoint
			}
			d.place, d.body = c.place, describe(says, d.endpoint)
			a.audience = d.endpoint
			config = withKey(t, a, config, newEd25519(t), "k1", "")
			config.Issuer, config.AllowHTTP = c.issuer, c.allowHTTP
			source := newSource(t, config)
			if c.want == "" {
				want(t, source, "token-1")
				source.Rejected("token-1")
				want(t, source, "token-2")
				require.Equal(t, 1, d.lookups)
				return
			}
			_, err := source.Token(t.Context())
			require.ErrorContains(t, err, "metadata: "+c.want)
			require.Zero(t, a.count())
		})
	}
}

func TestMetadataThatIsNone(t *testing.T) {
	t.Parallel()
	for body, problem := range map[string]string{
		"<html>":                                 "metadata: the answer is no JSON object",
		`{"issuer":"https://login.example.com"}`: "metadata: token_endpoint: want an absolute URL",
		"{}":                                     `metadata: issuer: "" is not the one asked for`,
	} {
		d, a, config := newDirectory()
		d.body = body
		_, err := newSource(t, config).Token(t.Context())
		require.ErrorContains(t, err, problem)
		require.Zero(t, a.count())
	}
}

func TestEndpointThatMovesIsFoundAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, _, config := newDirectory()
		source := newSource(t, config)
		want(t, source, "token-1")
		d.endpoint = "https://login.example.com/v2/token"
		d.body = describe("https://login.example.com", d.endpoint)
		source.Rejected("token-1")
		_, err := source.Token(t.Context())
		require.ErrorContains(t, err, "status 404")
		time.Sleep(5 * time.Second) //nolint:forbidigo // the bubble's time
		want(t, source, "token-2")
		require.Equal(t, 2, d.lookups)
	})
}

func TestEndpointIsKeptWhileMetadataIsAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, a, config := newDirectory()
		source := newSource(t, config)
		want(t, source, "token-1")
		d.body = ""
		a.answer = func(w http.ResponseWriter, _ *http.Request, n int) bool {
			if n == 2 {
				w.WriteHeader(http.StatusNotFound)
			}
			return n == 2
		}
		source.Rejected("token-1")
		_, err := source.Token(t.Context())
		require.ErrorContains(t, err, "token request: status 404")
		time.Sleep(5 * time.Second) //nolint:forbidigo // the bubble's time
		want(t, source, "token-3")
		require.Equal(t, 2, d.lookups)
	})
}

func TestOverloadDoesNotCauseLookups(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, a, config := newDirectory()
		a.answer = func(w http.ResponseWriter, _ *http.Request, n int) bool {
			if n < 4 {
				w.WriteHeader([]int{429, 503, 500}[n-1])
			}
			return n < 4
		}
		source := newSource(t, config)
		for range 3 {
			_, err := source.Token(t.Context())
			require.Error(t, err)
			time.Sleep(time.Minute) //nolint:forbidigo // the bubble's time
		}
		want(t, source, "token-4")
		require.Equal(t, 1, d.lookups)
	})
}

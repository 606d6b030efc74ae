package oauth_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/oauth"
)

// TestAnswers holds what becomes of an answer, with the token at hand and
// without.
func TestAnswers(t *testing.T) {
	t.Parallel()
	const name = "oauth client joinery:1 at login.example.com: token request: "
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"an error", 400, `{"error":"invalid_scope","error_description":"not yours"}`, "status 400 invalid_scope: not yours"},
		{"an error without a description", 401, `{"error":"invalid_client"}`, "status 401 invalid_client"},
		{"a long description in several lines", 400, `{"error":"invalid_grant","error_description":"a\n\tb\u0000\u001b[31m` + strings.Repeat("x", 300) + `"}`, "status 400 invalid_grant: a b[31m" + strings.Repeat("x", 193) + "…"},
		{"a long code", 400, `{"error":"` + strings.Repeat("x", 100) + `"}`, "status 400 " + strings.Repeat("x", 60) + "…"},
		{"no JSON", 403, `<html>`, "status 403"},
		{"an error of another form", 400, `{"error":{"code":7}}`, "status 400"},
		{"a redirect", 307, ``, "status 307: redirects are not followed"},
		{"an error with status 200", 200, `{"error":"invalid_client"}`, "the answer is the error invalid_client, but its status is 200"},
		{"HTML with status 200", 200, `<html>`, "the answer is no JSON object"},
		{"no token", 200, `{"token_type":"Bearer"}`, "access_token: missing, or not made of printable characters"},
		{"a token that breaks the header", 200, `{"access_token":"a\r\nb","token_type":"Bearer"}`, "access_token: missing, or not made of printable characters"},
		{"no type", 200, `{"access_token":"t0k3n"}`, `token_type: "": want Bearer`},
		{"another type", 200, `{"access_token":"t0k3n","token_type":"DPoP"}`, `token_type: "DPoP": want Bearer`},
		{"a negative lifetime", 200, `{"access_token":"t0k3n","token_type":"Bearer","expires_in":-1}`, "expires_in: not a number of seconds"},
		{"a lifetime in words", 200, `{"access_token":"t0k3n","token_type":"Bearer","expires_in":"NaN"}`, "expires_in: not a number of seconds"},
		{"a lifetime of another form", 200, `{"access_token":"t0k3n","token_type":"Bearer","expires_in":[60]}`, "expires_in: not a number of seconds"},
		{"a long answer", 200, `{"access_token":"t0k3n","token_type":"Bearer","x":"` + strings.Repeat("x", 64<<10) + `"}`, "the answer is longer than 65536 bytes"},
		{"nothing", 204, ``, "status 204"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, config := newAuthority()
			a.answer = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
				w.Header().Set("Location", "https://elsewhere.example.com/")
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
				return true
			}
			token, err := newSource(t, config).Token(t.Context())
			require.EqualError(t, err, name+c.want)
			require.Empty(t, token)
			require.Equal(t, connector.Judgement{Verdict: connector.VerdictRetry}, connector.VerdictOf(err))
			answer, ok := errors.AsType[*oauth.ResponseError](err)
			require.Equal(t, c.status != 200, ok)
			if ok {
				require.Equal(t, c.status, answer.Status)
			}
			require.Equal(t, 1, a.count())
		})
	}
}

// TestBrokenAnswer is one whose body ends before it should.
func TestBrokenAnswer(t *testing.T) {
	t.Parallel()
	_, config := newAuthority()
	config.Client = &http.Client{Transport: transport(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(io.MultiReader(strings.NewReader(`{"access_`), broken{}))}, nil
	})}
	_, err := newSource(t, config).Token(t.Context())
	require.ErrorContains(t, err, "the answer broke off: unexpected EOF")
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

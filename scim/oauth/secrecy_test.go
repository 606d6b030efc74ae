package oauth_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/oauth"
)

// shown is all that printing and logging v can bring to light.
func shown(t *testing.T, v any) string {
	t.Helper()
	var out bytes.Buffer
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p"} {
		fmt.Fprintf(&out, format+"\n", v)
	}
	encoded, err := json.Marshal(v)
	require.NoError(t, err)
	out.Write(encoded)
	slog.New(slog.NewTextHandler(&out, nil)).Info("", "v", v)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("", "v", v)
	return out.String()
}

// numbers is how fmt shows bytes.
func numbers(s string) string { return fmt.Sprintf("%v", []byte(s)) }

// hides requires that text has none of the secrets, in whatever form a verb gives
// them.
func hides(t *testing.T, text string, secrets ...string) {
	t.Helper()
	for _, s := range secrets {
		quoted, err := json.Marshal(s)
		require.NoError(t, err)
		for _, form := range []string{s, fmt.Sprintf("%x", s), fmt.Sprintf("%X", s), numbers(s), strings.Trim(string(quoted), `"`), url.QueryEscape(s)} {
			require.NotContains(t, text, form)
		}
	}
}

func TestSourceDoesNotShowItsToken(t *testing.T) {
	t.Parallel()
	_, config := newAuthority()
	source := newSource(t, config)
	want(t, source, "token-1")
	text := shown(t, source)
	hides(t, text, "token-1", secret)
	require.Contains(t, text, "oauth client joinery:1 at login.example.com")
	require.Equal(t, source.String(), source.GoString())
	hides(t, shown(t, struct{ S *oauth.Source }{source}), "token-1", secret)
	hides(t, shown(t, struct{ s *oauth.Source }{source}), "token-1", secret)
}

func TestKeyDoesNotShowItself(t *testing.T) {
	t.Parallel()
	private := newEd25519(t)
	key, err := oauth.NewKey(private, "k1", "")
	require.NoError(t, err)
	seed := string(private.Seed())
	for _, v := range []any{key, struct{ K *oauth.Key }{key}, struct{ k *oauth.Key }{key}} {
		hides(t, shown(t, v), seed, strings.Trim(numbers(seed), "[]"))
	}
	require.Equal(t, "key k1 [redacted]", key.GoString())
	require.Equal(t, "no key", (*oauth.Key)(nil).String())
}

// TestServerThatRepeatsWhatItGotIsNotQuoted has all places from which text of the
// server's gets into errors.
func TestServerThatRepeatsWhatItGotIsNotQuoted(t *testing.T) {
	t.Parallel()
	describes := func(w http.ResponseWriter, status int, seen string) { refuse(w, status, seen, seen) }
	for name, answer := range map[string]func(w http.ResponseWriter, seen string) error{
		"refusal":     func(w http.ResponseWriter, seen string) error { describes(w, 401, seen); return nil },
		"error":       func(w http.ResponseWriter, seen string) error { describes(w, 500, seen); return nil },
		"status 200":  func(w http.ResponseWriter, seen string) error { describes(w, 200, seen); return nil },
		"token type":  func(w http.ResponseWriter, seen string) error { return encode(w, "acc-tok", seen+"acc-tok", 1) },
		"lifetime":    func(w http.ResponseWriter, seen string) error { return encode(w, "acc-tok", "Bearer", seen) },
		"wrong token": func(w http.ResponseWriter, seen string) error { return encode(w, "acc-tok\n"+seen, "Bearer", 1) },
		"no JSON":     func(w http.ResponseWriter, seen string) error { _, err := io.WriteString(w, seen); return err },
		"no HTTP":     func(_ http.ResponseWriter, seen string) error { return fmt.Errorf("malformed HTTP response %s", seen) },
	} {
		for _, method := range []oauth.Method{oauth.ClientSecretBasic, oauth.ClientSecretPost, oauth.PrivateKeyJWT} {
			t.Run(name+" "+string(method), func(t *testing.T) {
				t.Parallel()
				for _, piece := range []string{"secret", "escaped", "basic", "assertion", "signature"} {
					a, config := newAuthority()
					if method == oauth.PrivateKeyJWT {
						config = withKey(t, a, config, newEd25519(t), "k1", "")
					}
					config.Method = method
					got := map[string]string{"secret": secret, "escaped": url.QueryEscape(secret)}
					config.Client = &http.Client{Transport: transport(func(req *http.Request) (*http.Response, error) {
						body, _ := io.ReadAll(req.Body)
						form, _ := url.ParseQuery(string(body))
						got["basic"] = strings.TrimPrefix(req.Header.Get("Authorization"), "Basic ")
						got["assertion"] = form.Get("client_assertion")
						got["signature"] = last(form)
						var err error
						response, _ := inProcess{http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { err = answer(w, got[piece]) })}.RoundTrip(req)
						if err != nil {
							return nil, err
						}
						return response, nil
					})}
					_, err := newSource(t, config).Token(t.Context())
					require.Error(t, err)
					text := shown(t, err) + err.Error()
					if response, ok := errors.AsType[*oauth.ResponseError](err); ok {
						text += shown(t, response)
					}
					secrets := []string{"acc-tok"}
					if method == oauth.PrivateKeyJWT {
						secrets = append(secrets, got["assertion"], got["signature"])
					} else {
						secrets = append(secrets, got["secret"], got["escaped"])
						if got["basic"] != "" {
							decoded, err := base64.StdEncoding.DecodeString(got["basic"])
							require.NoError(t, err)
							secrets = append(secrets, got["basic"], string(decoded))
						}
					}
					hides(t, text, secrets...)
				}
			})
		}
	}
}

// TestCleaningHidesNoSecretFromRedaction has secrets that cleaning changes, and
// one that it puts together.
func TestCleaningHidesNoSecretFromRedaction(t *testing.T) {
	t.Parallel()
	for known, repeated := range map[string]string{
		"two  spaces":  "two  spaces",
		"a\ttab":       "a\ttab",
		"in-one-piece": "in-\x00one-\u200bpiece",
	} {
		a, config := newAuthority()
		config.Secret = func(context.Context) (string, error) { return known, nil }
		a.answer = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
			refuse(w, 401, "invalid_client", "not "+repeated)
			return true
		}
		_, err := newSource(t, config).Token(t.Context())
		response, ok := errors.AsType[*oauth.ResponseError](err)
		require.True(t, ok)
		require.Equal(t, "not [redacted]", response.Description)
	}
}

func encode(w io.Writer, token, kind string, lifetime any) error {
	return json.NewEncoder(w).Encode(map[string]any{"access_token": token, "token_type": kind, "expires_in": lifetime})
}

// TestLoggerHearsOfFailedRenewals which nobody else does.
func TestLoggerHearsOfFailedRenewals(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, config := newAuthority()
		var log bytes.Buffer
		config.Logger = slog.New(slog.NewJSONHandler(&log, nil))
		source := newSource(t, config)
		want(t, source, "token-1")
		require.Empty(t, log.String())
		a.answer = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
			refuse(w, 500, "server_error", "sorry, "+secret+" token-1")
			return true
		}
		time.Sleep(59 * time.Minute) //nolint:forbidigo // the bubble's time
		want(t, source, "token-1")
		synctest.Wait()
		var line map[string]any
		require.NoError(t, json.Unmarshal(log.Bytes(), &line))
		require.Equal(t, "token not renewed", line["msg"])
		require.Equal(t, "WARN", line["level"])
		require.Equal(t, source.String(), line["system"])
		require.Contains(t, line["error"], "status 500 server_error: sorry, [redacted]")
		hides(t, log.String(), secret)
	})
}

// TestContextValuesReachTheRequest, while its end does not.
func TestContextValuesReachTheRequest(t *testing.T) {
	t.Parallel()
	type key struct{}
	_, config := newAuthority()
	inner := config.Secret
	var got any
	config.Secret = func(ctx context.Context) (string, error) { got = ctx.Value(key{}); return inner(ctx) }
	_, err := newSource(t, config).Token(context.WithValue(t.Context(), key{}, "trace"))
	require.NoError(t, err)
	require.Equal(t, "trace", got)
}

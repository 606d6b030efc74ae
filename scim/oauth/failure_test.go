package oauth_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/oauth"
)

func TestTokenIsUsedUntilItExpiresWhileRenewalFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, config := newAuthority()
		a.answer = func(w http.ResponseWriter, _ *http.Request, n int) bool {
			if n == 1 {
				return false
			}
			w.WriteHeader(http.StatusBadGateway)
			return true
		}
		source := newSource(t, config)
		want(t, source, "token-1")
		time.Sleep(59 * time.Minute) //nolint:forbidigo // the bubble's time
		for range 59 {
			want(t, source, "token-1")
			time.Sleep(time.Second) //nolint:forbidigo // the bubble's time
		}
		time.Sleep(time.Second - time.Nanosecond) //nolint:forbidigo // the bubble's time
		want(t, source, "token-1")
		require.Equal(t, 1+4, a.count(), "after 0, 5, 15 and 35 seconds")
		time.Sleep(time.Nanosecond) //nolint:forbidigo // the bubble's time
		_, err := source.Token(t.Context())
		require.ErrorContains(t, err, "status 502")
		require.Equal(t, connector.Judgement{Verdict: connector.VerdictRetry}, connector.VerdictOf(err))
		time.Sleep(time.Minute) //nolint:forbidigo // the bubble's time
		a.answer = nil
		want(t, source, "token-6")
	})
}

func TestRefusedClientUsesItsTokenNoLonger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, config := newAuthority()
		source := newSource(t, config)
		want(t, source, "token-1")
		time.Sleep(59 * time.Minute) //nolint:forbidigo // the bubble's time
		a.secret = "another"
		want(t, source, "token-1")
		synctest.Wait()
		_, err := source.Token(t.Context())
		answer, ok := errors.AsType[*oauth.ResponseError](err)
		require.True(t, ok)
		require.Equal(t, &oauth.ResponseError{Status: 401, Code: "invalid_client", Description: "wrong password in header"}, answer)
		require.Equal(t, 2, a.count())
	})
}

func TestPauseAfterFailures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, config := newAuthority()
		var at []time.Duration
		begin := time.Now()
		a.answer = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
			at = append(at, time.Since(begin))
			refuse(w, 400, "invalid_scope", "")
			return true
		}
		source := newSource(t, config)
		for range 200 {
			_, err := source.Token(t.Context())
			require.ErrorContains(t, err, "invalid_scope")
			time.Sleep(time.Second) //nolint:forbidigo // the bubble's time
		}
		seconds := func(n int) time.Duration { return time.Duration(n) * time.Second }
		require.Equal(t, []time.Duration{0, seconds(5), seconds(15), seconds(35), seconds(75), seconds(135), seconds(195)}, at)

		// A success makes it forget.
		time.Sleep(time.Minute) //nolint:forbidigo // the bubble's time
		fail := a.answer
		a.answer = nil
		token, err := source.Token(t.Context())
		require.NoError(t, err)
		a.answer, at, begin = fail, nil, time.Now()
		source.Rejected(token)
		for range 6 {
			_, err := source.Token(t.Context())
			require.Error(t, err)
			time.Sleep(time.Second) //nolint:forbidigo // the bubble's time
		}
		require.Equal(t, []time.Duration{0, seconds(5)}, at)
	})
}

func TestRetryAfterIsHeeded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int
		header string
		wait   time.Duration
	}{
		{"429", 429, "90", 90 * time.Second},
		{"503", 503, "90", 90 * time.Second},
		{"a date", 429, "Sat, 01 Jan 2000 00:02:00 GMT", 2 * time.Minute},
		{"too long", 429, "1000000", time.Hour},
		{"no other status", 500, "90", 0},
		{"none", 429, "", 0},
		{"nonsense", 429, "soon", 0},
		{"a date gone by", 429, "Fri, 31 Dec 1999 00:00:00 GMT", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { // which begins with the year 2000
				a, config := newAuthority()
				a.answer = func(w http.ResponseWriter, _ *http.Request, n int) bool {
					if n == 1 {
						w.Header().Set("Retry-After", c.header)
						refuse(w, c.status, "", "slowly")
					}
					return n == 1
				}
				source := newSource(t, config)
				_, err := source.Token(t.Context())
				require.Equal(t, connector.Judgement{Verdict: connector.VerdictRetry, After: c.wait}, connector.VerdictOf(err))
				pause := c.wait
				if pause == 0 {
					pause = 5 * time.Second
				}
				time.Sleep(pause - time.Second) //nolint:forbidigo // the bubble's time
				_, err = source.Token(t.Context())
				left := time.Second
				if c.wait == 0 {
					left = 0
				}
				require.Equal(t, connector.Judgement{Verdict: connector.VerdictRetry, After: left}, connector.VerdictOf(err))
				require.Equal(t, 1, a.count())
				time.Sleep(time.Second) //nolint:forbidigo // the bubble's time
				want(t, source, "token-2")
			})
		})
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, config := newAuthority()
		a.answer = func(_ http.ResponseWriter, r *http.Request, _ int) bool { <-r.Context().Done(); return true }
		begin := time.Now()
		_, err := newSource(t, config).Token(t.Context())
		require.EqualError(t, err, "oauth client joinery:1 at login.example.com: no token within 30s")
		require.NotErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 30*time.Second, time.Since(begin))
		require.Equal(t, connector.VerdictRetry, connector.VerdictOf(err).Verdict)
	})
}

func TestTimeoutOfTheClientIsNobodysDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, config := newAuthority()
		a.answer = func(_ http.ResponseWriter, r *http.Request, _ int) bool { <-r.Context().Done(); return true }
		config.Client.Timeout = time.Second
		begin := time.Now()
		_, err := newSource(t, config).Token(t.Context())
		require.ErrorContains(t, err, "token request: context deadline exceeded")
		require.NotErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, time.Second, time.Since(begin))
	})
}

func TestSecretFunctionThatEndsItsGoroutineHoldsNobody(t *testing.T) {
	t.Parallel()
	_, config := newAuthority()
	config.Secret = func(context.Context) (string, error) {
		runtime.Goexit()
		return "", nil
	}
	_, err := newSource(t, config).Token(t.Context())
	require.ErrorContains(t, err, "given up")
}

// TestWhatEndsTheUseOfAToken is a refusal of the client, and nothing else.
func TestWhatEndsTheUseOfAToken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int
		body   string
		ends   bool
	}{
		{"invalid client", 401, `{"error":"invalid_client"}`, true},
		{"invalid scope", 400, `{"error":"invalid_scope"}`, true},
		{"a code of another specification", 403, `{"error":"invalid_target"}`, true},
		{"not now", 400, `{"error":"temporarily_unavailable"}`, false},
		{"its own error", 400, `{"error":"server_error"}`, false},
		{"too many", 429, `{"error":"invalid_request"}`, false},
		{"too slow", 408, `{"error":"invalid_request"}`, false},
		{"a server error", 500, `{"error":"invalid_client"}`, false},
		{"no code", 401, `{}`, false},
		{"a proxy", 403, `<html>`, false},
		{"nonsense", 200, `<html>`, false},
		{"redirect", 302, `{"error":"invalid_client"}`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a, config := newAuthority()
				var log bytes.Buffer
				config.Logger = slog.New(slog.NewTextHandler(&log, nil))
				source := newSource(t, config)
				want(t, source, "token-1")
				a.answer = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
					w.WriteHeader(c.status)
					_, _ = io.WriteString(w, c.body)
					return true
				}
				time.Sleep(59 * time.Minute) //nolint:forbidigo // the bubble's time
				want(t, source, "token-1")
				synctest.Wait()
				if !c.ends {
					want(t, source, "token-1")
					require.Contains(t, log.String(), "dropped=false")
					return
				}
				_, err := source.Token(t.Context())
				require.ErrorContains(t, err, "status")
				require.Contains(t, log.String(), "dropped=true")
			})
		})
	}
}

// asking is a log handler that sends what it gets with a token of the source.
type asking struct {
	slog.Handler
	source **oauth.Source
	tokens *[]string
}

func (h asking) Handle(ctx context.Context, _ slog.Record) error {
	token, err := (*h.source).Token(context.WithoutCancel(ctx))
	*h.tokens = append(*h.tokens, token)
	return err
}

func TestLoggerMayAskForAToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, config := newAuthority()
		var source *oauth.Source
		var tokens []string
		config.Logger = slog.New(asking{slog.NewTextHandler(io.Discard, nil), &source, &tokens})
		source = newSource(t, config)
		want(t, source, "token-1")
		a.answer = func(w http.ResponseWriter, _ *http.Request, _ int) bool { w.WriteHeader(500); return true }
		time.Sleep(59 * time.Minute) //nolint:forbidigo // the bubble's time
		want(t, source, "token-1")
		synctest.Wait()
		require.Equal(t, []string{"token-1"}, tokens)
	})
}

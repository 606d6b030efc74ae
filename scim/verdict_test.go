package scim_test

import (
	"context"
	"errors"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim"
)

// answering makes every write end in status; reads find user 1.
func answering(t *testing.T, status int, header http.Header, body string) *scim.Target {
	t.Helper()
	write := func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), header)
		say(status, body)(w, r)
	}
	return odd(t, map[string]http.HandlerFunc{
		"GET /Users":      say(200, `{"totalResults":0,"Resources":[]}`),
		"GET /Users/1":    say(200, `{"id":"1","userName":"amy","active":true}`),
		"POST /Users":     write,
		"PATCH /Users/1":  write,
		"DELETE /Users/1": write,
		"PUT /Users/1":    write,
	})
}

func TestVerdictsOfStatuses(t *testing.T) {
	t.Parallel()
	date := "Mon, 23 Nov 2026 10:00:00 GMT"
	for name, c := range map[string]struct {
		status  int
		header  http.Header
		create  error // what creating is, if a sentinel
		update  error
		verdict connector.Verdict
		after   time.Duration
	}{
		"bad request":           {400, nil, connector.ErrInvalid, connector.ErrInvalid, connector.VerdictPermanent, 0},
		"unauthorized":          {401, nil, connector.ErrDenied, connector.ErrDenied, connector.VerdictRetry, 0},
		"payment":               {402, nil, nil, nil, connector.VerdictPermanent, 0},
		"forbidden":             {403, nil, connector.ErrDenied, connector.ErrDenied, connector.VerdictPermanent, 0},
		"method":                {405, nil, errors.ErrUnsupported, errors.ErrUnsupported, connector.VerdictPermanent, 0},
		"timeout":               {408, nil, nil, nil, connector.VerdictUnknown, 0},
		"changed":               {412, nil, connector.ErrConflict, connector.ErrConflict, connector.VerdictRetry, 0},
		"too long":              {413, nil, connector.ErrInvalid, connector.ErrInvalid, connector.VerdictPermanent, 0},
		"unprocessable":         {422, nil, connector.ErrInvalid, connector.ErrInvalid, connector.VerdictPermanent, 0},
		"too many":              {429, nil, nil, nil, connector.VerdictRetry, 0},
		"too many, seconds":     {429, http.Header{"Retry-After": {"7"}}, nil, nil, connector.VerdictRetry, 7 * time.Second},
		"too many, date":        {429, http.Header{"Retry-After": {"Mon, 23 Nov 2026 10:01:30 GMT"}, "Date": {date}}, nil, nil, connector.VerdictRetry, 90 * time.Second},
		"too many, past date":   {429, http.Header{"Retry-After": {"Mon, 23 Nov 2026 09:00:00 GMT"}, "Date": {date}}, nil, nil, connector.VerdictRetry, 0},
		"too many, nonsense":    {429, http.Header{"Retry-After": {"soon"}}, nil, nil, connector.VerdictRetry, 0},
		"too many, negative":    {429, http.Header{"Retry-After": {"-5"}}, nil, nil, connector.VerdictRetry, 0},
		"too many, for ever":    {429, http.Header{"Retry-After": {"4000000000"}}, nil, nil, connector.VerdictRetry, 24 * time.Hour},
		"unavailable, seconds":  {503, http.Header{"Retry-After": {"3"}}, nil, nil, connector.VerdictRetry, 3 * time.Second},
		"unavailable":           {503, nil, nil, nil, connector.VerdictUnknown, 0},
		"server error":          {500, nil, nil, nil, connector.VerdictUnknown, 0},
		"gateway":               {502, nil, nil, nil, connector.VerdictUnknown, 0},
		"gateway timeout":       {504, http.Header{"Retry-After": {"3"}}, nil, nil, connector.VerdictUnknown, 0},
		"moved":                 {302, http.Header{"Location": {"/elsewhere"}}, nil, nil, connector.VerdictPermanent, 0},
		"moved to another host": {307, http.Header{"Location": {"http://192.0.2.1/Users"}}, nil, nil, connector.VerdictPermanent, 0},
	} {
		target := answering(t, c.status, c.header, `{"detail":"because"}`)
		_, created := target.Create(t.Context(), connector.CreateRequest{ExternalID: "e", Name: "amy"})
		target = answering(t, c.status, c.header, `{"detail":"because"}`) // one that was not refused yet
		_, disabled := target.Disable(t.Context(), connector.AccountRequest{Ref: connector.Ref{ID: "1"}})
		for _, err := range []error{created, disabled} {
			require.Error(t, err, name)
			require.Equal(t, connector.Judgement{Verdict: c.verdict, After: c.after}, connector.VerdictOf(err), "%s: %v", name, err)
			require.Contains(t, err.Error(), "because", name)
		}
		if c.create != nil {
			require.ErrorIs(t, created, c.create, name)
			require.ErrorIs(t, disabled, c.update, name)
		}
	}
}

// A base URL at which no SCIM server answers must not make accounts count as gone.
func TestMissingServerIsNoMissingAccount(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	target := connect(t, scim.Config{BaseURL: server.URL})
	_, err := target.Create(t.Context(), connector.CreateRequest{ExternalID: "e", Name: "amy"})
	require.NotErrorIs(t, err, connector.ErrNotFound)
	require.Equal(t, connector.VerdictRetry, connector.VerdictOf(err).Verdict)
	_, err = target.Find(t.Context(), connector.FindRequest{ExternalID: "e"})
	require.ErrorContains(t, err, "no SCIM server answers here")
	require.NotErrorIs(t, err, connector.ErrNotFound)
	_, err = target.Disable(t.Context(), connector.AccountRequest{Ref: connector.Ref{ID: "1"}})
	require.ErrorIs(t, err, connector.ErrNotFound)
}

func TestConflictsDependOnWhatWasAsked(t *testing.T) {
	t.Parallel()
	amy := connector.AccountRequest{Ref: connector.Ref{ID: "1"}}
	target := answering(t, http.StatusConflict, nil, `{"scimType":"uniqueness"}`)
	_, err := target.Create(t.Context(), connector.CreateRequest{ExternalID: "e", Name: "amy"})
	require.ErrorIs(t, err, connector.ErrAlreadyExists)
	_, err = target.Disable(t.Context(), amy)
	require.ErrorIs(t, err, connector.ErrAlreadyExists)
	target = answering(t, http.StatusConflict, nil, ``)
	_, err = target.Create(t.Context(), connector.CreateRequest{ExternalID: "e", Name: "amy"})
	require.ErrorIs(t, err, connector.ErrAlreadyExists)
	_, err = target.Disable(t.Context(), amy)
	require.ErrorIs(t, err, connector.ErrConflict)
}

func TestDetailsAreShortAndHarmless(t *testing.T) {
	t.Parallel()
	const token = "tok-0123456789"
	server := httptest.NewServer(say(400, `{"scimType":"invalidValue","detail":"you sent \u001b[31m`+token+`\r\n2026 forged line `+strings.Repeat("x", 5000)+`"}`))
	t.Cleanup(server.Close)
	target := connect(t, scim.Config{BaseURL: server.URL, Token: func(context.Context) (string, error) { return token, nil }})
	_, err := target.Create(t.Context(), connector.CreateRequest{Name: "amy"})
	require.ErrorIs(t, err, connector.ErrInvalid)
	require.Contains(t, err.Error(), "invalidValue: you sent [31m[redacted] 2026 forged line")
	require.NotContains(t, err.Error(), token)
	require.NotContains(t, err.Error(), "\n")
	require.NotContains(t, err.Error(), "\x1b")
	require.Less(t, len(err.Error()), 400)

	target = answering(t, 400, nil, `{"Errors":[{"description":"old style","code":400}]}`)
	_, err = target.Create(t.Context(), connector.CreateRequest{Name: "amy"})
	require.ErrorContains(t, err, "old style")
}

func TestWhatWasNeverSentHadNoEffect(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	free := listener.Addr().String()
	require.NoError(t, listener.Close())
	plain := httptest.NewServer(say(200, `{}`))
	t.Cleanup(plain.Close)
	untrusted := httptest.NewUnstartedServer(say(200, `{}`))
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of us
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	for name, config := range map[string]scim.Config{
		"refused":      {BaseURL: "http://" + free},
		"no such host": {BaseURL: "https://directory.invalid"},
		"no TLS there": {BaseURL: strings.Replace(plain.URL, "http:", "https:", 1)},
		"untrusted":    {BaseURL: untrusted.URL},
	} {
		_, err := connect(t, config).Create(t.Context(), connector.CreateRequest{Name: "amy"})
		require.Equal(t, connector.VerdictRetry, verdict(t, err), "%s: %v", name, err)
	}
}

func TestABrokenAnswerToAWriteLeavesTheOutcomeOpen(t *testing.T) {
	t.Parallel()
	drop := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	for name, answer := range map[string]http.HandlerFunc{
		"no reply": drop,
		"cut off": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			say(201, `{"id":"1",`)(w, r)
		},
		"no JSON":   say(201, `<html>`),
		"too long":  say(201, `{"id":"1","x":"`+strings.Repeat("x", 5<<20)+`"}`),
		"no object": say(201, `[1]`),
	} {
		target := odd(t, map[string]http.HandlerFunc{"POST /Users": answer, "GET /Users/1": answer})
		_, err := target.Create(t.Context(), connector.CreateRequest{Name: "amy"})
		require.Equal(t, connector.VerdictUnknown, verdict(t, err), "%s: %v", name, err)
		_, err = target.Find(t.Context(), connector.FindRequest{ID: "1"})
		require.Equal(t, connector.VerdictRetry, verdict(t, err), "%s: reading has no effect", name)
	}
}

func TestACancelledWriteLeavesTheOutcomeOpen(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	target := odd(t, map[string]http.HandlerFunc{"POST /Users": func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice who leaves
		cancel()
		<-r.Context().Done()
	}})
	_, err := target.Create(ctx, connector.CreateRequest{Name: "amy"})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, connector.VerdictUnknown, verdict(t, err))
}

func TestRedirectsStayAtTheHost(t *testing.T) {
	t.Parallel()
	stolen := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { stolen = true }))
	t.Cleanup(other.Close)
	target := odd(t, map[string]http.HandlerFunc{
		"GET /Users/1": http.RedirectHandler("/moved", http.StatusTemporaryRedirect).ServeHTTP,
		"GET /moved":   say(200, `{"id":"1","userName":"amy"}`),
		"GET /Users/2": http.RedirectHandler(other.URL, http.StatusTemporaryRedirect).ServeHTTP,
		"POST /Users":  http.RedirectHandler("/moved", http.StatusFound).ServeHTTP,
	})
	found, err := target.Find(t.Context(), connector.FindRequest{ID: "1"})
	require.NoError(t, err)
	require.Len(t, found, 1)
	_, err = target.Find(t.Context(), connector.FindRequest{ID: "2"})
	require.Error(t, err)
	require.False(t, stolen)
	_, err = target.Create(t.Context(), connector.CreateRequest{Name: "amy"})
	require.Equal(t, connector.VerdictPermanent, verdict(t, err), "a redirect that turns a POST into a GET is no success")
}

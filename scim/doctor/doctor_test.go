package doctor_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/doctor"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

const secret = "a-token-that-nobody-may-see"

// behind serves a SCIM server through a handler that may alter what goes through.
func behind(t *testing.T, config scimtest.Config, alter func(next http.Handler) http.Handler) (*scimtest.Server, string) {
	t.Helper()
	config.Token = secret
	server, err := scimtest.New(config)
	require.NoError(t, err)
	var handler http.Handler = server
	if alter != nil {
		handler = alter(server)
	}
	front := httptest.NewServer(handler)
	t.Cleanup(front.Close)
	return server, front.URL + scimtest.BasePath
}

func admitted(url string) doctor.Config {
	return doctor.Config{
		Server:   scim.Config{BaseURL: url, Token: func(context.Context) (string, error) { return secret, nil }},
		Patience: time.Second,
	}
}

func examine(t *testing.T, config doctor.Config) *doctor.Report {
	t.Helper()
	report, err := doctor.Examine(t.Context(), config)
	require.NoError(t, err)
	return report
}

func find(t *testing.T, r *doctor.Report, code string) doctor.Finding {
	t.Helper()
	at := slices.IndexFunc(r.Findings, func(f doctor.Finding) bool { return f.Code == code })
	require.GreaterOrEqual(t, at, 0, "no finding %s", code)
	return r.Findings[at]
}

func text(t *testing.T, r *doctor.Report) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, r.WriteText(&b, true))
	return b.String()
}

func TestSoundServerIsFoundSoundAndLeftAsItWas(t *testing.T) {
	t.Parallel()
	server, url := behind(t, scimtest.Config{ETag: true}, nil)
	_, err := server.AddUser(scimtest.User{UserName: "ann@example.com", Active: true})
	require.NoError(t, err)
	_, err = server.AddGroup(scimtest.Group{DisplayName: "eng"})
	require.NoError(t, err)
	before, groups := server.Users(), server.Groups()
	config := admitted(url)
	config.Write = true

	report := examine(t, config)
	require.NotEqual(t, doctor.Danger, report.Worst(), text(t, report))
	require.Equal(t, "generic", report.Fits[0].Profile)
	require.Empty(t, report.Fits[0].Contradicts)
	require.Empty(t, report.Left)
	require.NoError(t, report.Draft.Check())
	require.Equal(t, before, server.Users())
	require.Equal(t, groups, server.Groups())
	for _, code := range []string{"auth.demanded", "filter.valuePath", "patch.valuePath", "put.works", "groups.removeByPath", "disable.works", "etag.write"} {
		require.Equal(t, doctor.Good, find(t, report, code).Level, code)
	}
}

func TestExaminationWithoutWriteSendsOnlyGET(t *testing.T) {
	t.Parallel()
	server, url := behind(t, scimtest.Config{}, nil)
	_, err := server.AddUser(scimtest.User{UserName: "ann@example.com", ExternalID: "e-1", Active: true})
	require.NoError(t, err)
	server.ResetLog()
	report := examine(t, admitted(url))
	require.True(t, report.Has("filter.externalId"))
	require.NotEmpty(t, server.Requests())
	for _, r := range server.Requests() {
		require.Equal(t, http.MethodGet, r.Method)
	}
}

func TestReportHoldsNoSecretsAndNoNames(t *testing.T) {
	t.Parallel()
	// Names and the token come back in what the server says is wrong.
	server, url := behind(t, scimtest.Config{}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if f := r.URL.Query().Get("filter"); f != "" {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = w.Write([]byte(`{"detail":"no: ` + strings.ReplaceAll(f, `"`, `'`) + ` of ` + r.Header.Get("Authorization") + `"}`))
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	_, err := server.AddUser(scimtest.User{UserName: "ann.archer@example.com", ExternalID: "employee-4711", Active: true})
	require.NoError(t, err)
	report := examine(t, admitted(url))
	shown := text(t, report)
	require.Contains(t, shown, "‹userName›")
	require.Contains(t, shown, "‹token›")
	require.NotContains(t, shown, secret)
	require.NotContains(t, strings.ToLower(shown), "archer")
	require.NotContains(t, shown, "4711")
}

func TestWhoIsNotLetInIsTold(t *testing.T) {
	t.Parallel()
	_, url := behind(t, scimtest.Config{}, nil)
	_, err := doctor.Examine(t.Context(), doctor.Config{Server: scim.Config{BaseURL: url}})
	require.ErrorContains(t, err, "does not let us in")

	_, err = doctor.Examine(t.Context(), admitted(strings.TrimSuffix(url, "/v2")))
	require.ErrorContains(t, err, "no SCIM server answers here")

	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }))
	defer page.Close()
	_, err = doctor.Examine(t.Context(), admitted(page.URL))
	require.ErrorContains(t, err, "no JSON object")

	away := httptest.NewServer(http.RedirectHandler("https://example.com/login", http.StatusFound))
	defer away.Close()
	_, err = doctor.Examine(t.Context(), admitted(away.URL))
	require.ErrorContains(t, err, "redirects")

	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	_, err = doctor.Examine(t.Context(), admitted(gone.URL))
	require.Error(t, err)

	_, err = doctor.Examine(t.Context(), doctor.Config{Server: scim.Config{BaseURL: "http://example.com"}})
	require.ErrorContains(t, err, "AllowHTTP")
}

// forget removes a query parameter before the server sees it.
func forget(parameter string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			q.Del(parameter)
			r.URL.RawQuery = q.Encode()
			next.ServeHTTP(w, r)
		})
	}
}

// refuse answers requests of a method and place with a status.
func refuse(method, place string, status int) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == method && strings.HasPrefix(r.URL.Path, scimtest.BasePath+place) {
				w.WriteHeader(status)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func TestDeviationsAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		config scimtest.Config
		alter  func(http.Handler) http.Handler
		code   string
		level  doctor.Level
	}{
		{"filters are ignored", scimtest.Config{}, forget("filter"), "filter.ignored", doctor.Danger},
		{"pages begin at the first", scimtest.Config{}, forget("startIndex"), "paging.index", doctor.Danger},
		{"projection is ignored", scimtest.Config{}, forget("attributes"), "projection.works", doctor.Deviation},
		{"there is no PATCH", scimtest.Config{NoPatch: true}, nil, "patch.none", doctor.Deviation},
		{"there are no groups", scimtest.Config{}, refuse("GET", "/Groups", 404), "groups.list", doctor.Deviation},
		{"PUT is refused", scimtest.Config{}, refuse("PUT", "/Users/", 405), "put.refused", doctor.Deviation},
		{"nothing describes the server", scimtest.Config{}, func(next http.Handler) http.Handler {
			for _, place := range []string{"/ServiceProviderConfig", "/ResourceTypes", "/Schemas"} {
				next = refuse("GET", place, 404)(next)
			}
			return next
		}, "discovery.absent", doctor.Deviation},
		{"everybody gets in", scimtest.Config{}, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.Header.Set("Authorization", "Bearer "+secret)
				next.ServeHTTP(w, r)
			})
		}, "auth.open", doctor.Danger},
		{"If-Match is ignored", scimtest.Config{ETag: true}, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.Header.Del("If-Match")
				next.ServeHTTP(w, r)
			})
		}, "etag.write", doctor.Danger},
		{"changes have no effect", scimtest.Config{}, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPatch {
					w.WriteHeader(http.StatusNoContent)
					return
				}
				next.ServeHTTP(w, r)
			})
		}, "patch.path", doctor.Danger},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server, url := behind(t, c.config, c.alter)
			config := admitted(url)
			config.Write = true
			report := examine(t, config)
			finding := find(t, report, c.code)
			require.Equal(t, c.level, finding.Level, finding.Title)
			require.NotEmpty(t, finding.Evidence)
			require.NotEmpty(t, finding.Expected)
			require.NoError(t, report.Draft.Check())
			require.Empty(t, server.Users(), "the throw-away users are gone")
		})
	}
}

func TestNewUserWhoIsSeenLater(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	reads := 0
	_, url := behind(t, scimtest.Config{}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			hidden := false
			if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, scimtest.BasePath+"/Users/") && !strings.HasSuffix(r.URL.Path, "nobody") {
				reads++
				hidden = reads <= 2
			}
			mu.Unlock()
			if hidden {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	config := admitted(url)
	config.Write = true
	report := examine(t, config)
	require.Equal(t, doctor.Deviation, find(t, report, "create.lag").Level)
	require.Equal(t, doctor.Good, find(t, report, "delete.works").Level)
}

func TestWhatCannotBeDeletedIsListed(t *testing.T) {
	t.Parallel()
	server, url := behind(t, scimtest.Config{}, refuse(http.MethodDelete, "/Users/", http.StatusForbidden))
	config := admitted(url)
	config.Write = true
	report := examine(t, config)
	require.Len(t, report.Left, len(server.Users()))
	require.NotEmpty(t, report.Left)
	require.Equal(t, doctor.Danger, find(t, report, "cleanup.left").Level)
}

func TestExaminationThatIsInterruptedCleansUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server, url := behind(t, scimtest.Config{}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			if r.Method == http.MethodPatch {
				cancel()
			}
		})
	})
	config := admitted(url)
	config.Write = true
	report, err := doctor.Examine(ctx, config)
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, report.Left)
	require.Empty(t, server.Users())
}

func TestTooManyRequestsAreWaitedFor(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	n := 0
	server, url := behind(t, scimtest.Config{}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			n++
			refused := n%2 == 0
			mu.Unlock()
			if refused {
				w.Header().Set("Retry-After", "0")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	config := admitted(url)
	config.Write = true
	report := examine(t, config)
	require.True(t, report.Has("rate.announced"))
	require.Equal(t, doctor.Good, find(t, report, "delete.works").Level)
	require.Empty(t, server.Users())
}

// detour sends everything to another host.
type detour string

func (d detour) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = "http", strings.TrimPrefix(string(d), "http://")
	return http.DefaultTransport.RoundTrip(r)
}

func TestProfileIsKnownByItsAddress(t *testing.T) {
	t.Parallel()
	_, url := behind(t, scimtest.Config{}, nil)
	config := admitted("https://api.slack.com" + scimtest.BasePath)
	config.Server.Client = &http.Client{Transport: detour(strings.TrimSuffix(url, scimtest.BasePath))}
	report := examine(t, config)
	require.Equal(t, "slack", report.Fits[0].Profile)
	require.True(t, report.Fits[0].Address)
	require.Contains(t, text(t, report), "slack (its address)")
}

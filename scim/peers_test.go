package scim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/connectortest"
	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/internal/peers"
	"github.com/joinery-iam/joinery/scim/profile"
)

// front stands before a server of others: it counts, loses replies and hangs.
type front struct {
	backend string
	proxy   *httputil.ReverseProxy

	mu    sync.Mutex // guards what is below
	lose  func(*http.Request) bool
	hangs bool
	asked []string // method and path
}

// before returns what stands before a server of others, and its base URL.
func before(t *testing.T, backend string) (*front, string) {
	t.Helper()
	f := &front{backend: backend}
	u, err := url.Parse(f.backend)
	require.NoError(t, err)
	f.proxy = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: u.Scheme, Host: u.Host}) }}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return f, server.URL + u.Path
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.asked = append(f.asked, r.Method+" "+r.URL.Path)
	hangs, lost := f.hangs, f.lose != nil && f.lose(r)
	f.mu.Unlock()
	switch {
	case hangs:
		_, _ = io.Copy(io.Discard, r.Body) // or its end cannot be seen
		<-r.Context().Done()
	case lost:
		f.proxy.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	default:
		f.proxy.ServeHTTP(w, r)
	}
}

// raw talks to the server without the client under test.
func (f *front) raw(method, path string, body any) (map[string]any, error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, f.backend+path, content)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+peers.Token)
	req.Header.Set("Content-Type", "application/scim+json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode > 299 {
		return nil, fmt.Errorf("%s %s: %d %s: %w", method, path, resp.StatusCode, text, err)
	}
	answer := map[string]any{}
	if len(text) > 0 {
		err = json.Unmarshal(text, &answer)
	}
	return answer, err
}

func (f *front) addUser(name, externalID string) (id string, err error) {
	answer, err := f.raw(http.MethodPost, "/Users", map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": name, "externalId": externalID, "active": true,
		"emails": []any{map[string]any{"type": "work", "value": name + "@example.com", "primary": true}},
	})
	id, _ = answer["id"].(string)
	return id, err
}

func (f *front) addGroup(name string) (id string, err error) {
	answer, err := f.raw(http.MethodPost, "/Groups", map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": name,
	})
	id, _ = answer["id"].(string)
	return id, err
}

// peerConfig is how a server of others is reached; without a profile as one that
// nothing is known of.
func peerConfig(t *testing.T, base, name string) scim.Config {
	t.Helper()
	config := scim.Config{BaseURL: base, Token: func(context.Context) (string, error) { return peers.Token, nil }, PageSize: 3}
	if name != "" {
		p, err := profile.Get(name)
		require.NoError(t, err)
		config.Profile = p
	}
	return config
}

func TestConformanceAtServersOfOthers(t *testing.T) {
	t.Parallel()
	peers.Folder(t)
	for _, name := range peers.Names() {
		for mode, profileName := range map[string]string{"profile": name, "unknown": ""} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				b := &peerBench{backend: peers.Start(t, name), profile: profileName, sharing: name == peers.Scimmy}
				connectortest.Run(t, b.harness())
			})
		}
	}
}

// peerBench knows what stands before the server of each target.
type peerBench struct {
	backend, profile string
	sharing          bool // two users may have the same externalId
	fronts           sync.Map
}

// connect makes the server forget the case before: cases run one by one.
func (b *peerBench) connect(t *testing.T) connector.Connector {
	require.NoError(t, peers.Reset(t.Context(), b.backend))
	f, base := before(t, b.backend)
	for _, group := range []string{"eng", "all staff"} {
		_, err := f.addGroup(group)
		require.NoError(t, err)
	}
	target := connect(t, peerConfig(t, base, b.profile))
	b.fronts.Store(target, f)
	return target
}

func (b *peerBench) front(c connector.Connector) *front {
	f, _ := b.fronts.Load(c)
	return f.(*front)
}

// carriesOut reports whether a request is what an operation of that kind comes to.
func carriesOut(k connector.Kind, method, path string) bool {
	users := strings.Contains(path, "/Users")
	changes := method == http.MethodPatch || method == http.MethodPut
	switch k {
	case connector.Create:
		return method == http.MethodPost && users
	case connector.Delete:
		return method == http.MethodDelete && users
	case connector.Grant, connector.Revoke:
		return changes && !users
	default:
		return changes && users
	}
}

func (b *peerBench) loseReply(_ context.Context, c connector.Connector, k connector.Kind) (func() int, error) {
	f := b.front(c)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = nil
	done := false
	f.lose = func(r *http.Request) bool {
		if done || !carriesOut(k, r.Method, r.URL.Path) {
			return false
		}
		done = true
		return true
	}
	return func() int {
		f.mu.Lock()
		defer f.mu.Unlock()
		n := 0
		for _, request := range f.asked {
			method, path, _ := strings.Cut(request, " ")
			if carriesOut(k, method, path) {
				n++
			}
		}
		return n
	}, nil
}

func (b *peerBench) harness() connectortest.Harness {
	h := connectortest.Harness{
		New: b.connect,
		Account: func(n int) connector.CreateRequest {
			return connector.CreateRequest{
				Name: fmt.Sprintf("user%d@example.com", n),
				Attributes: texts("title", "Joiner", "email", fmt.Sprintf("user%d@example.com", n),
					"name.givenName", "User", "department", "Wood"),
			}
		},
		Change: func(int) map[string]connector.Value {
			return texts("title", "Master", "name.familyName", "Smith", "department", "Stone")
		},
		Entitlements: []connector.Entitlement{group("eng"), group("all staff")},
		Unknown:      group("nowhere"),
		Remove: func(_ context.Context, c connector.Connector, ref connector.Ref) error {
			_, err := b.front(c).raw(http.MethodDelete, "/Users/"+ref.ID, nil)
			return err
		},
		Rename: func(_ context.Context, c connector.Connector, ref connector.Ref, name string) error {
			_, err := b.front(c).raw(http.MethodPatch, "/Users/"+ref.ID, map[string]any{
				"schemas":    []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
				"Operations": []any{map[string]any{"op": "replace", "path": "userName", "value": name}},
			})
			return err
		},
		LoseReply: b.loseReply,
		Hang: func(_ context.Context, c connector.Connector) error {
			f := b.front(c)
			f.mu.Lock()
			defer f.mu.Unlock()
			f.hangs = true
			return nil
		},
	}
	if b.sharing {
		h.Duplicate = func(_ context.Context, c connector.Connector, a connector.Account) error {
			_, err := b.front(c).addUser("twin of "+a.Name, a.ExternalID)
			return err
		}
	}
	return h
}

func TestEffectsAtServersOfOthers(t *testing.T) {
	t.Parallel()
	peers.Folder(t)
	for _, name := range peers.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, base := before(t, peers.Start(t, name))
			team, err := f.addGroup("eng")
			require.NoError(t, err)
			target := connect(t, peerConfig(t, base, name))
			account := create(t, target, "ann@example.com")
			ref := connector.Ref{ID: account.ID}

			_, err = target.Grant(t.Context(), connector.GrantRequest{Ref: ref, Entitlement: group("eng")})
			require.NoError(t, err)
			require.Equal(t, []string{account.ID}, f.members(t, team))

			_, err = target.Revoke(t.Context(), connector.GrantRequest{Ref: ref, Entitlement: group("eng")})
			require.NoError(t, err)
			require.Empty(t, f.members(t, team))

			_, err = target.Disable(t.Context(), connector.AccountRequest{Ref: ref})
			require.NoError(t, err)
			user, err := f.raw(http.MethodGet, "/Users/"+account.ID, nil)
			require.NoError(t, err)
			require.Equal(t, false, user["active"])
		})
	}
}

func (f *front) members(t *testing.T, id string) []string {
	t.Helper()
	answer, err := f.raw(http.MethodGet, "/Groups/"+id, nil)
	require.NoError(t, err)
	var ids []string
	members, _ := answer["members"].([]any)
	for _, m := range members {
		id, _ := m.(map[string]any)["value"].(string)
		ids = append(ids, id)
	}
	return ids
}

func TestWalksThroughServersOfOthers(t *testing.T) {
	t.Parallel()
	peers.Folder(t)
	const people = 130 // beyond what either sends at once
	for _, name := range peers.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, base := before(t, peers.Start(t, name))
			var ids []string
			for i := range people {
				id, err := f.addUser(fmt.Sprintf("user%03d", i), fmt.Sprint("e", i))
				require.NoError(t, err)
				ids = append(ids, id)
			}
			config := peerConfig(t, base, name)
			config.PageSize = 0
			seen, proof := walked(t, connect(t, config))
			require.ElementsMatch(t, ids, seen)
			require.True(t, proof.Complete, proof.Basis)
		})
	}
}

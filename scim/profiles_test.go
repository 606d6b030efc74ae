package scim_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/connectortest"
	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/profile"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

// invented are profiles for what none of those that there are says.
var invented = map[string]profile.Profile{
	"merging":    {Update: profile.Update{NoPath: true, OneOperation: true}, Filter: profile.Filter{Unsupported: profile.Ignored, Users: []string{"userName"}}},
	"one-by-one": {Update: profile.Update{OneOperation: true, NoValuePaths: true}, Groups: profile.Groups{MaxChanges: 1, MaxBytes: 300}},
	"groups-tell": {
		Groups: profile.Groups{Members: profile.InGroup, DropsUnknown: true}, Disable: profile.Disable{NotAtCreation: true},
		Discovery: profile.Discovery{Distrust: []string{"patch", "etag", "sort", "bulk"}},
	},
	"users-tell": {Groups: profile.Groups{Members: profile.InUser}, Paging: profile.Paging{Method: profile.ByIndex, MaxStart: 4}},
	"nobody-tells": {
		Groups: profile.Groups{Members: profile.Invisible}, Disable: profile.Disable{Hides: true},
		Filter: profile.Filter{NoProjection: true, Groups: []string{"displayName"}},
	},
	"asks-for-members": {Groups: profile.Groups{Members: profile.ByFilter, RemoveByValue: true}, Paging: profile.Paging{Method: profile.ByCursor}},
	"by-id":            {Paging: profile.Paging{Method: profile.ByID, MaxStart: 3, MaxResults: 2, Shifts: true}},
	"no-groups": {
		Groups: profile.Groups{Absent: true}, Attributes: profile.Attributes{Entitlements: map[string]string{"role": "roles", "licence": "licences"}},
	},
	"put-alone": {Update: profile.Update{Method: profile.PutAlone}},
	"slow":      {Lag: time.Second},
}

// everyProfile returns those that there are, and the invented ones.
func everyProfile(t *testing.T) map[string]profile.Profile {
	t.Helper()
	all := map[string]profile.Profile{}
	for _, name := range profile.Names() {
		p, err := profile.Get(name)
		require.NoError(t, err)
		all[name] = p
	}
	for name, p := range invented {
		p.Name, p.Product, p.Checked = name, name, "2026-11-23"
		require.NotContains(t, all, name)
		all[name] = p
	}
	return all
}

// stand is a server that behaves as a profile says, and what it takes to hold the
// kit against it.
type stand struct {
	profile profile.Profile
	config  scimtest.Config
	servers sync.Map
}

func newStand(p profile.Profile) *stand {
	p.Rate = nil // TestNoRefusalIsMetWhereTheRatesAreKnown has a clock to turn
	config := scimtest.Config{Profile: p, SharedExternalIDs: true, Extensions: []scimtest.Extension{acme}}
	if p.Lag > 0 {
		config.HiddenReads = 2
	}
	return &stand{profile: p, config: config}
}

func (s *stand) groups() []connector.Entitlement {
	if s.profile.Groups.Absent {
		return nil
	}
	return []connector.Entitlement{group("eng"), group("all staff")}
}

func (s *stand) connect(t *testing.T) connector.Connector {
	server, err := scimtest.New(s.config)
	require.NoError(t, err)
	for _, g := range s.groups() {
		_, err = server.AddGroup(scimtest.Group{DisplayName: g.Name})
		require.NoError(t, err)
	}
	target := connect(t, scim.Config{
		BaseURL: "https://example.com" + scimtest.BasePath, PageSize: 3, Profile: s.profile,
		Client: &http.Client{Transport: &near{handler: server}},
	})
	s.servers.Store(target, server)
	return target
}

func (s *stand) server(c connector.Connector) *scimtest.Server {
	server, _ := s.servers.Load(c)
	return server.(*scimtest.Server)
}

// holds returns those of some attributes that a user can have there.
func (s *stand) holds(values map[string]connector.Value) map[string]connector.Value {
	return maps.Collect(func(yield func(string, connector.Value) bool) {
		for name, v := range values {
			key, _, _ := strings.Cut(name, ".")
			if name == "email" {
				key = "emails"
			}
			if s.profile.Attributes.Single && v.IsList() {
				v = connector.Strings(v.All()[0])
			}
			if !slices.Contains(s.profile.Attributes.Unknown, key) && !yield(name, v) {
				return
			}
		}
	})
}

// writes reports whether a request carries out an operation of that kind.
func (s *stand) writes(k connector.Kind, method, path string) bool {
	changes := method == http.MethodPatch || method == http.MethodPut
	users := strings.HasPrefix(path, scimtest.BasePath+"/Users")
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

func (s *stand) loseReply(_ context.Context, c connector.Connector, k connector.Kind) (func() int, error) {
	server := s.server(c)
	server.ResetLog()
	var once sync.Once
	server.SetFault(func(r *http.Request) (fault scimtest.Fault) {
		if s.writes(k, r.Method, r.URL.Path) {
			once.Do(func() { fault.LoseReply = true })
		}
		return fault
	})
	return func() int {
		n := 0
		for _, r := range server.Requests() {
			if s.writes(k, r.Method, r.Path) {
				n++
			}
		}
		return n
	}, nil
}

// settle reads everybody until they are shown.
func (s *stand) settle(ctx context.Context, c connector.Connector) error {
	server := s.server(c)
	for _, u := range server.Users() {
		for range s.config.HiddenReads {
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, scimtest.BasePath+"/Users/"+u.ID, http.NoBody)
			server.ServeHTTP(httptest.NewRecorder(), r)
		}
	}
	return nil
}

func (s *stand) harness() connectortest.Harness {
	return connectortest.Harness{
		New: s.connect,
		Account: func(n int) connector.CreateRequest {
			return connector.CreateRequest{
				Name: fmt.Sprintf("user%d@example.com", n),
				Attributes: s.holds(texts("title", "Joiner", "email", fmt.Sprintf("user%d@example.com", n),
					"name.givenName", "User", "department", "Wood")),
			}
		},
		Change: func(n int) map[string]connector.Value {
			change := texts("title", "Master", "email", fmt.Sprintf("master%d@example.com", n), "department", "Stone")
			change[tools] = connector.Strings("saw", "plane")
			return s.holds(change)
		},
		Entitlements: s.groups(),
		Unknown:      group("nowhere"),
		Remove: func(_ context.Context, c connector.Connector, ref connector.Ref) error {
			return s.server(c).RemoveUser(ref.ID)
		},
		Rename: func(_ context.Context, c connector.Connector, ref connector.Ref, name string) error {
			return s.server(c).RenameUser(ref.ID, name)
		},
		Duplicate: func(_ context.Context, c connector.Connector, a connector.Account) error {
			_, err := s.server(c).AddUser(scimtest.User{UserName: "twin of " + a.Name, ExternalID: a.ExternalID, Active: true})
			return err
		},
		Settle:    s.settle,
		LoseReply: s.loseReply,
		Hang: func(_ context.Context, c connector.Connector) error {
			s.server(c).SetFault(func(*http.Request) scimtest.Fault { return scimtest.Fault{Delay: time.Minute} })
			return nil
		},
	}
}

func TestConformanceToEveryProfile(t *testing.T) {
	t.Parallel()
	for name, p := range everyProfile(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			connectortest.Run(t, newStand(p).harness())
		})
	}
}

// TestEntitlementsOfEveryKind gives and takes what users hold in attributes of their
// own.
func TestEntitlementsOfEveryKind(t *testing.T) {
	t.Parallel()
	tried := 0
	for name, p := range everyProfile(t) {
		for kind := range p.Attributes.Entitlements {
			tried++
			target := newStand(p).connect(t).(*scim.Target)
			amy := create(t, target, "amy@example.com")
			req := connector.GrantRequest{Ref: amy.Ref, Entitlement: connector.Entitlement{Kind: kind, Name: "x"}}
			holds := func() []connector.Entitlement {
				found, err := target.Find(t.Context(), connector.FindRequest{ID: amy.ID, Entitlements: true})
				require.NoError(t, err)
				require.True(t, found[0].EntitlementsKnown, "%s, %s", name, kind)
				return found[0].Entitlements
			}
			for _, want := range []connector.Outcome{connector.Applied, connector.AlreadyInState} {
				result, err := target.Grant(t.Context(), req)
				require.NoError(t, err, "%s, %s", name, kind)
				require.Equal(t, want, result.Outcome)
			}
			require.Equal(t, []connector.Entitlement{req.Entitlement}, holds())
			for _, want := range []connector.Outcome{connector.Applied, connector.AlreadyInState} {
				result, err := target.Revoke(t.Context(), req)
				require.NoError(t, err, "%s, %s", name, kind)
				require.Equal(t, want, result.Outcome)
			}
			require.Empty(t, holds())
		}
	}
	require.Greater(t, tried, 2)
}

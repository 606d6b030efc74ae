package scim_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/connectortest"
	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

// bench knows the server behind each target that the kit was given.
type bench struct {
	config  scimtest.Config
	servers sync.Map
}

func (b *bench) connect(t *testing.T) connector.Connector {
	config := b.config
	config.Extensions = []scimtest.Extension{acme}
	server, err := scimtest.New(config)
	require.NoError(t, err)
	for _, name := range []string{"eng", "all staff"} {
		_, err = server.AddGroup(scimtest.Group{DisplayName: name})
		require.NoError(t, err)
	}
	url, err := server.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	target := connect(t, scim.Config{BaseURL: url + scimtest.BasePath, PageSize: 3})
	b.servers.Store(target, server)
	return target
}

func (b *bench) server(c connector.Connector) *scimtest.Server {
	server, _ := b.servers.Load(c)
	return server.(*scimtest.Server)
}

// writes reports whether a request carries out an operation of that kind.
func (b *bench) writes(k connector.Kind) func(method, path string) bool {
	method, resources := http.MethodPatch, "/Users"
	switch {
	case k == connector.Create:
		method = http.MethodPost
	case k == connector.Delete:
		method = http.MethodDelete
	case k == connector.Grant || k == connector.Revoke:
		resources = "/Groups"
	case b.config.NoPatch:
		method = http.MethodPut
	}
	return func(m, path string) bool { return m == method && strings.HasPrefix(path, scimtest.BasePath+resources) }
}

func (b *bench) loseReply(_ context.Context, c connector.Connector, k connector.Kind) (func() int, error) {
	server, is := b.server(c), b.writes(k)
	server.ResetLog()
	var once sync.Once
	server.SetFault(func(r *http.Request) (fault scimtest.Fault) {
		if is(r.Method, r.URL.Path) {
			once.Do(func() { fault.LoseReply = true })
		}
		return fault
	})
	return func() int {
		n := 0
		for _, r := range server.Requests() {
			if is(r.Method, r.Path) {
				n++
			}
		}
		return n
	}, nil
}

// other is a second way to the same server, as somebody else would have it.
func other(c connector.Connector) connector.Connector {
	target, err := scim.New(scim.Config{BaseURL: strings.TrimPrefix(fmt.Sprint(c), "scim ")})
	if err != nil {
		panic(err)
	}
	return target
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, config := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config.SharedExternalIDs = true
			b := &bench{config: config}
			connectortest.Run(t, connectortest.Harness{
				New: b.connect,
				Account: func(n int) connector.CreateRequest {
					return connector.CreateRequest{
						Name: fmt.Sprintf("user%d@example.com", n),
						Attributes: texts("title", "Joiner", "email", fmt.Sprintf("user%d@example.com", n),
							"name.givenName", "User", "department", "Wood"),
					}
				},
				Change: func(n int) map[string]connector.Value {
					change := texts("title", "Master", "email", fmt.Sprintf("master%d@example.com", n), "department", "Stone")
					change[tools] = connector.Strings("saw", "plane")
					return change
				},
				Entitlements: []connector.Entitlement{group("eng"), group("all staff")},
				Unknown:      group("nowhere"),
				Remove: func(ctx context.Context, c connector.Connector, ref connector.Ref) error {
					_, err := other(c).(connector.Deleter).Delete(ctx, connector.AccountRequest{Ref: ref})
					return err
				},
				Rename: func(ctx context.Context, c connector.Connector, ref connector.Ref, name string) error {
					_, err := other(c).Update(ctx, connector.UpdateRequest{Ref: ref, Attributes: texts("userName", name)})
					return err
				},
				Duplicate: func(_ context.Context, c connector.Connector, a connector.Account) error {
					_, err := b.server(c).AddUser(scimtest.User{UserName: "twin of " + a.Name, ExternalID: a.ExternalID, Active: true})
					return err
				},
				LoseReply: b.loseReply,
				Hang: func(_ context.Context, c connector.Connector) error {
					b.server(c).SetFault(func(*http.Request) scimtest.Fault { return scimtest.Fault{Delay: time.Minute} })
					return nil
				},
			})
		})
	}
}

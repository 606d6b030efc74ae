package scim_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

const (
	badge = "urn:example:params:scim:schemas:acme:2.0:User:badge"
	tools = "urn:example:params:scim:schemas:acme:2.0:User:tools"
)

var acme = scimtest.Extension{
	URN: "urn:example:params:scim:schemas:acme:2.0:User", Attributes: []string{"badge"}, Lists: []string{"tools"},
}

// start serves config on a loopback port and returns a target for it.
func start(t *testing.T, config scimtest.Config) (*scimtest.Server, *scim.Target) {
	t.Helper()
	config.Extensions = []scimtest.Extension{acme}
	server, err := scimtest.New(config)
	require.NoError(t, err)
	url, err := server.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	target := connect(t, scim.Config{BaseURL: url + scimtest.BasePath})
	return server, target
}

func connect(t *testing.T, config scim.Config) *scim.Target {
	t.Helper()
	target, err := scim.New(config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, target.Close()) })
	return target
}

// odd returns a target for a server that is written by hand.
func odd(t *testing.T, handlers map[string]http.HandlerFunc) *scim.Target {
	t.Helper()
	return oddWith(t, scim.Config{}, handlers)
}

func oddWith(t *testing.T, config scim.Config, handlers map[string]http.HandlerFunc) *scim.Target {
	t.Helper()
	mux := http.NewServeMux()
	for pattern, h := range handlers {
		mux.HandleFunc(pattern, h)
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	config.BaseURL = server.URL
	return connect(t, config)
}

// say answers with a status and a body.
func say(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/scim+json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// create makes a user through the target.
func create(t *testing.T, target *scim.Target, name string) connector.Account {
	t.Helper()
	result, err := target.Create(t.Context(), connector.CreateRequest{ExternalID: "ext-" + name, Name: name, Active: true})
	require.NoError(t, err)
	require.Equal(t, connector.Applied, result.Outcome)
	return result.Account
}

// verdict requires an error, and returns what it means for the operation.
func verdict(t *testing.T, err error) connector.Verdict {
	t.Helper()
	require.Error(t, err)
	return connector.VerdictOf(err).Verdict
}

func texts(pairs ...string) map[string]connector.Value {
	values := map[string]connector.Value{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = connector.String(pairs[i+1])
	}
	return values
}

package oauth_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/oauth"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	key := func(context.Context) (*oauth.Key, error) { return nil, nil }
	insecure := func(settings *tls.Config) *http.Client {
		return &http.Client{Transport: &http.Transport{TLSClientConfig: settings}}
	}
	for name, c := range map[string]struct {
		spoil func(c *oauth.Config)
		want  string // empty for no error
	}{
		"nothing":              {func(*oauth.Config) {}, ""},
		"no client":            {func(c *oauth.Config) { c.ClientID = "" }, "oauth: ClientID: empty, or not made of printable ASCII characters"},
		"a client with a line": {func(c *oauth.Config) { c.ClientID = "a\nb" }, "oauth: ClientID: empty, or not made of printable ASCII characters"},
		"no server":            {func(c *oauth.Config) { c.TokenURL = "" }, "oauth: Issuer and TokenURL: want one of them"},
		"two servers":          {func(c *oauth.Config) { c.Issuer = "https://login.example.com" }, "oauth: Issuer and TokenURL: want one of them"},
		"no URL":               {func(c *oauth.Config) { c.TokenURL = "login.example.com" }, "oauth: TokenURL: want an absolute URL, such as https://login.example.com/token"},
		"another scheme":       {func(c *oauth.Config) { c.TokenURL = "ftp://login.example.com" }, "oauth: TokenURL: want https"},
		"HTTP":                 {func(c *oauth.Config) { c.TokenURL = "http://login.example.com" }, "oauth: TokenURL: http is for loopback addresses; use https or set AllowHTTP"},
		"HTTP that is allowed": {func(c *oauth.Config) { c.TokenURL, c.AllowHTTP = "http://login.example.com", true }, ""},
		"loopback":             {func(c *oauth.Config) { c.TokenURL = "http://[::1]:8080/token" }, ""},
		"localhost":            {func(c *oauth.Config) { c.TokenURL = "http://localhost/token" }, ""},
		"nearly localhost":     {func(c *oauth.Config) { c.TokenURL = "http://localhost.example.com/token" }, "oauth: TokenURL: http is for loopback addresses; use https or set AllowHTTP"},
		"a password":           {func(c *oauth.Config) { c.TokenURL = "https://a:hunter2@login.example.com" }, "oauth: TokenURL: must not contain credentials"},
		"a fragment":           {func(c *oauth.Config) { c.TokenURL = "https://login.example.com/#x" }, "oauth: TokenURL: must not contain a fragment"},
		"an issuer's query":    {func(c *oauth.Config) { c.TokenURL, c.Issuer = "", "https://login.example.com/?" }, "oauth: Issuer: must not contain a query"},
		"an issuer by HTTP":    {func(c *oauth.Config) { c.TokenURL, c.Issuer = "", "http://login.example.com" }, "oauth: Issuer: http is for loopback addresses; use https or set AllowHTTP"},
		"no secret":            {func(c *oauth.Config) { c.Secret = nil }, "oauth: Secret and Key: want one of them"},
		"a secret and a key":   {func(c *oauth.Config) { c.Key = key }, "oauth: Secret and Key: want one of them\noauth: Method: private_key_jwt has no use for a Secret"},
		"a method for keys":    {func(c *oauth.Config) { c.Method = oauth.PrivateKeyJWT }, "oauth: Method: private_key_jwt has no use for a Secret"},
		"a method for secrets": {func(c *oauth.Config) { c.Secret, c.Key, c.Method = nil, key, oauth.ClientSecretPost }, "oauth: Method: client_secret_post has no use for a Key"},
		"an unknown method":    {func(c *oauth.Config) { c.Method = "none" }, `oauth: Method: "none" is not known`},
		"two scopes in one":    {func(c *oauth.Config) { c.Scopes = []string{"a b"} }, `oauth: Scopes: "a b" is no scope`},
		"a quoted scope":       {func(c *oauth.Config) { c.Scopes = []string{`"a"`} }, `oauth: Scopes: "\"a\"" is no scope`},
		"an empty scope":       {func(c *oauth.Config) { c.Scopes = []string{""} }, `oauth: Scopes: "" is no scope`},
		"a relative resource":  {func(c *oauth.Config) { c.Resource = []string{"/scim"} }, "oauth: Resource: want absolute URIs without a fragment"},
		"a resource's part":    {func(c *oauth.Config) { c.Resource = []string{"https://a.example.com/#b"} }, "oauth: Resource: want absolute URIs without a fragment"},
		"an empty audience":    {func(c *oauth.Config) { c.Audience = []string{""} }, "oauth: Audience: one is empty"},
		"a header in a header": {func(c *oauth.Config) { c.UserAgent = "a\r\nb: c" }, "oauth: UserAgent: not made of printable ASCII characters"},
		"a negative lifetime":  {func(c *oauth.Config) { c.Lifetime = -1 }, "oauth: Lifetime, Margin and Timeout must not be negative"},
		"a negative margin":    {func(c *oauth.Config) { c.Margin = -1 }, "oauth: Lifetime, Margin and Timeout must not be negative"},
		"a negative timeout":   {func(c *oauth.Config) { c.Timeout = -1 }, "oauth: Lifetime, Margin and Timeout must not be negative"},
		"no verification":      {func(c *oauth.Config) { c.Client = insecure(&tls.Config{InsecureSkipVerify: true}) }, "oauth: Client: it does not verify certificates; trust the server's by RootCAs"},
		"verification by other rules": {func(c *oauth.Config) {
			c.Client = insecure(&tls.Config{InsecureSkipVerify: true, VerifyConnection: func(tls.ConnectionState) error { return nil }})
		}, ""},
		"several": {func(c *oauth.Config) { *c = oauth.Config{} }, "oauth: Issuer and TokenURL: want one of them\n" +
			"oauth: ClientID: empty, or not made of printable ASCII characters\noauth: Secret and Key: want one of them"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, config := newAuthority()
			c.spoil(&config)
			source, err := oauth.New(config)
			if c.want == "" {
				require.NoError(t, err)
				require.NotNil(t, source)
				return
			}
			require.EqualError(t, err, c.want)
		})
	}
}

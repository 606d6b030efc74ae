package oauth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Method is a way in which a client proves who it is, by its name in the
// registry of RFC 8414.
type Method string

// The methods.
const (
	// ClientSecretBasic sends the secret in the Authorization header, with both the
	// client's name and the secret form-encoded as RFC 6749, section 2.3.1, has it.
	// Where a server forgets to decode them, ClientSecretPost is the way out.
	ClientSecretBasic Method = "client_secret_basic"
	// ClientSecretPost sends the secret in the body.
	ClientSecretPost Method = "client_secret_post"
	// PrivateKeyJWT sends an assertion, signed with a key of the client's: RFC 7523.
	PrivateKeyJWT Method = "private_key_jwt"
)

// Config is what a Source is made from. Required are ClientID, one of TokenURL
// and Issuer, and one of Secret and Key.
type Config struct {
	// ClientID is the client's name at the authorization server.
	ClientID string
	// Issuer is the authorization server's identifier. Its token endpoint is taken
	// from the metadata of RFC 8414 when it is first needed, and looked up again
	// when nothing answers there any more.
	Issuer string
	// Key returns the key for PrivateKeyJWT. It must be safe for concurrent use.
	Key func(ctx context.Context) (*Key, error)
	// Secret returns the client's secret. It must be safe for concurrent use, and
	// heed its context. Its errors are passed on and must not contain the secret.
	Secret func(ctx context.Context) (string, error)
	// TokenURL is the token endpoint.
	TokenURL string

	// AllowHTTP permits unencrypted connections to any host: secrets and tokens can
	// then be read on the way.
	AllowHTTP bool
	// AssertionAudience is the "aud" of assertions; empty means the address of the
	// token endpoint. Some servers want their issuer identifier here.
	AssertionAudience string
	// Audience is sent as "audience" parameters, which some servers want in order to
	// know for which API a token is meant.
	Audience []string
	// Client sends the requests; nil means one with the standard transport. A given
	// one is copied, and follows no redirects. Its transport must verify
	// certificates.
	Client *http.Client
	// Lifetime is how long a token is used if the server does not say; 0 means
	// 5 minutes.
	Lifetime time.Duration
	// Logger is told when a renewal fails while the token at hand is still valid,
	// which no caller of Token need see; nil means nobody is.
	Logger *slog.Logger
	// Margin is how long before its expiry a token is renewed; 0 means a minute. It
	// is never more than a quarter of the token's lifetime.
	Margin time.Duration
	// Method is the way of authentication; empty means ClientSecretBasic if there is
	// a Secret, and PrivateKeyJWT if there is a Key.
	Method Method
	// Resource is sent as "resource" parameters: the absolute URIs of what a token
	// is meant for (RFC 8707).
	Resource []string
	// Scopes are what the token is to permit; none leaves that to the server.
	Scopes []string
	// Timeout is how long obtaining a token may take as a whole; 0 means 30 seconds.
	Timeout time.Duration
	// UserAgent is the header of that name; empty means joinery.
	UserAgent string
}

// New returns a Source. It connects to nothing. The error joins all that is
// wrong with the configuration.
func New(config Config) (*Source, error) {
	config.Audience = slices.Clone(config.Audience)
	config.Resource = slices.Clone(config.Resource)
	config.Scopes = slices.Clone(config.Scopes)
	if config.Method == "" {
		config.Method = ClientSecretBasic
		if config.Key != nil {
			config.Method = PrivateKeyJWT
		}
	}
	place, err := config.place()
	if err := errors.Join(err, config.checkClient(), config.checkParameters(), config.checkLimits(), checkTransport(config.Client)); err != nil {
		return nil, err
	}
	config.Lifetime = cmp.Or(config.Lifetime, 5*time.Minute)
	config.Margin = cmp.Or(config.Margin, time.Minute)
	config.Timeout = cmp.Or(config.Timeout, 30*time.Second)
	config.UserAgent = cmp.Or(config.UserAgent, "joinery (+https://github.com/joinery-iam/joinery)")
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	var client http.Client
	if config.Client != nil {
		client = *config.Client
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Source{
		name:   "oauth client " + config.ClientID + " at " + place.Host,
		config: config,
		server: &server{config: config, client: &client, endpoint: config.TokenURL},
		state:  &state{},
	}, nil
}

// place returns the one of Issuer and TokenURL that is set.
func (c Config) place() (*url.URL, error) {
	switch {
	case (c.Issuer == "") == (c.TokenURL == ""):
		return nil, errors.New("oauth: Issuer and TokenURL: want one of them")
	case c.TokenURL != "":
		u, err := parseURL(c.TokenURL, c.AllowHTTP)
		if err != nil {
			return nil, fmt.Errorf("oauth: TokenURL: %w", err)
		}
		return u, nil
	}
	u, err := parseURL(c.Issuer, c.AllowHTTP)
	if err == nil && (u.RawQuery != "" || u.ForceQuery) {
		err = errors.New("must not contain a query")
	}
	if err != nil {
		return nil, fmt.Errorf("oauth: Issuer: %w", err)
	}
	return u, nil
}

// checkClient looks at what says who the client is.
func (c Config) checkClient() error {
	var problems []error
	if c.ClientID == "" || !isVisible(c.ClientID, " ") {
		problems = append(problems, errors.New("oauth: ClientID: empty, or not made of printable ASCII characters"))
	}
	if (c.Secret == nil) == (c.Key == nil) {
		problems = append(problems, errors.New("oauth: Secret and Key: want one of them"))
	}
	switch c.Method {
	case ClientSecretBasic, ClientSecretPost:
		if c.Key != nil {
			problems = append(problems, fmt.Errorf("oauth: Method: %s has no use for a Key", c.Method))
		}
	case PrivateKeyJWT:
		if c.Secret != nil {
			problems = append(problems, fmt.Errorf("oauth: Method: %s has no use for a Secret", c.Method))
		}
	default:
		problems = append(problems, fmt.Errorf("oauth: Method: %q is not known", c.Method))
	}
	return errors.Join(problems...)
}

// checkParameters looks at what is sent besides.
func (c Config) checkParameters() error {
	var problems []error
	for _, scope := range c.Scopes {
		// RFC 6749, section 3.3.
		if scope == "" || !isVisible(scope, "") || strings.ContainsAny(scope, `"\`) {
			problems = append(problems, fmt.Errorf("oauth: Scopes: %q is no scope", scope))
		}
	}
	for _, resource := range c.Resource {
		if u, err := url.Parse(resource); err != nil || !u.IsAbs() || strings.Contains(resource, "#") {
			problems = append(problems, errors.New("oauth: Resource: want absolute URIs without a fragment"))
		}
	}
	if slices.Contains(c.Audience, "") {
		problems = append(problems, errors.New("oauth: Audience: one is empty"))
	}
	if !isVisible(c.UserAgent, " ") {
		problems = append(problems, errors.New("oauth: UserAgent: not made of printable ASCII characters"))
	}
	return errors.Join(problems...)
}

func (c Config) checkLimits() error {
	if min(c.Lifetime, c.Margin, c.Timeout) < 0 {
		return errors.New("oauth: Lifetime, Margin and Timeout must not be negative")
	}
	return nil
}

// checkTransport refuses a client which would hand the secret to anybody. One
// that verifies by a rule of its own must turn the standard one off, and may.
func checkTransport(client *http.Client) error {
	used := http.DefaultTransport
	if client != nil && client.Transport != nil {
		used = client.Transport
	}
	transport, ok := used.(*http.Transport)
	if !ok || transport == nil {
		return nil
	}
	settings := transport.Clone().TLSClientConfig // a transport in use may be setting its own just now
	if settings != nil && settings.InsecureSkipVerify && settings.VerifyConnection == nil && settings.VerifyPeerCertificate == nil {
		return errors.New("oauth: Client: it does not verify certificates; trust the server's by RootCAs")
	}
	return nil
}

// parseURL accepts absolute URLs to which a secret may be sent. Its errors do
// not repeat them.
func parseURL(s string, allowHTTP bool) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "":
		return nil, errors.New("want an absolute URL, such as https://login.example.com/token")
	case u.User != nil:
		return nil, errors.New("must not contain credentials")
	case strings.Contains(s, "#"):
		return nil, errors.New("must not contain a fragment")
	case u.Scheme == "https":
	case u.Scheme != "http":
		return nil, errors.New("want https")
	case !allowHTTP && !isLoopback(u.Hostname()):
		return nil, errors.New("http is for loopback addresses; use https or set AllowHTTP")
	}
	return u, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// isVisible tells whether s is made of ASCII characters that leave ink, and of
// those in also.
func isVisible(s, also string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r <= ' ' || r > '~') && !strings.ContainsRune(also, r)
	})
}

package scim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/profile"
)

// GroupKind is the kind of the entitlements of a Target; their names are the
// displayNames of groups.
const GroupKind = "group"

// Config is what a Target is made from. Only BaseURL is required.
type Config struct {
	// BaseURL is what comes before /Users, such as https://example.com/scim/v2.
	// It must be HTTPS, unless the host is a loopback address or AllowHTTP is set,
	// and hold neither credentials nor a query.
	BaseURL string

	// AllowHTTP permits unencrypted connections to any host: the token can then be
	// read on the way.
	AllowHTTP bool
	// Basic returns the name and password of HTTP Basic (RFC 7617), and is asked for
	// each request, like Token. Only one of the two may be set.
	Basic func(ctx context.Context) (name, password string, err error)
	// Client sends the requests; nil means one of the Target's own, with a timeout
	// of 30 seconds for a request. A given one is copied, and follows redirects
	// under the Target's rules: to the same host only, with the same method.
	Client *http.Client
	// Concurrency is the number of operations that the system bears at a time, for
	// its Description; 0 leaves it to the caller.
	Concurrency int
	// PageSize is the number of resources asked for at a time, unless the profile
	// knows of a lower limit; 0 means 100.
	PageSize int
	// Profile is what is known of the server. The zero value is a server that keeps
	// RFC 7644, within what can be found out by asking; see package
	// [github.com/joinery-iam/joinery/scim/profile].
	Profile profile.Profile
	// Rejected, if set, is told of a token or password with which the server did not
	// let us in, so that Token or Basic can return another one. It must be safe for
	// concurrent use.
	Rejected func(secret string)
	// Token returns the bearer token, and is asked for each request, so that
	// tokens can change at any time. It must be safe for concurrent use. Its
	// errors are passed on and must not contain the token. nil means that none is
	// sent.
	Token func(ctx context.Context) (string, error)
	// UserAgent is the header of that name; empty means joinery.
	UserAgent string
}

// Target is a SCIM service provider as a connector. It is safe for concurrent
// use.
type Target struct {
	base      string
	client    *http.Client
	ownClient bool
	config    Config
	budget    *budget
	filters   *filters
	newcomers newcomers

	mu      sync.Mutex // guards what is below
	facts   *facts     // nil until discovered
	schemas *schemas   // nil until asked for
}

var (
	_ connector.Connector = (*Target)(nil)
	_ connector.Suspender = (*Target)(nil)
	_ connector.Deleter   = (*Target)(nil)
	_ connector.Entitler  = (*Target)(nil)
	_ connector.Lister    = (*Target)(nil)
	_ connector.Catalog   = (*Target)(nil)
	_ connector.Checker   = (*Target)(nil)
	_ connector.Describer = (*Target)(nil)
)

// New returns a Target. It connects to nothing. The error joins all that is
// wrong with the configuration.
func New(config Config) (*Target, error) {
	var problems []error
	base, err := parseBase(config.BaseURL, config.AllowHTTP)
	problems = append(problems, err)
	if config.PageSize < 0 {
		problems = append(problems, errors.New("scim: PageSize is negative"))
	}
	if config.Concurrency < 0 {
		problems = append(problems, errors.New("scim: Concurrency is negative"))
	}
	if strings.ContainsFunc(config.UserAgent, isControl) {
		problems = append(problems, errors.New("scim: UserAgent contains control characters"))
	}
	if config.Token != nil && config.Basic != nil {
		problems = append(problems, errors.New("scim: Token and Basic: want one of them"))
	}
	if !reflect.ValueOf(config.Profile).IsZero() {
		if err := config.Profile.Check(); err != nil {
			problems = append(problems, fmt.Errorf("scim: Profile: %w", err))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	config.PageSize = cmp.Or(config.PageSize, 100)
	if most := config.Profile.Paging.MaxResults; most > 0 {
		config.PageSize = min(config.PageSize, most)
	}
	if config.UserAgent == "" {
		config.UserAgent = "joinery (+https://github.com/joinery-iam/joinery)"
	}
	t := &Target{
		base: base, config: config, ownClient: config.Client == nil,
		budget: newBudget(config.Profile.Rate), filters: newFilters(config.Profile.Filter),
	}
	if t.ownClient {
		t.client = &http.Client{Transport: newTransport(), Timeout: 30 * time.Second}
	} else {
		copied := *config.Client
		t.client = &copied
	}
	t.client.CheckRedirect = checkRedirect
	return t, nil
}

// newTransport keeps more idle connections than the default, since all requests
// go to one host.
func newTransport() http.RoundTripper {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok { // the program has replaced it, and will have its reasons
		return http.DefaultTransport
	}
	transport := standard.Clone()
	transport.MaxIdleConnsPerHost = 32
	return transport
}

// String names the target without its credentials.
func (t *Target) String() string { return "scim " + t.base }

// GoString is String, so that no formatting verb shows more.
func (t *Target) GoString() string { return t.String() }

// Close gives back idle connections, unless the client was the caller's. The
// Target remains usable.
func (t *Target) Close() error {
	if t.ownClient {
		t.client.CloseIdleConnections()
	}
	return nil
}

func parseBase(s string, allowHTTP bool) (string, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return "", errors.New("scim: BaseURL: want an absolute URL, such as https://example.com/scim/v2")
	case u.User != nil:
		return "", errors.New("scim: BaseURL: must not contain credentials")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", errors.New("scim: BaseURL: must not contain a query or a fragment")
	case u.Scheme == "https":
	case u.Scheme != "http":
		return "", fmt.Errorf("scim: BaseURL: scheme %q: want https", u.Scheme)
	case !allowHTTP && !isLoopback(u.Hostname()):
		return "", errors.New("scim: BaseURL: http is for loopback addresses; use https or set AllowHTTP")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// checkRedirect lets a redirect pass if it repeats the request at the same host:
// RFC 7644, section 3.12, knows 307 and 308. Any other is the answer itself,
// which then is an error.
func checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	if len(via) > 5 || req.Method != first.Method || req.URL.Scheme != first.URL.Scheme || req.URL.Host != first.URL.Host {
		return http.ErrUseLastResponse
	}
	return nil
}

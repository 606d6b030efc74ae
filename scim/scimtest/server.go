package scimtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"reflect"
	"sync"
	"time"

	"github.com/joinery-iam/joinery/scim/profile"
)

// BasePath is where the SCIM endpoints begin. A client's base URL is what Start
// returned, followed by BasePath.
const BasePath = "/scim/v2"

// Config is what a Server is made from. The zero value is a server that lets
// everybody in and never fails.
type Config struct {
	// Token is the bearer token that every request must carry; empty means none.
	Token string

	// AfterCommit, if set, is called after a request changed something and before
	// it is answered. It may be called by several requests at once.
	AfterCommit func(method, path string)
	// ETag makes the server version its resources and honour If-Match.
	ETag bool
	// Extensions are schemas of users beside the enterprise one.
	Extensions []Extension
	// Fault, if set, is asked once for each authorised request. It may be called
	// by several requests at once.
	Fault func(*http.Request) Fault
	// HiddenReads is how often a user who was made by a request is not there yet: so
	// many requests that would have shown the user to somebody, or made the user a
	// member of a group, go as if there were none. With it, Profile.Lag is of no
	// effect.
	HiddenReads int
	// MaxResults is the greatest number of resources on a page; 0 means what Profile
	// says, and else 200.
	MaxResults int
	// NoPatch makes the server refuse PATCH with 501, and say so.
	NoPatch bool
	// Now is the clock of Profile.Rate and Profile.Lag; nil means [time.Now].
	Now func() time.Time
	// Profile is the kind of server to be: see Playing another server, above. The
	// zero value keeps RFC 7644.
	Profile profile.Profile
	// SharedExternalIDs lets several resources have the same externalId, as many
	// servers do. Otherwise it is unique among users, and among groups.
	SharedExternalIDs bool
}

// Extension is a schema of optional attributes.
type Extension struct {
	URN        string
	Attributes []string // each one string
	Lists      []string // each a list of strings
}

// Fault is what goes wrong with one request. The zero Fault is nothing.
type Fault struct {
	// Delay passes before the request is looked at.
	Delay time.Duration
	// Status, if not 0, is the answer, and nothing is done.
	Status int
	// RetryAfter is the header of that name that goes with Status.
	RetryAfter string
	// LoseReply closes the connection in place of an answer, after the request
	// was carried out.
	LoseReply bool
}

// Server is a SCIM service provider in memory. Its methods are safe for
// concurrent use.
type Server struct {
	config    Config
	quirks    *quirks
	mux       *http.ServeMux
	directory *directory
	log       requestLog

	mu     sync.Mutex // guards what is below
	token  string
	fault  func(*http.Request) Fault
	server *http.Server
	done   chan struct{}
}

// New returns a Server without users and groups. The error names what is wrong
// with the configuration.
func New(config Config) (*Server, error) {
	if config.MaxResults < 0 || config.HiddenReads < 0 {
		return nil, errors.New("scimtest: MaxResults or HiddenReads is negative")
	}
	if !reflect.ValueOf(config.Profile).IsZero() {
		if err := config.Profile.Check(); err != nil {
			return nil, fmt.Errorf("scimtest: Profile: %w", err)
		}
	}
	users, err := userCatalogue(config.Extensions, config.Profile.Attributes)
	if err != nil {
		return nil, err
	}
	config.MaxResults = cmp.Or(config.MaxResults, config.Profile.Paging.MaxResults, 200)
	q := newQuirks(config)
	s := &Server{
		config:    config,
		quirks:    q,
		directory: newDirectory(users, groupCatalogue(), q),
		token:     config.Token,
		fault:     config.Fault,
	}
	s.directory.users.sharing, s.directory.groups.sharing = config.SharedExternalIDs, config.SharedExternalIDs
	s.mux = s.routes()
	return s, nil
}

// Start serves on a free loopback port until Close, and returns the URL of the
// server's root, without BasePath. A Server is started at most once.
func (s *Server) Start() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server != nil {
		return "", errors.New("scimtest: already started")
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("scimtest: %w", err)
	}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	s.done = make(chan struct{})
	go func(server *http.Server, done chan struct{}) {
		defer close(done)
		_ = server.Serve(listener) // it ends when Close ends it
	}(s.server, s.done)
	return "http://" + listener.Addr().String(), nil
}

// Close ends what Start began, connections in use included. It is no error to
// close a Server that was not started.
func (s *Server) Close() error {
	s.mu.Lock()
	server, done := s.server, s.done
	s.mu.Unlock()
	if server == nil {
		return nil
	}
	err := server.Close()
	<-done
	return err
}

// SetToken replaces the token that is asked for, as a rotation would.
func (s *Server) SetToken(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = token
}

// SetFault replaces Config.Fault from the next request on; nil means no faults.
func (s *Server) SetFault(fault func(*http.Request) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

func (s *Server) settings() (string, func(*http.Request) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token, s.fault
}

package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/joinery-iam/joinery/connector"
)

const (
	// firstPause is how long no request is made after a failure, and how long
	// rejections are not acted on after one that was.
	firstPause = 5 * time.Second
	// lastPause is what the pause grows to, by doubling, while requests fail.
	lastPause = time.Minute
)

// Source obtains and keeps the bearer token of a client. It is safe for
// concurrent use.
type Source struct {
	name   string
	config Config
	server *server
	// state is apart since, in a struct of somebody else's, fmt can reach what is in
	// these fields without asking Format, and takes no lock.
	state *state
}

// state is what changes while a Source is used.
type state struct {
	mu       sync.Mutex // guards what is below
	kept     *bearer    // nil for none
	flight   *flight    // the request under way; nil for none
	dropped  time.Time  // when a token was last given up because it was rejected
	failure  error      // of the last request; nil if it succeeded
	failures int        // in a row
	resume   time.Time  // when the next request may be made after a failure
	told     bool       // resume is what the server asked for
}

// bearer is a token that was obtained. Its times are of the wall clock, which
// goes on while a machine sleeps.
type bearer struct {
	token    string
	renew    time.Time
	expires  time.Time
	rejected bool
}

// flight is one request for a token, on behalf of all who wait for it. Its
// results are set before done is closed.
type flight struct {
	done  chan struct{}
	token string
	err   error
}

// Token returns a token that has not expired and, as far as is known, was not
// rejected, and requests one if need be. A cancelled ctx ends the wait of this
// caller only. Errors are marked as met before anything was sent
// ([connector.NotSent]), since the request that wants the token was not; when the
// server has named a time to come back, with that ([connector.RetryAfter]). An
// answer that is an error is a [*ResponseError].
func (s *Source) Token(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", connector.NotSent(fmt.Errorf("%s: %w", s.name, err))
	}
	token, flight, err := s.current(ctx)
	if flight == nil {
		return token, err
	}
	select {
	case <-flight.done:
		return flight.token, flight.err
	case <-ctx.Done():
		return "", connector.NotSent(fmt.Errorf("%s: waiting for a token: %w", s.name, ctx.Err()))
	}
}

// Rejected says that the resource server did not accept token. If it is the one
// that Token returns, the next call requests another; but a token is given up for
// this reason only once in 5 seconds, and is returned until then.
func (s *Source) Rejected(token string) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	if s.state.kept == nil || s.state.kept.token != token {
		return
	}
	s.state.kept.rejected = true
	s.drop(time.Now())
}

// String names the client and the server.
func (s *Source) String() string { return s.name }

// GoString is String.
func (s *Source) GoString() string { return s.name }

// Format writes String for every verb: some would show what is inside.
func (s *Source) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.name) }

// LogValue is String.
func (s *Source) LogValue() slog.Value { return slog.StringValue(s.name) }

// MarshalJSON is String.
func (s *Source) MarshalJSON() ([]byte, error) { return json.Marshal(s.name) }

// current returns the token at hand, or the request to wait for, or why there is
// neither. It starts the request if one is due.
func (s *Source) current(ctx context.Context) (string, *flight, error) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	now := time.Now()
	s.drop(now)
	if s.state.kept != nil && !now.Before(s.state.kept.expires) {
		s.state.kept = nil
	}
	due := s.state.kept == nil || !now.Before(s.state.kept.renew)
	if s.state.flight == nil && due && !now.Before(s.state.resume) {
		s.state.flight = &flight{done: make(chan struct{})}
		go s.fly(context.WithoutCancel(ctx), s.state.flight)
	}
	switch {
	case s.state.kept != nil:
		return s.state.kept.token, nil, nil
	case s.state.flight != nil:
		return "", s.state.flight, nil
	default:
		return "", nil, s.verdict(s.state.failure, now)
	}
}

// drop gives up a rejected token, unless another one was given up just now.
func (s *Source) drop(now time.Time) {
	if s.state.kept != nil && s.state.kept.rejected && (s.state.dropped.IsZero() || now.Sub(s.state.dropped) >= firstPause) {
		s.state.kept, s.state.dropped = nil, now
	}
}

// fly makes one request. It takes no longer than the timeout, provided that
// Config.Secret, Config.Key and the signer heed their context.
func (s *Source) fly(ctx context.Context, f *flight) {
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	var got *bearer
	err := errors.New("the request was given up") // unless it returns
	defer func() { s.land(ctx, f, got, err) }()
	got, err = s.server.token(ctx)
	if err != nil && ctx.Err() != nil {
		// Whoever waits must not take this for the end of a context of its own.
		err = fmt.Errorf("no token within %s", s.config.Timeout)
	}
}

// land notes what came of a request and lets those go who wait for it.
func (s *Source) land(ctx context.Context, f *flight, got *bearer, err error) {
	if err == nil {
		s.succeed(f, got)
		return
	}
	if unseen, dropped := s.fail(f, err); unseen {
		// Without the lock: what the handler does may need a token.
		s.config.Logger.WarnContext(ctx, "token not renewed", "system", s.name, "error", err, "dropped", dropped)
	}
}

func (s *Source) succeed(f *flight, got *bearer) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	defer close(f.done)
	s.state.flight = nil
	s.state.kept, f.token = got, got.token
	s.state.failure, s.state.failures, s.state.resume, s.state.told = nil, 0, time.Time{}, false
}

// fail tells whether nobody waited for the request, since there was a token, and
// whether that was dropped.
func (s *Source) fail(f *flight, err error) (unseen, dropped bool) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	defer close(f.done)
	s.state.flight = nil
	now := time.Now()
	pause := min(firstPause<<min(s.state.failures, 10), lastPause)
	s.state.failures++
	s.state.told = false
	refused := false
	if answer, ok := errors.AsType[*ResponseError](err); ok {
		refused = answer.refusal()
		if s.state.told = answer.RetryAfter > 0; s.state.told {
			pause = answer.RetryAfter
		}
	}
	s.state.failure, s.state.resume = fmt.Errorf("%s: %w", s.name, err), now.Add(pause)
	f.err = s.verdict(s.state.failure, now)
	unseen = s.state.kept != nil
	if refused {
		s.state.kept = nil
	}
	return unseen, unseen && refused
}

// verdict marks err for those who ask now.
func (s *Source) verdict(err error, now time.Time) error {
	if s.state.told {
		return connector.RetryAfter(s.state.resume.Sub(now), err)
	}
	return connector.NotSent(err)
}

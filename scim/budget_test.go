package scim_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/profile"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

// near answers requests without a network, so that a test can hold the clock.
type near struct {
	handler http.Handler
	mu      sync.Mutex
	at      []time.Time // of the writes
	refuse  func() (status int, retryAfter string)
}

func (n *near) RoundTrip(req *http.Request) (_ *http.Response, err error) {
	defer func() {
		if p := recover(); p == http.ErrAbortHandler { //nolint:errorlint // as net/http compares it
			err = io.ErrUnexpectedEOF
		} else if p != nil {
			panic(p)
		}
	}()
	if req.Method != http.MethodGet {
		n.mu.Lock()
		n.at = append(n.at, time.Now())
		n.mu.Unlock()
		if n.refuse != nil {
			if status, after := n.refuse(); status != 0 {
				w := httptest.NewRecorder()
				w.Header().Set("Retry-After", after)
				w.WriteHeader(status)
				return w.Result(), nil
			}
		}
	}
	if req.Body == nil { // as a server has it
		req = req.Clone(req.Context())
		req.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	n.handler.ServeHTTP(w, req)
	if cause := context.Cause(req.Context()); cause != nil {
		return nil, cause
	}
	return w.Result(), nil
}

// nearby returns a target for a new server in the same bubble.
func nearby(t *testing.T, p profile.Profile) (*near, *scim.Target) {
	t.Helper()
	server, err := scimtest.New(scimtest.Config{})
	require.NoError(t, err)
	n := &near{handler: server}
	return n, through(t, n, p)
}

// beside returns a target for a server in the same bubble.
func beside(t *testing.T, server *scimtest.Server, p profile.Profile) *scim.Target {
	t.Helper()
	return through(t, &near{handler: server}, p)
}

func through(t *testing.T, n *near, p profile.Profile) *scim.Target {
	t.Helper()
	return connect(t, scim.Config{
		BaseURL: "https://example.com" + scimtest.BasePath, Client: &http.Client{Transport: n}, Profile: p,
	})
}

func limited(rates ...profile.Rate) profile.Profile {
	return profile.Profile{Name: "limited", Product: "limited", Checked: "2026-11-23", Rate: rates}
}

func TestNoMoreRequestsAreSentThanTheRateAllows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n, target := nearby(t, limited(profile.Rate{Class: profile.UserWrites, Requests: 10, Per: time.Second, Burst: 5}))
		var all sync.WaitGroup
		for i := range 100 {
			all.Go(func() {
				for {
					_, err := target.Create(t.Context(), connector.CreateRequest{ExternalID: fmt.Sprint(i), Name: fmt.Sprint("u", i), Active: true})
					if err == nil {
						return
					}
					j := connector.VerdictOf(err)
					if j.Verdict != connector.VerdictRetry || j.After <= 0 {
						t.Error(err)
						return
					}
					time.Sleep(j.After) //nolint:forbidigo // no time passes in a bubble
				}
			})
		}
		all.Wait()
		require.Len(t, n.at, 100)
		for i := range n.at {
			within := 0
			for _, at := range n.at[i:] {
				if at.Sub(n.at[i]) < time.Second {
					within++
				}
			}
			require.LessOrEqual(t, within, 15, "in the second after request %d", i)
		}
	})
}

func TestRefusalHoldsBackTheOthersAndNotTheReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n, target := nearby(t, profile.Profile{})
		n.refuse = func() (int, string) { return http.StatusTooManyRequests, "30" }
		hire := connector.CreateRequest{ExternalID: "e", Name: "amy", Active: true}
		for range 3 {
			_, err := target.Create(t.Context(), hire)
			require.Equal(t, connector.VerdictRetry, connector.VerdictOf(err).Verdict)
			require.Equal(t, 30*time.Second, connector.VerdictOf(err).After)
		}
		require.Len(t, n.at, 1, "the server was left alone")
		_, err := target.Find(t.Context(), connector.FindRequest{ExternalID: "e"})
		require.NoError(t, err)

		n.refuse = nil
		time.Sleep(30 * time.Second) //nolint:forbidigo // no time passes in a bubble
		_, err = target.Create(t.Context(), hire)
		require.NoError(t, err)
	})
}

func TestPauseWithoutATimeGrowsAndEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n, target := nearby(t, profile.Profile{})
		left := 4
		n.refuse = func() (int, string) {
			if left--; left >= 0 {
				return http.StatusTooManyRequests, ""
			}
			return 0, ""
		}
		start := time.Now()
		for {
			_, err := target.Create(t.Context(), connector.CreateRequest{ExternalID: "e", Name: "amy", Active: true})
			if err == nil {
				break
			}
			time.Sleep(max(connector.VerdictOf(err).After, time.Millisecond)) //nolint:forbidigo // no time passes in a bubble
		}
		require.Len(t, n.at, 5)
		require.GreaterOrEqual(t, time.Since(start), 15*time.Second, "1, 2, 4 and 8 seconds")
	})
}

func TestRequestThatCannotWaitForItsTurnWasNotSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n, target := nearby(t, limited(profile.Rate{Class: profile.Writes, Requests: 1, Per: time.Minute}))
		require.NoError(t, target.Check(t.Context()))
		_, err := target.Create(t.Context(), connector.CreateRequest{ExternalID: "1", Name: "amy", Active: true})
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = target.Create(ctx, connector.CreateRequest{ExternalID: "2", Name: "bob", Active: true})
		require.Equal(t, connector.Judgement{Verdict: connector.VerdictRetry, After: time.Minute}, connector.VerdictOf(err))
		require.Len(t, n.at, 1)
	})
}

// Who is to be locked out now does not queue behind everybody else, and the rate
// holds all the same.
func TestUrgentRequestsGoBeforeThoseThatWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n, target := nearby(t, profile.Profile{
			Name: "p", Product: "p", Checked: "2026-11-23",
			Rate: []profile.Rate{{Class: profile.Writes, Requests: 10, Per: time.Second}},
		})
		ref := create(t, target, "ann").Ref
		n.mu.Lock()
		n.at = nil
		n.mu.Unlock()
		begin := time.Now()
		var others sync.WaitGroup
		for i := range 15 { // a second and a half of writes
			others.Go(func() {
				_, err := target.Create(t.Context(), connector.CreateRequest{ExternalID: fmt.Sprint("e", i), Name: fmt.Sprint("u", i), Active: true})
				if err != nil {
					t.Error(err)
				}
			})
		}
		<-time.After(250 * time.Millisecond) // of the bubble's clock
		asked := time.Now()
		_, err := target.Disable(connector.WithUrgency(t.Context()), connector.AccountRequest{Ref: ref})
		require.NoError(t, err)
		require.LessOrEqual(t, time.Since(asked), 100*time.Millisecond, "one turn at most")
		others.Wait()
		require.Len(t, n.at, 16)
		slices.SortFunc(n.at, time.Time.Compare)
		for i, at := range n.at[1:] {
			require.GreaterOrEqual(t, at.Sub(n.at[i]), 100*time.Millisecond, "the rate, between %d and %d", i, i+1)
		}
		require.Less(t, time.Since(begin), 1800*time.Millisecond, "nobody waits longer than one turn more")
	})
}

package oauth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
)

// TestPlugs holds the methods to what scim.Config wants.
func TestPlugs(t *testing.T) {
	t.Parallel()
	_, config := newAuthority()
	source := newSource(t, config)
	plug := struct {
		Token    func(ctx context.Context) (string, error)
		Rejected func(secret string)
	}{source.Token, source.Rejected}
	token, err := plug.Token(t.Context())
	require.NoError(t, err)
	plug.Rejected(token)
	want(t, source, "token-2")
}

func TestOneRequestForAllCallers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, config := newAuthority()
		release := make(chan struct{})
		a.answer = func(http.ResponseWriter, *http.Request, int) bool { <-release; return false }
		source := newSource(t, config)

		first, cancel := context.WithCancel(t.Context())
		gaveUp := make(chan error, 1)
		go func() { _, err := source.Token(first); gaveUp <- err }()
		synctest.Wait()
		results := make(chan string, 100)
		for range cap(results) {
			go func() {
				token, err := source.Token(t.Context())
				results <- fmt.Sprint(token, err)
			}()
		}
		synctest.Wait()
		cancel() // the one on whose behalf the request was begun
		err := <-gaveUp
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, connector.VerdictRetry, connector.VerdictOf(err).Verdict)
		synctest.Wait()
		require.Empty(t, results)
		close(release)
		for range cap(results) {
			require.Equal(t, "token-1<nil>", <-results)
		}
		require.Equal(t, 1, a.count())
	})
}

func TestCancelledCallerStartsNothing(t *testing.T) {
	t.Parallel()
	a, config := newAuthority()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := newSource(t, config).Token(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, a.count())
}

func TestRenewalBeforeExpiryKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, config := newAuthority()
		release := make(chan struct{})
		a.answer = func(_ http.ResponseWriter, _ *http.Request, n int) bool {
			if n > 1 {
				<-release
			}
			return false
		}
		source := newSource(t, config)
		want(t, source, "token-1")
		time.Sleep(59*time.Minute - time.Nanosecond) //nolint:forbidigo // the bubble's time
		want(t, source, "token-1")
		synctest.Wait()
		require.Equal(t, 1, a.count(), "before the margin")
		time.Sleep(time.Nanosecond) //nolint:forbidigo // the bubble's time
		for range 10 {
			want(t, source, "token-1")
		}
		synctest.Wait()
		require.Equal(t, 2, a.count(), "within the margin")
		close(release)
		synctest.Wait()
		want(t, source, "token-2")
		require.Equal(t, 2, a.count())
	})
}

func TestLifetimes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, expiresIn string
		lifetime        time.Duration // configured
		margin          time.Duration // configured
		renewed         time.Duration // after this
	}{
		{name: "told", expiresIn: "3600", renewed: 59 * time.Minute},
		{name: "a string", expiresIn: `"3600"`, renewed: 59 * time.Minute},
		{name: "decimals", expiresIn: "3600.0", renewed: 59 * time.Minute},
		{name: "missing", renewed: 4 * time.Minute},
		{name: "null", expiresIn: "null", renewed: 4 * time.Minute},
		{name: "zero", expiresIn: "0", renewed: 4 * time.Minute},
		{name: "missing, configured", lifetime: time.Hour, renewed: 59 * time.Minute},
		{name: "own margin", expiresIn: "3600", margin: 10 * time.Minute, renewed: 50 * time.Minute},
		{name: "short", expiresIn: "40", renewed: 30 * time.Second},
		{name: "beyond belief", expiresIn: "1e300", renewed: 365*24*time.Hour - time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a, config := newAuthority()
				a.lifetime, config.Lifetime, config.Margin = c.expiresIn, c.lifetime, c.margin
				source := newSource(t, config)
				want(t, source, "token-1")
				time.Sleep(c.renewed - time.Nanosecond) //nolint:forbidigo // the bubble's time
				want(t, source, "token-1")
				synctest.Wait()
				require.Equal(t, 1, a.count())
				time.Sleep(time.Nanosecond) //nolint:forbidigo // the bubble's time
				want(t, source, "token-1")
				synctest.Wait()
				want(t, source, "token-2")
			})
		})
	}
}

func TestLifetimeCountsFromTheRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, config := newAuthority()
		a.lifetime = "20"
		a.answer = func(http.ResponseWriter, *http.Request, int) bool {
			time.Sleep(15 * time.Second) //nolint:forbidigo // the bubble's time
			return false
		}
		source := newSource(t, config)
		want(t, source, "token-1")
		time.Sleep(5 * time.Second) //nolint:forbidigo // the bubble's time
		want(t, source, "token-2")
	})
}

// TestManyCallersOverSockets is for the race detector: callers that come, wait,
// give up and reject, with tokens of a second.
func TestManyCallersOverSockets(t *testing.T) {
	t.Parallel()
	a, config := newAuthority()
	server := httptest.NewServer(a)
	defer server.Close()
	config.TokenURL, config.Client = server.URL, nil
	source := newSource(t, config)
	var callers sync.WaitGroup
	for i := range 64 {
		callers.Go(func() {
			for j := range 50 {
				ctx, cancel := context.WithCancel(t.Context())
				if (i+j)%7 == 0 {
					go cancel()
				}
				token, err := source.Token(ctx)
				if err != nil && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				if j == 25 {
					source.Rejected(token)
				}
				_ = fmt.Sprint(source)
				cancel()
			}
		})
	}
	callers.Wait()
	require.LessOrEqual(t, a.count(), 3, "the first, one for rejections, and one more if this took 5 seconds")
}

package oauth_test

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRejectedTokenIsReplaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, config := newAuthority()
		source := newSource(t, config)
		source.Rejected("") // there is none yet
		want(t, source, "token-1")
		source.Rejected("token-0")
		source.Rejected("")
		want(t, source, "token-1")

		var callers sync.WaitGroup
		for range 100 { // all of whom have met a 401 with it
			callers.Go(func() {
				source.Rejected("token-1")
				want(t, source, "token-2")
			})
		}
		callers.Wait()
		require.Equal(t, 2, a.count())
	})
}

func TestServerThatRejectsEverythingIsNotServedEndlessly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, config := newAuthority()
		source := newSource(t, config)
		begin := time.Now()
		for time.Since(begin) < 20*time.Second {
			token, err := source.Token(t.Context())
			require.NoError(t, err)
			source.Rejected(token)
			time.Sleep(10 * time.Millisecond) //nolint:forbidigo // the bubble's time
		}
		require.Equal(t, 1+4, a.count(), "the first, and after 0, 5, 10 and 15 seconds")
	})
}

func TestRejectionIsRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, config := newAuthority()
		source := newSource(t, config)
		want(t, source, "token-1")
		source.Rejected("token-1")
		want(t, source, "token-2")
		source.Rejected("token-2")
		want(t, source, "token-2")  // for there may be nothing wrong with it
		time.Sleep(5 * time.Second) //nolint:forbidigo // the bubble's time
		want(t, source, "token-3")
	})
}

func TestRejectedTokenIsNoRefugeWhenRenewalFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, config := newAuthority()
		source := newSource(t, config)
		want(t, source, "token-1")
		a.answer = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
			w.WriteHeader(http.StatusBadGateway)
			return true
		}
		source.Rejected("token-1")
		for range 3 {
			_, err := source.Token(t.Context())
			require.ErrorContains(t, err, "status 502")
		}
		require.Equal(t, 2, a.count())
	})
}

func TestRejectionDuringRenewalWaitsForIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, config := newAuthority()
		source := newSource(t, config)
		want(t, source, "token-1")
		a.answer = func(http.ResponseWriter, *http.Request, int) bool {
			time.Sleep(time.Second) //nolint:forbidigo // the bubble's time
			return false
		}
		time.Sleep(59 * time.Minute) //nolint:forbidigo // the bubble's time
		want(t, source, "token-1")   // and a renewal is under way
		source.Rejected("token-1")
		want(t, source, "token-2")
		require.Equal(t, 2, a.count())
	})
}

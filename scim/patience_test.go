package scim_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/profile"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

// TestWhoWasJustMadeCanBeGivenSomething has a server that shows nobody at once.
func TestWhoWasJustMadeCanBeGivenSomething(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := profile.Profile{Name: "slow", Product: "slow", Checked: "2026-11-23", Lag: 2 * time.Second}
		for name, config := range map[string]scimtest.Config{
			"by reads": {Profile: p, HiddenReads: 3}, "by the clock": {Profile: p},
		} {
			server, err := scimtest.New(config)
			require.NoError(t, err)
			_, err = server.AddGroup(scimtest.Group{DisplayName: "eng"})
			require.NoError(t, err)
			target := beside(t, server, p)
			amy := create(t, target, "amy")
			hidden := 0
			result, err := target.Grant(t.Context(), connector.GrantRequest{Ref: amy.Ref, Entitlement: group("eng")})
			require.NoError(t, err, name)
			require.Equal(t, connector.Applied, result.Outcome)
			require.Equal(t, []string{amy.ID}, server.Groups()[0].Members)
			for _, r := range server.Requests() {
				if r.Status == http.StatusNotFound {
					hidden++
				}
			}
			require.Positive(t, hidden, "%s: nobody was hidden", name)
		}
	})
}

// TestWhoIsLateIsNotGone has a server that takes longer than anybody would wait.
func TestWhoIsLateIsNotGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := profile.Profile{Name: "slow", Product: "slow", Checked: "2026-11-23", Lag: time.Minute}
		server, err := scimtest.New(scimtest.Config{Profile: p})
		require.NoError(t, err)
		target := beside(t, server, p)
		amy := create(t, target, "amy")
		disable := func() error {
			_, err := target.Disable(t.Context(), connector.AccountRequest{Ref: amy.Ref})
			return err
		}
		judgement := connector.VerdictOf(disable())
		require.Equal(t, connector.VerdictRetry, judgement.Verdict)
		require.Positive(t, judgement.After)
		time.Sleep(judgement.After) //nolint:forbidigo // no time passes in a bubble
		require.NoError(t, disable())
		require.ErrorIs(t, server.SignIn("amy"), scimtest.ErrSignIn)
	})
}

// TestWhoWasDeletedIsNotLate has a server that is slow to show who is new, and to
// show who is gone.
func TestWhoWasDeletedIsNotLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := profile.Profile{Name: "slow", Product: "slow", Checked: "2026-11-23", Lag: time.Minute}
		server, err := scimtest.New(scimtest.Config{Profile: p, HiddenReads: 1})
		require.NoError(t, err)
		target := beside(t, server, p)
		amy := create(t, target, "amy")
		whole := connector.AccountRequest{Ref: amy.Ref}
		result, err := target.Delete(t.Context(), whole)
		require.NoError(t, err)
		require.Equal(t, connector.Applied, result.Outcome)
		_, err = target.Disable(t.Context(), whole)
		require.ErrorIs(t, err, connector.ErrNotFound)
	})
	var deleted, reads atomic.Int32
	target := odd(t, map[string]http.HandlerFunc{
		"GET /Users/1": func(w http.ResponseWriter, r *http.Request) {
			if deleted.Load() > 0 && reads.Add(1) > 2 {
				say(404, `{}`)(w, r)
				return
			}
			say(200, `{"id":"1","userName":"amy"}`)(w, r)
		},
		"DELETE /Users/1": func(w http.ResponseWriter, _ *http.Request) {
			deleted.Add(1)
			w.WriteHeader(http.StatusNoContent)
		},
	})
	result, err := target.Delete(t.Context(), connector.AccountRequest{Ref: connector.Ref{ID: "1"}})
	require.NoError(t, err)
	require.Equal(t, connector.Applied, result.Outcome)
	require.EqualValues(t, 3, reads.Load())
	require.EqualValues(t, 1, deleted.Load())
}

package scim_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/profile"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

func TestALostReplyIsFoundAgain(t *testing.T) {
	t.Parallel()
	server, target := start(t, scimtest.Config{})
	require.NoError(t, target.Check(t.Context()))
	server.SetFault(func(r *http.Request) scimtest.Fault { return scimtest.Fault{LoseReply: r.Method == http.MethodPost} })
	req := connector.CreateRequest{ExternalID: "e1", Name: "amy", Active: true}
	_, err := target.Create(t.Context(), req)
	require.Equal(t, connector.VerdictUnknown, verdict(t, err))
	require.Len(t, server.Users(), 1, "it was made all the same")

	server.SetFault(nil)
	server.ResetLog()
	result, err := target.Create(t.Context(), req)
	require.NoError(t, err)
	require.Equal(t, connector.AlreadyInState, result.Outcome)
	require.Equal(t, server.Users()[0].ID, result.Account.ID)
	require.Zero(t, server.Writes())
}

func TestALostReadAfterAWriteLeavesTheOutcomeOpen(t *testing.T) {
	t.Parallel()
	server, target := start(t, scimtest.Config{})
	_, err := server.AddGroup(scimtest.Group{DisplayName: "eng"})
	require.NoError(t, err)
	account := create(t, target, "amy")
	var written atomic.Bool
	server.SetFault(func(r *http.Request) scimtest.Fault {
		if r.Method != http.MethodGet {
			written.Store(true)
			return scimtest.Fault{}
		}
		if written.Load() {
			return scimtest.Fault{Status: 429, RetryAfter: "1"}
		}
		return scimtest.Fault{}
	})
	_, err = target.Grant(t.Context(), connector.GrantRequest{Ref: account.Ref, Entitlement: group("eng")})
	require.Equal(t, connector.VerdictUnknown, verdict(t, err), "the verdict of the read must not be that of the grant")
	written.Store(false)
	_, err = target.Delete(t.Context(), connector.AccountRequest{Ref: account.Ref})
	require.Equal(t, connector.VerdictUnknown, verdict(t, err))
}

func TestCreateKeepsApartOursAndTheirs(t *testing.T) {
	t.Parallel()
	server, target := start(t, scimtest.Config{})
	_, err := server.AddUser(scimtest.User{UserName: "amy", ExternalID: "theirs", Active: true})
	require.NoError(t, err)
	_, err = target.Create(t.Context(), connector.CreateRequest{ExternalID: "ours", Name: "Amy"})
	require.ErrorIs(t, err, connector.ErrAlreadyExists)
	_, err = target.Create(t.Context(), connector.CreateRequest{Name: "amy"})
	require.ErrorIs(t, err, connector.ErrAlreadyExists, "without an external id nothing is ours")
	require.Zero(t, server.Summary().Committed)
	result, err := target.Create(t.Context(), connector.CreateRequest{ExternalID: "theirs", Name: "other"})
	require.NoError(t, err)
	require.Equal(t, connector.AlreadyInState, result.Outcome)
	require.Equal(t, "amy", result.Account.Name, "as observed")
}

func TestAConflictWithOurselvesIsFound(t *testing.T) {
	t.Parallel()
	var refused atomic.Bool
	target := odd(t, map[string]http.HandlerFunc{
		"POST /Users": func(w http.ResponseWriter, r *http.Request) {
			refused.Store(true)
			say(409, `{"scimType":"uniqueness"}`)(w, r)
		},
		// Another node was faster, after we had looked.
		"GET /Users": func(w http.ResponseWriter, r *http.Request) {
			if refused.Load() {
				say(200, `{"totalResults":1,"Resources":[{"id":"1","userName":"amy","externalId":"e"}]}`)(w, r)
				return
			}
			say(200, `{"totalResults":0}`)(w, r)
		},
	})
	result, err := target.Create(t.Context(), connector.CreateRequest{ExternalID: "e", Name: "amy"})
	require.NoError(t, err)
	require.Equal(t, connector.AlreadyInState, result.Outcome)
	require.Equal(t, "1", result.Account.ID)
}

func TestCreateLooksForWhatTheServerDoesNotShow(t *testing.T) {
	t.Parallel()
	var made atomic.Bool
	target := odd(t, map[string]http.HandlerFunc{
		"POST /Users": func(w http.ResponseWriter, _ *http.Request) { made.Store(true); w.WriteHeader(http.StatusCreated) },
		"GET /Users": func(w http.ResponseWriter, r *http.Request) {
			if made.Load() {
				say(200, `{"totalResults":1,"Resources":[{"id":"1","userName":"amy","externalId":"e"}]}`)(w, r)
				return
			}
			say(200, `{"totalResults":0}`)(w, r)
		},
	})
	result, err := target.Create(t.Context(), connector.CreateRequest{ExternalID: "e", Name: "amy"})
	require.NoError(t, err)
	require.Equal(t, connector.Applied, result.Outcome)
	require.Equal(t, "1", result.Account.ID)
}

func TestPatchAnsweredWithoutABodyIsReadBack(t *testing.T) {
	t.Parallel()
	var off atomic.Bool
	target := odd(t, map[string]http.HandlerFunc{
		"PATCH /Users/1": func(w http.ResponseWriter, _ *http.Request) { off.Store(true); w.WriteHeader(http.StatusNoContent) },
		"GET /Users/1": func(w http.ResponseWriter, r *http.Request) {
			if off.Load() {
				say(200, `{"id":"1","userName":"amy","active":false}`)(w, r)
				return
			}
			say(200, `{"id":"1","userName":"amy"}`)(w, r)
		},
	})
	result, err := target.Disable(t.Context(), connector.AccountRequest{Ref: connector.Ref{ID: "1"}})
	require.NoError(t, err)
	require.Equal(t, connector.Applied, result.Outcome)
	require.False(t, result.Account.Active)
}

func TestAChangeThatIsDroppedSilentlyIsNoSuccess(t *testing.T) {
	t.Parallel()
	user := say(200, `{"id":"1","userName":"amy","active":true,"title":"old"}`)
	target := odd(t, map[string]http.HandlerFunc{
		"GET /Users/1": user, "PATCH /Users/1": user, "DELETE /Users/1": say(204, ""),
	})
	whole := connector.AccountRequest{Ref: connector.Ref{ID: "1"}}
	_, err := target.Disable(t.Context(), whole)
	require.Equal(t, connector.VerdictUnknown, verdict(t, err))
	_, err = target.Update(t.Context(), connector.UpdateRequest{Ref: whole.Ref, Attributes: texts("title", "new")})
	require.Equal(t, connector.VerdictUnknown, verdict(t, err))
	_, err = target.Delete(t.Context(), whole)
	require.Equal(t, connector.VerdictUnknown, verdict(t, err), "it is still there")
}

func TestAValueThatTheServerRewritesIsShownAsItIs(t *testing.T) {
	t.Parallel()
	var patched atomic.Bool
	user := func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch {
			patched.Store(true)
		}
		if patched.Load() {
			say(200, `{"id":"1","userName":"amy","phoneNumbers":[{"type":"work","value":"+1 555 0100"}]}`)(w, r)
			return
		}
		say(200, `{"id":"1","userName":"amy"}`)(w, r)
	}
	target := odd(t, map[string]http.HandlerFunc{"GET /Users/1": user, "PATCH /Users/1": user})
	result, err := target.Update(t.Context(), connector.UpdateRequest{Ref: connector.Ref{ID: "1"}, Attributes: texts("phone", "15550100")})
	require.NoError(t, err)
	require.Equal(t, connector.Applied, result.Outcome)
	require.Equal(t, "+1 555 0100", result.Account.Attributes["phone"].Text())
}

func TestPatchRefusedUnannouncedFallsBackToPutOnce(t *testing.T) {
	t.Parallel()
	var patches, puts atomic.Int32
	var off atomic.Bool
	target := odd(t, map[string]http.HandlerFunc{
		"GET /Users/1": func(w http.ResponseWriter, r *http.Request) {
			if off.Load() {
				say(200, `{"id":"1","userName":"amy","active":false}`)(w, r)
				return
			}
			say(200, `{"id":"1","userName":"amy","active":true}`)(w, r)
		},
		"PATCH /Users/1": func(w http.ResponseWriter, r *http.Request) { patches.Add(1); say(501, ``)(w, r) },
		"PUT /Users/1": func(w http.ResponseWriter, _ *http.Request) {
			puts.Add(1)
			off.Store(!off.Load())
			w.WriteHeader(http.StatusNoContent)
		},
	})
	whole := connector.AccountRequest{Ref: connector.Ref{ID: "1"}}
	_, err := target.Disable(t.Context(), whole)
	require.NoError(t, err)
	_, err = target.Enable(t.Context(), whole)
	require.NoError(t, err)
	require.EqualValues(t, 1, patches.Load(), "it is remembered")
	require.EqualValues(t, 2, puts.Load())
}

func TestAnotherResourceThanAskedForIsNotBelieved(t *testing.T) {
	t.Parallel()
	target := odd(t, map[string]http.HandlerFunc{"GET /Users/1": say(200, `{"id":"2","userName":"bob"}`)})
	_, err := target.Disable(t.Context(), connector.AccountRequest{Ref: connector.Ref{ID: "1"}})
	require.Error(t, err)
	_, err = target.Disable(t.Context(), connector.AccountRequest{})
	require.ErrorIs(t, err, connector.ErrInvalid)
}

func TestWhoIsMadeActiveAlthoughInactiveWasAskedForIsDisabled(t *testing.T) {
	t.Parallel()
	p := profile.Profile{Name: "p", Product: "p", Checked: "2026-11-23", Disable: profile.Disable{NotAtCreation: true}}
	server, err := scimtest.New(scimtest.Config{Profile: p})
	require.NoError(t, err)
	for name, known := range map[string]profile.Profile{"amy": p, "bob": {}} {
		target := beside(t, server, known)
		result, err := target.Create(t.Context(), connector.CreateRequest{ExternalID: name, Name: name})
		require.NoError(t, err)
		require.Equal(t, connector.Applied, result.Outcome)
		require.False(t, result.Account.Active)
		require.ErrorIs(t, server.SignIn(name), scimtest.ErrSignIn)
	}

	server.SetFault(func(r *http.Request) (f scimtest.Fault) {
		if r.Method == http.MethodPatch {
			f.Status = http.StatusForbidden
		}
		return f
	})
	_, err = beside(t, server, p).Create(t.Context(), connector.CreateRequest{ExternalID: "cleo", Name: "cleo"})
	require.Equal(t, connector.VerdictUnknown, verdict(t, err), "the account is there, and is not as wanted")
	require.NoError(t, server.SignIn("cleo"))
}

package memory_test

import (
	"testing"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/stretchr/testify/require"
)

// open signs in by name.
func open(t *testing.T, s *memory.System, name string) *memory.Session {
	t.Helper()
	session, err := s.Open(name)
	require.NoError(t, err)
	require.NoError(t, session.Use())
	return session
}

func TestOpenRefusesAsSignInDoes(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	_, err := s.Open("ada")
	require.ErrorIs(t, err, connector.ErrNotFound)
	a := ada(t, s)
	open(t, s, "ADA")
	_, err = s.Disable(t.Context(), connector.AccountRequest{Ref: a.Ref})
	require.NoError(t, err)
	_, err = s.Open("ada")
	require.ErrorIs(t, err, connector.ErrDenied)
	s.Put(connector.Account{Ref: connector.Ref{Name: "ada"}, Active: true})
	_, err = s.Open("ada")
	require.ErrorIs(t, err, connector.ErrAmbiguous)
}

func TestSessionsOutliveADisableAndARename(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	a := ada(t, s)
	session := open(t, s, "ada")
	_, err := s.Disable(t.Context(), connector.AccountRequest{Ref: a.Ref})
	require.NoError(t, err)
	_, err = s.Rename(t.Context(), connector.RenameRequest{Ref: a.Ref, Name: "lovelace"})
	require.NoError(t, err)
	require.NoError(t, session.Use())
	res, err := s.EndSessions(t.Context(), connector.AccountRequest{Ref: a.Ref})
	require.NoError(t, err)
	require.Equal(t, connector.Result{Outcome: connector.Applied, Account: s.Accounts()[0]}, res)
	require.ErrorIs(t, session.Use(), connector.ErrDenied)
	_, err = s.Enable(t.Context(), connector.AccountRequest{Ref: a.Ref})
	require.NoError(t, err)
	require.ErrorIs(t, session.Use(), connector.ErrDenied, "what was ended stays ended")
}

func TestEndSessionsEndsThoseOfOneAccount(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	a := ada(t, s)
	s.Put(connector.Account{Ref: connector.Ref{Name: "grace"}, Active: true})
	first, second, other := open(t, s, "ada"), open(t, s, "ada"), open(t, s, "grace")
	before := s.Accounts()
	end := func() connector.Outcome {
		res, err := s.EndSessions(t.Context(), connector.AccountRequest{Ref: a.Ref, ETag: "of another time"})
		require.NoError(t, err, "no version is too old for it")
		return res.Outcome
	}
	require.Equal(t, connector.Applied, end())
	require.ErrorIs(t, first.Use(), connector.ErrDenied)
	require.ErrorIs(t, second.Use(), connector.ErrDenied)
	require.NoError(t, other.Use())
	require.Equal(t, before, s.Accounts(), "the version stays, too")
	require.Equal(t, connector.AlreadyInState, end())

	again := open(t, s, "ada")
	require.ErrorIs(t, first.Use(), connector.ErrDenied)
	require.Equal(t, connector.Applied, end())
	require.ErrorIs(t, again.Use(), connector.ErrDenied)
}

func TestSessionsOfAGoneAccountAreWorthless(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	a := ada(t, s)
	session := open(t, s, "ada")
	require.True(t, s.Remove(a.ID))
	require.ErrorIs(t, session.Use(), connector.ErrDenied)
	res, err := s.EndSessions(t.Context(), connector.AccountRequest{Ref: a.Ref})
	require.NoError(t, err)
	require.Equal(t, connector.Result{Outcome: connector.AlreadyInState, Account: connector.Account{Ref: a.Ref}}, res)
	s.Put(a)
	require.ErrorIs(t, session.Use(), connector.ErrDenied, "nor do they come back with the account")
}

func TestEndSessionsMeetsFaults(t *testing.T) {
	t.Parallel()
	for _, c := range faultyWrites() {
		t.Run(string(c.do), func(t *testing.T) {
			t.Parallel()
			s := memory.New(memory.Config{})
			a := ada(t, s)
			session := open(t, s, "ada")
			s.Fault(memory.Fault{Kinds: []connector.Kind{connector.EndSessions}, Times: 1, Do: c.do})
			req := connector.AccountRequest{Key: "k", Ref: a.Ref}
			res, err := s.EndSessions(t.Context(), req)
			require.Error(t, err)
			require.Zero(t, res)
			require.Equal(t, c.verdict, connector.VerdictOf(err).Verdict)
			logged := memory.Call{
				Number: 2, Kind: connector.EndSessions, Key: "k", Attempt: 1, Ref: a.Ref, Faults: []memory.Effect{c.do},
			}
			want := connector.Applied
			if c.has {
				require.ErrorIs(t, session.Use(), connector.ErrDenied)
				logged.Outcome, want = connector.Applied, connector.AlreadyInState
			} else {
				require.NoError(t, session.Use())
			}
			require.Equal(t, logged, s.Log()[1])

			res, err = s.EndSessions(t.Context(), req)
			require.NoError(t, err)
			require.Equal(t, want, res.Outcome, "the next attempt")
			require.ErrorIs(t, session.Use(), connector.ErrDenied)
		})
	}
}

func TestEndSessionsCanBeLacking(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{Without: []connector.Kind{connector.EndSessions}})
	a := ada(t, s)
	session := open(t, s, "ada")
	_, err := s.EndSessions(t.Context(), connector.AccountRequest{Ref: a.Ref})
	require.ErrorContains(t, err, "endSessions")
	require.Equal(t, connector.VerdictPermanent, connector.VerdictOf(err).Verdict)
	require.NoError(t, session.Use())
}

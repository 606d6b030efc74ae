package memory_test

import (
	"testing"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/stretchr/testify/require"
)

// grace makes somebody to whom things can be handed over.
func grace(s *memory.System) connector.Account {
	return s.Put(connector.Account{Ref: connector.Ref{Name: "grace"}, Active: true})
}

func requireOwner(t *testing.T, s *memory.System, id, thing string) {
	t.Helper()
	owner, ok := s.Owner(thing)
	require.True(t, ok, thing)
	require.Equal(t, id, owner, thing)
}

func TestThingsHaveOneOwner(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	a, g := ada(t, s), grace(s)
	_, ok := s.Owner("notes")
	require.False(t, ok)
	require.Empty(t, s.Owned(a.ID))
	require.True(t, s.Own(a.ID, "notes"))
	require.True(t, s.Own(a.ID, "engine"))
	require.True(t, s.Own(g.ID, "compiler"))
	require.False(t, s.Own("nobody", "notes"))
	requireOwner(t, s, a.ID, "notes")
	require.Equal(t, []string{"engine", "notes"}, s.Owned(a.ID))
	require.True(t, s.Own(g.ID, "notes"))
	require.Equal(t, []string{"engine"}, s.Owned(a.ID))
	require.Equal(t, []string{"compiler", "notes"}, s.Owned(g.ID))
	require.Equal(t, 1, s.Writes(), "the back door is not counted")
}

func TestWhatIsOwnedIsLostWithTheAccount(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(t *testing.T, s *memory.System, a connector.Account){
		"deleted": func(t *testing.T, s *memory.System, a connector.Account) {
			t.Helper()
			_, err := s.Delete(t.Context(), connector.AccountRequest{Ref: a.Ref})
			require.NoError(t, err)
		},
		"removed by hand": func(t *testing.T, s *memory.System, a connector.Account) {
			t.Helper()
			require.True(t, s.Remove(a.ID))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := memory.New(memory.Config{})
			a, g := ada(t, s), grace(s)
			require.True(t, s.Own(a.ID, "notes"))
			require.True(t, s.Own(g.ID, "compiler"))
			remove(t, s, a)
			_, ok := s.Owner("notes")
			require.False(t, ok)
			requireOwner(t, s, g.ID, "compiler")
			s.Put(a)
			require.Empty(t, s.Owned(a.ID), "it does not come back with the account")
		})
	}
}

func TestWhatIsOwnedOutlivesEverythingElse(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	a := ada(t, s)
	require.True(t, s.Own(a.ID, "notes"))
	_, err := s.Disable(t.Context(), connector.AccountRequest{Ref: a.Ref})
	require.NoError(t, err)
	_, err = s.Rename(t.Context(), connector.RenameRequest{Ref: a.Ref, Name: "lovelace"})
	require.NoError(t, err)
	s.Put(a)
	requireOwner(t, s, a.ID, "notes")
}

func TestTransferHandsOverEverythingOfOneAccount(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	a, g := ada(t, s), grace(s)
	mary := s.Put(connector.Account{Ref: connector.Ref{Name: "mary"}, Active: true})
	for thing, id := range map[string]string{"notes": a.ID, "engine": a.ID, "compiler": g.ID, "telescope": mary.ID} {
		require.True(t, s.Own(id, thing))
	}
	_, err := s.Disable(t.Context(), connector.AccountRequest{Ref: a.Ref})
	require.NoError(t, err)
	before := s.Accounts()
	req := connector.TransferRequest{Key: "k", Ref: a.Ref, To: g.Ref}
	res, err := s.Transfer(t.Context(), req)
	require.NoError(t, err)
	require.Equal(t, connector.Result{Outcome: connector.Applied, Account: before[0]}, res)
	require.Empty(t, s.Owned(a.ID))
	require.Equal(t, []string{"compiler", "engine", "notes"}, s.Owned(g.ID))
	requireOwner(t, s, mary.ID, "telescope")
	require.Equal(t, before, s.Accounts(), "the version stays, too")

	res, err = s.Transfer(t.Context(), req)
	require.NoError(t, err)
	require.Equal(t, connector.Result{Outcome: connector.AlreadyInState, Account: before[0]}, res)
	require.Equal(t, memory.Call{
		Number: 4, Kind: connector.Transfer, Key: "k", Attempt: 2, Ref: a.Ref, To: g.Ref, Outcome: connector.AlreadyInState,
	}, s.Log()[3])
}

func TestTransferFromWhoeverOwnsNothing(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	a, g := ada(t, s), grace(s)
	for _, to := range []connector.Ref{g.Ref, a.Ref, {}} {
		res, err := s.Transfer(t.Context(), connector.TransferRequest{Ref: a.Ref, To: to})
		require.NoError(t, err)
		require.Equal(t, connector.Result{Outcome: connector.AlreadyInState, Account: s.Accounts()[0]}, res)
	}
	require.True(t, s.Remove(a.ID))
	res, err := s.Transfer(t.Context(), connector.TransferRequest{Ref: a.Ref, To: g.Ref})
	require.NoError(t, err)
	require.Equal(t, connector.Result{Outcome: connector.AlreadyInState, Account: connector.Account{Ref: a.Ref}}, res)
}

func TestTransferToWhoeverCannotOwn(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	a := ada(t, s)
	idle := s.Put(connector.Account{Ref: connector.Ref{Name: "idle"}})
	require.True(t, s.Own(a.ID, "notes"))
	before := s.Accounts()
	for what, to := range map[string]connector.Ref{
		"nobody": {}, "gone": {ID: "17", Name: "gone"}, "not active": idle.Ref, "itself": a.Ref,
	} {
		res, err := s.Transfer(t.Context(), connector.TransferRequest{Ref: a.Ref, To: to})
		require.ErrorIs(t, err, connector.ErrInvalid, what)
		require.Equal(t, connector.VerdictPermanent, connector.VerdictOf(err).Verdict, what)
		require.Zero(t, res, what)
		requireOwner(t, s, a.ID, "notes")
	}
	require.Equal(t, before, s.Accounts())
}

func TestTransferMeetsFaults(t *testing.T) {
	t.Parallel()
	for _, c := range faultyWrites() {
		t.Run(string(c.do), func(t *testing.T) {
			t.Parallel()
			s := memory.New(memory.Config{})
			a, g := ada(t, s), grace(s)
			require.True(t, s.Own(a.ID, "notes"))
			s.Fault(memory.Fault{Kinds: []connector.Kind{connector.Transfer}, Times: 1, Do: c.do})
			req := connector.TransferRequest{Key: "k", Ref: a.Ref, To: g.Ref}
			res, err := s.Transfer(t.Context(), req)
			require.Error(t, err)
			require.Zero(t, res)
			require.Equal(t, c.verdict, connector.VerdictOf(err).Verdict)
			logged := memory.Call{
				Number: 2, Kind: connector.Transfer, Key: "k", Attempt: 1, Ref: a.Ref, To: g.Ref, Faults: []memory.Effect{c.do},
			}
			owner, want := a, connector.Applied
			if c.has {
				logged.Outcome = connector.Applied
				owner, want = g, connector.AlreadyInState
			}
			requireOwner(t, s, owner.ID, "notes")
			require.Equal(t, logged, s.Log()[1])
			require.Equal(t, 1, s.Calls(connector.Transfer))

			res, err = s.Transfer(t.Context(), req)
			require.NoError(t, err)
			require.Equal(t, want, res.Outcome, "the next attempt")
			requireOwner(t, s, g.ID, "notes")
		})
	}
}

func TestTransferCanBeLacking(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{Without: []connector.Kind{connector.Transfer}})
	a, g := ada(t, s), grace(s)
	require.True(t, s.Own(a.ID, "notes"))
	_, err := s.Transfer(t.Context(), connector.TransferRequest{Ref: a.Ref, To: g.Ref})
	require.ErrorContains(t, err, "transfer")
	require.Equal(t, connector.VerdictPermanent, connector.VerdictOf(err).Verdict)
	requireOwner(t, s, a.ID, "notes")
}

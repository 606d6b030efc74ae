package memory_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/stretchr/testify/require"
)

var staff = connector.Entitlement{Kind: "group", Name: "staff"}

// ada makes an account.
func ada(t *testing.T, s *memory.System) connector.Account {
	t.Helper()
	res, err := s.Create(t.Context(), connector.CreateRequest{Key: "make-ada", ExternalID: "p1", Name: "Ada", Active: true})
	require.NoError(t, err)
	return res.Account
}

func find(t *testing.T, s *memory.System, req connector.FindRequest) []connector.Account {
	t.Helper()
	found, err := s.Find(t.Context(), req)
	require.NoError(t, err)
	return found
}

func TestIDsAreSequentialAndNeverTakenTwice(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	require.Equal(t, "1", ada(t, s).ID)
	require.Equal(t, "3", s.Put(connector.Account{Ref: connector.Ref{ID: "3", Name: "by-hand"}}).ID)
	require.True(t, s.Remove("1"))
	require.False(t, s.Remove("1"))
	var ids []string
	for n := range 3 {
		ids = append(ids, s.Put(connector.Account{Ref: connector.Ref{Name: fmt.Sprint("n", n)}}).ID)
	}
	require.NotContains(t, ids, "1", "an id is not used again")
	require.NotContains(t, ids, "3")
	require.Len(t, s.Accounts(), 4)
}

func TestNamesDifferInMoreThanCase(t *testing.T) {
	t.Parallel()
	for _, sensitive := range []bool{false, true} {
		s := memory.New(memory.Config{CaseSensitive: sensitive})
		ada(t, s)
		_, err := s.Create(t.Context(), connector.CreateRequest{ExternalID: "p2", Name: "ADA"})
		found := find(t, s, connector.FindRequest{Name: "ada"})
		if sensitive {
			require.NoError(t, err)
			require.Empty(t, found)
		} else {
			require.ErrorIs(t, err, connector.ErrAlreadyExists)
			require.Len(t, found, 1)
		}
	}
}

func TestCreateDemandsANameAndOneOwner(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	_, err := s.Create(t.Context(), connector.CreateRequest{ExternalID: "p1"})
	require.ErrorIs(t, err, connector.ErrInvalid)
	for _, name := range []string{"one", "two"} {
		s.Put(connector.Account{Ref: connector.Ref{Name: name}, ExternalID: "p1"})
	}
	_, err = s.Create(t.Context(), connector.CreateRequest{ExternalID: "p1", Name: "three"})
	require.ErrorIs(t, err, connector.ErrAmbiguous)
	for _, name := range []string{"service-a", "service-b"} {
		res, err := s.Create(t.Context(), connector.CreateRequest{Name: name})
		require.NoError(t, err)
		require.Equal(t, connector.Applied, res.Outcome, "nobody owns it, so nobody has it")
	}
}

func TestWhatIsReturnedIsACopy(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	held := []connector.Entitlement{staff}
	attributes := map[string]connector.Value{"title": connector.String("Engineer"), "empty": connector.Null()}
	put := s.Put(connector.Account{Ref: connector.Ref{Name: "ada"}, Attributes: attributes, Entitlements: held})
	require.NotContains(t, put.Attributes, "empty")
	held[0].Name, attributes["title"] = "changed", connector.Null()
	for _, a := range []connector.Account{put, s.Accounts()[0], find(t, s, connector.FindRequest{ID: put.ID, Entitlements: true})[0]} {
		require.Equal(t, []connector.Entitlement{staff}, a.Entitlements)
		require.Equal(t, "Engineer", a.Attributes["title"].Text())
		a.Entitlements[0].Name, a.Attributes["title"] = "changed", connector.Null()
	}
	require.Equal(t, []connector.Entitlement{staff}, s.Accounts()[0].Entitlements)
	require.Equal(t, "Engineer", s.Accounts()[0].Attributes["title"].Text())
}

func TestTagChangesWithTheAccountAndNotWithItsGroups(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	a := ada(t, s)
	res, err := s.Grant(t.Context(), connector.GrantRequest{Ref: a.Ref, Entitlement: staff})
	require.NoError(t, err)
	require.Equal(t, a.ETag, res.Account.ETag)
	res, err = s.Disable(t.Context(), connector.AccountRequest{Ref: a.Ref, ETag: a.ETag})
	require.NoError(t, err)
	require.NotEqual(t, a.ETag, res.Account.ETag)
	for name, call := range map[string]func(context.Context, connector.AccountRequest) (connector.Result, error){
		"disable": s.Disable, "enable": s.Enable, "delete": s.Delete,
	} {
		_, err = call(t.Context(), connector.AccountRequest{Ref: a.Ref, ETag: a.ETag})
		require.ErrorIs(t, err, connector.ErrConflict, name)
	}
	require.Len(t, s.Accounts(), 1)
	res, err = s.Delete(t.Context(), connector.AccountRequest{Ref: a.Ref, ETag: res.Account.ETag})
	require.NoError(t, err)
	require.Equal(t, connector.Applied, res.Outcome)
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	require.ErrorIs(t, s.SignIn("ada"), connector.ErrNotFound)
	a := ada(t, s)
	require.NoError(t, s.SignIn("ada"))
	_, err := s.Disable(t.Context(), connector.AccountRequest{Ref: a.Ref})
	require.NoError(t, err)
	require.ErrorIs(t, s.SignIn("ada"), connector.ErrDenied)
	s.Put(connector.Account{Ref: connector.Ref{Name: "ada"}, Active: true})
	require.ErrorIs(t, s.SignIn("ada"), connector.ErrAmbiguous)
}

func TestRenameByHandKeepsTheID(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	a := ada(t, s)
	a.Name = "ada.lovelace"
	require.Equal(t, a.ID, s.Put(a).ID)
	require.Empty(t, find(t, s, connector.FindRequest{Name: "ada"}))
	require.Len(t, find(t, s, connector.FindRequest{Name: "ada.lovelace", ExternalID: "p1"}), 1)
	require.Len(t, s.Accounts(), 1)
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	admins := connector.Entitlement{Kind: "group", Name: "admins"}
	open := memory.New(memory.Config{})
	for n, e := range []connector.Entitlement{staff, admins, staff} {
		open.Put(connector.Account{Ref: connector.Ref{Name: fmt.Sprint(n)}, Entitlements: []connector.Entitlement{e}})
	}
	closed := memory.New(memory.Config{Entitlements: []connector.Entitlement{staff, admins, staff}})
	for _, s := range []*memory.System{open, closed} {
		listed, err := s.Entitlements(t.Context())
		require.NoError(t, err)
		require.Equal(t, []connector.Entitlement{admins, staff}, listed)
	}
	_, err := open.Grant(t.Context(), connector.GrantRequest{Ref: connector.Ref{ID: "1"}, Entitlement: connector.Entitlement{Kind: "group"}})
	require.ErrorIs(t, err, connector.ErrUnknownEntitlement, "an entitlement has a name")
}

func TestWithout(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{
		Without: []connector.Kind{connector.Delete}, Scope: connector.ScopeEntitlement, VisibilityLag: time.Second,
	})
	d, err := s.Describe(t.Context())
	require.NoError(t, err)
	require.Equal(t, connector.Description{
		Without: []connector.Kind{connector.Delete}, Scope: connector.ScopeEntitlement, VisibilityLag: time.Second, Product: "memory",
	}, d)
	_, err = s.Delete(t.Context(), connector.AccountRequest{Ref: ada(t, s).Ref})
	require.ErrorIs(t, err, errors.ErrUnsupported)
	require.Len(t, s.Accounts(), 1)

	done, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Describe(done)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, connector.VerdictRetry, connector.VerdictOf(err).Verdict)
}

func TestListSeesOneMomentAndStopsWithTheContext(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	for n := range 3 {
		s.Put(connector.Account{Ref: connector.Ref{Name: fmt.Sprint(n)}})
	}
	var names []string
	proof, err := s.List(t.Context(), func(a connector.Account) error {
		names = append(names, a.Name)
		s.Put(connector.Account{Ref: connector.Ref{Name: "late"}})
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, []string{"0", "1", "2"}, names)
	require.True(t, proof.Complete)
	require.Equal(t, 3, proof.Count)

	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	proof, err = s.List(ctx, func(connector.Account) error {
		n++
		cancel()
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, proof)
	require.Equal(t, 1, n)
}

func TestManyAtATime(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	s.Fault(memory.Fault{Kinds: []connector.Kind{connector.Create}, Do: memory.Delay, Reads: 3})
	const crowd, each = 8, 25
	var all sync.WaitGroup
	for g := range crowd {
		all.Go(func() {
			for n := range each {
				name := fmt.Sprintf("%d-%d", g, n)
				res, err := s.Create(t.Context(), connector.CreateRequest{Key: name, ExternalID: name, Name: name})
				if err != nil || res.Outcome != connector.Applied {
					t.Errorf("%s: %s, %v", name, res.Outcome, err)
				}
				_, _ = s.Find(t.Context(), connector.FindRequest{Name: name})
				_, _ = s.Grant(t.Context(), connector.GrantRequest{Key: name, Ref: res.Account.Ref, Entitlement: staff})
				_, _ = s.List(t.Context(), func(connector.Account) error { return nil })
				_, _, _ = s.Log(), s.Accounts(), s.Writes()
			}
		})
	}
	all.Wait()
	require.Len(t, s.Accounts(), crowd*each)
	require.Equal(t, crowd*each, s.Calls(connector.Grant))
	require.Equal(t, 2*crowd*each, s.Writes())
}

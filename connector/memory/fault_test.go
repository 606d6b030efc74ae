package memory_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/stretchr/testify/require"
)

// faultyWrite is what comes of a write with a fault.
type faultyWrite struct {
	do      memory.Effect
	verdict connector.Verdict
	has     bool // its effect
}

func faultyWrites() []faultyWrite {
	return []faultyWrite{
		{memory.Fail, connector.VerdictUnknown, false},
		{memory.LoseReply, connector.VerdictUnknown, true},
		{memory.Down, connector.VerdictRetry, false},
		{memory.Throttle, connector.VerdictRetry, false},
		{memory.Deny, connector.VerdictPermanent, false},
		{memory.Refuse, connector.VerdictPermanent, false},
		{memory.Conflict, connector.VerdictRetry, false},
	}
}

func TestEffects(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault   memory.Fault
		want    connector.Judgement
		is      error
		reaches bool
	}{
		{memory.Fault{}, connector.Judgement{Verdict: connector.VerdictUnknown}, nil, false},
		{memory.Fault{Do: memory.Fail}, connector.Judgement{Verdict: connector.VerdictUnknown}, nil, false},
		{memory.Fault{Do: memory.LoseReply}, connector.Judgement{Verdict: connector.VerdictUnknown}, nil, true},
		{memory.Fault{Do: memory.Throttle, Wait: time.Minute}, connector.Judgement{Verdict: connector.VerdictRetry, After: time.Minute}, nil, false},
		{memory.Fault{Do: memory.Down}, connector.Judgement{Verdict: connector.VerdictRetry}, nil, false},
		{memory.Fault{Do: memory.Deny}, connector.Judgement{Verdict: connector.VerdictPermanent}, connector.ErrDenied, false},
		{memory.Fault{Do: memory.Refuse}, connector.Judgement{Verdict: connector.VerdictPermanent}, connector.ErrInvalid, false},
		{memory.Fault{Do: memory.Conflict}, connector.Judgement{Verdict: connector.VerdictRetry}, connector.ErrConflict, false},
		{memory.Fault{Do: "misspelt"}, connector.Judgement{Verdict: connector.VerdictPermanent}, connector.ErrInvalid, false},
	} {
		t.Run(string(c.fault.Do), func(t *testing.T) {
			t.Parallel()
			s := memory.New(memory.Config{})
			s.Fault(c.fault)
			res, err := s.Create(t.Context(), connector.CreateRequest{ExternalID: "p1", Name: "ada"})
			require.Error(t, err)
			require.Zero(t, res)
			require.Equal(t, c.want, connector.VerdictOf(err))
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
			require.Equal(t, c.reaches, len(s.Accounts()) == 1)
			s.Clear()
			ada(t, s)
		})
	}
}

func TestEffectsOnReads(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	ada(t, s)
	read := func() []error {
		_, find := s.Find(t.Context(), connector.FindRequest{Name: "ada"})
		_, list := s.List(t.Context(), func(connector.Account) error { return nil })
		_, catalog := s.Entitlements(t.Context())
		return []error{find, list, catalog, s.Check(t.Context())}
	}
	for _, do := range []memory.Effect{memory.Fail, memory.Throttle, memory.Down, memory.Deny} {
		s.Fault(memory.Fault{Do: do})
		for _, err := range read() {
			require.Error(t, err, do)
		}
		s.Clear()
	}
	for _, do := range []memory.Effect{memory.LoseReply, memory.Conflict, memory.Delay} {
		s.Fault(memory.Fault{Do: do})
		for _, err := range read() {
			require.NoError(t, err, "%s is for writes", do)
		}
		s.Clear()
	}
}

func TestFaultsCount(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	s.Fault(memory.Fault{Kinds: []connector.Kind{memory.Check}, After: 2, Times: 2, Do: memory.Down})
	s.Fault(memory.Fault{Kinds: []connector.Kind{memory.Check}, Times: 1, Do: memory.Deny})
	var got []bool
	for range 6 {
		_, err := s.Find(t.Context(), connector.FindRequest{Name: "ada"})
		require.NoError(t, err, "it is of another kind")
		got = append(got, s.Check(t.Context()) == nil)
	}
	require.Equal(t, []bool{false, true, false, false, true, true}, got)
	var faults []memory.Effect
	for _, call := range s.Log() {
		faults = append(faults, call.Faults...)
	}
	require.Equal(t, []memory.Effect{memory.Deny, memory.Down, memory.Down}, faults)
}

func TestSlowWaitsAndGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := memory.New(memory.Config{})
		s.Fault(memory.Fault{Do: memory.Slow, Wait: time.Minute})
		s.Fault(memory.Fault{Kinds: []connector.Kind{connector.Create}, After: 1, Do: memory.Throttle})
		began := time.Now()
		a := ada(t, s)
		require.Equal(t, time.Minute, time.Since(began))
		_, err := s.Create(t.Context(), connector.CreateRequest{ExternalID: "p2", Name: "grace"})
		require.Equal(t, connector.VerdictRetry, connector.VerdictOf(err).Verdict, "further faults strike as well")
		require.Equal(t, 2*time.Minute, time.Since(began))

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = s.Disable(ctx, connector.AccountRequest{Ref: a.Ref})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, connector.VerdictUnknown, connector.VerdictOf(err).Verdict)
		require.Equal(t, 2*time.Minute+time.Second, time.Since(began))
		require.True(t, s.Accounts()[0].Active)

		s.Clear()
		s.Fault(memory.Fault{Do: memory.Slow})
		patient, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		require.ErrorIs(t, s.Check(patient), context.DeadlineExceeded)
	})
}

func TestCancelledCallIsNotSent(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Create(ctx, connector.CreateRequest{Name: "ada"})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, connector.VerdictRetry, connector.VerdictOf(err).Verdict)
	require.Empty(t, s.Accounts())
}

func TestPartialPageProvesNothing(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	for _, name := range []string{"ada", "grace", "joan"} {
		s.Put(connector.Account{Ref: connector.Ref{Name: name}})
	}
	for _, c := range []struct{ accounts, want int }{{-1, 0}, {0, 0}, {2, 2}, {9, 3}} {
		s.Fault(memory.Fault{Times: 1, Do: memory.PartialPage, Accounts: c.accounts})
		n := 0
		proof, err := s.List(t.Context(), func(connector.Account) error { n++; return nil })
		require.NoError(t, err)
		require.Equal(t, c.want, n)
		require.False(t, proof.Complete)
	}
	proof, err := s.List(t.Context(), func(connector.Account) error { return nil })
	require.NoError(t, err)
	require.True(t, proof.Complete)
}

func TestDelayHidesWritesFromReads(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	s.Fault(memory.Fault{Kinds: []connector.Kind{connector.Create}, Do: memory.Delay, Reads: 2})
	a := ada(t, s)
	require.Len(t, s.Accounts(), 1, "the back door sees what is")
	require.Empty(t, find(t, s, connector.FindRequest{ExternalID: "p1"}))
	_, err := s.List(t.Context(), func(connector.Account) error { t.Error("it is listed"); return nil })
	require.NoError(t, err)
	require.Len(t, find(t, s, connector.FindRequest{ExternalID: "p1"}), 1, "two reads have not seen it")

	s.Clear()
	s.Fault(memory.Fault{Do: memory.Delay})
	_, err = s.Update(t.Context(), connector.UpdateRequest{Ref: a.Ref, Attributes: map[string]connector.Value{"title": connector.String("Countess")}})
	require.NoError(t, err)
	res, err := s.Disable(t.Context(), connector.AccountRequest{Ref: a.Ref})
	require.NoError(t, err)
	require.Equal(t, "Countess", res.Account.Attributes["title"].Text(), "writes see what is")
	s.Clear()
	res, err = s.Grant(t.Context(), connector.GrantRequest{Ref: a.Ref, Entitlement: staff})
	require.NoError(t, err)
	for range 5 {
		seen := find(t, s, connector.FindRequest{ID: a.ID, Entitlements: true})[0]
		require.True(t, seen.Active)
		require.Empty(t, seen.Attributes)
		require.Empty(t, seen.Entitlements, "what came later is not seen before")
	}
	s.Reveal()
	require.Equal(t, res.Account, find(t, s, connector.FindRequest{ID: a.ID, Entitlements: true})[0])

	s.Fault(memory.Fault{Do: memory.Delay, Reads: 1})
	_, err = s.Delete(t.Context(), connector.AccountRequest{Ref: a.Ref})
	require.NoError(t, err)
	require.Empty(t, s.Accounts())
	require.Len(t, find(t, s, connector.FindRequest{ID: a.ID}), 1)
	require.Empty(t, find(t, s, connector.FindRequest{ID: a.ID}))
}

func TestLog(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	s.Fault(memory.Fault{Times: 1, Do: memory.LoseReply})
	create := connector.CreateRequest{Key: "k1", ExternalID: "p1", Name: "ada"}
	_, err := s.Create(t.Context(), create)
	require.Error(t, err)
	_, err = s.Create(t.Context(), create)
	require.NoError(t, err)
	_, err = s.Revoke(t.Context(), connector.GrantRequest{Key: "k2", Ref: connector.Ref{ID: "9"}, Entitlement: staff})
	require.NoError(t, err)
	find(t, s, connector.FindRequest{ExternalID: "p1"})
	ref := connector.Ref{ID: "1", Name: "ada"}
	want := []memory.Call{
		{Number: 1, Kind: connector.Create, Key: "k1", Attempt: 1, Ref: ref, ExternalID: "p1", Outcome: connector.Applied, Faults: []memory.Effect{memory.LoseReply}},
		{Number: 2, Kind: connector.Create, Key: "k1", Attempt: 2, Ref: ref, ExternalID: "p1", Outcome: connector.AlreadyInState},
		{Number: 3, Kind: connector.Revoke, Key: "k2", Attempt: 1, Ref: connector.Ref{ID: "9"}, Entitlement: staff, Outcome: connector.AlreadyInState},
		{Number: 4, Kind: memory.Find, ExternalID: "p1"},
	}
	require.Equal(t, want, s.Log())
	s.Log()[0].Faults[0] = "changed"
	require.Equal(t, want, s.Log(), "a log is a copy")
	require.Equal(t, 3, s.Writes())
	require.Equal(t, 2, s.Calls(connector.Create))
	require.Equal(t, 1, s.Calls(memory.Find))
}

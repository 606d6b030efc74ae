package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

func TestAFileThatShrankIsRefusedUntilSomebodyAccepts(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice, bob, carol, dave)
	b.done()
	b.people(alice, bob)
	b.server.ResetLog()
	r := b.run()
	require.Equal(t, exitRefused, r.code)
	require.Zero(t, b.server.Writes())
	r = b.runWith(t.Context(), b.command(r, "accept"))
	require.Equal(t, exitDone, r.code, "%s%s", r.out, r.diag)
	require.Contains(t, r.out, "2 missing")
	require.NoError(t, b.server.SignIn("dave"), "who is missing is reported, not ended")
}

func TestAnAnswerToAnotherQuestionIsRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice, bob, carol, dave)
	b.done()
	b.people(alice, bob)
	accept := b.command(b.run(), "accept")
	b.people(alice)
	require.Equal(t, exitRefused, b.run().code)
	r := b.runWith(t.Context(), accept)
	require.Equal(t, exitFailed, r.code)
	require.Contains(t, r.diag, "is now another one")
}

func TestAMassChangeWaitsForItsRelease(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	rows := crowd(12)
	b.people(rows...)
	b.done()
	for i := range rows {
		rows[i] += "2024-06-30"
	}
	b.people(rows...)
	r := b.run()
	require.Equal(t, exitAttention, r.code)
	require.NoError(t, b.server.SignIn("zoe"))
	r = b.runWith(t.Context(), append(b.command(r, "release"), "-actor", "Olga Oak"))
	require.Equal(t, exitDone, r.code, "%s%s", r.out, r.diag)
	require.Contains(t, r.out, "as Olga Oak")
	require.ErrorIs(t, b.server.SignIn("zoe"), scimtest.ErrSignIn)
}

func TestARehireKeepsTheAccount(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice, bob)
	b.done()
	gone := "2,Bob,Birch,bob@example.com,Engineering,2024-01-08,2024-06-30"
	b.people(alice, gone)
	b.done()
	b.people(alice, gone, "9,Bob,Birch,bob@example.com,Sales,2025-01-08,")
	r := b.run()
	require.Equal(t, exitAttention, r.code)
	require.Contains(t, r.out, "# Bob Birch, people/2")
	r = b.runWith(t.Context(), b.command(r, "same:"))
	require.Equal(t, exitDone, r.code, "%s%s", r.out, r.diag)
	require.NoError(t, b.server.SignIn("bob"))
	require.ElementsMatch(t, []string{"alice", "bob"}, b.names())
	require.Equal(t, 1, b.members("engineering"))
}

func TestPrintedCommandsSurviveAShell(t *testing.T) {
	t.Parallel()
	o := options{args: []string{"-people", "it's here.csv", "-plan", "-actor=me", "-answer", "a=b", "-retry", "-url=http://x/?a&b"}}
	got := o.command("-answer", "c.d=new")
	require.True(t, strings.HasSuffix(got, ` -people 'it'\''s here.csv' '-url=http://x/?a&b' -answer c.d=new`), got)
}

func TestObserveTellsWhatWasDoneByHand(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice, bob)
	b.done()
	require.Equal(t, exitDone, b.run("-observe").code)
	target, err := scim.New(scim.Config{BaseURL: b.url, Token: func(context.Context) (string, error) { return secret, nil }})
	require.NoError(t, err)
	_, err = target.Create(t.Context(), connector.CreateRequest{Name: "intruder", Active: true})
	require.NoError(t, err)
	found, err := target.Find(t.Context(), connector.FindRequest{Name: "alice"})
	require.NoError(t, err)
	_, err = target.Revoke(t.Context(), connector.GrantRequest{Ref: found[0].Ref, Entitlement: connector.Entitlement{Kind: "group", Name: "staff"}})
	require.NoError(t, err)
	b.server.ResetLog()
	r := b.run("-observe")
	require.Equal(t, exitAttention, r.code, r.diag)
	require.Regexp(t, `(?m)^orphan +account \S+ \(intruder\)$`, r.out)
	require.Regexp(t, `(?m)^drifted +account \S+ \(alice\) of p-\S+: group/staff is absent; want held$`, r.out)
	require.Zero(t, b.server.Writes())
}

func TestForecastAndSimulationTellAndChangeNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	soon := time.Now().UTC().AddDate(0, 0, 10).Format(time.DateOnly)
	b.people(alice, bob, strings.TrimSuffix(carol, ",")+","+soon)
	b.done()
	b.server.ResetLog()
	require.Contains(t, b.done("-forecast", "5").out, "0 changes in the next 5 days")
	r := b.done("-forecast", "30")
	require.Regexp(t, `(?m)^\d{4}-\d\d-\d\d 00:00  leaver  Carol Cedar +- directory +sign-in`, r.out)
	b.write("other.yaml", strings.Replace(rules, `department == "Engineering"`, `department == "Sales"`, 1))
	r = b.done("-simulate", b.path("other.yaml"))
	require.Contains(t, r.out, "+ directory  group/engineering    rule engineers")
	require.Contains(t, r.out, "of 3 people 3 would gain or lose something")
	require.Equal(t, exitFailed, b.run("-simulate", "nowhere.yaml").code)
	require.Equal(t, exitUsage, b.run("-simulate", b.path("other.yaml"), "-plan").code)
	require.Empty(t, b.server.Requests())
}

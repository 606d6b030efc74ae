package main

import (
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/scimtest"
)

func TestTheSecondRunSendsNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice, bob, carol)
	r := b.done()
	require.Contains(t, r.out, "read 3 records: 3 changed, 0 quarantined, 0 missing; complete")
	require.Contains(t, r.out, "directory: 3 active accounts")
	require.ElementsMatch(t, []string{"alice", "bob", "carol"}, b.names())
	require.Equal(t, 3, b.members("staff"))
	require.Equal(t, 2, b.members("engineering"))
	require.NoError(t, b.server.SignIn("alice"))

	b.server.ResetLog()
	r = b.done()
	require.Contains(t, r.out, "read 3 records: 0 changed")
	require.Zero(t, b.server.Writes())
}

func TestAPlanChangesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice, carol)
	r := b.done("-plan", "-key", b.path("key"))
	require.Contains(t, r.out, "+ create      directory  Alice Almond")
	require.Contains(t, r.out, "group/engineering")
	require.Contains(t, r.out, "rule engineers")
	require.Contains(t, r.out, "nothing was changed")
	require.Zero(t, b.server.Writes())
	for _, name := range []string{"joinery.db", "audit.jsonl", "key"} {
		require.NoFileExists(t, b.path(name))
	}

	b.done()
	b.server.ResetLog()
	b.people(alice)
	before, err := os.ReadFile(b.path("joinery.db"))
	require.NoError(t, err)
	require.Equal(t, exitAttention, b.run("-plan").code, "half of the people are gone")
	b.people(alice, carol, dave)
	require.Contains(t, b.done("-plan").out, "Dave Dogwood")
	require.Zero(t, b.server.Writes())
	after, err := os.ReadFile(b.path("joinery.db"))
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.ElementsMatch(t, []string{"alice", "carol"}, b.names())
}

func TestWhoLeftCannotSignIn(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice, bob)
	b.done()
	require.NoError(t, b.server.SignIn("bob"))
	b.people(alice, "2,Bob,Birch,bob@example.com,Engineering,2024-01-08,2024-06-30")
	b.done()
	require.ErrorIs(t, b.server.SignIn("bob"), scimtest.ErrSignIn)
	require.NoError(t, b.server.SignIn("alice"))
	require.Equal(t, 1, b.members("staff"))
	require.Len(t, b.names(), 2, "nothing is deleted")
}

func TestAnExplanationNamesTheRule(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice)
	require.Equal(t, exitFailed, b.run("-explain", "1=directory:group/staff").code)
	require.NoFileExists(t, b.path("joinery.db"))
	b.done()
	b.server.ResetLog()
	r := b.done("-explain", "1=directory:group/engineering")
	require.Contains(t, r.out, "Alice Almond (p-")
	require.Contains(t, r.out, "policy gives it: yes; known to have it: yes; settled")
	require.Contains(t, r.out, "because of rule engineers for worker people/1")
	require.Contains(t, r.out, "fact: worker people/1, from 2024-01-08")
	require.Contains(t, r.out, "outcome · grant · applied")
	require.Contains(t, b.done("-explain", "1=directory:group/finance").out, "policy gives it: no; known to have it: no")
	require.Empty(t, b.server.Requests())

	r = b.run("-explain", "99=directory:group/staff")
	require.Equal(t, exitFailed, r.code)
	require.Contains(t, r.diag, "no such person")
	r = b.run("-explain", "1")
	require.Equal(t, exitFailed, r.code)
	require.Contains(t, r.diag, "want WHO=system:kind/name")
}

func TestTheLogVerifiesUntilItIsTamperedWith(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice, bob)
	key := []string{"-key", b.path("key")}
	require.Contains(t, b.done(key...).out, "made the key")
	require.Contains(t, b.done(append(key, "-verify")...).out, "entries are whole")

	// The log of another database is not signed with this key.
	other := newBench(t, scimtest.Config{})
	other.people(alice)
	other.done("-key", other.path("key"))
	r := b.run("-key", other.path("key"), "-verify")
	require.Equal(t, exitFailed, r.code)
	require.Contains(t, r.diag, "tampered")
}

// The sample is what the README shows.
func TestTheSampleIsProvisioned(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	r := b.run("-evidence", "", "-people", "sample/people.csv", "-policy", "sample/policy.yaml")
	require.Equal(t, exitDone, r.code, "%s%s", r.out, r.diag)
	require.Equal(t, []string{"aarcher", "bbaker"}, b.names())
}

func TestAProfileSaysHowTheServerIsWrittenTo(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice)
	b.write("ours.yaml", "extends: okta\nname: ours\ngroups:\n  replaceMembers: true\n")
	r := b.run("-profile", b.path("ours.yaml"))
	require.Equal(t, exitDone, r.code, "%s%s", r.out, r.diag)
	for _, request := range b.server.Requests() {
		require.NotEqual(t, http.MethodPatch, request.Method, request.Path)
	}

	r = b.run("-profile", "okt")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.diag, `did you mean "okta"`)
}

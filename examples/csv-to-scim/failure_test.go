package main

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/scimtest"
)

func TestABadFileTakesNothingAway(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice, bob, carol)
	b.done()
	b.server.ResetLog()
	const unproven = "0 missing; not proven complete"
	for name, c := range map[string]struct {
		file string
		code int
		said string
	}{
		"no trailer":   {header + "\n" + alice + "\n" + bob + "\n" + carol + "\n", exitAttention, unproven},
		"wrong count":  {header + "\n" + alice + "\n" + bob + "\n" + carol + "\n#rows,7\n", exitAttention, unproven},
		"header alone": {header + "\n", exitRefused, unproven},
		"no bytes":     {"", exitRefused, unproven},
		"cut in half":  {header + "\n" + alice, exitRefused, "the file was refused"},
		"UTF-32":       {"\xff\xfe\x00\x00W\x00\x00\x00", exitRefused, unproven},
	} {
		b.write("people.csv", c.file)
		r := b.run()
		require.Equal(t, c.code, r.code, "%s: %s%s", name, r.out, r.diag)
		require.Contains(t, r.out, c.said, name)
	}
	require.Zero(t, b.server.Writes())
	b.people(alice, bob, carol)
	b.done()
}

func TestABadPolicyStopsBeforeAnything(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice)
	b.write("policy.yaml", strings.NewReplacer(`"true"`, `"tru"`, `department ==`, `departmnt ==`).Replace(rules))
	r := b.run()
	require.Equal(t, exitFailed, r.code)
	require.Regexp(t, `(?m)^csv-to-scim: .*policy\.yaml:7:\d+: `, r.diag)
	require.Regexp(t, `(?m)^csv-to-scim: .*policy\.yaml:10:\d+: `, r.diag)
	require.NoFileExists(t, b.path("joinery.db"))
	require.Empty(t, b.server.Requests())
}

func TestABrokenServerLosesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.server.SetFault(func(*http.Request) scimtest.Fault { return scimtest.Fault{Status: http.StatusInternalServerError} })
	b.people(alice, bob)
	r := b.run("-patience", "0")
	require.Equal(t, exitAttention, r.code)
	require.Contains(t, r.out, "0 active accounts")
	require.Contains(t, r.out, "status 500")
	b.people(alice, bob, carol) // deciding goes on meanwhile
	plan := b.run("-plan").out
	for _, name := range []string{"alice", "bob", "carol"} {
		require.Regexp(t, `create +directory .*`+name, plan)
	}
	b.people(alice, bob)
	b.server.SetFault(nil)
	b.done()
	require.ElementsMatch(t, []string{"alice", "bob"}, b.names())
}

func TestAWrongTokenIsSaid(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice)
	b.write("token", "wrong")
	r := b.run("-patience", "1h") // there is no use in waiting
	require.Equal(t, exitAttention, r.code)
	require.Contains(t, r.out, "status 401")
	b.write("token", secret)
	b.done()
	require.Equal(t, []string{"alice"}, b.names())
}

func TestAWrongURLIsSaid(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice)
	r := b.run("-patience", "0", "-url", b.url+"/elsewhere")
	require.Equal(t, exitAttention, r.code)
	require.Contains(t, r.diag, "does not answer as it should")
	require.Equal(t, exitUsage, b.run("-url", "nonsense").code)
	require.Empty(t, b.names())
	b.done()
}

func TestWrongValuesOfFlagsAreSaid(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice)
	for flag, value := range map[string]string{"-system": "nope", "-zone": "Nowhere/Land", "-evidence": "hearsay", "-url": "ftp://example.com"} {
		r := b.run(flag, value)
		require.Equal(t, exitUsage, r.code, "%s%s", r.out, r.diag)
		require.Contains(t, r.diag, flag)
	}
	require.Zero(t, b.server.Writes())
}

func TestMissingFilesAreNamed(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice)
	for _, flag := range []string{"-policy", "-token-file", "-db"} {
		r := b.run(flag, b.path("none/where"))
		require.Equal(t, exitFailed, r.code, flag)
		require.Contains(t, r.diag, "none", flag)
	}
	r := b.run("-people", b.path("nowhere"))
	require.Equal(t, exitRefused, r.code)
	require.Contains(t, r.diag, "nowhere")
	require.Zero(t, b.server.Writes())
	require.Equal(t, exitUsage, b.runWith(t.Context(), nil).code)
	require.Contains(t, b.runWith(t.Context(), []string{"-h"}).out, "exit codes:")
	require.Equal(t, exitUsage, b.run("-plan", "-retry").code)
}

func TestWhatWasRefusedForGoodCanBeRetried(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice)
	b.server.SetFault(func(r *http.Request) scimtest.Fault {
		if r.Method == http.MethodPost {
			return scimtest.Fault{Status: http.StatusForbidden}
		}
		return scimtest.Fault{}
	})
	r := b.run("-patience", "0")
	require.Equal(t, exitAttention, r.code)
	require.Contains(t, r.out, "parked")
	b.server.SetFault(nil)
	require.Equal(t, exitAttention, b.run("-patience", "0").code)
	require.Contains(t, b.done("-retry").out, "parked things are due again")
	require.Equal(t, []string{"alice"}, b.names())
}

func TestAnOutageIsToldAndEndsWithRetry(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(crowd(30)...)
	b.server.SetFault(func(r *http.Request) scimtest.Fault {
		if r.Method == http.MethodPost {
			return scimtest.Fault{Status: http.StatusInternalServerError}
		}
		return scimtest.Fault{}
	})
	r := b.run("-patience", "0")
	require.Equal(t, exitAttention, r.code)
	require.Contains(t, r.out, "nothing has worked there since")
	b.server.SetFault(nil)
	require.Contains(t, b.done("-retry").out, "is tried as if it worked")
	require.Len(t, b.names(), 30)
}

func TestAnInterruptedRunIsTakenUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var writes atomic.Int32
	b := newBench(t, scimtest.Config{AfterCommit: func(string, string) {
		if writes.Add(1) == 5 {
			cancel()
		}
	}})
	b.people(crowd(20)...)
	r := b.runWith(ctx, b.args())
	require.Equal(t, exitFailed, r.code)
	require.Contains(t, r.diag, "interrupted")
	b.done()
	require.Len(t, b.names(), 20)
	require.Equal(t, 20, b.members("staff"))
}

// What a message asks for could be set in Go alone.
func TestWhatAMessageAsksForIsAFlag(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.write("people.csv", "Worker ID,First Name,Betrieb,End Date\n1,Alice,Engineering,2031-01-01\n#rows,1\n")
	r := b.run()
	require.Equal(t, exitRefused, r.code)
	require.Contains(t, r.diag+r.out, "-columns")
	require.NotContains(t, r.diag+r.out, "Config.")
	require.Equal(t, exitUsage, b.run("-columns", "Betrieb").code)
	require.Equal(t, exitUsage, b.run("-columns", "Betrieb=departmnt").code)
	b.done("-columns", "Betrieb=department,End Date=contractEndDate")
	require.Equal(t, 1, b.members("engineering"))

	r = b.run("-policy", "nowhere.yaml")
	require.Contains(t, r.diag, "-policy: ")
	r = b.run("-token-file", "nowhere")
	require.Contains(t, r.diag, "-token-file: ")
}

// Nothing could end those who were missing from a file.
func TestMissingEndsAfterWhatTheFlagSays(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	people := append([]string{alice}, crowd(9)...)
	b.people(people...)
	b.done()
	args := b.args("-end-missing-after", "1ns")
	args[slices.Index(args, "-evidence")+1] = ""
	require.Equal(t, exitUsage, b.runWith(t.Context(), args).code, "nothing proves who is missing")
	b.people(people[1:]...)
	require.Contains(t, b.done("-end-missing-after", "1ns").out, "1 missing")
	b.done("-end-missing-after", "1ns")
	require.Error(t, b.server.SignIn("alice"))
	require.NoError(t, b.server.SignIn("zoe"))
}

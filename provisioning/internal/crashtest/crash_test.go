package crashtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/internal/oracle"
	"github.com/joinery-iam/joinery/scim/scimtest"
	"github.com/stretchr/testify/require"
)

var (
	people = flag.Int("people", 12, "how many people are provisioned")
	kills  = flag.Int("kills", 6, "how many kills at random moments, and how many between commit and reply")
	every  = flag.Bool("every", false, "kill at each journal write instead of a sample")
	seed   = flag.Uint64("seed", 1, "seed of the random moments")
)

const rules = `
version: 1
roles:
  staff: {grants: [directory:group/staff]}
rules:
  - {name: everybody, when: "true", roles: [staff]}
  - {name: engineering, when: department == "Engineering", grants: [directory:group/engineering]}
  - {name: sales, when: department == "Sales", grants: [directory:group/sales]}
accounts:
  directory:
    name: userName
    candidates: ["{givenName|ascii|lower}", "{givenName|ascii|lower}{n}"]
    attributes:
      displayName: "{displayName}"
      employeeNumber: "{employeeNumber}"
      department: "{department}"
`

// meaning says the same as rules, by hand.
var meaning = oracle.Meaning{Groups: map[string]oracle.Condition{
	"staff":       {},
	"engineering": {Column: "department", Value: "Engineering"},
	"sales":       {Column: "department", Value: "Sales"},
}}

var today = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// field is a server, the files, and a database on which children live and die.
type field struct {
	t       *testing.T
	order   order
	server  *scimtest.Server
	public  string
	commits atomic.Int64
	onWrite atomic.Pointer[func(n int64)]
	starts  int
	killed  int
}

func newField(t *testing.T) *field {
	t.Helper()
	f := &field{t: t}
	dir := t.TempDir()
	server, err := scimtest.New(scimtest.Config{Token: "crash", AfterCommit: func(string, string) {
		n := f.commits.Add(1)
		if fn := f.onWrite.Load(); fn != nil {
			(*fn)(n)
		}
	}})
	require.NoError(t, err)
	for name := range meaning.Groups {
		_, err := server.AddGroup(scimtest.Group{DisplayName: name})
		require.NoError(t, err)
	}
	url, err := server.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	private, public, err := translog.GenerateKey("crash")
	require.NoError(t, err)
	f.server, f.public = server, public
	f.order = order{
		People: filepath.Join(dir, "people.csv"), Policy: filepath.Join(dir, "policy.yaml"), URL: url + scimtest.BasePath, Token: "crash",
		DB: filepath.Join(dir, "joinery.db"), Key: private, Now: today, Export: filepath.Join(dir, "audit.jsonl"),
	}
	require.NoError(t, os.WriteFile(f.order.Policy, []byte(rules), 0o600))
	return f
}

// hire writes a file of people who all work here.
func (f *field) hire(n int) {
	f.t.Helper()
	f.write(n, func(int) (string, string) { return "", "" })
}

// write writes the people file; change gives a new department and a last day.
func (f *field) write(n int, change func(i int) (department, lastDay string)) {
	f.t.Helper()
	var out strings.Builder
	out.WriteString("workerId,employeeNumber,givenName,familyName,department,hireDate,terminationDate\n")
	for i := range n {
		department, lastDay := change(i)
		if department == "" {
			department = []string{"Engineering", "Sales", "Finance"}[i%3]
		}
		// Every seventh shares a given name, so that names have to be found.
		fmt.Fprintf(&out, "%d,%d,N%d,Family,%s,2026-01-01,%s\n", i, i, i-i%7, department, lastDay)
	}
	require.NoError(f.t, os.WriteFile(f.order.People, []byte(out.String()), 0o600))
}

// live runs a child to its end, and reports whether it was killed.
func (f *field) live(ctx context.Context, kill func(*exec.Cmd)) bool {
	f.t.Helper()
	text, err := json.Marshal(f.order)
	require.NoError(f.t, err)
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	require.NoError(f.t, cmd.Start())
	f.starts++
	if kill != nil {
		kill(cmd)
	}
	err = cmd.Wait()
	f.onWrite.Store(nil)
	if err == nil {
		return false
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	require.True(f.t, ok && exit.ExitCode() == -1, "the child failed instead of being killed: %v: %s", err, stderr.String())
	f.killed++
	return true
}

// finish lets a child live to its end, and judges everything.
func (f *field) finish(ctx context.Context) {
	f.t.Helper()
	f.order.KillAt = 0
	require.False(f.t, f.live(ctx, nil))
	f.judge(ctx, true)
	bundle, err := os.Open(f.order.Export)
	require.NoError(f.t, err)
	defer bundle.Close()
	key, err := translog.NewVerifier(f.public)
	require.NoError(f.t, err)
	report, err := translog.Verify(bundle, key, translog.VerifyOptions{})
	require.NoError(f.t, err)
	before := f.server.Writes()
	require.False(f.t, f.live(ctx, nil))
	require.Equal(f.t, before, f.server.Writes(), "a run with nothing to do writes nothing")
	f.t.Logf("%d children, %d killed; the log verifies with %d entries", f.starts, f.killed, report.Entries)
}

func (f *field) judge(ctx context.Context, final bool) {
	f.t.Helper()
	rows, err := oracle.ReadPeople(f.order.People)
	require.NoError(f.t, err)
	problems, err := oracle.Check(ctx, oracle.Server{URL: f.order.URL, Token: f.order.Token}, rows, meaning, today, final)
	require.NoError(f.t, err)
	require.Empty(f.t, problems)
}

// TestCrashAtJournalWrites kills the engine around every journal write on its
// way: after an intent is committed and nothing was sent, after the system has
// answered and before that is committed, and after it is. Only the last gets the
// engine further, by one operation, so that the three meet every operation.
// Without -every the steps are larger and meet a sample.
func TestCrashAtJournalWrites(t *testing.T) {
	t.Parallel()
	f := newField(t)
	f.hire(*people)
	f.order.Concurrency = 1
	stride := int64(6)
	if *every {
		stride = 1
	}
	points := []struct {
		at     int64
		before bool
	}{{stride, false}, {stride + 1, true}, {stride + 1, false}}
	for n := 0; ; n++ {
		point := points[n%len(points)]
		f.order.KillAt, f.order.Before = point.at, point.before
		if !f.live(t.Context(), nil) {
			break
		}
		if n%50 == 0 {
			f.judge(t.Context(), false)
		}
	}
	f.finish(t.Context())
	require.GreaterOrEqual(t, f.killed, *people/2, "it was killed on its way")
}

// TestCrashBetweenCommitAndReply kills the engine after the server has carried
// out a request and before it has answered.
func TestCrashBetweenCommitAndReply(t *testing.T) {
	t.Parallel()
	f := newField(t)
	f.hire(*people)
	random := rand.New(rand.NewPCG(*seed, 1))
	for range *kills {
		after := f.commits.Load() + 1 + random.Int64N(int64(max(2, 3**people / *kills)))
		f.live(t.Context(), func(cmd *exec.Cmd) {
			fn := func(n int64) {
				if n == after {
					_ = cmd.Process.Kill()
				}
			}
			f.onWrite.Store(&fn)
		})
		f.judge(t.Context(), false)
	}
	f.finish(t.Context())
	require.Positive(t, f.killed)
}

// TestCrashAtRandomMoments kills the engine at random moments while it hires,
// and then while some move and some leave, on as many databases as it takes.
func TestCrashAtRandomMoments(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(*seed, 2))
	for killed := 0; killed < *kills; {
		f := newField(t)
		f.hire(*people)
		f.storm(t.Context(), random, *kills-killed)
		f.finish(t.Context())
		f.write(*people, func(i int) (department, lastDay string) {
			switch {
			case i%5 == 0:
				return "", "2026-02-27"
			case i%4 == 0:
				return "Marketing", ""
			}
			return "", ""
		})
		f.storm(t.Context(), random, *kills-killed-f.killed)
		f.finish(t.Context())
		killed += f.killed
	}
}

// storm kills children at random moments, at most n of them, until one lives to
// its end.
func (f *field) storm(ctx context.Context, random *rand.Rand, n int) {
	f.t.Helper()
	for range n {
		wait := time.Duration(20+random.IntN(80)) * time.Millisecond
		var timer *time.Timer
		killed := f.live(ctx, func(cmd *exec.Cmd) {
			timer = time.AfterFunc(wait, func() { _ = cmd.Process.Kill() })
		})
		timer.Stop()
		if !killed {
			return
		}
	}
}

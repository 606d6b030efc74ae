package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

var crashes = flag.Int("crashes", 4, "how often TestKill kills a process that writes")

// victim is the variable that makes this binary a process to be killed; its value
// is the path of the database.
const victim = "JOINERY_TEST_VICTIM"

func TestMain(m *testing.M) {
	path := os.Getenv(victim)
	if path == "" {
		os.Exit(m.Run())
	}
	if err := writeForEver(context.Background(), path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// writeForEver writes steps of a few people, each in one transaction that touches
// several tables, and says so on standard output after each commit.
func writeForEver(ctx context.Context, path string) error {
	const writers = 4
	store, err := sqlite.Open(ctx, path)
	if err != nil {
		return err
	}
	var (
		all  sync.WaitGroup
		errs = make(chan error, writers)
	)
	for i := range writers {
		person := fmt.Sprint("p", i)
		all.Go(func() {
			for {
				id := ""
				err := store.Backend().Update(ctx, "t", func(tx state.Tx) error {
					id, err = step(tx, person)
					return err
				})
				if err != nil {
					errs <- err
					return
				}
				fmt.Println(id) // one write of one line
			}
		})
	}
	return <-errs
}

// step raises a person's revision, appends a version and an entry, and moves an
// item, and returns the entry's ID.
func step(tx state.Tx, person string) (string, error) {
	p, err := tx.LockPerson(person)
	if err != nil && !errors.Is(err, state.ErrNotFound) {
		return "", err
	}
	p.ID = person
	p.Revision++
	id := fmt.Sprintf("%s-%06d", person, p.Revision)
	entry, err := audit.Entry{ID: id, Note: strings.Repeat("x", 300)}.Seal()
	if err != nil {
		return "", err
	}
	if err := tx.PutPerson(p); err != nil {
		return "", err
	}
	if err := tx.AddVersion(state.Version{Source: "hr", ID: person, Seq: p.Revision, Body: []byte(strings.Repeat("y", 500))}); err != nil {
		return "", err
	}
	if err := tx.PutItem(state.Item{Person: person, System: "s", Kind: state.ItemAccount, State: state.ItemDue, Revision: p.Revision}); err != nil {
		return "", err
	}
	return id, tx.Write(entry, person)
}

// TestKill kills a process in the midst of its commits, over and over, on one
// database. Whatever was acknowledged must be there, nothing may be there by
// halves, and the next process goes on where the last one was stopped.
func TestKill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "joinery.db")
	acknowledged := map[string]bool{}
	random := rand.New(rand.NewPCG(1, 2))
	for range *crashes {
		for _, id := range killAfter(t, path, 50+random.IntN(400)) {
			acknowledged[id] = true
		}
		checkSurvivors(t, path, acknowledged)
	}
}

// killAfter lets a process write until it has acknowledged so many steps, kills
// it, and returns all that it acknowledged.
func killAfter(t *testing.T, path string, steps int) []string {
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), victim+"="+path)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var acknowledged []string
	for lines := bufio.NewReader(out); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // a line that was not finished acknowledges nothing
		}
		if acknowledged = append(acknowledged, strings.TrimSpace(line)); len(acknowledged) == steps {
			require.NoError(t, cmd.Process.Kill())
		}
	}
	require.Error(t, cmd.Wait(), "it was killed")
	require.GreaterOrEqual(t, len(acknowledged), steps, complaints.String())
	return acknowledged
}

func checkSurvivors(t *testing.T, path string, acknowledged map[string]bool) {
	store, err := sqlite.Open(t.Context(), path)
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	require.NoError(t, store.Backend().View(t.Context(), "t", func(tx state.Tx) error {
		entries, err := tx.Unsequenced(-1)
		require.NoError(t, err)
		kept := map[string]bool{}
		for _, e := range entries {
			require.NoError(t, e.Check())
			kept[e.ID] = true
		}
		for id := range acknowledged {
			require.True(t, kept[id], "%s was acknowledged and is lost", id)
		}
		witnesses, err := tx.Witnesses(0, len(entries)+10)
		require.NoError(t, err)
		require.Len(t, witnesses, len(entries))
		for i, w := range witnesses {
			require.Equal(t, int64(i+1), w.Seq)
			require.True(t, kept[w.Entry])
		}
		people, err := tx.PeopleAfter("", 100)
		require.NoError(t, err)
		steps := 0
		for _, p := range people {
			steps += int(p.Revision)
			checkPerson(t, tx, p)
		}
		require.Equal(t, len(entries), steps)
		return nil
	}))
	require.Equal(t, "ok", pragma(t, raw(t, path), "integrity_check"))
}

// checkPerson makes sure that all tables tell of the same number of steps.
func checkPerson(t *testing.T, tx state.Tx, p state.Person) {
	entries, err := tx.SealedOf(p.ID)
	require.NoError(t, err)
	require.Len(t, entries, int(p.Revision))
	it, err := tx.Item(p.ID, "s", state.ItemAccount, "")
	require.NoError(t, err)
	require.Equal(t, p.Revision, it.Revision)
}

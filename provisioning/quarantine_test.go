package provisioning_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// pickyCrowd is a bench with 40 people at a directory that refuses a kind of change from now
// on, and with as many who have news.
func pickyCrowd(t *testing.T, kinds ...connector.Kind) *provisioningtest.Bench {
	t.Helper()
	b := crowd(t, 40, provisioningtest.Config{Policy: plain})
	b.Target("directory").Fault(memory.Fault{Kinds: kinds, Do: memory.Refuse})
	return b
}

// transfer tells that the first people are in another department by now.
func transfer(t *testing.T, b *provisioningtest.Bench, people int, department string) {
	t.Helper()
	for i := range people {
		b.HR.Put(provisioningtest.Worker(fmt.Sprintf("%04d", i), fmt.Sprint("P", i), department, "2026-01-01"))
	}
	readAndDrain(t, b)
}

// It parked everything, without a word.
func TestASystemThatRefusesMuchIsQuarantinedAndDoneOnceItTakesThings(t *testing.T) {
	t.Parallel()
	b := pickyCrowd(t, connector.Update)
	transfer(t, b, 12, "Ops")
	status := statusOf(t, b)
	require.Len(t, status.Quarantines, 1)
	require.Contains(t, status.Quarantines[0].Error, "invalid")
	require.Equal(t, 12, status.Systems["directory"]["parked"])
	require.Empty(t, status.Outages, "it answers")
	b.HR.End("0030", "2025-12-31")
	readAndDrain(t, b)
	require.Error(t, b.Target("directory").SignIn("p30"), "what it takes does not wait")

	b.Target("directory").Clear()
	b.AnswerCase(provisioning.CaseRefused, provisioning.ChoiceReset)
	b.Settle()
	status = statusOf(t, b)
	require.Empty(t, status.Quarantines)
	require.Zero(t, status.Systems["directory"]["parked"])
	for i := range 12 {
		require.Equal(t, `"Ops"`, account(t, b, "directory", fmt.Sprintf("%04d", i)).Attributes["department"].String())
	}
	var told []string
	for _, e := range b.Sink.Entries(audit.EventSystem) {
		told = append(told, e.Outcome)
	}
	require.Equal(t, []string{"quarantined", "released"}, told)
}

func TestQuarantineTakesManyRefusalsOfSeveralAccounts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		steps  string // r is refused, and t taken
		people int
		want   bool
	}{
		"nine in a row":                 {strings.Repeat("r", 9), 40, false},
		"ten in a row":                  {strings.Repeat("r", 10), 40, true},
		"one of three, for long":        {strings.Repeat("rtt", 13), 40, false},
		"three of five, for long":       {strings.Repeat("rrrtt", 8), 40, true},
		"twelve in a row of one person": {strings.Repeat("r", 12), 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := crowd(t, 40, provisioningtest.Config{Policy: plain})
			for i, step := range c.steps {
				if step == 'r' {
					b.Target("directory").Fault(memory.Fault{Kinds: []connector.Kind{connector.Update}, Times: 1, Do: memory.Refuse})
				}
				n := i % c.people
				b.HR.Put(provisioningtest.Worker(fmt.Sprintf("%04d", n), fmt.Sprint("P", n), fmt.Sprint("Ops", i), "2026-01-01"))
				b.Sync()
			}
			status := statusOf(t, b)
			require.Equal(t, c.want, len(status.Quarantines) == 1)
			require.Equal(t, min(strings.Count(c.steps, "r"), c.people), status.Systems["directory"]["parked"])
		})
	}
}

// All that was parked was sent again, for something else that worked.
func TestWhatIsTakenOfOtherThingsLetsOneOfTheRefusedBeTried(t *testing.T) {
	t.Parallel()
	b := pickyCrowd(t, connector.Update)
	transfer(t, b, 12, "Ops")
	d := b.Target("directory")
	updates := d.Calls(connector.Update)
	for i := range 16 {
		b.HR.Put(provisioningtest.Worker(fmt.Sprint("new", i), fmt.Sprint("N", i), "Ops", "2026-01-01"))
	}
	readAndDrain(t, b)
	readAndDrain(t, b)
	require.NoError(t, d.SignIn("n15"))
	require.Equal(t, updates+1, d.Calls(connector.Update))
	require.Len(t, statusOf(t, b).Quarantines, 1, "which was refused again")
}

func TestSomethingRefusedIsTriedNowAndThen(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := memory.New(memory.Config{})
		b := outage(t, provisioningtest.Config{}, provisioning.System{Connector: d})
		d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Create}, Do: memory.Refuse})
		staff(t, b, 30)
		pass(t, b, time.Minute)
		require.Equal(t, 30, d.Calls(connector.Create))
		require.Equal(t, 30, statusOf(t, b).Systems["directory"]["parked"])
		pass(t, b, 24*time.Hour)
		tries := d.Calls(connector.Create) - 30
		require.InDelta(t, 6, tries, 1, "after 15 minutes, half an hour, one hour, two, four, eight")
		require.Equal(t, tries, statusOf(t, b).Quarantines[0].Tries)
		var keys []string
		for _, c := range d.Log() {
			if c.Kind == connector.Create && c.Attempt > 1 {
				keys = append(keys, c.ExternalID)
			}
		}
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(keys))), tries, "another one each time")

		d.Clear()
		pass(t, b, 24*time.Hour)
		require.Equal(t, 30, activeAt(d), "what one of them shows is good for all")
		require.Empty(t, statusOf(t, b).Quarantines)
		cases, err := b.Cases(t.Context())
		require.NoError(t, err)
		require.Empty(t, cases, "and nobody had to answer")
	})
}

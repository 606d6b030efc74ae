package provisioning_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// downFor is a bench with 20 people, whose system has been down for some time.
func downFor(t *testing.T, d time.Duration) (*provisioningtest.Bench, *memory.System) {
	t.Helper()
	system := memory.New(memory.Config{})
	b := outage(t, provisioningtest.Config{}, provisioning.System{Connector: system})
	system.Fault(memory.Fault{Do: memory.Down})
	staff(t, b, 20)
	pass(t, b, d)
	return b, system
}

func systemEntries(b *provisioningtest.Bench) (out []string) {
	for _, e := range b.Sink.Entries(audit.EventSystem) {
		out = append(out, e.System+" "+e.Outcome+" by "+e.Actor)
	}
	return out
}

func TestOutageIsShown(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		began := time.Now().UTC()
		b, d := downFor(t, 30*time.Minute)
		s := statusOf(t, b)
		require.Len(t, s.Outages, 1)
		o := s.Outages[0]
		require.Equal(t, "directory", o.System)
		require.Equal(t, began, o.Since)
		require.Equal(t, "memory: connection refused", o.Error)
		require.False(t, o.Denied)
		require.Positive(t, o.Probes)
		require.True(t, o.NextProbe.After(time.Now()) && o.NextProbe.Before(time.Now().Add(16*time.Minute)), o.NextProbe)
		require.False(t, o.NextUrgent.After(o.NextProbe))
		require.Zero(t, s.Cases, "it is short yet")
		entries := b.Sink.Entries(audit.EventSystem)
		require.Len(t, entries, 1)
		require.Equal(t, "opened", entries[0].Outcome)
		require.Equal(t, "memory: connection refused", entries[0].Error)

		d.Clear()
		pass(t, b, 16*time.Minute)
		require.Equal(t, []string{"directory opened by ", "directory closed by "}, systemEntries(b))
		require.Empty(t, b.Sink.Entries(audit.EventCase), "nobody was asked")
	})
}

func TestLongOutageOpensACaseWhichClosesByItself(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		b, d := downFor(t, 2*time.Hour)
		cases, err := b.Cases(t.Context())
		require.NoError(t, err)
		require.Len(t, cases, 1)
		c := cases[0]
		require.Equal(t, provisioning.CaseSystem, c.Kind)
		require.Equal(t, "directory", c.Subject)
		require.Contains(t, c.Question, "connection refused")
		b.AnswerCase(provisioning.CaseSystem, provisioning.ChoiceWait)
		pass(t, b, 2*time.Hour)
		cases, err = b.Cases(t.Context())
		require.NoError(t, err)
		require.Len(t, cases, 1, "it is the same one, and can still be answered otherwise")
		require.Equal(t, c.ID, cases[0].ID)

		d.Clear()
		pass(t, b, 16*time.Minute)
		c, err = b.Case(t.Context(), c.ID)
		require.NoError(t, err)
		require.False(t, c.Open)
		require.Equal(t, "something works there again", c.Note)
		require.Equal(t, 20, activeAt(d))
	})
}

func TestSystemIsResetByHand(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		b, d := downFor(t, 2*time.Hour)
		d.Clear()
		require.Error(t, b.ResetSystem(t.Context(), "directory", " "), "somebody must say so")
		require.Error(t, b.ResetSystem(t.Context(), "dictionary", "ops"))
		require.Len(t, statusOf(t, b).Outages, 1)
		require.NoError(t, b.ResetSystem(t.Context(), "directory", "ops"))
		require.NoError(t, b.ResetSystem(t.Context(), "directory", "ops"), "the second time there is nothing to be done")
		_, err := b.Drain(t.Context())
		require.NoError(t, err)
		require.Equal(t, 20, activeAt(d))
		s := statusOf(t, b)
		require.Empty(t, s.Outages)
		require.Zero(t, s.Cases)
		require.Equal(t, []string{"directory opened by ", "directory closed by ops"}, systemEntries(b))
	})
}

func TestAnswerResetsASystem(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		b, d := downFor(t, 2*time.Hour)
		d.Clear()
		asked := b.AnswerCase(provisioning.CaseSystem, provisioning.ChoiceReset)
		_, err := b.Drain(t.Context())
		require.NoError(t, err)
		require.Equal(t, 20, activeAt(d))
		c, err := b.Case(t.Context(), asked.ID)
		require.NoError(t, err)
		require.Equal(t, provisioning.ChoiceReset, c.Answer)
		require.Equal(t, []string{"directory opened by ", "directory closed by test"}, systemEntries(b))
	})
}

func TestSystemThatIsResetTooEarlyIsFoundOutAgain(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		b, d := downFor(t, 2*time.Hour)
		sent := len(d.Log())
		require.NoError(t, b.ResetSystem(t.Context(), "directory", "ops"))
		pass(t, b, time.Second/2)
		require.Len(t, statusOf(t, b).Outages, 1)
		require.LessOrEqual(t, len(d.Log()), sent+18)
	})
}

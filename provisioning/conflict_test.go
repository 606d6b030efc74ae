package provisioning_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// touched is a bench with one person, whose account somebody has changed since we saw it.
func touched(t *testing.T, alter func(*connector.Account)) *provisioningtest.Bench {
	t.Helper()
	b := bench(t, provisioningtest.Config{Policy: plain, Engine: func(c *provisioning.Config) { c.Retry.Attempts = 5 }})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	b.Sync()
	d := b.Target("directory")
	a := d.Accounts()[0]
	alter(&a)
	d.Put(a)
	return b
}

// What an account was at when it was seen last was asked for again and again, so that
// nothing could be done to it before something else looked at it.
func TestAnAccountThatSomebodyHasChangedIsDisabledAtOnce(t *testing.T) {
	t.Parallel()
	b := touched(t, func(*connector.Account) {})
	b.HR.End("1", "2025-12-31")
	readAndDrain(t, b)
	require.Error(t, b.Target("directory").SignIn("ada"))
	disables := 0
	for _, e := range b.Sink.Entries(audit.EventOutcome) {
		if e.Operation == string(connector.Disable) {
			disables++
			require.Equal(t, "applied", e.Outcome)
		}
	}
	require.Equal(t, 1, disables, "it needed no second attempt")
}

func TestAnAccountThatSomebodyHasChangedIsUpdatedAtOnce(t *testing.T) {
	t.Parallel()
	b := touched(t, func(a *connector.Account) { a.Attributes["title"] = connector.String("Queen") })
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Sales" })
	readAndDrain(t, b)
	a := b.Target("directory").Accounts()[0]
	require.Equal(t, "Sales", a.Attributes["department"].Text())
	require.Equal(t, "Queen", a.Attributes["title"].Text(), "nobody's business")
}

func TestWhatSomebodyHasDoneAlreadyIsNotDoneAgain(t *testing.T) {
	t.Parallel()
	b := touched(t, func(a *connector.Account) { a.Active = false })
	d := b.Target("directory")
	b.HR.End("1", "2025-12-31")
	readAndDrain(t, b)
	require.Zero(t, applied(d, connector.Disable))
	person, err := b.PersonOf(t.Context(), hrsource.WorkerKey{Source: provisioningtest.SourceName, ID: "1"})
	require.NoError(t, err)
	l, err := b.Leaving(t.Context(), person)
	require.NoError(t, err)
	require.False(t, l.Contained.IsZero(), "it was seen")
}

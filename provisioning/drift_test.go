package provisioning_test

import (
	"testing"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/stretchr/testify/require"
)

// titled is a policy of two attributes.
const titled = plain + `      title: "{jobTitle}"
`

// handled is a bench with Ada, an engineer, in a directory that is handled as alter says.
func handled(t *testing.T, rules string, alter func(*provisioning.System)) *provisioningtest.Bench {
	t.Helper()
	b := bench(t, provisioningtest.Config{Policy: rules, Tenant: func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		alter(&s)
		c.Systems["directory"] = s
	}})
	ada := provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01")
	ada.Assignments[0].JobTitle = "Engineer"
	b.HR.Put(ada)
	b.Sync()
	b.Clock.Set(b.Clock.Now().Add(time.Hour))
	return b
}

// shows returns the only value of an attribute of Ada's account.
func shows(t *testing.T, b *provisioningtest.Bench, attribute string) string {
	t.Helper()
	values := account(t, b, "directory", "1").Attributes[attribute].All()
	require.Len(t, values, 1)
	return values[0]
}

// A lost reply once wrote every attribute again, and undid what somebody had changed.
func TestALostReplyWritesWhatWasSentAlone(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]memory.Effect{"reply": memory.LoseReply, "request": memory.Fail} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := handled(t, titled, func(*provisioning.System) {})
			tamper(b, "ada", func(a *connector.Account) { a.Attributes["title"] = connector.String("Chair") })
			b.Target("directory").Fault(memory.Fault{Kinds: []connector.Kind{connector.Update}, Times: 1, Do: do})
			b.Target("directory").Fault(memory.Fault{Kinds: []connector.Kind{memory.Find}, Times: 2, Do: memory.Fail})
			b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Ops" })
			b.Sync()
			require.Equal(t, "Ops", shows(t, b, "department"))
			require.Equal(t, "Chair", shows(t, b, "title"))
		})
	}
}

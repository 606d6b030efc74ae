package provisioning_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// late is a system that says that its writes are not to be seen at once.
type late struct{ *memory.System }

func (l late) Describe(ctx context.Context) (connector.Description, error) {
	d, err := l.System.Describe(ctx)
	d.VisibilityLag = 10 * time.Millisecond
	return d, err
}

// behind is a bench whose one system is late.
func behind(t *testing.T) (late, *provisioningtest.Bench) {
	t.Helper()
	l := late{memory.New(memory.Config{})}
	b := bench(t, provisioningtest.Config{Policy: strings.Replace(plain, "accounts:", `
  - name: admins
    when: department == "Root"
    grants: [directory:group/root]
accounts:`, 1), Tenant: func(c *provisioning.TenantConfig) {
		c.Systems["directory"] = provisioning.System{Connector: l, Mode: provisioning.Managed}
	}})
	return l, b
}

// loseUnseen makes the next write of a kind have its effect, but neither answer nor
// show it at once.
func (l late) loseUnseen(kind connector.Kind) {
	kinds := []connector.Kind{kind}
	l.Fault(memory.Fault{Kinds: kinds, Times: 1, Do: memory.Delay, Reads: 1})
	l.Fault(memory.Fault{Kinds: kinds, Times: 1, Do: memory.LoseReply})
}

// The account was not to be seen yet, so it counted as not made, and a leaver kept it.
func TestAccountOfALeaverThatShowsLateIsDisabled(t *testing.T) {
	t.Parallel()
	l, b := behind(t)
	l.loseUnseen(connector.Create)
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	readAndDrain(t, b)
	b.HR.Change("1", func(w *hrsource.Worker) { w.AccessEnd = b.Clock.Now() })
	b.Sync()
	b.GoTo("2026-03-01")
	require.Len(t, l.Accounts(), 1)
	require.Error(t, l.SignIn("ada"))
}

// The same for access: nothing showed it yet, so it counted as not given.
func TestAccessOfAMoverThatShowsLateIsRevoked(t *testing.T) {
	t.Parallel()
	l, b := behind(t)
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	b.Sync()
	l.loseUnseen(connector.Grant)
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Root" })
	readAndDrain(t, b)
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Eng" })
	b.Sync()
	b.GoTo("2026-03-01")
	require.Equal(t, []connector.Entitlement{{Kind: "group", Name: "staff"}}, l.Accounts()[0].Entitlements)
}

// Access whose outcome was unknown until it was given up was taken away uncounted.
func TestAccessThatMayBeThereIsKeptInAnAddOnlySystem(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain, Engine: func(c *provisioning.Config) {
		c.Retry = provisioning.Retry{First: time.Millisecond, Max: time.Millisecond, Attempts: 2}
	}, Tenant: func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		s.Mode = provisioning.AddOnly
		c.Systems["directory"] = s
	}})
	d := b.Target("directory")
	d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Grant}, Do: memory.LoseReply})
	d.Fault(memory.Fault{Kinds: []connector.Kind{memory.Find}, Do: memory.Fail})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	b.Sync()
	d.Clear()
	b.HR.End("1", "2025-12-31")
	b.Sync()
	require.Len(t, d.Accounts()[0].Entitlements, 1)
	require.Zero(t, d.Calls(connector.Revoke))
}

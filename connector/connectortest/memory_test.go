package connectortest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/connectortest"
	"github.com/joinery-iam/joinery/connector/memory"
)

var groups = []connector.Entitlement{{Kind: "group", Name: "engineering"}, {Kind: "group", Name: "staff"}}

// harness is that of a system in memory, which system knows to find in a
// connector.
func harness(system func(c connector.Connector) *memory.System) connectortest.Harness {
	documents := 0
	return connectortest.Harness{
		New:     func(*testing.T) connector.Connector { return memory.New(memory.Config{Entitlements: groups}) },
		Account: account,
		Change: func(n int) map[string]connector.Value {
			return map[string]connector.Value{
				"title": connector.String(fmt.Sprintf("Engineer %d", n)),
				"phone": connector.Strings("+31 20 0000001", "+31 20 0000002"),
			}
		},
		Entitlements: groups,
		Unknown:      connector.Entitlement{Kind: "group", Name: "nobody-made-this"},
		Remove: func(_ context.Context, c connector.Connector, ref connector.Ref) error {
			if !system(c).Remove(ref.ID) {
				return connector.ErrNotFound
			}
			return nil
		},
		Rename: func(_ context.Context, c connector.Connector, ref connector.Ref, name string) error {
			for _, a := range system(c).Accounts() {
				if a.ID == ref.ID {
					a.Name = name
					system(c).Put(a)
					return nil
				}
			}
			return connector.ErrNotFound
		},
		Duplicate: func(_ context.Context, c connector.Connector, a connector.Account) error {
			a.ID, a.Name = "", a.Name+"-2"
			system(c).Put(a)
			return nil
		},
		LoseReply: func(_ context.Context, c connector.Connector, k connector.Kind) (func() int, error) {
			before := system(c).Calls(k)
			system(c).Fault(memory.Fault{Kinds: []connector.Kind{k}, Times: 1, Do: memory.LoseReply})
			return func() int { return system(c).Calls(k) - before }, nil
		},
		Hang: func(_ context.Context, c connector.Connector) error {
			system(c).Fault(memory.Fault{Do: memory.Slow})
			return nil
		},
		SignIn: func(_ context.Context, c connector.Connector, ref connector.Ref) (func() error, error) {
			return open(system(c), ref)
		},
		Own: func(_ context.Context, c connector.Connector, ref connector.Ref) (func() (string, error), error) {
			documents++
			thing := fmt.Sprintf("document %d", documents)
			if !system(c).Own(ref.ID, thing) {
				return nil, connector.ErrNotFound
			}
			return func() (string, error) {
				id, _ := system(c).Owner(thing)
				return id, nil
			}, nil
		},
	}
}

// open signs in and returns what uses the session.
func open(s *memory.System, ref connector.Ref) (use func() error, err error) {
	session, err := s.Open(ref.Name)
	if err != nil {
		return nil, err
	}
	return session.Use, nil
}

func account(n int) connector.CreateRequest {
	return connector.CreateRequest{
		Name: fmt.Sprintf("person%d", n),
		Attributes: map[string]connector.Value{
			"mail":  connector.String(fmt.Sprintf("person%d@example.com", n)),
			"title": connector.String("Trainee"),
		},
	}
}

func itself(c connector.Connector) *memory.System { return c.(*memory.System) }

func TestMemory(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, harness(itself))
}

// TestMemoryLagging runs the kit where no write is seen before somebody waits.
func TestMemoryLagging(t *testing.T) {
	t.Parallel()
	h := harness(itself)
	h.New = func(*testing.T) connector.Connector {
		s := memory.New(memory.Config{Entitlements: groups, VisibilityLag: time.Minute})
		s.Fault(memory.Fault{Do: memory.Delay})
		return s
	}
	h.Settle = func(_ context.Context, c connector.Connector) error {
		itself(c).Reveal()
		return nil
	}
	connectortest.Run(t, h)
}

// TestMemoryNarrowed runs the kit where little can be done.
func TestMemoryNarrowed(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, connectortest.Harness{
		New: func(*testing.T) connector.Connector {
			return memory.New(memory.Config{Without: []connector.Kind{
				connector.Disable, connector.Enable, connector.Grant, connector.Revoke, connector.Delete,
			}})
		},
		Account:      account,
		Change:       harness(itself).Change,
		NoExternalID: true,
		Lag:          time.Millisecond,
	})
}

// TestBareMinimum runs the kit on the three methods alone.
func TestBareMinimum(t *testing.T) {
	t.Parallel()
	h := harness(func(c connector.Connector) *memory.System { return c.(bare).Connector.(*memory.System) })
	h.New = func(*testing.T) connector.Connector { return bare{memory.New(memory.Config{})} }
	connectortest.Run(t, h)
}

// bare has the methods of a Connector and no others.
type bare struct{ connector.Connector }

func TestNewBenchRefuses(t *testing.T) {
	t.Parallel()
	h := harness(itself)
	h.New = func(*testing.T) connector.Connector { return nil }
	_, err := connectortest.NewBench(t, h)
	require.ErrorContains(t, err, "returned nil")

	h.New = func(*testing.T) connector.Connector {
		return memory.New(memory.Config{Without: []connector.Kind{connector.Create}})
	}
	_, err = connectortest.NewBench(t, h)
	require.ErrorContains(t, err, "without Create")

	h.New = func(*testing.T) connector.Connector { return silent{memory.New(memory.Config{})} }
	_, err = connectortest.NewBench(t, h)
	require.ErrorIs(t, err, errSilent)
}

var errSilent = errors.New("it does not say")

type silent struct{ *memory.System }

func (silent) Describe(context.Context) (connector.Description, error) {
	return connector.Description{}, errSilent
}

func TestCasesAreDistinct(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range connectortest.Cases() {
		require.NotEmpty(t, c.Clause, c.Name)
		require.NotNil(t, c.Check, c.Name)
		require.False(t, seen[c.Name], c.Name)
		seen[c.Name] = true
	}
}

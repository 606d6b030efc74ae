package connectortest_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/connectortest"
)

// phonebook is a connector to a system that knows nobody but by name: no sign-in
// to switch off, nothing to delete, no groups. So it has three methods.
type phonebook struct {
	mu      sync.Mutex
	entries []connector.Account
}

func (p *phonebook) Find(_ context.Context, req connector.FindRequest) ([]connector.Account, error) {
	if req.ID == "" && req.ExternalID == "" && req.Name == "" {
		return nil, connector.ErrInvalid
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []connector.Account
	for _, a := range p.entries {
		if (req.ID == "" || a.ID == req.ID) && (req.ExternalID == "" || a.ExternalID == req.ExternalID) && (req.Name == "" || a.Name == req.Name) {
			a.Attributes = maps.Clone(a.Attributes)
			found = append(found, a)
		}
	}
	return found, nil
}

func (p *phonebook) Create(_ context.Context, req connector.CreateRequest) (connector.Result, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range p.entries {
		switch {
		case a.ExternalID == req.ExternalID:
			return connector.Result{Outcome: connector.AlreadyInState, Account: a}, nil
		case a.Name == req.Name:
			return connector.Result{}, fmt.Errorf("phonebook: %s: %w", req.Name, connector.ErrAlreadyExists)
		}
	}
	a := connector.Account{
		Ref:        connector.Ref{ID: fmt.Sprint("page-", len(p.entries)+1), Name: req.Name},
		ExternalID: req.ExternalID, Active: req.Active, Attributes: req.Attributes,
	}
	p.entries = append(p.entries, a)
	return connector.Result{Outcome: connector.Applied, Account: a}, nil
}

func (p *phonebook) Update(_ context.Context, req connector.UpdateRequest) (connector.Result, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.entries, func(a connector.Account) bool { return a.ID == req.Ref.ID })
	if i < 0 {
		return connector.Result{}, fmt.Errorf("phonebook: %s: %w", req.Ref.ID, connector.ErrNotFound)
	}
	a := &p.entries[i]
	next := map[string]connector.Value{}
	maps.Copy(next, a.Attributes)
	maps.Copy(next, req.Attributes)
	if maps.EqualFunc(a.Attributes, next, connector.Value.Equal) {
		return connector.Result{Outcome: connector.AlreadyInState, Account: *a}, nil
	}
	a.Attributes = next
	return connector.Result{Outcome: connector.Applied, Account: *a}, nil
}

// This is the test of a connector: it tells how to get a fresh system, and what
// its accounts look like.
func ExampleRun() {
	TestPhonebook := func(t *testing.T) {
		connectortest.Run(t, connectortest.Harness{
			New: func(*testing.T) connector.Connector { return &phonebook{} },
			Account: func(n int) connector.CreateRequest {
				return connector.CreateRequest{Name: fmt.Sprintf("Person %d", n), Attributes: map[string]connector.Value{
					"number": connector.String(fmt.Sprint(100 + n)),
				}}
			},
			Change: func(n int) map[string]connector.Value {
				return map[string]connector.Value{"room": connector.String(fmt.Sprint("B-", n))}
			},
		})
	}
	_ = TestPhonebook // go test runs it
}

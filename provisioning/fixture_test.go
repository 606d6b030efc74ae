package provisioning_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

func load(t *testing.T, text string) *policy.Policy {
	t.Helper()
	p, err := policy.Load("policy.yaml", strings.NewReader(text))
	require.NoError(t, err)
	return p
}

// switchable is an evaluator that can be made to fail.
type switchable struct {
	policy.Evaluator
	mu  sync.Mutex
	err error
}

func (s *switchable) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *switchable) Evaluate(ctx context.Context, subject policy.Subject) (policy.Decision, error) {
	s.mu.Lock()
	err := s.err
	s.mu.Unlock()
	if err != nil {
		return policy.Decision{}, err
	}
	return s.Evaluator.Evaluate(ctx, subject)
}

// plain is a policy of one rule.
const plain = `version: 1
rules:
  - name: everybody
    when: workerType == "employee"
    grants: [directory:group/staff]
accounts:
  directory:
    name: userName
    candidates: ["{givenName|ascii|lower}", "{givenName|ascii|lower}{n}"]
    attributes:
      department: "{department}"
`

// configured returns what an engine says of a configuration with the plain policy.
func configured(t *testing.T, cfg provisioning.TenantConfig) error {
	t.Helper()
	store, err := sqlite.Open(t.Context(), ":memory:")
	require.NoError(t, err)
	defer store.Close()
	cfg.Policy = load(t, plain)
	engine, err := provisioning.New(provisioning.Config{Store: store, Tenant: func(context.Context, string) (provisioning.TenantConfig, error) { return cfg, nil }})
	require.NoError(t, err)
	_, err = engine.Tenant(t.Context(), "test")
	return err
}

// activeAt counts the active accounts of a system.
func activeAt(system *memory.System) (n int) {
	for _, a := range system.Accounts() {
		if a.Active {
			n++
		}
	}
	return n
}

// readAndDrain does what Sync does, once, without waiting for retries.
func readAndDrain(t *testing.T, b *provisioningtest.Bench) {
	t.Helper()
	_, err := b.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
	_, err = b.Drain(t.Context())
	require.NoError(t, err)
}

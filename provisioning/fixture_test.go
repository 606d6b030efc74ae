package provisioning_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/joinery-iam/joinery/policy"
	"github.com/stretchr/testify/require"
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

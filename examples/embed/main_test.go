package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRolledBackHireHasNoAccount(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	require.Contains(t, out.String(), "account alice of person p-")
	require.NotContains(t, out.String(), "account bob")
}

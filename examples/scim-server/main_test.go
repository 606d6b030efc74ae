package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestServesUntilItIsStopped(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- run(ctx, "127.0.0.1:0", "") }()
	cancel()
	if err := <-stopped; err != nil {
		require.ErrorIs(t, err, context.Canceled, "stopped before it listened")
	}
}

func TestAnEmptyTokenLetsNobodyIn(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token")
	require.ErrorIs(t, run(t.Context(), "127.0.0.1:0", file), os.ErrNotExist)
	require.NoError(t, os.WriteFile(file, []byte(" \n"), 0o600))
	require.EqualError(t, run(t.Context(), "127.0.0.1:0", file), "the token file is empty")
	require.NoError(t, os.WriteFile(file, []byte(" secret \n"), 0o600))
	token, err := readToken(file)
	require.NoError(t, err)
	require.Equal(t, "secret", token)
}

func TestAnAddressThatCannotBeUsedIsAnError(t *testing.T) {
	t.Parallel()
	require.Error(t, run(t.Context(), "127.0.0.1:-1", ""))
}

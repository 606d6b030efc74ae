package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestServesUntilItIsStopped(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(file, []byte("secret"), 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	stopped := make(chan error, 1)
	go func() {
		stopped <- run(ctx, writer, options{addr: "127.0.0.1:0", tokenFile: file, groups: "staff, eng"})
	}()
	line, err := bufio.NewReader(reader).ReadString('\n')
	require.NoError(t, err)
	url := strings.TrimSpace(strings.TrimPrefix(line, "listening on ")) + "/Users"

	require.Equal(t, http.StatusUnauthorized, get(t, url, ""))
	require.Equal(t, http.StatusOK, get(t, url, "secret"))
	cancel()
	require.NoError(t, <-stopped)
	_, err = http.Get(url)
	require.Error(t, err, "nobody listens any more")
}

// get returns the status of a request with a token.
func get(t *testing.T, url, token string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return res.StatusCode
}

func TestAnEmptyTokenLetsNobodyIn(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token")
	require.ErrorIs(t, run(t.Context(), io.Discard, options{addr: "127.0.0.1:0", tokenFile: file}), os.ErrNotExist)
	require.NoError(t, os.WriteFile(file, []byte(" \n"), 0o600))
	require.EqualError(t, run(t.Context(), io.Discard, options{addr: "127.0.0.1:0", tokenFile: file}), "the token file is empty")
	require.NoError(t, os.WriteFile(file, []byte(" secret \n"), 0o600))
	token, err := readToken(file)
	require.NoError(t, err)
	require.Equal(t, "secret", token)
}

func TestAnAddressThatCannotBeUsedIsAnError(t *testing.T) {
	t.Parallel()
	require.Error(t, run(t.Context(), io.Discard, options{addr: "127.0.0.1:-1"}))
}

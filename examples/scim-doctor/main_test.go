package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/profile"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

// try runs the program and returns what it wrote and its exit code.
func try(t *testing.T, args ...string) (code int, out, diag string) {
	t.Helper()
	var stdout, stderr strings.Builder
	code = run(t.Context(), args, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func serve(t *testing.T, token string) (server *scimtest.Server, url string) {
	t.Helper()
	server, err := scimtest.New(scimtest.Config{Token: token})
	require.NoError(t, err)
	url, err = server.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return server, url + scimtest.BasePath
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestExaminesAndLeavesNothing(t *testing.T) {
	t.Parallel()
	server, url := serve(t, "the-token")
	code, out, diag := try(t, "-url", url, "-token-file", write(t, "the-token\n"), "-write")
	require.Equal(t, exitSound, code, "%s%s", out, diag)
	require.Contains(t, out, "PROFILES\n  generic")
	require.Contains(t, out, "disable.works")
	require.Empty(t, server.Users())
	require.Empty(t, server.Groups())
}

func TestSaysWhyItCannot(t *testing.T) {
	t.Parallel()
	_, url := serve(t, "the-token")
	code, _, diag := try(t, "-url", url, "-token-file", write(t, "another-token"))
	require.Equal(t, exitFailed, code)
	require.Contains(t, diag, "does not let us in")
	require.NotContains(t, diag, "another-token")
}

// A server in front of which nobody asks for a token is a danger.
func TestDangerHasAnExitCode(t *testing.T) {
	t.Parallel()
	_, url := serve(t, "")
	code, out, _ := try(t, "-url", url, "-token-file", write(t, "any"))
	require.Equal(t, exitDanger, code)
	require.Contains(t, out, "Everybody gets in")
}

func TestRefusesWrongFlags(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"-url is missing":   nil,
		"AllowHTTP":         {"-url", "http://scim.example.com"},
		"there are only":    {"-url", "https://scim.example.com", "more"},
		"is empty":          {"-url", "https://scim.example.com", "-token-file", write(t, " \n")},
		"-token-file":       {"-url", "https://scim.example.com", "-token-file", filepath.Join(t.TempDir(), "none")},
		"not defined: -x":   {"-x"},
		"more than nothing": {"-url", "https://scim.example.com", "-patience", "0s"},
	} {
		code, _, diag := try(t, args...)
		require.Equal(t, exitUsage, code, name)
		require.Contains(t, diag, name)
	}
	code, out, _ := try(t, "-h")
	require.Equal(t, exitSound, code)
	require.Contains(t, out, "-write")
}

func TestShowsProfiles(t *testing.T) {
	t.Parallel()
	code, out, _ := try(t, "-profiles")
	require.Equal(t, exitSound, code)
	require.Contains(t, out, "pagerduty")
	code, out, _ = try(t, "-profile", "pagerduty")
	require.Equal(t, exitSound, code)
	p, err := profile.Load("printed", strings.NewReader(out))
	require.NoError(t, err)
	require.True(t, p.Disable.Deletes)
	code, _, diag := try(t, "-profile", "pagerdty")
	require.Equal(t, exitUsage, code)
	require.Contains(t, diag, `did you mean "pagerduty"`)
}

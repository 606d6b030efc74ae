// Package peers runs SCIM servers that others have written, for tests: the only
// opinion on the client that is not our own. They are Node programs; see
// [Folder] for what they need.
package peers

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Variable is the environment variable that names the folder of the modules,
// node_modules, as "make npm" makes it.
const Variable = "JOINERY_NPM"

// Token is the bearer token that the servers ask for.
const Token = "test-token-0123456789abcdef0123456789"

// The servers.
const (
	Scimmy     = "scimmy"      // scimmy 1.3.5 with scimmy-routers 1.3.2
	BetterAuth = "better-auth" // better-auth 1.7.5 with @better-auth/scim 1.7.5
)

//go:embed scimmy.mjs
var scimmy []byte

//go:embed better-auth.mjs
var betterAuth []byte

// Names returns the names of the servers.
func Names() []string { return []string{Scimmy, BetterAuth} }

// Folder returns a folder in which Node finds the modules, and the test's own
// files; it skips the test where there is no Node, or no modules.
func Folder(t testing.TB) string {
	t.Helper()
	modules := os.Getenv(Variable)
	if modules == "" {
		t.Skipf("SKIPPED, so that Joinery was not held to programs of others: run make npm, and set %s to the folder node_modules it names", Variable)
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skipf("SKIPPED, so that Joinery was not held to programs of others: there is no node: %v", err)
	}
	modules, err := filepath.Abs(modules)
	if err == nil {
		_, err = os.Stat(modules)
	}
	if err != nil {
		t.Fatalf("%s: %v", Variable, err)
	}
	dir := t.TempDir()
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Start runs a server of its own for a test, without any data, and returns its base
// URL. The server ends with the test.
func Start(t testing.TB, name string) string {
	t.Helper()
	dir := Folder(t)
	program := map[string][]byte{Scimmy: scimmy, BetterAuth: betterAuth}[name]
	file := filepath.Join(dir, name+".mjs")
	if err := os.WriteFile(file, program, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, "node", file, "0", Token)
	server.Dir = dir
	server.WaitDelay = 10 * time.Second
	var complaints safeBuffer
	server.Stderr = &complaints
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan string, 1)
	go func() {
		defer close(ready)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if address := lines.Text(); strings.HasPrefix(address, "http://") {
				ready <- address
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		_ = server.Wait() // it was killed
		if t.Failed() {
			t.Logf("%s said: %s", name, complaints.String())
		}
	})
	select {
	case address, ok := <-ready:
		if !ok {
			t.Fatalf("%s did not start: %s", name, complaints.String())
		}
		return address
	case <-time.After(time.Minute):
		t.Fatalf("%s did not start within a minute: %s", name, complaints.String())
	}
	return ""
}

// Reset lets the server at a base URL forget everything.
func Reset(ctx context.Context, base string) error {
	u, err := url.Parse(base)
	if err != nil {
		return err
	}
	u.Path = "/reset"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		return fmt.Errorf("%s: %s", u, resp.Status)
	}
	return nil
}

// safeBuffer is a buffer for several goroutines.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// Scale puts many people through csv-to-scim against a SCIM server in another
// process, twice, and prints the figures: time, memory, and how much the server
// was written to. It fails if the second run writes anything or memory passes the
// limit.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	people := flag.Int("people", 10_000, "how many people")
	memory := flag.Int64("memory", 200, "how many MB of memory csv-to-scim may use")
	flag.Parse()
	if err := run(context.Background(), *people, *memory); err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
}

const token = "scale-test-token"

func run(ctx context.Context, people int, limit int64) error {
	dir, err := os.MkdirTemp("", "joinery-scale-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, name := range []string{"csv-to-scim", "scim-server"} {
		cmd := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(dir, name), "./examples/"+name)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w: %s", name, err, out)
		}
	}
	if err := write(dir, people); err != nil {
		return err
	}
	server, url, err := start(ctx, dir)
	if err != nil {
		return err
	}
	defer func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	}()
	raw, err := againstBaseline(ctx, dir, people)
	if err != nil {
		return err
	}
	fmt.Printf("the same writes by plain net/http: %.1f s\n", raw.Seconds())
	for _, name := range []string{"staff", "engineering", "sales", "finance"} {
		if _, err := create(ctx, url+"/Groups", fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":%q}`, name)); err != nil {
			return err
		}
	}
	before, err := writes(ctx, url)
	if err != nil {
		return err
	}
	for pass := 1; pass <= 2; pass++ {
		began := time.Now()
		rss, err := provision(ctx, dir, url)
		if err != nil {
			return err
		}
		after, err := writes(ctx, url)
		if err != nil {
			return err
		}
		took := time.Since(began)
		fmt.Printf("run %d of %d people: %.1f s (%.2f of plain net/http), %d MB of memory at most, %d writes at the server\n",
			pass, people, took.Seconds(), took.Seconds()/raw.Seconds(), rss, after-before)
		if pass == 1 && after-before < 2*people {
			return fmt.Errorf("%d writes cannot have made %d people", after-before, people)
		}
		if pass == 2 && after != before {
			return fmt.Errorf("the second run wrote %d times", after-before)
		}
		if rss > limit {
			return fmt.Errorf("%d MB of memory is more than %d", rss, limit)
		}
		before = after
	}
	return nil
}

// write writes the people and the policy.
func write(dir string, people int) error {
	var rows strings.Builder
	rows.WriteString("Employee ID,First Name,Last Name,Department,Job Title,Manager ID,Start Date\n")
	departments := []string{"Engineering", "Sales", "Finance"}
	for i := range people {
		fmt.Fprintf(&rows, "%06d,Given%d,Family%d,%s,Worker,%06d,2020-01-01\n", i, i%997, i, departments[i%3], i/10)
	}
	policy := `version: 1
rules:
  - {name: everybody, when: "true", grants: [directory:group/staff]}
  - {name: engineering, when: department == "Engineering", grants: [directory:group/engineering]}
  - {name: sales, when: department == "Sales", grants: [directory:group/sales]}
  - {name: finance, when: department == "Finance", grants: [directory:group/finance]}
accounts:
  directory:
    name: userName
    candidates: ["{givenName|ascii|lower}.{familyName|ascii|lower}"]
    attributes:
      displayName: "{displayName}"
      name.givenName: "{givenName}"
      name.familyName: "{familyName}"
      title: "{jobTitle}"
      department: "{department}"
      email: "{name}@example.com"
`
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "people.csv"), []byte(rows.String()), 0o600),
		os.WriteFile(filepath.Join(dir, "policy.yaml"), []byte(policy), 0o600),
		os.WriteFile(filepath.Join(dir, "token"), []byte(token), 0o600),
	)
}

// start starts the server and returns its base URL.
func start(ctx context.Context, dir string) (*exec.Cmd, string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(dir, "scim-server"), "-addr", "127.0.0.1:0", "-token-file", filepath.Join(dir, "token"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, "", fmt.Errorf("scim-server said nothing: %w", err)
	}
	return cmd, strings.TrimSpace(line[strings.Index(line, "http"):]), nil
}

// provision runs csv-to-scim and returns its memory in MB.
func provision(ctx context.Context, dir, url string) (int64, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(dir, "csv-to-scim"), "-people", filepath.Join(dir, "people.csv"),
		"-policy", filepath.Join(dir, "policy.yaml"), "-url", url, "-token-file", filepath.Join(dir, "token"),
		"-db", filepath.Join(dir, "joinery.db"), "-progress", "10s")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("csv-to-scim: %w", err)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, errors.New("this system does not tell the memory of a process")
	}
	return usage.Maxrss / 1024, nil
}

// againstBaseline measures the baseline on a server of its own.
func againstBaseline(ctx context.Context, dir string, people int) (time.Duration, error) {
	server, url, err := start(ctx, dir)
	if err != nil {
		return 0, err
	}
	defer func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	}()
	return baseline(ctx, url, people)
}

// writes asks the server how often it was written to.
func writes(ctx context.Context, url string) (int, error) {
	res, err := call(ctx, http.MethodGet, strings.TrimSuffix(url, "/scim/v2")+"/log/summary", nil)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	var summary struct {
		Writes int `json:"writes"`
	}
	err = json.NewDecoder(res.Body).Decode(&summary)
	return summary.Writes, err
}

func call(ctx context.Context, method, url string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/scim+json")
	return http.DefaultClient.Do(req)
}

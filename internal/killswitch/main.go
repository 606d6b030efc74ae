// Killswitch measures how long a termination takes, from the fact to the commit at
// the system: once with nothing else to do, and once with a backlog of operations on
// that very system, under the same rate limit and in the same store.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/profile"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

const rules = `version: 1
rules: [{name: staff, when: "true", grants: [idp:group/staff]}]
accounts: {idp: {name: userName, candidates: ["u{employeeNumber}"], attributes: {title: "{jobTitle}"}}}
`

func main() {
	people := flag.Int("people", 35_000, "how many `people` have just joined: three things are to be so for each")
	rate := flag.Int("rate", 200, "how many `writes` in a second the client keeps to")
	times := flag.Int("times", 9, "how many people are terminated, one after the other")
	flag.Parse()
	if err := measure(*people, *rate, *times); err != nil {
		fmt.Fprintln(os.Stderr, "killswitch:", err)
		os.Exit(1)
	}
}

func measure(people, rate, times int) error {
	for _, backlog := range []int{0, people} {
		took, between, queued, err := terminate(backlog, rate, times)
		if err != nil {
			return err
		}
		slices.Sort(took)
		slices.Sort(between)
		fmt.Printf("%7d operations queued: termination to commit: median %v, worst %v; other writes in between: median %d, most %d\n",
			queued, took[len(took)/2].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond), between[len(between)/2], between[len(between)-1])
	}
	return nil
}

// commits remembers what changed at the server.
type commits struct {
	mu   sync.Mutex
	all  []string
	seen chan struct{}
}

func (c *commits) note(method, path string) {
	c.mu.Lock()
	c.all = append(c.all, method+" "+path)
	c.mu.Unlock()
	select {
	case c.seen <- struct{}{}:
	default:
	}
}

func (c *commits) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.all)
}

func terminate(backlog, rate, times int) (took []time.Duration, between []int, queued int, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	log := &commits{seen: make(chan struct{}, 1)}
	limits := profile.Profile{
		Name: "idp", Product: "idp", Checked: "2026-11-23",
		Rate: []profile.Rate{{Class: profile.Writes, Requests: rate, Per: time.Second, Burst: 1}},
	}
	server, err := scimtest.New(scimtest.Config{AfterCommit: log.note})
	if err != nil {
		return nil, nil, 0, err
	}
	if _, err := server.AddGroup(scimtest.Group{DisplayName: "staff"}); err != nil {
		return nil, nil, 0, err
	}
	url, err := server.Start()
	if err != nil {
		return nil, nil, 0, err
	}
	defer server.Close()
	tenant, engine, closeAll, err := build(ctx, url, limits)
	if err != nil {
		return nil, nil, 0, err
	}
	defer closeAll()
	if _, err := tenant.Ingest(ctx, workers(0, times)...); err != nil {
		return nil, nil, 0, err
	}
	if err := settle(ctx, tenant); err != nil {
		return nil, nil, 0, err
	}
	for at := 0; at < backlog; at += 1000 {
		if _, err := tenant.Ingest(ctx, workers(times+at, min(1000, backlog-at))...); err != nil {
			return nil, nil, 0, err
		}
	}
	var running sync.WaitGroup
	running.Go(func() { _ = engine.Run(ctx) })
	defer running.Wait()
	defer cancel()
	if backlog > 0 { // until everybody is decided about, and the first are made
		for before := log.count(); log.count() < before+100; {
			<-log.seen
		}
	}
	status, err := tenant.Status(ctx)
	if err != nil {
		return nil, nil, 0, err
	}
	for state, n := range status.Systems["idp"] {
		if state != "settled" {
			queued += n
		}
	}
	for i := range times {
		d, n, err := one(ctx, tenant, server, log, i)
		if err != nil {
			return nil, nil, 0, err
		}
		took, between = append(took, d), append(between, n)
	}
	return took, between, queued, nil
}

// one terminates somebody, and waits until nobody can sign in with the account.
func one(ctx context.Context, tenant *provisioning.Tenant, server *scimtest.Server, log *commits, i int) (time.Duration, int, error) {
	record := workers(i, 1)[0]
	record.Worker.AccessEnd = time.Now()
	before, begin := log.count(), time.Now()
	if _, err := tenant.Ingest(ctx, record); err != nil {
		return 0, 0, err
	}
	for deadline := time.After(5 * time.Minute); ; {
		if errors.Is(server.SignIn(fmt.Sprintf("u%d", i)), scimtest.ErrSignIn) {
			return time.Since(begin), log.count() - before - 1, nil
		}
		select {
		case <-log.seen:
		case <-time.After(time.Millisecond):
		case <-deadline:
			return 0, 0, errors.New("five minutes, and still able to sign in")
		}
	}
}

func build(ctx context.Context, url string, limits profile.Profile) (*provisioning.Tenant, *provisioning.Engine, func(), error) {
	dir, err := os.MkdirTemp("", "killswitch")
	if err != nil {
		return nil, nil, nil, err
	}
	store, err := sqlite.Open(ctx, filepath.Join(dir, "joinery.db"))
	if err != nil {
		return nil, nil, nil, err
	}
	closeAll := func() {
		_ = store.Close()
		_ = os.RemoveAll(dir)
	}
	p, err := policy.Load("rules", strings.NewReader(rules))
	if err != nil {
		return nil, nil, nil, err
	}
	target, err := scim.New(scim.Config{BaseURL: url + scimtest.BasePath, Profile: limits})
	if err != nil {
		return nil, nil, nil, err
	}
	engine, err := provisioning.New(provisioning.Config{Store: store, Tenant: func(context.Context, string) (provisioning.TenantConfig, error) {
		return provisioning.TenantConfig{Policy: p, Systems: map[string]provisioning.System{"idp": {Connector: target, Mode: provisioning.Managed}}}, nil
	}})
	if err != nil {
		return nil, nil, nil, err
	}
	tenant, err := engine.Tenant(ctx, "acme")
	return tenant, engine, closeAll, err
}

func workers(from, n int) []hrsource.Record {
	out := make([]hrsource.Record, n)
	for i := range out {
		id := fmt.Sprint(from + i)
		out[i].Worker = hrsource.Worker{
			Key: hrsource.WorkerKey{Source: "hr", ID: id}, EmployeeNumber: id, PersonKey: "k" + id,
			HireDate: hrsource.Date{Year: 2020, Month: 1, Day: 1},
		}
	}
	return out
}

func settle(ctx context.Context, tenant *provisioning.Tenant) error {
	for {
		next, err := tenant.Drain(ctx)
		if err != nil || next.IsZero() || time.Until(next) > time.Minute {
			return err
		}
		time.Sleep(max(time.Until(next), 10*time.Millisecond))
	}
}

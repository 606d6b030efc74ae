// Killswitch measures how long a termination takes, from the fact to the commit at
// the system: once with nothing else to do, and then with a backlog of operations on that
// very system, under the same rate limit and in the same store, on which one node works,
// or two of which the second is told; of people of whom nothing is due, and of people
// whose account is in a batch that was just claimed.
package main

import (
	"context"
	"database/sql"
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

// changed is how many people have another title when a backlog begins: theirs is what is
// claimed first.
const changed = 4000

func main() {
	people := flag.Int("people", 35_000, "how many `people` have just joined: three things are to be so for each")
	rate := flag.Int("rate", 200, "how many `writes` in a second each node keeps to")
	times := flag.Int("times", 9, "how many people of each kind are terminated, one after the other")
	flag.Parse()
	if err := measure(*people, *rate, *times); err != nil {
		fmt.Fprintln(os.Stderr, "killswitch:", err)
		os.Exit(1)
	}
}

func measure(people, rate, times int) error {
	for _, run := range []struct{ nodes, backlog int }{{1, 0}, {1, people}, {2, people}} {
		backlog := run.backlog
		w, err := begin(run.nodes, backlog, rate, times)
		if err == nil {
			err = w.terminate("nothing is due of them", times, func(i int) (string, error) { return fmt.Sprint(i), nil })
		}
		if err == nil && backlog > 0 {
			err = w.terminate("in a claimed batch", times, func(int) (string, error) { return w.claimed() })
		}
		w.end()
		if err != nil {
			return err
		}
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

// world is nodes on one store, and a server.
type world struct {
	ctx     context.Context
	log     *commits
	server  *scimtest.Server
	tenants []*provisioning.Tenant
	db      *sql.DB // for looking only
	queued  int
	ends    []func() // the last one first
}

func (w *world) end() {
	for _, end := range slices.Backward(w.ends) {
		end()
	}
}

// begin lets nodes work on a backlog, until everybody is decided about and the first
// changes are made.
func begin(nodes, backlog, rate, times int) (w *world, err error) {
	w = &world{log: &commits{seen: make(chan struct{}, 1)}}
	var cancel context.CancelFunc
	w.ctx, cancel = context.WithCancel(context.Background())
	w.ends = append(w.ends, cancel)
	if w.server, err = scimtest.New(scimtest.Config{AfterCommit: w.log.note}); err != nil {
		return w, err
	}
	if _, err := w.server.AddGroup(scimtest.Group{DisplayName: "staff"}); err != nil {
		return w, err
	}
	url, err := w.server.Start()
	if err != nil {
		return w, err
	}
	w.ends = append(w.ends, func() { _ = w.server.Close() })
	engines, err := w.build(nodes, url, profile.Profile{
		Name: "idp", Product: "idp", Checked: "2026-11-23",
		Rate: []profile.Rate{{Class: profile.Writes, Requests: rate, Per: time.Second, Burst: 1}},
	})
	if err != nil {
		return w, err
	}
	known := times
	if backlog > 0 {
		known += changed
	}
	if err := w.tell(0, known, ""); err != nil {
		return w, err
	}
	if err := settle(w.ctx, w.tenants[0]); err != nil {
		return w, err
	}
	if backlog > 0 {
		if err := errors.Join(w.tell(times, changed, "another"), w.tell(known, backlog, "")); err != nil {
			return w, err
		}
	}
	var running sync.WaitGroup
	for _, engine := range engines {
		running.Go(func() { _ = engine.Run(w.ctx) })
	}
	w.ends = append(w.ends, running.Wait, cancel)
	if backlog > 0 {
		for before := w.log.count(); w.log.count() < before+100; {
			<-w.log.seen
		}
	}
	status, err := w.tenants[0].Status(w.ctx)
	for state, n := range status.Systems["idp"] {
		if state != "settled" {
			w.queued += n
		}
	}
	return w, err
}

// tell lets HR tell of people.
func (w *world) tell(from, n int, title string) error {
	for at := 0; at < n; at += 1000 {
		if _, err := w.tenants[0].Ingest(w.ctx, workers(from+at, min(1000, n-at), title)...); err != nil {
			return err
		}
	}
	return nil
}

// terminate ends people one after the other, as the last node is told.
func (w *world) terminate(what string, times int, choose func(int) (string, error)) error {
	var took []time.Duration
	var between []int
	for i := range times {
		worker, err := choose(i)
		if err != nil {
			return err
		}
		d, n, err := w.one(worker)
		if err != nil {
			return err
		}
		took, between = append(took, d), append(between, n)
	}
	slices.Sort(took)
	slices.Sort(between)
	fmt.Printf("%7d operations queued, %d nodes, %s: termination to commit: median %v, worst %v; other writes in between: median %d, most %d\n",
		w.queued, len(w.tenants), what, took[times/2].Round(time.Millisecond), took[times-1].Round(time.Millisecond), between[times/2], between[times-1])
	return nil
}

// claimed returns somebody with an account of which a node has a lease, and has not begun.
func (w *world) claimed() (worker string, err error) {
	const sinceYear1 = 62_135_596_800_000_000 // microseconds from there to 1970
	for {
		err := w.db.QueryRowContext(w.ctx, `SELECT w.id FROM joinery_account a JOIN joinery_worker w ON w.tenant = a.tenant AND w.person = a.person
			WHERE a.lease_until > ?1 AND a.begun = 0 AND a.active = 1 ORDER BY a.lease_until DESC, a.person DESC LIMIT 1`,
			time.Now().UnixMicro()+sinceYear1).Scan(&worker)
		if !errors.Is(err, sql.ErrNoRows) {
			return worker, err
		}
	}
}

// one terminates somebody, and waits until nobody can sign in with the account.
func (w *world) one(worker string) (time.Duration, int, error) {
	record := hrsource.Record{Worker: person(worker, "")}
	record.Worker.AccessEnd = time.Now()
	before, begin := w.log.count(), time.Now()
	if _, err := w.tenants[len(w.tenants)-1].Ingest(w.ctx, record); err != nil {
		return 0, 0, err
	}
	for deadline := time.After(5 * time.Minute); ; {
		if errors.Is(w.server.SignIn("u"+worker), scimtest.ErrSignIn) {
			return time.Since(begin), w.log.count() - before - 1, nil
		}
		select {
		case <-w.log.seen:
		case <-time.After(time.Millisecond):
		case <-deadline:
			return 0, 0, errors.New("five minutes, and still able to sign in")
		}
	}
}

// build makes nodes, each with a client of its own.
func (w *world) build(nodes int, url string, limits profile.Profile) (engines []*provisioning.Engine, err error) {
	dir, err := os.MkdirTemp("", "killswitch")
	if err != nil {
		return nil, err
	}
	w.ends = append(w.ends, func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "joinery.db")
	store, err := sqlite.Open(w.ctx, path)
	if err != nil {
		return nil, err
	}
	w.ends = append(w.ends, func() { _ = store.Close() })
	if w.db, err = sql.Open("sqlite", "file:"+path+"?mode=ro"); err != nil {
		return nil, err
	}
	w.ends = append(w.ends, func() { _ = w.db.Close() })
	p, err := policy.Load("rules", strings.NewReader(rules))
	if err != nil {
		return nil, err
	}
	for node := range nodes {
		target, err := scim.New(scim.Config{BaseURL: url + scimtest.BasePath, Profile: limits})
		if err != nil {
			return nil, err
		}
		engine, err := provisioning.New(provisioning.Config{Store: store, Node: fmt.Sprint("node ", node), Tenant: func(context.Context, string) (provisioning.TenantConfig, error) {
			return provisioning.TenantConfig{Policy: p, Systems: map[string]provisioning.System{"idp": {Connector: target, Mode: provisioning.Managed}}}, nil
		}})
		if err != nil {
			return nil, err
		}
		tenant, err := engine.Tenant(w.ctx, "acme")
		if err != nil {
			return nil, err
		}
		engines, w.tenants = append(engines, engine), append(w.tenants, tenant)
	}
	return engines, nil
}

func workers(from, n int, title string) []hrsource.Record {
	out := make([]hrsource.Record, n)
	for i := range out {
		out[i].Worker = person(fmt.Sprint(from+i), title)
	}
	return out
}

func person(id, title string) hrsource.Worker {
	return hrsource.Worker{
		Key: hrsource.WorkerKey{Source: "hr", ID: id}, EmployeeNumber: id, PersonKey: "k" + id,
		HireDate: hrsource.Date{Year: 2020, Month: 1, Day: 1}, Assignments: []hrsource.Assignment{{JobTitle: title}},
	}
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

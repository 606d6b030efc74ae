package simulation

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/simulation/oracle"
)

const (
	employees = "employees"
	agency    = "agency"
	tenant    = "company"

	// reaction is how long after HR has told may pass until somebody loses what they must
	// not have, unless the engine says what that waits for.
	reaction = 24 * time.Hour

	// maxPercent is the guard's limit, grace how long somebody may be missing, and keptFor
	// how long git and wiki keep the accounts of leavers.
	keptFor    = 4 * 24 * time.Hour
	maxPercent = 10
	grace      = 3 * 24 * time.Hour
)

const rules = `version: 1
attributes: {badge: {type: string}}
rules:
  - {name: staff, when: "true", grants: [directory:group/staff, mail:licence/mailbox]}
  - {name: engineering, when: department == "Engineering", grants: [directory:group/engineering, git:team/dev]}
  - {name: sales, when: department == "Sales", grants: [directory:group/sales, wiki:space/sales]}
accounts:
  directory:
    name: userName
    candidates: ["{givenName|lower}", "{givenName|lower}{n}"]
    attributes: {displayName: "{displayName}", badge: "{badge}"}
    rename: true
  mail:
    name: address
    candidates: ["{accounts.directory.userName}@example.com"]
    attributes: {badge: "{badge}"}
    after: [directory]
    rename: true
  git:
    name: login
    candidates: ["{accounts.directory.userName}"]
    attributes: {mail: "{accounts.mail.address}", badge: "{badge}"}
    rename: true
  wiki:
    name: userName
    candidates: ["{accounts.directory.userName}"]
    attributes: {badge: "{badge}"}
`

// wideRule is what the second of two policies has beside.
const wideRule = `  - {name: finance, when: department == "Finance", grants: [directory:group/finance]}
`

// Config says what to live through.
type Config struct {
	Seed   uint64
	People int // who work here on the first day
	Days   int
	Dir    string // for the database
	// Late lets calls arrive long after their lease, and somebody act upon that.
	Late bool
	// Log is told what happens; nil tells nobody.
	Log func(format string, args ...any)
}

// Run lives through one history, and returns an error that names the first thing that
// is not as it must be.
func Run(ctx context.Context, cfg Config) error {
	w, err := newWorld(ctx, cfg)
	if err != nil {
		return err
	}
	defer w.end()
	for day := range cfg.Days {
		if err := w.live(ctx, day); err != nil {
			return fmt.Errorf("seed %d, day %d, %s: %w", cfg.Seed, day, w.clock().Format(time.DateOnly), err)
		}
	}
	err = w.judge(ctx)
	if err == nil {
		err = w.again(ctx)
	}
	if err != nil {
		return fmt.Errorf("seed %d, at the end, %s: %w", cfg.Seed, w.clock().Format(time.DateOnly), err)
	}
	return w.verify(ctx)
}

// world is everything there is.
type world struct {
	Config
	random   *rand.Rand
	rules    *policy.Policy
	wider    *policy.Policy // which is in force instead, now and then
	wide     bool           // it is
	systems  map[string]*memory.System
	feeds    map[string]*feed
	nodes    []*node
	oracle   *oracle.Oracle
	ledger   *ledger
	jobs     map[string]*oracle.Job       // by their identifier
	things   []string                     // that were made in git
	sessions map[string][]*memory.Session // by badge
	troubled bool                         // faults may be about
	enabled  map[string]bool              // badges of those whose account somebody has enabled
	mistakes map[string]hrsource.Date     // last days that HR tells and does not mean, by job
	asleep   chan string                  // about whom a call is on its way for long
	signer   translog.Signer
	public   string

	mu  sync.Mutex
	now time.Time
}

func newWorld(ctx context.Context, cfg Config) (*world, error) {
	if cfg.Log == nil {
		cfg.Log = func(string, ...any) {}
	}
	w := &world{
		Config: cfg, random: rand.New(rand.NewPCG(cfg.Seed, 0)), systems: map[string]*memory.System{}, feeds: map[string]*feed{},
		oracle: oracle.New(keptFor), ledger: newLedger(), jobs: map[string]*oracle.Job{}, sessions: map[string][]*memory.Session{},
		enabled: map[string]bool{}, mistakes: map[string]hrsource.Date{}, asleep: make(chan string, 1), now: time.Date(2026, 1, 1, 6, 0, 0, 0, time.UTC),
	}
	var err error
	if w.rules, err = policy.Load("rules.yaml", strings.NewReader(rules)); err != nil {
		return nil, err
	}
	if w.wider, err = policy.Load("wider.yaml", strings.NewReader(strings.Replace(rules, "accounts:\n", wideRule+"accounts:\n", 1))); err != nil {
		return nil, err
	}
	for _, name := range w.rules.Systems() {
		w.systems[name] = memory.New(memory.Config{})
	}
	for _, name := range []string{employees, agency} {
		w.feeds[name] = &feed{world: w, name: name}
	}
	private, public, err := translog.GenerateKey("simulation")
	if err != nil {
		return nil, err
	}
	if w.signer, err = translog.NewSigner(private); err != nil {
		return nil, err
	}
	w.public = public
	for range cfg.People {
		w.hire(w.today().AddDays(-w.random.IntN(1000)))
	}
	for i := range 2 {
		n, err := w.start(ctx, fmt.Sprint("node", i))
		if err != nil {
			return nil, err
		}
		w.nodes = append(w.nodes, n)
	}
	return w, w.activate(ctx, w.nodes[0])
}

func (w *world) end() {
	for _, n := range w.nodes {
		n.kill()
	}
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) today() hrsource.Date { return hrsource.DateOf(w.clock()) }

func (w *world) path() string { return filepath.Join(w.Dir, "joinery.db") }

func (w *world) chance(percent int) bool { return w.random.IntN(100) < percent }

func one[T any](w *world, of []T) T { return of[w.random.IntN(len(of))] }

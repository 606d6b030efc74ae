package provisioningtest

import (
	"cmp"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// Config says what a [Bench] is to be like. Either Policy or Evaluator is
// required.
type Config struct {
	// Policy is the policy in YAML; see [policy.Load].
	Policy string
	// Evaluator decides instead of Policy.
	Evaluator policy.Evaluator
	// Start is what the clock shows at first. Defaults to 2026-01-01, 00:00 UTC.
	Start time.Time
	// Systems names the target systems. Defaults to those that Policy names, or
	// to "directory" alone.
	Systems []string
	// Store keeps everything. Defaults to SQLite in memory.
	Store provisioning.Store
	// Tenant alters what the engine is told about the tenant.
	Tenant func(*provisioning.TenantConfig)
	// Engine alters what the engine is made of.
	Engine func(*provisioning.Config)
}

// Bench is an engine with everything around it, in memory. Its embedded Tenant
// is the one tenant of it. Every method fails the test on an error.
type Bench struct {
	*provisioning.Tenant
	Engine *provisioning.Engine
	Clock  *Clock
	HR     *Source
	Sink   *Sink
	// PublicKey verifies the checkpoints of the audit log.
	PublicKey string

	tb      testing.TB
	targets map[string]*memory.System
}

// New returns a bench. Everything is released when the test ends.
func New(tb testing.TB, cfg Config) *Bench {
	tb.Helper()
	b := &Bench{tb: tb, HR: NewSource(), Sink: &Sink{}, targets: map[string]*memory.System{}}
	b.Clock = NewClock(cfg.Start)
	if cfg.Start.IsZero() {
		b.Clock = NewClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	}
	evaluator, systems := cfg.Evaluator, cfg.Systems
	if evaluator == nil {
		p, err := policy.Load("policy.yaml", strings.NewReader(cfg.Policy))
		b.must(err)
		evaluator = p
		if systems == nil {
			systems = p.Systems()
		}
	}
	if systems == nil {
		systems = []string{"directory"}
	}
	store := cfg.Store
	if store == nil {
		opened, err := sqlite.Open(tb.Context(), ":memory:")
		b.must(err)
		tb.Cleanup(func() { b.must(opened.Close()) })
		store = opened
	}
	private, public, err := translog.GenerateKey("provisioningtest")
	b.must(err)
	signer, err := translog.NewSigner(private)
	b.must(err)
	b.PublicKey = public
	tenant := provisioning.TenantConfig{
		Policy: evaluator, Systems: map[string]provisioning.System{},
		Sources: []provisioning.Source{{Source: b.HR}}, Sinks: []audit.Sink{b.Sink},
	}
	for _, name := range systems {
		b.targets[name] = memory.New(memory.Config{})
		tenant.Systems[name] = provisioning.System{Connector: b.targets[name], Mode: provisioning.Managed}
	}
	if cfg.Tenant != nil {
		cfg.Tenant(&tenant)
	}
	engine := provisioning.Config{
		Store: store, Now: b.Clock.Now, Signer: signer, Node: tb.Name(),
		Retry:  provisioning.Retry{First: time.Millisecond, Max: 20 * time.Millisecond},
		Tenant: func(context.Context, string) (provisioning.TenantConfig, error) { return tenant, nil },
	}
	if cfg.Engine != nil {
		cfg.Engine(&engine)
	}
	b.Engine, err = provisioning.New(engine)
	b.must(err)
	b.Tenant, err = b.Engine.Tenant(tb.Context(), "test")
	b.must(err)
	return b
}

// Target returns a target system.
func (b *Bench) Target(name string) *memory.System {
	b.tb.Helper()
	system, ok := b.targets[name]
	if !ok {
		b.tb.Fatalf("provisioningtest: there is no system %q", name)
	}
	return system
}

// Sync reads the HR source and does everything that is due, and returns what
// came of the read.
func (b *Bench) Sync() provisioning.ReadReport {
	b.tb.Helper()
	report, err := b.Read(b.tb.Context(), SourceName)
	b.must(err)
	b.Settle()
	return report
}

// Settle does everything that is due, and waits for retries that come due within
// a moment. It does not wait for ever for a system in which nothing works.
func (b *Bench) Settle() {
	b.tb.Helper()
	const patience, probes = 200, 10
	before := map[string]int{} // probes that failed before, by system
	for range patience {
		next, err := b.Drain(b.tb.Context())
		b.must(err)
		wait := next.Sub(b.Clock.Now())
		if next.IsZero() || wait > 50*time.Millisecond {
			return
		}
		status, err := b.Status(b.tb.Context())
		b.must(err)
		for _, o := range status.Outages {
			if n, seen := before[o.System]; !seen {
				before[o.System] = o.Probes
			} else if o.Probes >= n+probes {
				return
			}
		}
		timer := time.NewTimer(max(wait, time.Millisecond))
		select {
		case <-timer.C:
		case <-b.tb.Context().Done():
			b.tb.Fatal(context.Cause(b.tb.Context()))
		}
	}
	b.tb.Fatal("provisioningtest: it never comes to rest")
}

// GoTo lets time pass until an instant, written as 2006-01-02 (its first moment
// in UTC) or in the form of RFC 3339, and does what comes due at the instant at
// which it does. The source is read first.
func (b *Bench) GoTo(instant string) {
	b.tb.Helper()
	at, err := time.Parse(time.DateOnly, instant)
	if err != nil {
		at, err = time.Parse(time.RFC3339, instant)
	}
	b.must(err)
	b.Sync()
	for {
		next, err := b.Drain(b.tb.Context())
		b.must(err)
		if next.IsZero() || next.After(at) {
			break
		}
		b.Clock.Set(next)
		b.Settle()
	}
	b.Clock.Set(at)
	b.Settle()
}

// Person returns whose a worker is.
func (b *Bench) Person(worker string) string {
	b.tb.Helper()
	person, err := b.PersonOf(b.tb.Context(), hrsource.WorkerKey{Source: SourceName, ID: worker})
	b.must(err)
	return person
}

// AnswerCase answers the one open case, of a kind if it is not empty.
func (b *Bench) AnswerCase(kind, choice string) provisioning.Case {
	b.tb.Helper()
	cases, err := b.Cases(b.tb.Context())
	b.must(err)
	for _, c := range cases {
		if cmp.Or(kind, c.Kind) == c.Kind {
			b.must(b.Answer(b.tb.Context(), provisioning.AnswerRequest{Case: c.ID, Choice: choice, Actor: "test"}))
			return c
		}
	}
	b.tb.Fatalf("provisioningtest: there is no open case of kind %q among %d", kind, len(cases))
	return provisioning.Case{}
}

func (b *Bench) must(err error) {
	b.tb.Helper()
	if err != nil {
		b.tb.Fatalf("provisioningtest: %v", err)
	}
}

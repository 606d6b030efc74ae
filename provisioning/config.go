package provisioning

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
)

// Config is what an [Engine] is made of. Store and Tenant are required.
type Config struct {
	// Store keeps everything. The engine does not close it.
	Store Store

	// Tenant returns the configuration of a tenant. It is asked when a tenant is
	// first used, and again after [Engine.Reload]; an error means that nothing can
	// be done for that tenant now.
	Tenant func(ctx context.Context, id string) (TenantConfig, error)

	// Interceptors are put around every operation, the first one outermost.
	Interceptors []connector.Interceptor

	// Lease is how long this process may work on an account before others may
	// take it over. It must be longer than any system's Timeout.
	// Defaults to one minute. Wall time.
	Lease time.Duration

	// Logger gets what a person who runs the engine should know.
	// Defaults to no logging.
	Logger *slog.Logger

	// Node names this process in leases. Defaults to host name and process id.
	Node string

	// Now is business time: what is due, which policy windows are open, when
	// something was recorded. Leases and back-off use the wall clock instead.
	// Defaults to time.Now.
	Now func() time.Time

	// Poll is the longest that [Engine.Run] sleeps. Defaults to 15 seconds.
	Poll time.Duration

	// Retry says how failed operations are repeated.
	Retry Retry

	// Signer signs checkpoints of the audit log. Without one there are no
	// checkpoints, and a rewritten log cannot be told from the true one.
	Signer translog.Signer
}

// Retry says how failed operations are repeated: after First, then twice as
// long each time up to Max, each with a random part of up to a quarter taken
// off. A longer wait that a system asks for is honoured. Probes during an
// [Outage] follow each other likewise.
type Retry struct {
	// First is the first wait. Defaults to one second.
	First time.Duration
	// Max is the longest wait. Defaults to 15 minutes.
	Max time.Duration
	// Attempts is the number of tries after which an operation is parked, those
	// made during an [Outage] not counted.
	// Defaults to 50, which is about eleven hours.
	Attempts int
}

// TenantConfig is what the engine should know about one tenant.
type TenantConfig struct {
	// Policy decides what people should have. Another [policy.Evaluator.Version]
	// than the one in force starts a run over everybody, once: a process that was
	// configured before another one put its own in force does nothing any more (see
	// [ErrSuperseded]). Nil means the policy that [Tenant.ActivatePolicy] has put in
	// force; nobody is decided about before.
	Policy policy.Evaluator

	// Systems are the connected systems by the name that policy uses.
	Systems map[string]System

	// Sources are the HR sources that [Tenant.Read] may read.
	Sources []Source

	// Guard limits what a run may take away.
	Guard Guard

	// Review holds every run until a plan with its lines is applied. Urgent
	// removals pass as they do with the guard.
	Review bool

	// Sinks are fed with the audit log, each at its own pace.
	Sinks []audit.Sink

	// Zone is where the days of workers begin who name no zone of their own.
	// Defaults to UTC.
	Zone *time.Location

	// Correlate says whose a new work relationship is, of those who have the person key or
	// an e-mail address in common with it; nobody else is looked for. An answer that is
	// neither New nor the Person of one of them asks. It is called inside a transaction,
	// perhaps twice, and for a plan: it must be pure, quick and safe for concurrent use,
	// and change nothing of what it is given. Defaults to [Ladder].
	Correlate func(worker hrsource.Worker, like []Lookalike) Correlation

	// EndsWith is the day with which access ends once somebody ended a relationship: that
	// of employment or that of work. It holds for the workers of all doors; where one is
	// not to be treated so, its source does not tell of lastDayOfWork.
	// Defaults to the last day of employment.
	EndsWith hrsource.EndsWith
}

// Mode is how far the engine may go in a system. The zero value only reports.
type Mode string

// The modes, from nothing to everything that this engine ever does.
const (
	ReportOnly Mode = ""        // decide and show, write nothing
	AddOnly    Mode = "addOnly" // create, update, enable and grant
	Managed    Mode = "managed" // also disable, and revoke what we granted
)

// System is a connected system.
type System struct {
	// Connector reaches the system. Required.
	Connector connector.Connector
	// Mode is how far to go. Defaults to ReportOnly.
	Mode Mode
	// AdoptByName lets an account that exists under the wanted name, and that
	// carries no external id, become the person's. Otherwise its name counts as
	// taken. Use it only where names are known to be those of the same people.
	AdoptByName bool
	// Drift is what is done about what [Tenant.Observe] finds to have been changed by
	// others. Defaults to ReportDrift.
	Drift Drift
	// DriftOf is the Drift of single things, whatever Drift says: by the name of an
	// attribute or the kind of an entitlement, which are treated alike if they have one
	// name, or for "login name" or "sign-in". Defaults to none.
	DriftOf map[string]Drift
	// Watch lets [Engine.Run] observe the system. Defaults to never.
	Watch Watch
	// Protected are login names, in any case of letters, of accounts that nothing
	// but a person may touch, such as those for emergencies: they are never disabled,
	// renamed, changed or adopted for their name, nor is anything revoked from them,
	// whatever the reason and however urgent. It waits and asks with a [CaseProtected].
	// What is only to be added is. Defaults to none.
	Protected []string
	// ProtectedEntitlements are entitlements, each kind/name, whose holders nothing but
	// a person may disable, and which nothing but a person may revoke: those of
	// administrators. Who holds one is known from what was granted, and seen by one more
	// read before anybody is disabled in this system; where the system does not show it,
	// what was granted counts alone. The question says so if it is about the last who is
	// known to hold one in an active account. Defaults to none.
	ProtectedEntitlements []string
	// Guard, if set, is this system's own beside the tenant's: its limits and its window,
	// where zero means what the tenant's says. Both count, so that of two limits the
	// tighter one holds: it can make nothing looser. Urgent, Sensitive and ReleaseFor are
	// the tenant's alone, and must be zero here; where its Max is less than the tenant's
	// Urgent, no more than Max urgent removals pass here.
	Guard *Guard
	// DeleteAfter is how long the account of somebody who has left is kept before it is
	// deleted, from when they had left and it was seen to be disabled: only one that was made by the engine,
	// and only as long as nothing is known of the person beginning anew, and nobody has
	// come who may be the same ([CaseCorrelation]). It is counted by
	// the guard, and is none of [Tenant.Leaving]'s containment. Zero, the default, means
	// that no account is ever deleted. Business time.
	DeleteAfter time.Duration
	// Handover says who gets what a leaver owns there. Where the connector can hand over
	// (connector.Transferrer), DeleteAfter requires it. Defaults to nobody.
	Handover Handover
	// Batch says what waits for a window of time. Defaults to nothing.
	Batch Batch
	// Concurrency is the number of accounts worked on at a time. One more is kept
	// for urgent work. Defaults to what the connector describes, or 8.
	Concurrency int
	// Timeout bounds one operation. Defaults to 15 seconds. Wall time.
	Timeout time.Duration
}

// Source is an HR source with what may be concluded from it.
type Source struct {
	hrsource.Source

	// Current says that records tell only what holds on the day they are read. What
	// was known of earlier and later days then stays, ends that are to come included,
	// and what has changed holds from that day on, in the zone of the worker. Such a
	// source takes an end back only if it names the field ([hrsource.Record.Fields]).
	// Otherwise a record replaces all of the fields that it tells of.
	Current bool

	// MaxShrink is the part of the records, from 0 to 1, that may be missing
	// compared with the last accepted read. Beyond it the read is refused and
	// asks a person. Defaults to 0.2; NoShrinkLimit switches it off.
	MaxShrink float64

	// EndMissingAfter ends a relationship which has been absent from complete
	// reads for this long. Zero means that absence is reported and never acted
	// on. Business time.
	EndMissingAfter time.Duration

	// Every makes [Engine.Run] read the source this often. Zero means that the
	// host calls [Tenant.Read] itself. Set it in one process only: of two reads of
	// a source at once the later one wins, and the other fails. Wall time.
	Every time.Duration
}

// request is what the source should know about a read after one of previous
// records.
func (s Source) request(previous int) hrsource.SnapshotRequest {
	req := hrsource.SnapshotRequest{Previous: previous, MaxShrink: s.MaxShrink}
	if s.MaxShrink >= NoShrinkLimit {
		req.MaxShrink = 0
	}
	return req
}

// NoShrinkLimit as a source's MaxShrink accepts a read however short it is.
const NoShrinkLimit = 1.0

func (c Config) withDefaults() (Config, error) {
	var errs []error
	if c.Store == nil {
		errs = append(errs, errors.New("config: Store is missing"))
	}
	if c.Tenant == nil {
		errs = append(errs, errors.New("config: Tenant is missing"))
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Node == "" {
		host, err := os.Hostname()
		if err != nil {
			host = "node"
		}
		c.Node = fmt.Sprintf("%s/%d", host, os.Getpid())
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Lease = cmp.Or(c.Lease, time.Minute)
	c.Poll = cmp.Or(c.Poll, 15*time.Second)
	c.Retry.First = cmp.Or(c.Retry.First, time.Second)
	c.Retry.Max = cmp.Or(c.Retry.Max, 15*time.Minute)
	c.Retry.Attempts = cmp.Or(c.Retry.Attempts, 50)
	if c.Lease < 0 || c.Poll < 0 || c.Retry.First < 0 || c.Retry.Max < c.Retry.First || c.Retry.Attempts < 0 {
		errs = append(errs, errors.New("config: Lease, Poll and Retry must not be negative, and Retry.Max not less than Retry.First"))
	}
	return c, errors.Join(errs...)
}

func (c TenantConfig) withDefaults(lease time.Duration) (TenantConfig, error) {
	var errs []error
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.EndsWith != hrsource.EndsWithEmployment && c.EndsWith != hrsource.EndsWithWork {
		errs = append(errs, fmt.Errorf("config: EndsWith %q: want \"\" or %q", c.EndsWith, hrsource.EndsWithWork))
	}
	systems := make(map[string]System, len(c.Systems))
	for name, s := range c.Systems {
		if s.Connector == nil {
			errs = append(errs, fmt.Errorf("config: system %s: Connector is missing", name))
		}
		if !slices.Contains([]Mode{ReportOnly, AddOnly, Managed}, s.Mode) {
			errs = append(errs, fmt.Errorf("system %s: mode %q: want \"\", %q or %q", name, s.Mode, AddOnly, Managed))
		}
		if err := s.checkDrift(); err != nil {
			errs = append(errs, fmt.Errorf("system %s: %w", name, err))
		}
		if s.DeleteAfter < 0 {
			errs = append(errs, fmt.Errorf("system %s: DeleteAfter %s: want zero or more", name, s.DeleteAfter))
		}
		if err := s.checkHandover(); err != nil {
			errs = append(errs, fmt.Errorf("system %s: %w", name, err))
		}
		if err := s.Watch.check(); err != nil {
			errs = append(errs, fmt.Errorf("system %s: %w", name, err))
		}
		for _, login := range s.Protected {
			if strings.TrimSpace(login) != login || login == "" {
				errs = append(errs, fmt.Errorf("system %s: protected login name %q: want one without blanks around it", name, login))
			}
		}
		for _, e := range s.ProtectedEntitlements {
			if _, err := connector.ParseEntitlement(e); err != nil {
				errs = append(errs, fmt.Errorf("system %s: protected %w", name, err))
			}
		}
		batch, err := s.Batch.withDefaults()
		if err != nil {
			errs = append(errs, fmt.Errorf("system %s: %w", name, err))
		}
		s.Batch = batch
		s.Timeout = cmp.Or(s.Timeout, 15*time.Second)
		if s.Timeout < 0 || s.Timeout >= lease {
			errs = append(errs, fmt.Errorf("system %s: timeout %v: want less than the lease of %v", name, s.Timeout, lease))
		}
		if s.Guard != nil {
			own, err := s.Guard.over(c.Guard)
			if err != nil {
				errs = append(errs, fmt.Errorf("system %s: %w", name, err))
			}
			s.Guard = &own
		}
		systems[name] = s
	}
	c.Systems = systems
	seen := map[string]bool{}
	c.Sources = slices.Clone(c.Sources)
	for i := range c.Sources {
		s := &c.Sources[i]
		if s.Source == nil {
			errs = append(errs, fmt.Errorf("source %d: Source is missing", i+1))
			continue
		}
		if name := s.Name(); name == "" || seen[name] {
			errs = append(errs, fmt.Errorf("source %d: name %q: want one that is not empty and not used twice", i+1, name))
		}
		seen[s.Name()] = true
		s.MaxShrink = cmp.Or(s.MaxShrink, 0.2)
		if s.MaxShrink < 0 || s.MaxShrink > NoShrinkLimit {
			errs = append(errs, fmt.Errorf("source %s: MaxShrink %v: want 0 to 1", s.Name(), s.MaxShrink))
		}
	}
	var err error
	if c.Guard, err = c.Guard.withDefaults(); err != nil {
		errs = append(errs, err)
	}
	if err := c.Guard.checkSensitive(c.Systems); err != nil {
		errs = append(errs, err)
	}
	return c, errors.Join(errs...)
}

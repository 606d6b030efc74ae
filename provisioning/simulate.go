package provisioning

import (
	"context"
	"errors"
	"strings"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// SimulateRequest says what is supposed to be otherwise.
type SimulateRequest struct {
	// Policy decides instead of the one in force; nil leaves that.
	Policy policy.Evaluator
	// Records are supposed to be told, as if by [Tenant.Ingest]. What they change is
	// told of the people whom they are about, and of nobody else.
	Records []hrsource.Record
	// Each is called for everybody for whom something would change. An error of it
	// ends the simulation. Nil collects them in the Simulation instead.
	Each func(Impact) error
}

// Simulation is what would change.
type Simulation struct {
	// People were looked at; for Affected of them something would change; about
	// Unknown there would be no answer, so that nothing of theirs would change.
	People, Affected, Unknown int
	// Systems tells how much, by system.
	Systems map[string]SystemImpact
	// Unclear are records of which it is not known whose they are: a person would be
	// asked.
	Unclear []hrsource.WorkerKey
	Impacts []Impact
}

// SystemImpact is how much would change in one system.
type SystemImpact struct {
	Gains, Losses int // sign-in and entitlements
	Leavers       int // who could not sign in any more
	Losers        int // people who would lose entitlements
	Updates       int // accounts that would stay and be changed
	Sensitive     int // gains of entitlements that the guard counts as sensitive
	Population    int // accounts that are active
	// OverGuardLimit says that the guard would hold this as one run, even if nothing else
	// was taken away, or given, in its window.
	OverGuardLimit bool
}

// Simulate tells what other rules or other facts would change, for everybody: who would
// gain and lose what, and why, and whose accounts would be changed. It changes nothing,
// and compares decisions, not systems: what is still to be done from before is no part of
// it. For the operations that would follow from a file that HR has delivered, see
// [Tenant.Plan].
func (t *Tenant) Simulate(ctx context.Context, req SimulateRequest) (Simulation, error) {
	decider, err := t.decider(ctx)
	if err != nil {
		return Simulation{}, err
	}
	s := &simulating{Tenant: t, req: req, decider: decider, other: req.Policy, told: map[string]bool{}, losing: map[counted]int{}, report: Simulation{Systems: map[string]SystemImpact{}}}
	if s.other == nil {
		s.other = decider
	}
	before, known := s.decider.(*policy.Policy)
	if after, ok := s.other.(*policy.Policy); ok && known {
		s.difference = policy.Compare(before, after)
	}
	if len(req.Records) > 0 {
		if err := t.backend.Rehearse(ctx, func(b state.Backend) error { return s.rehearse(ctx, b) }); err != nil {
			return s.report, err
		}
	}
	if req.Policy != nil || len(req.Records) == 0 {
		err := t.eachPerson(ctx, t.backend, func(tx state.Tx, person string) error {
			if s.told[person] {
				return nil
			}
			return s.compare(ctx, tx, person)
		})
		if err != nil {
			return s.report, err
		}
	}
	return s.report, s.populations(ctx)
}

type simulating struct {
	*Tenant
	req            SimulateRequest
	decider, other policy.Evaluator
	difference     *policy.Difference // of the two; nil if it cannot be told
	told           map[string]bool    // whom records are about
	report         Simulation
	losing         map[counted]int // people, by entitlement
}

// compare tells what another policy would change for one person.
func (s *simulating) compare(ctx context.Context, tx state.Tx, person string) error {
	subject, name, err := s.subjectNow(tx, person)
	var before, after policy.Decision
	if err == nil {
		before, err = subject.ask(ctx, s.decider)
	}
	switch {
	case err != nil:
	case s.difference != nil && !s.difference.Concerns(subject.Subject):
		after = before
	default:
		after, err = subject.ask(ctx, s.other)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return s.add(person, name, before, after, err)
}

// rehearse tells what records would change for those whom they are about.
func (s *simulating) rehearse(ctx context.Context, b state.Backend) error {
	before, unknown := map[string]policy.Decision{}, map[string]error{}
	people := func(tx state.Tx, fn func(person string) error) error {
		done := map[string]bool{}
		for _, r := range s.req.Records {
			row, err := tx.Worker(r.Worker.Key.Source, r.Worker.Key.ID)
			if err != nil && !errors.Is(err, state.ErrNotFound) {
				return err
			}
			if row.Person == "" || done[row.Person] {
				continue
			}
			done[row.Person] = true
			if err := fn(row.Person); err != nil {
				return err
			}
		}
		return nil
	}
	return b.Update(ctx, s.id, func(tx state.Tx) error {
		err := people(tx, func(person string) error {
			subject, _, err := s.subjectNow(tx, person)
			if err == nil {
				before[person], err = subject.ask(ctx, s.decider)
			}
			unknown[person] = err
			return ctx.Err()
		})
		if err != nil {
			return err
		}
		if _, err := s.ingest(tx, s.req.Records); err != nil {
			return err
		}
		for _, r := range s.req.Records {
			if row, err := tx.Worker(r.Worker.Key.Source, r.Worker.Key.ID); err == nil && row.Person == "" {
				s.report.Unclear = append(s.report.Unclear, r.Worker.Key)
			}
		}
		return people(tx, func(person string) error {
			s.told[person] = true
			subject, name, err := s.subjectNow(tx, person)
			var after policy.Decision
			if err = errors.Join(unknown[person], err); err == nil {
				after, err = subject.ask(ctx, s.other)
			}
			return s.add(person, name, before[person], after, err)
		})
	})
}

func (s *simulating) add(person, name string, before, after policy.Decision, problem error) error {
	s.report.People++
	i := Impact{Person: person, Name: name, What: "unknown"}
	if problem != nil {
		s.report.Unknown++
		i.Problem = problem.Error()
		return s.emit(i)
	}
	i = impact(before, after)
	if i.none() {
		return nil
	}
	i.Person, i.Name = person, name
	s.report.Affected++
	for _, e := range i.Gains {
		n := s.report.Systems[e.System]
		n.Gains++
		if s.cfg.Guard.sensitive(e.System, e.What) {
			n.Sensitive++
		}
		s.report.Systems[e.System] = n
	}
	loses := map[string]bool{}
	for _, e := range i.Losses {
		n := s.report.Systems[e.System]
		n.Losses++
		switch entitlement := strings.Contains(e.What, "/"); {
		case e.What == "sign-in":
			n.Leavers++
		case entitlement:
			s.losing[counted{e.System, string(connector.Revoke), e.What}]++
			if !loses[e.System] {
				n.Losers++
				loses[e.System] = true
			}
		}
		s.report.Systems[e.System] = n
	}
	for _, u := range i.Updates {
		n := s.report.Systems[u.System]
		n.Updates++
		s.report.Systems[u.System] = n
	}
	return s.emit(i)
}

func (s *simulating) emit(i Impact) error {
	if s.req.Each != nil {
		return s.req.Each(i)
	}
	s.report.Impacts = append(s.report.Impacts, i)
	return nil
}

// populations says how large the systems are, and whether the guard would hold what is
// to be taken away, or given.
func (s *simulating) populations(ctx context.Context) error {
	return s.backend.View(ctx, s.id, func(tx state.Tx) error {
		var counts []state.Count
		for name, n := range s.report.Systems {
			var err error
			if n.Population, err = tx.Population(name); err != nil {
				return err
			}
			s.report.Systems[name] = n
			for kind, n := range map[string]int{string(connector.Disable): n.Leavers, string(connector.Revoke): n.Losers, kindSensitive: n.Sensitive, kindUpdate: n.Updates} {
				if n > 0 {
					counts = append(counts, state.Count{System: name, Kind: kind, N: n})
				}
			}
		}
		for k, n := range s.losing {
			counts = append(counts, state.Count{System: k.system, Kind: k.kind, Key: k.key, N: n})
		}
		breaches, err := s.breaches(tx, counts, windows{})
		for _, b := range breaches {
			n := s.report.Systems[b.System]
			n.OverGuardLimit = true
			s.report.Systems[b.System] = n
		}
		return err
	})
}

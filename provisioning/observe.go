package provisioning

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Observe looks at all accounts of a system, finds out whose they are, and reports what
// is not as it is known or wanted to be. What is done about that is said by
// [System.Drift]: nothing, unless told otherwise. An account that is being worked on is
// left alone. An error of the listing comes with what was found until then, and with
// errors.ErrUnsupported if the connector is no [connector.Lister].
func (t *Tenant) Observe(ctx context.Context, req ObserveRequest) (Observation, error) {
	target := t.targets[req.System]
	if target == nil {
		return Observation{}, fmt.Errorf("system %q: it is not configured", req.System)
	}
	o := &observing{
		Tenant: t, target: target, req: req, began: t.now(), seen: map[string]bool{}, found: map[string]bool{},
		report: Observation{System: req.System, Counts: map[Situation]int{}},
	}
	lister, ok := target.Connector.(connector.Lister)
	if !ok {
		return o.report, fmt.Errorf("system %s: listing accounts: %w", req.System, errors.ErrUnsupported)
	}
	var err error
	if o.wanted, err = t.wantedNames(ctx, req.System); err != nil {
		return o.report, err
	}
	proof, err := lister.List(ctx, func(a connector.Account) error { return o.yield(ctx, a) })
	if err == nil {
		err = o.flush(ctx)
	}
	o.report.Basis = proof.Basis
	if err != nil {
		o.report.Basis = err.Error()
		return o.report, errors.Join(fmt.Errorf("system %s: %w", req.System, err), o.finish(ctx))
	}
	if o.report.Complete = proof.Complete && proof.Count == o.report.Accounts; o.report.Complete {
		err = o.missing(ctx)
	}
	return o.report, errors.Join(err, o.finish(ctx))
}

// observing is one look at a system.
type observing struct {
	*Tenant
	target *target
	req    ObserveRequest
	began  time.Time
	run    state.Run // opened when there is something to be repaired
	buffer []connector.Account
	seen   map[string]bool   // our accounts, by their identifier in the system
	found  map[string]bool   // people whose identifier an account carries
	wanted map[string]string // person by login name
	report Observation
}

func (o *observing) yield(ctx context.Context, a connector.Account) error {
	o.report.Accounts++
	o.buffer = append(o.buffer, a)
	if len(o.buffer) < batch {
		return nil
	}
	return o.flush(ctx)
}

// flush finds out about some accounts. Nothing is written for those that are as they
// should be.
func (o *observing) flush(ctx context.Context) error {
	accounts := o.buffer
	o.buffer = nil
	if o.req.Entitlements {
		for i, a := range accounts {
			if seen, err := o.closer(ctx, a); err != nil {
				return err
			} else if seen.ID != "" {
				accounts[i] = seen
			}
		}
	}
	var findings []Finding
	var found map[string]bool // people, in these accounts
	var ours, busy int
	treats := false
	look := func(tx state.Tx) error {
		findings, found, ours, busy = nil, map[string]bool{}, 0, 0
		for _, a := range accounts {
			more, whose, err := o.match(tx, a, found)
			if err != nil {
				return err
			}
			findings = append(findings, more...)
			switch whose {
			case owned:
				ours++
				o.seen[a.ID] = true
			case beingWorkedOn:
				ours++
				busy++
				o.seen[a.ID] = true
			}
		}
		return nil
	}
	if err := o.backend.View(ctx, o.id, look); err != nil {
		return err
	}
	for _, f := range findings {
		treats = treats || f.Repairs || f.Adopted
	}
	if treats {
		if err := o.backend.Update(ctx, o.id, func(tx state.Tx) error {
			if err := look(tx); err != nil { // it may have changed since
				return err
			}
			return o.treat(tx, accounts, findings)
		}); err != nil {
			return err
		}
	}
	o.report.Ours += ours
	o.report.Busy += busy
	maps.Copy(o.found, found)
	return o.tellOf(findings)
}

// closer asks for what one of our accounts holds, if the listing did not tell.
func (o *observing) closer(ctx context.Context, a connector.Account) (connector.Account, error) {
	if a.EntitlementsKnown {
		return connector.Account{}, nil
	}
	mine := false
	err := o.backend.View(ctx, o.id, func(tx state.Tx) error {
		_, err := tx.AccountByRemote(o.req.System, a.ID)
		mine = err == nil
		if errors.Is(err, state.ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil || !mine {
		return connector.Account{}, err
	}
	found, err := o.target.Connector.Find(ctx, connector.FindRequest{ID: a.ID, Entitlements: true})
	if err != nil || len(found) != 1 {
		return connector.Account{}, err
	}
	return found[0], nil
}

func (o *observing) tellOf(findings []Finding) error {
	for _, f := range findings {
		o.report.Counts[f.Situation]++
		if o.req.Each == nil {
			o.report.Findings = append(o.report.Findings, f)
		} else if err := o.req.Each(f); err != nil {
			return err
		}
	}
	return nil
}

// whose an account is.
type whose int

const (
	nobodys whose = iota
	owned
	beingWorkedOn
)

// match finds out whose an account is, and how it stands. found are the people whose
// identifier one of the accounts before it carries; those of earlier batches are in
// o.found.
func (o *observing) match(tx state.Tx, a connector.Account, found map[string]bool) ([]Finding, whose, error) {
	row, err := tx.AccountByRemote(o.req.System, a.ID)
	switch {
	case err == nil:
		items, err := tx.ItemsOf(row.Person)
		if err != nil {
			return nil, owned, err
		}
		items = itemsOf(items, o.req.System)
		if o.busy(row, items) {
			return nil, beingWorkedOn, nil
		}
		if row.Origin == created && a.ExternalID != "" && a.ExternalID != row.Person {
			return []Finding{{Situation: Drifted, Account: a.Ref, Person: row.Person, What: "external id", Want: row.Person, Have: a.ExternalID}}, owned, nil
		}
		findings, err := o.drift(tx, row, items, a)
		return findings, owned, err
	case !errors.Is(err, state.ErrNotFound):
		return nil, nobodys, err
	}
	f := Finding{Situation: Orphan, Account: a.Ref}
	if !a.Active {
		f.Situation = Dormant
	}
	if a.ExternalID != "" {
		_, err := tx.Person(a.ExternalID)
		if err == nil {
			f.Person, f.Situation = a.ExternalID, Found
			if o.found[a.ExternalID] || found[a.ExternalID] {
				f.Situation = Duplicate
			}
			found[a.ExternalID] = true
			if other, err := tx.Account(a.ExternalID, o.req.System); err == nil && other.Exists {
				f.Situation = Duplicate
			}
		} else if !errors.Is(err, state.ErrNotFound) {
			return nil, nobodys, err
		}
		return []Finding{f}, nobodys, nil
	}
	name := strings.ToLower(a.Name)
	if f.Person, err = tx.NameOwner(namespace(o.req.System), name); err != nil {
		return nil, nobodys, err
	}
	if f.Person == "" {
		f.Person = o.wanted[name]
	}
	if f.Person != "" {
		f.Situation = Candidate
	}
	return []Finding{f}, nobodys, nil
}

// busy reports whether something is being done to an account, or was done since the
// look began, so that what was seen may be older.
func (o *observing) busy(row state.Account, items []state.Item) bool {
	if row.LeaseUntil.After(wall()) || row.SeenAt.After(o.began) {
		return true
	}
	for _, it := range items {
		if it.State == state.ItemSending {
			return true
		}
	}
	return false
}

func itemsOf(items []state.Item, system string) (out []state.Item) {
	for _, it := range items {
		if it.System == system {
			out = append(out, it)
		}
	}
	return out
}

// wantedNames returns who would get which login name first, if an account in the system
// is still to be made.
func (t *Tenant) wantedNames(ctx context.Context, system string) (map[string]string, error) {
	names := map[string]string{}
	err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
		return eachOpenItem(tx, "", func(it state.Item) error {
			if it.System != system || it.Kind != state.ItemProfile {
				return nil
			}
			for _, name := range profileOf(it.Desired).Candidates {
				if name = strings.ToLower(name); names[name] == "" {
					names[name] = it.Person
				}
			}
			return nil
		})
	})
	return names, err
}

// open opens the run of what is to be repaired, once.
func (o *observing) open(tx state.Tx) (err error) {
	if o.run.ID != "" {
		if _, err := tx.Run(o.run.ID); err == nil {
			return nil
		}
	}
	o.run, err = o.openRun(tx, "observe", o.req.System, state.RunDeciding)
	return err
}

// finish writes what was seen into the audit log.
func (o *observing) finish(ctx context.Context) error {
	defer o.tell()
	var words []string
	for _, s := range []Situation{Drifted, Ghost, Unexplained, Found, Duplicate, Candidate, Orphan, Dormant, Missing} {
		if n := o.report.Counts[s]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, s))
		}
	}
	note := fmt.Sprintf("%d accounts, %d of them ours; %s", o.report.Accounts, o.report.Ours, strings.Join(append(words, "complete: "+fmt.Sprint(o.report.Complete)), ", "))
	return o.backend.Update(context.WithoutCancel(ctx), o.id, func(tx state.Tx) error {
		return o.write(tx, audit.Entry{
			Event: audit.EventRun, System: o.req.System, Run: o.run.ID, Outcome: "observed", Note: note,
			Trigger: audit.Trigger{Source: "observe", Event: o.req.System, Recorded: o.began},
		})
	})
}

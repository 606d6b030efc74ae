package provisioning

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// nameKey is the attribute under which a policy can read the login name of an
// account, beside the attribute that the policy itself calls the name.
const nameKey = "name"

// subject is what policy gets to see, with what the engine needs beside it.
type subject struct {
	policy.Subject
	workers []hrsource.Worker
	// urgent says that a relationship ended against the worker's will, or was ordered
	// to end at an exact instant which has come, so that taking access away is urgent.
	urgent bool
	// recorded are the facts that count or will, lockouts those of them by which nobody is
	// to sign in, and refusals what was not approved.
	recorded []state.Fact
	lockouts []Fact
	refusals []Fact
}

// subjectOf gathers everything a decision about a person may depend on.
func (t *Tenant) subjectOf(tx state.Tx, person string, at time.Time, accounts map[string]state.Account, items []state.Item, names map[string]string) (subject, error) {
	s, err := t.relationshipsOf(tx, person, at)
	if err != nil {
		return s, err
	}
	s.Accounts, s.Held, s.HeldKnown = observed(accounts, names), holdings(items), true
	s.ManagerAccounts, err = t.managerAccounts(tx, s)
	return s, err
}

// relationshipsOf gathers what HR says of a person, and what was recorded about them. With
// an error it returns who is locked out all the same, if that is known.
func (t *Tenant) relationshipsOf(tx state.Tx, person string, at time.Time) (subject, error) {
	s := subject{Subject: policy.Subject{At: at, Person: person}}
	if err := s.recall(tx); err != nil {
		return s, err
	}
	rows, err := tx.WorkersOf(person)
	if err != nil {
		return s, err
	}
	var last time.Time // when the relationship that ended last did so
	for _, row := range rows {
		var w hrsource.Worker
		if err := json.Unmarshal(row.Body, &w); err != nil {
			return s, fmt.Errorf("worker %s/%s: %w", row.Source, row.ID, err)
		}
		rel, live, err := t.relationship(row, w)
		if err != nil {
			return s, fmt.Errorf("worker %s: %w", w.Key, err)
		}
		ended := !rel.End.IsZero() && !rel.End.After(at)
		if ordered := !w.AccessEnd.IsZero() && !w.AccessEnd.After(at); ended && ordered {
			rel.Abrupt = true // though its last day may have been over
		}
		s.workers = append(s.workers, w)
		if live {
			s.Relationships = append(s.Relationships, rel)
		}
		if ended && !rel.End.Before(last) {
			// The end that leaves nothing is the one that counts.
			s.urgent = rel.Abrupt || s.urgent && rel.End.Equal(last)
			last = rel.End
		}
	}
	return s, s.rely(tx)
}

// holdings returns what somebody is known to hold.
func holdings(items []state.Item) []policy.Holding {
	var all []policy.Holding
	for _, it := range items {
		if it.Kind == state.ItemGrant && it.Known == held {
			kind, name, _ := strings.Cut(it.Key, "/")
			all = append(all, policy.Holding{Entitlement: policy.Entitlement{System: it.System, Kind: kind, Name: name}, Since: it.VerifiedAt})
		}
	}
	return all
}

// relationship is [Relationship], and ends with those who have been missing for long.
func (t *Tenant) relationship(row state.Worker, w hrsource.Worker) (rel policy.Relationship, live bool, err error) {
	rel, live, err = Relationship(w, t.cfg.Zone, row.StatusSince, t.cfg.EndsWith)
	if err != nil {
		return policy.Relationship{}, false, err
	}
	if grace := t.endMissingAfter(row.Source); grace > 0 && !row.MissingSince.IsZero() {
		rel.End = sooner(rel.End, row.MissingSince.Add(grace))
		rel.Abrupt = abrupt(w, rel.End)
	}
	return rel, live, nil
}

func (t *Tenant) endMissingAfter(source string) time.Duration {
	for _, s := range t.cfg.Sources {
		if s.Name() == source {
			return s.EndMissingAfter
		}
	}
	return 0
}

// observed puts what is known of accounts into the terms of policy. names holds
// the attribute that policy calls the login name, by system.
func observed(accounts map[string]state.Account, names map[string]string) map[string]policy.Account {
	out := map[string]policy.Account{}
	for system, a := range accounts {
		if !a.Exists {
			continue
		}
		attributes := policy.Attributes{}
		for name, v := range attributesOf(a) {
			attributes[name] = v.All()
		}
		attributes[nameKey] = []string{a.Name}
		if name := names[system]; name != "" {
			attributes[name] = []string{a.Name}
		}
		out[system] = policy.Account{ID: a.RemoteID, Attributes: attributes}
	}
	return out
}

// attributesOf returns the attributes of an account as last observed.
func attributesOf(a state.Account) map[string]connector.Value {
	values := map[string]connector.Value{}
	if len(a.Observed) > 0 {
		_ = json.Unmarshal(a.Observed, &values) // we wrote it; what cannot be read is not known
	}
	return values
}

// managerAccounts returns what is known of the accounts of the manager in force, by
// the primary relationship, or by the next one if there is none. A manager who is
// not known is no error: references between people are soft.
func (t *Tenant) managerAccounts(tx state.Tx, s subject) (map[string]policy.Account, error) {
	w, rel, ok := s.main()
	if !ok {
		return nil, nil
	}
	at := s.At
	if rel.Start.After(at) {
		at = rel.Start
	}
	manager := managerAt(w, at, rel.Zone)
	if manager == "" {
		return nil, nil
	}
	row, err := tx.Worker(w.Key.Source, manager)
	if errors.Is(err, state.ErrNotFound) || (err == nil && row.Person == "") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	accounts, err := accountsOf(tx, row.Person)
	if err != nil {
		return nil, err
	}
	items, err := tx.ItemsOf(row.Person)
	if err != nil {
		return nil, err
	}
	return observed(accounts, loginNames(items)), nil
}

// main returns the primary relationship of those that give access, or the one that
// begins next, as policy would choose.
func (s subject) main() (hrsource.Worker, policy.Relationship, bool) {
	rank := func(r policy.Relationship) int {
		switch {
		case r.Start.After(s.At):
			return 1
		case !r.End.IsZero() && !r.End.After(s.At):
			return 2
		}
		return 0
	}
	best := -1
	for i, r := range s.Relationships {
		if best < 0 {
			best = i
			continue
		}
		b := s.Relationships[best]
		marked := map[bool]int{true: 0, false: 1}
		if cmp.Or(cmp.Compare(rank(r), rank(b)), cmp.Compare(marked[r.Primary], marked[b.Primary]), r.Start.Compare(b.Start), cmp.Compare(r.ID, b.ID)) < 0 {
			best = i
		}
	}
	if best < 0 {
		return hrsource.Worker{}, policy.Relationship{}, false
	}
	r := s.Relationships[best]
	at := slices.IndexFunc(s.workers, func(w hrsource.Worker) bool { return w.Key.String() == r.ID })
	return s.workers[at], r, true
}

// managerAt returns the manager of the assignment in force at an instant.
func managerAt(w hrsource.Worker, at time.Time, zone *time.Location) string {
	manager := ""
	for i, a := range w.Assignments {
		if i == 0 || !a.EffectiveFrom.Start(zone).After(at) {
			manager = a.Manager
		}
	}
	return manager
}

func accountsOf(tx state.Tx, person string) (map[string]state.Account, error) {
	rows, err := tx.AccountsOf(person)
	out := make(map[string]state.Account, len(rows))
	for _, a := range rows {
		out[a.System] = a
	}
	return out, err
}

// accountReaders reports whether decisions may depend on the person's own
// accounts, and on those of the manager.
func accountReaders(e policy.Evaluator) (own, manager bool) {
	if r, ok := e.(policy.AccountReader); ok {
		return r.ReadsAccounts()
	}
	return true, true
}

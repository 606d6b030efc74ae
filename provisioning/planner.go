package provisioning

import (
	"cmp"
	"errors"
	"strings"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// planner turns items into lines.
type planner struct {
	*Tenant
	tx      state.Tx
	runs    map[string]state.Run
	person  state.Person
	name    string
	lockout string
	items   []state.Item
}

// line returns an item as a line of a plan. The attributes of an account that is
// still to be made are part of that line, and none of their own.
func (b *planner) line(it state.Item) (Line, bool, error) {
	if b.person.ID != it.Person {
		if err := b.meet(it.Person); err != nil {
			return Line{}, false, err
		}
	}
	account, err := b.tx.Account(it.Person, it.System)
	if err != nil && !errors.Is(err, state.ErrNotFound) {
		return Line{}, false, err
	}
	kind := planKind(account, it)
	if kind == "" {
		return Line{}, false, nil
	}
	line := Line{
		Kind: kind, Person: it.Person, Name: b.name, System: it.System, Reasons: reasonsOf(it),
		PersonRevision: b.person.Revision, Revision: it.Revision, Policy: it.Policy, State: string(it.State), Note: it.Problem,
	}
	switch kind {
	case connector.Create:
		line.Dormant = it.Desired == dormant
		p := b.profile(it.System)
		line.Attributes, line.Login = p.Attributes, "a name that is not known yet"
		if len(p.Candidates) > 0 {
			line.Login = p.Candidates[0] + " or the next free"
		}
	case connector.Rename:
		line.Login = account.Name + " to " + profileOf(it.Desired).Candidates[0] + " or the next free"
	case connector.Transfer:
		to, err := b.heir(b.tx, it.Person, it.System)
		if err != nil && !errors.Is(err, errNoHeir) {
			return Line{}, false, err
		}
		line.Login = cmp.Or(to.Name, to.ID)
	case connector.Update:
		line.Attributes = difference(profileOf(it.Desired).Attributes, profileOf(it.Known).Attributes)
	case connector.Grant, connector.Revoke:
		line.Entitlement = it.Key
	case connector.Disable, connector.EndSessions:
		line.Lockout = b.lockout
	}
	return line, true, b.hold(&line, it)
}

// hold says whether an item may act yet.
func (b *planner) hold(line *Line, it state.Item) error {
	if it.Released || (it.State != state.ItemDue && it.State != state.ItemSending && it.State != state.ItemBatched) {
		return nil
	}
	run, ok := b.runs[it.Run]
	if !ok {
		var err error
		if run, err = b.tx.Run(it.Run); err != nil && !errors.Is(err, state.ErrNotFound) {
			return err
		}
		b.runs[it.Run] = run
	}
	if run.State != state.RunReleased {
		line.State, line.Note = "held", cmp.Or(run.Note, "its run is not judged yet")
	}
	return nil
}

func (b *planner) meet(person string) (err error) {
	if b.person, err = b.tx.Person(person); err != nil {
		return err
	}
	if b.items, err = b.tx.ItemsOf(person); err != nil {
		return err
	}
	if b.lockout, err = b.lockoutOf(b.tx, person); err != nil {
		return err
	}
	b.name, err = nameOf(b.tx, person)
	return err
}

func (b *planner) profile(system string) profile {
	for _, it := range b.items {
		if it.System == system && it.Kind == state.ItemProfile {
			return profileOf(it.Desired)
		}
	}
	return profile{}
}

// planKind is kindOf for an account that may not be there yet.
func planKind(account state.Account, it state.Item) connector.Kind {
	if it.Kind == state.ItemGrant && it.Desired == held && it.Known != held {
		return connector.Grant
	}
	return kindOf(account, it)
}

// nameOf returns what a person is called.
func nameOf(tx state.Tx, person string) (string, error) {
	workers, err := workersOf(tx, person)
	if err != nil || len(workers) == 0 {
		return "", err
	}
	return displayName(workers[len(workers)-1]), nil
}

func displayName(w hrsource.Worker) string {
	return strings.Join(w.Attributes(hrsource.Assignment{})["displayName"], "")
}

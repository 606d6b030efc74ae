package provisioning

import (
	"context"
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Status says where a tenant stands.
type Status struct {
	// Systems counts, by system and then by state (settled, due, sending, waiting,
	// batched, parked), what should be so there: accounts, attributes and grants.
	Systems map[string]map[string]int
	// Outages are the systems in which nothing works, by name.
	Outages []Outage
	// Quarantines are the systems that refuse much of what they are asked for, by name.
	Quarantines []Quarantine
	// Active counts, by system, the accounts known to be active.
	Active map[string]int
	// Undecided is the number of people about whom policy gave no answer.
	Undecided int
	// Cases is the number of open questions.
	Cases int
	// Lockouts are those in force, by ID.
	Lockouts []Fact
	// Held are the runs that wait for a person.
	Held []RunStatus
}

// RunStatus tells of a run.
type RunStatus struct {
	ID    string
	Kind  string // read, ingest, record, withdraw, policy, timer, answer
	Cause string
	State string // reading, deciding, released, held, refused
	Note  string // why it is held or refused
}

// Status counts what is done and what is not.
func (t *Tenant) Status(ctx context.Context) (Status, error) {
	var s Status
	err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
		s = Status{Systems: map[string]map[string]int{}, Active: map[string]int{}}
		counts, err := tx.CountItems()
		if err != nil {
			return err
		}
		for _, c := range counts {
			if s.Systems[c.System] == nil {
				s.Systems[c.System] = map[string]int{}
			}
			s.Systems[c.System][string(c.State)] += c.N
		}
		if s.Outages, err = t.outages(tx); err != nil {
			return err
		}
		if s.Quarantines, err = t.quarantines(tx); err != nil {
			return err
		}
		for name := range t.targets {
			if s.Active[name], err = tx.Population(name); err != nil {
				return err
			}
		}
		if s.Undecided, err = tx.Undecided(); err != nil {
			return err
		}
		cases, err := tx.Cases(false)
		if err != nil {
			return err
		}
		s.Cases = len(cases)
		if s.Lockouts, err = t.lockoutsNow(tx); err != nil {
			return err
		}
		runs, err := tx.RunsIn(state.RunHeld)
		for _, r := range runs {
			s.Held = append(s.Held, statusOf(r))
		}
		return err
	})
	return s, err
}

// Retry makes parked items of a system due again, those of one person if person
// is not empty, and returns how many.
func (t *Tenant) Retry(ctx context.Context, system, person string) (int, error) {
	n := 0
	err := t.backend.Update(ctx, t.id, func(tx state.Tx) error {
		var err error
		n, err = unpark(tx, system, person)
		return err
	})
	return n, err
}

// unpark makes parked items of a system due again, of one person or of all.
func unpark(tx state.Tx, system, person string) (n int, err error) {
	err = eachOpenItem(tx, "", func(it state.Item) error {
		if it.State != state.ItemParked || it.System != system || (person != "" && it.Person != person) {
			return nil
		}
		n++
		return tx.PutItem(dueAgain(it))
	})
	return n, err
}

func dueAgain(it state.Item) state.Item {
	it.State, it.Attempts, it.Missed, it.RetryAt = state.ItemDue, 0, 0, time.Time{}
	if it.OpKey != "" && it.OpKind != "" {
		it.State = state.ItemSending // what came of the last attempt may not be known
	}
	return it
}

func statusOf(r state.Run) RunStatus {
	return RunStatus{r.ID, r.Kind, r.Cause, string(r.State), r.Note}
}

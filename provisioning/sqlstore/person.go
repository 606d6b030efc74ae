package sqlstore

import (
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

const (
	personColumns = `id, revision, spell, live, due_at, run, event, event_at, received_at, decided_at, policy, problem`

	getPerson   = `/* person */ SELECT ` + personColumns + ` FROM joinery_person WHERE tenant = ?1 AND id = ?2`
	lockPerson  = getPerson + ` @update`
	peopleAfter = `/* people after */ SELECT ` + personColumns + ` FROM joinery_person WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3`
	duePeople   = `/* due people */ SELECT ` + personColumns + ` FROM joinery_person
		WHERE tenant = ?1 AND due_at <> 0 AND due_at <= ?2 ORDER BY due_at, id LIMIT ?3`
	takeDuePeople = duePeople + ` @skip`
	countDue      = `/* count due */ SELECT COUNT(*) FROM joinery_person WHERE tenant = ?1 AND run = ?2 AND run <> '' AND due_at <> 0`
	nextDue       = `/* next due */ SELECT due_at FROM joinery_person WHERE tenant = ?1 AND due_at <> 0 ORDER BY due_at LIMIT 1`
	undecided     = `/* undecided */ SELECT COUNT(*) FROM joinery_person WHERE tenant = ?1 AND problem <> ''`

	putPerson = `/* put person */ INSERT INTO joinery_person
		(tenant, ` + personColumns + `) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
		ON CONFLICT (tenant, id) DO UPDATE SET revision = excluded.revision, spell = excluded.spell, live = excluded.live,
		due_at = excluded.due_at, run = excluded.run, event = excluded.event, event_at = excluded.event_at,
		received_at = excluded.received_at, decided_at = excluded.decided_at, policy = excluded.policy, problem = excluded.problem`
	touchAll = `/* touch all */ UPDATE joinery_person SET run = ?2, due_at = ?3, event = ?4, event_at = ?3, received_at = ?3,
		revision = revision + 1 WHERE tenant = ?1`
	takeTimers = `/* take timers */ UPDATE joinery_person SET run = ?2 WHERE tenant = ?1 AND due_at <> 0 AND due_at <= ?3 AND run = ''`
)

func scanPerson(r row, p *state.Person) error {
	return r.Scan(&p.ID, &p.Revision, &p.Spell, &p.Live, at{&p.DueAt}, &p.Run, &p.Event, at{&p.EventAt}, at{&p.ReceivedAt},
		at{&p.DecidedAt}, &p.Policy, &p.Problem)
}

// Person implements [state.People].
func (t *transaction) Person(id string) (state.Person, error) {
	return oneOf(t, scanPerson, getPerson, id)
}

// LockPerson implements [state.People].
func (t *transaction) LockPerson(id string) (state.Person, error) {
	if !t.write {
		return state.Person{}, errReadOnly
	}
	return oneOf(t, scanPerson, lockPerson, id)
}

// PutPerson implements [state.People].
func (t *transaction) PutPerson(p state.Person) error {
	_, err := t.exec(putPerson, p.ID, p.Revision, p.Spell, bit(p.Live), micros(p.DueAt), p.Run, p.Event, micros(p.EventAt),
		micros(p.ReceivedAt), micros(p.DecidedAt), p.Policy, p.Problem)
	return err
}

// PeopleAfter implements [state.People].
func (t *transaction) PeopleAfter(after string, limit int) ([]state.Person, error) {
	return listOf(t, scanPerson, peopleAfter, after, atMost(limit))
}

// DuePeople implements [state.People].
func (t *transaction) DuePeople(now time.Time, limit int) ([]state.Person, error) {
	query := duePeople
	if t.write {
		query = takeDuePeople
	}
	return listOf(t, scanPerson, query, micros(now), atMost(limit))
}

// CountDue implements [state.People].
func (t *transaction) CountDue(run string) (int, error) {
	n, err := count(t, countDue, run)
	return int(n), err
}

// NextDue implements [state.People].
func (t *transaction) NextDue() (time.Time, error) {
	n, err := count(t, nextDue)
	return instant(n), err
}

// TouchAll implements [state.People].
func (t *transaction) TouchAll(run string, when time.Time, event string) (int, error) {
	return t.exec(touchAll, run, micros(when), event)
}

// TakeTimers implements [state.People].
func (t *transaction) TakeTimers(run string, now time.Time) (int, error) {
	return t.exec(takeTimers, run, micros(now))
}

// Undecided implements [state.People].
func (t *transaction) Undecided() (int, error) {
	n, err := count(t, undecided)
	return int(n), err
}

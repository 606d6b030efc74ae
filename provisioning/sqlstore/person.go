package sqlstore

import (
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// notResting stands for no instant, not even none at all.
const notResting = `-1`

const (
	personColumns = `id, revision, spell, live, left_at, due_at, run, event, event_at, received_at, decided_at, policy, problem, rests_until`

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
		(tenant, ` + personColumns + `) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
		ON CONFLICT (tenant, id) DO UPDATE SET revision = excluded.revision, spell = excluded.spell, live = excluded.live, left_at = excluded.left_at,
		due_at = excluded.due_at, run = excluded.run, event = excluded.event, event_at = excluded.event_at,
		received_at = excluded.received_at, decided_at = excluded.decided_at, policy = excluded.policy, problem = excluded.problem,
		rests_until = excluded.rests_until`
	touchAll = `/* touch all */ UPDATE joinery_person SET run = ?2, due_at = ?3, event = ?4, event_at = ?3, received_at = ?3,
		revision = revision + 1, rests_until = CASE
			WHEN rests_until <> ` + notResting + ` THEN rests_until
			WHEN run = '' AND event = '' AND policy <> '' AND problem = '' AND (due_at = 0 OR due_at > ?3) THEN due_at
			ELSE ` + notResting + ` END
		WHERE tenant = ?1`
	takeTimers = `/* take timers */ UPDATE joinery_person SET run = ?2 WHERE tenant = ?1 AND due_at <> 0 AND due_at <= ?3 AND run = ''`
)

func scanPerson(r row, p *state.Person) error {
	return r.Scan(&p.ID, &p.Revision, &p.Spell, &p.Live, at{&p.LeftAt}, at{&p.DueAt}, &p.Run, &p.Event, at{&p.EventAt}, at{&p.ReceivedAt},
		at{&p.DecidedAt}, &p.Policy, &p.Problem, rest{p})
}

// rest reads Resting and RestsUntil.
type rest struct{ *state.Person }

// Scan implements [database/sql.Scanner].
func (r rest) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("rests_until is a %T: want an integer", v)
	}
	if r.Resting = n >= 0; r.Resting {
		r.RestsUntil = instant(n)
	}
	return nil
}

func restsUntil(p state.Person) int64 {
	if !p.Resting {
		return -1
	}
	return micros(p.RestsUntil)
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
	_, err := t.exec(putPerson, p.ID, p.Revision, p.Spell, bit(p.Live), micros(p.LeftAt), micros(p.DueAt), p.Run, p.Event, micros(p.EventAt),
		micros(p.ReceivedAt), micros(p.DecidedAt), p.Policy, p.Problem, restsUntil(p))
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

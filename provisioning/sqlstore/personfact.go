package sqlstore

import (
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

const (
	factColumns = `id, person, kind, spell, body, recorded_at, ends_at, withdrawn_at`

	getFact      = `/* fact */ SELECT ` + factColumns + ` FROM joinery_fact WHERE tenant = ?1 AND id = ?2`
	addFact      = `/* add fact */ INSERT INTO joinery_fact (tenant, ` + factColumns + `) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`
	withdrawFact = `/* withdraw fact */ UPDATE joinery_fact SET withdrawn_at = ?3 WHERE tenant = ?1 AND id = ?2 AND withdrawn_at = 0`
	giveFact     = `/* give fact */ UPDATE joinery_fact SET person = ?3, spell = ?4 WHERE tenant = ?1 AND id = ?2`
	factsOf      = `/* facts of */ SELECT ` + factColumns + ` FROM joinery_fact
		WHERE tenant = ?1 AND person = ?2 AND (?3 = 0 OR withdrawn_at = 0 AND (ends_at = 0 OR ends_at > ?3)) ORDER BY id`
	factsOfKind = `/* facts of kind */ SELECT ` + factColumns + ` FROM joinery_fact
		WHERE tenant = ?1 AND kind = ?2 AND withdrawn_at = 0 AND (ends_at = 0 OR ends_at > ?3) ORDER BY id`
	eraseFacts = `/* erase facts */ DELETE FROM joinery_fact
		WHERE tenant = ?1 AND person = ?2 AND (withdrawn_at <> 0 OR ends_at <> 0 AND ends_at <= ?3)`
)

func scanFact(r row, f *state.Fact) error {
	return r.Scan(&f.ID, &f.Person, &f.Kind, &f.Spell, bytes{&f.Body}, at{&f.RecordedAt}, at{&f.EndsAt}, at{&f.WithdrawnAt})
}

// Fact implements [state.PersonFacts].
func (t *transaction) Fact(id string) (state.Fact, error) { return oneOf(t, scanFact, getFact, id) }

// AddFact implements [state.PersonFacts].
func (t *transaction) AddFact(f state.Fact) error {
	_, err := t.exec(addFact, f.ID, f.Person, f.Kind, f.Spell, blob(f.Body), micros(f.RecordedAt), micros(f.EndsAt), micros(f.WithdrawnAt))
	return err
}

// WithdrawFact implements [state.PersonFacts].
func (t *transaction) WithdrawFact(id string, when time.Time) error {
	_, err := t.exec(withdrawFact, id, micros(when))
	return err
}

// GiveFact implements [state.PersonFacts].
func (t *transaction) GiveFact(id, person string, spell int64) error {
	_, err := t.exec(giveFact, id, person, spell)
	return err
}

// FactsOf implements [state.PersonFacts].
func (t *transaction) FactsOf(person string, when time.Time) ([]state.Fact, error) {
	return listOf(t, scanFact, factsOf, person, micros(when))
}

// FactsOfKind implements [state.PersonFacts].
func (t *transaction) FactsOfKind(kind string, when time.Time) ([]state.Fact, error) {
	return listOf(t, scanFact, factsOfKind, kind, micros(when))
}

// EraseFacts implements [state.PersonFacts].
func (t *transaction) EraseFacts(person string, when time.Time) (int, error) {
	return t.exec(eraseFacts, person, micros(when))
}

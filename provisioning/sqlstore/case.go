package sqlstore

import "github.com/joinery-iam/joinery/provisioning/internal/state"

const (
	caseColumns = `id, kind, subject, question, digest, body, choices, fallback, state, opened_at, expires, run, answer, actor, note, answered_at`

	getCase  = `/* case */ SELECT ` + caseColumns + ` FROM joinery_case WHERE tenant = ?1 AND id = ?2`
	openCase = `/* open case */ SELECT ` + caseColumns + ` FROM joinery_case WHERE tenant = ?1 AND kind = ?2 AND subject = ?3 AND state = 'open' ORDER BY opened_at, id LIMIT 1`
	// What comes after a space, byte by byte, is an exclamation mark.
	openCasesOf = `/* open cases of */ SELECT ` + caseColumns + ` FROM joinery_case
		WHERE tenant = ?1 AND kind = ?2 AND subject > ?3 AND subject < ?4 AND state = 'open' ORDER BY subject, opened_at, id`
	openCases = `/* open cases */ SELECT ` + caseColumns + ` FROM joinery_case WHERE tenant = ?1 AND state = 'open' ORDER BY opened_at, id`
	allCases  = `/* all cases */ SELECT ` + caseColumns + ` FROM joinery_case WHERE tenant = ?1 ORDER BY opened_at, id`
	putCase   = `/* put case */ INSERT INTO joinery_case (tenant, ` + caseColumns + `)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
		ON CONFLICT (tenant, id) DO UPDATE SET kind = excluded.kind, subject = excluded.subject, question = excluded.question,
		digest = excluded.digest, body = excluded.body, choices = excluded.choices, fallback = excluded.fallback, state = excluded.state,
		opened_at = excluded.opened_at, expires = excluded.expires, run = excluded.run, answer = excluded.answer, actor = excluded.actor,
		note = excluded.note, answered_at = excluded.answered_at`
)

func scanCase(r row, c *state.Case) error {
	return r.Scan(&c.ID, &c.Kind, &c.Subject, &c.Question, &c.Digest, bytes{&c.Body}, list{&c.Choices}, &c.Default, &c.State,
		at{&c.OpenedAt}, at{&c.Expires}, &c.Run, &c.Answer, &c.Actor, &c.Note, at{&c.AnsweredAt})
}

// Case implements [state.Answers].
func (t *transaction) Case(id string) (state.Case, error) {
	return oneOf(t, scanCase, getCase, id)
}

// PutCase implements [state.Answers].
func (t *transaction) PutCase(c state.Case) error {
	choices, err := words(c.Choices)
	if err != nil {
		return err
	}
	_, err = t.exec(putCase, c.ID, c.Kind, c.Subject, c.Question, c.Digest, blob(c.Body), choices, c.Default, c.State,
		micros(c.OpenedAt), micros(c.Expires), c.Run, c.Answer, c.Actor, c.Note, micros(c.AnsweredAt))
	return err
}

// OpenCase implements [state.Answers].
func (t *transaction) OpenCase(kind, subject string) (state.Case, error) {
	return oneOf(t, scanCase, openCase, kind, subject)
}

// OpenCasesOf implements [state.Answers].
func (t *transaction) OpenCasesOf(kind, person string) ([]state.Case, error) {
	return listOf(t, scanCase, openCasesOf, kind, person+" ", person+"!")
}

// Cases implements [state.Answers].
func (t *transaction) Cases(all bool) ([]state.Case, error) {
	if all {
		return listOf(t, scanCase, allCases)
	}
	return listOf(t, scanCase, openCases)
}

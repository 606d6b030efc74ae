package sqlstore

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

const (
	workerColumns = `w.source, w.id, w.person, w.person_key, w.emails, w.manager, w.seq, w.digest, w.body, w.recorded_at, w.status_since, w.missing_since`

	getWorker       = `/* worker */ SELECT ` + workerColumns + ` FROM joinery_worker w WHERE w.tenant = ?1 AND w.source = ?2 AND w.id = ?3`
	workersOf       = `/* workers of */ SELECT ` + workerColumns + ` FROM joinery_worker w WHERE w.tenant = ?1 AND w.person = ?2 AND w.person <> '' ORDER BY w.source, w.id`
	workersOfSource = `/* workers of source */ SELECT ` + workerColumns + ` FROM joinery_worker w WHERE w.tenant = ?1 AND w.source = ?2 AND w.id > ?3 ORDER BY w.id LIMIT ?4`
	workersWithKey  = `/* workers with key */ SELECT ` + workerColumns + ` FROM joinery_worker w WHERE w.tenant = ?1 AND w.person_key = ?2 AND w.person_key <> ''`
	workersAt       = `/* workers with e-mail */ SELECT ` + workerColumns + ` FROM joinery_worker_email e
		JOIN joinery_worker w ON w.tenant = e.tenant AND w.source = e.source AND w.id = e.id WHERE e.tenant = ?1 AND e.email = ?2`

	putWorker = `/* put worker */ INSERT INTO joinery_worker
		(tenant, source, id, person, person_key, emails, manager, seq, digest, body, recorded_at, status_since, missing_since)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
		ON CONFLICT (tenant, source, id) DO UPDATE SET person = excluded.person, person_key = excluded.person_key, emails = excluded.emails,
		manager = excluded.manager, seq = excluded.seq, digest = excluded.digest, body = excluded.body,
		recorded_at = excluded.recorded_at, status_since = excluded.status_since, missing_since = excluded.missing_since`
	workerEmails = `/* e-mails */ SELECT emails FROM joinery_worker WHERE tenant = ?1 AND source = ?2 AND id = ?3`
	dropEmails   = `/* drop e-mails */ DELETE FROM joinery_worker_email WHERE tenant = ?1 AND source = ?2 AND id = ?3`
	addEmail     = `/* add e-mail */ INSERT INTO joinery_worker_email (tenant, source, id, email) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING`

	reports = `/* reports */ SELECT DISTINCT person FROM joinery_worker
		WHERE tenant = ?1 AND source = ?2 AND manager = ?3 AND manager <> '' AND person <> '' ORDER BY person`
)

func scanWorker(r row, w *state.Worker) error {
	return r.Scan(&w.Source, &w.ID, &w.Person, &w.PersonKey, list{&w.Emails}, &w.Manager, &w.Seq, bytes{&w.Digest}, bytes{&w.Body},
		at{&w.RecordedAt}, at{&w.StatusSince}, at{&w.MissingSince})
}

// Worker implements [state.Facts].
func (t *transaction) Worker(source, id string) (state.Worker, error) {
	return oneOf(t, scanWorker, getWorker, source, id)
}

// PutWorker implements [state.Facts].
func (t *transaction) PutWorker(w state.Worker) error {
	emails, err := words(w.Emails)
	if err != nil {
		return err
	}
	before, err := oneOf(t, scalar[string], workerEmails, w.Source, w.ID)
	if errors.Is(err, state.ErrNotFound) {
		before, err = "[]", nil
	}
	if err != nil {
		return err
	}
	if _, err := t.exec(putWorker, w.Source, w.ID, w.Person, w.PersonKey, emails, w.Manager, w.Seq, blob(w.Digest), blob(w.Body),
		micros(w.RecordedAt), micros(w.StatusSince), micros(w.MissingSince)); err != nil || emails == before {
		return err
	}
	if _, err := t.exec(dropEmails, w.Source, w.ID); err != nil {
		return err
	}
	for _, email := range w.Emails {
		if email == "" {
			continue
		}
		if _, err := t.exec(addEmail, w.Source, w.ID, strings.ToLower(email)); err != nil {
			return err
		}
	}
	return nil
}

// WorkersOf implements [state.Facts].
func (t *transaction) WorkersOf(person string) ([]state.Worker, error) {
	return listOf(t, scanWorker, workersOf, person)
}

// WorkersLike implements [state.Facts].
func (t *transaction) WorkersLike(personKey string, emails []string) ([]state.Worker, error) {
	all, err := listOf(t, scanWorker, workersWithKey, personKey)
	if err != nil {
		return nil, err
	}
	for _, email := range emails {
		found, err := listOf(t, scanWorker, workersAt, strings.ToLower(email))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, compareWorkers)
	return slices.CompactFunc(all, func(a, b state.Worker) bool { return compareWorkers(a, b) == 0 }), nil
}

func compareWorkers(a, b state.Worker) int {
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.ID, b.ID))
}

// WorkersOfSource implements [state.Facts].
func (t *transaction) WorkersOfSource(source, after string, limit int) ([]state.Worker, error) {
	return listOf(t, scanWorker, workersOfSource, source, after, atMost(limit))
}

// Reports implements [state.Facts].
func (t *transaction) Reports(source, manager string) ([]string, error) {
	return listStrings(t, reports, source, manager)
}

package sqlstore

import (
	"math"
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

const (
	addVersion = `/* add version */ INSERT INTO joinery_version (tenant, source, id, seq, recorded_at, run, digest, body)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`
	versions = `/* versions */ SELECT source, id, seq, recorded_at, run, digest, body FROM joinery_version
		WHERE tenant = ?1 AND source = ?2 AND id = ?3 AND recorded_at <= ?4 ORDER BY seq`

	stage = `/* stage */ INSERT INTO joinery_staged (tenant, run, n, body) VALUES (?1, ?2, ?3, ?4)`
	// Rows of one read are taken over in the order in which they came.
	staged     = `/* staged */ SELECT n, body FROM joinery_staged WHERE tenant = ?1 AND run = ?2 AND n > ?3 ORDER BY n LIMIT ?4`
	dropStaged = `/* drop staged */ DELETE FROM joinery_staged WHERE tenant = ?1 AND run = ?2`
)

// AddVersion implements [state.Facts].
func (t *transaction) AddVersion(v state.Version) error {
	_, err := t.exec(addVersion, v.Source, v.ID, v.Seq, micros(v.RecordedAt), v.Run, blob(v.Digest), blob(v.Body))
	return err
}

// Versions implements [state.Facts].
func (t *transaction) Versions(source, id string, known time.Time) ([]state.Version, error) {
	until := int64(math.MaxInt64)
	if !known.IsZero() {
		until = micros(known)
	}
	return listOf(t, func(r row, v *state.Version) error {
		return r.Scan(&v.Source, &v.ID, &v.Seq, at{&v.RecordedAt}, &v.Run, bytes{&v.Digest}, bytes{&v.Body})
	}, versions, source, id, until)
}

// Stage implements [state.Facts].
func (t *transaction) Stage(run string, rows []state.Staged) error {
	for _, s := range rows {
		if _, err := t.exec(stage, run, s.N, blob(s.Body)); err != nil {
			return err
		}
	}
	return nil
}

// Staged implements [state.Facts].
func (t *transaction) Staged(run string, after int64, limit int) ([]state.Staged, error) {
	return listOf(t, func(r row, s *state.Staged) error {
		return r.Scan(&s.N, bytes{&s.Body})
	}, staged, run, after, atMost(limit))
}

// DropStaged implements [state.Facts].
func (t *transaction) DropStaged(run string) error {
	_, err := t.exec(dropStaged, run)
	return err
}

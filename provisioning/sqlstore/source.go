package sqlstore

import "github.com/joinery-iam/joinery/provisioning/internal/state"

const (
	getSource = `/* source */ SELECT name, records, read_at, run FROM joinery_source WHERE tenant = ?1 AND name = ?2`
	putSource = `/* put source */ INSERT INTO joinery_source (tenant, name, records, read_at, run) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (tenant, name) DO UPDATE SET records = excluded.records, read_at = excluded.read_at, run = excluded.run`
)

// Source implements [state.Facts].
func (t *transaction) Source(name string) (state.Source, error) {
	return oneOf(t, func(r row, s *state.Source) error {
		return r.Scan(&s.Name, &s.Records, at{&s.ReadAt}, &s.Run)
	}, getSource, name)
}

// PutSource implements [state.Facts].
func (t *transaction) PutSource(s state.Source) error {
	_, err := t.exec(putSource, s.Name, s.Records, micros(s.ReadAt), s.Run)
	return err
}

package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
)

const schemaVersion = `SELECT COALESCE(MAX(version), 0) FROM joinery_schema`

// prepareSchema brings the schema up to date, or only looks whether it is.
func (s *Store) prepareSchema(ctx context.Context, db *sql.DB, look bool) error {
	if look {
		return s.checkSchema(ctx, db)
	}
	var err error
	for range attempts {
		if err = s.migrate(ctx, db); err == nil || !s.def.Retryable(err) {
			break
		}
	}
	return err
}

func (s *Store) checkSchema(ctx context.Context, db *sql.DB) error {
	var version int
	if err := db.QueryRowContext(ctx, schemaVersion).Scan(&version); err != nil {
		return fmt.Errorf("it was not created yet, or cannot be read: %w", err)
	}
	if newest := len(s.def.Migrations); version < newest {
		return fmt.Errorf("it has version %d, and version %d is needed: apply the migrations", version, newest)
	}
	return s.notNewer(version)
}

// notNewer refuses a schema that this release does not know.
func (s *Store) notNewer(version int) error {
	if newest := len(s.def.Migrations); version > newest {
		return fmt.Errorf("%w: it has version %d, this release knows %d", ErrNewerSchema, version, newest)
	}
	return nil
}

// migrate applies the steps that are missing, all or none.
func (s *Store) migrate(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	for _, begin := range s.def.BeginSchema {
		if _, err := tx.ExecContext(ctx, begin); err != nil {
			return err
		}
	}
	var version int
	if err := tx.QueryRowContext(ctx, schemaVersion).Scan(&version); err != nil {
		return err
	}
	if err := s.notNewer(version); err != nil {
		return err
	}
	for _, step := range s.def.Migrations[version:] {
		if _, err := tx.ExecContext(ctx, step.SQL); err != nil {
			return fmt.Errorf("version %d, %s: %w", step.Version, step.Name, err)
		}
	}
	return tx.Commit()
}

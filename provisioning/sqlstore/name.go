package sqlstore

import (
	"errors"
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

const (
	// Two who want the same name meet at the key: one of them changes nothing, and
	// reads who was first.
	reserveName = `/* reserve name */ INSERT INTO joinery_name (tenant, namespace, name, person, reserved_at)
		VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (tenant, namespace, name) DO UPDATE SET reserved_at = excluded.reserved_at WHERE person = excluded.person`
	giveNames = `/* give names */ UPDATE joinery_name SET person = ?4 WHERE tenant = ?1 AND namespace = ?2 AND person = ?3`
	nameOwner = `/* name owner */ SELECT person FROM joinery_name WHERE tenant = ?1 AND namespace = ?2 AND name = ?3`
	names     = `/* names */ SELECT name FROM joinery_name WHERE tenant = ?1 AND namespace = ?2 AND person = ?3 AND reserved_at >= ?4 ORDER BY reserved_at, name`
)

// ReserveName implements [state.Facts].
func (t *transaction) ReserveName(namespace, name, person string, when time.Time) (string, error) {
	if _, err := t.exec(reserveName, namespace, name, person, micros(when)); err != nil {
		return "", err
	}
	return t.NameOwner(namespace, name)
}

// GiveNames implements [state.Facts].
func (t *transaction) GiveNames(namespace, from, to string) error {
	_, err := t.exec(giveNames, namespace, from, to)
	return err
}

// NameOwner implements [state.Facts].
func (t *transaction) NameOwner(namespace, name string) (string, error) {
	owner, err := oneOf(t, scalar[string], nameOwner, namespace, name)
	if errors.Is(err, state.ErrNotFound) {
		return "", nil
	}
	return owner, err
}

// Names implements [state.Facts].
func (t *transaction) Names(namespace, person string, since time.Time) ([]string, error) {
	return listStrings(t, names, namespace, person, micros(since))
}

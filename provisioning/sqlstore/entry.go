package sqlstore

import (
	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

const (
	entryColumns = `id, digest, salt, body, leaf`

	addEntry = `/* add entry */ INSERT INTO joinery_entry (tenant, subject, ` + entryColumns + `) VALUES (?1, ?2, ?3, ?4, ?5, ?6, -1)`
	// The row of the counter is locked from here to the end of the transaction, so
	// that numbers are as dense and as ordered as the commits.
	countWitness = `/* count witness */ INSERT INTO joinery_journal (tenant, witnesses, size) VALUES (?1, 1, 0)
		ON CONFLICT (tenant) DO UPDATE SET witnesses = joinery_journal.witnesses + 1`
	addWitness = `/* add witness */ INSERT INTO joinery_witness (tenant, seq, entry, digest)
		SELECT tenant, witnesses, ?2, ?3 FROM joinery_journal WHERE tenant = ?1`
	witnesses = `/* witnesses */ SELECT seq, entry, digest FROM joinery_witness WHERE tenant = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3`

	unsequenced   = `/* unsequenced */ SELECT ` + entryColumns + ` FROM joinery_entry WHERE tenant = ?1 AND leaf < 0 ORDER BY id LIMIT ?2`
	sealedEntries = `/* sealed */ SELECT ` + entryColumns + ` FROM joinery_entry WHERE tenant = ?1 AND leaf >= 0 AND leaf >= ?2 ORDER BY leaf LIMIT ?3`
	entriesOf     = `/* entries of */ SELECT ` + entryColumns + ` FROM joinery_entry WHERE tenant = ?1 AND subject = ?2 AND subject <> '' ORDER BY id`
	eraseEntries  = `/* erase entries */ UPDATE joinery_entry SET salt = ?3, body = ?3
		WHERE tenant = ?1 AND subject = ?2 AND subject <> '' AND (salt <> ?3 OR body <> ?3)`
)

func scanEntry(r row, s *audit.Sealed) error {
	var body []byte
	if err := r.Scan(&s.ID, hash{s.Digest[:]}, bytes{&s.Salt}, bytes{&body}, &s.Leaf); err != nil {
		return err
	}
	s.Body = body
	return nil
}

// Write implements [state.Journal].
func (t *transaction) Write(entry audit.Sealed, subject string) error {
	if _, err := t.exec(addEntry, subject, entry.ID, entry.Digest[:], blob(entry.Salt), blob(entry.Body)); err != nil {
		return err
	}
	if _, err := t.exec(countWitness); err != nil {
		return err
	}
	_, err := t.exec(addWitness, entry.ID, entry.Digest[:])
	return err
}

// Unsequenced implements [state.Journal].
func (t *transaction) Unsequenced(limit int) ([]audit.Sealed, error) {
	return listOf(t, scanEntry, unsequenced, atMost(limit))
}

// Sealed implements [state.Journal].
func (t *transaction) Sealed(from int64, limit int) ([]audit.Sealed, error) {
	return listOf(t, scanEntry, sealedEntries, from, atMost(limit))
}

// SealedOf implements [state.Journal].
func (t *transaction) SealedOf(person string) ([]audit.Sealed, error) {
	return listOf(t, scanEntry, entriesOf, person)
}

// Witnesses implements [state.Journal].
func (t *transaction) Witnesses(after int64, limit int) ([]audit.Witness, error) {
	return listOf(t, func(r row, w *audit.Witness) error {
		return r.Scan(&w.Seq, &w.Entry, hash{w.Digest[:]})
	}, witnesses, after, atMost(limit))
}

// Erase implements [state.Journal].
func (t *transaction) Erase(person string) (int, error) {
	return t.exec(eraseEntries, person, []byte{})
}

var _ state.Journal = (*transaction)(nil)

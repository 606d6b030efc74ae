package sqlstore

import (
	"errors"
	"fmt"

	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

const (
	treeSize = `/* tree size */ SELECT size FROM joinery_journal WHERE tenant = ?1`
	growTree = `/* grow tree */ UPDATE joinery_journal SET size = size + ?3 WHERE tenant = ?1 AND size = ?2`
	setLeaf  = `/* set leaf */ UPDATE joinery_entry SET leaf = ?3 WHERE tenant = ?1 AND id = ?2 AND leaf < 0`
	addHash  = `/* add hash */ INSERT INTO joinery_hash (tenant, n, hash) VALUES (?1, ?2, ?3)`
	getHash  = `/* hash */ SELECT hash FROM joinery_hash WHERE tenant = ?1 AND n = ?2`

	addCheckpoint = `/* add checkpoint */ INSERT INTO joinery_checkpoint (tenant, size, note) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING`
	signedSize    = `/* signed size */ SELECT COALESCE(MAX(size), 0) FROM joinery_checkpoint WHERE tenant = ?1`
	checkpoints   = `/* checkpoints */ SELECT note FROM joinery_checkpoint WHERE tenant = ?1 ORDER BY size, note`

	getCursor = `/* cursor */ SELECT next FROM joinery_cursor WHERE tenant = ?1 AND sink = ?2`
	putCursor = `/* put cursor */ INSERT INTO joinery_cursor (tenant, sink, next) VALUES (?1, ?2, ?3)
		ON CONFLICT (tenant, sink) DO UPDATE SET next = excluded.next`
)

// TreeSize implements [state.Journal].
func (t *transaction) TreeSize() (int64, error) { return count(t, treeSize) }

// Sequence implements [state.Journal].
func (t *transaction) Sequence(size int64, ids []string, hashes []translog.Hash) error {
	first := translog.StoredCount(size)
	if want := translog.StoredCount(size+int64(len(ids))) - first; int64(len(hashes)) != want {
		return fmt.Errorf("sqlstore: %d entries after %d leaves need %d hashes, not %d", len(ids), size, want, len(hashes))
	}
	if len(ids) == 0 {
		return nil
	}
	n, err := t.exec(growTree, size, len(ids))
	if err != nil {
		return err
	}
	if n == 0 {
		return state.ErrFenced
	}
	for i, id := range ids {
		n, err := t.exec(setLeaf, id, size+int64(i))
		if err != nil {
			return err
		}
		if n == 0 {
			return t.fail("sequence", fmt.Errorf("entry %q is not waiting for a leaf", id))
		}
	}
	for i, h := range hashes {
		if _, err := t.exec(addHash, first+int64(i), h[:]); err != nil {
			return err
		}
	}
	return nil
}

// ReadHashes implements [state.Journal].
func (t *transaction) ReadHashes(indexes []int64) ([]translog.Hash, error) {
	hashes := make([]translog.Hash, 0, len(indexes))
	for _, index := range indexes {
		h, err := oneOf(t, func(r row, h *translog.Hash) error { return r.Scan(hash{h[:]}) }, getHash, index)
		if errors.Is(err, state.ErrNotFound) {
			return nil, fmt.Errorf("sqlstore: the tree has no hash %d: %w", index, err)
		}
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, h)
	}
	return hashes, nil
}

// AddCheckpoint implements [state.Journal].
func (t *transaction) AddCheckpoint(size int64, note []byte) error {
	_, err := t.exec(addCheckpoint, size, blob(note))
	return err
}

// CheckpointSize implements [state.Journal].
func (t *transaction) CheckpointSize() (int64, error) { return count(t, signedSize) }

// Checkpoints implements [state.Journal].
func (t *transaction) Checkpoints() ([][]byte, error) {
	return listOf(t, func(r row, note *[]byte) error { return r.Scan(bytes{note}) }, checkpoints)
}

// Cursor implements [state.Journal].
func (t *transaction) Cursor(sink string) (int64, error) { return count(t, getCursor, sink) }

// PutCursor implements [state.Journal].
func (t *transaction) PutCursor(sink string, next int64) error {
	_, err := t.exec(putCursor, sink, next)
	return err
}

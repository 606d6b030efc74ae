package state

import (
	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
)

// Journal is the part of a [Tx] about what was done: entries, the witnesses
// that vouch for them, the tree, and how far each sink got.
type Journal interface {
	// Write keeps an entry, unsequenced, and adds the witness that vouches for it,
	// with the next number. subject is the person it concerns, or "". An ID can be
	// written once.
	Write(entry audit.Sealed, subject string) error

	// Unsequenced returns up to limit entries without a leaf, by ID; -1 means all.
	Unsequenced(limit int) ([]audit.Sealed, error)
	// Sequence gives the entries leaf numbers from size on, in the given order,
	// and stores the tree's new hashes. It fails with ErrFenced if the tree's size
	// is not size, and with another error if an entry is not waiting for a leaf.
	Sequence(size int64, ids []string, hashes []translog.Hash) error
	// TreeSize is the number of leaves.
	TreeSize() (int64, error)
	// ReadHashes returns stored hashes of the tree.
	ReadHashes(indexes []int64) ([]translog.Hash, error)

	// Sealed returns up to limit entries with Leaf >= from, by leaf.
	Sealed(from int64, limit int) ([]audit.Sealed, error)
	// SealedOf returns the entries about a person, by ID.
	SealedOf(person string) ([]audit.Sealed, error)
	// Witnesses returns up to limit witnesses with Seq > after.
	Witnesses(after int64, limit int) ([]audit.Witness, error)
	// Erase deletes salt and body of a person's entries and returns how many.
	Erase(person string) (int, error)

	// AddCheckpoint keeps a signed checkpoint for a size.
	AddCheckpoint(size int64, note []byte) error
	// CheckpointSize returns the greatest size of which there is a checkpoint, 0 if
	// there is none.
	CheckpointSize() (int64, error)
	// Checkpoints returns all signed checkpoints by size.
	Checkpoints() ([][]byte, error)

	// Cursor returns the next leaf a sink is to get.
	Cursor(sink string) (int64, error)
	PutCursor(sink string, next int64) error
}

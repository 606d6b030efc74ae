package translog

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/joinery-iam/joinery/audit"
)

// Inclusion is the proof that a tree of Size leaves has a certain entry as its
// leaf number Leaf. It holds hashes only, nothing about other entries.
type Inclusion struct {
	Leaf   int64  `json:"leaf"`
	Size   int64  `json:"size"`
	Hashes []Hash `json:"hashes"`
}

// Consistency is the proof that the first Old leaves of a tree of New leaves are
// those of the tree when it had Old.
type Consistency struct {
	Old    int64  `json:"old"`
	New    int64  `json:"new"`
	Hashes []Hash `json:"hashes"`
}

// ProveInclusion proves that the tree of size leaves has the leaf.
func ProveInclusion(ctx context.Context, size, leaf int64, r HashReader) (Inclusion, error) {
	if err := checkSize(size); err != nil {
		return Inclusion{}, err
	}
	if leaf < 0 || leaf >= size {
		return Inclusion{}, fmt.Errorf("translog: %d leaves have no leaf %d", size, leaf)
	}
	proof, err := tlog.ProveRecord(size, leaf, reader(ctx, r))
	if err != nil {
		return Inclusion{}, fmt.Errorf("translog: prove leaf %d of %d: %w", leaf, size, err)
	}
	return Inclusion{Leaf: leaf, Size: size, Hashes: fromTlog(proof)}, nil
}

// VerifyInclusion checks that the entry is part of the log that cp vouches for;
// cp comes from [Open]. The content of an erased entry cannot be checked, its
// place can. If the entry was changed or the proof fails, the error wraps
// [ErrTampered].
func VerifyInclusion(entry audit.Sealed, p Inclusion, cp Checkpoint) error {
	if err := entry.Check(); err != nil && !errors.Is(err, audit.ErrErased) {
		return fmt.Errorf("%w: entry %q: %w", ErrTampered, entry.ID, err)
	}
	switch {
	case checkSize(cp.Size) != nil || p.Leaf < 0 || p.Leaf >= cp.Size:
		return fmt.Errorf("translog: %d leaves have no leaf %d", cp.Size, p.Leaf)
	case p.Size != cp.Size:
		return fmt.Errorf("translog: the proof is for %d leaves, the checkpoint for %d", p.Size, cp.Size)
	case p.Leaf != entry.Leaf:
		return fmt.Errorf("translog: the proof is for leaf %d, the entry has leaf %d", p.Leaf, entry.Leaf)
	}
	err := tlog.CheckRecord(toTlog(p.Hashes), cp.Size, tlog.Hash(cp.Root), p.Leaf, tlog.Hash(LeafHash(entry.Digest)))
	if err != nil {
		return fmt.Errorf("%w: entry %q is not leaf %d of the log", ErrTampered, entry.ID, p.Leaf)
	}
	return nil
}

// ProveConsistency proves that the tree of size now extends that of size old.
func ProveConsistency(ctx context.Context, old, now int64, r HashReader) (Consistency, error) {
	if err := checkSize(now); err != nil {
		return Consistency{}, err
	}
	if old < 0 || old > now {
		return Consistency{}, fmt.Errorf("translog: %d leaves cannot extend %d", now, old)
	}
	proof := Consistency{Old: old, New: now}
	if old == 0 {
		return proof, nil // every tree extends the empty one
	}
	hashes, err := tlog.ProveTree(now, old, reader(ctx, r))
	if err != nil {
		return Consistency{}, fmt.Errorf("translog: prove that %d leaves extend %d: %w", now, old, err)
	}
	proof.Hashes = fromTlog(hashes)
	return proof, nil
}

// VerifyConsistency checks that the log of checkpoint now extends that of old:
// nothing was changed, dropped or inserted among the leaves they share. If the
// proof fails or the checkpoints are of different logs, the error wraps
// [ErrTampered].
func VerifyConsistency(p Consistency, old, now Checkpoint) error {
	switch {
	case checkSize(now.Size) != nil || old.Size < 0 || old.Size > now.Size:
		return fmt.Errorf("translog: %d leaves cannot extend %d", now.Size, old.Size)
	case p.Old != old.Size || p.New != now.Size:
		return errors.New("translog: the proof is for checkpoints of other sizes")
	case old.Origin != now.Origin:
		return fmt.Errorf("%w: the checkpoints are of different logs", ErrTampered)
	}
	if old.Size == 0 {
		if old.Root != sha256.Sum256(nil) || len(p.Hashes) != 0 {
			return fmt.Errorf("%w: the empty log has another root", ErrTampered)
		}
		return nil
	}
	err := tlog.CheckTree(toTlog(p.Hashes), now.Size, tlog.Hash(now.Root), old.Size, tlog.Hash(old.Root))
	if err != nil {
		return fmt.Errorf("%w: %d leaves do not extend %d", ErrTampered, now.Size, old.Size)
	}
	return nil
}

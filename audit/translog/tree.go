package translog

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/joinery-iam/joinery/audit"
)

// StoredCount returns how many hashes are stored for a tree of size leaves, which
// is the index that the next stored hash gets. It is 0 for a size outside
// 0 to [MaxSize].
func StoredCount(size int64) int64 {
	if checkSize(size) != nil {
		return 0
	}
	return tlog.StoredHashCount(size)
}

// Append returns the hashes to store when leaves are added to a tree of the given
// size: the first gets the index StoredCount(size), the others follow without a
// gap. It reads about log2(size) hashes from r, in one call, or none if size or
// leaves are empty. It stores nothing: the caller does, together with the new
// size, and only if the size is still what it was.
func Append(ctx context.Context, size int64, leaves []audit.Digest, r HashReader) ([]Hash, error) {
	if err := checkSize(size); err != nil {
		return nil, err
	}
	if err := checkSize(size + int64(len(leaves))); err != nil || len(leaves) == 0 {
		return nil, err
	}
	edge, err := readFrontier(ctx, size, r)
	if err != nil {
		return nil, fmt.Errorf("translog: append to %d leaves: %w", size, err)
	}
	hashes := make([]Hash, 0, 2*len(leaves))
	for _, leaf := range leaves {
		hashes = edge.add(LeafHash(leaf), hashes)
	}
	return hashes, nil
}

// Root returns the root of the tree's first size leaves, which may be fewer than
// are stored. The root of an empty tree is the hash of nothing.
func Root(ctx context.Context, size int64, r HashReader) (Hash, error) {
	if err := checkSize(size); err != nil {
		return Hash{}, err
	}
	edge, err := readFrontier(ctx, size, r)
	if err != nil {
		return Hash{}, fmt.Errorf("translog: root of %d leaves: %w", size, err)
	}
	return edge.root(), nil
}

func checkSize(size int64) error {
	if size < 0 || size > MaxSize {
		return fmt.Errorf("translog: a tree has no size %d", size)
	}
	return nil
}

// frontier is the right edge of a tree: the roots of the complete subtrees that
// its leaves fall into, the largest first. It is all one needs to add leaves and
// to compute the root.
type frontier struct {
	size  int64
	roots []tlog.Hash
}

// readFrontier reads the edge of a tree of size leaves, one subtree for each bit
// of size.
func readFrontier(ctx context.Context, size int64, r HashReader) (frontier, error) {
	var indexes []int64
	rest := uint64(size)
	for rest != 0 {
		level := bits.Len64(rest) - 1
		first := (uint64(size) - rest) >> level
		indexes = append(indexes, tlog.StoredHashIndex(level, int64(first)))
		rest &^= 1 << level
	}
	roots, err := readHashes(ctx, r, indexes)
	return frontier{size: size, roots: toTlog(roots)}, err
}

// add adds a leaf and returns stored with the hashes appended that a store has to
// keep for it: its own, then that of each subtree it completes.
func (f *frontier) add(leaf Hash, stored []Hash) []Hash {
	hash := tlog.Hash(leaf)
	stored = append(stored, leaf)
	for complete := f.size; complete&1 == 1; complete >>= 1 {
		last := len(f.roots) - 1
		hash = tlog.NodeHash(f.roots[last], hash)
		f.roots = f.roots[:last]
		stored = append(stored, Hash(hash))
	}
	f.roots = append(f.roots, hash)
	f.size++
	return stored
}

func (f *frontier) root() Hash {
	last := len(f.roots) - 1
	if last < 0 {
		return sha256.Sum256(nil)
	}
	root := f.roots[last]
	for _, left := range slices.Backward(f.roots[:last]) {
		root = tlog.NodeHash(left, root)
	}
	return Hash(root)
}

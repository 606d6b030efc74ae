package translog

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/joinery-iam/joinery/audit"
)

// MaxSize is the largest number of leaves that a tree may have.
const MaxSize = 1 << 48

// ErrTampered says that something is not as it was when it was recorded, signed
// or proven. Errors of [Verify], [VerifyInclusion] and [VerifyConsistency] wrap it.
var ErrTampered = errors.New("log was tampered with")

// Hash is the hash of a node of the tree.
type Hash [32]byte

// String returns h in base64, as checkpoints write it.
func (h Hash) String() string { return base64.StdEncoding.EncodeToString(h[:]) }

// MarshalText returns what String returns. It never fails.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads 32 bytes in base64. It leaves h alone if it fails.
func (h *Hash) UnmarshalText(text []byte) error {
	read, err := tlog.ParseHash(string(text))
	if err != nil {
		return errors.New("translog: a hash has 32 bytes in base64")
	}
	*h = Hash(read)
	return nil
}

// LeafHash returns the hash of the leaf that stands for an entry.
func LeafHash(digest audit.Digest) Hash { return Hash(tlog.RecordHash(digest[:])) }

// HashReader reads stored hashes of a tree.
type HashReader interface {
	// ReadHashes returns the hashes with the given indexes, in the same order. It
	// fails unless it has all of them. Index 0 is the first hash that Append
	// returned for an empty tree.
	ReadHashes(ctx context.Context, indexes []int64) ([]Hash, error)
}

// MemoryHashes holds the hashes of a tree, from index 0. To add leaves, append
// to it what [Append] returns. It is safe for concurrent reading.
type MemoryHashes []Hash

// ReadHashes implements [HashReader].
func (m MemoryHashes) ReadHashes(_ context.Context, indexes []int64) ([]Hash, error) {
	hashes := make([]Hash, 0, len(indexes))
	for _, i := range indexes {
		if i < 0 || i >= int64(len(m)) {
			return nil, fmt.Errorf("translog: no hash with index %d", i)
		}
		hashes = append(hashes, m[i])
	}
	return hashes, nil
}

// readHashes reads from r and checks that it kept its promise, so that a short
// answer cannot cause a panic further on.
func readHashes(ctx context.Context, r HashReader, indexes []int64) ([]Hash, error) {
	if len(indexes) == 0 {
		return nil, nil
	}
	hashes, err := r.ReadHashes(ctx, indexes)
	if err != nil {
		return nil, err
	}
	if len(hashes) != len(indexes) {
		return nil, fmt.Errorf("translog: %d hashes were read instead of %d", len(hashes), len(indexes))
	}
	return hashes, nil
}

// reader lets the proofs of package tlog read from r.
func reader(ctx context.Context, r HashReader) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes, err := readHashes(ctx, r, indexes)
		return toTlog(hashes), err
	})
}

func toTlog(hashes []Hash) []tlog.Hash {
	out := make([]tlog.Hash, len(hashes))
	for i, h := range hashes {
		out[i] = tlog.Hash(h)
	}
	return out
}

func fromTlog(hashes []tlog.Hash) []Hash {
	out := make([]Hash, len(hashes))
	for i, h := range hashes {
		out[i] = Hash(h)
	}
	return out
}

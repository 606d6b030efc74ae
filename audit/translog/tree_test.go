package translog_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
)

func digests(r *rand.Rand, n int) []audit.Digest {
	out := make([]audit.Digest, n)
	for i := range out {
		for j := range out[i] {
			out[i][j] = byte(r.Uint32())
		}
	}
	return out
}

// grow stores a tree of the leaves, appended in batches of random length.
func grow(t *testing.T, r *rand.Rand, leaves []audit.Digest) translog.MemoryHashes {
	t.Helper()
	var stored translog.MemoryHashes
	for size := 0; size < len(leaves); {
		n := min(r.IntN(9), len(leaves)-size)
		added, err := translog.Append(t.Context(), int64(size), leaves[size:size+n], stored)
		require.NoError(t, err)
		stored = append(stored, added...)
		size += n
		require.Len(t, stored, int(translog.StoredCount(int64(size))))
	}
	return stored
}

// reference computes a root by the definition of RFC 6962, section 2.1.
func reference(leaves []audit.Digest) translog.Hash {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, leaves[0][:]...))
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	left, right := reference(leaves[:k]), reference(leaves[k:])
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

func TestTreeIsThatOfRFC6962(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	leaves := digests(r, 300)
	stored := grow(t, r, leaves)

	var want []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range indexes {
			out = append(out, want[i])
		}
		return out, nil
	})
	for i, leaf := range leaves {
		root, err := translog.Root(t.Context(), int64(i), stored)
		require.NoError(t, err)
		require.Equal(t, reference(leaves[:i]), root, "%d leaves", i)

		hashes, err := tlog.StoredHashes(int64(i), leaf[:], read)
		require.NoError(t, err)
		want = append(want, hashes...)
	}
	for i, h := range want {
		require.EqualValues(t, h, stored[i], "stored hash %d", i)
	}
}

// countingReader counts calls.
type countingReader struct {
	translog.MemoryHashes
	calls, hashes int
}

func (c *countingReader) ReadHashes(ctx context.Context, indexes []int64) ([]translog.Hash, error) {
	c.calls++
	c.hashes += len(indexes)
	return c.MemoryHashes.ReadHashes(ctx, indexes)
}

func TestAppendReadsOnce(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	stored := &countingReader{MemoryHashes: grow(t, r, digests(r, 1023))}
	_, err := translog.Append(t.Context(), 1023, digests(r, 500), stored)
	require.NoError(t, err)
	require.Equal(t, 1, stored.calls)
	require.Equal(t, 10, stored.hashes, "one for each bit of the size")
}

// brokenReader breaks the promise of HashReader.
type brokenReader struct{ err error }

func (b brokenReader) ReadHashes(context.Context, []int64) ([]translog.Hash, error) {
	return make([]translog.Hash, 1), b.err
}

func TestBadSizesAndReadersAreErrors(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	one := make([]audit.Digest, 1)
	for _, size := range []int64{-1, translog.MaxSize + 1, 1 << 62, 1<<63 - 1} {
		_, err := translog.Append(ctx, size, one, translog.MemoryHashes{})
		require.Error(t, err)
		_, err = translog.Root(ctx, size, translog.MemoryHashes{})
		require.Error(t, err)
		_, err = translog.ProveInclusion(ctx, size, 0, translog.MemoryHashes{})
		require.Error(t, err)
		_, err = translog.ProveConsistency(ctx, 0, size, translog.MemoryHashes{})
		require.Error(t, err)
		require.Zero(t, translog.StoredCount(size))
	}
	_, err := translog.Append(ctx, translog.MaxSize, one, translog.MemoryHashes{})
	require.Error(t, err, "a full tree")

	down := errors.New("store is down")
	for _, reader := range []translog.HashReader{brokenReader{}, brokenReader{down}, translog.MemoryHashes{}} {
		_, err = translog.Append(ctx, 7, one, reader)
		require.Error(t, err)
		_, err = translog.Root(ctx, 7, reader)
		require.Error(t, err)
		_, err = translog.ProveInclusion(ctx, 7, 3, reader)
		require.Error(t, err)
		_, err = translog.ProveConsistency(ctx, 3, 7, reader)
		require.Error(t, err)
	}
	_, err = translog.Root(ctx, 7, brokenReader{down})
	require.ErrorIs(t, err, down)

	none, err := translog.Append(ctx, 7, nil, brokenReader{down})
	require.NoError(t, err, "no leaves need no reading")
	require.Empty(t, none)
}

func TestHashText(t *testing.T) {
	t.Parallel()
	h := translog.LeafHash(audit.Digest{1})
	text, err := h.MarshalText()
	require.NoError(t, err)
	var back translog.Hash
	require.NoError(t, back.UnmarshalText(text))
	require.Equal(t, h, back)
	for _, bad := range []string{"", "AAAA", h.String() + "AAAA", "!" + h.String()[1:]} {
		require.Error(t, back.UnmarshalText([]byte(bad)))
		require.Equal(t, h, back)
	}
}

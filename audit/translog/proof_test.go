package translog_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
)

func sealed(t *testing.T, id string) audit.Sealed {
	t.Helper()
	s, err := audit.Entry{ID: id, Tenant: "acme", Event: audit.EventOutcome, Person: "p1"}.Seal()
	require.NoError(t, err)
	return s
}

func checkpoint(t *testing.T, size int64, stored translog.HashReader) translog.Checkpoint {
	t.Helper()
	root, err := translog.Root(t.Context(), size, stored)
	require.NoError(t, err)
	return translog.Checkpoint{Origin: "example.com/acme", Size: size, Root: root}
}

func TestInclusionOfEachLeaf(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	leaves := digests(r, 40)
	entry := sealed(t, "e1")
	for size := int64(1); size <= int64(len(leaves)); size += 1 + r.Int64N(5) {
		for leaf := range size {
			entry.Leaf = leaf
			log := append([]audit.Digest(nil), leaves[:size]...)
			log[leaf] = entry.Digest
			stored := grow(t, r, log)
			cp := checkpoint(t, size, stored)
			proof, err := translog.ProveInclusion(t.Context(), size, leaf, stored)
			require.NoError(t, err)
			require.NoError(t, translog.VerifyInclusion(entry, proof, cp))

			erased := entry
			erased.Salt, erased.Body = nil, nil
			require.NoError(t, translog.VerifyInclusion(erased, proof, cp), "erasure keeps the proof")
		}
	}
}

func TestInclusionRefuses(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	leaves := digests(r, 11)
	good := sealed(t, "e1")
	good.Leaf = 6
	leaves[6] = good.Digest
	stored := grow(t, r, leaves)
	proof, err := translog.ProveInclusion(t.Context(), 11, 6, stored)
	require.NoError(t, err)
	cp := checkpoint(t, 11, stored)
	require.NoError(t, translog.VerifyInclusion(good, proof, cp))

	changed := good
	changed.Body = []byte(`{"id":"e1"}`)
	require.ErrorIs(t, translog.VerifyInclusion(changed, proof, cp), translog.ErrTampered)

	another := sealed(t, "e1")
	another.Leaf = 6
	require.ErrorIs(t, translog.VerifyInclusion(another, proof, cp), translog.ErrTampered)

	otherRoot := cp
	otherRoot.Root[0] ^= 1
	require.ErrorIs(t, translog.VerifyInclusion(good, proof, otherRoot), translog.ErrTampered)

	for i := range proof.Hashes {
		bent := proof
		bent.Hashes = append([]translog.Hash(nil), proof.Hashes...)
		bent.Hashes[i][0] ^= 1
		require.ErrorIs(t, translog.VerifyInclusion(good, bent, cp), translog.ErrTampered)
		bent.Hashes = proof.Hashes[:i]
		require.ErrorIs(t, translog.VerifyInclusion(good, bent, cp), translog.ErrTampered)
	}

	for _, number := range []int64{-1, 5, 11, 1 << 62} {
		moved := good
		moved.Leaf = number
		require.Error(t, translog.VerifyInclusion(moved, proof, cp))
		movedProof := proof
		movedProof.Leaf = number
		require.Error(t, translog.VerifyInclusion(moved, movedProof, cp))
	}
	for _, size := range []int64{-1, 0, 7, 1 << 62} {
		resized := cp
		resized.Size = size
		require.Error(t, translog.VerifyInclusion(good, proof, resized))
		resizedProof := proof
		resizedProof.Size = size
		require.Error(t, translog.VerifyInclusion(good, resizedProof, resized))
	}
	_, err = translog.ProveInclusion(t.Context(), 11, 11, stored)
	require.Error(t, err)
}

func TestConsistencyOfAllSizes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 10))
	stored := grow(t, r, digests(r, 33))
	for now := range int64(34) {
		for old := range now + 1 {
			before, after := checkpoint(t, old, stored), checkpoint(t, now, stored)
			proof, err := translog.ProveConsistency(t.Context(), old, now, stored)
			require.NoError(t, err)

			text, err := json.Marshal(proof)
			require.NoError(t, err)
			var read translog.Consistency
			require.NoError(t, json.Unmarshal(text, &read))
			require.NoError(t, translog.VerifyConsistency(read, before, after))

			bent := before
			bent.Root[3] ^= 1
			require.ErrorIs(t, translog.VerifyConsistency(proof, bent, after), translog.ErrTampered)
			if old > 0 {
				bent = after
				bent.Root[3] ^= 1
				require.ErrorIs(t, translog.VerifyConsistency(proof, before, bent), translog.ErrTampered)
			}
		}
	}
}

func TestConsistencyRefuses(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 12))
	stored := grow(t, r, digests(r, 9))
	before, after := checkpoint(t, 4, stored), checkpoint(t, 9, stored)
	proof, err := translog.ProveConsistency(t.Context(), 4, 9, stored)
	require.NoError(t, err)

	require.Error(t, translog.VerifyConsistency(proof, after, before), "a log does not shrink")
	require.Error(t, translog.VerifyConsistency(proof, checkpoint(t, 3, stored), after))

	foreign := before
	foreign.Origin = "example.com/other"
	require.ErrorIs(t, translog.VerifyConsistency(proof, foreign, after), translog.ErrTampered)

	huge := after
	huge.Size = 1 << 62
	require.Error(t, translog.VerifyConsistency(translog.Consistency{Old: 4, New: 1 << 62}, before, huge))

	_, err = translog.ProveConsistency(t.Context(), 10, 9, stored)
	require.Error(t, err)
}

package translog_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
)

// BenchmarkVerify tells how long it takes to verify a log, beside hashing its
// bytes once, which nobody can do without.
func BenchmarkVerify(b *testing.B) {
	log := make([]audit.Sealed, 2000)
	leaves := make([]audit.Digest, len(log))
	for i := range log {
		s, err := audit.Entry{ID: string([]rune{'e', rune(0x4e00 + i)}), Tenant: "acme", After: `{"active":false}`}.Seal()
		require.NoError(b, err)
		s.Leaf = int64(i)
		log[i], leaves[i] = s, s.Digest
	}
	ctx := context.Background()
	stored, err := translog.Append(ctx, 0, leaves, translog.MemoryHashes{})
	require.NoError(b, err)
	root, err := translog.Root(ctx, int64(len(log)), translog.MemoryHashes(stored))
	require.NoError(b, err)
	signer, err := translog.NewSigner(testPrivate)
	require.NoError(b, err)
	verifier, err := translog.NewVerifier(testPublic)
	require.NoError(b, err)
	signed, err := translog.Sign(translog.Checkpoint{Origin: "example.com/audit/acme", Size: int64(len(log)), Root: root}, signer)
	require.NoError(b, err)
	bundle := export(log, signed).Bytes()

	b.Run("verify", func(b *testing.B) {
		b.SetBytes(int64(len(bundle)))
		for b.Loop() {
			_, err := translog.Verify(bytes.NewReader(bundle), verifier, translog.VerifyOptions{})
			require.NoError(b, err)
		}
		b.ReportMetric(float64(len(log)*b.N)/b.Elapsed().Seconds(), "entries/s")
	})
	b.Run("sha256", func(b *testing.B) {
		b.SetBytes(int64(len(bundle)))
		for b.Loop() {
			sha256.Sum256(bundle)
		}
	})
}

// BenchmarkAppend adds leaves one at a time and a hundred at a time.
func BenchmarkAppend(b *testing.B) {
	leaves := digests(rand.New(rand.NewPCG(1, 1)), 100_000)
	ctx := context.Background()
	stored, err := translog.Append(ctx, 0, leaves, translog.MemoryHashes{})
	require.NoError(b, err)
	for name, n := range map[string]int{"1": 1, "100": 100} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, err := translog.Append(ctx, int64(len(leaves)), leaves[:n], translog.MemoryHashes(stored))
				require.NoError(b, err)
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "leaves/s")
		})
	}
}

package translog_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
)

const origin = "example.com/audit/acme"

// testLog is a small audit log in memory, as an engine would keep it.
type testLog struct {
	t         *testing.T
	key       keyPair
	made      int
	sequenced []audit.Sealed
	waiting   []audit.Sealed // for a leaf
	witnesses []audit.Witness
	stored    translog.MemoryHashes
	signed    [][]byte
}

func newLog(t *testing.T) *testLog {
	t.Helper()
	return &testLog{t: t, key: newKey(t, origin)}
}

// write adds an entry of a person and its witness.
func (l *testLog) write(person int) {
	entry := audit.Entry{
		ID:     fmt.Sprintf("e%06d", l.made),
		Tenant: "acme",
		At:     time.Date(2026, 3, 1, 9, 0, l.made, 0, time.UTC),
		Event:  audit.EventOutcome,
		Person: fmt.Sprintf("p%d", person),
		Note:   "a < b & c > d",
	}
	l.made++
	s, err := entry.Seal()
	require.NoError(l.t, err)
	l.waiting = append(l.waiting, s)
	l.witnesses = append(l.witnesses, audit.Witness{Seq: int64(len(l.witnesses) + 1), Entry: s.ID, Digest: s.Digest})
}

// sequence gives n waiting entries leaf numbers.
func (l *testLog) sequence(n int) {
	size := int64(len(l.sequenced))
	var leaves []audit.Digest
	for i, s := range l.waiting[:n] {
		s.Leaf = size + int64(i)
		leaves = append(leaves, s.Digest)
		l.sequenced = append(l.sequenced, s)
	}
	l.waiting = slices.Clone(l.waiting[n:])
	added, err := translog.Append(l.t.Context(), size, leaves, l.stored)
	require.NoError(l.t, err)
	l.stored = append(l.stored, added...)
}

func (l *testLog) checkpoint() translog.Checkpoint {
	size := int64(len(l.sequenced))
	root, err := translog.Root(l.t.Context(), size, l.stored)
	require.NoError(l.t, err)
	return translog.Checkpoint{Origin: origin, Size: size, Root: root}
}

func (l *testLog) sign() {
	signed, err := translog.Sign(l.checkpoint(), l.key.signer)
	require.NoError(l.t, err)
	l.signed = append(l.signed, signed)
}

// erase erases a person and returns the number of entries.
func (l *testLog) erase(person int) int {
	n := 0
	for _, part := range [][]audit.Sealed{l.sequenced, l.waiting} {
		for i, s := range part {
			if e, err := s.Entry(); err == nil && e.Person == fmt.Sprintf("p%d", person) {
				part[i].Salt, part[i].Body = nil, nil
				n++
			}
		}
	}
	return n
}

func (l *testLog) export() []byte {
	var out bytes.Buffer
	b, err := translog.NewBundleWriter(&out, translog.BundleHeader{Tenant: "acme", Origin: origin})
	require.NoError(l.t, err)
	for _, signed := range l.signed {
		require.NoError(l.t, b.Checkpoint(signed))
	}
	for _, s := range append(slices.Clone(l.sequenced), l.waiting...) {
		require.NoError(l.t, b.Entry(s))
	}
	for _, w := range l.witnesses {
		require.NoError(l.t, b.Witness(w))
	}
	require.NoError(l.t, b.Close())
	return out.Bytes()
}

func (l *testLog) verify(bundle []byte) (translog.Report, error) {
	return translog.Verify(bytes.NewReader(bundle), l.key.verifier, translog.VerifyOptions{Origin: origin})
}

// sample is a log with everything in it: erased entries, sequenced and not,
// signed leaves and leaves that are not signed yet.
func sampleLog(t *testing.T) *testLog {
	t.Helper()
	l := newLog(t)
	l.sign() // of the empty log
	for i := range 14 {
		l.write(i % 4)
	}
	l.sequence(6)
	l.sign()
	l.sequence(3)
	l.sign()
	l.sequence(2)
	for i := range 3 {
		l.write(i)
	}
	l.erase(3)
	return l
}

func TestVerifyAcceptsAnyHistory(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 99))
		l := newLog(t)
		erased := map[string]bool{}
		var outside []translog.Checkpoint
		for range 1 + r.IntN(60) {
			switch r.IntN(8) {
			default:
				l.write(r.IntN(6))
			case 0, 1:
				l.sequence(r.IntN(len(l.waiting) + 1))
			case 2:
				l.sign()
				outside = append(outside, l.checkpoint())
			case 3:
				l.erase(r.IntN(6))
			}
		}
		l.sign()
		for _, s := range append(slices.Clone(l.sequenced), l.waiting...) {
			erased[s.ID] = s.Erased()
		}
		bundle := l.export()
		report, err := l.verify(bundle)
		require.NoError(t, err, "seed %d", seed)
		require.EqualValues(t, l.made, report.Entries)
		require.EqualValues(t, len(l.sequenced), report.Sequenced)
		require.EqualValues(t, len(l.waiting), report.Unsequenced)
		require.EqualValues(t, l.made, report.Witnesses)
		require.EqualValues(t, len(l.signed), report.Checkpoints)
		require.Equal(t, l.checkpoint(), report.Latest)
		require.Zero(t, report.Found)
		var gone int64
		for _, is := range erased {
			if is {
				gone++
			}
		}
		require.Equal(t, gone, report.Erased)

		for _, cp := range outside {
			_, err := translog.Verify(bytes.NewReader(bundle), l.key.verifier, translog.VerifyOptions{Extends: cp})
			require.NoError(t, err)
			proof, err := translog.ProveConsistency(t.Context(), cp.Size, report.Latest.Size, l.stored)
			require.NoError(t, err)
			require.NoError(t, translog.VerifyConsistency(proof, cp, report.Latest))
		}
		for _, s := range l.sequenced {
			proof, err := translog.ProveInclusion(t.Context(), report.Latest.Size, s.Leaf, l.stored)
			require.NoError(t, err)
			require.NoError(t, translog.VerifyInclusion(s, proof, report.Latest))
		}
	}
}

func TestErasureKeepsTheProof(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	for i := range 20 {
		l.write(i % 2)
	}
	l.sequence(15)
	l.sign()
	before := l.export()
	require.Contains(t, string(before), `"person":"p1"`)
	require.Equal(t, 10, l.erase(1))

	after := l.export()
	require.NotContains(t, string(after), `"person":"p1"`)
	report, err := l.verify(after)
	require.NoError(t, err)
	require.EqualValues(t, 10, report.Erased)
	require.EqualValues(t, 15, report.Latest.Size)
}

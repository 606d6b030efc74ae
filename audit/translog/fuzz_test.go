package translog_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
)

// FuzzVerify edits a good bundle: nothing may panic, the report stays within its
// bounds, and what is accepted must agree with what was signed.
func FuzzVerify(f *testing.F) {
	verifier, err := translog.NewVerifier(testPublic)
	require.NoError(f, err)
	good := readTestdata(f, "bundle.jsonl")
	f.Add(good)
	for at := 0; at < len(good); at += 97 {
		f.Add(append(bytes.Clone(good[:at]), good[at+1:]...))
	}
	lines := bytes.SplitAfter(good, []byte("\n"))
	for i := range lines {
		f.Add(bytes.Join(append(append([][]byte{}, lines[:i]...), lines[i+1:]...), nil))
		f.Add(bytes.Join(append(append([][]byte{}, lines[:i+1]...), lines[i:]...), nil))
	}
	f.Add([]byte(`{"joinery-audit-bundle":{"version":1}}` + "\n" + `{"entry":{"id":"e","leaf":9223372036854775807}}` + "\n" + `{"end":true}` + "\n"))
	f.Add([]byte(`{"joinery-audit-bundle":{"version":1}}` + "\n" + `{"witness":{"seq":-9223372036854775808,"entry":"e"}}` + "\n" + `{"end":true}` + "\n"))

	f.Fuzz(func(t *testing.T, bundle []byte) {
		opts := translog.VerifyOptions{MaxProblems: 3, MaxUnmatched: 100}
		report, err := translog.Verify(bytes.NewReader(bundle), verifier, opts)
		require.LessOrEqual(t, len(report.Problems), 3)
		require.Equal(t, report.Entries, report.Sequenced+report.Unsequenced)
		if err != nil {
			return
		}
		require.Zero(t, report.Found)
		require.Equal(t, report.Entries, report.Witnesses)
		if report.Sequenced > 0 {
			require.Equal(t, bundled, report.Latest, "the key signed one checkpoint")
			require.GreaterOrEqual(t, report.Sequenced, bundled.Size)
		}
	})
}

// FuzzOpen reads any note.
func FuzzOpen(f *testing.F) {
	verifier, err := translog.NewVerifier(testPublic)
	require.NoError(f, err)
	good := readTestdata(f, "checkpoint.txt")
	f.Add(good)
	f.Add(bytes.Replace(good, []byte("\n42\n"), []byte("\n9999999999999999999\n"), 1))
	f.Add([]byte("\n\n— a b\n"))
	want, err := translog.Open(good, verifier)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, signed []byte) {
		if cp, err := translog.Open(signed, verifier); err == nil {
			require.Contains(t, []translog.Checkpoint{want, bundled}, cp, "the key signed nothing else")
		}
	})
}

// bundled is the checkpoint in bundle.jsonl.
var bundled = translog.Checkpoint{
	Origin: origin,
	Size:   2,
	Root: translog.Hash{
		0xfc, 0x0d, 0x44, 0xf0, 0xd0, 0x1b, 0xd9, 0x35, 0xc1, 0x82, 0xcf, 0x88, 0xa7, 0xa6, 0xfb, 0x73,
		0x8a, 0x23, 0xed, 0xb4, 0x9f, 0x56, 0x58, 0x16, 0x72, 0x91, 0xec, 0xc9, 0xd7, 0xf8, 0x00, 0xd0,
	},
}

func TestBundledCheckpoint(t *testing.T) {
	t.Parallel()
	verifier, err := translog.NewVerifier(testPublic)
	require.NoError(t, err)
	report, err := translog.Verify(bytes.NewReader(readTestdata(t, "bundle.jsonl")), verifier, translog.VerifyOptions{Extends: bundled})
	require.NoError(t, err)
	require.Equal(t, bundled, report.Latest)
}

// FuzzProofs checks any proof.
func FuzzProofs(f *testing.F) {
	f.Add(int64(3), int64(7), int64(7), []byte("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"))
	f.Add(int64(0), int64(1), int64(1), []byte{})
	f.Add(int64(-1), int64(1<<62), int64(1<<63-1), []byte{})
	f.Fuzz(func(t *testing.T, number, size, claimed int64, raw []byte) {
		var hashes []translog.Hash
		for chunk := range bytes.SplitSeq(raw, []byte("\n")) {
			var h translog.Hash
			copy(h[:], chunk)
			hashes = append(hashes, h)
		}
		// No one can find a preimage, so these must fail, and not panic.
		cp := translog.Checkpoint{Origin: "o", Size: size, Root: translog.Hash{1}}
		entry := audit.Sealed{ID: "e", Digest: audit.Digest{2}, Leaf: number}
		require.Error(t, translog.VerifyInclusion(entry, translog.Inclusion{Leaf: number, Size: claimed, Hashes: hashes}, cp))
		old := translog.Checkpoint{Origin: "o", Size: number, Root: translog.Hash{3}}
		require.Error(t, translog.VerifyConsistency(translog.Consistency{Old: number, New: claimed, Hashes: hashes}, old, cp))
	})
}

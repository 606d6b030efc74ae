package audittest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
)

// exported is a good bundle and the key that checks it.
type exported struct {
	bundle   []byte
	verifier translog.Verifier
}

// export makes a log of which signed leaves are signed, two more have a leaf
// number and waiting entries have none. One entry of each kind is erased.
func export(t *testing.T, signed, waiting int) exported {
	t.Helper()
	const origin = "example.com/acme"
	private, public, err := translog.GenerateKey(origin)
	require.NoError(t, err)
	signer, err := translog.NewSigner(private)
	require.NoError(t, err)
	verifier, err := translog.NewVerifier(public)
	require.NoError(t, err)

	log := entries("acme", signed+2+waiting)
	var leaves []audit.Digest
	for i := range log {
		if i >= signed+2 {
			log[i].Leaf = -1
			continue
		}
		leaves = append(leaves, log[i].Digest)
	}
	hashes, err := translog.Append(t.Context(), 0, leaves, translog.MemoryHashes{})
	require.NoError(t, err)
	root, err := translog.Root(t.Context(), int64(signed), translog.MemoryHashes(hashes))
	require.NoError(t, err)
	note, err := translog.Sign(translog.Checkpoint{Origin: origin, Size: int64(signed), Root: root}, signer)
	require.NoError(t, err)
	for _, i := range []int{1, len(log) - 1} {
		log[i].Salt, log[i].Body = nil, nil
	}

	var out bytes.Buffer
	b, err := translog.NewBundleWriter(&out, translog.BundleHeader{Tenant: "acme", Origin: origin})
	require.NoError(t, err)
	require.NoError(t, b.Checkpoint(note))
	for _, e := range log {
		require.NoError(t, b.Entry(e))
	}
	for i, e := range log {
		require.NoError(t, b.Witness(audit.Witness{Seq: int64(i + 1), Entry: e.ID, Digest: e.Digest}))
	}
	require.NoError(t, b.Close())
	return exported{out.Bytes(), verifier}
}

// blindTo is a verifier that overlooks problems with certain words.
func (e exported) blindTo(words ...string) func([]byte) error {
	return func(bundle []byte) error {
		report, err := translog.Verify(bytes.NewReader(bundle), e.verifier, translog.VerifyOptions{MaxProblems: 1 << 20})
		if err == nil || report.Found == 0 {
			return err
		}
		for _, p := range report.Problems {
			seen := true
			for _, w := range words {
				seen = seen && !strings.Contains(p.What, w)
			}
			if seen {
				return err
			}
		}
		return nil
	}
}

func TestTamperingAcceptsAGoodVerifier(t *testing.T) {
	t.Parallel()
	small := export(t, 2, 2)
	Tampering(t, func() []byte { return small.bundle }, small.blindTo())
	large := export(t, 60, 40)
	Tampering(t, func() []byte { return large.bundle }, large.blindTo())
}

func TestTamperingFindsBlindVerifiers(t *testing.T) {
	t.Parallel()
	e := export(t, 3, 3)
	forgeries, err := forge(e.bundle)
	require.NoError(t, err)
	require.Empty(t, unnoticed(forgeries, e.blindTo()))
	require.Len(t, unnoticed(forgeries, func([]byte) error { return nil }), len(forgeries))

	witnesses := []string{"it has no witness", "a witness vouches for it", "different digests", "there is a second"}
	for _, c := range []struct {
		blindTo []string
		misses  string
	}{
		{[]string{"does not match its digest"}, "change the body of sequenced entry 0"},
		{[]string{"does not match its digest"}, "change the salt of unsequenced entry 0"},
		{[]string{"another root", "no good checkpoint"}, "swap sequenced entry 0 and the next and renumber them"},
		{[]string{"another root", "no good checkpoint"}, "swap sequenced entry 2 and the next and renumber them"},
		{[]string{"stands where"}, "swap the lines of sequenced entry 3 and the next"},
		{[]string{"do not rise"}, "swap the lines of unsequenced entry 0 and the next"},
		{witnesses, "drop unsequenced entry 0"},
		{witnesses, "write anew unsequenced entry 2"},
		{witnesses, "insert one after unsequenced entry 1"},
		{witnesses, "insert one after sequenced entry 4"},
		{append([]string{"do not rise"}, witnesses...), "repeat unsequenced entry 1"},
		{witnesses, "drop all witnesses"},
		{[]string{"witness"}, "change the number of witness 7"},
		{[]string{"second witness", "vouches for it", "follows"}, "repeat witness 0"},
		{[]string{"no valid signature", "no good checkpoint"}, "change checkpoint 0"},
		{[]string{"no good checkpoint"}, "drop all checkpoints"},
	} {
		require.Contains(t, unnoticed(forgeries, e.blindTo(c.blindTo...)), c.misses, "blind to %q", c.blindTo)
	}
}

func TestTamperingTriesTheEndsAndNoMoreThanItsBound(t *testing.T) {
	t.Parallel()
	require.Equal(t, []int{0, 1, 2}, sample(3))
	require.Empty(t, sample(0))
	spread := sample(1000)
	require.Len(t, spread, maxPositions)
	require.Equal(t, 0, spread[0])
	require.Equal(t, 999, spread[maxPositions-1])
	require.Len(t, sample(maxPositions+1), maxPositions)
}

func TestTamperingNeedsEntriesOfBothKinds(t *testing.T) {
	t.Parallel()
	for name, bundle := range map[string][]byte{
		"too few signed":      export(t, 1, 2).bundle,
		"too few unsequenced": export(t, 2, 1).bundle,
		"no JSON":             []byte("x\n"),
		"no checkpoint":       []byte(`{"checkpoint":"origin"}` + "\n"),
		"no size":             []byte(`{"checkpoint":"origin\nmany\n"}` + "\n"),
	} {
		_, err := forge(bundle)
		require.Error(t, err, name)
	}
}

// Parsing a bundle and writing it again changes nothing, or each forgery would
// be found for that alone.
func TestTamperingChangesNothingElse(t *testing.T) {
	t.Parallel()
	e := export(t, 3, 3)
	b, err := parseBundle(e.bundle)
	require.NoError(t, err)
	require.Equal(t, string(e.bundle), string(b.clone().bytes()))
}

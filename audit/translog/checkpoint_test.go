package translog_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The key in the documentation of golang.org/x/mod/sumdb/note: whoever reads that
// has it.
const (
	testPrivate = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
	testPublic  = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
)

type keyPair struct {
	signer   translog.Signer
	verifier translog.Verifier
}

func newKey(t *testing.T, name string) keyPair {
	t.Helper()
	private, public, err := translog.GenerateKey(name)
	require.NoError(t, err)
	return parseKey(t, private, public)
}

func parseKey(t *testing.T, private, public string) keyPair {
	t.Helper()
	signer, err := translog.NewSigner(private)
	require.NoError(t, err)
	verifier, err := translog.NewVerifier(public)
	require.NoError(t, err)
	return keyPair{signer, verifier}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, got, 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

func TestCheckpointFormat(t *testing.T) {
	t.Parallel()
	key := parseKey(t, testPrivate, testPublic)
	cp := translog.Checkpoint{Origin: "example.com/audit/acme", Size: 42, Root: translog.LeafHash(audit.Digest{1})}
	signed, err := translog.Sign(cp, key.signer)
	require.NoError(t, err)
	golden(t, "checkpoint.txt", signed)

	back, err := translog.Open(signed, key.verifier)
	require.NoError(t, err)
	require.Equal(t, cp, back)
}

func TestOpenNeedsTheRightSignature(t *testing.T) {
	t.Parallel()
	key, other := newKey(t, "example.com/acme"), newKey(t, "example.com/acme")
	cp := translog.Checkpoint{Origin: "example.com/acme", Size: 3}
	signed, err := translog.Sign(cp, key.signer)
	require.NoError(t, err)

	_, err = translog.Open(signed, other.verifier)
	require.ErrorIs(t, err, translog.ErrSignature)
	for _, forged := range []string{
		strings.Replace(string(signed), "\n3\n", "\n4\n", 1),
		strings.Replace(string(signed), "acme\n", "acme2\n", 1),
		cp.String(),
		"",
	} {
		_, err = translog.Open([]byte(forged), key.verifier)
		require.ErrorIs(t, err, translog.ErrSignature, forged)
	}
	_, err = translog.Open(append([]byte(strings.Repeat("x\n", 1<<16)), signed...), key.verifier)
	require.ErrorIs(t, err, translog.ErrCheckpoint)
	_, err = translog.Open(signed, nil)
	require.Error(t, err)
}

func TestOpenIgnoresCosignaturesAndExtensions(t *testing.T) {
	t.Parallel()
	log, witness := newKey(t, "example.com/acme"), newKey(t, "witness.example.org")
	cp := translog.Checkpoint{Origin: "example.com/acme", Size: 3}
	signed, err := note.Sign(&note.Note{Text: cp.String() + "an extension\n"}, log.signer, witness.signer)
	require.NoError(t, err)
	for _, v := range []translog.Verifier{log.verifier, witness.verifier} {
		back, err := translog.Open(signed, v)
		require.NoError(t, err)
		require.Equal(t, cp, back)
	}
}

func TestOpenRefusesWhatIsNoCheckpoint(t *testing.T) {
	t.Parallel()
	key := newKey(t, "example.com/acme")
	root := translog.Hash{}.String()
	for _, text := range []string{
		"\n",
		"origin\n1\n",
		"\n1\n" + root + "\n",
		"origin\n01\n" + root + "\n",
		"origin\n+1\n" + root + "\n",
		"origin\n-1\n" + root + "\n",
		"origin\n9223372036854775807\n" + root + "\n",
		"origin\n99999999999999999999\n" + root + "\n",
		"origin\n1\nAAAA\n",
		"origin\n1\n" + root + "\n\nextension\n",
	} {
		signed, err := note.Sign(&note.Note{Text: text}, key.signer)
		require.NoError(t, err)
		_, err = translog.Open(signed, key.verifier)
		require.ErrorIs(t, err, translog.ErrCheckpoint, "%q", text)
	}
}

// deadSigner is a key that cannot be reached.
type deadSigner struct{ translog.Signer }

var errUnreachable = errors.New("module is unreachable")

func (deadSigner) Sign([]byte) ([]byte, error) { return nil, errUnreachable }

func TestSignRefuses(t *testing.T) {
	t.Parallel()
	key := newKey(t, "example.com/acme")
	for _, cp := range []translog.Checkpoint{
		{Size: 1},
		{Origin: "two\nlines", Size: 1},
		{Origin: "example.com/acme", Size: -1},
		{Origin: "example.com/acme", Size: translog.MaxSize + 1},
	} {
		_, err := translog.Sign(cp, key.signer)
		require.ErrorIs(t, err, translog.ErrCheckpoint)
	}
	_, err := translog.Sign(translog.Checkpoint{Origin: "o"}, nil)
	require.Error(t, err)
	_, err = translog.Sign(translog.Checkpoint{Origin: "o"}, deadSigner{key.signer})
	require.ErrorIs(t, err, errUnreachable)
}

func TestKeysRefuseNonsense(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "two words", "a+b", "line\n"} {
		_, _, err := translog.GenerateKey(name)
		require.Error(t, err, name)
	}
	_, err := translog.NewSigner(testPublic)
	require.Error(t, err)
	_, err = translog.NewSigner(strings.Replace(testPrivate, "AYEK", "AYEL", 1))
	require.Error(t, err)
	require.NotContains(t, err.Error(), "AYEL", "an error shows no key")
	_, err = translog.NewVerifier(testPrivate)
	require.Error(t, err)
}

package translog

import (
	"crypto/rand"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
)

// Signer signs checkpoints. [NewSigner] makes one of a private key; a key that
// lives in a hardware module or a cloud service is used by implementing it.
type Signer interface {
	// Name is the name of the key: not empty, without spaces and plus signs.
	Name() string
	// KeyHash tells keys of one name apart. For an Ed25519 key it is defined in
	// https://c2sp.org/signed-note.
	KeyHash() uint32
	// Sign returns the signature of msg.
	Sign(msg []byte) ([]byte, error)
}

// Verifier checks the signatures of one key.
type Verifier interface {
	// Name and KeyHash are those of the key's Signer.
	Name() string
	KeyHash() uint32
	// Verify reports whether sig is the key's signature of msg.
	Verify(msg, sig []byte) bool
}

// GenerateKey makes an Ed25519 key. private goes to [NewSigner] and must be kept
// secret; public goes to [NewVerifier] and to whoever should check the log. Both
// are one line of text. The name is not empty and has no spaces or plus signs;
// the origin of the log serves well.
func GenerateKey(name string) (private, public string, err error) {
	private, public, err = note.GenerateKey(rand.Reader, name)
	if err != nil {
		return "", "", fmt.Errorf("translog: generate key: %w", err)
	}
	if _, err := note.NewVerifier(public); err != nil {
		return "", "", fmt.Errorf("translog: generate key: %q cannot be the name of a key", name)
	}
	return private, public, nil
}

// NewSigner returns the signer of a private key from [GenerateKey]. It is safe
// for concurrent use.
func NewSigner(private string) (Signer, error) {
	s, err := note.NewSigner(private)
	if err != nil {
		return nil, errors.New("translog: malformed private key") // says nothing of the key
	}
	return s, nil
}

// NewVerifier returns the verifier of a public key from [GenerateKey]. It is safe
// for concurrent use.
func NewVerifier(public string) (Verifier, error) {
	v, err := note.NewVerifier(public)
	if err != nil {
		return nil, fmt.Errorf("translog: malformed public key: %w", err)
	}
	return v, nil
}

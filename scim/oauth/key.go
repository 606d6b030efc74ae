package oauth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"slices"
)

// Algorithm is a way of signing assertions, by its name in RFC 7518 and RFC 8037.
type Algorithm string

// The algorithms.
const (
	// RS256 is RSASSA-PKCS1-v1_5 with SHA-256.
	RS256 Algorithm = "RS256"
	// PS256 is RSASSA-PSS with SHA-256.
	PS256 Algorithm = "PS256"
	// ES256 is ECDSA with P-256 and SHA-256.
	ES256 Algorithm = "ES256"
	// EdDSA is Ed25519.
	EdDSA Algorithm = "EdDSA"
)

// Key signs the assertions of a client. It is safe for concurrent use if its
// signer is, and prints as its identifier only.
type Key struct {
	// signer is a function since, in a struct of somebody else's, fmt can reach what
	// is in these fields without asking Format.
	signer    func() crypto.Signer
	id        string
	algorithm Algorithm
}

// NewKey returns a key that signs with signer, which may be in memory or in a
// module that never gives the key away. id is the "kid" by which the server knows
// the public key; it may be empty if the server knows only one. An empty algorithm
// means RS256, ES256 or EdDSA, as the public key permits. RSA keys must have 2048
// bits at least.
func NewKey(signer crypto.Signer, id string, algorithm Algorithm) (*Key, error) {
	if signer == nil {
		return nil, errors.New("oauth: key without a signer")
	}
	var permitted []Algorithm
	switch public := signer.Public().(type) {
	case *rsa.PublicKey:
		if bits := public.N.BitLen(); bits < 2048 {
			return nil, fmt.Errorf("oauth: RSA key of %d bits: want 2048 at least", bits)
		}
		permitted = []Algorithm{RS256, PS256}
	case *ecdsa.PublicKey:
		if public.Curve != elliptic.P256() {
			return nil, errors.New("oauth: ECDSA key: want one on the curve P-256")
		}
		permitted = []Algorithm{ES256}
	case ed25519.PublicKey:
		permitted = []Algorithm{EdDSA}
	default:
		return nil, fmt.Errorf("oauth: key of the type %T: want RSA, ECDSA or Ed25519", public)
	}
	if algorithm == "" {
		algorithm = permitted[0]
	}
	if !slices.Contains(permitted, algorithm) {
		return nil, fmt.Errorf("oauth: key is for %v, not for %q", permitted, algorithm)
	}
	return &Key{signer: func() crypto.Signer { return signer }, id: id, algorithm: algorithm}, nil
}

// String names the key without showing any of it.
func (k *Key) String() string {
	if k == nil {
		return "no key"
	}
	return "key " + k.id + " [redacted]"
}

// GoString is String.
func (k *Key) GoString() string { return k.String() }

// Format writes String for every verb: some would show what is inside.
func (k *Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// LogValue is String.
func (k *Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalJSON is String.
func (k *Key) MarshalJSON() ([]byte, error) { return json.Marshal(k.String()) }

// claims are those of RFC 7523, section 3.
type claims struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Audience string `json:"aud"`
	Issued   int64  `json:"iat"`
	Expires  int64  `json:"exp"`
	ID       string `json:"jti"`
}

// sign returns claims as a JSON Web Signature in compact form (RFC 7515).
func (k *Key) sign(claims claims) (string, error) {
	header, err := json.Marshal(struct {
		Algorithm Algorithm `json:"alg"`
		ID        string    `json:"kid,omitempty"`
		Type      string    `json:"typ"`
	}{k.algorithm, k.id, "JWT"})
	if err != nil {
		return "", err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	input := encode(header) + "." + encode(payload)

	var options crypto.SignerOpts = crypto.SHA256
	switch k.algorithm {
	case PS256:
		options = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
	case EdDSA:
		options = crypto.Hash(0)
	case RS256, ES256:
	}
	signature, err := crypto.SignMessage(k.signer(), rand.Reader, []byte(input), options)
	if err != nil {
		return "", fmt.Errorf("signing the assertion: %w", err)
	}
	if k.algorithm == ES256 {
		if signature, err = joined(signature); err != nil {
			return "", err
		}
	}
	return input + "." + encode(signature), nil
}

// joined turns an ECDSA signature from ASN.1, as signers make it, into the two
// numbers of 32 bytes that RFC 7518, section 3.4, wants.
func joined(signature []byte) ([]byte, error) {
	var pair struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(signature, &pair)
	if err != nil || len(rest) > 0 || pair.R.Sign() <= 0 || pair.S.Sign() <= 0 || pair.R.BitLen() > 256 || pair.S.BitLen() > 256 {
		return nil, errors.New("signing the assertion: the signer returned no ECDSA signature for P-256")
	}
	var out [64]byte
	pair.R.FillBytes(out[:32])
	pair.S.FillBytes(out[32:])
	return out[:], nil
}

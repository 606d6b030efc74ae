package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

// digestDomain keeps these digests apart from every other use of SHA-256. Its
// last part is the version of the construction.
const digestDomain = "joinery audit entry v1"

// Digest is what a tree and a [Witness] hold of an entry: 32 bytes that say
// nothing about its content without the salt. The zero value belongs to no entry.
type Digest [32]byte

// digestOf returns SHA-256 over domain, salt and body, each after its length in
// bytes as eight big-endian bytes, so that no two pairs of salt and body are
// hashed as the same bytes.
func digestOf(salt, body []byte) Digest {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(digestDomain), salt, body} {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		h.Write(length[:])
		h.Write(part)
	}
	return Digest(h.Sum(nil))
}

// String returns d as 64 lower-case hexadecimal digits.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText returns what String returns. It never fails.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 64 hexadecimal digits. It leaves d alone if it fails.
func (d *Digest) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(d)) {
		return fmt.Errorf("audit: a digest has 64 hexadecimal digits, not %d bytes", len(text))
	}
	var read Digest
	if _, err := hex.Decode(read[:], text); err != nil {
		return errors.New("audit: a digest has hexadecimal digits only")
	}
	*d = read
	return nil
}

package csvfile

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// meter counts and hashes the bytes of a file as they are read, up to a limit.
type meter struct {
	src  io.Reader
	left int64
	max  int64
	hash hash.Hash
}

func newMeter(src io.Reader, limit int64) *meter {
	return &meter{src: src, left: limit, max: limit, hash: sha256.New()}
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.src.Read(p)
	m.hash.Write(p[:n])
	if m.left -= int64(n); m.left < 0 {
		return 0, fmt.Errorf("larger than %d bytes: raise Config.MaxBytes if that is right", m.max)
	}
	return n, err
}

// sum returns the SHA-256 of what was read.
func (m *meter) sum() [sha256.Size]byte { return [sha256.Size]byte(m.hash.Sum(nil)) }

// decode returns the text of src in UTF-8, without its byte order mark.
func decode(src io.Reader, size int) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(src, size)
	head, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		_, err = in.Discard(3)
		return in, err
	case bytes.Equal(head, []byte{0xFF, 0xFE, 0, 0}), bytes.Equal(head, []byte{0, 0, 0xFE, 0xFF}):
		return nil, errors.New("encoded as UTF-32: save it as UTF-8")
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		order = binary.LittleEndian
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		order = binary.BigEndian
	case bytes.IndexByte(head, 0) >= 0:
		return nil, errors.New("neither UTF-8 nor UTF-16 with a byte order mark: save it as UTF-8")
	default:
		return in, nil
	}
	if _, err := in.Discard(2); err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(&utf16Reader{src: in, order: order}, size), nil
}

// utf16Reader turns UTF-16 into UTF-8. Half a letter becomes a byte that is no
// UTF-8, so that the cell it stands in is reported.
type utf16Reader struct {
	src   *bufio.Reader
	order binary.ByteOrder
	ready []byte // decoded and not yet read
}

const noUTF8 = 0xFF

func (r *utf16Reader) Read(p []byte) (int, error) {
	for len(r.ready) < len(p) {
		unit, err := r.src.Peek(2)
		if len(unit) < 2 {
			if len(unit) == 1 {
				_, _ = r.src.Discard(1)
				r.ready = append(r.ready, noUTF8)
			}
			if len(r.ready) > 0 {
				break
			}
			return 0, err
		}
		r.decodeOne(rune(r.order.Uint16(unit)))
	}
	n := copy(p, r.ready)
	r.ready = append(r.ready[:0], r.ready[n:]...)
	return n, nil
}

// decodeOne takes the letter that begins with unit from src, which has it peeked.
// Discards of what was peeked cannot fail.
func (r *utf16Reader) decodeOne(unit rune) {
	_, _ = r.src.Discard(2)
	if !utf16.IsSurrogate(unit) {
		r.ready = utf8.AppendRune(r.ready, unit)
		return
	}
	if second, _ := r.src.Peek(2); len(second) == 2 {
		if letter := utf16.DecodeRune(unit, rune(r.order.Uint16(second))); letter != utf8.RuneError {
			_, _ = r.src.Discard(2)
			r.ready = utf8.AppendRune(r.ready, letter)
			return
		}
	}
	r.ready = append(r.ready, noUTF8)
}

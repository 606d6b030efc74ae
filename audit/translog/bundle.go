package translog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/joinery-iam/joinery/audit"
)

// BundleVersion is the version of the format that [BundleWriter] writes and
// [Verify] reads.
const BundleVersion = 1

// maxLine is the longest line of a bundle in bytes, its newline included.
const maxLine = 1 << 20

// ErrBundle says that something is no bundle, or only part of one.
var ErrBundle = errors.New("malformed bundle")

// BundleHeader says what a bundle is an export of.
type BundleHeader struct {
	Tenant string
	Origin string // of the tenant's checkpoints
}

// header is the first line of a bundle.
type header struct {
	Version int    `json:"version"`
	Tenant  string `json:"tenant"`
	Origin  string `json:"origin"`
}

// line is a line of a bundle: one of its fields.
type line struct {
	Header     *header        `json:"joinery-audit-bundle,omitempty"`
	Checkpoint *string        `json:"checkpoint,omitempty"`
	Entry      *audit.Sealed  `json:"entry,omitempty"`
	Witness    *audit.Witness `json:"witness,omitempty"`
	End        *bool          `json:"end,omitempty"`
}

// parseLine reads a line strictly: what Verify does not know it cannot vouch for.
func parseLine(text []byte) (line, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var l line
	if err := decoder.Decode(&l); err != nil {
		return line{}, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return line{}, errors.New("something follows the JSON object")
	}
	fields := 0
	for _, has := range []bool{
		l.Header != nil, l.Checkpoint != nil, l.Entry != nil, l.Witness != nil, l.End != nil,
	} {
		if has {
			fields++
		}
	}
	if fields != 1 {
		return line{}, fmt.Errorf("%d fields instead of one", fields)
	}
	return l, nil
}

// BundleWriter writes a tenant's log as JSON lines, for [Verify] and for keeps.
// Each line is an object with one key:
//
//	{"joinery-audit-bundle":{"version":1,"tenant":"acme","origin":"example.com/audit/acme"}}
//	{"checkpoint":"example.com/audit/acme\n2\n…"}
//	{"entry":{"id":"…","digest":"…","salt":"…","body":{…},"leaf":0}}
//	{"witness":{"seq":1,"entry":"…","digest":"…"}}
//	{"end":true}
//
// Checkpoints come first, by size. Entries and witnesses follow; they may take
// turns in any way, and Verify needs the least memory if they do, so that an entry
// and its witness are not far apart. Entries are in the order of their leaf
// numbers, then those without one in the order of their ids; witnesses are in the
// order of their numbers. All of it has to be read from one state of the store.
//
// A BundleWriter does not judge what it writes, so that a damaged log can be
// exported and shown to be damaged. It is not safe for concurrent use. The first
// error of the writer below it is returned by every later call.
type BundleWriter struct {
	to      *bufio.Writer
	started bool // with entries or witnesses
	closed  bool
	err     error
}

// NewBundleWriter starts a bundle. [BundleWriter.Close] must be called in the end.
func NewBundleWriter(w io.Writer, h BundleHeader) (*BundleWriter, error) {
	b := &BundleWriter{to: bufio.NewWriterSize(w, 64<<10)}
	if err := b.write(line{Header: &header{Version: BundleVersion, Tenant: h.Tenant, Origin: h.Origin}}); err != nil {
		return nil, err
	}
	return b, nil
}

// Checkpoint writes a checkpoint that [Sign] signed. It fails after the first
// entry or witness.
func (b *BundleWriter) Checkpoint(signed []byte) error {
	if b.started {
		return errors.New("translog: bundle: checkpoints come before entries and witnesses")
	}
	text := string(signed)
	return b.write(line{Checkpoint: &text})
}

// Entry writes an entry. It fails if the entry is longer than a line may be.
func (b *BundleWriter) Entry(entry audit.Sealed) error {
	b.started = true
	return b.write(line{Entry: &entry})
}

// Witness writes a witness.
func (b *BundleWriter) Witness(witness audit.Witness) error {
	b.started = true
	return b.write(line{Witness: &witness})
}

// Close writes the last line, without which a bundle counts as cut off, and
// flushes. It does not close the writer below.
func (b *BundleWriter) Close() error {
	end := true
	if err := b.write(line{End: &end}); err != nil {
		return err
	}
	b.closed = true
	b.err = b.to.Flush()
	return b.err
}

func (b *BundleWriter) write(l line) error {
	if b.err != nil {
		return b.err
	}
	if b.closed {
		return errors.New("translog: bundle: it is closed")
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // a body keeps its exact bytes
	if err := encoder.Encode(l); err != nil {
		return fmt.Errorf("translog: bundle: %w", err)
	}
	if text.Len() > maxLine {
		return fmt.Errorf("translog: bundle: a line of %d bytes is longer than %d", text.Len(), maxLine)
	}
	_, b.err = b.to.Write(text.Bytes())
	return b.err
}

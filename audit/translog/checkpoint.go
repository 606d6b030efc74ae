package translog

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// maxNote is the largest signed checkpoint in bytes that Open reads.
const maxNote = 64 << 10

var (
	// ErrCheckpoint says that a text is no checkpoint.
	ErrCheckpoint = errors.New("malformed checkpoint")
	// ErrSignature says that a checkpoint has no valid signature of the given key.
	ErrSignature = errors.New("no valid signature")
)

// Checkpoint says what a log was at some time: its first Size leaves have Root.
type Checkpoint struct {
	// Origin names the log and never changes: a URL without its scheme, such as
	// "example.com/audit/acme". It is one line and not empty.
	Origin string
	Size   int64
	Root   Hash
}

// String returns the text that is signed: three lines, the origin, the size in
// decimal and the root in base64, each ending in a newline.
func (c Checkpoint) String() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

func (c Checkpoint) check() error {
	switch {
	case c.Origin == "" || strings.ContainsFunc(c.Origin, func(r rune) bool { return r < ' ' || r == '\uFFFD' }):
		return fmt.Errorf("%w: the origin must be one line of text", ErrCheckpoint)
	case checkSize(c.Size) != nil:
		return fmt.Errorf("%w: a tree has no size %d", ErrCheckpoint, c.Size)
	}
	return nil
}

// Sign returns the checkpoint as a signed note: its text, an empty line and a
// line with the signature.
func Sign(cp Checkpoint, s Signer) ([]byte, error) {
	if s == nil {
		return nil, errors.New("translog: sign checkpoint: no signer given")
	}
	if err := cp.check(); err != nil {
		return nil, fmt.Errorf("translog: sign: %w", err)
	}
	signed, err := note.Sign(&note.Note{Text: cp.String()}, s)
	if err != nil {
		return nil, fmt.Errorf("translog: sign checkpoint: %w", err)
	}
	return signed, nil
}

// Open returns the checkpoint in a signed note, after checking that v's key
// signed it. Signatures of other keys are ignored, and so are the extension lines
// that the format allows after the root. Errors wrap [ErrSignature] or
// [ErrCheckpoint].
func Open(signed []byte, v Verifier) (Checkpoint, error) {
	if v == nil {
		return Checkpoint{}, errors.New("translog: open checkpoint: no verifier given")
	}
	return openAny(signed, []Verifier{v})
}

// openAny is Open for a note that one of several keys signed.
func openAny(signed []byte, keys []Verifier) (Checkpoint, error) {
	if len(signed) > maxNote {
		return Checkpoint{}, fmt.Errorf("translog: open: %w: longer than %d bytes", ErrCheckpoint, maxNote)
	}
	known := make([]note.Verifier, len(keys))
	for i, v := range keys {
		known[i] = v
	}
	opened, err := note.Open(signed, note.VerifierList(known...))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("translog: open checkpoint: %w: %w", ErrSignature, err)
	}
	cp, err := parseCheckpoint(opened.Text)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("translog: open: %w", err)
	}
	return cp, nil
}

func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 3 {
		return Checkpoint{}, fmt.Errorf("%w: fewer than three lines", ErrCheckpoint)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("%w: the size is no plain number", ErrCheckpoint)
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: the root is no hash", ErrCheckpoint)
	}
	if slices.Contains(lines[3:], "") {
		return Checkpoint{}, fmt.Errorf("%w: an empty extension line", ErrCheckpoint)
	}
	cp := Checkpoint{Origin: lines[0], Size: size, Root: Hash(root)}
	return cp, cp.check()
}

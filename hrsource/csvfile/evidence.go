package csvfile

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/joinery-iam/joinery/hrsource"
)

// done is what a done file says.
type done struct {
	name string
	rows int
	sum  []byte // nil if it tells none
	err  error  // why it says nothing
}

// readDone reads the done file if the evidence is of that kind.
func (cfg Config) readDone() done {
	if cfg.Evidence != DoneFile {
		return done{}
	}
	d := done{name: "the done file"}
	open := cfg.Done
	if open == nil {
		d.name = filepath.Base(cfg.Path) + ".done"
		open = func() (io.ReadCloser, error) { return os.Open(cfg.Path + ".done") }
	}
	in, err := open()
	if errors.Is(err, fs.ErrNotExist) {
		d.err = errors.New("missing")
		return d
	}
	if err != nil {
		d.err = err
		return d
	}
	text, err := io.ReadAll(io.LimitReader(in, 4<<10))
	if err = errors.Join(err, in.Close()); err != nil {
		d.err = err
		return d
	}
	d.err = d.parse(string(text))
	return d
}

// parse reads "120", "120 <sha256>" or "rows=120 sha256=…".
func (d *done) parse(text string) error {
	counted := false
	words := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:=\ufeff", r) })
	for _, word := range words {
		switch n, err := strconv.Atoi(word); {
		case strings.EqualFold(word, "rows"), strings.EqualFold(word, "count"), strings.EqualFold(word, "sha256"):
		case err == nil && n >= 0 && !counted && len(word) < 20:
			d.rows, counted = n, true
		case len(word) == hex.EncodedLen(32) && d.sum == nil:
			if d.sum, err = hex.DecodeString(word); err != nil {
				return fmt.Errorf("%q is no SHA-256", word)
			}
		default:
			return fmt.Errorf("%q is neither a number of rows nor a SHA-256", shorten(word, maxValue))
		}
	}
	if !counted {
		return errors.New("no number of rows")
	}
	return nil
}

// trailer is what the last row says.
type trailer struct {
	line   int // 0 if there is none
	rows   int
	err    error
	passed bool // rows follow it
}

// read takes the number of rows from a trailer such as `#rows,120,,` or
// `"TRAILER";"120"`.
func (t *trailer) read(r row, mark string) {
	*t = trailer{line: r.line}
	rest := strings.TrimPrefix(strings.ReplaceAll(r.raw, `"`, ""), strings.ReplaceAll(mark, `"`, ""))
	words := strings.FieldsFunc(rest, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune(",;:=|", c) })
	if len(words) == 1 {
		if n, err := strconv.Atoi(words[0]); err == nil && n >= 0 {
			t.rows = n
			return
		}
	}
	t.err = fmt.Errorf("line %d: trailer %q: want %s and a number of rows", r.line, shorten(r.raw, maxValue), mark)
}

// prove says whether the file that was read is whole.
func (r *reading) prove(d done, yielded int) hrsource.Proof {
	basis, err := r.evidence(d)
	if err == nil && r.keyless > 0 {
		// Whoever seems to be missing may be in one of them.
		err = fmt.Errorf("%d rows without an id that could be read, line %d first", r.keyless, r.lost)
	}
	if err != nil {
		return hrsource.Proof{Basis: r.file + ": not known to be complete: " + err.Error()}
	}
	return hrsource.Proof{Complete: true, Count: yielded, Basis: basis}
}

// evidence checks the number of rows. The error says why they prove nothing.
func (r *reading) evidence(d done) (basis string, err error) {
	switch r.cfg.Evidence {
	case DoneFile:
		switch {
		case d.err != nil:
			return "", fmt.Errorf("%s: %w", d.name, d.err)
		case d.rows != r.total:
			return "", fmt.Errorf("%s says %d rows, there are %d", d.name, d.rows, r.total)
		case d.sum != nil && !bytes.Equal(d.sum, r.sum[:]):
			return "", fmt.Errorf("%s has another SHA-256 than the file", d.name)
		case d.sum != nil:
			return fmt.Sprintf("%s: %d rows and SHA-256", d.name, d.rows), nil
		}
		return fmt.Sprintf("%s: %d rows", d.name, d.rows), nil
	case Trailer:
		switch t := r.trailer; {
		case t.line == 0:
			return "", fmt.Errorf("no trailer %s at the end", r.cfg.Trailer)
		case t.err != nil:
			return "", t.err
		case t.passed:
			return "", fmt.Errorf("rows follow the trailer in line %d", t.line)
		case t.rows != r.total:
			return "", fmt.Errorf("the trailer says %d rows, there are %d", t.rows, r.total)
		}
		return fmt.Sprintf("%s: trailer of %d rows", r.file, r.total), nil
	default:
		return "", errors.New("no evidence is configured")
	}
}

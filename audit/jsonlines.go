package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Record is one line that [JSONLines] writes: an entry and whose it is. As JSON
// it is one flat object with the keys tenant, id, digest, salt, body and leaf;
// salt and body are absent from an erased entry.
type Record struct {
	Tenant string `json:"tenant"`
	Sealed
}

// JSONLines is a [Sink] that writes one [Record] on each line, in UTF-8, each
// line ending in a newline. What it wrote is out of reach for a later erasure, so
// whoever keeps such a file has to erase there too.
//
// A batch that fails comes again as a whole, so entries can be there twice: a
// reader keeps the first of each leaf number. It is not safe for concurrent use,
// which a Sink need not be.
type JSONLines struct {
	name string
	to   io.Writer
	file *os.File // nil if to is not ours
	end  int64    // of the file's last whole batch
	torn bool     // to may end in the middle of a line
}

var _ Sink = (*JSONLines)(nil)

// NewJSONLines returns a sink that writes to w. The name is that of the sink's
// cursor. An entry counts as kept once w took it: if that is not enough, because
// w buffers, use [OpenJSONLines]. After a failed write the next batch starts on a
// line of its own.
func NewJSONLines(w io.Writer, name string) *JSONLines {
	return &JSONLines{name: name, to: w}
}

// OpenJSONLines returns a sink that appends to the file at path, which it makes
// with mode 0600 if there is none. Each batch is synced to disk before Write
// returns. What a crash left of an unfinished last line is cut off; the engine
// sends that entry again. The sink's name is "jsonlines:" and the path as given,
// so a new path starts with the first entry of the log.
//
// One process at a time may have the file open. Close it in the end.
func OpenJSONLines(path string) (*JSONLines, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	s := &JSONLines{name: "jsonlines:" + path, to: file, file: file}
	if err := s.repair(path); err != nil {
		return nil, fmt.Errorf("audit: open %s: %w", path, errors.Join(err, file.Close()))
	}
	return s, nil
}

// repair cuts off an unfinished last line and makes file and directory durable.
func (s *JSONLines) repair(path string) error {
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("not a regular file")
	}
	if s.end, err = lastLine(s.file, info.Size()); err != nil {
		return err
	}
	if err := s.rewind(); err != nil {
		return err
	}
	if err := s.file.Sync(); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	// A new file is lost in a power cut if its directory was not synced. Systems
	// that cannot sync a directory need not be told.
	_ = dir.Sync()
	return dir.Close()
}

// rewind cuts the file after its last whole batch.
func (s *JSONLines) rewind() error {
	if err := s.file.Truncate(s.end); err != nil {
		return err
	}
	_, err := s.file.Seek(s.end, io.SeekStart)
	return err
}

// lastLine returns the offset after the last newline in the first size bytes.
func lastLine(r io.ReaderAt, size int64) (int64, error) {
	block := make([]byte, 64<<10)
	for size > 0 {
		n := min(size, int64(len(block)))
		if _, err := r.ReadAt(block[:n], size-n); err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if i := bytes.LastIndexByte(block[:n], '\n'); i >= 0 {
			return size - n + int64(i) + 1, nil
		}
		size -= n
	}
	return 0, nil
}

// Name implements [Sink].
func (s *JSONLines) Name() string { return s.name }

// Write implements [Sink]. It writes all entries or, as far as it can tell, none.
func (s *JSONLines) Write(ctx context.Context, tenant string, entries []Sealed) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("audit: write: %w", err)
	}
	if len(entries) == 0 {
		return nil
	}
	var lines bytes.Buffer
	if s.torn && s.file == nil {
		lines.WriteByte('\n')
	}
	encoder := json.NewEncoder(&lines)
	encoder.SetEscapeHTML(false) // a body keeps its exact bytes
	for _, e := range entries {
		if err := encoder.Encode(Record{Tenant: tenant, Sealed: e}); err != nil {
			return fmt.Errorf("audit: write entry %q: %w", e.ID, err)
		}
	}
	if err := s.write(lines.Bytes()); err != nil {
		return fmt.Errorf("audit: write %d entries: %w", len(entries), err)
	}
	return nil
}

func (s *JSONLines) write(lines []byte) error {
	if s.torn && s.file != nil {
		if err := s.rewind(); err != nil {
			return err
		}
	}
	s.torn = true
	n, err := s.to.Write(lines)
	if err == nil && n < len(lines) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return err
	}
	if s.file != nil {
		if err := s.file.Sync(); err != nil {
			return err
		}
		s.end += int64(len(lines))
	}
	s.torn = false
	return nil
}

// Close closes the file of [OpenJSONLines]. It does nothing for a sink that
// [NewJSONLines] made.
func (s *JSONLines) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

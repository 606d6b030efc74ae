package audit

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// fullDisk takes a few bytes and then has no room.
type fullDisk struct{ file *os.File }

var errNoSpace = errors.New("no space left")

func (d fullDisk) Write(p []byte) (int, error) {
	n, _ := d.file.Write(p[:len(p)/3])
	return n, errNoSpace
}

// shortWriter breaks the promise of io.Writer.
type shortWriter struct{}

func (shortWriter) Write(p []byte) (int, error) { return len(p) - 1, nil }

func TestFileHasWholeLinesAfterAFullDisk(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	sink, err := OpenJSONLines(path)
	require.NoError(t, err)
	var batch []Sealed
	for _, id := range []string{"e0", "e1", "e2"} {
		s, err := Entry{ID: id}.Seal()
		require.NoError(t, err)
		batch = append(batch, s)
	}
	require.NoError(t, sink.Write(t.Context(), "acme", batch[:1]))

	disk := sink.to
	sink.to = fullDisk{sink.file}
	for range 3 {
		require.ErrorIs(t, sink.Write(t.Context(), "acme", batch[1:2]), errNoSpace)
	}
	sink.to = disk
	require.NoError(t, sink.Write(t.Context(), "acme", batch[1:]))
	require.NoError(t, sink.Close())
	require.Error(t, sink.Write(t.Context(), "acme", batch), "a closed file")
	require.Error(t, sink.Write(t.Context(), "acme", batch), "and still")

	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	var kept []Sealed
	for record, err := range ReadJSONLines(file) {
		require.NoError(t, err, "no torn line is left")
		kept = append(kept, record.Sealed)
	}
	require.Equal(t, batch, kept)
}

func TestShortWritesAreErrors(t *testing.T) {
	t.Parallel()
	s, err := Entry{ID: "e0"}.Seal()
	require.NoError(t, err)
	sink := NewJSONLines(shortWriter{}, "export")
	require.ErrorIs(t, sink.Write(t.Context(), "acme", []Sealed{s}), io.ErrShortWrite)
}

// A body that was never sealed by this package can still have the right digest.
func TestCheckNeedsAnObject(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`[]`, `{`, `"e0"`, `{"id":7}`, `{}`} {
		s := Sealed{ID: "e0", Salt: []byte("salt"), Body: []byte(body)}
		s.Digest = digestOf(s.Salt, s.Body)
		require.ErrorIs(t, s.Check(), ErrMismatch, body)
	}
	s := Sealed{ID: "e0", Salt: []byte("salt"), Body: []byte(`{"id":"e0","at":"noon","later":1}`)}
	s.Digest = digestOf(s.Salt, s.Body)
	require.NoError(t, s.Check())
	_, err := s.Entry()
	require.Error(t, err)
}

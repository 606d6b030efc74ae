package audit_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/audittest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// flakyWriter writes half of every other batch and then fails.
type flakyWriter struct {
	bytes.Buffer
	calls int
}

func (w *flakyWriter) Write(p []byte) (int, error) {
	if w.calls++; w.calls%2 == 1 {
		n, _ := w.Buffer.Write(p[:len(p)/2])
		return n, errors.New("disk full")
	}
	return w.Buffer.Write(p)
}

// readWhole returns the entries of all whole lines.
func readWhole(r io.Reader) []audit.Sealed {
	var kept []audit.Sealed
	for record, err := range audit.ReadJSONLines(r) {
		if err == nil {
			kept = append(kept, record.Sealed)
		}
	}
	return kept
}

func TestJSONLinesToAWriter(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	audittest.RunSink(t,
		func(*testing.T) audit.Sink {
			out.Reset()
			return audit.NewJSONLines(&out, "export")
		},
		func(*testing.T, audit.Sink) []audit.Sealed { return readWhole(&out) },
	)
}

func TestJSONLinesToAFailingWriter(t *testing.T) {
	t.Parallel()
	var out *flakyWriter
	audittest.RunSink(t,
		func(*testing.T) audit.Sink {
			out = &flakyWriter{}
			return audit.NewJSONLines(out, "export")
		},
		func(*testing.T, audit.Sink) []audit.Sealed { return readWhole(out) },
	)
}

func TestJSONLinesToAFile(t *testing.T) {
	t.Parallel()
	var path string
	audittest.RunSink(t,
		func(t *testing.T) audit.Sink {
			path = filepath.Join(t.TempDir(), "audit.jsonl")
			sink, err := audit.OpenJSONLines(path)
			require.NoError(t, err)
			t.Cleanup(func() { _ = sink.Close() })
			return sink
		},
		func(t *testing.T, _ audit.Sink) []audit.Sealed {
			file, err := os.Open(path)
			require.NoError(t, err)
			defer file.Close()
			return readWhole(file)
		},
	)
}

func TestOpenJSONLinesCutsATornLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	entries := []audit.Sealed{seal(t, entry("e0")), seal(t, entry("e1")), seal(t, entry("e2"))}
	for i := range entries {
		entries[i].Leaf = int64(i)
	}
	whole := filepath.Join(dir, "whole.jsonl")
	sink, err := audit.OpenJSONLines(whole)
	require.NoError(t, err)
	require.NoError(t, sink.Write(t.Context(), "acme", entries[:2]))
	require.NoError(t, sink.Close())
	text, err := os.ReadFile(whole)
	require.NoError(t, err)

	first := bytes.IndexByte(text, '\n') + 1
	for _, size := range []int{0, 1, first - 1, first, first + 1, len(text) - 1, len(text)} {
		path := filepath.Join(dir, "torn.jsonl")
		require.NoError(t, os.WriteFile(path, text[:size], 0o600))
		sink, err := audit.OpenJSONLines(path)
		require.NoError(t, err)
		require.Equal(t, "jsonlines:"+path, sink.Name())
		left, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Len(t, left, bytes.LastIndexByte(text[:size], '\n')+1)

		require.NoError(t, sink.Write(t.Context(), "acme", entries))
		require.NoError(t, sink.Close())
		file, err := os.Open(path)
		require.NoError(t, err)
		kept := readWhole(file)
		require.NoError(t, file.Close())
		require.Equal(t, entries, kept[len(kept)-3:])
	}
}

func TestOpenJSONLinesFindsTheLastLineOfALargeFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	kept := strings.Repeat("x", 100_000) + "\n"
	require.NoError(t, os.WriteFile(path, []byte(kept+strings.Repeat("y", 200_000)), 0o600))
	sink, err := audit.OpenJSONLines(path)
	require.NoError(t, err)
	require.NoError(t, sink.Close())
	left, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, kept, string(left))
}

func TestOpenJSONLinesRefusesADirectory(t *testing.T) {
	t.Parallel()
	_, err := audit.OpenJSONLines(t.TempDir())
	require.Error(t, err)
}

func TestJSONLinesFormat(t *testing.T) {
	t.Parallel()
	sealed := audit.Sealed{
		ID:     "01h8",
		Digest: audit.Digest{0xab, 0xcd},
		Salt:   []byte("0123456789abcdef"),
		Body:   []byte(`{"id":"01h8","tenant":"acme","at":"2026-03-01T09:00:00Z","event":"fact","note":"<é>"}`),
		Leaf:   7,
	}
	erased := audit.Sealed{ID: "01h9", Digest: audit.Digest{1}, Leaf: 8}
	var out bytes.Buffer
	sink := audit.NewJSONLines(&out, "export")
	require.NoError(t, sink.Write(t.Context(), "acme", []audit.Sealed{sealed, erased}))
	require.NoError(t, sink.Write(t.Context(), "acme", nil))
	require.NoError(t, sink.Close())

	golden := filepath.Join("testdata", "records.jsonl")
	if *update {
		require.NoError(t, os.WriteFile(golden, out.Bytes(), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), out.String())
}

func TestJSONLinesWritesNothingOfABadBatch(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	sink := audit.NewJSONLines(&out, "export")
	bad := seal(t, entry("e1"))
	bad.Body = []byte("{")
	require.Error(t, sink.Write(t.Context(), "acme", []audit.Sealed{seal(t, entry("e0")), bad}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, sink.Write(ctx, "acme", []audit.Sealed{seal(t, entry("e0"))}), context.Canceled)
	require.Empty(t, out.Bytes())
}

func TestReadJSONLinesNamesBadLines(t *testing.T) {
	t.Parallel()
	good := `{"tenant":"acme","id":"e1","digest":"` + strings.Repeat("0", 64) + `","leaf":0}` + "\n"
	read := func(text string) (ids []string, problems []string) {
		for record, err := range audit.ReadJSONLines(strings.NewReader(text)) {
			if err != nil {
				problems = append(problems, err.Error())
				continue
			}
			ids = append(ids, record.ID)
		}
		return ids, problems
	}
	ids, problems := read(good + "\n" + "{\"tenant\":\n" + "null\n" + good + good[:20])
	require.Equal(t, []string{"e1", "e1"}, ids)
	require.Len(t, problems, 2)
	require.Contains(t, problems[0], "line 3 ")
	require.Contains(t, problems[1], "line 4 ")

	_, problems = read(strings.Repeat("x", 2<<20))
	require.Len(t, problems, 1, "an endless line ends the sequence")

	for _, err := range audit.ReadJSONLines(io.MultiReader(strings.NewReader(good), failingReader{})) {
		if err != nil {
			require.ErrorIs(t, err, io.ErrClosedPipe)
		}
	}
	for range audit.ReadJSONLines(strings.NewReader("{\n{\n" + good)) {
		break // neither an error nor a record need be the last
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

func FuzzReadJSONLines(f *testing.F) {
	f.Add([]byte(`{"tenant":"acme","id":"e1","leaf":0}` + "\n{}\n"))
	f.Add([]byte("\n\nnull\n[]\n{\"salt\":\"AA\"}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		lines := bytes.Count(text, []byte("\n"))
		for record, err := range audit.ReadJSONLines(bytes.NewReader(text)) {
			if lines--; lines < 0 {
				t.Fatal("more records than lines")
			}
			if err == nil && record.ID == "" {
				t.Fatal("a record without an id")
			}
			if err == nil && !record.Erased() && record.Check() == nil && len(record.Body) == 0 {
				t.Fatal("an empty body was accepted")
			}
		}
	})
}

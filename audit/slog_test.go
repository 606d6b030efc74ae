package audit_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/audittest"
)

// recorder keeps what a logger gives it and, if flaky, fails twice.
type recorder struct {
	records []slog.Record
	flaky   bool
	calls   int
}

func (r *recorder) Enabled(context.Context, slog.Level) bool { return true }
func (r *recorder) WithAttrs([]slog.Attr) slog.Handler       { return r }
func (r *recorder) WithGroup(string) slog.Handler            { return r }

func (r *recorder) Handle(_ context.Context, record slog.Record) error {
	if r.calls++; r.flaky && (r.calls == 3 || r.calls == 700) {
		return errors.New("collector is down")
	}
	r.records = append(r.records, record.Clone())
	return nil
}

func attrs(record slog.Record) map[string]string {
	values := map[string]string{}
	record.Attrs(func(a slog.Attr) bool {
		values[a.Key] = a.Value.String()
		return true
	})
	return values
}

func (r *recorder) kept(t *testing.T) []audit.Sealed {
	var kept []audit.Sealed
	for _, record := range r.records {
		var s audit.Sealed
		record.Attrs(func(a slog.Attr) bool {
			switch a.Key {
			case "id":
				s.ID = a.Value.String()
			case "leaf":
				s.Leaf = a.Value.Int64()
			case "digest":
				require.NoError(t, s.Digest.UnmarshalText([]byte(a.Value.String())))
			}
			return true
		})
		kept = append(kept, s)
	}
	return kept
}

func TestSlog(t *testing.T) {
	t.Parallel()
	for name, flaky := range map[string]bool{"reliable": false, "flaky": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var handler *recorder
			audittest.RunSink(t,
				func(*testing.T) audit.Sink {
					handler = &recorder{flaky: flaky}
					return audit.NewSlog(slog.New(handler))
				},
				func(t *testing.T, _ audit.Sink) []audit.Sealed { return handler.kept(t) },
			)
		})
	}
}

func TestSlogTellsTheStory(t *testing.T) {
	t.Parallel()
	whole, erased, damaged := seal(t, entry("e0")), seal(t, entry("e1")), seal(t, entry("e2"))
	erased.Salt, erased.Body = nil, nil
	damaged.Digest[0] ^= 1
	handler := &recorder{}
	require.NoError(t, audit.NewSlog(slog.New(handler)).Write(t.Context(), "acme", []audit.Sealed{whole, erased, damaged}))

	require.Equal(t, map[string]string{
		"tenant": "acme", "leaf": "-1", "id": "e0", "digest": whole.Digest.String(),
		"event": "outcome", "person": "p1", "system": "directory", "op": "disable",
		"trigger": "worker 1007 changed", "outcome": "applied", "attempt": "2",
	}, attrs(handler.records[0]), "before, after, reasons and salt stay out")
	require.Equal(t, slog.LevelInfo, handler.records[0].Level)
	require.True(t, entry("e0").At.Equal(handler.records[0].Time))

	require.Equal(t, map[string]string{
		"tenant": "acme", "leaf": "-1", "id": "e1", "digest": erased.Digest.String(), "erased": "true",
	}, attrs(handler.records[1]))

	require.Equal(t, slog.LevelError, handler.records[2].Level)
	require.Contains(t, attrs(handler.records[2])["damaged"], "does not match")
}

func TestSlogWithoutALogger(t *testing.T) {
	t.Parallel()
	require.NoError(t, audit.NewSlog(nil).Write(t.Context(), "acme", []audit.Sealed{seal(t, entry("e0"))}))
	quiet := slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelError + 1}))
	require.NoError(t, audit.NewSlog(quiet).Write(t.Context(), "acme", []audit.Sealed{seal(t, entry("e0"))}))
}

package audit

import (
	"context"
	"log/slog"
)

// Slog is a [Sink] that writes one log record for each entry: what happened to
// whom, where, why and how it ended, with the entry's id, leaf and digest, by
// which the full entry can be found in the log. Before, After and Reasons stay
// out of it, because logs are read by more people and kept for longer than an
// audit log, and erasure does not reach them; so does the salt.
type Slog struct {
	logger *slog.Logger
}

var _ Sink = (*Slog)(nil)

// NewSlog returns a sink that writes to logger, or to nothing if that is nil. Its
// records have the level Info, the message "audit" and the entry's own time; an
// entry that does not match its digest is logged with the level Error and without
// its fields. What the logger's handler is set to drop counts as written.
func NewSlog(logger *slog.Logger) *Slog {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &Slog{logger: logger}
}

// Name implements [Sink]; it is "slog".
func (s *Slog) Name() string { return "slog" }

// Write implements [Sink]. It returns the first error of the logger's handler.
func (s *Slog) Write(ctx context.Context, tenant string, entries []Sealed) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	// A logger hides its handler's errors, and with them what was not kept.
	handler := s.logger.Handler()
	for _, sealed := range entries {
		record := logRecord(tenant, sealed)
		if !handler.Enabled(ctx, record.Level) {
			continue
		}
		if err := handler.Handle(ctx, record); err != nil {
			return err
		}
	}
	return nil
}

func logRecord(tenant string, sealed Sealed) slog.Record {
	entry, err := sealed.Entry()
	record := slog.NewRecord(entry.At, slog.LevelInfo, "audit", 0)
	record.AddAttrs(
		slog.String("tenant", tenant),
		slog.Int64("leaf", sealed.Leaf),
		slog.String("id", sealed.ID),
		slog.String("digest", sealed.Digest.String()),
	)
	if sealed.Erased() {
		record.AddAttrs(slog.Bool("erased", true))
		return record
	}
	if err != nil {
		// A damaged entry must not dam up all that follow it, nor go unseen.
		record.Level = slog.LevelError
		record.AddAttrs(slog.String("damaged", err.Error()))
		return record
	}
	for _, field := range []slog.Attr{
		slog.String("event", string(entry.Event)),
		slog.String("person", entry.Person),
		slog.String("system", entry.System),
		slog.String("op", entry.Operation),
		slog.String("entitlement", entry.Entitlement),
		slog.String("account", entry.Account),
		slog.String("trigger", entry.Trigger.Event),
		slog.String("policy", entry.Policy),
		slog.String("actor", entry.Actor),
		slog.String("note", entry.Note),
		slog.String("key", entry.Key),
		slog.String("outcome", entry.Outcome),
		slog.String("error", entry.Error),
		slog.String("run", entry.Run),
		slog.String("case", entry.Case),
	} {
		if field.Value.String() != "" {
			record.AddAttrs(field)
		}
	}
	if entry.Attempt > 0 {
		record.AddAttrs(slog.Int("attempt", entry.Attempt))
	}
	return record
}

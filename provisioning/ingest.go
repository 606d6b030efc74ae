package provisioning

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Ingest takes over what a host tells of some workers, outside any read. It
// concludes nothing about others. It returns the run. All of it is taken over,
// or none.
//
// A record may name the fields that it tells of ([hrsource.Record.Fields]): an order to
// lock somebody out at once is a worker with AccessEnd, under the key that the source
// uses, and Fields of "accessEnd" alone. A read of the source corrects what was told
// here if the source masters the field, and leaves the rest alone. Of a worker who was
// not known before, nothing else is known then.
func (t *Tenant) Ingest(ctx context.Context, records ...hrsource.Record) (run string, err error) {
	err = t.backend.Update(ctx, t.id, func(tx state.Tx) error {
		run, err = t.ingest(tx, records)
		return err
	})
	t.tell()
	return run, err
}

// IngestTx is [Tenant.Ingest] inside a transaction of the host's own, on the
// database of the engine's store: the facts are there if, and as soon as, the
// host commits. The host must not hold the transaction open longer than needed.
func (t *Tenant) IngestTx(ctx context.Context, tx *sql.Tx, records ...hrsource.Record) (run string, err error) {
	joined, err := t.backend.Join(ctx, tx, t.id)
	if err != nil {
		return "", err
	}
	return t.ingest(joined, records)
}

func (t *Tenant) ingest(tx state.Tx, records []hrsource.Record) (string, error) {
	run, err := t.openRun(tx, "ingest", "host", state.RunDeciding)
	if err != nil {
		return "", err
	}
	for _, rec := range records {
		if rec.Worker.Key.Source == "" || rec.Worker.Key.ID == "" {
			return "", fmt.Errorf("worker %q: its key needs a source and an id", rec.Worker.Key)
		}
		outcome, err := t.take(tx, run, rec)
		if err != nil {
			return "", err
		}
		run.Records++
		if outcome.changed {
			run.Changed++
		}
		if outcome.quarantined != "" {
			run.Problems++
		}
	}
	return run.ID, tx.PutRun(run)
}

// taken says what became of a record: whether it brought new facts, and the
// subject of the case that was opened about what could not be understood.
type taken struct {
	changed     bool
	quarantined string
}

// take takes one record over: what was understood becomes a fact, the rest goes
// to quarantine.
func (t *Tenant) take(tx state.Tx, run state.Run, rec hrsource.Record) (taken, error) {
	w := rec.Worker
	row, err := tx.Worker(w.Key.Source, w.Key.ID)
	known := err == nil
	if err != nil && !errors.Is(err, state.ErrNotFound) {
		return taken{}, err
	}
	var last *hrsource.Worker
	if known {
		last = new(hrsource.Worker)
		if err := json.Unmarshal(row.Body, last); err != nil {
			return taken{}, fmt.Errorf("worker %s: %w", w.Key, err)
		}
	}
	var out taken
	// Others may tell some things of whom the source does not have, or has in a bad record.
	there := rec.Fields == nil || run.Kind == runRead
	problems := rec.Problems
	if _, err := w.Zone(t.cfg.Zone); err != nil && !slices.ContainsFunc(problems, func(p hrsource.Problem) bool { return p.Field == "timezone" }) {
		problems = append(slices.Clone(problems), hrsource.Problem{Field: "timezone", Value: w.Timezone, Want: "an IANA name such as Europe/Berlin"})
	}
	if len(problems) > 0 {
		whole := w.Key.ID == "" || !known || slices.ContainsFunc(problems, func(p hrsource.Problem) bool { return p.Field == "" })
		if out.quarantined, err = t.quarantine(tx, run, rec, problems, whole); err != nil {
			return out, err
		}
		if whole && known && !row.MissingSince.IsZero() && row.Person != "" {
			row.MissingSince = time.Time{} // it is there, whatever it says
			if err := tx.PutWorker(row); err != nil {
				return out, err
			}
			return out, t.touch(tx, row.Person, run.ID, fmt.Sprintf("worker %s is there again", w.Key), false)
		}
		if whole {
			return out, nil
		}
		fields := make([]string, len(problems))
		for i, p := range problems {
			fields[i] = p.Field
		}
		rec.Worker = w.Keep(*last, fields...)
	} else if there {
		if err := t.close(tx, CaseQuarantine, w.Key.String(), "a later record was understood"); err != nil {
			return taken{}, err
		}
	}
	if w = rec.Over(hrsource.Worker{}, hrsource.Date{}); known {
		w = t.over(rec, *last)
	}
	digest := w.Digest()
	if known && string(digest[:]) == string(row.Digest) && (row.MissingSince.IsZero() || !there) {
		return out, nil
	}
	row.Source, row.ID = w.Key.Source, w.Key.ID
	if there {
		row.MissingSince = time.Time{}
	}
	if err := t.record(tx, run, row, w, last); err != nil {
		return taken{}, err
	}
	out.changed = true
	return out, nil
}

// over returns what is known of a worker once a record is told, which is of today alone
// where its source tells of no more.
func (t *Tenant) over(rec hrsource.Record, last hrsource.Worker) hrsource.Worker {
	w := rec.Over(last, hrsource.Date{})
	if !slices.ContainsFunc(t.cfg.Sources, func(s Source) bool { return s.Current && s.Name() == rec.Worker.Key.Source }) {
		return w
	}
	zone, err := w.Zone(t.cfg.Zone)
	if err != nil {
		return w // it is quarantined
	}
	return rec.Over(last, hrsource.DateOf(t.now().In(zone)))
}

// record appends a version of a worker's facts and makes the person due.
func (t *Tenant) record(tx state.Tx, run state.Run, row state.Worker, w hrsource.Worker, last *hrsource.Worker) error {
	body, err := json.Marshal(w)
	if err != nil {
		return err
	}
	digest := w.Digest()
	now := t.now()
	if string(digest[:]) != string(row.Digest) {
		row.Seq++
		row.Digest, row.Body, row.RecordedAt = digest[:], body, now
		if last == nil || last.Status != w.Status {
			row.StatusSince = now
		}
		if err := tx.AddVersion(state.Version{
			Source: row.Source, ID: row.ID, Seq: row.Seq, RecordedAt: now, Run: run.ID, Digest: row.Digest, Body: body,
		}); err != nil {
			return err
		}
	}
	zone, err := w.Zone(t.cfg.Zone)
	if err != nil {
		return err
	}
	row.PersonKey, row.Emails, row.Manager = w.PersonKey, emailsOf(w), managerAt(w, now, zone)
	event := fmt.Sprintf("worker %s changed", w.Key)
	if last == nil {
		event = fmt.Sprintf("worker %s is new", w.Key)
	}
	if row.Person == "" {
		if row.Person, err = t.correlate(tx, run, row, w); err != nil {
			return err
		}
	}
	if err := tx.PutWorker(row); err != nil {
		return err
	}
	before, after := changes(last, w)
	if err := t.write(tx, audit.Entry{
		Event: audit.EventFact, Person: row.Person, Run: run.ID, Before: before, After: after,
		Trigger: audit.Trigger{Source: w.Key.Source, Event: event, Effective: t.effective(w, last, now), Recorded: now},
	}); err != nil {
		return err
	}
	if row.Person == "" {
		return nil // not known whose it is: a case asks
	}
	return t.touch(tx, row.Person, run.ID, event, w.Involuntary || !w.AccessEnd.IsZero())
}

// quarantine sets a record aside and asks for a better one. It returns the
// subject of the case.
func (t *Tenant) quarantine(tx state.Tx, run state.Run, rec hrsource.Record, problems []hrsource.Problem, whole bool) (subject string, err error) {
	subject = rec.Worker.Key.String()
	if rec.Worker.Key.ID == "" {
		subject = rec.Position
	}
	words := make([]string, len(problems))
	for i, p := range problems {
		words[i] = p.String()
	}
	rest := "the rest of it was taken over, and the last good values stay in force"
	if whole {
		rest = "nothing of it was taken over, and the last good facts stay in force"
	}
	body, err := json.Marshal(struct {
		Position string             `json:"position,omitempty"`
		Raw      string             `json:"raw,omitempty"`
		Problems []hrsource.Problem `json:"problems"`
	}{rec.Position, rec.Raw, problems})
	if err != nil {
		return subject, err
	}
	return subject, t.ask(tx, state.Case{
		Kind: CaseQuarantine, Subject: subject, Run: run.ID, Body: body,
		Question: fmt.Sprintf("%s: %s (%s)", rec.Position, strings.Join(words, "; "), rest),
		Choices:  []string{ChoiceDiscard, ChoiceKeep}, Default: ChoiceKeep,
	})
}

// emailsOf returns the addresses by which a worker may be recognised.
func emailsOf(w hrsource.Worker) []string {
	var out []string
	for _, e := range []string{w.Email, w.PersonalEmail} {
		if e = strings.ToLower(strings.TrimSpace(e)); e != "" && !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	return out
}

// changes returns, as JSON, what differs between two states of a worker.
func changes(last *hrsource.Worker, w hrsource.Worker) (before, after string) {
	now, then := flat(w), map[string]string{}
	if last != nil {
		then = flat(*last)
	}
	maps.DeleteFunc(now, func(k, v string) bool {
		if old, ok := then[k]; ok && old == v {
			delete(then, k)
			return true
		}
		return false
	})
	return compact(then), compact(now)
}

// flat returns a worker as one value for each field of each assignment.
func flat(w hrsource.Worker) map[string]string {
	out := map[string]string{}
	assignments := w.Assignments
	if len(assignments) == 0 {
		assignments = []hrsource.Assignment{{}}
	}
	for _, a := range assignments {
		for k, v := range w.Attributes(a) {
			if from := a.EffectiveFrom; !from.IsZero() && strings.Join(v, ",") != out[k] {
				k += "@" + from.String()
			}
			out[k] = strings.Join(v, ",")
		}
	}
	if !w.AccessEnd.IsZero() {
		out["accessEnd"] = w.AccessEnd.Format(time.RFC3339)
	}
	return out
}

// compact returns m as JSON, or "" if it is empty.
func compact(m map[string]string) string {
	if len(m) == 0 {
		return ""
	}
	out, err := json.Marshal(m)
	if err != nil {
		return "" // a map of strings always marshals
	}
	return string(out)
}

// effective returns the instant that a change of a worker's facts is about: the
// first or the last moment of the relationship, if that is what changed.
func (t *Tenant) effective(w hrsource.Worker, last *hrsource.Worker, now time.Time) time.Time {
	start, end, _, err := w.Window(t.cfg.Zone, now, t.cfg.EndsWith)
	if err != nil {
		return now
	}
	if last == nil {
		return start
	}
	oldStart, oldEnd, _, err := last.Window(t.cfg.Zone, now, t.cfg.EndsWith)
	switch {
	case err != nil:
		return now
	case !end.Equal(oldEnd):
		return end
	case !start.Equal(oldStart):
		return start
	}
	return now
}

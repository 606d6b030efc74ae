package simulation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/simulation/oracle"
)

// scene gathers what the systems show.
func (w *world) scene() oracle.Scene {
	s := oracle.Scene{
		At: w.clock(), Wide: w.wide,
		Accounts: map[string][]connector.Account{}, SignedIn: map[string]bool{}, Owners: map[string]string{},
	}
	for name, system := range w.systems {
		s.Accounts[name] = system.Accounts()
	}
	for badge, sessions := range w.sessions {
		for _, session := range sessions {
			s.SignedIn[badge] = s.SignedIn[badge] || session.Use() == nil
		}
	}
	for _, thing := range w.things {
		s.Owners[thing], _ = w.systems[oracle.Git].Owner(thing)
	}
	return s
}

// compare lets the oracle compare the systems with the truth.
func (w *world) compare(ctx context.Context) error { return w.told(ctx, w.oracle.Compare(w.scene())) }

// look lets the oracle look in between.
func (w *world) look(ctx context.Context) error { return w.told(ctx, w.oracle.Look(w.scene())) }

// told adds to a problem of somebody's what the audit log says of them.
func (w *world) told(ctx context.Context, err error) error {
	p, ok := errors.AsType[*oracle.Problem](err)
	if !ok || p.Human == nil {
		return err
	}
	people, of := w.people(ctx)
	if of != nil {
		return errors.Join(err, of)
	}
	persons := map[string]bool{}
	for _, j := range p.Human.Jobs {
		w.Log("job %s of source %s is that of %q", j.ID, source(j), people[source(j)+"/"+j.ID])
		persons[people[source(j)+"/"+j.ID]] = true
	}
	return errors.Join(err, w.tell(ctx, persons))
}

// tell tells what the audit log says of some people.
func (w *world) tell(ctx context.Context, persons map[string]bool) error {
	var bundle bytes.Buffer
	if err := w.nodes[0].ExportAudit(ctx, &bundle); err != nil {
		return err
	}
	for line := range bytes.Lines(bundle.Bytes()) {
		var l struct{ Entry *audit.Sealed }
		if err := json.Unmarshal(line, &l); err != nil || l.Entry == nil {
			continue // the header, a checkpoint, the end
		}
		e, err := l.Entry.Entry()
		if err != nil {
			return err
		}
		if e.Person != "" && persons[e.Person] {
			w.Log("%s %s %s %s %s, attempt %d of %s: %s %s %s", e.At.Format("01-02 15:04"), e.Event, e.System, e.Operation, e.Entitlement, e.Attempt, e.Key, e.Outcome, e.Error, e.After)
		}
	}
	return nil
}

// verify checks the audit log.
func (w *world) verify(ctx context.Context) error {
	var bundle bytes.Buffer
	if err := w.nodes[0].ExportAudit(ctx, &bundle); err != nil {
		return err
	}
	key, err := translog.NewVerifier(w.public)
	if err != nil {
		return err
	}
	report, err := translog.Verify(&bundle, key, translog.VerifyOptions{})
	w.Log("%d entries verified, %d humans", report.Entries, len(w.oracle.Humans))
	return err
}

package simulation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// judge mends everything, lets the engine finish, and compares the systems with the
// truth.
func (w *world) judge(ctx context.Context) error {
	w.mend()
	cut := w.feeds[employees].cut
	w.feeds[employees].cut = false
	defer func() { w.feeds[employees].cut = cut }()
	if err := w.finish(ctx); err != nil {
		return err
	}
	for _, name := range w.rules.Systems() {
		if _, err := w.nodes[0].Observe(ctx, provisioning.ObserveRequest{System: name}); err != nil {
			return err
		}
	}
	w.pass(time.Second)
	if err := w.finish(ctx); err != nil {
		return err
	}
	if err := w.compare(ctx); err != nil {
		return err
	}
	writes := w.writes()
	if err := w.finish(ctx); err != nil {
		return err
	}
	if n := w.writes() - writes; n != 0 {
		return fmt.Errorf("%d writes, although everything was as it should be", n)
	}
	return nil
}

func (w *world) mend() {
	for _, s := range w.systems {
		s.Clear()
		s.Reveal()
	}
}

func (w *world) writes() (n int) {
	for _, s := range w.systems {
		n += s.Writes()
	}
	return n
}

// finish reads HR, answers what is asked as somebody would who knows the truth, and lets
// the engine work until nothing is left.
func (w *world) finish(ctx context.Context) error {
	for name := range w.feeds {
		if err := w.read(ctx, name); err != nil {
			return err
		}
	}
	return w.rest(ctx)
}

// silence lets three days pass in which HR tells nothing: what is known of them comes to
// pass.
func (w *world) silence(ctx context.Context) error {
	for range 3 {
		w.pass(24 * time.Hour)
		if err := w.rest(ctx); err != nil {
			return err
		}
		if err := w.remember(ctx); err != nil {
			return err
		}
	}
	if err := w.compare(ctx); err != nil {
		return fmt.Errorf("while HR was silent: %w", err)
	}
	return nil
}

// rest answers and works until nothing is left.
func (w *world) rest(ctx context.Context) error {
	for deadline := time.Now().Add(30 * time.Second); ; {
		for _, name := range w.rules.Systems() {
			if _, err := w.nodes[1].Retry(ctx, name, ""); err != nil {
				return err
			}
		}
		next, err := w.nodes[1].Drain(ctx)
		if err != nil {
			return err
		}
		answered, err := w.answer(ctx)
		if err != nil {
			return err
		}
		status, err := w.nodes[1].Status(ctx)
		if err != nil {
			return err
		}
		left := 0
		for _, states := range status.Systems {
			left += states["due"] + states["sending"] + states["parked"]
		}
		switch {
		case left == 0 && !answered && (next.IsZero() || next.After(w.clock())):
			return nil
		case time.Now().After(deadline):
			return errors.Join(fmt.Errorf("it does not come to rest: %v, held %v, next %s", status.Systems, status.Held, next), w.open(ctx))
		}
		if left > 0 { // a lease of a dead node has to run out
			select {
			case <-time.After(time.Millisecond):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// open tells what is left to be done, and what the log says of whom it is first about.
func (w *world) open(ctx context.Context) error {
	var items []state.Item
	err := w.nodes[1].store.Backend().View(ctx, tenant, func(tx state.Tx) (err error) {
		items, err = tx.OpenItems("", state.Item{}, 3)
		return err
	})
	if err != nil || len(items) == 0 {
		return err
	}
	return errors.Join(fmt.Errorf("%+v", items), w.tell(ctx, items[0].Person))
}

// answer answers the open questions.
func (w *world) answer(ctx context.Context) (any bool, err error) {
	cases, err := w.nodes[1].Cases(ctx)
	if err != nil {
		return false, err
	}
	for _, c := range cases {
		choice := ""
		switch c.Kind {
		case provisioning.CaseGuard:
			choice = provisioning.ChoiceRelease
		case provisioning.CaseCorrelation:
			if choice, err = w.who(ctx, c); err != nil {
				return any, err
			}
		default:
			continue
		}
		w.Log("%s: %s", c.Question, choice)
		err := w.nodes[1].Answer(ctx, provisioning.AnswerRequest{Case: c.ID, Choice: choice, Actor: "somebody", Digest: c.Digest})
		if err != nil && !errors.Is(err, provisioning.ErrNoCase) && !errors.Is(err, provisioning.ErrMoved) {
			return any, err
		}
		any = true
	}
	return any, nil
}

// who answers whose a job is.
func (w *world) who(ctx context.Context, c provisioning.Case) (string, error) {
	people, err := w.people(ctx)
	if err != nil {
		return "", err
	}
	for _, h := range w.humans {
		for _, j := range h.jobs {
			if source(j)+"/"+j.id != c.Subject {
				continue
			}
			for _, other := range h.jobs {
				if choice := "same:" + people[source(other)+"/"+other.id]; slices.Contains(c.Choices, choice) {
					return choice, nil
				}
			}
		}
	}
	return provisioning.ChoiceNew, nil
}

func source(j *job) string {
	if j.agency {
		return agency
	}
	return employees
}

// people returns the engine's person by job.
func (w *world) people(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	for p, err := range w.nodes[1].People(ctx) {
		if err != nil {
			return nil, err
		}
		for _, r := range p.Relationships {
			out[r.Key.String()] = p.ID
		}
	}
	return out, nil
}

// compare holds every account against the truth.
func (w *world) compare(ctx context.Context) error {
	people, err := w.people(ctx)
	if err != nil {
		return err
	}
	accounts := map[string]map[string]connector.Account{}
	for _, name := range w.rules.Systems() {
		accounts[name] = map[string]connector.Account{}
		for _, a := range w.systems[name].Accounts() {
			if _, twice := accounts[name][a.ExternalID]; twice {
				return fmt.Errorf("two accounts of %s in %s", a.ExternalID, name)
			}
			accounts[name][a.ExternalID] = a
		}
	}
	whose := map[string]*human{}
	for _, h := range w.humans {
		persons := map[string]bool{}
		for _, j := range h.jobs {
			if p := people[source(j)+"/"+j.id]; p != "" {
				persons[p] = true
				if other := whose[p]; other != nil && other != h {
					return fmt.Errorf("%s and %s are one person to the engine, by the address %s", other.key, h.key, h.mail)
				}
				whose[p] = h
			}
		}
		if len(persons) > 1 {
			continue // HR told of one human as of two, and nothing showed it
		}
		for p := range persons {
			if err := w.holds(h, p, accounts); err != nil {
				return errors.Join(err, w.tell(ctx, p))
			}
		}
	}
	return w.owned(people)
}

// holds compares the accounts of one human with the truth.
func (w *world) holds(h *human, person string, accounts map[string]map[string]connector.Account) error {
	live, groups, engineer := h.truth(w.clock(), w.wide)
	for _, s := range w.sessions[person] {
		if !live && s.Use() == nil {
			return fmt.Errorf("%s (%s) has left, and is still signed in to directory", h.key, person)
		}
	}
	for name, want := range map[string]bool{"directory": live, "mail": live, "git": engineer} {
		a := accounts[name][person]
		if a.Active != want {
			return fmt.Errorf("%s (%s, %s): active in %s is %t; want %t", h.key, person, a.Name, name, a.Active, want)
		}
		if (name == "mail" || name == "git") && (len(a.Entitlements) == 1) != want {
			return fmt.Errorf("%s (%s) holds %v in %s", h.key, person, a.Entitlements, name)
		}
	}
	var have []string
	for _, e := range accounts["directory"][person].Entitlements {
		have = append(have, e.Name)
	}
	slices.Sort(have)
	if !slices.Equal(have, groups) {
		return fmt.Errorf("%s (%s) is in %q; want %q", h.key, person, have, groups)
	}
	if mail := accounts["git"][person].Attributes["mail"].Text(); engineer && !strings.Contains(mail, "@") {
		return fmt.Errorf("%s (%s): git shows the address %q", h.key, person, mail)
	}
	return nil
}

// tell tells what the audit log says of a person.
func (w *world) tell(ctx context.Context, person string) error {
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
		if e.Person == person {
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
	w.Log("%d entries verified, %d humans", report.Entries, len(w.humans))
	return err
}

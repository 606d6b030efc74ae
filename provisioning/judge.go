package provisioning

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// judge seals every run whose people are all decided, and releases or holds it.
// It returns how many it judged.
func (t *Tenant) judge(ctx context.Context) (int, error) {
	n, open := 0, 0
	err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
		deciding, err := tx.RunsIn(state.RunDeciding)
		if err != nil {
			return err
		}
		held, err := tx.RunsIn(state.RunHeld)
		if err != nil {
			return err
		}
		expired, err := t.expired(tx)
		open = len(deciding) + len(held) + len(expired)
		return err
	})
	if err != nil || open == 0 {
		return 0, err
	}
	err = t.backend.Update(ctx, t.id, func(tx state.Tx) error {
		n = 0
		expired, err := t.expired(tx)
		if err != nil {
			return err
		}
		for _, run := range expired {
			if err := t.expire(tx, run); err != nil {
				return err
			}
			n++
		}
		runs, err := tx.RunsIn(state.RunDeciding)
		if err != nil {
			return err
		}
		for _, run := range runs {
			waiting, err := tx.CountDue(run.ID)
			if err != nil {
				return err
			}
			if waiting > 0 {
				continue
			}
			if err := t.judgeRun(tx, run); err != nil {
				return err
			}
			n++
		}
		return t.forgetHeld(tx)
	})
	return n, err
}

// judgeRun seals a run, and releases it, or holds it with a question.
func (t *Tenant) judgeRun(tx state.Tx, run state.Run) error {
	run.SealedAt = t.now()
	counts, err := t.counts(tx, run.ID)
	if err != nil {
		return err
	}
	if counts, err = t.passUrgent(tx, run, counts); err != nil {
		return err
	}
	before, err := t.windowsAt(tx, run.SealedAt) // with what has just passed
	if err != nil {
		return err
	}
	breaches, err := t.breaches(tx, counts, before)
	if err != nil {
		return err
	}
	items, err := tx.OpenItems(run.ID, state.Item{}, 1)
	if err != nil {
		return err
	}
	switch {
	case len(breaches) > 0:
		if run, err = t.hold(tx, run, breaches); err != nil {
			return err
		}
	case (t.cfg.Review || run.Review) && len(items) > 0:
		run.State, run.Note = state.RunHeld, "waits for review"
	default:
		run.State, run.Note = state.RunReleased, ""
		if err := tx.Reserve(run.ID, run.SealedAt, counts); err != nil {
			return err
		}
	}
	if err := tx.PutRun(run); err != nil {
		return err
	}
	if len(items) == 0 && run.State == state.RunReleased {
		return nil // nothing was to be done: not worth an entry
	}
	return t.write(tx, audit.Entry{Event: audit.EventRun, Run: run.ID, Outcome: string(run.State), Note: run.Note, Trigger: audit.Trigger{Source: run.Kind, Event: run.Cause, Recorded: run.OpenedAt}})
}

// expired returns the runs that a person released and whose time is over.
func (t *Tenant) expired(tx state.Tx) ([]state.Run, error) {
	now := t.now()
	runs, err := tx.Expiring()
	return slices.DeleteFunc(runs, func(r state.Run) bool { return r.ReleasedUntil.After(now) }), err
}

// expire judges what is left of a run which a person released too long ago: what
// they saw then may not be what there is now.
func (t *Tenant) expire(tx state.Tx, run state.Run) error {
	note := run.Note
	run.ReleasedUntil = time.Time{}
	items, err := tx.OpenItems(run.ID, state.Item{}, 1)
	if err != nil {
		return err
	}
	if len(items) == 0 {
		return tx.PutRun(run)
	}
	if err := t.write(tx, audit.Entry{
		Event: audit.EventRun, Run: run.ID, Outcome: "expired", Note: note,
		Trigger: audit.Trigger{Source: run.Kind, Event: run.Cause, Recorded: run.OpenedAt},
	}); err != nil {
		return err
	}
	return t.judgeRun(tx, run)
}

// forgetHeld closes held runs of which nothing is left, because what they wanted
// was done otherwise or is not wanted any more.
func (t *Tenant) forgetHeld(tx state.Tx) error {
	held, err := tx.RunsIn(state.RunHeld)
	if err != nil {
		return err
	}
	for _, run := range held {
		items, err := tx.OpenItems(run.ID, state.Item{}, 1)
		if err != nil {
			return err
		}
		if len(items) > 0 {
			if err := t.judgeAgain(tx, run); err != nil {
				return err
			}
			continue
		}
		run.State, run.Note = state.RunReleased, "nothing was left of it"
		if err := tx.PutRun(run); err != nil {
			return err
		}
		if err := t.close(tx, CaseGuard, run.ID, run.Note); err != nil {
			return err
		}
	}
	return nil
}

// judgeAgain looks at a run that is held by the guard if less would be taken away, or
// given, than when it was judged, since HR took some of it back: by the window of then, so
// that time alone lets nothing pass.
func (t *Tenant) judgeAgain(tx state.Tx, run state.Run) error {
	c, err := tx.OpenCase(CaseGuard, run.ID)
	if errors.Is(err, state.ErrNotFound) {
		return nil // it waits for review
	}
	if err != nil {
		return err
	}
	var asked []breach
	if err := json.Unmarshal(c.Body, &asked); err != nil {
		return err
	}
	counts, err := t.counts(tx, run.ID)
	if err != nil {
		return err
	}
	fell := false
	for _, b := range asked {
		guards := t.guardsOf(b.System)
		weights, n := guards[0].Weights, 0
		if b.Own {
			weights = guards[len(guards)-1].Weights
		}
		for _, c := range counts {
			switch {
			case c.System != b.System:
			case b.Kind == kindTogether:
				n += c.N * weights.of(counted{c.System, c.Kind, c.Key})
			case c.Kind == b.Kind && c.Key == b.Entitlement:
				n += c.N
			}
		}
		fell = fell || n < b.Wanted
	}
	if !fell {
		return nil
	}
	before, err := t.windowsAt(tx, run.SealedAt)
	if err != nil {
		return err
	}
	breaches, err := t.breaches(tx, counts, before)
	if err != nil {
		return err
	}
	if len(breaches) > 0 {
		_, err := t.hold(tx, run, breaches)
		return err
	}
	if err := t.close(tx, CaseGuard, run.ID, "what was too much is not wanted any more"); err != nil {
		return err
	}
	if t.cfg.Review || run.Review {
		run.Note = "waits for review"
		return tx.PutRun(run)
	}
	run.State, run.Note = state.RunReleased, "less is left of it"
	if err := tx.Reserve(run.ID, t.now(), counts); err != nil {
		return err
	}
	return tx.PutRun(run)
}

// hold keeps a run from acting, and asks whether it is to be released.
func (t *Tenant) hold(tx state.Tx, run state.Run, breaches []breach) (state.Run, error) {
	words := make([]string, len(breaches))
	for i, b := range breaches {
		words[i] = b.String()
	}
	run.State, run.Note = state.RunHeld, strings.Join(words, "; ")
	body, err := json.Marshal(breaches)
	if err != nil {
		return run, err
	}
	if err := t.ask(tx, state.Case{
		Kind: CaseGuard, Subject: run.ID, Run: run.ID, Body: body,
		Question: fmt.Sprintf("%s %s %s: %s. Release it?", run.Kind, run.Cause, tooMuch(breaches), run.Note),
		Choices:  []string{ChoiceRelease, ChoiceHold}, Default: ChoiceHold,
	}); err != nil {
		return run, err
	}
	return run, tx.PutRun(run)
}

// tooMuch says what a run does that passes limits.
func tooMuch(breaches []breach) string {
	words := map[string]string{kindSensitive: "gives", kindUpdate: "changes"}
	var does []string
	for _, b := range breaches {
		does = append(does, cmp.Or(words[b.Kind], "takes away"))
	}
	slices.Sort(does)
	slices.Reverse(does)
	does = slices.Compact(does)
	if slices.Equal(does, []string{"gives"}) {
		return "gives too much that is sensitive"
	}
	return strings.Join(does, " and ") + " too much"
}

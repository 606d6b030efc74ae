package provisioning

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// ApplyRequest approves a plan. Plan and Actor are required.
type ApplyRequest struct {
	Plan  Plan
	Actor Actor
	Note  string // why, for the audit
	// Expires is when the approval ends, for what has not acted by then as well: that is
	// judged again. Defaults to as long after now as the guard says ([Guard.ReleaseFor]).
	// Business time.
	Expires time.Time
}

// ApplyReport says what came of applying a plan.
type ApplyReport struct {
	// Released are the lines that still wanted the same, and were let through.
	Released []Line
	// Moved are the lines that were skipped, since they are done, or want
	// something else by now.
	Moved []Line
}

// Apply lets those lines of a plan through that still say what is wanted, past
// guard and review, and drains. It never does anything that the plan does not
// say. It is refused as a whole, with [ErrMoved], if the policy is another one by
// now, the approval has expired, or the plan was altered.
func (t *Tenant) Apply(ctx context.Context, req ApplyRequest) (ApplyReport, error) {
	if err := req.Actor.check(); err != nil {
		return ApplyReport{}, err
	}
	if err := t.enforce(ctx); err != nil {
		return ApplyReport{}, err
	}
	if req.Expires.IsZero() {
		req.Expires = t.now().Add(t.cfg.Guard.ReleaseFor)
	}
	digest, err := digestLines(ctx, req.Plan.Lines)
	switch {
	case err != nil:
		return ApplyReport{}, err
	case req.Plan.Format != planFormat || req.Plan.Tenant != t.id:
		return ApplyReport{}, fmt.Errorf("plan: format %d of tenant %q: want format %d of tenant %q", req.Plan.Format, req.Plan.Tenant, planFormat, t.id)
	case digest != req.Plan.Digest:
		return ApplyReport{}, fmt.Errorf("plan: its lines do not have its digest: %w", ErrMoved)
	case req.Plan.Policy != t.version():
		return ApplyReport{}, fmt.Errorf("plan: made with policy %s, now it is %s: %w", req.Plan.Policy, t.version(), ErrMoved)
	case !t.now().Before(req.Expires):
		return ApplyReport{}, fmt.Errorf("plan: the approval expired %s: %w", req.Expires.Format(time.RFC3339), ErrMoved)
	}
	var report ApplyReport
	err = t.backend.Update(ctx, t.id, func(tx state.Tx) error {
		report = ApplyReport{}
		run := state.Run{
			ID: t.engine.ids.New(), Kind: "plan", Cause: digest, State: state.RunReleased, OpenedAt: t.now(), SealedAt: t.now(), ReleasedUntil: req.Expires,
			Note: fmt.Sprintf("approved by %s until %s", req.Actor, req.Expires.UTC().Format(time.RFC3339)),
		}
		if err := tx.PutRun(run); err != nil {
			return err
		}
		var items []state.Item
		for _, line := range req.Plan.Lines {
			it, ok, err := t.current(tx, line)
			if err != nil {
				return err
			}
			if !ok {
				report.Moved = append(report.Moved, line)
				continue
			}
			report.Released = append(report.Released, line)
			free, err := released(tx, it)
			if err != nil {
				return err
			}
			if free {
				continue // without the plan
			}
			it.Run = run.ID
			if err := tx.PutItem(it); err != nil {
				return err
			}
			items = append(items, it)
		}
		if err := tx.Reserve(run.ID, t.now(), t.weigh(items)); err != nil {
			return err
		}
		return t.write(tx, audit.Entry{
			Event: audit.EventCase, Run: run.ID, Actor: string(req.Actor), Outcome: "approved", Policy: req.Plan.Policy,
			Note:    fmt.Sprintf("%s (plan %s: %d lines, %d moved)", req.Note, digest, len(req.Plan.Lines), len(report.Moved)),
			Trigger: audit.Trigger{Source: "plan", Event: digest, Recorded: req.Plan.At},
		})
	})
	if err != nil {
		return ApplyReport{}, err
	}
	_, err = t.Drain(ctx)
	return report, err
}

// current returns the item that a line is about, if it still wants the same.
func (t *Tenant) current(tx state.Tx, line Line) (state.Item, bool, error) {
	kind, key := itemOf(line)
	it, err := tx.Item(line.Person, line.System, kind, key)
	if errors.Is(err, state.ErrNotFound) {
		return it, false, nil
	}
	if err != nil {
		return it, false, err
	}
	b := planner{Tenant: t, tx: tx, runs: map[string]state.Run{}}
	now, ok, err := b.line(it)
	return it, ok && line.matches(it, now), err
}

// itemOf returns which item a line is about.
func itemOf(l Line) (state.ItemKind, string) {
	switch l.Kind {
	case connector.Grant, connector.Revoke:
		return state.ItemGrant, l.Entitlement
	case connector.Update:
		return state.ItemProfile, ""
	case connector.Rename:
		return state.ItemName, ""
	case connector.EndSessions:
		return state.ItemSessions, ""
	case connector.Transfer:
		return state.ItemOwnership, ""
	case connector.Delete:
		return state.ItemDeletion, ""
	default:
		return state.ItemAccount, ""
	}
}

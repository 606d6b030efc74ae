package provisioning

import (
	"context"
	"encoding/json"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// refuse drops the read and asks a person.
func (r *reading) refuse(ctx context.Context, shrunk *hrsource.ShrunkError) error {
	return r.backend.Update(ctx, r.id, func(tx state.Tx) error {
		if err := tx.DropStaged(r.run.ID); err != nil {
			return err
		}
		r.run.State, r.run.Note, r.run.SealedAt, r.run.Records = state.RunRefused, shrunk.Error(), r.now(), r.report.Records
		if err := tx.PutRun(r.run); err != nil {
			return err
		}
		body, err := json.Marshal(shrunk)
		if err != nil {
			return err
		}
		if err := r.write(tx, audit.Entry{
			Event: audit.EventRun, Run: r.run.ID, Outcome: string(state.RunRefused), Note: shrunk.Error(),
			Trigger: audit.Trigger{Source: r.src.Name(), Event: "read", Recorded: r.run.OpenedAt},
		}); err != nil {
			return err
		}
		return r.ask(tx, state.Case{
			Kind: CaseShrunk, Subject: r.src.Name(), Run: r.run.ID, Body: body,
			Question: shrunk.Error() + ". Is that right?",
			Choices:  []string{ChoiceAccept, ChoiceRefuse}, Default: ChoiceRefuse,
		})
	})
}

// acceptShrunk lowers what the next read is compared with to what was refused.
func (t *Tenant) acceptShrunk(tx state.Tx, c state.Case) error {
	var shrunk hrsource.ShrunkError
	if err := json.Unmarshal(c.Body, &shrunk); err != nil {
		return err
	}
	src, err := tx.Source(c.Subject)
	if err != nil {
		return err
	}
	src.Records = shrunk.Seen
	return tx.PutSource(src)
}

package simulation

import (
	"context"
	"errors"
	"slices"

	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/internal/simulation/oracle"
)

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
	for _, h := range w.oracle.Humans {
		for _, j := range h.Jobs {
			if source(j)+"/"+j.ID != c.Subject {
				continue
			}
			for _, other := range h.Jobs {
				if choice := "same:" + people[source(other)+"/"+other.ID]; slices.Contains(c.Choices, choice) {
					return choice, nil
				}
			}
		}
	}
	return provisioning.ChoiceNew, nil
}

func source(j *oracle.Job) string {
	if j.Agency {
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

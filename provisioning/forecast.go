package provisioning

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// mostTurns is how many changes are foreseen of one person.
const mostTurns = 1000

// Forecast returns what the clock alone will bring until an instant of business time:
// who joins, moves, leaves and expires, with what they gain and lose and what changes of
// their accounts, in order of time. Accounts that will have been kept for long enough to be
// deleted are not part of it.
// It is computed from the facts, policy and accounts of now, and changes nothing; the
// guard has no say in it, and what waits already is not part of it.
func (t *Tenant) Forecast(ctx context.Context, until time.Time) ([]Impact, error) {
	decider, err := t.decider(ctx)
	if err != nil {
		return nil, err
	}
	var all []Impact
	err = t.eachPerson(ctx, t.backend, func(tx state.Tx, person string) error {
		turns, err := t.turns(ctx, tx, decider, person, until)
		all = append(all, turns...)
		return err
	})
	slices.SortStableFunc(all, func(a, b Impact) int { return a.At.Compare(b.At) })
	return all, err
}

// turns returns what the clock will bring to one person.
func (t *Tenant) turns(ctx context.Context, tx state.Tx, decider policy.Evaluator, person string, until time.Time) ([]Impact, error) {
	s, name, err := t.subjectNow(tx, person)
	if err != nil {
		return []Impact{{Person: person, Problem: err.Error()}}, nil //nolint:nilerr // it is the answer
	}
	var turns []Impact
	before, err := s.ask(ctx, decider)
	for next := before.NextChange; err == nil && !next.IsZero() && !next.After(until); {
		if len(turns) == mostTurns {
			return nil, fmt.Errorf("person %s: more than %d changes are foreseen", person, mostTurns)
		}
		s.At = next
		after, failed := s.ask(ctx, decider)
		if err = failed; err != nil {
			break
		}
		turn := impact(before, after)
		turn.Person, turn.Name, turn.At = person, name, next
		if !turn.none() || turn.What == "leaver" || turn.What == "joiner" {
			turns = append(turns, turn)
		}
		if !after.NextChange.IsZero() && !after.NextChange.After(next) {
			return nil, fmt.Errorf("person %s: policy says that the next change after %s is at %s", person, next, after.NextChange)
		}
		before, next = after, after.NextChange
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		turns = append(turns, Impact{Person: person, Name: name, At: s.At, Problem: err.Error()})
	}
	return turns, nil
}

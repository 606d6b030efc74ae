package sqlstore

import (
	"errors"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

const (
	itemColumns = `i.person, i.system, i.kind, i.item_key, i.state, i.desired, i.known, i.removes, i.lane, i.revision, i.run, i.released, i.cleared,
		i.policy, i.reasons, i.origin, i.spell, i.retry_at, i.attempts, i.missed, i.op_key, i.op_kind, i.problem,
		i.event_at, i.received_at, i.decided_at, i.sent_at, i.verified_at`

	getItem = `/* item */ SELECT ` + itemColumns + ` FROM joinery_item i
		WHERE i.tenant = ?1 AND i.person = ?2 AND i.system = ?3 AND i.kind = ?4 AND i.item_key = ?5`
	itemsOf = `/* items of */ SELECT ` + itemColumns + ` FROM joinery_item i
		WHERE i.tenant = ?1 AND i.person = ?2 ORDER BY i.system, i.kind, i.item_key`
	openItems = `/* open items */ SELECT ` + itemColumns + ` FROM joinery_item i WHERE i.tenant = ?1 AND i.state <> 'settled'
		AND (i.person, i.system, i.kind, i.item_key) > (?2, ?3, ?4, ?5) ORDER BY i.person, i.system, i.kind, i.item_key LIMIT ?6`
	openItemsOf = `/* open items of run */ SELECT ` + itemColumns + ` FROM joinery_item i WHERE i.tenant = ?1 AND i.state <> 'settled'
		AND (i.person, i.system, i.kind, i.item_key) > (?2, ?3, ?4, ?5) AND i.run = ?7 ORDER BY i.person, i.system, i.kind, i.item_key LIMIT ?6`
	countItems = `/* count items */ SELECT system, kind, state, COUNT(*) FROM joinery_item WHERE tenant = ?1
		GROUP BY system, kind, state ORDER BY system, kind, state`

	// While an item is put into the queue or kept out of it, its run must not be
	// judged.
	shareRunState = runState + ` @share`
	putItem       = `/* put item */ INSERT INTO joinery_item (tenant, person, system, kind, item_key, state, desired, known, removes, lane,
		revision, run, released, cleared, free, policy, reasons, origin, spell, retry_at, attempts, missed, op_key, op_kind, problem,
		event_at, received_at, decided_at, sent_at, verified_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30)
		ON CONFLICT (tenant, person, system, kind, item_key) DO UPDATE SET state = excluded.state, desired = excluded.desired,
		known = excluded.known, removes = excluded.removes, lane = excluded.lane, revision = excluded.revision, run = excluded.run,
		released = excluded.released, cleared = excluded.cleared, free = excluded.free, policy = excluded.policy, reasons = excluded.reasons, origin = excluded.origin,
		spell = excluded.spell, retry_at = excluded.retry_at, attempts = excluded.attempts, missed = excluded.missed, op_key = excluded.op_key,
		op_kind = excluded.op_kind, problem = excluded.problem, event_at = excluded.event_at, received_at = excluded.received_at,
		decided_at = excluded.decided_at, sent_at = excluded.sent_at, verified_at = excluded.verified_at`
	releaseItem = `/* release item */ UPDATE joinery_item SET released = 1, free = CASE WHEN state IN ('due', 'sending') THEN 1 ELSE 0 END
		WHERE tenant = ?1 AND person = ?2 AND system = ?3 AND kind = ?4 AND item_key = ?5 AND revision = ?6`
)

func scanItem(r row, it *state.Item) error {
	return r.Scan(&it.Person, &it.System, &it.Kind, &it.Key, &it.State, &it.Desired, &it.Known, &it.Removes, &it.Lane, &it.Revision,
		&it.Run, &it.Released, &it.Cleared, &it.Policy, &it.Reasons, &it.Origin, &it.Spell, at{&it.RetryAt}, &it.Attempts, &it.Missed, &it.OpKey, &it.OpKind,
		&it.Problem, at{&it.EventAt}, at{&it.ReceivedAt}, at{&it.DecidedAt}, at{&it.SentAt}, at{&it.VerifiedAt})
}

// Item implements [state.Work].
func (t *transaction) Item(person, system string, kind state.ItemKind, key string) (state.Item, error) {
	return oneOf(t, scanItem, getItem, person, system, string(kind), key)
}

// PutItem implements [state.Work].
func (t *transaction) PutItem(it state.Item) error {
	free, err := t.free(it)
	if err != nil {
		return err
	}
	_, err = t.exec(putItem, it.Person, it.System, string(it.Kind), it.Key, string(it.State), it.Desired, it.Known, it.Removes,
		string(it.Lane), it.Revision, it.Run, bit(it.Released), it.Cleared, bit(free), it.Policy, it.Reasons, it.Origin, it.Spell, micros(it.RetryAt),
		it.Attempts, it.Missed, it.OpKey, it.OpKind, it.Problem, micros(it.EventAt), micros(it.ReceivedAt), micros(it.DecidedAt), micros(it.SentAt),
		micros(it.VerifiedAt))
	return err
}

// free reports whether an item can be acted on.
func (t *transaction) free(it state.Item) (bool, error) {
	if it.State != state.ItemDue && it.State != state.ItemSending {
		return false, nil
	}
	if it.Released {
		return true, nil
	}
	run, err := oneOf(t, scalar[string], shareRunState, it.Run)
	if errors.Is(err, state.ErrNotFound) {
		return false, nil
	}
	return run == string(state.RunReleased), err
}

// ItemsOf implements [state.Work].
func (t *transaction) ItemsOf(person string) ([]state.Item, error) {
	return listOf(t, scanItem, itemsOf, person)
}

// OpenItems implements [state.Work].
func (t *transaction) OpenItems(run string, after state.Item, limit int) ([]state.Item, error) {
	args := []any{after.Person, after.System, string(after.Kind), after.Key, atMost(limit)}
	if run == "" {
		return listOf(t, scanItem, openItems, args...)
	}
	return listOf(t, scanItem, openItemsOf, append(args, run)...)
}

// CountItems implements [state.Work].
func (t *transaction) CountItems() ([]state.ItemCount, error) {
	return listOf(t, func(r row, c *state.ItemCount) error {
		return r.Scan(&c.System, &c.Kind, &c.State, &c.N)
	}, countItems)
}

// Release implements [state.Work].
func (t *transaction) Release(items []state.Item) error {
	for _, it := range items {
		if _, err := t.exec(releaseItem, it.Person, it.System, string(it.Kind), it.Key, it.Revision); err != nil {
			return err
		}
	}
	return nil
}

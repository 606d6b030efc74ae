package sqlstore

import (
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

const (
	// queue walks the index of the items that can be acted on, in the order of
	// their turn, past the accounts that somebody has, or has begun with. Lanes sort by
	// urgency, so a highest lane cuts the less urgent ones off.
	queue = `/* queue */ SELECT i.person FROM joinery_item i
		WHERE i.tenant = ?1 AND i.system = ?2 AND i.free = 1 AND i.lane <= ?3 AND i.retry_at <= ?4
		AND NOT EXISTS (SELECT 1 FROM joinery_account a
			WHERE a.tenant = i.tenant AND a.person = i.person AND a.system = i.system AND a.lease_until > ?4 AND a.begun >= ?6)
		ORDER BY i.lane, i.decided_at, i.person LIMIT ?5 @skip`
	// probeQueue is queue in the order of probes. It sorts all of a system's, which only
	// happens while nothing works there.
	probeQueue = `/* probe queue */ SELECT i.person FROM joinery_item i
		WHERE i.tenant = ?1 AND i.system = ?2 AND i.free = 1 AND i.lane <= ?3 AND i.retry_at <= ?4
		AND NOT EXISTS (SELECT 1 FROM joinery_account a
			WHERE a.tenant = i.tenant AND a.person = i.person AND a.system = i.system AND a.lease_until > ?4 AND a.begun >= ?6)
		ORDER BY i.retry_at, i.lane, i.decided_at DESC, i.person LIMIT ?5 @skip`
	// Whoever comes second finds the lease taken, and leaves it alone: the
	// exclusion is in this statement, whatever the one before has read.
	takeLease = `/* take lease */ INSERT INTO joinery_account (tenant, ` + accountColumns + `, begun)
		VALUES (?1, ?2, ?3, '', '', 0, 0, '', ?7, '[]', '[]', '', 0, ?4, 1, ?5, ?9)
		ON CONFLICT (tenant, person, system) DO UPDATE SET owner = excluded.owner, epoch = joinery_account.epoch + 1,
		lease_until = excluded.lease_until, begun = excluded.begun WHERE joinery_account.lease_until <= ?6 OR joinery_account.begun < ?8`
	// An account has few items. Asked for free = 1, SQLite would walk the queue.
	claimedItems = `/* claimed items */ SELECT ` + itemColumns + ` FROM joinery_item i
		WHERE i.tenant = ?1 AND i.person = ?2 AND i.system = ?3 AND i.free > 0 AND i.lane <= ?4 AND i.retry_at <= ?5
		ORDER BY i.lane, i.decided_at, i.kind, i.item_key`
	nextRetry = `/* next retry */ SELECT MIN(CASE WHEN f.gate > f.free_at THEN f.gate ELSE f.free_at END) FROM (
		SELECT CASE WHEN COALESCE(a.lease_until, 0) > i.retry_at THEN a.lease_until ELSE i.retry_at END AS free_at,
			CASE WHEN i.lane = '0-immediate' THEN COALESCE(b.urgent_at, 0) ELSE COALESCE(b.probe_at, 0) END AS gate
		FROM joinery_item i LEFT JOIN joinery_account a ON a.tenant = i.tenant AND a.person = i.person AND a.system = i.system
		LEFT JOIN joinery_breaker b ON b.tenant = i.tenant AND b.system = i.system AND b.opened_at <> 0
		WHERE i.tenant = ?1 AND i.free = 1) AS f WHERE f.free_at <> 0 OR f.gate <> 0`
)

// itemsEach is about how many items an account has that come due together.
const itemsEach = 8

// Claim implements [state.Work].
func (t *transaction) Claim(c state.Claim) ([]state.Claimed, error) {
	lane := state.LaneBatch
	if c.Urgent {
		lane = state.LaneImmediate
	}
	turns := queue
	if c.Probe {
		turns = probeQueue
	}
	claimed, seen := []state.Claimed{}, map[string]bool{}
	for len(claimed) < c.Limit {
		page := (c.Limit - len(claimed)) * itemsEach
		people, err := listStrings(t, turns, c.System, string(lane), micros(c.Wall), page, bit(c.Urgent))
		if err != nil {
			return nil, err
		}
		before := len(claimed)
		for _, person := range people {
			if len(claimed) == c.Limit {
				break
			}
			if seen[person] {
				continue // another item of the same account
			}
			seen[person] = true
			n, err := t.exec(takeLease, person, c.System, c.Owner, micros(c.Until), micros(c.Wall), []byte{}, bit(c.Urgent), bit(c.Urgent || c.Probe))
			if err != nil {
				return nil, err
			}
			if n == 0 {
				continue
			}
			one := state.Claimed{}
			if one.Account, err = t.Account(person, c.System); err != nil {
				return nil, err
			}
			if one.Items, err = listOf(t, scanItem, claimedItems, person, c.System, string(lane), micros(c.Wall)); err != nil {
				return nil, err
			}
			claimed = append(claimed, one)
		}
		if len(people) < page || len(claimed) == before {
			break
		}
	}
	return claimed, nil
}

// UrgentItems implements [state.Work].
func (t *transaction) UrgentItems(person, system string, wall time.Time) ([]state.Item, error) {
	return listOf(t, scanItem, claimedItems, person, system, string(state.LaneImmediate), micros(wall))
}

// NextRetry implements [state.Work].
func (t *transaction) NextRetry() (time.Time, error) {
	n, err := oneOf(t, func(r row, n *int64) error {
		var least *int64
		if err := r.Scan(&least); err != nil || least == nil {
			return err
		}
		*n = *least
		return nil
	}, nextRetry)
	return instant(n), err
}

package sqlstore

import (
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

const (
	runColumns = `id, kind, cause, state, note, opened_at, sealed_at, released_until, review, records, changed, problems`

	getRun     = `/* run */ SELECT ` + runColumns + ` FROM joinery_run WHERE tenant = ?1 AND id = ?2`
	runsIn     = `/* runs in */ SELECT ` + runColumns + ` FROM joinery_run WHERE tenant = ?1 AND state = ?2 ORDER BY opened_at, id`
	expiring   = `/* expiring */ SELECT ` + runColumns + ` FROM joinery_run WHERE tenant = ?1 AND released_until <> 0 ORDER BY released_until, id`
	latestRuns = `/* latest runs */ SELECT ` + runColumns + ` FROM joinery_run WHERE tenant = ?1 ORDER BY opened_at DESC, id DESC LIMIT ?2`
	runState   = `/* run state */ SELECT state FROM joinery_run WHERE tenant = ?1 AND id = ?2`
	putRun     = `/* put run */ INSERT INTO joinery_run (tenant, ` + runColumns + `) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
		ON CONFLICT (tenant, id) DO UPDATE SET kind = excluded.kind, cause = excluded.cause, state = excluded.state, note = excluded.note,
		opened_at = excluded.opened_at, sealed_at = excluded.sealed_at, released_until = excluded.released_until, review = excluded.review, records = excluded.records, changed = excluded.changed,
		problems = excluded.problems`
	// The queue is an index over items that can be acted on; releasing a run moves
	// its items in, holding it again takes them out.
	freeItems = `/* free items */ UPDATE joinery_item SET free = ?3
		WHERE tenant = ?1 AND run = ?2 AND state <> 'settled' AND state IN ('due', 'sending') AND released = 0`

	removals = `/* removals */ SELECT system, removes, lane, COUNT(DISTINCT person) FROM joinery_item
		WHERE tenant = ?1 AND run = ?2 AND state <> 'settled' AND state <> 'waiting' AND removes <> '' AND released = 0
		GROUP BY system, removes, lane ORDER BY system, removes, lane`
	revoking = `/* revoking */ SELECT system, item_key, COUNT(*) FROM joinery_item
		WHERE tenant = ?1 AND run = ?2 AND state <> 'settled' AND state <> 'waiting' AND removes = 'revoke' AND released = 0
		GROUP BY system, item_key ORDER BY system, item_key`
	updating = `/* updating */ SELECT i.system, COUNT(DISTINCT i.person) FROM joinery_item i
		JOIN joinery_account a ON a.tenant = i.tenant AND a.person = i.person AND a.system = i.system AND a.present = 1
		WHERE i.tenant = ?1 AND i.run = ?2 AND i.state <> 'settled' AND i.state <> 'waiting' AND i.kind IN ('profile', 'name') AND i.released = 0
		GROUP BY i.system ORDER BY i.system`
	granting = `/* granting */ SELECT system, item_key, COUNT(*) FROM joinery_item
		WHERE tenant = ?1 AND run = ?2 AND state <> 'settled' AND kind = 'grant' AND desired = 'held' AND known <> 'held' AND released = 0
		GROUP BY system, item_key ORDER BY system, item_key`
	reserve  = `/* reserve */ INSERT INTO joinery_reserved (tenant, at, run, system, kind, item_key, lane, n) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`
	reserved = `/* reserved */ SELECT system, kind, item_key, lane, SUM(n) FROM joinery_reserved
		WHERE tenant = ?1 AND at > ?2 GROUP BY system, kind, item_key, lane ORDER BY system, kind, item_key, lane`
	removing = `/* removing */ SELECT COUNT(*) FROM joinery_item
		WHERE tenant = ?1 AND system = ?2 AND removes = ?3 AND free = 1 AND removes <> '' AND (?4 = '' OR item_key = ?4)`
	holding = `/* holding */ SELECT COUNT(*) FROM joinery_item
		WHERE tenant = ?1 AND system = ?2 AND item_key = ?3 AND kind = 'grant' AND known = 'held'`
	population = `/* population */ SELECT COUNT(*) FROM joinery_account WHERE tenant = ?1 AND system = ?2 AND present = 1 AND active = 1`
)

func scanRun(r row, run *state.Run) error {
	return r.Scan(&run.ID, &run.Kind, &run.Cause, &run.State, &run.Note, at{&run.OpenedAt}, at{&run.SealedAt}, at{&run.ReleasedUntil},
		&run.Review, &run.Records, &run.Changed, &run.Problems)
}

func scanEntitlements(r row, c *state.EntitlementCount) error { return r.Scan(&c.System, &c.Key, &c.N) }

// Run implements [state.Runs].
func (t *transaction) Run(id string) (state.Run, error) {
	return oneOf(t, scanRun, getRun, id)
}

// PutRun implements [state.Runs].
func (t *transaction) PutRun(run state.Run) error {
	if _, err := t.exec(putRun, run.ID, run.Kind, run.Cause, string(run.State), run.Note, micros(run.OpenedAt), micros(run.SealedAt),
		micros(run.ReleasedUntil), bit(run.Review), run.Records, run.Changed, run.Problems); err != nil {
		return err
	}
	_, err := t.exec(freeItems, run.ID, bit(run.State == state.RunReleased))
	return err
}

// RunsIn implements [state.Runs].
func (t *transaction) RunsIn(in state.RunState) ([]state.Run, error) {
	return listOf(t, scanRun, runsIn, string(in))
}

// Expiring implements [state.Runs].
func (t *transaction) Expiring() ([]state.Run, error) {
	return listOf(t, scanRun, expiring)
}

// LatestRuns implements [state.Runs].
func (t *transaction) LatestRuns(limit int) ([]state.Run, error) {
	return listOf(t, scanRun, latestRuns, atMost(limit))
}

// Removals implements [state.Runs].
func (t *transaction) Removals(run string) ([]state.Count, error) {
	return listOf(t, func(r row, c *state.Count) error { return r.Scan(&c.System, &c.Kind, &c.Lane, &c.N) }, removals, run)
}

// Granting implements [state.Runs].
func (t *transaction) Granting(run string) ([]state.EntitlementCount, error) {
	return listOf(t, scanEntitlements, granting, run)
}

// Revoking implements [state.Runs].
func (t *transaction) Revoking(run string) ([]state.EntitlementCount, error) {
	return listOf(t, scanEntitlements, revoking, run)
}

// Updating implements [state.Runs].
func (t *transaction) Updating(run string) ([]state.Count, error) {
	return listOf(t, func(r row, c *state.Count) error { return r.Scan(&c.System, &c.N) }, updating, run)
}

// Reserve implements [state.Runs].
func (t *transaction) Reserve(run string, when time.Time, counts []state.Count) error {
	for _, c := range counts {
		if _, err := t.exec(reserve, micros(when), run, c.System, c.Kind, c.Key, string(c.Lane), c.N); err != nil {
			return err
		}
	}
	return nil
}

// Reserved implements [state.Runs].
func (t *transaction) Reserved(since time.Time) ([]state.Count, error) {
	return listOf(t, func(r row, c *state.Count) error { return r.Scan(&c.System, &c.Kind, &c.Key, &c.Lane, &c.N) }, reserved, micros(since))
}

// Removing implements [state.Runs].
func (t *transaction) Removing(system, kind, key string) (int, error) {
	n, err := count(t, removing, system, kind, key)
	return int(n), err
}

// Holding implements [state.Runs].
func (t *transaction) Holding(system, key string) (int, error) {
	n, err := count(t, holding, system, key)
	return int(n), err
}

// Population implements [state.Runs].
func (t *transaction) Population(system string) (int, error) {
	n, err := count(t, population, system)
	return int(n), err
}

package simulation

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/internal/simulation/oracle"
)

// again tells a new engine with empty systems, one record at a time and in any order, what
// HR says at the end of a history. It must come to the same: those who work here have the
// same access in both, whatever happened on the way. Names may differ, since who comes first
// has the choice, and leavers have no accounts where nothing was ever made.
func (w *world) again(ctx context.Context) error {
	cfg := w.Config
	cfg.People, cfg.Late, cfg.Dir = 0, false, filepath.Join(w.Dir, "again")
	if err := os.Mkdir(cfg.Dir, 0o700); err != nil {
		return err
	}
	other, err := newWorld(ctx, cfg)
	if err != nil {
		return err
	}
	defer other.end()
	other.now, other.wide = w.clock(), w.wide
	if err := other.activate(ctx, other.nodes[0]); err != nil {
		return err
	}
	var records []hrsource.Record
	for _, h := range w.oracle.Humans {
		other.oracle.Hire(h)
		for _, j := range h.Jobs {
			other.jobs[j.ID] = j
			records = append(records, hrsource.Record{Worker: other.feeds[source(j)].tells(h, j)})
		}
	}
	w.random.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	for _, r := range records {
		if _, err := one(other, other.nodes).Ingest(ctx, r); err != nil {
			return err
		}
		if other.chance(10) {
			if _, err := one(other, other.nodes).Drain(ctx); err != nil {
				return err
			}
		}
	}
	if err := other.judge(ctx); err != nil {
		return err
	}
	here, there := access(w.scene()), access(other.scene())
	for who, has := range here {
		if there[who] != has {
			return fmt.Errorf("%s there is %s; a new engine gives %q", who, has, there[who])
		}
	}
	if len(here) != len(there) {
		return fmt.Errorf("%d accounts are active; with a new engine %d", len(here), len(there))
	}
	return nil
}

// access returns what active accounts hold, by system and badge.
func access(s oracle.Scene) map[string]string {
	out := map[string]string{}
	for system, accounts := range s.Accounts {
		for _, a := range accounts {
			if badge := oracle.Badge(a); badge != "" && a.Active {
				out[badge+" in "+system] = fmt.Sprint(a.Entitlements)
			}
		}
	}
	return out
}

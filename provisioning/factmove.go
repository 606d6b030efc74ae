package provisioning

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// mergeFacts gives all that was recorded about one person to another. What counted for the
// employment of the one counts for that of the other.
func (t *Tenant) mergeFacts(tx state.Tx, run string, req MergeRequest) error {
	rows, err := tx.FactsOf(req.Person, time.Time{})
	if err != nil {
		return err
	}
	return t.moveFacts(tx, run, rows, req.Person, req.Into, req.Actor)
}

// splitFacts gives those facts to a new person that are theirs, and lets lockouts hold for
// both where it is not said whose they are.
func (t *Tenant) splitFacts(tx state.Tx, run, was, person string, req SplitRequest) error {
	rows, err := tx.FactsOf(was, time.Time{})
	if err != nil {
		return err
	}
	var theirs []state.Fact
	for _, id := range req.Facts {
		at := slices.IndexFunc(rows, func(row state.Fact) bool { return row.ID == id })
		if at < 0 {
			return fmt.Errorf("fact %q of person %s: %w", id, was, ErrNoFact)
		}
		theirs = append(theirs, rows[at])
	}
	for _, row := range rows {
		ended := !row.EndsAt.IsZero() && !row.EndsAt.After(t.now())
		if row.Kind != string(FactLockout) || slices.Contains(req.Facts, row.ID) || ended || !row.WithdrawnAt.IsZero() {
			continue
		}
		f, err := factOf(row)
		if err != nil {
			return err
		}
		f.ID, f.Person, f.RecordedAt = "", person, time.Time{}
		if _, err := t.addFact(tx, f); err != nil {
			return err
		}
	}
	return t.moveFacts(tx, run, theirs, was, person, req.Actor)
}

// moveFacts gives facts about one person to another.
func (t *Tenant) moveFacts(tx state.Tx, run string, rows []state.Fact, from, into string, actor Actor) error {
	if len(rows) == 0 {
		return nil
	}
	var spells [2]int64
	for i, id := range []string{from, into} {
		p, err := tx.Person(id)
		if err != nil {
			return err
		}
		spells[i] = employment(p)
	}
	var ids []string
	for _, row := range rows {
		spell := int64(0) // none
		if row.Spell == spells[0] {
			spell = spells[1]
		}
		if err := tx.GiveFact(row.ID, into, spell); err != nil {
			return err
		}
		ids = append(ids, row.Kind+" "+row.ID)
	}
	return t.write(tx, audit.Entry{
		Event: audit.EventFact, Person: into, Run: run, Outcome: "moved", Actor: string(actor), Note: "they were recorded about " + from, After: strings.Join(ids, ", "),
		Trigger: audit.Trigger{Source: "fact", Event: "facts about " + from, Recorded: t.now()},
	})
}

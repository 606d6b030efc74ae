package provisioning

import "github.com/joinery-iam/joinery/provisioning/internal/state"

// Why somebody is looked at who is not the subject of a new fact.
const (
	eventAccount = "an account of theirs was seen to change"
	eventManager = "an account of the manager was seen to change"
)

// wake makes everybody due whose decision may depend on what was just seen of a
// person's accounts: the person, and those who report to them.
func (j *job) wake(tx state.Tx, person string) error {
	own, reports := accountReaders(j.evaluator())
	reports = reports || j.handsOver(j.target.name) // the manager may be an heir now
	if own {
		if err := j.touch(tx, person, "", eventAccount, false); err != nil {
			return err
		}
	}
	if !reports {
		return nil
	}
	workers, err := tx.WorkersOf(person)
	if err != nil {
		return err
	}
	for _, w := range workers {
		people, err := tx.Reports(w.Source, w.ID)
		if err != nil {
			return err
		}
		for _, p := range people {
			if p == person && own {
				continue // is due already
			}
			if err := j.touch(tx, p, "", eventManager, false); err != nil {
				return err
			}
		}
	}
	return nil
}

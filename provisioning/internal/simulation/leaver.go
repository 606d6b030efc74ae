package simulation

import (
	"context"
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
)

// tell remembers what HR has told of a job.
func (j *job) tell(w hrsource.Worker) { j.told, j.isTold = w, true }

// remember notes who works here as far as HR has told, and which accounts there are in git.
// One that is gone was deleted, and must have been kept for long enough since its person
// was last told to work here.
func (w *world) remember(ctx context.Context) error {
	for _, h := range w.humans {
		for _, j := range h.jobs {
			if j.isTold && works(j.told, w.clock()) {
				h.seen = w.clock()
			}
		}
	}
	there := map[string]bool{}
	for _, a := range w.systems["git"].Accounts() {
		there[a.ExternalID] = true
	}
	var people map[string]string
	for id := range w.inGit {
		if there[id] {
			continue
		}
		if people == nil {
			var err error
			if people, err = w.people(ctx); err != nil {
				return err
			}
		}
		for _, h := range w.humans {
			if kept := w.clock().Sub(h.seen); h.is(id, people) && kept < keptFor {
				return fmt.Errorf("the account of %s (%s) in git was deleted %s after %s was told to work here; want %s", h.key, id, kept, h.key, keptFor)
			}
		}
	}
	w.inGit = there
	return nil
}

// works reports whether a worker works here at an instant, with calendar days as texts in
// the worker's zone.
func works(w hrsource.Worker, at time.Time) bool {
	zone, err := time.LoadLocation(w.Timezone)
	if err != nil {
		panic(err) // the simulation is wrong
	}
	today := at.In(zone).Format(time.DateOnly)
	start, end := w.HireDate.String(), w.TerminationDate.String()
	return start <= today && (end == "" || start <= end && today <= end) && (w.AccessEnd.IsZero() || at.Before(w.AccessEnd))
}

// is reports whether a human is the engine's person with an identifier.
func (h *human) is(person string, people map[string]string) bool {
	for _, j := range h.jobs {
		if people[source(j)+"/"+j.id] == person {
			return true
		}
	}
	return false
}

// create lets somebody make something in git that is theirs.
func (w *world) create() {
	git := w.systems["git"]
	if all := git.Accounts(); len(all) > 0 {
		if a := one(w, all); a.Active {
			thing := fmt.Sprint("thing ", len(w.things))
			w.things = append(w.things, thing)
			git.Own(a.ID, thing)
		}
	}
}

// owned makes sure that nothing is lost that anybody made, and that who has left for good
// owns nothing any more if there is a manager to get it, whichever job counts.
func (w *world) owned(people map[string]string) error {
	git := w.systems["git"]
	owners, active := map[string]connector.Account{}, map[string]bool{}
	for _, a := range git.Accounts() {
		owners[a.ID] = a
		active[a.ExternalID] = a.Active
	}
	for _, thing := range w.things {
		id, there := git.Owner(thing)
		if !there {
			return fmt.Errorf("%s is lost with its owner", thing)
		}
		for _, h := range w.humans {
			if a := owners[id]; a.ExternalID != "" && h.is(a.ExternalID, people) && h.gone(w.clock()) && w.managed(h, people, active) {
				return fmt.Errorf("%s (%s) has left, and owns %s", h.key, a.ExternalID, thing)
			}
		}
	}
	return nil
}

// managed reports whether every job of a human has a manager with an active account.
func (w *world) managed(h *human, people map[string]string, active map[string]bool) bool {
	for _, j := range h.jobs {
		boss := w.byID[j.current.Assignments[0].Manager]
		if boss == nil || !active[people[source(boss)+"/"+boss.id]] {
			return false
		}
	}
	return true
}

// gone reports whether a human neither works here nor will.
func (h *human) gone(at time.Time) bool {
	for _, j := range h.jobs {
		if works(j.current, at) || j.current.HireDate.Compare(hrsource.DateOf(at.AddDate(0, 0, -2))) > 0 {
			return false
		}
	}
	return true
}

package simulation

import (
	"slices"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
)

// human is somebody, as only the simulation knows: whose jobs are whose.
type human struct {
	name string
	key  string // what HR calls the person, if it does
	mail string
	jobs []*job
	seen time.Time // when HR had last told that they work here
}

// job is one work relationship as HR means it.
type job struct {
	id      string
	agency  bool // told by the source that knows only today
	keyed   bool // told with the person key
	current hrsource.Worker
	told    hrsource.Worker // what was told last, if isTold
	isTold  bool
}

// truth is what must be so of a human at an instant, computed from what HR means and
// from nothing that is under test. wide says which policy is in force.
func (h *human) truth(at time.Time, wide bool) (live bool, groups []string, engineer bool) {
	set := map[string]bool{}
	for _, j := range h.jobs {
		on, department := j.truth(at)
		if !on {
			continue
		}
		live = true
		set["staff"] = true
		switch department {
		case "Engineering":
			set["engineering"], engineer = true, true
		case "Sales":
			set["sales"] = true
		case "Finance":
			if wide {
				set["finance"] = true
			}
		}
	}
	for name := range set {
		groups = append(groups, name)
	}
	slices.Sort(groups)
	return live, groups, engineer
}

// truth compares calendar days as texts, in the zone of the job.
func (j *job) truth(at time.Time) (live bool, department string) {
	w := j.current
	zone, err := time.LoadLocation(w.Timezone)
	if err != nil {
		panic(err) // the simulation is wrong
	}
	today := at.In(zone).Format(time.DateOnly)
	for i, a := range w.Assignments {
		if i == 0 || a.EffectiveFrom.String() <= today {
			department = a.Department
		}
	}
	return works(w, at), department
}

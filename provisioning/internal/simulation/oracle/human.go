package oracle

import (
	"slices"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
)

// Human is somebody, as only HR itself knows: whose jobs are whose.
type Human struct {
	Badge  string // in every record of theirs
	Key    string // what HR calls the person, if it does
	Given  string // by which login names are made
	Family string
	Mail   string
	Jobs   []*Job
	seen   time.Time // when HR had last told that they work here
}

// Job is one work relationship.
type Job struct {
	ID      string
	Agency  bool            // told by the source that knows only today
	Keyed   bool            // told with the person key
	Current hrsource.Worker // as HR means it
	told    hrsource.Worker // what was told last, if isTold
	isTold  bool
}

// Tell notes what HR has told of a job. Where one source tells only of today, another tells
// at once of what is to come.
func (j *Job) Tell(w hrsource.Worker) {
	if j.Agency {
		w.Assignments = j.Current.Assignments
	}
	j.told, j.isTold = w, true
}

// Access is what somebody has.
type Access struct {
	Live     bool
	Groups   []string // of the directory, sorted
	Engineer bool
	Seller   bool
}

// in reports whether somebody can sign in to a system.
func (a Access) in(system string) bool {
	switch system {
	case Git:
		return a.Engineer
	case Wiki:
		return a.Seller
	}
	return a.Live
}

// Truth is what must be so of a human at an instant, by what HR means. wide says which
// policy is in force.
func (h *Human) Truth(at time.Time, wide bool) Access {
	var workers []hrsource.Worker
	for _, j := range h.Jobs {
		workers = append(workers, j.Current)
	}
	return access(workers, at, wide)
}

// told is Truth by what HR has told.
func (h *Human) told(at time.Time, wide bool) Access {
	var workers []hrsource.Worker
	for _, j := range h.Jobs {
		if j.isTold {
			workers = append(workers, j.told)
		}
	}
	return access(workers, at, wide)
}

func access(workers []hrsource.Worker, at time.Time, wide bool) (a Access) {
	for _, w := range workers {
		if !Works(w, at) {
			continue
		}
		a.Live = true
		a.Groups = append(a.Groups, "staff")
		switch Department(w, at) {
		case "Engineering":
			a.Groups, a.Engineer = append(a.Groups, "engineering"), true
		case "Sales":
			a.Groups, a.Seller = append(a.Groups, "sales"), true
		case "Finance":
			if wide {
				a.Groups = append(a.Groups, "finance")
			}
		}
	}
	slices.Sort(a.Groups)
	a.Groups = slices.Compact(a.Groups)
	return a
}

// Works reports whether a worker works here at an instant, with calendar days as texts in
// the worker's zone.
func Works(w hrsource.Worker, at time.Time) bool {
	today, start, end := day(w, at), w.HireDate.String(), w.TerminationDate.String()
	return start <= today && (end == "" || start <= end && today <= end) && (w.AccessEnd.IsZero() || at.Before(w.AccessEnd))
}

// Department returns where a worker works at an instant.
func Department(w hrsource.Worker, at time.Time) (department string) {
	today := day(w, at)
	for i, a := range w.Assignments {
		if i == 0 || a.EffectiveFrom.String() <= today {
			department = a.Department
		}
	}
	return department
}

func day(w hrsource.Worker, at time.Time) string {
	zone, err := hrsource.LoadZone(w.Timezone)
	if err != nil {
		panic(err) // the simulation is wrong
	}
	return at.In(zone).Format(time.DateOnly)
}

// gone reports whether a human neither works here nor will.
func (h *Human) gone(at time.Time) bool {
	for _, j := range h.Jobs {
		if Works(j.Current, at) || j.Current.HireDate.Compare(hrsource.DateOf(at.AddDate(0, 0, -2))) > 0 {
			return false
		}
	}
	return true
}

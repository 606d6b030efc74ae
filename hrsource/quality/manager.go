package quality

import (
	"fmt"
	"slices"

	"github.com/joinery-iam/joinery/hrsource"
)

// managerOf returns the manager of the assignment in force today, or of the first
// one if none has begun. If today is not known it is that of the last one.
func (c *Checker) managerOf(w hrsource.Worker) string {
	manager := ""
	for i, a := range w.Assignments {
		if i == 0 || c.now.IsZero() || a.EffectiveFrom.Compare(c.today(w)) <= 0 {
			manager = a.Manager
		}
	}
	return manager
}

// managers finds managers who are not there, and circles of those who are. Whoever
// has left needs none. workers are sorted, with one for each key.
func (f finder) managers(workers []*entry) {
	above := make([]int, len(workers)) // the manager of each, or nobody
	for i, e := range workers {
		above[i] = nobody
		if e.manager == "" {
			continue
		}
		quoted := f.quote("manager", e.manager)
		manager := hrsource.WorkerKey{Source: e.key.Source, ID: e.manager}
		at, found := slices.BinarySearchFunc(workers, manager, func(e *entry, key hrsource.WorkerKey) int { return compareKeys(e.key, key) })
		switch {
		case !found:
			f.find(ManagerUnknown, e.key, "manager", e.manager,
				fmt.Sprintf("manager %s is not among the workers of %s: want the id of one", quoted, e.key.Source))
		case workers[at].left:
			f.find(ManagerLeft, e.key, "manager", e.manager,
				fmt.Sprintf("manager %s does not work here any more, or never did: want the id of somebody who does", quoted))
		default:
			above[i] = at
		}
	}
	for _, circle := range circles(above) {
		keys := make([]hrsource.WorkerKey, len(circle))
		for i, at := range circle {
			keys[i] = workers[at].key
		}
		f.find(ManagerCycle, keys[0], "manager", workers[circle[1]].key.ID,
			fmt.Sprintf("%d workers manage each other in a circle, each before their manager, %s: want a manager outside for one of them",
				len(keys), named(keys, " → ")), keys[1:]...)
	}
}

// nobody is the manager of who has none.
const nobody = -1

// circles returns each circle once, beginning with the smallest index in it.
func circles(above []int) [][]int {
	var all [][]int
	walk := make([]int, len(above)) // the walk that came by first; 0 is none
	for i := range above {
		at := i
		for at != nobody && walk[at] == 0 {
			walk[at] = i + 1
			at = above[at]
		}
		if at == nobody || walk[at] != i+1 {
			continue // it ends, or joins an earlier walk
		}
		circle := []int{at}
		for next := above[at]; next != at; next = above[next] {
			circle = append(circle, next)
		}
		// A walk from outside may enter the circle anywhere.
		first := slices.Index(circle, slices.Min(circle))
		all = append(all, slices.Concat(circle[first:], circle[:first]))
	}
	return all
}

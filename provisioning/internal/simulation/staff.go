package simulation

import (
	"context"
	"fmt"
	"slices"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/internal/simulation/oracle"
)

func (w *world) hire(start hrsource.Date) *oracle.Human {
	n := len(w.oracle.Humans)
	h := &oracle.Human{Badge: fmt.Sprint("b", n), Key: fmt.Sprint("key", n), Given: w.given(), Family: "F", Mail: fmt.Sprintf("m%d@example.com", n)}
	w.oracle.Hire(h)
	w.employ(h, start)
	return h
}

// employ gives a human another job.
func (w *world) employ(h *oracle.Human, start hrsource.Date) {
	j := &oracle.Job{ID: fmt.Sprintf("%05d", len(w.jobs)+1), Agency: w.chance(25), Keyed: w.chance(80)}
	j.Current = hrsource.Worker{
		Type: hrsource.Employee, HireDate: start, Timezone: one(w, zones),
		Assignments: []hrsource.Assignment{{Department: one(w, departments)}},
	}
	if boss := one(w, w.oracle.Humans); len(boss.Jobs) > 0 { // who may have left, or report to them
		if b := one(w, boss.Jobs); b.Agency == j.Agency {
			j.Current.Assignments[0].Manager = b.ID
		}
	}
	w.jobs[j.ID] = j
	w.oracle.Employ(h, j)
}

// move gives a job another department from a day on. The agency's feed knows only of
// today, so that somebody tells the engine of what is to come.
func (w *world) move(ctx context.Context, h *oracle.Human, j *oracle.Job, from hrsource.Date) {
	next := hrsource.Assignment{EffectiveFrom: from, Department: one(w, departments), Manager: j.Current.Assignments[0].Manager}
	if j.Agency && from.Compare(w.today()) <= 0 {
		next.EffectiveFrom = w.today().AddDays(2)
	}
	j.Current.Assignments = slices.DeleteFunc(slices.Clone(j.Current.Assignments), func(a hrsource.Assignment) bool { return a.EffectiveFrom == next.EffectiveFrom })
	j.Current.Assignments = append(j.Current.Assignments, next)
	slices.SortStableFunc(j.Current.Assignments, func(a, b hrsource.Assignment) int { return a.EffectiveFrom.Compare(b.EffectiveFrom) })
	if j.Agency {
		f := w.feeds[agency]
		told := f.tells(h, j)
		told.Assignments = j.Current.Assignments
		for {
			if _, err := one(w, w.nodes).Ingest(ctx, hrsource.Record{Worker: told}); err == nil || ctx.Err() != nil {
				j.Tell(told)
				return
			}
		}
	}
}

// working counts those who work here today.
func (w *world) working() (n int) {
	for _, h := range w.oracle.Humans {
		if h.Truth(w.clock(), w.wide).Live {
			n++
		}
	}
	return n
}

// given returns the name that somebody goes by. None begins another.
func (w *world) given() string {
	return fmt.Sprintf("N%c%c", 'a'+rune(w.random.IntN(5)), 'a'+rune(w.random.IntN(8)))
}

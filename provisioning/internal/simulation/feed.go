package simulation

import (
	"context"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/hrsource"
)

// feed is one of the two systems of HR: employees, which tells of all days, and
// agency, which tells of today alone.
type feed struct {
	*world
	name string
	cut  bool // the feed ends early, without proof
}

func (f *feed) Name() string { return f.name }

func (f *feed) Snapshot(_ context.Context, req hrsource.SnapshotRequest, yield func(hrsource.Record) error) (hrsource.Proof, error) {
	var records []hrsource.Record
	for _, h := range f.humans {
		for _, j := range h.jobs {
			if j.agency == (f.name == agency) {
				records = append(records, hrsource.Record{Worker: f.tells(h, j), Fields: hrsource.FieldNames()})
			}
		}
	}
	slices.SortFunc(records, func(a, b hrsource.Record) int { return strings.Compare(a.Worker.Key.ID, b.Worker.Key.ID) })
	if f.cut {
		records = records[:len(records)-len(records)/6]
	}
	if err := req.Check(f.name, len(records)); err != nil {
		return hrsource.Proof{}, err
	}
	for _, r := range records {
		if err := yield(r); err != nil {
			return hrsource.Proof{}, err
		}
		f.byID[r.Worker.Key.ID].tell(r.Worker)
	}
	return hrsource.Proof{Complete: !f.cut, Count: len(records), Basis: "the simulation"}, nil
}

// tells returns what HR says of a job today.
func (f *feed) tells(h *human, j *job) hrsource.Worker {
	w := j.current
	w.Key = hrsource.WorkerKey{Source: f.name, ID: j.id}
	w.Email = h.mail
	if j.keyed {
		w.PersonKey = h.key
	}
	if last, wrong := f.mistakes[j.id]; wrong {
		w.TerminationDate = last
	}
	if j.agency {
		_, department := j.truth(f.clock())
		w.Assignments = []hrsource.Assignment{{Department: department, Manager: j.current.Assignments[0].Manager}}
	}
	return w
}

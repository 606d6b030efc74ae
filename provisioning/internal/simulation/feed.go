package simulation

import (
	"context"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/internal/simulation/oracle"
)

// feed is one of the two systems of HR: employees, which tells of all days, and
// agency, which tells of today alone.
type feed struct {
	*world
	name string
	cut  bool // the last of them are not told, without proof
}

func (f *feed) Name() string { return f.name }

func (f *feed) Snapshot(_ context.Context, req hrsource.SnapshotRequest, yield func(hrsource.Record) error) (hrsource.Proof, error) {
	var records []hrsource.Record
	for _, h := range f.oracle.Humans {
		for _, j := range h.Jobs {
			if j.Agency == (f.name == agency) {
				records = append(records, hrsource.Record{Worker: f.tells(h, j), Fields: append(hrsource.FieldNames(), "badge")})
			}
		}
	}
	slices.SortFunc(records, func(a, b hrsource.Record) int { return strings.Compare(a.Worker.Key.ID, b.Worker.Key.ID) })
	if f.cut {
		records = records[:len(records)-len(records)/6]
	}
	f.random.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	if err := req.Check(f.name, len(records)); err != nil {
		return hrsource.Proof{}, err
	}
	for _, r := range records {
		if err := yield(r); err != nil {
			return hrsource.Proof{}, err
		}
		f.jobs[r.Worker.Key.ID].Tell(r.Worker)
	}
	return hrsource.Proof{Complete: !f.cut, Count: len(records), Basis: "the simulation"}, nil
}

// tells returns what HR says of a job today.
func (f *feed) tells(h *oracle.Human, j *oracle.Job) hrsource.Worker {
	w := j.Current
	w.Key = hrsource.WorkerKey{Source: f.name, ID: j.ID}
	w.Name, w.Email = hrsource.Name{Given: h.Given, Family: h.Family}, h.Mail
	w.Custom = map[string][]string{"badge": {h.Badge}}
	if j.Keyed {
		w.PersonKey = h.Key
	}
	if last, wrong := f.mistakes[j.ID]; wrong {
		w.TerminationDate = last
	}
	if j.Agency {
		w.Assignments = []hrsource.Assignment{{Department: oracle.Department(j.Current, f.clock()), Manager: j.Current.Assignments[0].Manager}}
	}
	return w
}

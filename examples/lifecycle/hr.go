package main

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
)

// hr is the HR system of the office: what it would say now.
type hr struct{ workers map[string]hrsource.Worker }

// Name returns the name of the source.
func (h *hr) Name() string { return "hr" }

// Snapshot tells of everybody.
func (h *hr) Snapshot(_ context.Context, req hrsource.SnapshotRequest, yield func(hrsource.Record) error) (hrsource.Proof, error) {
	if err := req.Check(h.Name(), len(h.workers)); err != nil {
		return hrsource.Proof{}, err
	}
	for _, id := range slices.Sorted(maps.Keys(h.workers)) {
		if err := yield(hrsource.Record{Worker: h.workers[id], Position: id}); err != nil {
			return hrsource.Proof{}, err
		}
	}
	return hrsource.Proof{Complete: true, Count: len(h.workers), Basis: "all of them"}, nil
}

// hire adds an employee.
func (h *hr) hire(id, given, family, department, start string) {
	h.workers[id] = hrsource.Worker{
		Key: hrsource.WorkerKey{Source: h.Name(), ID: id}, EmployeeNumber: id, Type: hrsource.Employee,
		Name: hrsource.Name{Given: given, Family: family}, HireDate: day(start),
		Assignments: []hrsource.Assignment{{Department: department}},
	}
}

// change alters what is told of somebody.
func (h *hr) change(id string, fn func(w *hrsource.Worker)) {
	w := h.workers[id]
	w.Assignments = slices.Clone(w.Assignments)
	fn(&w)
	h.workers[id] = w
}

// key gives people a key that stays with the human.
func (h *hr) key(key string, ids ...string) {
	for _, id := range ids {
		h.change(id, func(w *hrsource.Worker) { w.PersonKey = key })
	}
}

// lives sets the zone in which somebody's days are meant.
func (h *hr) lives(id, zone string) {
	h.change(id, func(w *hrsource.Worker) { w.Timezone = zone })
}

// reports sets somebody's manager.
func (h *hr) reports(id, manager string) {
	h.change(id, func(w *hrsource.Worker) { w.Assignments[len(w.Assignments)-1].Manager = manager })
}

// end sets somebody's last day.
func (h *hr) end(id, last string) {
	h.change(id, func(w *hrsource.Worker) { w.TerminationDate = day(last) })
}

// moves gives Ada another department from a day on.
func (h *hr) moves(department, from string) {
	h.change("1001", func(w *hrsource.Worker) {
		next := w.Assignments[len(w.Assignments)-1]
		next.Department, next.EffectiveFrom = department, day(from)
		w.Assignments = append(w.Assignments, next)
	})
}

// day reads a day that is written in this program.
func day(text string) hrsource.Date {
	d, err := hrsource.ParseDate(text)
	if err != nil {
		panic(err) // a scenario is wrong
	}
	return d
}

// instant reads an instant, or the first of a day in UTC, that is written in this
// program.
func instant(text string) time.Time {
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04", time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	panic("no instant: " + text) // a scenario is wrong
}

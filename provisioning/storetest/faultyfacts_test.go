package storetest

import (
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func factFaults() []mutant {
	return []mutant{
		{fault: "a source with no records keeps the old number", fails: []string{"source"}, tx: func(tx state.Tx) state.Tx { return stickySource{tx} }},
		{fault: "pages of a read come backwards", fails: []string{"staged_order"}, tx: func(tx state.Tx) state.Tx { return backwardStaged{tx} }},
		{fault: "addresses are compared with their capitals", fails: []string{"value_text", "worker_like"}, tx: func(tx state.Tx) state.Tx { return capitalEmails{tx} }},
		{fault: "reports are not sorted", fails: []string{"worker_reports"}, tx: func(tx state.Tx) state.Tx { return backwardReports{tx} }},
		{fault: "a version that is there is passed over", fails: []string{"update_broken", "rehearse_undo", "version_append"}, tx: func(tx state.Tx) state.Tx { return lenientVersions{tx} }},
		{fault: "what was recorded at the instant is not known at it", fails: []string{"version_known"}, tx: func(tx state.Tx) state.Tx { return lateVersions{tx} }},
		{fault: "whoever asks for a name is told that it is theirs", fails: []string{"name_reserve", "name_race"}, tx: func(tx state.Tx) state.Tx { return generousNames{tx} }},
		{fault: "names come in the order of the alphabet", fails: []string{"name_list"}, tx: func(tx state.Tx) state.Tx { return sortedNames{tx} }},
		{fault: "names are compared without their capitals", fails: []string{"value_text", "name_exact"}, tx: func(tx state.Tx) state.Tx { return smallNames{tx} }},
		{fault: "names are given in every namespace", fails: []string{"name_give"}, tx: func(tx state.Tx) state.Tx { return lavishNames{tx} }},
		{fault: "looking for a name's owner reserves it", fails: []string{"name_race", "name_owner"}, tx: func(tx state.Tx) state.Tx { return eagerOwner{tx} }},
	}
}

type stickySource struct{ state.Tx }

func (t stickySource) PutSource(s state.Source) error {
	if last, err := t.Source(s.Name); err == nil && s.Records == 0 {
		s.Records = last.Records
	}
	return t.Tx.PutSource(s)
}

type backwardStaged struct{ state.Tx }

func (t backwardStaged) Staged(run string, after int64, limit int) ([]state.Staged, error) {
	rows, err := t.Tx.Staged(run, after, limit)
	slices.Reverse(rows)
	return rows, err
}

type capitalEmails struct{ state.Tx }

func (t capitalEmails) WorkersLike(key string, emails []string) ([]state.Worker, error) {
	return t.Tx.WorkersLike(key, slices.DeleteFunc(slices.Clone(emails), func(e string) bool { return e != strings.ToLower(e) }))
}

type backwardReports struct{ state.Tx }

func (t backwardReports) Reports(source, manager string) ([]string, error) {
	people, err := t.Tx.Reports(source, manager)
	slices.Reverse(people)
	return people, err
}

type lenientVersions struct{ state.Tx }

func (t lenientVersions) AddVersion(v state.Version) error {
	all, err := t.Versions(v.Source, v.ID, time.Time{})
	if err != nil || slices.ContainsFunc(all, func(have state.Version) bool { return have.Seq == v.Seq }) {
		return err
	}
	return t.Tx.AddVersion(v)
}

type lateVersions struct{ state.Tx }

func (t lateVersions) Versions(source, id string, known time.Time) ([]state.Version, error) {
	if !known.IsZero() {
		known = known.Add(-time.Microsecond)
	}
	return t.Tx.Versions(source, id, known)
}

type generousNames struct{ state.Tx }

func (t generousNames) ReserveName(namespace, name, person string, when time.Time) (string, error) {
	_, err := t.Tx.ReserveName(namespace, name, person, when)
	return person, err
}

type sortedNames struct{ state.Tx }

func (t sortedNames) Names(namespace, person string, since time.Time) ([]string, error) {
	all, err := t.Tx.Names(namespace, person, since)
	slices.Sort(all)
	return all, err
}

type lavishNames struct{ state.Tx }

func (t lavishNames) GiveNames(_, from, to string) error {
	for _, namespace := range []string{"login", "mail"} {
		if err := t.Tx.GiveNames(namespace, from, to); err != nil {
			return err
		}
	}
	return nil
}

type smallNames struct{ state.Tx }

func (t smallNames) ReserveName(namespace, name, person string, when time.Time) (string, error) {
	return t.Tx.ReserveName(namespace, strings.ToLower(name), person, when)
}

type eagerOwner struct{ state.Tx }

func (t eagerOwner) NameOwner(namespace, name string) (string, error) {
	return t.ReserveName(namespace, name, "nobody", time.Time{})
}

package storetest

import "github.com/joinery-iam/joinery/provisioning/internal/state"

func workerCases() []testCase {
	return []testCase{
		{name: "worker", clause: "a worker's row is kept and replaced whole", check: workerKept},
		{name: "worker_of_person", clause: "WorkersOf returns a person's relationships by source and id", check: workerOfPerson},
		{name: "worker_like", clause: "WorkersLike finds by key or any address, of any source, each once", check: workerLike},
		{name: "worker_like_now", clause: "WorkersLike does not find by what a worker no longer has", check: workerLikeNow},
		{name: "worker_like_empty", clause: "nobody is like somebody without key and addresses", check: workerLikeEmpty},
		{name: "worker_pages", clause: "WorkersOfSource pages by id", check: workerPages},
		{name: "worker_reports", clause: "Reports names each person once, of that source and manager", check: workerReports},
	}
}

func workerKept(f *fixture) {
	full := state.Worker{
		Source: "hr", ID: "1", Person: "p", PersonKey: "k", Emails: []string{"b@example.com", "a@example.com"}, Manager: "9",
		Seq: 7, Digest: []byte{1}, Body: []byte("{}"), RecordedAt: day(1), StatusSince: day(3), MissingSince: day(2),
	}
	f.update(func(tx state.Tx) {
		_, err := tx.Worker("hr", "1")
		is("an unknown worker", err, state.ErrNotFound)
		for _, w := range []state.Worker{full, {Source: "hr", ID: "1"}, full} {
			ok(tx.PutWorker(w))
			same("worker", must(tx.Worker("hr", "1")), w)
		}
		_, err = tx.Worker("hr2", "1")
		is("the worker of another source", err, state.ErrNotFound)
	})
}

// worker returns a row with little in it.
func worker(source, id, person string, emails ...string) state.Worker {
	return state.Worker{Source: source, ID: id, Person: person, Emails: emails}
}

// ids returns the source and id of each worker.
func ids(workers []state.Worker) []string {
	out := []string{}
	for _, w := range workers {
		out = append(out, w.Source+"/"+w.ID)
	}
	return out
}

func (f *fixture) putWorkers(workers ...state.Worker) {
	f.update(func(tx state.Tx) {
		for _, w := range workers {
			ok(tx.PutWorker(w))
		}
	})
}

func workerOfPerson(f *fixture) {
	f.putWorkers(worker("b", "1", "p"), worker("a", "2", "p"), worker("a", "10", "p"), worker("a", "3", "q"), worker("a", "4", ""))
	f.view(func(tx state.Tx) {
		same("workers of p", ids(must(tx.WorkersOf("p"))), []string{"a/10", "a/2", "b/1"})
		same("workers of nobody", ids(must(tx.WorkersOf("r"))), []string{})
	})
}

func workerLike(f *fixture) {
	keyed := worker("b", "1", "", "ada@example.com", "x@example.com")
	keyed.PersonKey = "key"
	f.putWorkers(keyed, worker("a", "2", "p", "x@example.com"), worker("c", "3", "", "ada@example.com"), worker("a", "4", "q", "other@example.com"))
	f.view(func(tx state.Tx) {
		same("by key", ids(must(tx.WorkersLike("key", nil))), []string{"b/1"})
		same("by one address", ids(must(tx.WorkersLike("", []string{"x@example.com"}))), []string{"a/2", "b/1"})
		same("by all", ids(must(tx.WorkersLike("key", []string{"ada@example.com", "x@example.com"}))), []string{"a/2", "b/1", "c/3"})
		same("by an address in capitals", ids(must(tx.WorkersLike("", []string{"ADA@Example.com"}))), []string{"b/1", "c/3"})
		same("by a part of an address", ids(must(tx.WorkersLike("ke", []string{"example.com", "%"}))), []string{})
	})
}

func workerLikeNow(f *fixture) {
	w := worker("a", "1", "", "old@example.com", "kept@example.com")
	w.PersonKey = "old"
	f.putWorkers(w)
	w.PersonKey, w.Emails = "new", []string{"kept@example.com", "new@example.com"}
	f.putWorkers(w)
	f.view(func(tx state.Tx) {
		same("by what it had", ids(must(tx.WorkersLike("old", []string{"old@example.com"}))), []string{})
		same("by what it kept", ids(must(tx.WorkersLike("", []string{"kept@example.com"}))), []string{"a/1"})
		same("by what it has", ids(must(tx.WorkersLike("new", []string{"new@example.com"}))), []string{"a/1"})
	})
}

func workerLikeEmpty(f *fixture) {
	f.putWorkers(worker("a", "1", ""), worker("a", "2", "", ""))
	f.view(func(tx state.Tx) {
		same("workers", ids(must(tx.WorkersLike("", nil))), []string{})
		same("workers without an address", ids(must(tx.WorkersLike("", []string{""}))), []string{})
	})
}

func workerPages(f *fixture) {
	f.putWorkers(worker("a", "3", ""), worker("a", "1", ""), worker("a", "2", ""), worker("b", "4", ""))
	f.view(func(tx state.Tx) {
		same("first page", ids(must(tx.WorkersOfSource("a", "", 2))), []string{"a/1", "a/2"})
		same("second page", ids(must(tx.WorkersOfSource("a", "2", 2))), []string{"a/3"})
		same("third page", ids(must(tx.WorkersOfSource("a", "3", 2))), []string{})
	})
}

func workerReports(f *fixture) {
	reports := func(source, id, person, manager string) state.Worker {
		w := worker(source, id, person)
		w.Manager = manager
		return w
	}
	f.putWorkers(reports("a", "1", "q", "m"), reports("a", "2", "p", "m"), reports("a", "3", "q", "m"), reports("a", "4", "r", "n"),
		reports("b", "5", "s", "m"), reports("a", "6", "", "m"), reports("a", "7", "t", ""))
	f.view(func(tx state.Tx) {
		same("reports", must(tx.Reports("a", "m")), []string{"p", "q"})
		same("reports of nobody", must(tx.Reports("a", "")), []string{})
	})
}

package main

import (
	"fmt"
	"maps"

	"github.com/joinery-iam/joinery/hrsource"
)

// feeds are about what HR does not mean to say.
func feeds() []scenario {
	return []scenario{
		{"missing", "who is missing from the feed has not left, until three days of whole feeds have said so", missing, 1},
		{"shrunk", "a feed that lost a third of its people changes nothing until somebody answers", shrunk, 2},
		{"mass-termination", "an end for a third of all is held as a whole; one who has to go at once does not wait for it", massTermination, 2},
	}
}

// crowd are sixty people in Sales.
func crowd(o *office) {
	o.says("sixty people work in Sales", func(h *hr) {
		for i := range 60 {
			h.hire(fmt.Sprintf("%04d", i), "Worker", fmt.Sprintf("N%04d", i), "Sales", "2025-01-01")
		}
	})
	o.accounts(60)
}

func missing(o *office) {
	crowd(o)
	o.says("number 7 is not in the feed", func(h *hr) { delete(h.workers, "0007") })
	o.until("2026-01-07 12:00")
	o.signsIn("worker.n0007", "directory")
	o.says("number 7 is still not in it; number 8 neither", func(h *hr) { delete(h.workers, "0008") })
	o.until("2026-01-08 09:00")
	o.shutOut("worker.n0007", "directory")
	o.signsIn("worker.n0008", "directory")
}

func shrunk(o *office) {
	crowd(o)
	lost := map[string]hrsource.Worker{}
	o.says("twenty people less than yesterday", func(h *hr) {
		for i := range 20 {
			id := fmt.Sprintf("%04d", i)
			lost[id] = h.workers[id]
			delete(h.workers, id)
		}
	})
	o.restart()
	o.until("2026-02-01")
	o.signsIn("worker.n0000", "directory")
	o.answer("refuse")
	o.says("all of them again", func(h *hr) {
		maps.Copy(h.workers, lost)
	})
	o.noQuestions()
	o.signsIn("worker.n0000", "directory")
}

func massTermination(o *office) {
	crowd(o)
	o.saysOnly("the last day of twenty was yesterday; one has to go at once", func(h *hr) {
		for i := range 20 {
			h.end(fmt.Sprintf("%04d", i), "2026-01-04")
		}
		h.change("0042", func(w *hrsource.Worker) { w.AccessEnd = o.now })
	})
	o.drain()
	o.shutOut("worker.n0042", "directory")
	o.signsIn("worker.n0000", "directory")
	o.restart()
	o.until("2026-01-08")
	o.signsIn("worker.n0000", "directory")
	o.answer("release")
	o.drainQuietly()
	o.shutOut("worker.n0000", "directory")
	o.shutOut("worker.n0019", "directory")
	o.signsIn("worker.n0020", "directory")
}

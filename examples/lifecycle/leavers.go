package main

import (
	"time"

	"github.com/joinery-iam/joinery/hrsource"
)

// leavers are about those who go.
func leavers() []scenario {
	return []scenario{
		{"last-day", "access ends with the last day there: in Auckland before it does in Vienna, in Los Angeles after", lastDay},
		{"immediate", "an immediate termination acts at once, and the report says what was closed and when", immediate},
		{"backdated-termination", "an end that is told a month late acts at once, and the audit log shows the gap", backdatedTermination},
		{"contract-ends", "a contract that nobody ended ends by the clock alone", contractEnds},
		{"manager-leaves", "whose manager leaves goes on working", managerLeaves},
		{"corrected", "an end that was a mistake is taken back: the same account, enabled again", corrected},
	}
}

func lastDay(o *office) {
	zones := map[string]string{"1001": "Pacific/Auckland", "1002": "Europe/Vienna", "1003": "America/Los_Angeles"}
	o.says("three in three zones have their last day on 28 March, the day before Europe's clocks go forward", func(h *hr) {
		for id, zone := range zones {
			h.hire(id, "Ada", "N"+id, "Engineering", "2025-01-01")
			h.end(id, "2026-03-28")
			h.change(id, func(w *hrsource.Worker) { w.Timezone = zone })
		}
	})
	for _, end := range []struct{ before, at, login string }{
		{"2026-03-28 10:59", "2026-03-28 11:00", "ada.n1001"},
		{"2026-03-28 22:59", "2026-03-28 23:00", "ada.n1002"},
		{"2026-03-29 06:59", "2026-03-29 07:00", "ada.n1003"},
	} {
		o.until(end.before)
		o.signsIn(end.login, "directory", "code")
		o.until(end.at)
		o.shutOut(end.login, "directory", "code")
	}
}

func immediate(o *office) {
	ada(o)
	o.saysOnly("she has to go, at once", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) { w.AccessEnd = o.now })
	})
	o.restart()
	o.drain()
	o.shutOut("ada.byron", "directory", "code")
	o.holds("ada.byron")
	o.contained("1001", 0)
}

func backdatedTermination(o *office) {
	ada(o)
	o.says("her last day was 5 December", func(h *hr) { h.end("1001", "2025-12-05") })
	o.shutOut("ada.byron", "directory", "code")
	o.gap("1001", 30*24*time.Hour)
}

func contractEnds(o *office) {
	o.says("Ada Byron is under contract until the end of January", func(h *hr) {
		h.hire("C-1", "Ada", "Byron", "Engineering", "2025-06-01")
		h.change("C-1", func(w *hrsource.Worker) { w.Type, w.ContractEndDate = hrsource.ContingentWorker, day("2026-01-31") })
	})
	o.until("2026-01-31 23:59")
	o.signsIn("ada.byron", "directory", "code")
	o.until("2026-02-01")
	o.shutOut("ada.byron", "directory", "code")
}

func managerLeaves(o *office) {
	o.says("Ada Byron reports to Mary Somerville, who leaves", func(h *hr) {
		h.hire("1", "Mary", "Somerville", "Legal", "2020-01-01")
		h.hire("1001", "Ada", "Byron", "Legal", "2025-01-01")
		h.change("1001", func(w *hrsource.Worker) { w.Assignments[0].Manager = "1" })
		h.end("1", "2026-01-06")
	})
	o.until("2026-01-07")
	o.shutOut("mary.somerville", "directory")
	o.signsIn("ada.byron", "directory")
	o.holds("ada.byron", "staff")
}

func corrected(o *office) {
	ada(o)
	before, _ := o.see("directory", "ada.byron")
	o.says("her last day was yesterday", func(h *hr) { h.end("1001", "2026-01-04") })
	o.shutOut("ada.byron", "directory", "code")
	o.until("2026-01-06 09:00")
	o.says("that was a mistake", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
	})
	o.signsIn("ada.byron", "directory", "code")
	o.same("ada.byron", before)
	o.holds("ada.byron", "staff", "engineering")
}

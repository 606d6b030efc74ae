package main

import "github.com/joinery-iam/joinery/hrsource"

// joiners are about those who come.
func joiners() []scenario {
	return []scenario{
		{"future-hire", "made ahead, disabled and in no group; ready with the first minute of the first day, in the worker's zone", futureHire},
		{"hire-moved", "a first day that moves takes everything with it", hireMoved},
		{"no-show", "a hire that is rescinded is never enabled", noShow},
		{"manager-unknown", "a manager who is missing, or one's own report, blocks nobody's hire", managerUnknown},
		{"conversion", "an employee who becomes a contractor keeps the account without a gap", conversion},
	}
}

func futureHire(o *office) {
	o.says("Ada Byron starts in Vienna on 2 March", func(h *hr) {
		h.hire("1001", "Ada", "Byron", "Engineering", "2026-03-02")
		h.change("1001", func(w *hrsource.Worker) { w.Timezone = "Europe/Vienna" })
	})
	o.until("2026-02-22 22:59")
	o.nobody("ada.byron", "directory")
	o.until("2026-02-22 23:00")
	o.shutOut("ada.byron", "directory")
	o.holds("ada.byron")
	o.restart()
	o.until("2026-03-01 22:59")
	o.shutOut("ada.byron", "directory")
	o.until("2026-03-01 23:00")
	o.signsIn("ada.byron", "directory", "code")
	o.holds("ada.byron", "staff", "engineering")
	o.accounts(1)
}

func hireMoved(o *office) {
	o.says("Ada Byron starts on 12 January", func(h *hr) { h.hire("1001", "Ada", "Byron", "Sales", "2026-01-12") })
	o.shutOut("ada.byron", "directory")
	o.saysOnly("she starts on 1 April", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) { w.HireDate = day("2026-04-01") })
	})
	o.restart()
	o.until("2026-03-31 23:59")
	o.shutOut("ada.byron", "directory")
	o.until("2026-04-01")
	o.signsIn("ada.byron", "directory")
	o.accounts(1)
}

func noShow(o *office) {
	o.says("Ada Byron starts on 12 January", func(h *hr) { h.hire("1001", "Ada", "Byron", "Sales", "2026-01-12") })
	o.shutOut("ada.byron", "directory")
	o.says("she does not come", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) { w.Status = hrsource.StatusNoShow })
	})
	o.until("2026-02-01")
	o.shutOut("ada.byron", "directory")
	o.holds("ada.byron")
}

func managerUnknown(o *office) {
	o.says("three start: one whose manager nobody knows, and two who are each other's", func(h *hr) {
		for id, manager := range map[string]string{"1001": "9999", "1002": "1003", "1003": "1002"} {
			h.hire(id, "Worker", "N"+id, "Sales", "2026-01-01")
			h.change(id, func(w *hrsource.Worker) { w.Assignments[0].Manager = manager })
		}
	})
	for _, login := range []string{"worker.n1001", "worker.n1002", "worker.n1003"} {
		o.signsIn(login, "directory")
	}
	o.reportsTo("worker.n1002", "worker.n1003")
}

func conversion(o *office) {
	o.says("Ada Byron works as an employee until Friday, 30 January, and as a contractor from Monday", func(h *hr) {
		h.hire("1001", "Ada", "Byron", "Engineering", "2025-01-01")
		h.hire("C-77", "Ada", "Byron", "Engineering", "2026-02-02")
		for _, id := range []string{"1001", "C-77"} {
			h.change(id, func(w *hrsource.Worker) { w.PersonKey = "ada" })
		}
		h.end("1001", "2026-01-30")
		h.change("C-77", func(w *hrsource.Worker) { w.Type, w.ContractEndDate = hrsource.ContingentWorker, day("2026-06-30") })
	})
	before, _ := o.see("directory", "ada.byron")
	o.until("2026-01-31 12:00")
	o.signsIn("ada.byron", "directory", "code")
	o.restart()
	o.until("2026-06-30 23:59")
	o.signsIn("ada.byron", "directory", "code")
	o.until("2026-07-01")
	o.shutOut("ada.byron", "directory", "code")
	o.same("ada.byron", before)
	o.accounts(1)
}

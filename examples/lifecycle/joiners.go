package main

import "github.com/joinery-iam/joinery/hrsource"

// joiners are about those who come.
func joiners() []scenario {
	return []scenario{
		{"future-hire", "made ahead, disabled and in no group; ready with the first minute of the first day, in the worker's zone", futureHire, 2},
		{"hire-moved", "a first day that moves takes everything with it, and the account that is there already stays disabled", hireMoved, 2},
		{"no-show", "a hire that is rescinded is never enabled", noShow, 1},
		{"killed-in-create", "a process that is killed before it knows that it made an account: the next one finds it, and makes no second one", killedInCreate, 2},
		{"manager-unknown", "a manager who is missing, one's own report, or oneself, blocks nobody's hire", managerUnknown, 1},
		{"conversion", "an employee who becomes a contractor keeps the account and the access, over the days between the two as well", conversion, 2},
	}
}

func futureHire(o *office) {
	o.says("Ada Byron starts in Vienna on 2 March", func(h *hr) {
		h.hire("1001", "Ada", "Byron", "Engineering", "2026-03-02")
		h.lives("1001", "Europe/Vienna")
	})
	o.until("2026-02-22 22:59")
	o.nobody("ada.byron", "directory")
	o.until("2026-02-22 23:00") // midnight in Vienna, a week ahead
	o.shutOut("ada.byron", "directory")
	o.holds("ada.byron")
	o.restart()
	o.until("2026-03-01 22:59")
	o.shutOut("ada.byron", "directory", "code")
	o.until("2026-03-01 23:00")
	o.signsIn("ada.byron", "directory", "code")
	o.holds("ada.byron", "staff", "engineering")
	o.accounts(1)
}

func hireMoved(o *office) {
	o.says("Ada Byron starts on 12 January", func(h *hr) { h.hire("1001", "Ada", "Byron", "Sales", "2026-01-12") })
	o.shutOut("ada.byron", "directory")
	o.says("she starts on 1 April", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) { w.HireDate = day("2026-04-01") })
	})
	o.restart()
	o.until("2026-01-12")
	o.shutOut("ada.byron", "directory")
	o.until("2026-03-31 23:59")
	o.shutOut("ada.byron", "directory")
	o.holds("ada.byron")
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
	o.entries("enable", 0)
}

func killedInCreate(o *office) {
	o.saysOnly("Ada Byron works in Engineering from today", func(h *hr) { h.hire("1001", "Ada", "Byron", "Engineering", "2026-01-05") })
	o.killedBy("POST", "directory")
	o.drain()
	o.signsIn("ada.byron", "directory", "code")
	o.holds("ada.byron", "staff", "engineering")
	o.accounts(1)
}

func managerUnknown(o *office) {
	o.says("four start: one whose manager nobody knows, two who are each other's, and one who is her own", func(h *hr) {
		for id, manager := range map[string]string{"1001": "9999", "1002": "1003", "1003": "1002", "1004": "1004"} {
			h.hire(id, "Worker", "N"+id, "Sales", "2026-01-01")
			h.reports(id, manager)
		}
	})
	for _, login := range []string{"worker.n1001", "worker.n1002", "worker.n1003", "worker.n1004"} {
		o.signsIn(login, "directory")
	}
	o.shows("worker.n1001", "manager", "")
	o.reportsTo("worker.n1002", "worker.n1003")
	o.reportsTo("worker.n1003", "worker.n1002")
	o.reportsTo("worker.n1004", "worker.n1004")
}

func conversion(o *office) {
	o.says("Ada Byron works as an employee until Friday, 30 January, and as a contractor from Monday", func(h *hr) {
		h.hire("1001", "Ada", "Byron", "Engineering", "2025-01-01")
		h.hire("C-77", "Ada", "Byron", "Engineering", "2026-02-02")
		h.key("ada", "1001", "C-77")
		h.end("1001", "2026-01-30")
		h.change("C-77", func(w *hrsource.Worker) { w.Type, w.ContractEndDate = hrsource.ContingentWorker, day("2026-06-30") })
	})
	o.remember()
	for _, at := range []string{"2026-01-30 23:59", "2026-01-31", "2026-02-01", "2026-02-02"} {
		if at == "2026-02-01" {
			o.restart()
		}
		o.until(at)
		o.signsIn("ada.byron", "directory", "code")
		o.holds("ada.byron", "staff", "engineering")
	}
	o.entries("disable", 0)
	o.entries("revoke", 0)
	o.until("2026-06-30 23:59")
	o.signsIn("ada.byron", "directory", "code")
	o.until("2026-07-01")
	o.shutOut("ada.byron", "directory", "code")
	o.same("ada.byron")
	o.accounts(1)
}

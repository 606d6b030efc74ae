package main

import "github.com/joinery-iam/joinery/hrsource"

// stayers are about those who keep their work, and of whom something else changes.
func stayers() []scenario {
	return []scenario{
		{"name-change", "another name is another login name and address of the same account, and the old address stays as an alias", nameChange, 2},
		{"leave-of-absence", "no sign-in from the first to the last day of a leave, and all the rest stays", leaveOfAbsence, 2},
		{"merged", "one human whom HR told of twice has one account again, and both of HR's numbers", merged, 2},
	}
}

func leaveOfAbsence(o *office) {
	ada(o)
	o.says("she is on leave from 1 February to 30 April", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) {
			w.LeaveStartDate, w.LeaveEndDate = day("2026-02-01"), day("2026-04-30")
		})
	})
	o.until("2026-01-31 23:59")
	o.signsIn("ada.byron", "directory", "code")
	o.until("2026-02-01")
	o.shutOut("ada.byron", "directory", "code")
	o.holds("ada.byron", "staff", "engineering")
	o.restart()
	o.until("2026-04-30 23:59")
	o.shutOut("ada.byron", "directory", "code")
	o.until("2026-05-01")
	o.signsIn("ada.byron", "directory", "code")
	o.holds("ada.byron", "staff", "engineering")
	o.entries("revoke", 0)
	o.says("she is on leave, without any days", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) {
			w.Status, w.LeaveStartDate, w.LeaveEndDate = hrsource.StatusOnLeave, hrsource.Date{}, hrsource.Date{}
		})
	})
	o.shutOut("ada.byron", "directory", "code")
	o.says("she is back", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) { w.Status = hrsource.StatusActive })
	})
	o.signsIn("ada.byron", "directory", "code")
}

func nameChange(o *office) {
	ada(o)
	o.remember()
	o.saysOnly("her name is Ada King", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) { w.Name.Family = "King" })
	})
	o.restart()
	o.drain()
	o.same("ada.king")
	o.signsIn("ada.king", "directory")
	o.shows("ada.king", "email", "ada.king@example.com")
	o.alias("ada.king", "ada.byron@example.com")
	o.nobody("ada.byron", "directory")
	o.holds("ada.king", "staff", "engineering")
	o.says("another Ada Byron starts", func(h *hr) { h.hire("1002", "Ada", "Byron", "Sales", "2026-01-05") })
	o.signsIn("ada.byron2", "directory") // nobody gets another's mail
}

func merged(o *office) {
	ada(o)
	o.says("an Ada Byron works in Sales, number 2001", func(h *hr) { h.hire("2001", "Ada", "Byron", "Sales", "2026-01-01") })
	o.accounts(2)
	o.restart()
	o.merge("2001", "1001")
	o.drain()
	o.signsIn("ada.byron", "directory", "code")
	o.shutOut("ada.byron2", "directory")
	o.holds("ada.byron", "staff", "engineering", "sales")
	o.onePerson("1001", "2001")
	o.says("number 2001 has left", func(h *hr) { h.end("2001", "2026-01-04") })
	o.holds("ada.byron", "staff", "engineering")
	o.signsIn("ada.byron", "directory")
}

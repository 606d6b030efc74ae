package main

import "github.com/joinery-iam/joinery/hrsource"

// movers are about those who stay, and change.
func movers() []scenario {
	return []scenario{
		{"future-transfer", "nothing before its day; then the new access, and the old one for five more days to hand over", futureTransfer},
		{"other-region", "another department in another country: both sets of groups change, the account stays", otherRegion},
		{"backdated-transfer", "what should have been so since last month is so now; nothing of the past is played again", backdatedTransfer},
		{"backdated-update", "a title that was wrong for a month is right from now on", backdatedUpdate},
		{"several-in-a-day", "three changes before anything was done: only the last is done, and all are kept", severalInADay},
		{"manager-change", "another manager is another reference, and no other access", managerChange},
		{"name-change", "another name is another login name and address of the same account", nameChange},
		{"leave-of-absence", "no sign-in during a leave, and all the rest stays", leaveOfAbsence},
		{"two-jobs", "access is what both give; who leaves one keeps the other's; the last end is the leaver", twoJobs},
	}
}

// ada works in Engineering.
func ada(o *office) {
	o.says("Ada Byron works in Engineering", func(h *hr) { h.hire("1001", "Ada", "Byron", "Engineering", "2025-01-01") })
	o.signsIn("ada.byron", "directory", "code")
}

func futureTransfer(o *office) {
	o.says("Ada Byron works in Sales", func(h *hr) { h.hire("1001", "Ada", "Byron", "Sales", "2025-01-01") })
	o.says("she moves to Engineering on 1 February", func(h *hr) { h.moves("Engineering", "2026-02-01") })
	o.until("2026-01-31 23:59")
	o.holds("ada.byron", "staff", "sales")
	o.restart()
	o.until("2026-02-01")
	o.holds("ada.byron", "staff", "sales", "engineering")
	o.signsIn("ada.byron", "code")
	o.until("2026-02-06")
	o.holds("ada.byron", "staff", "engineering")
}

func otherRegion(o *office) {
	o.says("Ada Byron works in Sales in Vienna", func(h *hr) {
		h.hire("1001", "Ada", "Byron", "Sales", "2025-01-01")
		h.change("1001", func(w *hrsource.Worker) { w.Assignments[0].Country = "AT" })
	})
	before, _ := o.see("directory", "ada.byron")
	o.holds("ada.byron", "staff", "sales", "vienna")
	o.says("she is an engineer in Austin from today", func(h *hr) {
		h.moves("Engineering", "2026-01-05")
		h.change("1001", func(w *hrsource.Worker) { w.Assignments[1].Country = "US" })
	})
	o.holds("ada.byron", "staff", "engineering", "austin", "sales")
	o.until("2026-01-10")
	o.holds("ada.byron", "staff", "engineering", "austin")
	o.same("ada.byron", before)
}

func backdatedTransfer(o *office) {
	ada(o)
	o.says("she has been in Sales since 1 December", func(h *hr) { h.moves("Sales", "2025-12-01") })
	o.holds("ada.byron", "staff", "sales")
	o.shutOut("ada.byron", "code")
}

func backdatedUpdate(o *office) {
	ada(o)
	o.says("she has been Chief Engineer since 1 December", func(h *hr) {
		h.moves("Engineering", "2025-12-01")
		h.change("1001", func(w *hrsource.Worker) { w.Assignments[1].JobTitle = "Chief Engineer" })
	})
	o.shows("ada.byron", "title", "Chief Engineer")
	o.knew("1001", "2025-12-15", "2026-01-05 08:00", "jobTitle", "")
	o.knew("1001", "2025-12-15", "2026-01-05 10:00", "jobTitle", "Chief Engineer")
}

func severalInADay(o *office) {
	ada(o)
	for _, department := range []string{"Sales", "Legal", "Sales", "Engineering"} {
		o.saysOnly("she is in "+department, func(h *hr) {
			h.change("1001", func(w *hrsource.Worker) { w.Assignments[0].Department = department })
		})
	}
	o.restart()
	o.says("she is Head of Engineering", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) { w.Assignments[0].JobTitle = "Head" })
	})
	o.holds("ada.byron", "staff", "engineering")
	o.signsIn("ada.byron", "directory", "code")
	o.shows("ada.byron", "title", "Head")
	o.entries("grant", 3) // the first day's, and none since
	o.entries("revoke", 0)
}

func managerChange(o *office) {
	o.says("Ada Byron reports to Mary, and then to Grace", func(h *hr) {
		h.hire("1", "Mary", "Somerville", "Legal", "2020-01-01")
		h.hire("2", "Grace", "Hopper", "Legal", "2020-01-01")
		h.hire("1001", "Ada", "Byron", "Legal", "2025-01-01")
		h.change("1001", func(w *hrsource.Worker) { w.Assignments[0].Manager = "1" })
		h.moves("Legal", "2026-02-01")
		h.change("1001", func(w *hrsource.Worker) { w.Assignments[1].Manager = "2" })
	})
	o.reportsTo("ada.byron", "mary.somerville")
	o.until("2026-02-01")
	o.reportsTo("ada.byron", "grace.hopper")
	o.holds("ada.byron", "staff")
	o.says("Grace leaves", func(h *hr) { h.end("2", "2026-01-31") })
	o.shutOut("grace.hopper", "directory")
	o.signsIn("ada.byron", "directory")
}

func nameChange(o *office) {
	ada(o)
	before, _ := o.see("directory", "ada.byron")
	o.says("her name is Ada King", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) { w.Name.Family = "King" })
	})
	o.same("ada.king", before)
	o.signsIn("ada.king", "directory")
	o.shows("ada.king", "email", "ada.king@example.com")
	o.nobody("ada.byron", "directory")
	o.holds("ada.king", "staff", "engineering")
	o.says("another Ada Byron starts", func(h *hr) { h.hire("1002", "Ada", "Byron", "Sales", "2026-01-05") })
	o.signsIn("ada.byron2", "directory") // nobody gets another's mail
}

func leaveOfAbsence(o *office) {
	ada(o)
	o.says("she is on leave", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) { w.Status = hrsource.StatusOnLeave })
	})
	o.shutOut("ada.byron", "directory")
	o.holds("ada.byron", "staff", "engineering")
	o.until("2026-05-01")
	o.says("she is back", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) { w.Status = hrsource.StatusActive })
	})
	o.signsIn("ada.byron", "directory")
	o.holds("ada.byron", "staff", "engineering")
}

func twoJobs(o *office) {
	o.says("Ada Byron works in Engineering and, until the end of March, in Sales", func(h *hr) {
		h.hire("1001", "Ada", "Byron", "Engineering", "2025-01-01")
		h.hire("1002", "Ada", "Byron", "Sales", "2025-06-01")
		h.end("1002", "2026-03-31")
		for _, id := range []string{"1001", "1002"} {
			h.change(id, func(w *hrsource.Worker) { w.PersonKey, w.Primary = "ada", id == "1001" })
		}
	})
	o.accounts(1)
	o.holds("ada.byron", "staff", "engineering", "sales")
	o.until("2026-04-01")
	o.holds("ada.byron", "staff", "engineering")
	o.signsIn("ada.byron", "directory", "code")
	o.says("and she leaves Engineering", func(h *hr) { h.end("1001", "2026-04-15") })
	o.until("2026-04-16")
	o.shutOut("ada.byron", "directory", "code")
	o.holds("ada.byron")
}

package main

import "github.com/joinery-iam/joinery/hrsource"

// movers are about those who stay, and work somewhere else.
func movers() []scenario {
	return []scenario{
		{"future-transfer", "nothing before its first minute where the worker is; then the new access, and the old one for five more days to hand over", futureTransfer, 2},
		{"transfer-ahead", "a transfer that is another contract: the account for it is there two days ahead, disabled, and nothing else before its day", transferAhead, 1},
		{"other-region", "another department in another country: both sets of groups change, the account stays", otherRegion, 1},
		{"backdated-transfer", "what should have been so since last month is so now; what was in between is not played again", backdatedTransfer, 1},
		{"backdated-update", "a title that was wrong for a month is right from now on", backdatedUpdate, 1},
		{"several-in-a-day", "several changes before anything was done: only the last one acts, and all are kept", severalInADay, 2},
		{"two-rows-of-a-day", "of two rows that begin on the same day the later one counts, and the other is never acted on", twoRowsOfADay, 1},
		{"manager-change", "another manager is another reference, and no other access", managerChange, 1},
		{"two-jobs", "access is what both give; name, address and manager are those of the main one; who leaves one keeps the other's; the last end is the leaver", twoJobs, 1},
	}
}

// ada works in Engineering.
func ada(o *office) {
	o.says("Ada Byron works in Engineering", func(h *hr) { h.hire("1001", "Ada", "Byron", "Engineering", "2025-01-01") })
	o.signsIn("ada.byron", "directory", "code")
}

func futureTransfer(o *office) {
	o.says("Ada Byron works in Sales in Auckland", func(h *hr) {
		h.hire("1001", "Ada", "Byron", "Sales", "2025-01-01")
		h.lives("1001", "Pacific/Auckland")
	})
	o.says("she moves to Engineering on 1 February", func(h *hr) { h.moves("Engineering", "2026-02-01") })
	o.until("2026-01-31 10:59")
	o.holds("ada.byron", "staff", "sales")
	o.restart()
	o.until("2026-01-31 11:00") // midnight in Auckland
	o.holds("ada.byron", "staff", "sales", "engineering")
	o.signsIn("ada.byron", "code")
	o.until("2026-02-05 10:59")
	o.holds("ada.byron", "staff", "sales", "engineering")
	o.until("2026-02-05 11:00")
	o.holds("ada.byron", "staff", "engineering")
}

func transferAhead(o *office) {
	o.says("Ada Byron works in Sales in Auckland until the end of January, and in Engineering of another company of the group from then on", func(h *hr) {
		h.hire("1001", "Ada", "Byron", "Sales", "2025-01-01")
		h.hire("2001", "Ada", "Byron", "Engineering", "2026-02-01")
		h.key("ada", "1001", "2001")
		h.end("1001", "2026-01-31")
		h.lives("1001", "Pacific/Auckland")
		h.lives("2001", "Pacific/Auckland")
	})
	o.until("2026-01-29 10:59")
	o.nobody("ada.byron", "code")
	o.until("2026-01-29 11:00")
	o.shutOut("ada.byron", "code")
	o.holds("ada.byron", "staff", "sales")
	o.until("2026-01-31 10:59")
	o.shutOut("ada.byron", "code")
	o.until("2026-01-31 11:00")
	o.signsIn("ada.byron", "directory", "code")
	o.holds("ada.byron", "staff", "engineering", "sales")
	o.until("2026-02-05 11:00") // five days later, as with a transfer within a relationship
	o.holds("ada.byron", "staff", "engineering")
}

func otherRegion(o *office) {
	o.says("Ada Byron works in Sales in Vienna", func(h *hr) {
		h.hire("1001", "Ada", "Byron", "Sales", "2025-01-01")
		h.change("1001", func(w *hrsource.Worker) { w.Assignments[0].Country = "AT" })
	})
	o.remember()
	o.holds("ada.byron", "staff", "sales", "vienna")
	o.says("she is an engineer in Austin from today", func(h *hr) {
		h.moves("Engineering", "2026-01-05")
		h.change("1001", func(w *hrsource.Worker) { w.Assignments[1].Country = "US" })
	})
	o.holds("ada.byron", "staff", "engineering", "austin", "sales")
	o.until("2026-01-10")
	o.holds("ada.byron", "staff", "engineering", "austin")
	o.same("ada.byron")
}

func backdatedTransfer(o *office) {
	ada(o)
	o.says("she was in Finance from 1 November, and has been in Sales since 1 December", func(h *hr) {
		h.moves("Finance", "2025-11-01")
		h.moves("Sales", "2025-12-01")
	})
	o.holds("ada.byron", "staff", "sales")
	o.shutOut("ada.byron", "code")
	o.never("group/ledgers") // which is what Finance has
}

func backdatedUpdate(o *office) {
	ada(o)
	o.later(60)
	o.says("she has been Chief Engineer since 1 December", func(h *hr) {
		h.moves("Engineering", "2025-12-01")
		h.change("1001", func(w *hrsource.Worker) { w.Assignments[1].JobTitle = "Chief Engineer" })
	})
	o.shows("ada.byron", "title", "Chief Engineer")
	o.knew("1001", "2025-12-15", "2026-01-05 09:59", "jobTitle", "")
	o.knew("1001", "2025-12-15", "2026-01-05 10:00", "jobTitle", "Chief Engineer")
}

func severalInADay(o *office) {
	ada(o)
	for _, department := range []string{"Sales", "Finance", "Sales", "Engineering"} {
		o.later(10)
		o.saysOnly("she is in "+department, func(h *hr) {
			h.change("1001", func(w *hrsource.Worker) { w.Assignments[0].Department = department })
		})
	}
	o.restart()
	o.later(10)
	o.says("she is Head of Engineering", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) { w.Assignments[0].JobTitle = "Head" })
	})
	o.holds("ada.byron", "staff", "engineering")
	o.signsIn("ada.byron", "directory", "code")
	o.shows("ada.byron", "title", "Head")
	o.entries("grant", 3) // the first day's, and none since
	o.entries("revoke", 0)
	for at, department := range []string{"Engineering", "Sales", "Finance", "Sales", "Engineering"} {
		o.knew("1001", "2026-01-05", "2026-01-05 09:"+string(rune('0'+at))+"0", "department", department)
	}
}

func twoRowsOfADay(o *office) {
	ada(o)
	o.says("from today she is in Finance, says one row, and in Sales, says the next", func(h *hr) {
		h.moves("Finance", "2026-01-05")
		h.moves("Sales", "2026-01-05")
	})
	o.holds("ada.byron", "staff", "sales")
	o.shows("ada.byron", "department", "Sales")
	o.shutOut("ada.byron", "code")
	o.never("group/ledgers") // which is what Finance has
}

func managerChange(o *office) {
	o.says("Ada Byron reports to Mary, and then to Grace", func(h *hr) {
		h.hire("1", "Mary", "Somerville", "Legal", "2020-01-01")
		h.hire("2", "Grace", "Hopper", "Legal", "2020-01-01")
		h.hire("1001", "Ada", "Byron", "Legal", "2025-01-01")
		h.reports("1001", "1")
		h.moves("Legal", "2026-02-01")
		h.reports("1001", "2")
	})
	o.reportsTo("ada.byron", "mary.somerville")
	o.until("2026-02-01")
	o.reportsTo("ada.byron", "grace.hopper")
	o.holds("ada.byron", "staff")
	o.entries("revoke", 0)
}

func twoJobs(o *office) {
	o.says("Ada Byron works in Engineering and, as Ada King and until the end of March, in Sales", func(h *hr) {
		h.hire("1", "Mary", "Somerville", "Legal", "2020-01-01")
		h.hire("2", "Grace", "Hopper", "Legal", "2020-01-01")
		h.hire("1001", "Ada", "King", "Sales", "2025-01-01")
		h.hire("1002", "Ada", "Byron", "Engineering", "2025-06-01")
		h.end("1001", "2026-03-31")
		h.key("ada", "1001", "1002")
		h.change("1002", func(w *hrsource.Worker) { w.Primary = true })
		h.reports("1001", "1")
		h.reports("1002", "2")
	})
	o.accounts(3)
	o.nobody("ada.king", "directory")
	o.holds("ada.byron", "staff", "engineering", "sales")
	o.shows("ada.byron", "email", "ada.byron@example.com")
	o.shows("ada.byron", "department", "Engineering")
	o.reportsTo("ada.byron", "grace.hopper")
	o.until("2026-04-01")
	o.holds("ada.byron", "staff", "engineering")
	o.signsIn("ada.byron", "directory", "code")
	o.says("and she leaves Engineering", func(h *hr) { h.end("1002", "2026-04-15") })
	o.until("2026-04-16")
	o.shutOut("ada.byron", "directory", "code")
	o.holds("ada.byron")
}

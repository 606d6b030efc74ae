package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
)

const hour = time.Hour

// leavers are about those who go.
func leavers() []scenario {
	return []scenario{
		{"last-day", "access ends with the last day where the worker is, be that day 23, 24 or 25 hours long", lastDay, 1},
		{"endings", "at once, at an instant to come, with the last day, or with the last day at work: access ends when it is to", endings, 2},
		{"immediate", "an immediate termination acts at once, even through the death of the process; the report says what was closed and when", immediate, 2},
		{"backdated-termination", "an end that is told a month late acts at once, and the audit log shows the gap", backdatedTermination, 1},
		{"contract-ends", "a contract that nobody ended ends by the clock alone", contractEnds, 1},
		{"manager-leaves", "whose manager leaves goes on working", managerLeaves, 1},
		{"corrected", "an end that was a mistake is taken back: the same account, enabled again", corrected, 1},
		{"corrected-too-late", "an end that is taken back once the account was deleted: a new account, and somebody is asked to see to what was in the old one", correctedTooLate, 2},
	}
}

func lastDay(o *office) {
	people := []struct{ given, family, zone, last, before, at string }{
		{"Vera", "Vienna", "Europe/Vienna", "2026-03-28", "2026-03-28 22:59", "2026-03-28 23:00"},
		{"Ari", "Auckland", "Pacific/Auckland", "2026-03-29", "2026-03-29 10:59", "2026-03-29 11:00"},
		{"Short", "Vienna", "Europe/Vienna", "2026-03-29", "2026-03-29 21:59", "2026-03-29 22:00"},
		{"Lou", "Angeles", "America/Los_Angeles", "2026-03-29", "2026-03-30 06:59", "2026-03-30 07:00"},
		{"Long", "Vienna", "Europe/Vienna", "2026-10-25", "2026-10-25 22:59", "2026-10-25 23:00"},
	}
	o.says("four have their last day around 29 March, when the day is 23 hours long in Vienna, and one on 25 October, when it is 25", func(h *hr) {
		for i, p := range people {
			id := strconv.Itoa(i + 1)
			h.hire(id, p.given, p.family, "Sales", "2025-01-01")
			h.end(id, p.last)
			h.lives(id, p.zone)
		}
	})
	for _, p := range people {
		login := strings.ToLower(p.given + "." + p.family)
		o.until(p.before)
		o.signsIn(login, "directory")
		o.until(p.at)
		o.shutOut(login, "directory")
	}
}

func endings(o *office) {
	o.configure("let access end with the last day of work", func(c *provisioning.TenantConfig) { c.EndsWith = hrsource.EndsWithWork })
	o.says("five work in Legal", func(h *hr) {
		for id, name := range map[string][2]string{
			"1": {"Anna", "Order"}, "2": {"Bert", "Forced"}, "3": {"Cleo", "Instant"}, "4": {"Dora", "Evening"}, "5": {"Emil", "Garden"},
		} {
			h.hire(id, name[0], name[1], "Legal", "2025-01-01")
		}
	})
	o.says("Anna has to go at once; it is Bert's last day, against his will; Cleo's access ends at 15:30; it is Dora's last day, "+
		"and Emil's last one at work, who is employed until June", func(h *hr) {
		h.change("1", func(w *hrsource.Worker) { w.AccessEnd = o.now })
		h.change("2", func(w *hrsource.Worker) { w.Involuntary = true })
		h.end("2", "2026-01-05")
		h.change("3", func(w *hrsource.Worker) { w.AccessEnd = instant("2026-01-05 15:30") })
		h.end("4", "2026-01-05")
		h.change("5", func(w *hrsource.Worker) { w.LastDayOfWork = day("2026-01-05") })
		h.end("5", "2026-06-30")
	})
	o.shutOut("anna.order", "directory")
	o.shutOut("bert.forced", "directory")
	o.restart()
	o.until("2026-01-05 15:29")
	o.signsIn("cleo.instant", "directory")
	o.until("2026-01-05 15:30")
	o.shutOut("cleo.instant", "directory")
	o.until("2026-01-05 23:59")
	o.signsIn("dora.evening", "directory")
	o.signsIn("emil.garden", "directory")
	o.until("2026-01-06")
	o.shutOut("dora.evening", "directory")
	o.shutOut("emil.garden", "directory")
}

func immediate(o *office) {
	o.says("Ada Byron works in Sales", func(h *hr) { h.hire("1001", "Ada", "Byron", "Sales", "2025-01-01") })
	o.saysOnly("she has to go, at once", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) { w.AccessEnd = o.now })
	})
	o.killedBy("PATCH", "directory")
	o.drain()
	o.shutOut("ada.byron", "directory")
	o.holds("ada.byron")
	o.contained("1001", 0)
}

func backdatedTermination(o *office) {
	ada(o)
	o.says("her last day was 5 December", func(h *hr) { h.end("1001", "2025-12-05") })
	o.shutOut("ada.byron", "directory", "code")
	o.gap("1001", 30*24*hour)
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
		h.reports("1001", "1")
		h.end("1", "2026-01-06")
	})
	o.until("2026-01-07")
	o.shutOut("mary.somerville", "directory")
	o.signsIn("ada.byron", "directory")
	o.holds("ada.byron", "staff")
}

func corrected(o *office) {
	ada(o)
	o.remember()
	o.says("her last day was yesterday", func(h *hr) { h.end("1001", "2026-01-04") })
	o.shutOut("ada.byron", "directory", "code")
	o.until("2026-01-06 09:00")
	o.says("that was a mistake", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
	})
	o.signsIn("ada.byron", "directory", "code")
	o.same("ada.byron")
	o.holds("ada.byron", "staff", "engineering")
}

func correctedTooLate(o *office) {
	o.keepsForAMonth()
	ada(o)
	o.remember()
	o.says("her last day is 10 January", func(h *hr) { h.end("1001", "2026-01-10") })
	o.until("2026-02-09 23:59")
	o.shutOut("ada.byron", "directory", "code")
	o.until("2026-02-10 02:00")
	o.nobody("ada.byron", "directory")
	o.restart()
	o.until("2026-02-11 09:00")
	o.says("that was a mistake", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) { w.TerminationDate = hrsource.Date{} })
	})
	o.signsIn("ada.byron", "directory", "code")
	o.another("ada.byron")
	o.holds("ada.byron", "staff", "engineering")
	o.answer("seen")
	o.noQuestions()
}

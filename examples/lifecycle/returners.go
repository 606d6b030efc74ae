package main

import (
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
)

// returners are about those who come back, and those who only seem to.
func returners() []scenario {
	return []scenario{
		{"rehire", "the same address under a new number: a person is asked, and then the old account is enabled, without the old access", rehire},
		{"rehire-by-key", "the same person key under a new number needs no answer", rehireByKey},
		{"address-given-on", "an address that somebody else has now never enables the old account", addressGivenOn},
		{"rehire-before-timer", "a rehire silences what was still to come of the job before", rehireBeforeTimer},
		{"merged", "one human whom HR told of twice has one account again", merged},
	}
}

// gone is Ada Byron, of Engineering, who left in January.
func gone(o *office, key string) {
	o.says("Ada Byron works in Engineering until 10 January", func(h *hr) {
		h.hire("1001", "Ada", "Byron", "Engineering", "2025-01-01")
		h.change("1001", func(w *hrsource.Worker) { w.Email, w.PersonKey = "ada.byron@example.com", key })
		h.end("1001", "2026-01-10")
	})
	o.until("2026-03-01")
	o.shutOut("ada.byron", "directory", "code")
}

func rehire(o *office) {
	gone(o, "")
	before, _ := o.see("directory", "ada.byron")
	o.says("an Ada Byron with that address starts in Sales, number 2001", func(h *hr) {
		h.hire("2001", "Ada", "Byron", "Sales", "2026-03-01")
		h.change("2001", func(w *hrsource.Worker) { w.Email = "ada.byron@example.com" })
	})
	o.shutOut("ada.byron", "directory") // until somebody said who she is
	o.restart()
	o.answer("same:")
	o.drain()
	o.signsIn("ada.byron", "directory")
	o.same("ada.byron", before)
	o.holds("ada.byron", "staff", "sales")
	o.shutOut("ada.byron", "code")
	o.accounts(1)
}

func rehireByKey(o *office) {
	gone(o, "AT-0815")
	before, _ := o.see("directory", "ada.byron")
	o.says("the same person starts in Engineering, number 2001", func(h *hr) {
		h.hire("2001", "Ada", "Byron", "Engineering", "2026-03-01")
		h.change("2001", func(w *hrsource.Worker) { w.PersonKey = "AT-0815" })
	})
	o.signsIn("ada.byron", "directory", "code")
	o.same("ada.byron", before)
	o.accounts(1)
}

func addressGivenOn(o *office) {
	gone(o, "AT-0815")
	o.says("somebody else has that address now", func(h *hr) {
		h.hire("2001", "Adam", "Byron", "Sales", "2026-03-01")
		h.change("2001", func(w *hrsource.Worker) { w.Email, w.PersonKey = "ada.byron@example.com", "AT-4711" })
	})
	o.shutOut("ada.byron", "directory", "code")
	o.signsIn("adam.byron", "directory")
	o.open(0)
}

func rehireBeforeTimer(o *office) {
	o.says("Ada Byron's contract runs until June; she leaves in January already", func(h *hr) {
		h.hire("C-1", "Ada", "Byron", "Engineering", "2025-01-01")
		h.change("C-1", func(w *hrsource.Worker) { w.PersonKey, w.ContractEndDate = "ada", day("2026-06-30") })
		h.end("C-1", "2026-01-10")
	})
	o.until("2026-02-01")
	o.shutOut("ada.byron", "directory")
	o.says("she is employed from today", func(h *hr) {
		h.hire("2001", "Ada", "Byron", "Engineering", "2026-02-01")
		h.change("2001", func(w *hrsource.Worker) { w.PersonKey = "ada" })
	})
	o.signsIn("ada.byron", "directory", "code")
	o.restart()
	o.until("2026-07-15") // long after the contract would have ended
	o.signsIn("ada.byron", "directory", "code")
	o.entries("disable", 2)
}

func merged(o *office) {
	o.says("Ada Byron works in Engineering; Ada King, too", func(h *hr) {
		h.hire("1001", "Ada", "Byron", "Engineering", "2025-01-01")
		h.hire("2001", "Ada", "King", "Sales", "2026-01-01")
	})
	o.accounts(2)
	if !o.asleep && o.err == nil {
		from, into := o.person("2001"), o.person("1001")
		o.say("   hr-desk: they are the same; the younger is merged into the older")
		o.err = o.tenant.Merge(o.ctx, provisioning.MergeRequest{Person: from, Into: into, Actor: "hr-desk", Note: "one passport"})
	}
	o.restart()
	o.drain()
	o.signsIn("ada.byron", "directory", "code")
	o.shutOut("ada.king", "directory")
	o.holds("ada.byron", "staff", "engineering", "sales")
}

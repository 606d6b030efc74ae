package main

import (
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
)

// returners are about those who come back, and those who only seem to.
func returners() []scenario {
	return []scenario{
		{"rehire", "the same address under a new number: a person is asked, and then the old account is enabled, without the old access", rehire, 2},
		{"rehire-by-key", "the same person key under a new number needs no answer", rehireByKey, 1},
		{"rehire-by-private-address", "nor do the same private address and birth date under a new number", rehireByPrivateAddress, 1},
		{"address-given-on", "an address that somebody else has now never enables the old account: another person key settles it", addressGivenOn, 1},
		{"address-given-on-asked", "an address that somebody else has now, and no person keys: somebody is asked, and nobody gets anything before", addressGivenOnAsked, 2},
		{"rehire-before-deletion", "a rehire stops the deletion that is due already; the next one counts from the next end", rehireBeforeDeletion, 2},
	}
}

// gone is Ada Byron, of Engineering, who left in January.
func gone(o *office, key string) {
	o.says("Ada Byron works in Engineering until 10 January", func(h *hr) {
		h.hire("1001", "Ada", "Byron", "Engineering", "2025-01-01")
		h.key(key, "1001")
		h.change("1001", func(w *hrsource.Worker) {
			w.Email, w.PersonalEmail, w.BirthDate = "ada.byron@example.com", "ada@home.example", day("1995-12-10")
		})
		h.end("1001", "2026-01-10")
	})
	o.remember()
	o.until("2026-01-15")
	o.shutOut("ada.byron", "directory", "code")
}

func rehire(o *office) {
	gone(o, "")
	o.says("an Ada Byron with that address starts in Sales, number 2001", func(h *hr) {
		h.hire("2001", "Ada", "Byron", "Sales", "2026-01-15")
		h.change("2001", func(w *hrsource.Worker) { w.Email = "ada.byron@example.com" })
	})
	o.shutOut("ada.byron", "directory") // until somebody said who she is
	o.restart()
	o.answer("same:")
	o.drain()
	o.signsIn("ada.byron", "directory")
	o.same("ada.byron")
	o.holds("ada.byron", "staff", "sales")
	o.shutOut("ada.byron", "code")
	o.accounts(1)
	o.onePerson("1001", "2001")
}

func rehireByKey(o *office) {
	gone(o, "AT-0815")
	o.says("the same person starts in Engineering, number 2001", func(h *hr) {
		h.hire("2001", "Ada", "Byron", "Engineering", "2026-01-15")
		h.key("AT-0815", "2001")
	})
	o.signsIn("ada.byron", "directory", "code")
	o.same("ada.byron")
	o.accounts(1)
}

func rehireByPrivateAddress(o *office) {
	gone(o, "")
	o.says("an Ada King with the same private address and birth date starts in Sales, number 2001", func(h *hr) {
		h.hire("2001", "Ada", "King", "Sales", "2026-01-15")
		h.change("2001", func(w *hrsource.Worker) { w.PersonalEmail, w.BirthDate = "ada@home.example", day("1995-12-10") })
	})
	o.signsIn("ada.king", "directory")
	o.same("ada.king")
	o.holds("ada.king", "staff", "sales")
	o.accounts(1)
}

func addressGivenOn(o *office) {
	gone(o, "AT-0815")
	o.says("somebody else has that address now", func(h *hr) {
		h.hire("2001", "Adam", "Byron", "Sales", "2026-01-15")
		h.key("AT-4711", "2001")
		h.change("2001", func(w *hrsource.Worker) { w.Email = "ada.byron@example.com" })
	})
	o.shutOut("ada.byron", "directory", "code")
	o.signsIn("adam.byron", "directory")
	o.noQuestions()
}

func addressGivenOnAsked(o *office) {
	gone(o, "")
	o.says("an Adam Byron has that address now", func(h *hr) {
		h.hire("2001", "Adam", "Byron", "Sales", "2026-01-15")
		h.change("2001", func(w *hrsource.Worker) { w.Email = "ada.byron@example.com" })
	})
	o.restart()
	o.until("2026-01-20")
	o.shutOut("ada.byron", "directory", "code")
	o.nobody("adam.byron", "directory")
	o.answer("new")
	o.drain()
	o.signsIn("adam.byron", "directory")
	o.shutOut("ada.byron", "directory", "code")
	o.accounts(2)
}

// keepsForAMonth lets the engine delete accounts in the directory after thirty days, at night.
func (o *office) keepsForAMonth() {
	o.configure("delete leavers from the directory after 30 days, between 02:00 and 04:00", directory(func(s *provisioning.System) {
		s.DeleteAfter = 30 * 24 * hour
		s.Batch = provisioning.Batch{Windows: "daily 02:00-04:00 UTC", Kinds: []connector.Kind{connector.Delete}}
	}))
}

func rehireBeforeDeletion(o *office) {
	o.keepsForAMonth()
	gone(o, "AT-0815")
	o.until("2026-02-10 01:00") // thirty days after the account was disabled
	o.plan()
	o.shutOut("ada.byron", "directory")
	o.restart()
	o.says("she is employed again from today, number 2001", func(h *hr) {
		h.hire("2001", "Ada", "Byron", "Engineering", "2026-02-10")
		h.key("AT-0815", "2001")
	})
	o.until("2026-02-10 04:00") // the night is over
	o.signsIn("ada.byron", "directory", "code")
	o.same("ada.byron")
	o.says("she leaves again with 31 March", func(h *hr) { h.end("2001", "2026-03-31") })
	o.until("2026-05-01 01:59")
	o.shutOut("ada.byron", "directory")
	o.same("ada.byron")
	o.until("2026-05-01 02:00")
	o.nobody("ada.byron", "directory")
	o.entries("delete", 1)
}

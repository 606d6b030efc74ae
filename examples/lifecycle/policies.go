package main

import (
	"strings"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
)

// policies are about the rules themselves, and when they are carried out.
func policies() []scenario {
	return []scenario{
		{"policy-rolled-back", "a policy with a slip is held as a whole, and taken back by another process", policyRolledBack, 2},
		{"policy-reviewed", "a new policy acts once somebody has approved the plan of it", policyReviewed, 1},
		{"night-window", "what can wait is done at night, and what cannot is not", nightWindow, 1},
	}
}

func policyRolledBack(o *office) {
	crowd(o)
	o.activate("everybody with a job title is staff, it says by mistake", `workerType in ["employee", "contingentWorker"]`, `jobTitle != ""`, false)
	o.drain()
	o.holds("worker.n0000", "sales", "staff")
	o.restart()
	o.rollBack()
	o.drain()
	o.noQuestions()
	o.holds("worker.n0000", "sales", "staff")
	o.entries("revoke", 0)
}

func policyReviewed(o *office) {
	ada(o)
	o.activate("engineers are in Vienna's group as well", "grants: [directory:group/engineering,", "grants: [directory:group/engineering, directory:group/vienna,", true)
	o.drain()
	o.holds("ada.byron", "staff", "engineering")
	o.apply()
	o.holds("ada.byron", "staff", "engineering", "vienna")
}

func nightWindow(o *office) {
	ada(o)
	o.configure("update the directory between 22:00 and 05:00 in Vienna", directory(func(s *provisioning.System) {
		s.Batch = provisioning.Batch{Windows: "daily 22:00-05:00 Europe/Vienna", Kinds: []connector.Kind{connector.Update}}
	}))
	o.says("she has another title from today on", func(h *hr) {
		h.change("1001", func(w *hrsource.Worker) { w.Assignments[0].JobTitle = "Countess" })
	})
	o.shows("ada.byron", "title", "")
	o.until("2026-01-05 20:59")
	o.shows("ada.byron", "title", "")
	o.until("2026-01-05 21:00")
	o.shows("ada.byron", "title", "Countess")
}

// activate puts other rules in force: those of the office, with one part of them
// replaced.
func (o *office) activate(what, part, by string, review bool) {
	if o.asleep || o.err != nil {
		return
	}
	o.say("%s  POLICY: %s", o.now.Format("2006-01-02 15:04"), what)
	p, err := policy.Load("policy.yaml", strings.NewReader(strings.Replace(rules, part, by, 1)))
	if err != nil {
		o.err = err
		return
	}
	if _, err = o.tenant.ActivatePolicy(o.ctx, provisioning.ActivateRequest{Policy: p, Actor: "iam-desk", Review: review, Note: what}); err != nil {
		o.err = err
		return
	}
	o.plan()
	o.drain()
	o.held()
}

// held prints what waits for somebody.
func (o *office) held() {
	status, err := o.tenant.Status(o.ctx)
	for _, run := range status.Held {
		o.say("   HELD: %s: %s", run.Kind, run.Note)
	}
	o.check(err == nil && len(status.Held) > 0, "it is held")
}

// rollBack puts the policy in force again that was before the last.
func (o *office) rollBack() {
	if o.asleep || o.err != nil {
		return
	}
	all, err := o.tenant.Activations(o.ctx)
	if err == nil && len(all) > 1 {
		o.say("%s  POLICY: back to the one of %s", o.now.Format("2006-01-02 15:04"), all[1].At.Format(time.DateOnly))
		_, err = o.tenant.ActivatePolicy(o.ctx, provisioning.ActivateRequest{Version: all[1].Version, Actor: "iam-desk", Note: "a slip"})
	}
	o.err = err
}

// apply approves the plan of what there is to be done.
func (o *office) apply() {
	if o.asleep || o.err != nil {
		return
	}
	plan, err := o.tenant.Plan(o.ctx, provisioning.PlanRequest{})
	if err != nil {
		o.err = err
		return
	}
	o.show(plan)
	o.say("   APPROVED")
	_, o.err = o.tenant.Apply(o.ctx, provisioning.ApplyRequest{Plan: plan, Actor: "iam-desk"})
}

package main

import (
	"errors"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
)

// says lets HR say something, prints the plan of it, and lets it be done.
func (o *office) says(what string, change func(h *hr)) {
	o.told(what, change)
	o.plan()
	o.read()
	o.drainQuietly()
}

// saysOnly lets HR say something that the engine takes up, but does not get to act on.
func (o *office) saysOnly(what string, change func(h *hr)) {
	o.told(what, change)
	o.read()
}

func (o *office) told(what string, change func(h *hr)) {
	o.say("%s  HR: %s", o.now.Format("2006-01-02 15:04"), what)
	change(o.hr)
}

// plan prints what would be done.
func (o *office) plan() {
	if o.asleep || o.err != nil {
		return
	}
	plan, err := o.tenant.Plan(o.ctx, provisioning.PlanRequest{Read: []string{o.hr.Name()}})
	if err != nil {
		o.err = err
		return
	}
	for _, line := range plan.Lines {
		o.say("   plan  %s", line)
	}
	for _, note := range plan.Notes {
		o.say("   plan  ! %s", note)
	}
	if len(plan.Lines)+len(plan.Notes) == 0 {
		o.say("   plan  nothing to be done now")
	}
}

func (o *office) read() {
	if o.asleep || o.err != nil {
		return
	}
	_, err := o.tenant.Read(o.ctx, o.hr.Name())
	if shrunk, ok := errors.AsType[*hrsource.ShrunkError](err); ok {
		o.say("   REFUSED: %v", shrunk)
		return
	}
	o.err = err
}

// drain does what is due, and waits a moment for what has to be tried again.
func (o *office) drain() (next time.Time) {
	for {
		if o.asleep || o.err != nil {
			return time.Time{}
		}
		next, o.err = o.tenant.Drain(o.ctx)
		if next.IsZero() || next.Sub(o.now) > time.Second {
			return next
		}
	}
}

// drainQuietly does what is due, and spares the reader the many lines of it.
func (o *office) drainQuietly() {
	o.quiet = true
	o.drain()
	o.quiet = false
}

// until lets time pass, from one instant at which something is due to the next.
func (o *office) until(when string) {
	end := instant(when)
	for {
		next := o.drain()
		if o.err != nil || next.IsZero() || next.After(end) {
			break
		}
		o.now = next
	}
	o.now = end
	o.say("%s", o.now.Format("2006-01-02 15:04"))
}

// answer plays the person who answers the one question that is open, with the choice
// that begins like this.
func (o *office) answer(choice string) {
	if o.asleep || o.err != nil {
		return
	}
	cases, err := o.tenant.Cases(o.ctx)
	if err != nil || len(cases) != 1 {
		o.check(false, "one question is open, and not %d (%v)", len(cases), err)
		return
	}
	o.say("   QUESTION: %s", cases[0].Question)
	for _, c := range cases[0].Choices {
		if strings.HasPrefix(c, choice) {
			o.say("   ANSWER:   %s", choice)
			o.err = o.tenant.Answer(o.ctx, provisioning.AnswerRequest{Case: cases[0].ID, Choice: c, Actor: "hr-desk"})
			return
		}
	}
	o.check(false, "%s is among the choices %q", choice, cases[0].Choices)
}

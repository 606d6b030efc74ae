package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
)

// says lets HR say something, prints the plan of it, and lets it be done.
func (o *office) says(what string, change func(h *hr)) {
	o.saysOnly(what, change)
	o.drainQuietly()
}

// saysOnly lets HR say something, prints the plan of it, and lets the engine take it up,
// but not act on it.
func (o *office) saysOnly(what string, change func(h *hr)) {
	o.say("%s  HR: %s", o.now.Format("2006-01-02 15:04"), what)
	change(o.hr)
	o.plan()
	o.read()
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
	o.show(plan)
}

// show prints a plan. A long one is told by what is done, and to how many.
func (o *office) show(plan provisioning.Plan) {
	lines := plan.Lines
	if len(lines) > 20 {
		lines = summary(lines)
	}
	for _, line := range lines {
		if line.Name == "" {
			p, err := o.tenant.Person(o.ctx, line.Person)
			if err != nil {
				o.err = err
				return
			}
			line.Name = called(p)
		}
		o.say("   plan  %s", line)
	}
	for i, note := range plan.Notes {
		if i+1 < len(plan.Notes) && strings.HasPrefix(plan.Notes[i+1], note) {
			continue // the question says it as well
		}
		o.say("   plan  ! %s", note)
	}
	if len(plan.Lines)+len(plan.Notes) == 0 {
		o.say("   plan  nothing to be done now")
	}
}

// summary puts lines into one that differ in their person alone.
func summary(lines []provisioning.Line) []provisioning.Line {
	key := func(l provisioning.Line) [5]string {
		return [5]string{l.System, string(l.Kind), l.Entitlement, l.State, l.Note}
	}
	count := map[[5]string]int{}
	var out []provisioning.Line
	for _, line := range lines {
		if count[key(line)]++; count[key(line)] == 1 {
			out = append(out, line)
		}
	}
	for i, line := range out {
		if count[key(line)] > 1 {
			out[i].Name = fmt.Sprintf("%d people", count[key(line)])
		}
		if count[key(line)] > 1 && line.Kind == connector.Create {
			out[i].Login = "names of their own"
		}
	}
	return out
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

// drain does what is due, and waits for what has to be tried again in a moment.
func (o *office) drain() (next time.Time) {
	for {
		if o.asleep || o.err != nil {
			return time.Time{}
		}
		next, o.err = o.tenant.Drain(o.ctx)
		wait := next.Sub(o.now)
		if next.IsZero() || wait > lease {
			return next
		}
		select {
		case <-time.After(wait):
		case <-o.ctx.Done():
			o.err = o.ctx.Err()
		}
	}
}

// drainQuietly does what is due, and spares the reader the many lines of it.
func (o *office) drainQuietly() {
	o.quiet = true
	o.drain()
	o.quiet = false
}

// later lets some minutes pass in which the engine does nothing.
func (o *office) later(minutes int) { o.now = o.now.Add(time.Duration(minutes) * time.Minute) }

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
			if o.err = o.tenant.Answer(o.ctx, provisioning.AnswerRequest{Case: cases[0].ID, Choice: c, Actor: "hr-desk"}); o.err == nil {
				o.plan()
			}
			return
		}
	}
	o.check(false, "%s is among the choices %q", choice, cases[0].Choices)
}

// merge plays the person who finds out that two of HR's numbers are of one human.
func (o *office) merge(id, into string) {
	if o.asleep || o.err != nil {
		return
	}
	o.say("%s  hr-desk: %s and %s are one human; what they have is put together under the first", o.now.Format("2006-01-02 15:04"), into, id)
	from, to := o.person(id), o.person(into)
	if o.err != nil {
		return
	}
	if o.err = o.tenant.Merge(o.ctx, provisioning.MergeRequest{Person: from, Into: to, Actor: "hr-desk", Note: "one passport"}); o.err == nil {
		o.plan()
	}
}

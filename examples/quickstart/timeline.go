package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/provisioning"
)

// timeline prints what the audit log tells, one line for each operation.
type timeline struct {
	out    io.Writer
	tenant *provisioning.Tenant
	cause  map[string]string // why a person was last looked at
	err    error
}

func (t *timeline) sinks() []audit.Sink {
	t.cause = map[string]string{}
	return []audit.Sink{t}
}

// Name names the cursor of this sink.
func (t *timeline) Name() string { return "timeline" }

// Write prints the outcomes among the entries.
func (t *timeline) Write(ctx context.Context, _ string, entries []audit.Sealed) error {
	for _, sealed := range entries {
		e, err := sealed.Entry()
		if err != nil {
			return err
		}
		switch e.Event {
		case audit.EventDecision:
			t.cause[e.Person] = strings.TrimSpace(e.Outcome + ": " + e.Trigger.Event)
		case audit.EventOutcome:
			if err := t.operation(ctx, e); err != nil {
				return err
			}
		}
	}
	return t.err
}

// operation prints when, what, whose, why and with what outcome.
func (t *timeline) operation(ctx context.Context, e audit.Entry) error {
	person, err := t.tenant.Person(ctx, e.Person)
	if err != nil {
		return err
	}
	sign := "+"
	switch e.Operation {
	case "update":
		sign = "~"
	case "disable", "revoke":
		sign = "-"
	}
	why := strings.Join(e.Reasons, "; ")
	if why == "" {
		why = "no rule gives it any more"
	}
	t.say("%s  %s %-7s %-9s %-13s %-18s %-9s %s  [%s]", e.At.Format("2006-01-02 15:04"), sign, e.Operation, e.System,
		person.Name, e.Entitlement, e.Outcome, why, t.cause[e.Person])
	return nil
}

// plan prints the plan of the file that has just arrived.
func (t *timeline) plan(ctx context.Context, title string) error {
	plan, err := t.tenant.Plan(ctx, provisioning.PlanRequest{Read: []string{"hr"}})
	if err != nil {
		return err
	}
	t.say("%s:", title)
	for _, line := range plan.Lines {
		t.say("    %s", line)
	}
	if len(plan.Lines) == 0 {
		t.say("    nothing today: what it tells is about the future")
	}
	return nil
}

// answer plays the person who answers what the engine asks.
func (t *timeline) answer(ctx context.Context) error {
	cases, err := t.tenant.Cases(ctx)
	if err != nil {
		return err
	}
	for _, c := range cases {
		t.say("QUESTION: %s", c.Question)
		choice := c.Choices[len(c.Choices)-1]
		if c.Kind == provisioning.CaseShrunk {
			choice = provisioning.ChoiceRefuse
		}
		t.say("ANSWER:   %s", choice)
		if err := t.tenant.Answer(ctx, provisioning.AnswerRequest{Case: c.ID, Choice: choice, Actor: "hr-desk"}); err != nil {
			return err
		}
	}
	_, err = t.tenant.Drain(ctx)
	return err
}

func (t *timeline) heading(format string, args ...any) { t.say("\n── "+format, args...) }

// say prints a line and remembers the first error.
func (t *timeline) say(format string, args ...any) {
	if _, err := fmt.Fprintf(t.out, format+"\n", args...); err != nil && t.err == nil {
		t.err = err
	}
}

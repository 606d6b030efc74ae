package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
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

// Write prints the outcomes among the entries, person by person, since systems
// are worked on at once.
func (t *timeline) Write(ctx context.Context, _ string, entries []audit.Sealed) error {
	var lines []line
	for _, sealed := range entries {
		e, err := sealed.Entry()
		if err != nil {
			return err
		}
		switch e.Event {
		case audit.EventDecision:
			t.cause[e.Person] = e.Outcome + ": " + e.Trigger.Event
		case audit.EventOutcome:
			person, err := t.tenant.Person(ctx, e.Person)
			if err != nil {
				return err
			}
			lines = append(lines, line{e, person.Name, t.cause[e.Person]})
		}
	}
	slices.SortStableFunc(lines, line.compare)
	for _, l := range lines {
		t.say("%s", l)
	}
	return t.err
}

// line is the outcome of one operation.
type line struct {
	audit.Entry
	name, cause string
}

func (l line) compare(m line) int {
	return cmp.Or(l.At.Compare(m.At), cmp.Compare(l.name, m.name), -cmp.Compare(l.System, m.System),
		cmp.Compare(order(l.Operation), order(m.Operation)), cmp.Compare(l.Entitlement, m.Entitlement))
}

// order is the place of an operation among those on one account.
func order(operation string) int {
	return slices.Index([]string{"disable", "revoke", "create", "rename", "update", "enable", "grant"}, operation)
}

// String says when, what, whose, with what outcome and why.
func (l line) String() string {
	sign := "+"
	switch l.Operation {
	case "update", "rename":
		sign = "~"
	case "disable", "revoke":
		sign = "-"
	}
	return fmt.Sprintf("%s  %s %-7s %-9s %-13s %-17s %-8s %s  (%s)", l.At.Format("2006-01-02 15:04"), sign, l.Operation, l.System,
		l.name, l.Entitlement, l.Outcome, why(l.Entry), l.cause)
}

// why returns the rules, or, for an entitlement, the ways from rule to grant.
func why(e audit.Entry) string {
	if len(e.Reasons) == 0 {
		return "nothing gives it any more"
	}
	var words []string
	for _, reason := range e.Reasons {
		if e.Entitlement == "" {
			reason, _, _ = strings.Cut(reason, " > ")
		}
		if !slices.Contains(words, reason) {
			words = append(words, reason)
		}
	}
	return strings.Join(words, "; ")
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

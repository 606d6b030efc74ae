package main

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning"
)

// timeline prints what the audit log tells of operations.
type timeline struct{ *office }

// Name names the cursor of this sink.
func (t *timeline) Name() string { return "timeline" }

// Write prints outcomes, person by person, since systems are worked on at once.
func (t *timeline) Write(ctx context.Context, _ string, sealed []audit.Sealed) error {
	type line struct {
		audit.Entry
		name string
	}
	var lines []line
	for _, s := range sealed {
		e, err := s.Entry()
		if err != nil {
			return err
		}
		if e.Event != audit.EventOutcome || t.quiet {
			continue
		}
		p, err := t.tenant.Person(ctx, e.Person)
		if err != nil {
			return err
		}
		lines = append(lines, line{e, called(p)})
	}
	slices.SortStableFunc(lines, func(a, b line) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.name, b.name), -cmp.Compare(a.System, b.System),
			cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Entitlement, b.Entitlement))
	})
	for _, l := range lines {
		t.say("%s  %s %-7s %-9s %-15s %-17s %s%s", l.At.Format("2006-01-02 15:04"), sign(l.Operation), l.Operation, l.System,
			l.name, l.Entitlement, why(l.Entry), how(l.Outcome))
	}
	return t.err
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

// called is what a person is called: whoever was merged into somebody else has no name,
// but a login name.
func called(p provisioning.Person) string {
	if p.Name == "" && len(p.Accounts) > 0 {
		return p.Accounts[0].Login
	}
	return p.Name
}

// how says what is odd about an outcome.
func how(outcome string) string {
	switch outcome {
	case string(connector.Applied):
		return ""
	case "verified":
		return " (it was done, as a look shows)"
	case string(connector.AlreadyInState):
		return " (it was so already)"
	}
	return " (" + outcome + ")"
}

func sign(operation string) string {
	switch operation {
	case "disable", "revoke", "delete":
		return "-"
	case "update", "rename":
		return "~"
	}
	return "+"
}

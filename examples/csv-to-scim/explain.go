package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
)

// explain prints why somebody has an entitlement, or has not.
func explain(ctx context.Context, tenant *provisioning.Tenant, question string, out io.Writer) error {
	who, what, _ := strings.Cut(question, "=")
	entitlement, err := policy.ParseEntitlement(what)
	if err != nil {
		return fmt.Errorf("-explain %s: want WHO=system:kind/name: %w", question, err)
	}
	person, err := tenant.PersonOf(ctx, hrsource.WorkerKey{Source: sourceName, ID: who})
	if errors.Is(err, provisioning.ErrNoPerson) {
		person, err = who, nil
	}
	if err != nil {
		return err
	}
	x, err := tenant.Explain(ctx, person, entitlement)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s (%s): %s\n", x.Name, x.Person, x.Entitlement)
	fmt.Fprintf(out, "  policy gives it: %s; known to have it: %s; %s\n", yes(x.Wanted), yes(x.Held), standing(x))
	for _, r := range x.Reasons {
		fmt.Fprintf(out, "  because of rule %s for worker %s\n", strings.Join(append([]string{r.Rule}, r.Roles...), " > "), r.Relationship)
	}
	if x.Cause != "" {
		fmt.Fprintln(out, "  last changed by:", x.Cause)
	}
	fmt.Fprintln(out, "  decided with policy", x.Policy)
	for _, w := range x.Facts {
		fmt.Fprintf(out, "  fact: worker %s%s\n", w.Key, period(w))
	}
	for _, e := range x.Trail {
		words := []string{string(e.Event)}
		for _, word := range []string{e.Operation, e.Outcome, e.Actor, e.Trigger.Event, e.Note, e.Error} {
			if word != "" {
				words = append(words, word)
			}
		}
		fmt.Fprintf(out, "  %s  %s\n", e.At.Format(time.RFC3339), strings.Join(words, " · "))
	}
	return nil
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// standing says where an entitlement stands between wanted and held.
func standing(x provisioning.Explanation) string {
	text := x.State
	if x.Problem != "" {
		text += ": " + x.Problem
	}
	if x.Manual {
		text += ", as others have made it"
	}
	if !x.Since.IsZero() {
		text += ", seen at " + x.Since.Format(time.RFC3339)
	}
	return text
}

// period says when a work relationship begins and ends.
func period(w hrsource.Worker) string {
	var text strings.Builder
	for _, day := range []struct {
		label string
		date  hrsource.Date
	}{{"from", w.HireDate}, {"contract until", w.ContractEndDate}, {"last day at work", w.LastDayOfWork}, {"last day", w.TerminationDate}} {
		if !day.date.IsZero() {
			fmt.Fprintf(&text, ", %s %s", day.label, day.date)
		}
	}
	if !w.AccessEnd.IsZero() {
		text.WriteString(", access ends at " + w.AccessEnd.Format(time.RFC3339))
	}
	return text.String()
}

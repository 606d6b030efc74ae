package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/quality"
)

// checkQuality prints what is wrong in the people file, a line for each finding: whom it
// is about, the field, the rule, who is to mend it, and what would be right.
func (o options) checkQuality(ctx context.Context, out io.Writer) (int, error) {
	zone, err := hrsource.LoadZone(o.zone)
	if err != nil {
		return exitUsage, wrong("-zone: %w", err)
	}
	source, err := o.source()
	if err != nil {
		return exitUsage, err
	}
	checker, err := quality.New(quality.Config{Now: time.Now(), Zone: zone})
	if err != nil {
		return exitFailed, err
	}
	records, found := 0, 0
	tell := func(whom, field, rule string, owner quality.Owner, message string) {
		found++
		fmt.Fprintf(out, "%-16s %-16s %-20s %-8s %s\n", printable(whom), printable(field), rule, owner, printable(message))
	}
	proof, err := source.Snapshot(ctx, hrsource.SnapshotRequest{}, func(r hrsource.Record) error {
		records++
		for _, p := range r.Problems {
			tell(r.Position, p.Field, "unreadable", quality.IT, "want "+p.Want) // the value may be private
		}
		if r.Worker.Key.ID != "" {
			checker.Add(r.Worker)
		}
		return nil
	})
	if err != nil {
		return exitRefused, err
	}
	for _, f := range checker.Findings() {
		tell(f.Worker.String(), f.Field, string(f.Rule), f.Owner, f.Message)
	}
	fmt.Fprintf(out, "%d findings in %d records; %s\n", found, records, asFlags.Replace(proof.Basis))
	if found > 0 {
		return exitAttention, nil
	}
	return exitDone, nil
}

// printable leaves out what would do something to a terminal: a file may hold anything.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, text)
}
